// WIDE: what neither Save nor Restore touches.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>Thread-wide and interpreter-wide components: one value, whichever context runs.</summary>
public static class WideClauses
{
    /// <summary>The clauses of this group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Wide01, "TraceFunction")
        {
            Statement = "The trace function MUST be the thread's: set or cleared in any context, it is in force in all of them.",
            Intent = "A debugger is attached to a thread; users of every switcher expect `sys.settrace` to hold after a switch.",
            Observable = Trace,
            Evidence = [Sources.GreenletObserved, Sources.PyodideObserved, Sources.Greenlet256],
            Contamination = "a trace function that was cleared came back with a context",
            Amnesia = "the thread's trace function is not in force here",
        },
        new(ClauseId.Wide02, "ProfileFunction")
        {
            Statement = "The profile function MUST be the thread's: set or cleared in any context, it is in force in all of them.",
            Intent = "A profiler that loses contexts reports times that are wrong.",
            Observable = Profile | Event,
            Evidence = [Sources.Greenlet256, Sources.GreenletObserved],
            Contamination = "a profile function that was cleared came back with a context",
            Amnesia = "the thread's profile function is not in force here",
        },
        new(ClauseId.Wide03, "ThreadLocals")
        {
            Statement = "Thread-local values MUST be the thread's: a value set in one context is seen in all contexts of the thread.",
            Intent = "`threading.local` promises one value a thread; swapping whole thread states breaks that promise.",
            Observable = Local,
            Evidence = [Sources.GreenletObserved, Sources.PyodideObserved],
            Amnesia = "the thread's local value is not visible here",
        },
        new(ClauseId.Wide04, "AsyncException")
        {
            Statement = "An asynchronous exception that waits for the thread MUST stay with the thread across Save and Restore.",
            Intent = "`PyThreadState_SetAsyncExc` addresses a thread; whichever context runs next receives it (AMBIENT-06).",
            Observable = Handled | Raw,
            Status = Testability.Optional,
            StatusReason = "without raw fields its effects are judged as AMBIENT-06",
            Evidence = [Sources.Header38, Sources.Prototype],
            Amnesia = "the thread's asynchronous exception was suspended with a context",
        },
        new(ClauseId.Wide05, "RecursionLimit")
        {
            Statement = "The recursion limit MUST be the interpreter's: set in one context, it is in force in all.",
            Intent = "`sys.setrecursionlimit` is documented for the interpreter; a limit that travels with a context would bring back old ones.",
            Observable = Status | Probe,
            Status = Testability.Optional,
            StatusReason = "without raw fields its effects are judged as AMBIENT-05",
            Evidence = [Sources.GreenletObserved, Sources.PrototypeDepth],
            Contamination = "an earlier recursion limit came back with a context",
            Amnesia = "the recursion limit in force was suspended with a context",
        },
        new(ClauseId.Wide06, "Every other thread-wide field")
        {
            Statement = "Save and Restore MUST NOT change any field that the field classification calls thread-wide, interpreter-wide or a precondition.",
            Intent = "Thread id, GIL state count, async generator hooks, origin tracking, the trashcan's list and asyncio's loop belong to the thread.",
            Observable = Raw,
            Status = Testability.Optional,
            StatusReason = "shows where raw fields are declared",
            Evidence = [Sources.Greenlet452, Sources.PyodideObserved, Sources.Prototype, Sources.Prototype314],
            Amnesia = "a field of the thread was suspended with a context",
        },
    ];
}
