// The components of the thread state that the simulation shows as they are.
namespace PyState.Reference;

/// <summary>A component as <see cref="SimMachine.Observe"/> shows it; what a version lacks reads 0 unless said otherwise.</summary>
public enum RawComponent : byte
{
    /// <summary>Recursion depth in force.</summary>
    Depth,

    /// <summary>C calls in progress, 3.12 and 3.13.</summary>
    CDepth,

    /// <summary>Nesting of trace and profile callbacks.</summary>
    TracingNesting,

    /// <summary>0 no event, 1 in a callback, 3.11 on.</summary>
    TraceEvent,

    /// <summary>Frames on the data stack, 3.11 on.</summary>
    DataStack,

    /// <summary>Nesting of deallocations, up to 3.12.</summary>
    TrashNesting,

    /// <summary>0 normal, 1 inside the making of a RecursionError, 2 the fields disagree.</summary>
    OverflowState,

    /// <summary>1 if JIT-compiled code runs, 3.14 on.</summary>
    Executor,

    /// <summary>0 the thread state's own cframe, 1 one on the running C stack, 2 one anywhere else; 3.10 to 3.12.</summary>
    Cframe,

    /// <summary>1 if the bounds are those of the running C stack, else 0; 1 where the version has none.</summary>
    CStackBounds,

    /// <summary>1 if the thread state says that tracing is on, up to 3.11; 2 if with a value that the interpreter of 3.11 misreads.</summary>
    UseTracing,

    /// <summary>0 without a current Context object, else 1 plus its values: ContextVar 0, and four times ContextVar 1.</summary>
    ContextObject,

    /// <summary>Label of the pending exception.</summary>
    PendingException,

    /// <summary>Label of the asynchronous exception that waits.</summary>
    AsyncException,

    /// <summary>The recursion limit in force.</summary>
    RecursionLimit,

    /// <summary>0, or 1 + the index of the first thread-wide field that something touched.</summary>
    Wide,

    /// <summary>Allocations and runs of Python code during the last Save; 0 expected.</summary>
    Allocations,
}
