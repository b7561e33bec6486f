using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PyState.Conformance.Engine;
using PyState.Spec.Clauses;
using PyState.Spec.Model;

namespace PyState.Conformance.Journal;

/// <summary>What a run depends on: two runs with the same key that check implementations which answer the same end with the same verdicts.</summary>
/// <param name="Facts">Each thing by its name, in the order in which a difference is told.</param>
public sealed record JournalKey(IReadOnlyList<(string Name, string Value)> Facts)
{
    /// <summary>The key of a run.</summary>
    /// <param name="subjects">What is checked, and on what.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="commands">The bound, or null.</param>
    /// <param name="time">The bound, or null.</param>
    /// <param name="clauses">The clauses judged; empty for all.</param>
    /// <param name="expectations">What is expected.</param>
    public static JournalKey Of(
        IEnumerable<string> subjects, ulong seed, long? commands, TimeSpan? time, IEnumerable<ClauseId> clauses, IEnumerable<Expectation> expectations) => new(
    [
        ("specification", Hash($"{typeof(Machine).Module.ModuleVersionId} {typeof(JournalKey).Module.ModuleVersionId}")),
        ("implementation", string.Join(", ", subjects)),
        ("seed", seed.ToString(CultureInfo.InvariantCulture)),
        ("number of commands", commands?.ToString(CultureInfo.InvariantCulture) ?? "no bound"),
        ("time", time?.ToString("c", CultureInfo.InvariantCulture) ?? "no bound"),
        ("choice of clauses", string.Join(", ", clauses.Order().Select(c => c.Text()))),
        ("list of expectations", Hash(string.Join('\n', expectations.Select(e => JsonSerializer.Serialize(e))))),
    ]);

    /// <summary>A short digest of what an implementation declares.</summary>
    /// <param name="declared">What it declares.</param>
    public static string Of(Capabilities declared) => Hash(string.Join(
        '|',
        declared.Title,
        string.Join(',', declared.Alphabets),
        string.Join(',', declared.Commands.Order()),
        declared.Channels,
        string.Join(',', declared.RawValues.Order()),
        declared.Threads,
        declared.Semantics));

    /// <summary>The first thing in which another key differs.</summary>
    /// <param name="other">The other key.</param>
    /// <returns>It in words, or null when there is none.</returns>
    public string? Difference(JournalKey other)
    {
        foreach ((string name, string value) in Facts)
        {
            string there = other.Facts.FirstOrDefault(f => f.Name == name).Value ?? "nothing";
            if (there != value)
            {
                return name is "specification" or "list of expectations" ? $"of another {name}" : $"of another {name} ({there}, and not {value})";
            }
        }

        return null;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
