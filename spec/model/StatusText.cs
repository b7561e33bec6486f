using System.Text;

namespace PyState.Spec.Model;

/// <summary>The text form of a status, as the protocol and the documents write it: <c>wrong-thread</c>.</summary>
public static class StatusText
{
    private static readonly string[] Texts = [.. Enum.GetNames<Status>().Select(Hyphenate)];

    /// <summary>The text of a status.</summary>
    /// <param name="status">The status.</param>
    public static string Of(Status status) => Texts[(int)status];

    private static string Hyphenate(string name)
    {
        // RecursionError is CPython's own name for it, but one word in the protocol like all others.
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
