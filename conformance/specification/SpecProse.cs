// The sentences of SPEC.md that no table generates and that are normative: a change of one is a change of the specification.

using System.Text.RegularExpressions;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Specification;

/// <summary>The normative prose of the document, section by section. What is generated has entries of its own; what is labelled informative is left out, and how the lines are
/// broken does not matter.</summary>
public static partial class SpecProse
{
    /// <summary>An entry for each numbered section that has any. Its id is the section's number, so that a new heading is a change of words and no loss of an entry.</summary>
    /// <param name="document">The text of SPEC.md.</param>
    public static IReadOnlyList<Meaning> Of(string document)
    {
        var sections = new SortedDictionary<int, List<string>>();
        int number = 0;
        bool isInformative = false, isOpening = false, isSectionInformative = false, isGenerated = false;
        foreach (string paragraph in Blank().Split(document.ReplaceLineEndings("\n")))
        {
            string text = Space().Replace(paragraph, " ").Trim();
            if (text.StartsWith("## ", StringComparison.Ordinal))
            {
                number = int.TryParse(text[3..].Split(' ')[0], out int heading) ? heading : 0;
                isInformative = isSectionInformative = false;
                isOpening = true;
                continue;
            }

            // A label holds to the next one or to the end of its part; the one that opens a section holds for the parts below it too. The line on the
            // example is informative by itself.
            bool isExample = text.StartsWith("*In the example", StringComparison.Ordinal);
            bool isHeading = text.StartsWith('#');
            isInformative = isHeading ? isSectionInformative
                : text.StartsWith("*Informative", StringComparison.Ordinal) || (isInformative && !text.StartsWith("*Normative", StringComparison.Ordinal));
            isSectionInformative = isOpening && !isExample ? isInformative : isSectionInformative;
            isOpening &= isExample;
            isGenerated |= text.StartsWith("<!-- generated:", StringComparison.Ordinal);
            if (number > 0 && !isInformative && !isGenerated && !isExample && !isHeading)
            {
                _ = sections.TryAdd(number, []);
                sections[number].Add(text);
            }

            isGenerated &= !text.EndsWith(" end -->", StringComparison.Ordinal);
        }

        return [.. sections.Select(s => new Meaning($"prose {s.Key}", string.Empty, string.Join('\n', s.Value), IsOpen: true) { IsProse = true })];
    }

    [GeneratedRegex(@"\n[ \t]*\n")]
    private static partial Regex Blank();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
