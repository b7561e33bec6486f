using PyState.Spec.Clauses;

namespace PyState.Conformance.Liars;

/// <summary>Every liar there is.</summary>
public static class AllLiars
{
    /// <summary>All of them, by what they lie about.</summary>
    public static IReadOnlyList<Liar> All { get; } = [.. ComponentLiars.All, .. StateLiars.All, .. ErrorLiars.All, .. SwitcherLiars.All];

    /// <summary>The liars that a clause has to convict.</summary>
    /// <param name="clause">The clause.</param>
    public static IEnumerable<Liar> Of(ClauseId clause) => All.Where(l => l.Clause == clause);
}
