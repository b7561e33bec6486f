// A defect that was published: who had it, where it is written down, and what is wrong in it.

using PyState.Reference;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants.Museum;

/// <summary>A published defect, rebuilt over the simulated thread state.</summary>
/// <param name="Name">Its name, with hyphens.</param>
/// <param name="Who">Who had it, and in which releases.</param>
/// <param name="Link">Where it is written down.</param>
/// <param name="Defect">What was wrong, in a line of our own.</param>
/// <param name="Clause">The clause that convicts it.</param>
/// <param name="Oldest">The oldest minor version that it is shown on.</param>
/// <param name="Newest">The newest one.</param>
/// <param name="Make">Makes it.</param>
public sealed record Exhibit(
    string Name, string Who, string Link, string Defect, ClauseId Clause, int Oldest, int Newest, Func<VersionProfile, IPyState> Make)
{
    /// <summary>How the released thing itself shows it where it is at hand: an implementation, an interpreter and an expectation; empty where it is not.</summary>
    public string Real { get; init; } = "";

    /// <summary>The exhibit as mutants: on the oldest of its versions and on the newest.</summary>
    public IEnumerable<Mutant> Mutants => new[] { Oldest, Newest }.Distinct().Select(m => Profiles.Of(m)).Select(p =>
        new Mutant(MutantSet.Museum, "museum", Name, p, Defect, new HashSet<ClauseId> { Clause }, () => FieldMutants.Session(p, Make(p))));
}
