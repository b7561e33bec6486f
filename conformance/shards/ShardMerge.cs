// Shards of a run as the report that one machine would have written.

using PyState.Conformance.Engine;
using PyState.Conformance.Journal;
using PyState.Conformance.Plugins;

namespace PyState.Conformance.Shards;

/// <summary>Draws the shards of one run together, refuses what is not of that run, and says what is missing.</summary>
public static class ShardMerge
{
    /// <summary>The shards of each run among some files. What was checked tells runs apart; all else has to agree.</summary>
    /// <param name="files">Shards, each with the name of its file.</param>
    /// <exception cref="SetupException">They do not belong together: one line that says which, and why.</exception>
    public static IReadOnlyList<ShardedRun> Runs(IReadOnlyList<(string File, ShardDocument Shard)> files) =>
        [.. files.GroupBy(f => f.Shard.Label()).Select(g => RunOf([.. g]))];

    private static ShardedRun RunOf((string File, ShardDocument Shard)[] files) => new(ShardSet.OfOneRun(files, Facts, IsWhole, Content));

    // In the order in which a difference is told.
    private static IEnumerable<(string Name, string Value)> Facts(ShardDocument shard) =>
    [
        ("number of commands", shard.Commands?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "without a bound"),
        ("choice of clauses", ShardFile.TextOf(shard.Clauses)),
        ("suite", shard.Suite ?? "none"),
        ("platform", shard.Platform),
        ("implementation", string.Join(", ", shard.Subjects.SelectMany(s => s.Parts).Select(p => p.Declared.Title))),
        ("handshake", string.Join(' ', shard.Subjects.SelectMany(s => s.Parts).Select(p => $"{JournalKey.Of(p.Declared)} {ShardFile.Hash(ShardFile.TextOf(p.Declared))[..12]}"))),
        ("selection", ShardFile.TextOf(shard.Subjects.Select(s => (object)s.Selection).Concat(shard.Subjects.SelectMany(s => s.Parts).Select(p => (object)(p.Interpreter ?? string.Empty))))),
        ("list of expectations", ShardFile.TextOf(shard.Subjects.Select(s => s.Expectations))),
    ];

    // What it found, whenever and however fast.
    private static string Content(ShardDocument shard) => ShardFile.TextOf(shard with
    {
        Started = null,
        Digest = string.Empty,
        Subjects = [.. shard.Subjects.Select(s => s with { Parts = [.. s.Parts.Select(p => p with { Seconds = 0 })] })],
    });

    private static bool IsWhole(ShardDocument shard) =>
        shard.Subjects.Count > 0 && shard.Subjects.All(s => s.Parts.Count > 0 && s.Parts.All(p => p.Campaigns.Count == Runner.CampaignsOf(p.Declared, ShardedRun.OptionsOf(shard, s))));
}
