using PyState.Conformance.Plugins;
using PyState.Spec.Clauses;

namespace PyState.Conformance.Engine;

/// <summary>What a run is asked to do. It ends at the first bound reached.</summary>
public sealed record RunOptions
{
    /// <summary>How many commands at most.</summary>
    public long Commands { get; init; } = long.MaxValue;

    /// <summary>How long at most.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.MaxValue;

    /// <summary>How much longer it may go on after that where a clause was never exercised, until each was. Nothing where there is no bound in time.</summary>
    public TimeSpan Further { get; init; } = TimeSpan.Zero;

    /// <summary>The seed; the same seed gives the same scripts.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The clauses to judge; empty for all.</summary>
    public IReadOnlySet<ClauseId> Clauses { get; init; } = new HashSet<ClauseId>();

    /// <summary>The longest script.</summary>
    public int MaximumLength { get; init; } = 40;

    /// <summary>The scripts to run, in this order, instead of generated ones; empty for generated ones.</summary>
    public IReadOnlyList<Script> Scripts { get; init; } = [];

    /// <summary>Whether the scripts are given and not generated.</summary>
    public bool IsSuite { get; init; }

    /// <summary>Which shard of the run this is.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>How many cores to use, at least 1: as many threads check an implementation that is in this process and of which there can be several, as many processes run
    /// one that <see cref="Another"/> starts. What follows from the scripts does not depend on it.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Starts the implementation once more, just like the session that there is; null where that is to be the only one.</summary>
    public Func<ISession>? Another { get; init; }

    /// <summary>The implementation's expectations.</summary>
    public IReadOnlyList<Expectation> Expectations { get; init; } = [];

    /// <summary>The known crashes and hangs of what is judged. Each costs a process, so scripts that have the commands of one are rationed; see <see cref="Campaign"/>.</summary>
    public IReadOnlyList<Expectation> Rationed { get; init; } = [];

    /// <summary>Of the first scripts, one in how many may be one of these; 0 for none, because another campaign of the same run has them.</summary>
    internal int RationedEvery { get; init; } = 8;

    /// <summary>Where it notes how far it is, and finds where an interrupted run was; null for a run that cannot be taken up again.</summary>
    public IRunJournal? Journal { get; init; }
}

/// <summary>How far a run is, for whoever shows it.</summary>
/// <param name="Commands">Commands checked.</param>
/// <param name="Scripts">Scripts run.</param>
/// <param name="Exercised">Clauses exercised.</param>
/// <param name="Observable">Clauses that can be.</param>
/// <param name="Red">Clauses with a deviation so far.</param>
/// <param name="Elapsed">Time since the start.</param>
public readonly record struct RunProgress(long Commands, long Scripts, int Exercised, int Observable, int Red, TimeSpan Elapsed);
