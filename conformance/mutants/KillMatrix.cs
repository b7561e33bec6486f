// All trials together: who convicted whom, what is missing, and whether the suite may pass.

using PyState.Spec.Clauses;

namespace PyState.Conformance.Mutants;

/// <summary>What the suite's own trial came to.</summary>
/// <param name="Seed">The seed of the trials.</param>
/// <param name="Wanted">The mutants that were to be tried.</param>
/// <param name="Results">A result for each that was tried, with the first seed.</param>
/// <param name="Sample">More results, with other seeds, of a sample.</param>
/// <param name="IsWhole">Whether every set was to be tried, so that a clause that convicts nobody can be told.</param>
/// <param name="Clean">What clean implementations were convicted of; null where that was not looked at.</param>
/// <param name="Distribution">What the generator reaches; null where that was not looked at.</param>
/// <param name="Elapsed">How long it took, before and after it was resumed.</param>
public sealed record KillMatrix(
    ulong Seed,
    IReadOnlyList<Mutant> Wanted,
    IReadOnlyList<TrialResult> Results,
    IReadOnlyList<TrialResult> Sample,
    bool IsWhole,
    CleanRuns? Clean,
    DistributionFigures? Distribution,
    TimeSpan Elapsed)
{
    /// <summary>The shards of the trial that are not there, as <c>3/8</c>; empty where all of it is.</summary>
    public IReadOnlyList<string> MissingShards { get; init; } = [];

    /// <summary>Whether trials or clean runs are missing because the time was up.</summary>
    public bool IsCut { get; init; }

    /// <summary>Whether it is about the native reference on real interpreters.</summary>
    public bool IsNative => Wanted.All(m => m.IsNative);

    /// <summary>Those that somebody convicted.</summary>
    public IEnumerable<TrialResult> Convicted => Results.Where(r => r.First is not null);

    /// <summary>Those that nobody convicted and that are listed as equivalent.</summary>
    public IEnumerable<TrialResult> Equivalent => Results.Where(r => r.First is null && Explanations.Equivalent(r.Mutant) is not null);

    /// <summary>Those that nobody convicted and nobody explained: holes of the suite.</summary>
    public IEnumerable<TrialResult> Survivors => Results.Where(r => r.First is null && Explanations.Equivalent(r.Mutant) is null);

    /// <summary>Those that are listed as equivalent and yet convicted.</summary>
    public IEnumerable<TrialResult> NotEquivalent => Convicted.Where(r => Explanations.Equivalent(r.Mutant) is not null);

    /// <summary>Those that another clause convicted than may.</summary>
    public IEnumerable<TrialResult> ByAnotherClause => Convicted.Concat(Sample.Where(s => s.First is not null)).Where(r => !r.IsExpected);

    /// <summary>Those of them that nobody has explained.</summary>
    public IEnumerable<TrialResult> Unexplained => ByAnotherClause.Where(r => Explanations.Unexpected(r.Mutant, r.First!) is null);

    /// <summary>The mutants that each clause convicted, as the first or after others.</summary>
    /// <param name="clause">The clause.</param>
    public IEnumerable<TrialResult> ConvictedBy(ClauseId clause) => Convicted.Where(r => r.Convictions.Any(c => c.Clause == clause));

    /// <summary>The clauses that convict nobody.</summary>
    public IEnumerable<ClauseId> Silent => IsWhole && IsComplete ? Catalogue.All.Select(c => c.Id).Where(c => !ConvictedBy(c).Any()) : [];

    /// <summary>Whether every mutant that was wanted was tried, and all else that was planned, and no shard is missing.</summary>
    public bool IsComplete => Results.Count == Wanted.Count && MissingShards.Count == 0 && !IsCut;

    /// <summary>What fails, in words; empty where nothing does.</summary>
    public IReadOnlyList<string> Failures =>
    [
        .. Survivors.Select(r => $"nobody convicts {r.Mutant.Name} ({r.Commands:N0} commands): {r.Mutant.Summary}"),
        .. NotEquivalent.Select(r => $"{r.Mutant.Name} is listed as equivalent, and {r.First!.Clause.Text()} convicts it: {r.First.Script}"),
        .. Unexplained.Select(r => $"{r.Mutant.Name} is convicted by an unexpected clause, {r.First!.Clause.Text()} ({r.First.Words}): {r.First.Script}"),
        .. Silent.Select(c => $"{c.Text()} convicts nobody"),
        .. Clean?.Convictions.Select(c => $"a clean implementation is convicted: {c}") ?? [],
        .. Distribution?.Gaps ?? [],
    ];
}
