// The rules of the totality table, operation by operation, in the order of the checks: a check's failure and what passes it stand side by side.

using System.Collections.Immutable;
using PyState.Spec.Model;
using static PyState.Spec.Lifecycle.Sets;

namespace PyState.Spec.Lifecycle;

/// <summary>The rules for calls of the API.</summary>
internal static class TotalityRules
{
    private static ImmutableArray<Operation> New => [Operation.New, Operation.NewFailing];

    private static ImmutableArray<Operation> Save => [Operation.SaveSame, Operation.SaveNew, Operation.SaveBadStack];

    private static ImmutableArray<Operation> SaveGood => [Operation.SaveSame, Operation.SaveNew];

    private static ImmutableArray<Operation> Restore => [Operation.Restore];

    private static ImmutableArray<Operation> Discard => [Operation.Discard];

    private static ImmutableArray<Operation> Drop => [Operation.Drop];

    private static ImmutableArray<Operation> Introspect =>
        [Operation.Top, Operation.GetContext, Operation.SetContext, Operation.SetContextEntered, Operation.SetContextBad, Operation.Traverse, Operation.Clear];

    /// <summary>All rules.</summary>
    public static ImmutableArray<Rule<Operation>> All { get; } =
    [
        // New: allocation stands apart, so that Save cannot fail for want of memory.
        new(New, Detached, AnyHandle, Status.Detached, "HANDLE-04"),
        new(New, Finalizing, AnyHandle, Status.Finalizing, "HANDLE-04"),
        new(New, Able, SomeState, Status.Inapplicable, "HANDLE-04"),
        new([Operation.NewFailing], Able, NoState, Status.NoMemory, "HANDLE-04"),
        new([Operation.New], Able, NoState, Status.Ok, "HANDLE-04", HandleState.Empty),

        // Save: an empty state has no owner yet, so any thread may save into it.
        new(Save, Detached, AnyHandle, Status.Detached, "SAVE-01"),
        new(Save, Finalizing, AnyHandle, Status.Finalizing, "SAVE-02"),
        new(Save, Able, NoState, Status.InvalidHandle, "HANDLE-01"),
        new(Save, Able, NotEmpty, Status.NotEmpty, "SAVE-04"),
        new(Save, Pending, Empty, Status.Pending, "SAVE-03"),
        new([Operation.SaveBadStack], Unburdened, Empty, Status.BadStack, "STACK-03"),
        new(SaveGood, [Situation.HasFrames], Empty, Status.Ok, "SAVE-06", HandleState.LiveWithFrames),
        new(SaveGood, Except(Unburdened, Situation.HasFrames), Empty, Status.Ok, "SAVE-06", HandleState.LiveWithoutFrames),

        // Restore
        new(Restore, Detached, AnyHandle, Status.Detached, "RESTORE-11"),
        new(Restore, Finalizing, AnyHandle, Status.Finalizing, "RESTORE-12"),
        new(Restore, Able, NoState, Status.InvalidHandle, "HANDLE-01"),
        new(Restore, Able, Empty, Status.NotSaved, "RESTORE-13"),
        new(Restore, Able, Consumed, Status.Consumed, "RESTORE-14"),
        new(Restore, Able, Discarded, Status.Discarded, "RESTORE-15"),
        new(Restore, Able, Abandoned, Status.Abandoned, "RESTORE-16"),
        new(Restore, Elsewhere, Live, Status.WrongInterpreter, "RESTORE-17"),
        new(Restore, [Situation.OtherThread], Live, Status.WrongThread, "RESTORE-18"),
        new(Restore, Pending, Live, Status.Pending, "RESTORE-19"),
        new(Restore, [Situation.HasFrames], Live, Status.HasFrames, "RESTORE-20"),
        new(Restore, [Situation.Handling], Live, Status.Handling, "RESTORE-21"),
        new(Restore, [Situation.InRecursion], Live, Status.InRecursion, "RESTORE-22"),
        new(Restore, [Situation.Tracing], Live, Status.Tracing, "RESTORE-23"),
        new(Restore, [Situation.Quiescent], Live, Status.Ok, "RESTORE-25", HandleState.Consumed),

        // Discard: any thread of the interpreter, and a pending exception is kept.
        new(Discard, Detached, AnyHandle, Status.Detached, "DISCARD-03"),
        new(Discard, Finalizing, AnyHandle, Status.Finalizing, "DISCARD-03"),
        new(Discard, Able, NoState, Status.InvalidHandle, "HANDLE-01"),
        new(Discard, Able, Empty, Status.NotSaved, "DISCARD-03"),
        new(Discard, Able, Consumed, Status.Consumed, "DISCARD-03"),
        new(Discard, Able, Discarded, Status.Discarded, "DISCARD-03"),
        new(Discard, Able, Abandoned, Status.Abandoned, "DISCARD-03"),
        new(Discard, Elsewhere, Live, Status.WrongInterpreter, "DISCARD-04"),
        new(Discard, Here, WithFrames, Status.HasFrames, "DISCARD-02"),
        new(Discard, Here, WithoutFrames, Status.Ok, "DISCARD-01", HandleState.Discarded),

        // Drop: goes on while finalizing, because objects die then; what is live then is another interpreter's.
        new(Drop, Detached, AnyHandle, Status.Detached, "HANDLE-03"),
        new(Drop, Attached, NoState, Status.InvalidHandle, "HANDLE-01"),
        new(Drop, Attached, NotLive, Status.Ok, "HANDLE-03", HandleState.Dropped),
        new(Drop, [.. Elsewhere, .. Finalizing], Live, Status.Ok, "HANDLE-03", HandleState.Dropped, Abandons: true),
        new(Drop, Here, WithFrames, Status.Ok, "HANDLE-03", HandleState.Dropped, Abandons: true),
        new(Drop, Here, WithoutFrames, Status.Ok, "HANDLE-03", HandleState.Dropped),

        // Introspection
        new(Introspect, Detached, AnyHandle, Status.Detached, "INTRO-07"),
        new(Introspect, Finalizing, AnyHandle, Status.Finalizing, "INTRO-07"),
        new(Introspect, Able, NoState, Status.InvalidHandle, "HANDLE-01"),
        new(Introspect, Able, Empty, Status.NotSaved, "INTRO-07"),
        new(Introspect, Able, Consumed, Status.Consumed, "INTRO-07"),
        new(Introspect, Able, Discarded, Status.Discarded, "INTRO-07"),
        new(Introspect, Able, Abandoned, Status.Abandoned, "INTRO-07"),
        new(Introspect, Elsewhere, Live, Status.WrongInterpreter, "INTRO-07"),
        new([Operation.Top], Here, Live, Status.Ok, "INTRO-01"),
        new([Operation.GetContext], Here, Live, Status.Ok, "INTRO-02"),
        new([Operation.SetContextBad], Here, Live, Status.NotAContext, "INTRO-03"),
        new([Operation.SetContextEntered], Here, Live, Status.Entered, "INTRO-04"),
        new([Operation.SetContext], Here, Entered, Status.Entered, "INTRO-04"),
        new([Operation.SetContext], Here, NotEntered, Status.Ok, "INTRO-03"),
        new([Operation.Traverse], Here, Live, Status.Ok, "INTRO-05"),
        new([Operation.Clear], Here, WithFrames, Status.Ok, "INTRO-06"),
        new([Operation.Clear], Here, WithoutFrames, Status.Ok, "INTRO-06", HandleState.LiveWithoutFrames),

        // The counter reads no thread state: it answers always.
        new([Operation.AbandonedCount], Anywhere, AnyHandle, Status.Ok, "HANDLE-03"),
    ];
}
