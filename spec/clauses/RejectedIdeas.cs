// Ideas that were considered and rejected, with the reason, so that nobody has to have them twice.

namespace PyState.Spec.Clauses;

/// <summary>A rejected idea.</summary>
/// <param name="Idea">The idea.</param>
/// <param name="Reason">Why it was rejected.</param>
/// <param name="Instead">What stands in its place.</param>
public sealed record RejectedIdea(string Idea, string Reason, string Instead);

/// <summary>The rejected ideas.</summary>
public static class RejectedIdeas
{
    /// <summary>Every rejected idea.</summary>
    public static IReadOnlyList<RejectedIdea> All { get; } =
    [
        new("Restore a saved state more than once", "It needs copies of frames and of the C stack, with every reference in them counted again; C frames cannot be copied safely.",
            "Single use: RESTORE-14."),
        new("Swap the whole thread state", "It loses thread-locals, thread id, trace functions and hooks of the thread, names wrong frames in `sys._current_frames()`, and deadlocks `PyGILState_Ensure` on 3.8 to 3.11.",
            "A class for every field; only context-local ones move."),
        new("Report errors as exceptions", "A detached caller has nowhere to put one, and a pending one would be replaced.", "Status codes; a Python-level wrapper may raise."),
        new("Carry the pending exception with the context", "It is the result of a C call in progress and belongs to whoever called.", "A precondition: SAVE-03, RESTORE-19."),
        new("Keep what remains of the recursion limit", "Wrong as soon as the limit changes while the flow is suspended.", "Keep the depth: RESTORE-03, DERIVED-03."),
        new("Clamp the remaining depth at zero", "It grants room that a plain thread does not have, and loses the true depth.", "DERIVED-03."),
        new("Discard a state with frames", "References on its C stack leak, and frame objects in someone's hand point into freed chunks.", "Restore and unwind: DISCARD-02."),
        new("Unwind a flow when its handle dies", "Running somebody's finally blocks from a destructor, perhaps in another thread, at an arbitrary moment.", "Abandon and count: HANDLE-03."),
        new("Handles that are pointers", "Use after free would be undefined.", "Slot and generation: HANDLE-01."),
        new("Last in, first out", "It forbids symmetric coroutines.", "HANDLE-02."),
        new("Let Save allocate", "It could fail, or run a collection that switches, after half of the state has moved.", "New beforehand: SAVE-05, HANDLE-04."),
        new("Trace functions that belong to a context", "A debugger would lose every context it was not started in.", "WIDE-01, WIDE-02; only the nesting of callbacks is local."),
        new("Refuse to show frames of suspended contexts", "A frame object taken before the Save cannot refuse.", "FRAME-01."),
        new("One call that saves and restores at once", "It hides the moment between the two at which the C stack moves, and has no form for the first start of a flow.", "Two operations."),
        new("Address of the thread state as identity", "Addresses are reused.", "The unique id: RESTORE-18."),
    ];
}
