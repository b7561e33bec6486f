namespace PyState.Spec.Model;

/// <summary>What an observation consists of: one bit each, so that a set of channels is a mask.</summary>
[Flags]
public enum Channels : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>How the command ended.</summary>
    Status = 1 << 0,

    /// <summary>Which context or thread runs.</summary>
    Running = 1 << 1,

    /// <summary>The labels of the frames, innermost first.</summary>
    Frames = 1 << 2,

    /// <summary>The handled exception and its <c>__context__</c>.</summary>
    Handled = 1 << 3,

    /// <summary>The values of the two ContextVars.</summary>
    Vars = 1 << 4,

    /// <summary>The trace function that is set, and the one that gets a leaf's call event.</summary>
    Trace = 1 << 5,

    /// <summary>The profile function that is set, and the one that gets a leaf's call event.</summary>
    Profile = 1 << 6,

    /// <summary>The profile function that got the return event of the frame left.</summary>
    Event = 1 << 7,

    /// <summary>The value of a thread-local attribute.</summary>
    Local = 1 << 8,

    /// <summary>The value of a probe command.</summary>
    Probe = 1 << 9,

    /// <summary>The thread-state fields themselves, one value per component.</summary>
    Raw = 1 << 10,

    /// <summary>A fault that the implementation's own machine reports.</summary>
    Fault = 1 << 11,

    /// <summary>All of them.</summary>
    All = (1 << 12) - 1,
}

/// <summary>The values of the raw channel, in the order in which they are packed.</summary>
public enum RawValue : byte
{
    /// <summary>Recursion depth in levels.</summary>
    Depth,

    /// <summary>C recursion in use (3.12 and 3.13).</summary>
    CDepth,

    /// <summary>Trace callbacks running.</summary>
    TracingNesting,

    /// <summary>1 while a trace callback runs (3.11 on).</summary>
    TraceEvent,

    /// <summary>Frames on the data stack (3.11 on).</summary>
    DataStack,

    /// <summary>Deallocations nested (≤3.12).</summary>
    TrashNesting,

    /// <summary>1 while recovering from a recursion overflow.</summary>
    OverflowState,

    /// <summary>1 while JIT code runs (3.14 on).</summary>
    Executor,

    /// <summary>0 the thread state's own, 1 in the running C stack, 2 elsewhere (3.10 to 3.12).</summary>
    Cframe,

    /// <summary>1 when the bounds are those of the running C stack.</summary>
    CStackBounds,

    /// <summary>The derived flag (≤3.11).</summary>
    UseTracing,

    /// <summary>0 without a Context object, else 1 plus its values read past the cache: variable 0, and four times variable 1.</summary>
    ContextObject,

    /// <summary>The label of the pending exception.</summary>
    PendingException,

    /// <summary>The label of the asynchronous exception.</summary>
    AsyncException,

    /// <summary>The recursion limit.</summary>
    RecursionLimit,

    /// <summary>0, or 1 plus the index of the first thread-wide field that changed and must not.</summary>
    Wide,

    /// <summary>Allocations and calls of Python code during the last Save.</summary>
    Allocations,

    /// <summary>Objects whose reference count is not what their owners add up to.</summary>
    References,
}
