// The ambiguity register: questions that two careful readers could answer differently, and how each was settled.

namespace PyState.Spec.Clauses;

/// <summary>One ambiguity.</summary>
/// <param name="Id">Permanent id, <c>AMB-NN</c>.</param>
/// <param name="Question">The question.</param>
/// <param name="Resolution">How it is settled; normative.</param>
/// <param name="Reason">Why so.</param>
public sealed record Ambiguity(string Id, string Question, string Resolution, string Reason);

/// <summary>The ambiguity register.</summary>
public static class Ambiguities
{
    /// <summary>Every entry, by number.</summary>
    public static IReadOnlyList<Ambiguity> All { get; } =
    [
        new("AMB-01", "A detached caller in a finalizing interpreter passes a null handle: which error?",
            "The first failing check in the table of errors decides: `detached`.", "Without a thread state there is no interpreter to ask, and without an interpreter no table of handles."),
        new("AMB-02", "Against which base does Restore compare the depth, where several flows were saved on one C stack?",
            "The base belongs to the flow. Save stores the base of the flow it suspends, and sets the base of the next flow to the depth then in force; Restore brings the stored base back.",
            "On 3.10 and before the depth is kept on the SAME C stack; with one base for the thread, a flow restored in free order could never reach quiescence again."),
        new("AMB-03", "Can a thread state without frames be saved?",
            "Yes. The saved state is Live without frames, and can be restored, discarded, or dropped.", "A root context that waits outside Python is such a flow."),
        new("AMB-04", "What counts as a frame of a saved state?",
            "Every Python frame in the chain at Save, those of running generators included. Exceptions handled outside any frame do not count.",
            "Only frames need unwinding; a handled exception is one reference, which the state can release."),
        new("AMB-05", "May New be called while the interpreter is finalizing, or with a pending exception?",
            "Finalizing: `finalizing`. Pending exception: allowed, and kept.", "A saved state that can never be used is of no use; New touches no exception."),
        new("AMB-06", "Does Drop fail while the interpreter is finalizing?",
            "No. `detached` and `invalid-handle` are its only errors.", "Owners of handles die during finalization; each has to be able to let go."),
        new("AMB-07", "What does Drop do to a Live state without frames in another interpreter?",
            "It is abandoned, and counted, as one with frames is.", "Its references cannot be released in this interpreter."),
        new("AMB-08", "Whose states does AbandonedCount count, and does it ever decrease?",
            "All of the process, since it started; it never decreases, also not when the handle of an abandoned state is dropped or forked. It answers detached and finalizing callers too.",
            "It is a leak counter: what leaked stays leaked."),
        new("AMB-09", "In the child of a fork, may releasing a frameless state of a vanished thread run code?",
            "Yes: releasing its Context object can. What does not run is any flow of the vanished threads; they are not unwound.",
            "The release happens in the forking thread, which is whole."),
        new("AMB-10", "What happens to the states of a thread whose thread state is finalized with the interpreter?",
            "The states become Abandoned or Discarded when finalization begins, before any error `finalizing` can be answered.",
            "Otherwise the outcome would depend on the order in which thread states are cleared."),
        new("AMB-11", "May Discard and introspection be called by another thread of the interpreter?",
            "Yes. Only Restore needs the thread.", "They release or read objects of the interpreter; no C stack is involved."),
        new("AMB-12", "May Discard and introspection be called with a pending exception?",
            "Yes, and it is kept.", "Handles are dropped while errors propagate."),
        new("AMB-13", "SetContext with an object that is no Context, on a state whose Context is entered: which error?",
            "`not-a-context`.", "The argument is checked before the state it would go to."),
        new("AMB-14", "After SetContext or Clear, which Context object does Restore bring back?",
            "The one that the saved state holds then; after Clear none.", "The saved state is the owner."),
        new("AMB-15", "Does Clear release the executor of a state without frames?",
            "No. It drops the Context object and the handled exception only.", "Without frames there is no executor to be in; dropping those two is enough to break any cycle."),
        new("AMB-16", "Does Save notify 3.14's context watchers, although it runs no Python code?",
            "Watchers are notified after the last write, outside of the operation's guarantees; errors they raise are unraisable. No clause demands it yet.",
            "greenlet #531 asks for it; there is no released behaviour to point at."),
        new("AMB-17", "Critical sections (3.13 on) and `previous_executor` (3.13) are preconditions: which status answers a breach?",
            "None. On builds with the GIL no critical section is open and no executor is being left at any point where C code can call Save; OBL-13 covers the rest (greenlet #513).",
            "A status that no test can reach would be a cell without evidence; free-threaded builds are out of scope."),
        new("AMB-18", "What is the generation of a handle when its slot has been used very often?",
            "A slot whose generation is exhausted is never used again.", "A generation that wraps around would make an old handle valid."),
        new("AMB-19", "A Context entered by `Context.run` in a suspended flow: is it entered?",
            "Yes, until that flow leaves it.", "CPython marks the Context object itself."),
        new("AMB-20", "A generator running in a suspended flow is resumed elsewhere: what happens?",
            "It is running: `busy`.", "CPython marks the generator itself."),
        new("AMB-21", "An asynchronous exception arrives where no Python code runs, or no block can be pushed: is it lost?",
            "It waits, across Save and Restore, for the first command of the thread after which there is a frame and room; a later one replaces it.",
            "CPython has one slot a thread, and looks at it in the evaluation loop."),
        new("AMB-22", "A Context object is shared by a fresh context while its starter has entered it: may the fresh one enter it again?",
            "No: `entered`.", "The mark is on the Context object (AMB-19)."),
        new("AMB-23", "finishTo `resumer`, and the resumer has finished: who receives control?",
            "The root context of the thread.", "Some context has to, and the root is the one that always lives."),
        new("AMB-24", "A flow without frames is restored over by another although it was never saved: is that an error?",
            "No, provided it is quiescent: it has ended, and Restore releases its leftovers (RESTORE-24). OBL-12 covers its C code.",
            "This is how every flow ends."),
        new("AMB-25", "Which clause decides a field on which two clauses agree?",
            "The one that the model names; where Save and Restore meet in a switch, READY for a born target and RESTORE for a suspended one.",
            "A verdict names one clause."),
        new("AMB-26", "Is a status of `recursion-error` within a restored flow, after the limit was lowered below its depth, the implementation's?",
            "Judged against a plain thread as control: where the interpreter itself aborts (3.11 and before), the verdict is the interpreter's.",
            "DERIVED-03 asks for a plain thread's outcome, whatever that is."),
        new("AMB-27", "Can a state allocated by one thread be saved into by another, even of another interpreter?",
            "Yes. The owner is the thread that saves.", "An Empty state holds no object; pools of them are useful."),
        new("AMB-28", "What becomes of an Empty state when the thread that allocated it exits?",
            "It stays Empty.", "It belongs to no thread before Save."),
        new("AMB-29", "In the child of a fork, what becomes of a frameless state of another interpreter, whose references this one cannot release?",
            "It is Discarded like any other; its references go with its interpreter.", "CPython deletes the other interpreters in the child, and allows a fork from the main one only."),
    ];
}
