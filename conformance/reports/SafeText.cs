// Strings that come from an implementation, made harmless: what cannot be shown as it is becomes a visible escape.

using System.Globalization;
using System.Text;

namespace PyState.Conformance.Reports;

/// <summary>Makes any string fit for one line of a terminal, a log, or an XML document.</summary>
public static class SafeText
{
    /// <summary>The string with every character replaced that could move a cursor, start a line, hide or reorder text, or that XML 1.0 forbids:
    /// <c>\n</c>, <c>\x1b</c>, <c>\u202e</c>. A backslash stays as it is: the result is for reading, not for decoding.</summary>
    /// <param name="text">Any string, unpaired surrogates included; null gives the empty string.</param>
    public static string OneLine(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        var safe = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (!Rune.TryGetRuneAt(text, i, out Rune rune))
                {
                    safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
                    continue;
                }

                i++;
                if (Hides(Rune.GetUnicodeCategory(rune)))
                {
                    safe.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
                }
                else
                {
                    safe.Append(rune);
                }

                continue;
            }

            char c = text[i];
            _ = c switch
            {
                '\n' => safe.Append("\\n"),
                '\r' => safe.Append("\\r"),
                '\t' => safe.Append("\\t"),
                _ when char.IsControl(c) => safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ when Hides(char.GetUnicodeCategory(c)) || c >= '\ufffe' => safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => safe.Append(c),
            };
        }

        return safe.ToString();
    }

    /// <summary>The same, cut to a length with an ellipsis: for text whose length an implementation decides.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="maximum">The longest result, in characters; at least 1.</param>
    public static string OneLine(string? text, int maximum)
    {
        string safe = OneLine(text);
        if (safe.Length <= maximum)
        {
            return safe;
        }

        int end = maximum - 1;
        return (end > 0 && char.IsHighSurrogate(safe[end - 1]) ? safe[..(end - 1)] : safe[..end]) + "…";
    }

    // Format characters reorder or hide text (U+202E, U+200B); separators start lines (U+2028); the rest cannot be drawn.
    private static bool Hides(UnicodeCategory category) => category
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;
}
