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
            Statement = "A handle that dies while its saved state is Live with frames MUST leave that state Abandoned: no code runs, its references are leaked, and AbandonedCount grows by one; without frames the state is released.",
            Intent = "A destructor cannot unwind another flow's C stack; freeing what that stack refers to would be a use after free, so the leak is deliberate and can be counted.",
            Observable = Status | Probe | Fault,
            Evidence = [Sources.PrototypeDiscard, Sources.PyodideObserved],
        },
        new(ClauseId.Handle04, "Allocation failure")
        {
            Profile = ClauseProfile.Api,
            Statement = "Where memory for a saved state cannot be had, New MUST answer `no-memory`.",
            Intent = "Allocation stands apart from Save so that this is the only place where memory can run out.",
            Observable = Status | Fault,
            Errors = [new("no-memory")],
            Evidence = [Sources.Design],
        },
    ];
}
