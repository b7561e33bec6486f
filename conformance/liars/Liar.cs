using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Simulated;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Liars;

/// <summary>A named wrong implementation: what it gets wrong, and the clause that has to convict it. The suite is on trial here, not the liar.</summary>
/// <param name="Name">Named for how it lies, as one word with underscores.</param>
/// <param name="Summary">What it does wrong, in a line.</param>
/// <param name="Clause">The clause that convicts it first.</param>
/// <param name="Start">Starts it on a version.</param>
/// <param name="Exists">Whether it can lie on a version: what a version lacks cannot be got wrong there.</param>
public sealed record Liar(string Name, string Summary, ClauseId Clause, Func<VersionProfile, SimulatedLiar> Start, Func<VersionProfile, bool> Exists)
{
    /// <summary>The versions on which it lies.</summary>
    public IEnumerable<VersionProfile> Versions => Profiles.All.Where(Exists);
}
