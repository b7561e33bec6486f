namespace PyState.Spec.Model;

/// <summary>How a command ended. Codes from <see cref="Detached"/> on are those of the API (SPEC.md, errors); after each of them nothing has changed.</summary>
public enum Status : byte
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>The command does not apply in this state; nothing changed. Lets shrinking drop any command.</summary>
    Inapplicable,

    /// <summary>The implementation refuses to switch to a context of another thread.</summary>
    Refused,

    /// <summary>The generator is already executing.</summary>
    Busy,

    /// <summary>The Context object is already entered by <c>Context.run</c>.</summary>
    Entered,

    /// <summary>RecursionError.</summary>
    RecursionError,

    /// <summary>The recursion limit asked for is not above the current depth.</summary>
    LimitTooLow,

    /// <summary>The caller has no attached thread state.</summary>
    Detached,

    /// <summary>The interpreter is finalizing.</summary>
    Finalizing,

    /// <summary>A null or stale handle.</summary>
    InvalidHandle,

    /// <summary>Save into a state that is not empty.</summary>
    NotEmpty,

    /// <summary>The state was never saved.</summary>
    NotSaved,

    /// <summary>The state was restored before (single use).</summary>
    Consumed,

    /// <summary>The state was discarded.</summary>
    Discarded,

    /// <summary>The state was abandoned.</summary>
    Abandoned,

    /// <summary>The state belongs to another interpreter.</summary>
    WrongInterpreter,

    /// <summary>The state belongs to another thread.</summary>
    WrongThread,

    /// <summary>An exception is pending.</summary>
    Pending,

    /// <summary>The bounds of the new C stack are invalid.</summary>
    BadStack,

    /// <summary>The allocator failed.</summary>
    NoMemory,

    /// <summary>Frames are present: on the thread at Restore, in the state at Discard.</summary>
    HasFrames,

    /// <summary>The thread handles an exception.</summary>
    Handling,

    /// <summary>The thread is not at its base recursion depth.</summary>
    InRecursion,

    /// <summary>A trace callback is running.</summary>
    Tracing,

    /// <summary>Not a Context object.</summary>
    NotAContext,
}
