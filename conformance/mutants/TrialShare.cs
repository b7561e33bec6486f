// What a part of the suite's trial found, and the parts together.

using PyState.Conformance.Engine;

namespace PyState.Conformance.Mutants;

/// <summary>What one shard of the trial found; of a trial that is not split, all.</summary>
/// <param name="Trials">The trials, in no order that matters.</param>
/// <param name="Clean">What the reference was convicted of, with each seed that was the shard's.</param>
/// <param name="Distribution">What the generator reaches; null where it was not this shard's to look at.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record TrialShare(IReadOnlyList<TrialResult> Trials, IReadOnlyList<CleanRun> Clean, DistributionFigures? Distribution, TimeSpan Elapsed);

/// <summary>One trial that is to be made.</summary>
/// <param name="Mutant">The mutant.</param>
/// <param name="Seed">The seed.</param>
/// <param name="IsSample">Whether the mutant is tried with the first seed as well.</param>
public sealed record PlannedTrial(Mutant Mutant, ulong Seed, bool IsSample);

/// <summary>All that is to be done, and by which shard.</summary>
/// <param name="Wanted">The mutants.</param>
/// <param name="Options">How they are tried.</param>
public sealed record TrialPlan(IReadOnlyList<Mutant> Wanted, SuiteTrialOptions Options)
{
    /// <summary>Every trial, in the order of the matrix.</summary>
    public IReadOnlyList<PlannedTrial> Trials { get; } = [.. Planned(Wanted, Options)];

    /// <summary>The trials of a shard. Those that are known to end without a conviction take much longer than others: they are dealt out first, then the others.</summary>
    /// <param name="shard">Which.</param>
    public IReadOnlyList<PlannedTrial> Of(Shard shard) =>
        [.. Trials.Where(t => IsLong(t.Mutant)).Concat(Trials.Where(t => !IsLong(t.Mutant))).Where((_, i) => i % shard.Count == shard.Index)];

    /// <summary>The seeds with which a shard runs the reference.</summary>
    /// <param name="shard">Which.</param>
    public IEnumerable<int> CleanSeedsOf(Shard shard) => Enumerable.Range(1, Options.CleanSeeds).Where(s => (s - 1) % shard.Count == shard.Index);

    /// <summary>Whether the generator is this shard's to look at: it cannot be split, and the last shard has the least to do else.</summary>
    /// <param name="shard">Which.</param>
    public bool MeasuresDistribution(Shard shard) => Options.DistributionScripts > 0 && shard.Index == shard.Count - 1;

    /// <summary>The matrix of some shards, as one machine would have it of what they did.</summary>
    /// <param name="isWhole">Whether the mutants are all there are.</param>
    /// <param name="shares">What the shards found.</param>
    public KillMatrix Together(bool isWhole, IReadOnlyList<TrialShare> shares)
    {
        Dictionary<(string, ulong), TrialResult> made = shares.SelectMany(s => s.Trials).ToDictionary(r => (r.Mutant.Name, r.Seed));
        TrialResult[] In(bool isSample) =>
            [.. Trials.Where(t => t.IsSample == isSample).Select(t => made.GetValueOrDefault((t.Mutant.Name, t.Seed))).OfType<TrialResult>()];
        CleanRun[] clean = [.. shares.SelectMany(s => s.Clean)];
        return new KillMatrix(
            Options.Seed,
            Wanted,
            In(isSample: false),
            In(isSample: true),
            isWhole,
            clean.Length == 0 ? null : CleanRuns.Of(clean),
            shares.Select(s => s.Distribution).OfType<DistributionFigures>().FirstOrDefault(),
            TimeSpan.FromTicks(shares.Sum(s => s.Elapsed.Ticks)))
        {
            IsCut = made.Count < Trials.Count || clean.Length < Options.CleanSeeds,
        };
    }

    private static bool IsLong(Mutant mutant) => Explanations.Equivalent(mutant) is not null;

    private static IEnumerable<PlannedTrial> Planned(IReadOnlyList<Mutant> wanted, SuiteTrialOptions options)
    {
        foreach (Mutant mutant in wanted)
        {
            yield return new PlannedTrial(mutant, options.Seed, IsSample: false);
        }

        Mutant[] sampled = options.Seeds < 2 ? [] : [.. wanted.Where((m, i) => i % options.SampleEvery == 0 && !IsLong(m))];
        for (int more = 1; more < options.Seeds; more++)
        {
            foreach (Mutant mutant in sampled)
            {
                yield return new PlannedTrial(mutant, options.Seed + (ulong)more, IsSample: true);
            }
        }
    }
}
