// HANDLE: identity and lifetime of handles.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>A handle has identity, not an address; its death is defined.</summary>
public static class HandleClauses
{
    /// <summary>The clauses of this group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Handle01, "Stale or null handle")
        {
            Profile = ClauseProfile.Api,
            Statement = "Every operation given a null handle, or one whose saved state is gone, MUST answer `invalid-handle`, also where a newer state occupies the same slot.",
            Intent = "Use after free becomes an answer instead of a crash.",
            Observable = Status | Fault,
            Errors = [new("invalid-handle")],
            Evidence = [Sources.Design],
        },
        new(ClauseId.Handle02, "Free order")
        {
            Profile = ClauseProfile.Api,
            Statement = "The live saved states of a thread MUST be restorable in any order.",
            Intent = "Symmetric coroutines resume whom they like; last in, first out would allow only nested calls.",
            Observable = Status | Frames | Handled | Vars,
            Evidence = [Sources.GreenletObserved],
            Contamination = "the flow of another handle came back",
        },
        new(ClauseId.Handle03, "A dying handle abandons")
        {
            Profile = ClauseProfile.Api,
            Statement = "Drop MUST abandon a state that is Live with frames or Live in another interpreter (no code runs, its references leak, AbandonedCount grows by one), release one that is Live without frames, free any other, and answer `detached` to a detached caller.",
            Intent = "A destructor cannot unwind another flow's C stack; freeing what that stack refers to would be a use after free, so the leak is deliberate and can be counted.",
            Observable = Status | Probe | Fault,
            Errors = [new("detached")],
            Evidence = [Sources.PrototypeDiscard, Sources.PyodideObserved],
        },
        new(ClauseId.Handle04, "Allocation failure")
        {
            Profile = ClauseProfile.Api,
            Statement = "Where it cannot give a saved state, New MUST answer, in this order, `detached` without an attached thread state, `finalizing` while the interpreter is finalizing, and `no-memory` where memory cannot be had.",
            Intent = "Allocation stands apart from Save so that this is the only place where memory can run out.",
            Observable = Status | Fault,
            Errors = [new("detached"), new("finalizing"), new("no-memory")],
            Evidence = [Sources.Design],
        },
    ];
}
