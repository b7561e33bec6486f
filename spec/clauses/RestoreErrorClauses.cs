// RESTORE-11 to RESTORE-25: when Restore is refused, what it tolerates, and that it consumes.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>Preconditions of Restore, and its two guarantees beside the components.</summary>
public static class RestoreErrorClauses
{
    /// <summary>The last fifteen clauses of the group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        Refused(ClauseId.Restore11, "Detached", "detached",
            "Called without an attached thread state, Restore MUST answer `detached`.",
            "Restoring needs a thread state to restore into.", Sources.Design),
        Refused(ClauseId.Restore12, "Finalizing", "finalizing",
            "Called while its interpreter is finalizing, Restore MUST answer `finalizing`.",
            "Resumed code would run in an interpreter that is being taken apart.", Sources.GreenletChanges),
        Refused(ClauseId.Restore13, "Not saved", "not-saved",
            "Called with an Empty saved state, Restore MUST answer `not-saved`.",
            "A state that was allocated and never saved holds no flow.", Sources.Design),
        Refused(ClauseId.Restore14, "Single use", "consumed",
            "Called with a Consumed saved state, Restore MUST answer `consumed`.",
            "A second resume would need copies of frames and of the C stack (see the rejected ideas).", Sources.Greenlet258),
        Refused(ClauseId.Restore15, "Discarded", "discarded",
            "Called with a Discarded saved state, Restore MUST answer `discarded`.",
            "Its references are released.", Sources.Design),
        Refused(ClauseId.Restore16, "Abandoned", "abandoned",
            "Called with an Abandoned saved state, Restore MUST answer `abandoned`.",
            "The thread or the interpreter it belonged to is gone, and with it the C stack.", Sources.PyodideObserved),
        Refused(ClauseId.Restore17, "Other interpreter", "wrong-interpreter",
            "Called in another interpreter than the Save, Restore MUST answer `wrong-interpreter`.",
            "Objects do not cross interpreters; this is checked before the thread because unique ids are unique per interpreter only.", Sources.Design),
        Refused(ClauseId.Restore18, "Other thread", "wrong-thread",
            "Called in another thread than the Save, told by the thread state's unique id and not by its address, Restore MUST answer `wrong-thread`.",
            "The frames stand on the other thread's C stack; an address is reused as soon as a thread has exited.", Sources.GreenletErrors),
        Refused(ClauseId.Restore19, "Pending exception", "pending",
            "Called with a pending exception, Restore MUST answer `pending`.",
            "The exception belongs to the flow that ends here; resumed code would find it without having raised it.", Sources.PrototypeChecks),
        Refused(ClauseId.Restore20, "Frames still there", "has-frames",
            "Called while the thread state has a Python frame, Restore MUST answer `has-frames`.",
            "Those frames would be lost without being unwound.", Sources.PrototypeDiscard),
        Refused(ClauseId.Restore21, "Exception still handled", "handling",
            "Called while an exception is being handled, Restore MUST answer `handling`.",
            "The exception's reference would leak, and its entry stands on a C stack that ends.", Sources.PrototypeChecks),
        Refused(ClauseId.Restore22, "Depth not at its base", "in-recursion",
            "Called while the Python or the C recursion depth differs from the flow's base, Restore MUST answer `in-recursion`.",
            "C code is still counted in: the flow has not ended, whatever its frames say.", Sources.PrototypeChecks),
        Refused(ClauseId.Restore23, "Trace callback still running", "tracing",
            "Called while a trace callback is counted as running, Restore MUST answer `tracing`.",
            "The callback has not returned, so the flow has not ended.", Sources.PrototypeChecks),
        new(ClauseId.Restore24, "Leftovers released")
        {
            Statement = "Restore MUST accept what a finished flow leaves, an empty data-stack chunk and a Context object of its own, and release them, the Context object's reference after everything else.",
            Intent = "Every flow that called a function or set a variable leaves them; dropping the Context object can run code, which must meet a thread state that is whole.",
            Observable = Status | Vars | Probe | Raw | Fault,
            Evidence = [Sources.Greenlet328, Sources.Prototype],
            Contamination = "the resumed context sees what the finished one left",
        },
        new(ClauseId.Restore25, "Restore consumes")
        {
            Profile = ClauseProfile.Api,
            Statement = "After Restore, the saved state MUST be Consumed.",
            Intent = "It owns nothing any more; what it knew is in the thread state.",
            Observable = Status,
            Evidence = [Sources.Design],
        },
    ];

    private static Clause Refused(ClauseId id, string title, string status, string statement, string intent, Source evidence) => new(id, title)
    {
        Profile = ClauseProfile.Api,
        Statement = statement,
        Intent = intent,
        Observable = Status,
        Errors = [new(status)],
        Evidence = [evidence],
    };
}
