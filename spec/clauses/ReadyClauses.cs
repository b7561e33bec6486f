// READY: the value Save leaves in each context-local component.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>The ready state: what a flow that starts after Save finds.</summary>
public static class ReadyClauses
{
    /// <summary>The clauses of this group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Ready01, "Frames")
        {
            Statement = "After Save, the thread state MUST have no Python frame: the frame pointer has the value that it has in a thread state just created, and a remote profiler's memory of the last frame is cleared.",
            Intent = "A fresh context must not continue somebody else's call chain, neither in tracebacks nor on return; on 3.15 the value is the thread state's base frame, not NULL.",
            Observable = Frames | Raw,
            Evidence = [Sources.Cpython91371, Sources.Cpython32303, Sources.GreenletObserved, Sources.Header313, Sources.Header314],
            Contamination = "frames of the suspended context are visible in the fresh one",
        },
        new(ClauseId.Ready02, "HandledExceptions")
        {
            Statement = "After Save, the thread state MUST handle no exception, and its innermost entry of the exception stack is the thread state's own, empty.",
            Intent = "Otherwise a bare raise in a fresh context re-raises an exception of another, and `__context__` links unrelated errors.",
            Observable = Handled | Probe | Raw,
            Evidence = [Sources.GreenletObserved, Sources.Pyodide4615],
            Contamination = "an exception handled in the suspended context is handled in the fresh one",
        },
        new(ClauseId.Ready03, "Depth")
        {
            Statement = "After Save, the Python recursion depth MUST be 0, except where STACK-05 keeps it.",
            Intent = "The recursion limit bounds one flow's nesting; a fresh flow has none of its own yet.",
            Observable = Probe | Raw,
            Evidence = [Sources.GreenletObserved, Sources.Pyodide4940, Sources.PrototypeDepth],
            Contamination = "the recursion depth of the suspended context counts in the fresh one",
        },
        new(ClauseId.Ready04, "ContextObject")
        {
            Statement = "After Save, the thread state's Context object MUST be NULL.",
            Intent = "Ownership of the old one has moved into the saved state; NULL is what a new thread has, and any other choice is the switcher's (CHOICE-01).",
            Observable = Status | Vars | Raw,
            Evidence = [Sources.Pep567, Sources.Greenlet172, Sources.Pyodide6421],
            Contamination = "a context variable of the suspended context is visible in the fresh one",
        },
        new(ClauseId.Ready05, "TracingNesting")
        {
            Statement = "After Save, the nesting of trace callbacks MUST be 0.",
            Intent = "A switch inside a trace function must not silence tracing for everybody else until that function returns.",
            Observable = Trace | Profile | Status | Raw,
            Evidence = [Sources.GreenletObserved, Sources.Prototype],
            Contamination = "tracing is off in the fresh context because a trace callback of the suspended one is still counted",
        },
        new(ClauseId.Ready06, "DataStack")
        {
            Since = 11,
            Statement = "After Save, the data stack MUST hold no frame data; a cached chunk that is empty counts as none.",
            Intent = "Two flows that allocate from one chunk free each other's frames, because the chunk is released in stack order.",
            Observable = Raw | Fault,
            Status = Testability.Optional,
            StatusReason = "shows where raw fields are declared; elsewhere as leaks, or only as a crash",
            Evidence = [Sources.Header311, Sources.Cpython96569, Sources.Greenlet328],
            Contamination = "the fresh context allocates frames in the data-stack chunk of the suspended one",
        },
        new(ClauseId.Ready07, "TrashNesting")
        {
            Until = 12,
            Statement = "After Save, the nesting of the trashcan MUST be 0.",
            Intent = "The count belongs to deallocations that are running on the suspended flow's C stack; debug builds abort when it is carried over.",
            Observable = Raw | Fault,
            Status = Testability.Optional,
            StatusReason = "shows where raw fields are declared; elsewhere only as an assertion of a debug build",
            Evidence = [Sources.Gevent1909, Sources.Cpython98110, Sources.Greenlet318],
            Contamination = "a deallocation that runs in the suspended context counts in the fresh one",
        },
        new(ClauseId.Ready08, "OverflowState")
        {
            Statement = "After Save, the recovery from a stack overflow MUST be at rest: `overflowed` and `recursion_critical` (3.9 and before) or `recursion_headroom` (3.10 on) is 0.",
            Intent = "The extra room granted while a RecursionError is being made belongs to the flow that overflowed.",
            Observable = Raw,
            Status = Testability.Optional,
            StatusReason = "the state lasts only while CPython creates a RecursionError; it shows where raw fields are declared",
            Evidence = [Sources.Header38, Sources.Header310],
            Contamination = "the fresh context has the overflow headroom of the suspended one",
        },
        new(ClauseId.Ready09, "TraceEvent")
        {
            Since = 11,
            Statement = "After Save, the event being traced MUST be none: `tracing_what` is 0 on 3.11, `what_event` is -1 from 3.12 on.",
            Intent = "A frame accessor that asks which event is running must not get the answer of another flow.",
            Observable = Raw,
            Status = Testability.Optional,
            StatusReason = "shows only in a raw field",
            Evidence = [Sources.Header311, Sources.Header312],
            Contamination = "the fresh context believes it is inside a trace event of the suspended one",
        },
        new(ClauseId.Ready10, "Executor")
        {
            Since = 14,
            Statement = "After Save, the current JIT executor MUST be NULL.",
            Intent = "The executor describes code that the suspended flow is running; debug builds assert on it.",
            Observable = Raw | Fault,
            Status = Testability.Optional,
            StatusReason = "needs a build with the JIT on, or raw fields",
            Evidence = [Sources.Greenlet460, Sources.Header314],
            Contamination = "the fresh context has the JIT executor of the suspended one",
        },
    ];
}
