// Every mutant there is, set by set.

using PyState.Conformance.Liars;
using PyState.Conformance.Mutants.Museum;
using PyState.Spec.Clauses;
using PyState.Spec.Versions;

namespace PyState.Conformance.Mutants;

/// <summary>All mutants.</summary>
public static class AllMutants
{
    /// <summary>Every mutant, set by set and within a set by fault; the names are unique.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        .. new[] { FieldMutants.All, ErrorMutants.All, LifecycleMutants.All, OwnershipMutants.All, OfLiars, Exhibits.All.SelectMany(e => e.Mutants) }.SelectMany(m => m),
    ];

    // On the oldest version and on the newest: fields and layouts differ most between them.
    private static IEnumerable<Mutant> OfLiars =>
        from liar in AllLiars.All
        from version in new[] { liar.Versions.First(), liar.Versions.Last() }.Distinct()
        select new Mutant(MutantSet.Liars, "liar", liar.Name, version, liar.Summary, new HashSet<ClauseId> { liar.Clause }, () => liar.Start(version));
}
