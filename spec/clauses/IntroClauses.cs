// INTRO: introspection of saved states.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>What can be read and changed in a saved state: opaque states sank earlier proposals.</summary>
public static class IntroClauses
{
    /// <summary>The clauses of this group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Intro01, "Top frame")
        {
            Profile = ClauseProfile.Api,
            Statement = "TopFrame MUST give the innermost frame of a live saved state, or none where it has no frames, and change nothing.",
            Intent = "Debuggers and `gr_frame` start there.",
            Observable = Status | Frames,
            Evidence = [Sources.Greenlet388],
            Contamination = "frames of another context were shown for this saved state",
            Amnesia = "frames of the saved state were not shown",
        },
        new(ClauseId.Intro02, "Get Context object")
        {
            Profile = ClauseProfile.Api,
            Statement = "GetContext MUST give the Context object of a live saved state, or none where it is NULL, and change nothing.",
            Intent = "A scheduler reads and compares the Context of flows that are not running; none is created on the way.",
            Observable = Status | Probe | Vars,
            Evidence = [Sources.Greenlet198],
            Contamination = "another context's Context object was given for this saved state",
        },
        new(ClauseId.Intro03, "Set Context object")
        {
            Profile = ClauseProfile.Api,
            Statement = "SetContext MUST put a Context object, or NULL, in the place of a live saved state's own, release the old one, and answer `not-a-context` to any other object.",
            Intent = "asyncio bridges run a flow in a Context that is not its own.",
            Observable = Status | Vars | Probe,
            Errors = [new("not-a-context")],
            Evidence = [Sources.Greenlet198, Sources.Greenlet196],
            Amnesia = "the Context object that was set is not the one that came back",
        },
        new(ClauseId.Intro04, "Set refused while entered")
        {
            Profile = ClauseProfile.Api,
            Statement = "Where the saved state's Context object or the new one is entered by `Context.run`, SetContext MUST answer `entered`.",
            Intent = "`Context.run` restores what it replaced; changed underneath it, the exit fails or lands in the wrong Context.",
            Observable = Status,
            Errors = [new("entered")],
            Evidence = [Sources.Greenlet198, Sources.Pep567],
        },
        new(ClauseId.Intro05, "Traverse")
        {
            Profile = ClauseProfile.Api,
            Statement = "Traverse MUST visit exactly the references that a live saved state owns: its Context object, the handled exception of its base entry, and its executor, and release none.",
            Intent = "The collector subtracts what is visited; a borrowed reference visited, such as a frame's, makes it free objects that are in use, and one released meanwhile takes an object out of the lists that it is going through.",
            Observable = Status | Probe,
            Evidence = [Sources.Prototype, Sources.GreenletChanges],
        },
        new(ClauseId.Intro06, "Clear")
        {
            Profile = ClauseProfile.Api,
            Statement = "Clear MUST do nothing to a live saved state with frames, and drop, of one without, the Context object and the handled exception of its base entry; it stays Live.",
            Intent = "Breaking a cycle through a flow that will run again would take variables away from running code.",
            Observable = Status | Vars | Handled | Probe,
            Evidence = [Sources.Prototype],
            Amnesia = "a context lost its Context object or handled exception to the collector",
        },
        new(ClauseId.Intro07, "Lifecycle errors")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called where they do not apply, the introspection operations MUST answer, in this order, `detached`, `finalizing`, `invalid-handle`, then `not-saved`, `consumed`, `discarded` or `abandoned` after the lifecycle state, then `wrong-interpreter`.",
            Intent = "A debugger asks about any handle it finds.",
            Observable = Status,
            Errors = [new("detached"), new("finalizing"), new("invalid-handle"), new("not-saved"), new("consumed"), new("discarded"), new("abandoned"), new("wrong-interpreter")],
            Evidence = [Sources.Design],
        },
    ];
}
