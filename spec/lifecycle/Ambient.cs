// The ambient events' part of the totality table: what happens to threads and saved states from outside of the API.

using System.Collections.Immutable;
using PyState.Spec.Model;
using static PyState.Spec.Lifecycle.Sets;

namespace PyState.Spec.Lifecycle;

/// <summary>Something that happens while states are saved. The active thread, whose situation the table names, causes it.</summary>
public enum AmbientEvent : byte
{
    /// <summary>A garbage collection.</summary>
    Collect,

    /// <summary>The recursion limit is set to a value above the current depth.</summary>
    Limit,

    /// <summary>An asynchronous exception is sent to the active thread.</summary>
    Async,

    /// <summary>The active thread ends; it is not the main thread (there: inapplicable).</summary>
    ExitThread,

    /// <summary>The active thread forks; it is the main interpreter's main thread (elsewhere: inapplicable).</summary>
    Fork,

    /// <summary>The active thread's interpreter begins to finalize.</summary>
    Finalize,

    /// <summary>Another thread gets the baton.</summary>
    ThreadSwitch,
}

/// <summary>What every ambient event does, whatever the thread and the handle are like. Total like <see cref="Totality"/>.</summary>
public static class Ambient
{
    private static readonly ImmutableArray<Situation> Stuck = Except(Anywhere, [.. Unburdened]);

    private static readonly ImmutableArray<HandleState> NotLiveOrNone = Except(AnyHandle, [.. Live]);

    /// <summary>The rules. Exactly one covers each cell.</summary>
    public static ImmutableArray<Rule<AmbientEvent>> Rules { get; } =
    [
        // An event is something that a thread does: one that cannot run Python code causes none.
        new([.. Enum.GetValues<AmbientEvent>()], Stuck, AnyHandle, Status.Inapplicable, "BASE-01"),

        new([AmbientEvent.Collect], Unburdened, AnyHandle, Status.Ok, "AMBIENT-01"),
        new([AmbientEvent.Limit], Unburdened, AnyHandle, Status.Ok, "AMBIENT-05"),
        new([AmbientEvent.Async], Unburdened, AnyHandle, Status.Ok, "AMBIENT-06"),
        new([AmbientEvent.ThreadSwitch], Unburdened, AnyHandle, Status.Ok, "BASE-01"),

        // The active thread ends: its own states are stranded, another's are not.
        new([AmbientEvent.ExitThread], Unburdened, NotLiveOrNone, Status.Ok, "AMBIENT-07"),
        new([AmbientEvent.ExitThread], [Situation.OtherThread, Situation.OtherInterpreter], Live, Status.Ok, "AMBIENT-07"),
        .. Stranding(AmbientEvent.ExitThread, Except(Unburdened, Situation.OtherThread, Situation.OtherInterpreter), "AMBIENT-07"),

        // The other threads vanish: the forking thread's own states are not stranded, the others' are.
        new([AmbientEvent.Fork], Unburdened, NotLiveOrNone, Status.Ok, "AMBIENT-09"),
        new([AmbientEvent.Fork], Except(Unburdened, Situation.OtherThread, Situation.OtherInterpreter), Live, Status.Ok, "AMBIENT-09"),
        .. Stranding(AmbientEvent.Fork, [Situation.OtherThread, Situation.OtherInterpreter], "AMBIENT-09"),

        // The interpreter ends: the states of all its threads are stranded, another interpreter's are not.
        new([AmbientEvent.Finalize], Unburdened, NotLiveOrNone, Status.Ok, "AMBIENT-08"),
        new([AmbientEvent.Finalize], Elsewhere, Live, Status.Ok, "AMBIENT-08"),
        .. Stranding(AmbientEvent.Finalize, Except(Unburdened, Situation.OtherInterpreter), "AMBIENT-08"),
    ];

    /// <summary>Every cell: situations slowest, then handles, then events.</summary>
    public static IEnumerable<Cell<AmbientEvent>> Cells =>
        from situation in Enum.GetValues<Situation>()
        from handle in Enum.GetValues<HandleState>()
        from what in Enum.GetValues<AmbientEvent>()
        select new Cell<AmbientEvent>(what, situation, handle, Outcome(situation, handle, what));

    /// <summary>The one outcome of an event.</summary>
    /// <param name="situation">The situation of the active thread.</param>
    /// <param name="handle">The state of the handle.</param>
    /// <param name="what">The event.</param>
    public static CellOutcome Outcome(Situation situation, HandleState handle, AmbientEvent what) =>
        Rules.Single(r => r.Covers(what, situation, handle)).Apply(handle);

    // What becomes of a live state when its thread or interpreter goes: with frames it is abandoned, without frames released.
    private static Rule<AmbientEvent>[] Stranding(AmbientEvent what, ImmutableArray<Situation> situations, string clause) =>
    [
        new([what], situations, WithFrames, Status.Ok, clause, HandleState.Abandoned, Abandons: true),
        new([what], situations, WithoutFrames, Status.Ok, clause, HandleState.Discarded),
    ];
}
