// The thread-state fields that the simulated interpreter or an implementation works with.
namespace PyState.Reference;

/// <summary>
/// A field of the thread state, whatever its name in one CPython version. A version that lacks it reads 0 and must not write it.
/// </summary>
public enum Field : byte
{
    /// <summary>A field that neither the interpreter nor Save and Restore touch here: it holds a sentinel.</summary>
    Untouched,

    /// <summary>The innermost frame, up to 3.10.</summary>
    Frame,

    /// <summary>The cframe in force, 3.10 to 3.12: a structure of <see cref="CframeOffset"/> words on the C stack.</summary>
    Cframe,

    /// <summary>The cframe of a thread that runs nothing, inside the thread state.</summary>
    RootCframe,

    /// <summary>The innermost frame, 3.13 on (before, it is in the cframe).</summary>
    CurrentFrame,

    /// <summary>The frame below all frames, inside the thread state, 3.15.</summary>
    BaseFrame,

    /// <summary>Whether tracing is on, up to 3.9 (then it is in the cframe).</summary>
    UseTracing,

    /// <summary>Calls in progress, up to 3.10.</summary>
    RecursionDepth,

    /// <summary>Calls that may still be made, as a signed word, 3.11 on.</summary>
    RecursionRemaining,

    /// <summary>The thread's copy of the interpreter's recursion limit, 3.11 on.</summary>
    RecursionLimit,

    /// <summary>C calls that may still be made, 3.12 and 3.13.</summary>
    CRecursionRemaining,

    /// <summary>A RecursionError is being handled, up to 3.9.</summary>
    Overflowed,

    /// <summary>A RecursionError must not be raised now, up to 3.9.</summary>
    RecursionCritical,

    /// <summary>A RecursionError is being made, 3.10 on.</summary>
    RecursionHeadroom,

    /// <summary>The thread's own item of handled exceptions: value (owned), previous item.</summary>
    ExcState,

    /// <summary>The innermost item of handled exceptions: the thread's own, or a generator's.</summary>
    ExcInfo,

    /// <summary>The current Context object (owned).</summary>
    Context,

    /// <summary>The version that keys the caches of ContextVars.</summary>
    ContextVer,

    /// <summary>The current chunk of the data stack, 3.11 on.</summary>
    DataStackChunk,

    /// <summary>The first free word of the current chunk, 3.11 on.</summary>
    DataStackTop,

    /// <summary>The end of the current chunk, 3.11 on.</summary>
    DataStackLimit,

    /// <summary>The interpreter's own spare chunk, 3.14 on.</summary>
    DataStackCachedChunk,

    /// <summary>Nesting of deallocations, up to 3.12.</summary>
    TrashDeleteNesting,

    /// <summary>Nesting of trace and profile callbacks.</summary>
    Tracing,

    /// <summary>The event being traced, 3.11 on.</summary>
    TraceEvent,

    /// <summary>The executor that JIT-compiled code runs in, 3.14 on (borrowed).</summary>
    CurrentExecutor,

    /// <summary>The highest address of the C stack, 3.14 on.</summary>
    CStackTop,

    /// <summary>Where a RecursionError is raised, 3.14 on.</summary>
    CStackSoftLimit,

    /// <summary>Where the process is aborted, 3.14 on.</summary>
    CStackHardLimit,

    /// <summary>The pending exception (owned).</summary>
    PendingException,

    /// <summary>The trace function that gets events.</summary>
    TraceFunc,

    /// <summary>The trace function that <c>sys.gettrace</c> returns.</summary>
    TraceObj,

    /// <summary>The profile function that gets events.</summary>
    ProfileFunc,

    /// <summary>The profile function that <c>sys.getprofile</c> returns.</summary>
    ProfileObj,

    /// <summary>The dictionary of thread-local values (owned).</summary>
    Dict,

    /// <summary>The asynchronous exception to raise.</summary>
    AsyncExc,

    /// <summary>The unique id of the thread state within its interpreter.</summary>
    Id,

    /// <summary>The events to handle, and above bit 8 the instrumentation version, 3.13 on.</summary>
    EvalBreaker,

    /// <summary>Where a remote profiler's last sample began, 3.15.</summary>
    LastProfiledFrame,

    /// <summary>Invalidates what a remote profiler has cached, 3.15.</summary>
    LastProfiledFrameSeq,
}

/// <summary>The words of a cframe (<c>_PyCFrame</c>, Include/cpython/pystate.h of 3.10 to 3.12).</summary>
public static class CframeOffset
{
    /// <summary>Whether tracing is on, 3.10 and 3.11.</summary>
    public const int UseTracing = 0;

    /// <summary>The innermost frame, 3.11 and 3.12.</summary>
    public const int CurrentFrame = 1;

    /// <summary>The cframe that was in force before.</summary>
    public const int Previous = 2;

    /// <summary>The size.</summary>
    public const int Words = 3;
}

/// <summary>
/// The words of a frame on the data stack, in a generator, or (an entry frame, 3.12 on) on the C stack
/// (<c>_PyInterpreterFrame</c>, Include/internal/pycore_frame.h).
/// </summary>
public static class FrameOffset
{
    /// <summary>What the frame runs; 0 marks a frame that is not the program's: an entry frame, or the base frame of 3.15.</summary>
    public const int Label = 0;

    /// <summary>The frame below.</summary>
    public const int Previous = 1;

    /// <summary>What the frame's code was last instrumented for, 3.12 on. Unused in an entry frame.</summary>
    public const int Instrumentation = 2;

    /// <summary>Unused by the interpreter.</summary>
    public const int Spare = 3;

    /// <summary>The size.</summary>
    public const int Words = 4;
}

/// <summary>The words of an item of handled exceptions (<c>_PyErr_StackItem</c>); type and traceback travel with the value.</summary>
public static class ExcItemOffset
{
    /// <summary>The handled exception (owned), or 0.</summary>
    public const int Value = 0;

    /// <summary>The item of the resumer, or 0.</summary>
    public const int Previous = 1;

    /// <summary>The size.</summary>
    public const int Words = 2;
}

/// <summary>The words of a data-stack chunk (<c>_PyStackChunk</c>), counted from the object's address.</summary>
public static class ChunkOffset
{
    /// <summary>The chunk below, or 0.</summary>
    public const int Previous = 2;

    /// <summary>The words in use when the chunk above was pushed.</summary>
    public const int Top = 3;

    /// <summary>The first word for frames; in the root chunk that word stays unused, so that its first frame never frees it.</summary>
    public const int Data = 4;

    /// <summary>Words for frames: three and the unused one.</summary>
    public const int DataWords = 1 + (3 * FrameOffset.Words);
}
