// A rule of a totality table: a block of cells with one outcome.

using System.Collections.Immutable;
using PyState.Spec.Model;

namespace PyState.Spec.Lifecycle;

/// <summary>What one cell of a totality table says.</summary>
/// <param name="Status">How it ends; an error changes nothing (ATOM-01).</param>
/// <param name="Next">The state of the handle afterwards.</param>
/// <param name="Clause">The clause that decides, by id.</param>
/// <param name="Abandons">Whether the number of abandoned states grows by one.</param>
public readonly record struct CellOutcome(Status Status, HandleState Next, string Clause, bool Abandons);

/// <summary>One rule: where its three conditions hold, its outcome applies. The rules of a table exclude each other, so their order says nothing but the order of the checks.</summary>
/// <typeparam name="TEvent">What happens: <see cref="Operation"/> or <see cref="AmbientEvent"/>.</typeparam>
/// <param name="Events">It is one of these.</param>
/// <param name="Situations">And the calling thread is in one of these situations.</param>
/// <param name="Handles">And the handle is in one of these states.</param>
/// <param name="Status">How it ends.</param>
/// <param name="Clause">The clause that decides.</param>
/// <param name="Next">The state of the handle afterwards; null for unchanged.</param>
/// <param name="Abandons">Whether a state is abandoned.</param>
public sealed record Rule<TEvent>(
    ImmutableArray<TEvent> Events,
    ImmutableArray<Situation> Situations,
    ImmutableArray<HandleState> Handles,
    Status Status,
    string Clause,
    HandleState? Next = null,
    bool Abandons = false)
    where TEvent : struct, Enum
{
    /// <summary>Whether the rule decides a cell.</summary>
    /// <param name="what">The operation or event.</param>
    /// <param name="situation">The situation.</param>
    /// <param name="handle">The state of the handle.</param>
    public bool Covers(TEvent what, Situation situation, HandleState handle) =>
        Events.Contains(what) && Situations.Contains(situation) && Handles.Contains(handle);

    /// <summary>The outcome in a cell that the rule covers.</summary>
    /// <param name="handle">The state of the handle.</param>
    public CellOutcome Apply(HandleState handle) => new(Status, Next ?? handle, Clause, Abandons);
}

/// <summary>The sets that rules are written with: each step of the check order leaves one value behind, and the next rule starts from the rest.</summary>
internal static class Sets
{
    public static ImmutableArray<Situation> Anywhere { get; } = [.. Enum.GetValues<Situation>()];

    public static ImmutableArray<Situation> Detached { get; } = [Situation.Detached];

    public static ImmutableArray<Situation> Attached { get; } = Except(Anywhere, Situation.Detached);

    public static ImmutableArray<Situation> Finalizing { get; } = [Situation.Finalizing];

    /// <summary>Attached, and not finalizing.</summary>
    public static ImmutableArray<Situation> Able { get; } = Except(Attached, Situation.Finalizing);

    public static ImmutableArray<Situation> Pending { get; } = [Situation.PendingException];

    /// <summary>Able, and no exception pending.</summary>
    public static ImmutableArray<Situation> Unburdened { get; } = Except(Able, Situation.PendingException);

    public static ImmutableArray<Situation> Elsewhere { get; } = [Situation.OtherInterpreter];

    /// <summary>Able, in the state's interpreter.</summary>
    public static ImmutableArray<Situation> Here { get; } = Except(Able, Situation.OtherInterpreter);

    public static ImmutableArray<HandleState> NoState { get; } = [HandleState.Null, HandleState.Dropped];

    public static ImmutableArray<HandleState> SomeState { get; } = Except([.. Enum.GetValues<HandleState>()], HandleState.Null, HandleState.Dropped);

    public static ImmutableArray<HandleState> AnyHandle { get; } = [.. Enum.GetValues<HandleState>()];

    public static ImmutableArray<HandleState> Empty { get; } = [HandleState.Empty];

    public static ImmutableArray<HandleState> NotEmpty { get; } = Except(SomeState, HandleState.Empty);

    public static ImmutableArray<HandleState> Consumed { get; } = [HandleState.Consumed];

    public static ImmutableArray<HandleState> Discarded { get; } = [HandleState.Discarded];

    public static ImmutableArray<HandleState> Abandoned { get; } = [HandleState.Abandoned];

    public static ImmutableArray<HandleState> WithFrames { get; } = [HandleState.LiveWithFrames, HandleState.LiveEnteredWithFrames];

    public static ImmutableArray<HandleState> WithoutFrames { get; } = [HandleState.LiveWithoutFrames, HandleState.LiveEnteredWithoutFrames];

    public static ImmutableArray<HandleState> Live { get; } = [.. WithFrames, .. WithoutFrames];

    public static ImmutableArray<HandleState> NotLive { get; } = Except(SomeState, [.. Live]);

    public static ImmutableArray<HandleState> Entered { get; } = [HandleState.LiveEnteredWithFrames, HandleState.LiveEnteredWithoutFrames];

    public static ImmutableArray<HandleState> NotEntered { get; } = [HandleState.LiveWithFrames, HandleState.LiveWithoutFrames];

    public static ImmutableArray<T> Except<T>(ImmutableArray<T> set, params T[] without) => [.. set.Where(x => !without.Contains(x))];
}
