// What the specification asks of a switcher: a closed, numbered list, each item detected or not.

namespace PyState.Spec.Clauses;

/// <summary>One obligation of a switcher.</summary>
/// <param name="Id">Permanent id, <c>OBL-NN</c>.</param>
/// <param name="Text">What the switcher has to do, one sentence with one BCP 14 keyword.</param>
/// <param name="Detected">Whether breaking it is answered by a status; otherwise nothing in the API can notice.</param>
/// <param name="DetectedAs">The status that answers a breach; empty where it is undetectable.</param>
/// <param name="Why">Why it is needed, and where undetectable, why it cannot be noticed.</param>
public sealed record Obligation(string Id, string Text, bool Detected, string DetectedAs, string Why);

/// <summary>The closed list of switcher obligations. Together with the empty list of undefined behaviour it says what is left to trust.</summary>
public static class Obligations
{
    /// <summary>Every obligation, by number.</summary>
    public static IReadOnlyList<Obligation> All { get; } =
    [
        new("OBL-01", "A switcher MUST call every operation with an attached thread state.", true, "detached",
            "The thread state is what the operations work on."),
        new("OBL-02", "A switcher MUST call Restore in the thread and the interpreter of the Save.", true, "wrong-thread, wrong-interpreter",
            "Frames refer to that thread's C stack and that interpreter's objects."),
        new("OBL-03", "A switcher MUST call Save and Restore without a pending exception.", true, "pending",
            "The exception is the result of the C call in progress; the switcher carries it across as an argument of its own."),
        new("OBL-04", "A switcher MUST let a flow end, its frames left and its exceptions handled, before it restores another in its place.", true,
            "has-frames, handling, in-recursion, tracing", "Restore overwrites what is there."),
        new("OBL-05", "A switcher MUST restore and unwind every live saved state with frames before it drops the handle.", true, "counted by AbandonedCount",
            "Nothing else can release what the C stack of that flow holds."),
        new("OBL-06", "For a NEW C stack, a switcher MUST name bounds that can be those of a stack.", true, "bad-stack",
            "A size of zero, or one too small for CPython's margins, is refused."),
        new("OBL-07", "For a NEW C stack, a switcher MUST name the bounds of the memory that the next flow will really run on.", false, "",
            "Whether memory is the stack of code that has not run yet cannot be read from anywhere."),
        new("OBL-08", "After Save a switcher MUST continue on the C stack that it announced: the NEW one it named, or, for SAME, this one or that of a Live state which it restores before anything else runs.", false, "",
            "The stack pointer moves after Save has returned; a Restore brings the bounds of its own C stack along."),
        new("OBL-09", "A switcher MUST NOT return into, or unwind, C frames of a flow that is saved.", false, "",
            "They would run with the thread state of another flow; a return leaves no trace that could be checked."),
        new("OBL-10", "A switcher MUST keep the C stack of a live saved state as it was at Save, in place or as a copy put back before its Restore.", false, "",
            "The interpreter holds addresses into that stack, and Restore writes to entry frames on it; comparing it would take a second copy."),
        new("OBL-11", "A switcher MUST call Restore on the C stack of that saved state, or where that stack is in place and is what continues next.", false, "",
            "Only the switcher knows which stack it will jump to; what Restore releases on another one runs there (AMB-47)."),
        new("OBL-12", "The C code of a flow that calls Restore for another, without having been saved itself, MUST NOT run Python code afterwards.", false, "",
            "Its thread state now belongs to the other flow; such C code has no mark on it."),
        new("OBL-13", "A switcher MUST NOT switch while the flow holds what the thread releases in stack order: a critical section, a GIL state nesting, an import lock.", false, "",
            "These are counted for the thread, not for the flow; see the non-goals."),
        new("OBL-14", "A switcher MUST NOT switch from a C-level signal handler, or from inside the memory allocator.", false, "",
            "The interpreter may be in the middle of any update; handlers written in Python run between two instructions, where a switch is like any other."),
        new("OBL-15", "The object that owns a handle MUST pass the collector on to Traverse and Clear, and Drop the handle when it dies.", false, "",
            "The API sees a handle, not who holds it."),
        new("OBL-16", "C code of a flow without frames MUST leave what it has entered, as a Context object, before that flow ends by a Restore over it, Discard or Drop.", false, "",
            "The operation ends it in its place (AMB-34); what the C code does afterwards, on a Context object that is no longer entered, is its own."),
        new("OBL-17", "A caller MUST NOT begin an operation on a saved state while another thread is in one on the same state.", false, "",
            "One GIL sees to it; interpreters that have a GIL each do not, and a check without a lock could be passed by both (AMB-48)."),
    ];
}
