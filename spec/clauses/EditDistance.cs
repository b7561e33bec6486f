// How far a mistyped name is from one that exists: for the messages that say what was probably meant.

namespace PyState.Spec.Clauses;

/// <summary>Levenshtein distance.</summary>
public static class EditDistance
{
    /// <summary>The distance in single-character edits, letter case heeded.</summary>
    /// <param name="a">One name.</param>
    /// <param name="b">The other.</param>
    public static int Of(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
