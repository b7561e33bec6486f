// SAVE: when Save is refused, and what it never does.

using static PyState.Spec.Model.Channels;

namespace PyState.Spec.Clauses;

/// <summary>Preconditions and guarantees of Save. The order of the checks is in <see cref="Operations"/>.</summary>
public static class SaveClauses
{
    /// <summary>The clauses of this group, by number.</summary>
    public static IReadOnlyList<Clause> All { get; } =
    [
        new(ClauseId.Save01, "Detached")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called without an attached thread state, Save MUST answer `detached`.",
            Intent = "There is nothing to save, and nowhere to put an exception: hence a status.",
            Observable = Status,
            Errors = [new("detached")],
            Evidence = [Sources.Design],
        },
        new(ClauseId.Save02, "Finalizing")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called while its interpreter is finalizing, Save MUST answer `finalizing`.",
            Intent = "A flow suspended now would never be resumed, and its references would outlive the interpreter.",
            Observable = Status,
            Errors = [new("finalizing")],
            Evidence = [Sources.GreenletChanges],
        },
        new(ClauseId.Save03, "Pending exception")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called with a pending exception, Save MUST answer `pending`.",
            Intent = "A pending exception is the result of a C call in progress; moved to another flow it would surface there, dropped it would be lost.",
            Observable = Status | Raw,
            Errors = [new("pending")],
            Evidence = [Sources.PrototypeChecks, Sources.Gevent1985],
            Contamination = "a pending exception of the suspended context surfaces in another",
            Amnesia = "a pending exception was lost",
        },
        new(ClauseId.Save04, "Handle not Empty")
        {
            Profile = ClauseProfile.Api,
            Statement = "Called with a saved state that is not Empty, Save MUST answer `not-empty`.",
            Intent = "Writing over a live state would lose a flow without a trace; a handle without a state is HANDLE-01.",
            Observable = Status,
            Errors = [new("not-empty")],
            Evidence = [Sources.Design],
        },
        new(ClauseId.Save05, "No allocation, no Python code, no late failure")
        {
            Profile = ClauseProfile.Api,
            Statement = "Save MUST NOT allocate memory, run code but that of context watchers after its last write, or fail after its first.",
            Intent = "Half a Save is worse than none; a collection or a finalizer inside it could switch, and meet a thread state that is in pieces.",
            Observable = Status | Raw | Fault,
            Status = Testability.Optional,
            StatusReason = "shows where the simulated allocator and interpreter watch the call; elsewhere by review",
            Evidence = [Sources.Gevent1985, Sources.Prototype],
        },
        new(ClauseId.Save06, "Ownership moves")
        {
            Profile = ClauseProfile.Api,
            Statement = "Save MUST move ownership: the live saved state owns every reference it took, and no reference count changes, except that of an executor that the thread state only borrowed.",
            Intent = "A copy without a new reference dies twice, a copy with one leaks; 3.14's executor is borrowed and dies under the suspended flow unless Save takes a reference.",
            Observable = Status | Probe | Raw | Fault,
            Evidence = [Sources.Pyodide4639, Sources.Prototype314],
        },
    ];
}
