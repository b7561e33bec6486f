// Implementations that are right, over many seeds: the suite must convict them of nothing.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>An implementation that is right.</summary>
/// <param name="Name">What it is, in words that follow <c>on</c>.</param>
/// <param name="Start">Starts it.</param>
public sealed record CleanSubject(string Name, Func<ISession> Start)
{
    /// <summary>The reference in C#, on the simulated thread state of every version.</summary>
    public static IReadOnlyList<CleanSubject> Simulated { get; } =
        [.. Profiles.All.Select(p => new CleanSubject($"{p.Version}", () => new SimulatedSession(p, new ReferenceState())))];
}

/// <summary>What the reference was convicted of with one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Commands">How many commands that were, on all that it runs on together.</param>
/// <param name="Convictions">Every conviction, in words; empty where all is well.</param>
public sealed record CleanRun(int Seed, long Commands, IReadOnlyList<string> Convictions)
{
    /// <summary>Runs the reference on all that it runs on.</summary>
    /// <param name="subjects">What that is.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="commands">Commands for each of them.</param>
    /// <param name="cancellation">Ends it.</param>
    public static CleanRun Measure(IReadOnlyList<CleanSubject> subjects, int seed, long commands, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        long total = 0;
        List<string> convictions = [];
        foreach (CleanSubject subject in subjects)
        {
            using ISession session = subject.Start();
            var campaign = new Campaign(session, session.Capabilities, new RunOptions { Seed = (ulong)seed });
            campaign.Run(commands, TimeSpan.MaxValue, () => false, () => { }, cancellation);
            cancellation.ThrowIfCancellationRequested();
            total += campaign.Commands;
            convictions.AddRange(campaign.Reds.Values.Select(r => $"{r.Clause.Text()} on {subject.Name} with seed {seed}: {string.Join("; ", r.Script.Commands)}"));
        }

        return new CleanRun(seed, total, convictions);
    }
}

/// <summary>What the reference was convicted of.</summary>
/// <param name="Seeds">With how many seeds it ran, on all that it runs on.</param>
/// <param name="Commands">How many commands that were.</param>
/// <param name="Convictions">Every conviction, in words; empty where all is well.</param>
public sealed record CleanRuns(int Seeds, long Commands, IReadOnlyList<string> Convictions)
{
    /// <summary>All of them together.</summary>
    /// <param name="runs">One for each seed, in any order.</param>
    public static CleanRuns Of(IEnumerable<CleanRun> runs)
    {
        CleanRun[] inOrder = [.. runs.OrderBy(r => r.Seed)];
        return new CleanRuns(inOrder.Length, inOrder.Sum(r => r.Commands), [.. inOrder.SelectMany(r => r.Convictions)]);
    }
}
