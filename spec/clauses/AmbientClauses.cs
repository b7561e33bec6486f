// AMBIENT: what happens around the operations.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>Ambient events are part of the semantics, not noise.</summary>
public static class AmbientClauses
{
    /// <summary>The clauses of this group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Ambient01, "Garbage collection")
        {
            Statement = "A garbage collection MUST change nothing that a running or suspended context can observe, except through the finalizers it runs.",
            Intent = "A collector that cannot see, or sees twice, what a suspended context owns frees objects in use.",
            Observable = Status | Frames | Handled | Vars | Trace | Profile | Event | Local | Probe | Raw | Fault,
            Evidence = [Sources.Gevent1985, Sources.Prototype],
            Amnesia = "a collection took something from a context",
        },
        new(ClauseId.Ambient02, "Inside a trace or profile function")
        {
            Statement = "A Save or a switch inside a trace or profile function MUST work as anywhere else, the callback staying with the context that it interrupted.",
            Intent = "Debuggers with a prompt of their own run an event loop there.",
            Observable = Status | Running | Frames | Trace | Profile,
            Evidence = [Sources.GreenletObserved],
        },
        new(ClauseId.Ambient03, "Inside a finalizer")
        {
            Statement = "A Save or a switch inside `__del__`, also one run by a nested deallocation, MUST work as anywhere else.",
            Intent = "Finalizers run at any allocation; a switcher cannot keep them from switching.",
            Observable = Status | Running | Frames | Raw | Fault,
            Evidence = [Sources.Gevent1909, Sources.Gevent1985],
        },
        new(ClauseId.Ambient04, "Inside a repr")
        {
            Statement = "A Save or a switch inside `__repr__` MUST work as anywhere else.",
            Intent = "It is Python code called from C recursion, which is what the C depth counts.",
            Observable = Status | Running | Frames | Raw,
            Evidence = [Sources.Prototype],
        },
        new(ClauseId.Ambient05, "Recursion limit change")
        {
            Statement = "A change of the recursion limit MUST leave the depth of every running and suspended context as it is, and is refused with `limit-too-low` where the running depth has already reached the new limit.",
            Intent = "Depth is a fact about a flow; the limit is a setting.",
            Observable = Status | Probe,
            Errors = [new("limit-too-low")],
            Evidence = [Sources.PrototypeDepth],
        },
        new(ClauseId.Ambient06, "Asynchronous exception")
        {
            Statement = "An asynchronous exception MUST be raised in whichever context of the thread next runs Python code.",
            Intent = "It addresses the thread; the context that ran when it was sent may never run again.",
            Observable = Status | Handled,
            Evidence = [Sources.Header38, Sources.Prototype],
            Contamination = "an asynchronous exception was raised in a context of another thread",
            Amnesia = "an asynchronous exception was lost",
        },
        new(ClauseId.Ambient07, "Thread exit")
        {
            Statement = "When a thread exits, each of its live saved states MUST become Abandoned, and be counted, where it has frames, and Discarded where it has none.",
            Intent = "The C stacks go with the thread; a thread that starts later never owns these states, even at the same address.",
            Observable = Status | Running | Probe,
            Evidence = [Sources.GreenletErrors, Sources.Design],
        },
        new(ClauseId.Ambient08, "Finalization")
        {
            Profile = ClauseProfile.Api,
            Statement = "When an interpreter begins finalizing, each of its live saved states MUST become Abandoned, and be counted, where it has frames, and Discarded where it has none.",
            Intent = "No Python code of a suspended flow can run from here on; crashes at shutdown fill greenlet's change log.",
            Observable = Status | Probe,
            Evidence = [Sources.GreenletChanges],
        },
        new(ClauseId.Ambient09, "Fork")
        {
            Statement = "In the child of a fork, the live saved states of the vanished threads MUST be treated as at thread exit, nothing of those threads running; those of the forking thread stay as they are.",
            Intent = "Only the forking thread exists in the child; the other C stacks are copies nobody runs on.",
            Observable = Status | Running | Frames | Probe,
            Evidence = [Sources.AfterFork, Sources.Design],
        },
        new(ClauseId.Ambient10, "Generator across contexts")
        {
            Statement = "A generator suspended in one context MUST be resumable in another, and brings along the exceptions handled inside it.",
            Intent = "A generator's frame and exception entry live in the generator object; neither may be taken for a part of the context that first ran it.",
            Observable = Status | Frames | Handled,
            Evidence = [Sources.GreenletObserved, Sources.Control],
            Contamination = "an exception of a generator stayed behind in the context that ran it first",
            Amnesia = "a generator lost its frame or its handled exception on the way to another context",
        },
    ];
}
