// What the simulated interpreter would have crashed on.
namespace PyState.Reference;

/// <summary>
/// What a real interpreter would have crashed on, or leaked (LEAK-01, LEAK-02). A faulted machine executes nothing more until it is reset.
/// </summary>
public enum Fault : byte
{
    /// <summary>Nothing went wrong.</summary>
    None,

    /// <summary>A word of a vacated C stack was read or written.</summary>
    VacatedStack,

    /// <summary>A word of freed memory was read or written.</summary>
    UseAfterFree,

    /// <summary>A null pointer was followed.</summary>
    NullPointer,

    /// <summary>An address outside of the simulated memory was used, or one at which nothing was allocated in this script.</summary>
    WildPointer,

    /// <summary>A reference was released that nobody owned.</summary>
    DoubleRelease,

    /// <summary>A field was written that this CPython version does not have.</summary>
    AbsentField,

    /// <summary>A data-stack frame was pushed or popped elsewhere than at the top of the current chunk.</summary>
    DataStackCorrupt,

    /// <summary>Restore wrote the thread state after it had dropped a reference, which can run Python code.</summary>
    CodeRanTooEarly,

    /// <summary>A remote profiler would report frames of another context (<c>last_profiled_frame</c>, 3.15).</summary>
    StaleProfilerFrame,

    /// <summary>A chain of frames or handled exceptions does not end.</summary>
    EndlessChain,

    /// <summary>A control record on the C stack is not what the interpreter left there.</summary>
    StackCorrupt,

    /// <summary>Something is still alive at the end of the script, or owned more often than its owners say.</summary>
    Leak,
}
