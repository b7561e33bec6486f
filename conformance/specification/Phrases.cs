// Small phrases that several generated parts share: links to clauses, version ranges, names of channels.

using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Specification;

/// <summary>Phrases of the generated parts.</summary>
internal static class Phrases
{
    /// <summary>A link to a clause within the document.</summary>
    public static string Link(ClauseId id) => $"[{id.Text()}](#{id.Text().ToLowerInvariant()})";

    /// <summary>A link to a clause given by its text form.</summary>
    public static string Link(string id) => Link(ClauseIdText.Parse(id));

    /// <summary>Links to several clauses.</summary>
    public static string Links(IEnumerable<string> ids) => string.Join(", ", ids.Select(Link));

    /// <summary>The CPython versions a clause applies to.</summary>
    public static string Versions(int? since, int? until) => (since, until) switch
    {
        (null, null) => "all versions",
        (null, _) => $"up to 3.{until}",
        (_, null) => $"from 3.{since} on",
        _ when since == until => $"3.{since}",
        _ => $"3.{since} to 3.{until}",
    };

    /// <summary>A set of minor versions, as ranges.</summary>
    public static string Versions(IEnumerable<int> minors, int oldest, int newest)
    {
        var sorted = minors.Order().ToList();
        var ranges = new List<string>();
        for (int i = 0; i < sorted.Count;)
        {
            int j = i;
            while (j + 1 < sorted.Count && sorted[j + 1] == sorted[j] + 1)
            {
                j++;
            }

            ranges.Add(sorted[i] == oldest && sorted[j] == newest ? "all" : i == j ? $"3.{sorted[i]}" : $"3.{sorted[i]}–3.{sorted[j]}");
            i = j + 1;
        }

        return string.Join(", ", ranges);
    }

    /// <summary>The channels of a clause, as the protocol names them.</summary>
    public static string Names(Channels channels) =>
        string.Join(", ", Enum.GetValues<Channels>().Where(c => System.Numerics.BitOperations.IsPow2((int)c) && channels.HasFlag(c)).Select(c => c.ToString().ToLowerInvariant()));

    /// <summary>The profile of a clause, in words.</summary>
    public static string Name(ClauseProfile profile) => profile switch
    {
        ClauseProfile.Api => "API",
        ClauseProfile.Switcher => "switcher",
        _ => "API and switcher",
    };

    /// <summary>The level of a clause as BCP 14 writes it.</summary>
    public static string Name(Level level) => level.ToString().ToUpperInvariant();

    /// <summary>How a clause is judged, in words.</summary>
    public static string Name(Testability status) => status switch
    {
        Testability.Required => "required",
        Testability.Optional => "optional",
        _ => "not testable",
    };

    /// <summary>A source as a link: to its address, or to the annex of sources where it has none.</summary>
    public static string Link(Source source) => source.Address.Length == 0 ? $"[{source.Key}](#sources)" : $"[{source.Key}]({source.Address})";

    /// <summary>The name of an enumeration member in words: <c>ContextLocal</c> is context-local.</summary>
    public static string Hyphenated<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{c}" : $"{c}")).ToLowerInvariant();
}
