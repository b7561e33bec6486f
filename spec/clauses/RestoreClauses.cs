// RESTORE-01 to RESTORE-10: each context-local component comes back as it was at Save.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>What Restore brings back. When it is refused is in <see cref="RestoreErrorClauses"/>.</summary>
public static class RestoreClauses
{
    /// <summary>The first ten clauses of the group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Restore01, "Frames")
        {
            Statement = "After Restore, the frames of the thread state MUST be those of the saved state, in the same order, and a remote profiler's memory of the last frame cleared.",
            Intent = "The flow goes on where it stopped, and every return finds its caller.",
            Observable = Frames | Probe | Raw,
            Evidence = [Sources.GreenletObserved, Sources.Header313],
            Contamination = "the resumed context shows frames of another",
            Amnesia = "the resumed context has lost frames",
        },
        new(ClauseId.Restore02, "HandledExceptions")
        {
            Statement = "After Restore, the handled exceptions MUST be those of the saved state, with the same links, innermost first.",
            Intent = "A bare raise after a switch raises the exception that this flow is handling.",
            Observable = Handled | Probe | Raw,
            Evidence = [Sources.Pyodide4615, Sources.GreenletObserved],
            Contamination = "an exception handled in another context is handled in the resumed one",
            Amnesia = "the resumed context no longer handles its exception",
        },
        new(ClauseId.Restore03, "Depth")
        {
            Statement = "After Restore, the Python recursion depth MUST be the one at Save.",
            Intent = "Each flow counts its own nesting; what is left of the limit is derived (DERIVED-03).",
            Observable = Status | Probe | Raw,
            Evidence = [Sources.PrototypeDepth, Sources.Pyodide4940],
            Contamination = "the recursion depth of another context counts in the resumed one",
            Amnesia = "the resumed context has lost its recursion depth",
        },
        new(ClauseId.Restore04, "ContextObject")
        {
            Statement = "After Restore, the Context object MUST be the one that the saved state holds: the one at Save, unless SetContext or Clear replaced it.",
            Intent = "Context variables belong to the flow (PEP 567), and so does the stack of entered Contexts.",
            Observable = Vars | Status | Raw,
            Evidence = [Sources.Pep567, Sources.Greenlet172, Sources.Pyodide6421],
            Contamination = "a context variable of another context is visible in the resumed one",
            Amnesia = "the resumed context has lost its context variables",
        },
        new(ClauseId.Restore05, "TracingNesting")
        {
            Statement = "After Restore, the nesting of trace callbacks MUST be the one at Save.",
            Intent = "A flow suspended inside a trace function is still inside it when resumed, so that its events stay suppressed until the function returns.",
            Observable = Trace | Profile | Status | Raw,
            Evidence = [Sources.GreenletObserved, Sources.Prototype],
            Contamination = "tracing is off in the resumed context because a callback runs in another",
            Amnesia = "the resumed context has forgotten that it is inside a trace callback",
        },
        new(ClauseId.Restore06, "DataStack")
        {
            Since = 11,
            Statement = "After Restore, the data stack MUST be the chunk, top and limit at Save.",
            Intent = "Frames are allocated and freed there in stack order; a wrong top overwrites frames that are alive.",
            Observable = Raw | Fault,
            Status = Testability.Optional,
            StatusReason = "shows where raw fields are declared; elsewhere as leaks, or only as a crash",
            Evidence = [Sources.Header311, Sources.Greenlet328],
            Contamination = "the resumed context allocates in another context's data stack",
            Amnesia = "the resumed context has lost its data stack",
        },
        new(ClauseId.Restore07, "TrashNesting")
        {
            Until = 12,
            Statement = "After Restore, the nesting of the trashcan MUST be the one at Save.",
            Intent = "The deallocations that were running when the flow stopped run on; their count has to be there when they end.",
            Observable = Raw | Fault,
            Status = Testability.Optional,
            StatusReason = "shows where raw fields are declared; elsewhere only as an assertion of a debug build",
            Evidence = [Sources.Gevent1909, Sources.Greenlet318, Sources.Cpython98110],
            Contamination = "deallocations of another context count in the resumed one",
            Amnesia = "the resumed context has forgotten its running deallocations",
        },
        new(ClauseId.Restore08, "OverflowState")
        {
            Statement = "After Restore, the recovery from a stack overflow MUST be as at Save.",
            Intent = "A flow suspended while its RecursionError is being made still needs the room granted for that.",
            Observable = Raw,
            Status = Testability.Optional,
            StatusReason = "the state lasts only while CPython creates a RecursionError; it shows where raw fields are declared",
            Evidence = [Sources.Header38, Sources.Header310],
            Contamination = "the resumed context has the overflow headroom of another",
            Amnesia = "the resumed context has lost its overflow headroom",
        },
        new(ClauseId.Restore09, "TraceEvent")
        {
            Since = 11,
            Statement = "After Restore, the event being traced MUST be the one at Save.",
            Intent = "A trace function may ask for, or jump within, the frame whose event it handles; the answer must survive a switch inside it.",
            Observable = Raw,
            Status = Testability.Optional,
            StatusReason = "shows only in a raw field",
            Evidence = [Sources.Header311, Sources.Header312],
            Contamination = "the resumed context believes it is inside a trace event of another",
            Amnesia = "the resumed context has forgotten which event it is tracing",
        },
        new(ClauseId.Restore10, "Executor")
        {
            Since = 14,
            Statement = "After Restore, the current JIT executor MUST be the one at Save.",
            Intent = "The flow returns into the executor's code; it must be alive and be the one the interpreter thinks is running.",
            Observable = Raw | Fault,
            Status = Testability.Optional,
            StatusReason = "needs a build with the JIT on, or raw fields",
            Evidence = [Sources.Greenlet460, Sources.Prototype314],
            Contamination = "the resumed context runs under another context's executor",
            Amnesia = "the resumed context has lost its executor",
        },
    ];
}
