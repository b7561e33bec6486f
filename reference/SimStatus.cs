// The outcomes of a command, in the order every part of the project packs them.
namespace PyState.Reference;

/// <summary>The outcome of one command. The order is part of the contract: outcomes are packed as bytes.</summary>
public enum SimStatus : byte
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>The command does not apply here; nothing changed.</summary>
    Inapplicable,

    /// <summary>The context belongs to another thread, or to one that has exited (SWITCH-07).</summary>
    Refused,

    /// <summary>The generator is already running.</summary>
    Busy,

    /// <summary>The Context object is entered by <c>Context.run</c>.</summary>
    Entered,

    /// <summary>The recursion limit is reached.</summary>
    RecursionError,

    /// <summary>The current depth is at or above the requested recursion limit.</summary>
    LimitTooLow,

    /// <summary>The caller's thread state is not attached (SAVE-01, RESTORE-11).</summary>
    Detached,

    /// <summary>The interpreter is finalizing (SAVE-02, RESTORE-12).</summary>
    Finalizing,

    /// <summary>The handle is null or stale (HANDLE-01).</summary>
    InvalidHandle,

    /// <summary>Save into a handle that is not Empty (SAVE-04).</summary>
    NotEmpty,

    /// <summary>The handle is Empty (RESTORE-13).</summary>
    NotSaved,

    /// <summary>The state was restored before (RESTORE-14).</summary>
    Consumed,

    /// <summary>The state was discarded (RESTORE-15).</summary>
    Discarded,

    /// <summary>The state was abandoned (RESTORE-16).</summary>
    Abandoned,

    /// <summary>The state belongs to another interpreter (RESTORE-17).</summary>
    WrongInterpreter,

    /// <summary>The state belongs to another thread (RESTORE-18).</summary>
    WrongThread,

    /// <summary>A C-level exception is pending (SAVE-03, RESTORE-19).</summary>
    Pending,

    /// <summary>The bounds of the new C stack are invalid (STACK-03).</summary>
    BadStack,

    /// <summary>The allocator failed (HANDLE-04).</summary>
    NoMemory,

    /// <summary>There are frames (RESTORE-20, DISCARD-02).</summary>
    HasFrames,

    /// <summary>An exception is being handled (RESTORE-21).</summary>
    Handling,

    /// <summary>The recursion depth is not the one the flow began with (RESTORE-22).</summary>
    InRecursion,

    /// <summary>A trace or profile callback is running (RESTORE-23).</summary>
    Tracing,

    /// <summary>The object is no Context (INTRO-03).</summary>
    NotAContext,
}
