// What the reference implementation keeps of a saved state.
namespace PyState.Reference;

/// <summary>The life of a saved state.</summary>
internal enum Life : byte
{
    /// <summary>The slot is free; no handle names it.</summary>
    Free,

    /// <summary>Allocated.</summary>
    Empty,

    /// <summary>Saved.</summary>
    Live,

    /// <summary>Restored.</summary>
    Consumed,

    /// <summary>Released without having run again.</summary>
    Discarded,

    /// <summary>Out of reach for ever; its references leak.</summary>
    Abandoned,
}

/// <summary>
/// One saved state. References are owned unless said otherwise. Depths are depths, never what remains: the limit can change while the
/// state is saved (DERIVED-03).
/// </summary>
internal struct SavedState
{
    /// <summary>Half of the handle: a slot that is used again has another generation.</summary>
    internal uint Generation;

    internal Life Life;

    /// <summary>The memory that New took for it.</summary>
    internal ulong Block;

    internal int OwnerInterpreter;
    internal ulong OwnerThreadId;

    /// <summary>The depths that the saved flow itself began with: what being quiescent will mean again once it runs.</summary>
    internal BaseDepths Base;

    /// <summary>The innermost frame (borrowed: the frame that runs is owned by the C stack, or by the data stack).</summary>
    internal ulong TopFrame;

    /// <summary>The cframe, 3.10 to 3.12: it lies on the saved C stack, and must not be followed before that is back.</summary>
    internal ulong Cframe;

    /// <summary>The entry frames that were spliced out of the chain, innermost first, 3.12 on. They too lie on the saved C stack.</summary>
    internal ulong EntryFrames;

    internal ulong DataStackChunk;
    internal ulong DataStackTop;
    internal ulong DataStackLimit;

    internal long Depth;
    internal long CDepth;
    internal ulong Overflow;
    internal ulong RecursionCritical;

    /// <summary>The handled exception of the thread's own item.</summary>
    internal ulong Exception;

    /// <summary>The innermost item (borrowed): the thread's own, or that of a generator that runs.</summary>
    internal ulong ExcInfo;

    internal ulong Context;

    internal ulong TrashNesting;
    internal ulong Tracing;
    internal ulong TraceEvent;

    internal ulong Executor;

    internal ulong CStackTop;
    internal ulong CStackSoftLimit;
    internal ulong CStackHardLimit;

    internal ulong InstrumentationVersion;
}

/// <summary>The depths that a flow began with.</summary>
/// <param name="Depth">Recursion depth.</param>
/// <param name="CDepth">C calls in progress, 3.12 and 3.13.</param>
internal readonly record struct BaseDepths(long Depth, long CDepth);
