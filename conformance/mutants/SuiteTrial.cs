// The suite on trial: every wanted mutant once, then a sample with more seeds, within a budget of time.

using System.Diagnostics;
using PyState.Conformance.Engine;

namespace PyState.Conformance.Mutants;

/// <summary>How the suite is tried.</summary>
public sealed record SuiteTrialOptions
{
    /// <summary>The seed of the first trials; those of the sample follow it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How long it may take altogether.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many seeds the sample is tried with; 1 for no sample.</summary>
    public int Seeds { get; init; } = 20;

    /// <summary>Every which mutant belongs to the sample.</summary>
    public int SampleEvery { get; init; } = 12;

    /// <summary>With how many seeds the reference is run; 0 for not at all.</summary>
    public int CleanSeeds { get; init; } = 100;

    /// <summary>What the reference is run on.</summary>
    public IReadOnlyList<CleanSubject> CleanSubjects { get; init; } = CleanSubject.Simulated;

    /// <summary>Commands for each of these seeds on each of these.</summary>
    public long CleanCommands { get; init; } = 20_000;

    /// <summary>Scripts for each alphabet, choice and version whose distribution is measured; 0 for none.</summary>
    public int DistributionScripts { get; init; } = 60_000;
}

/// <summary>Tries the suite.</summary>
public static class SuiteTrial
{
    // Some twenty seconds of CPU time: the goal is a conviction within thirty.
    private const long CommandsForSurvivors = 60_000_000;
    private const long CommandsForEquivalents = 300_000;
    private const long CommandsForRemoteEquivalents = 10_000;
    private const long CommandsAfterwards = 4_000;

    /// <summary>Tries mutants, all of them here.</summary>
    /// <param name="wanted">The mutants.</param>
    /// <param name="isWhole">Whether these are all there are.</param>
    /// <param name="options">How.</param>
    /// <param name="journal">Where the trials are noted; null for nowhere.</param>
    /// <param name="progress">Told how many trials of how many are made.</param>
    /// <param name="cancellation">Ends it.</param>
    public static KillMatrix Run(
        IReadOnlyList<Mutant> wanted, bool isWhole, SuiteTrialOptions options, TrialJournal? journal, Action<int, int>? progress, CancellationToken cancellation)
    {
        var plan = new TrialPlan(wanted, options);
        return plan.Together(isWhole, [RunShard(plan, Shard.Whole, journal, progress, cancellation)]);
    }

    /// <summary>Does one shard's part.</summary>
    /// <param name="plan">All that is to be done.</param>
    /// <param name="shard">Which part of it.</param>
    /// <param name="journal">Where the trials are noted; null for nowhere.</param>
    /// <param name="progress">Told how many trials of how many are made.</param>
    /// <param name="cancellation">Ends it.</param>
    public static TrialShare RunShard(TrialPlan plan, Shard shard, TrialJournal? journal, Action<int, int>? progress, CancellationToken cancellation)
    {
        SuiteTrialOptions options = plan.Options;
        var clock = Stopwatch.StartNew();
        TimeSpan before = journal?.Elapsed ?? TimeSpan.Zero;
        DistributionFigures? distribution = plan.MeasuresDistribution(shard) ? Distribution.Measure(options.Seed, options.DistributionScripts, cancellation).Figures : null;
        IReadOnlyList<PlannedTrial> planned = shard == Shard.Whole ? plan.Trials : plan.Of(shard);
        List<TrialResult> made = [];
        foreach (PlannedTrial trial in planned)
        {
            if (clock.Elapsed > options.Time)
            {
                break;
            }

            TrialResult? result = journal?.Find(trial.Mutant, trial.Seed);
            if (result is null)
            {
                result = Try(trial, cancellation);
                journal?.Note(result, before + clock.Elapsed);
            }

            made.Add(result);
            progress?.Invoke(made.Count, planned.Count);
        }

        CleanRun[] clean = [.. plan.CleanSeedsOf(shard).TakeWhile(_ => clock.Elapsed <= options.Time).Select(s => CleanRun.Measure(options.CleanSubjects, s, options.CleanCommands, cancellation))];

        return new TrialShare(made, clean, distribution, before + clock.Elapsed);
    }

    private static TrialResult Try(PlannedTrial trial, CancellationToken cancellation)
    {
        bool isEquivalent = Explanations.Equivalent(trial.Mutant) is not null;
        long tried = !isEquivalent ? CommandsForSurvivors : trial.Mutant.IsNative ? CommandsForRemoteEquivalents : CommandsForEquivalents;
        return new Trial(tried, trial.IsSample ? 0 : CommandsAfterwards).Run(trial.Mutant, trial.Seed, cancellation);
    }
}
