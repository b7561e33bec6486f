// DISCARD: releasing a saved state without restoring it.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>Discard, and why it refuses a state with frames.</summary>
public static class DiscardClauses
{
    /// <summary>The clauses of this group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Discard01, "Releases a state without frames")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called on a live saved state without frames by any thread of its interpreter, Discard MUST release everything the state owns and leave it Discarded, a pending exception untouched.",
            Intent = "A flow that never called Python, or has left it, can be let go without running anything of its own.",
            Observable = Status | Probe | Raw | Fault,
            Evidence = [Sources.PrototypeDiscard],
        },
        new(ClauseId.Discard02, "Refuses a state with frames")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called on a live saved state with frames, Discard MUST answer `has-frames`.",
            Intent = "Only unwinding releases what the C stack holds; the owner restores, unwinds, and so finishes the flow.",
            Observable = Status | Frames | Probe,
            Errors = [new("has-frames")],
            Evidence = [Sources.PrototypeDiscard],
        },
        new(ClauseId.Discard03, "Lifecycle errors")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called where it does not apply, Discard MUST answer, in this order, `detached`, `finalizing`, `invalid-handle`, and for a state that is not Live `not-saved`, `consumed`, `discarded` or `abandoned` after its lifecycle state.",
            Intent = "A second Discard must not release twice.",
            Observable = Status,
            Errors = [new("detached"), new("finalizing"), new("invalid-handle"), new("not-saved"), new("consumed"), new("discarded"), new("abandoned")],
            Evidence = [Sources.Design],
        },
        new(ClauseId.Discard04, "Wrong interpreter")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called in another interpreter than the Save, Discard MUST answer `wrong-interpreter`.",
            Intent = "Another interpreter's objects cannot be released here.",
            Observable = Status,
            Errors = [new("wrong-interpreter")],
            Evidence = [Sources.Design],
        },
    ];
}
