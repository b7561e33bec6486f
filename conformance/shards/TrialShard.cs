// What one shard of the suite's trial leaves, and the matrix of all of them.

using PyState.Conformance.Engine;
using PyState.Conformance.Mutants;
using PyState.Conformance.Plugins;
using PyState.Conformance.Reports;

namespace PyState.Conformance.Shards;

/// <summary>A shard of <c>mutants</c>.</summary>
public sealed record TrialShard : ShardHead
{
    /// <summary>The mutants asked for, as they were typed, in order; empty for all.</summary>
    public required IReadOnlyList<string> Named { get; init; }

    /// <summary>The interpreters on which the native reference was tried; empty where the simulation was.</summary>
    public required IReadOnlyList<FaultyInterpreter> Interpreters { get; init; }

    /// <summary>A hash of the names of all mutants of the trial.</summary>
    public required string Mutants { get; init; }

    /// <summary>With how many seeds a sample is tried.</summary>
    public required int Seeds { get; init; }

    /// <summary>With how many seeds the reference is run.</summary>
    public required int CleanSeeds { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The trials.</summary>
    public required IReadOnlyList<ShardTrial> Trials { get; init; }

    /// <summary>What the reference was convicted of.</summary>
    public required IReadOnlyList<CleanRun> Clean { get; init; }

    /// <summary>What the generator reaches; null where it was not this shard's to look at.</summary>
    public DistributionFigures? Distribution { get; init; }

    /// <inheritdoc/>
    public override string Label() =>
        string.Join(' ', Named.Prepend("mutants").Concat(Interpreters.Count == 0 ? [] : [$"on {string.Join(", ", Interpreters.Select(i => i.Python))}"]));

    /// <summary>What was asked of the whole trial.</summary>
    internal SuiteTrialOptions Options => OptionsOf(Seed, Seeds, CleanSeeds, IsWhole);

    /// <summary>Whether the mutants are all there are.</summary>
    internal bool IsWhole => Named.Count == 0 && Interpreters.Count == 0;

    /// <summary>What is asked of a trial.</summary>
    /// <param name="seed">The first seed.</param>
    /// <param name="seeds">With how many seeds a sample is tried.</param>
    /// <param name="cleanSeeds">With how many seeds the reference is run.</param>
    /// <param name="isWhole">Whether the mutants are all there are: the generator is looked at then.</param>
    internal static SuiteTrialOptions OptionsOf(ulong seed, int seeds, int cleanSeeds, bool isWhole) => new()
    {
        Seed = seed,
        Time = TimeSpan.MaxValue,
        Seeds = seeds,
        CleanSeeds = cleanSeeds,
        DistributionScripts = isWhole ? new SuiteTrialOptions().DistributionScripts : 0,
    };

    /// <summary>A hash of the names of some mutants.</summary>
    /// <param name="mutants">The mutants.</param>
    internal static string HashOf(IEnumerable<Mutant> mutants) => ShardFile.Hash(string.Join('\n', mutants.Select(m => m.Name)))[..16];
}

/// <summary>An interpreter on which the native reference is tried.</summary>
/// <param name="Python">What was given with <c>--python</c>.</param>
/// <param name="Minor">Its version, the number after 3.</param>
/// <param name="HasJit">Whether its JIT is on.</param>
public sealed record FaultyInterpreter(string Python, int Minor, bool HasJit);

/// <summary>A trial in a shard's file.</summary>
/// <param name="Mutant">The name of the mutant.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Commands">As in <see cref="TrialResult"/>.</param>
/// <param name="Milliseconds">As in <see cref="TrialResult"/>.</param>
/// <param name="Others">As in <see cref="TrialResult"/>.</param>
/// <param name="First">As in <see cref="TrialResult"/>; not in the file where nobody convicted it.</param>
public sealed record ShardTrial(string Mutant, ulong Seed, long Commands, double Milliseconds, IReadOnlyList<Conviction> Others, Conviction? First = null)
{
    /// <summary>A trial for a file.</summary>
    /// <param name="result">What came of it.</param>
    internal static ShardTrial Of(TrialResult result) =>
        new(result.Mutant.Name, result.Seed, result.Commands, Math.Round(result.Milliseconds, 1), result.Others, result.First);
}

/// <summary>Draws the shards of one trial together.</summary>
public static class TrialMerge
{
    /// <summary>The matrix that one machine would have.</summary>
    /// <param name="files">Shards, each with the name of its file; at least one.</param>
    /// <param name="mutantsOf">The mutants that a shard is about.</param>
    /// <param name="isPartial">Whether shards may be missing.</param>
    /// <exception cref="SetupException">They do not belong together, or some are missing.</exception>
    public static KillMatrix Of(IReadOnlyList<(string File, TrialShard Shard)> files, Func<TrialShard, IReadOnlyList<Mutant>> mutantsOf, bool isPartial)
    {
        Dictionary<TrialShard, TrialPlan> plans = [];
        TrialPlan PlanOf(TrialShard shard) => plans.TryGetValue(shard, out TrialPlan? known) ? known : plans[shard] = new TrialPlan(mutantsOf(shard), shard.Options);
        IReadOnlyList<TrialShard> shards = ShardSet.OfOneRun(files, Facts, s => IsWhole(s, PlanOf(s)), Content);
        if (!isPartial)
        {
            ShardSet.DemandWhole(shards);
        }

        TrialPlan plan = PlanOf(shards[0]);
        Dictionary<string, Mutant> byName = plan.Wanted.ToDictionary(m => m.Name);
        TrialShare[] shares =
        [
            .. shards.Select(s => new TrialShare(
                [.. s.Trials.Select(t => new TrialResult(byName[t.Mutant], t.Seed, t.First, t.Others, t.Commands, t.Milliseconds))], s.Clean, s.Distribution, TimeSpan.FromSeconds(s.Seconds))),
        ];
        return plan.Together(shards[0].IsWhole, shares) with { MissingShards = [.. ShardSet.Missing(shards).Select(m => $"{m}/{shards[0].Of}")] };
    }

    // In the order in which a difference is told.
    private static IEnumerable<(string Name, string Value)> Facts(TrialShard shard) =>
    [
        ("choice of mutants", shard.Named.Count == 0 ? "all" : string.Join(' ', shard.Named)),
        ("list of interpreters", shard.Interpreters.Count == 0 ? "none" : string.Join(' ', shard.Interpreters.Select(i => $"{i.Python} (3.{i.Minor}{(i.HasJit ? ", JIT" : "")})"))),
        ("list of mutants", shard.Mutants),
        ("number of seeds of the sample", $"{shard.Seeds}"),
        ("number of seeds of the reference", $"{shard.CleanSeeds}"),
        ("platform", shard.Platform),
    ];

    // What it found, whenever and however fast.
    private static string Content(TrialShard shard) => ShardFile.TextOf(shard with
    {
        Started = null,
        Digest = string.Empty,
        Seconds = 0,
        Trials = [.. shard.Trials.Select(t => t with { Milliseconds = 0 })],
    });

    private static bool IsWhole(TrialShard shard, TrialPlan plan)
    {
        var which = new Shard(shard.Shard - 1, shard.Of);
        return TrialShard.HashOf(plan.Wanted) == shard.Mutants
            && plan.Of(which).Select(t => (t.Mutant.Name, t.Seed)).SequenceEqual(shard.Trials.Select(t => (t.Mutant, t.Seed)))
            && plan.CleanSeedsOf(which).SequenceEqual(shard.Clean.Select(c => c.Seed))
            && plan.MeasuresDistribution(which) == shard.Distribution is not null;
    }
}
