// The three axes of the totality table: the situation of the calling thread, the state of the handle, the operation.

namespace PyState.Spec.Lifecycle;

/// <summary>The situation of the calling thread, relative to the handle's state. Each differs from <see cref="Quiescent"/> in one respect, and
/// everywhere but in the last two the caller is the thread that a live state belongs to.</summary>
public enum Situation : byte
{
    /// <summary>The caller has no attached thread state.</summary>
    Detached,

    /// <summary>The caller's interpreter is finalizing. A state that is live then is another interpreter's: finalization left none of its own live (AMBIENT-08).</summary>
    Finalizing,

    /// <summary>An exception is pending.</summary>
    PendingException,

    /// <summary>No frames, no handled exception, base depth, no trace callback running.</summary>
    Quiescent,

    /// <summary>Python frames are running.</summary>
    HasFrames,

    /// <summary>An exception is handled, without a frame.</summary>
    Handling,

    /// <summary>Above the base depth without a frame: C recursion of 3.13 and before. 3.14 and later count none.</summary>
    InRecursion,

    /// <summary>A trace callback without a frame is running: one written in C.</summary>
    Tracing,

    /// <summary>A quiescent thread of the same interpreter, but not the one that a live state belongs to.</summary>
    OtherThread,

    /// <summary>A quiescent thread of an interpreter that a live state does not belong to.</summary>
    OtherInterpreter,
}

/// <summary>The state of a handle and of the saved state that it names.</summary>
public enum HandleState : byte
{
    /// <summary>The handle names nothing and never did.</summary>
    Null,

    /// <summary>Allocated, nothing saved yet.</summary>
    Empty,

    /// <summary>Live, with frames; its Context object, if any, is not entered.</summary>
    LiveWithFrames,

    /// <summary>Live, without frames; its Context object, if any, is not entered.</summary>
    LiveWithoutFrames,

    /// <summary>Live, with frames, its Context object entered by <c>Context.run</c>.</summary>
    LiveEnteredWithFrames,

    /// <summary>Live, without frames, its Context object entered by <c>Context.run</c>: by C code that was saved, or by whoever got it from the state.</summary>
    LiveEnteredWithoutFrames,

    /// <summary>Restored.</summary>
    Consumed,

    /// <summary>Discarded.</summary>
    Discarded,

    /// <summary>Abandoned: its references leak, no code of its frames ever runs.</summary>
    Abandoned,

    /// <summary>The handle object died; a copy of the handle is stale.</summary>
    Dropped,
}

/// <summary>An operation of the API with the property of its arguments that matters.</summary>
public enum Operation : byte
{
    /// <summary>Allocates an empty state.</summary>
    New,

    /// <summary>The same while the allocator fails.</summary>
    NewFailing,

    /// <summary>Save, the same C stack runs on.</summary>
    SaveSame,

    /// <summary>Save, a new C stack with valid bounds runs next.</summary>
    SaveNew,

    /// <summary>Save, a new C stack with invalid bounds.</summary>
    SaveBadStack,

    /// <summary>Restore.</summary>
    Restore,

    /// <summary>Discard.</summary>
    Discard,

    /// <summary>The handle object dies.</summary>
    Drop,

    /// <summary>The top frame.</summary>
    Top,

    /// <summary>Reads the Context object.</summary>
    GetContext,

    /// <summary>Sets a Context object that is not entered, or none.</summary>
    SetContext,

    /// <summary>Sets a Context object that is entered by <c>Context.run</c>.</summary>
    SetContextEntered,

    /// <summary>Sets an object that is no Context object.</summary>
    SetContextBad,

    /// <summary>The garbage collector's traverse.</summary>
    Traverse,

    /// <summary>The garbage collector's clear.</summary>
    Clear,

    /// <summary>Reads the number of abandoned states.</summary>
    AbandonedCount,
}
