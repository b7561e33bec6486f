// Names of enum members as the protocol and the reports write them.

using System.Text;

namespace PyState.Conformance.Reports;

/// <summary>Writes <c>NotAContext</c> as <c>not-a-context</c>.</summary>
public static class Kebab
{
    /// <summary>The name in lower case, with a hyphen before each capital but the first.</summary>
    /// <param name="name">A name in Pascal case.</param>
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 4);
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
