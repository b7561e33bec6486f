// The totality table: every operation in every situation on every handle has exactly one outcome.

using System.Collections.Immutable;

namespace PyState.Spec.Lifecycle;

/// <summary>One cell: its place and its outcome.</summary>
/// <typeparam name="TEvent">What happens.</typeparam>
/// <param name="Event">The operation or event.</param>
/// <param name="Situation">The situation of the calling thread.</param>
/// <param name="Handle">The state of the handle before.</param>
/// <param name="Outcome">What follows.</param>
public readonly record struct Cell<TEvent>(TEvent Event, Situation Situation, HandleState Handle, CellOutcome Outcome)
    where TEvent : struct, Enum;

/// <summary>What every call of the API does, whatever the thread and the handle are like. After an error nothing has changed (ATOM-01).</summary>
public static class Totality
{
    /// <summary>The rules, in the order of the checks. Exactly one covers each cell.</summary>
    public static ImmutableArray<Rule<Operation>> Rules => TotalityRules.All;

    /// <summary>Every cell: situations slowest, then handles, then operations.</summary>
    public static IEnumerable<Cell<Operation>> Cells =>
        from situation in Enum.GetValues<Situation>()
        from handle in Enum.GetValues<HandleState>()
        from operation in Enum.GetValues<Operation>()
        select new Cell<Operation>(operation, situation, handle, Outcome(situation, handle, operation));

    /// <summary>The one outcome of a call.</summary>
    /// <param name="situation">The situation of the calling thread.</param>
    /// <param name="handle">The state of the handle.</param>
    /// <param name="operation">The call.</param>
    public static CellOutcome Outcome(Situation situation, HandleState handle, Operation operation) =>
        Rules.Single(r => r.Covers(operation, situation, handle)).Apply(handle);
}
