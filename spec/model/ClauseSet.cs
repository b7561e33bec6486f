using PyState.Spec.Clauses;

namespace PyState.Spec.Model;

/// <summary>A set of clauses in one 128-bit word.</summary>
/// <param name="Bits">A bit per clause.</param>
public readonly record struct ClauseSet(UInt128 Bits)
{
    /// <summary>With one more clause.</summary>
    /// <param name="clause">The clause; none adds nothing.</param>
    public ClauseSet With(ClauseId clause) => clause == ClauseId.None ? this : new(Bits | (UInt128.One << (int)clause));

    /// <summary>With one more clause where a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="clause">The clause.</param>
    public ClauseSet With(bool condition, ClauseId clause) => condition ? With(clause) : this;

    /// <summary>Whether it has a clause.</summary>
    /// <param name="clause">The clause.</param>
    public bool Has(ClauseId clause) => (Bits >> (int)clause & UInt128.One) != UInt128.Zero;

    /// <summary>What is in either set.</summary>
    /// <param name="other">The other set.</param>
    public ClauseSet Union(ClauseSet other) => new(Bits | other.Bits);
}
