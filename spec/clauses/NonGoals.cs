// What the specification does not cover, and why.

namespace PyState.Spec.Clauses;

/// <summary>Something left outside the scope.</summary>
/// <param name="What">What.</param>
/// <param name="Why">Why it is outside.</param>
public sealed record NonGoal(string What, string Why);

/// <summary>The non-goals.</summary>
public static class NonGoals
{
    /// <summary>Every non-goal.</summary>
    public static IReadOnlyList<NonGoal> All { get; } =
    [
        new("Moving the C stack itself", "It is platform code that every switcher already has; the obligations say what it has to guarantee."),
        new("Free-threaded builds", "Their collector has to be shown the references of suspended frames; 3.15 begins to offer a way (greenlet PR #511), which nothing here has tried. An implementation answers UNSUPPORTED."),
        new("repr's recursion guard", "It lives in the thread's dict under a key of its own; making it local would make the dict local."),
        new("Import locks and RLock ownership", "They are owned by the thread; a flow that switches while it holds one shares it with the others of its thread."),
        new("asyncio's running loop and current task", "They belong to the thread; made local, code in a fresh context finds no running loop."),
        new("Native thread-local storage", "The compiler and the C library own it."),
        new("Switching from a signal handler", "The interpreter may be in the middle of any update."),
        new("Moving a flow to another thread", "Its frames refer to a C stack and to a thread state; RESTORE-18 refuses it."),
        new("Isolation against native code that edits the thread state", "Code that writes fields on its own can break any rule here."),
    ];
}
