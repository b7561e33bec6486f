// Many clause ids in little space.

using PyState.Spec.Clauses;

namespace PyState.Conformance.Reports;

/// <summary>Writes clause ids with runs of neighbours drawn together: <c>READY-01–03, SAVE-05</c>.</summary>
public static class ClauseRanges
{
    /// <summary>The ids in a line.</summary>
    /// <param name="clauses">The clauses, in the order of the catalogue.</param>
    public static string Of(IEnumerable<ClauseId> clauses)
    {
        var parts = new List<string>();
        ClauseId first = ClauseId.None;
        ClauseId last = ClauseId.None;
        foreach (ClauseId clause in clauses)
        {
            if (last != ClauseId.None && clause == last + 1 && clause.Group() == last.Group())
            {
                last = clause;
                continue;
            }

            Close();
            first = last = clause;
        }

        Close();
        return string.Join(", ", parts);

        void Close()
        {
            if (first != ClauseId.None)
            {
                parts.Add(first == last ? first.Text() : $"{first.Text()}–{last.Text()[^2..]}");
            }
        }
    }
}
