// The CPython versions that a cell or a line of SPEC.md names, as numbers.

using System.Globalization;
using System.Text.RegularExpressions;
using PyState.Spec.Versions;

namespace PyState.Conformance.Specification.Html;

/// <summary>Reads what <see cref="Phrases"/> writes of versions.</summary>
internal static partial class VersionText
{
    /// <summary>The minor versions that a phrase names; null where it names none.</summary>
    /// <param name="text">For example <c>all</c>, <c>3.8–3.10, 3.12</c>, <c>from 3.12 on</c>, <c>3.13–3.14 (some patches)</c>.</param>
    internal static IReadOnlyList<int>? Read(string text)
    {
        string phrase = text.Trim();
        if (phrase is "all" or "all versions")
        {
            return Range(Profiles.Oldest, Profiles.Newest);
        }

        var versions = new SortedSet<int>();
        foreach (string part in Patches().Replace(phrase, string.Empty).Split(',', StringSplitOptions.TrimEntries))
        {
            Match match = Part().Match(part);
            if (!match.Success)
            {
                return null;
            }

            int first = Number(match.Groups["a"]) ?? Profiles.Oldest;
            int last = Number(match.Groups["b"]) ?? (match.Groups["from"].Success ? Profiles.Newest : match.Groups["upto"].Success ? Number(match.Groups["c"])!.Value : first);
            versions.UnionWith(Range(match.Groups["upto"].Success ? Profiles.Oldest : first, last));
        }

        return [.. versions];
    }

    private static int? Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : null;

    private static int[] Range(int first, int last) => [.. Enumerable.Range(first, Math.Max(0, last - first + 1))];

    [GeneratedRegex(@"\s*\(some patches\)$")]
    private static partial Regex Patches();

    [GeneratedRegex(@"^(?:(?<from>from )3\.(?<a>\d+) on|(?<upto>up to )3\.(?<c>\d+)|3\.(?<a>\d+)(?:(?:–| to )3\.(?<b>\d+))?)$")]
    private static partial Regex Part();
}
