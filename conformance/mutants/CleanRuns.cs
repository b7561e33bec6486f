// Implementations that are right, over many seeds: the suite must convict them of nothing.

using PyState.Conformance.Engine;
using PyState.Conformance.Plugins.Simulated;
using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>What the reference was convicted of.</summary>
/// <param name="Seeds">With how many seeds it ran, on every version.</param>
/// <param name="Commands">How many commands that were.</param>
/// <param name="Convictions">Every conviction, in words; empty where all is well.</param>
public sealed record CleanRuns(int Seeds, long Commands, IReadOnlyList<string> Convictions)
{
    /// <summary>Runs the reference on every version.</summary>
    /// <param name="seeds">With how many seeds.</param>
    /// <param name="commands">Commands for each seed and version.</param>
    /// <param name="cancellation">Ends it.</param>
    public static CleanRuns Measure(int seeds, long commands, CancellationToken cancellation)
    {
        long total = 0;
        List<string> convictions = [];
        for (int seed = 1; seed <= seeds; seed++)
        {
            foreach (VersionProfile profile in Profiles.All)
            {
                using var session = new SimulatedSession(profile, new ReferenceState());
                var campaign = new Campaign(session, session.Capabilities, new RunOptions { Seed = (ulong)seed });
                campaign.Run(commands, TimeSpan.MaxValue, () => false, () => { }, cancellation);
                cancellation.ThrowIfCancellationRequested();
                total += campaign.Commands;
                convictions.AddRange(campaign.Reds.Values.Select(r => $"{r.Clause.Text()} on {profile.Version} with seed {seed}: {string.Join("; ", r.Script.Commands)}"));
            }
        }

        return new CleanRuns(seeds, total, convictions);
    }
}
