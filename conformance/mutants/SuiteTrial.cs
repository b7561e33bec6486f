// The suite on trial: every wanted mutant once, then a sample with more seeds, within a budget of time.

using System.Diagnostics;

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

    /// <summary>Commands for each of these seeds on each version.</summary>
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

    /// <summary>Tries mutants.</summary>
    /// <param name="wanted">The mutants.</param>
    /// <param name="isWhole">Whether these are all there are.</param>
    /// <param name="options">How.</param>
    /// <param name="journal">Where the trials are noted; null for nowhere.</param>
    /// <param name="progress">Told how many trials of how many are made.</param>
    /// <param name="cancellation">Ends it.</param>
    public static KillMatrix Run(
        IReadOnlyList<Mutant> wanted, bool isWhole, SuiteTrialOptions options, TrialJournal? journal, Action<int, int>? progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        Distribution? distribution = options.DistributionScripts == 0 ? null : Distribution.Measure(options.Seed, options.DistributionScripts, cancellation);
        List<TrialResult> results = [];
        List<TrialResult> sample = [];
        Mutant[] sampled = options.Seeds < 2 ? [] : [.. wanted.Where((m, i) => i % options.SampleEvery == 0 && Explanations.Equivalent(m) is null)];
        int trials = wanted.Count + (sampled.Length * (options.Seeds - 1));
        foreach (Mutant mutant in wanted)
        {
            Try(mutant, options.Seed, CommandsAfterwards, results);
        }

        for (int more = 1; more < options.Seeds; more++)
        {
            foreach (Mutant mutant in sampled)
            {
                Try(mutant, options.Seed + (ulong)more, 0, sample);
            }
        }

        CleanRuns? clean = options.CleanSeeds == 0 || clock.Elapsed > options.Time ? null : CleanRuns.Measure(options.CleanSeeds, options.CleanCommands, cancellation);
        return new KillMatrix(options.Seed, wanted, results, sample, isWhole, clean, distribution, clock.Elapsed);

        void Try(Mutant mutant, ulong seed, long after, List<TrialResult> into)
        {
            if (clock.Elapsed > options.Time)
            {
                return;
            }

            if (journal?.Find(mutant, seed) is { } before)
            {
                into.Add(before);
                return;
            }

            bool isEquivalent = Explanations.Equivalent(mutant) is not null;
            long tried = !isEquivalent ? CommandsForSurvivors : mutant.IsNative ? CommandsForRemoteEquivalents : CommandsForEquivalents;
            TrialResult result = new Trial(tried, after).Run(mutant, seed, cancellation);
            journal?.Note(result);
            into.Add(result);
            progress?.Invoke(results.Count + sample.Count, trials);
        }
    }
}
