// What a .NET plug-in supplies: the operations under test, and nothing of the simulated interpreter.
namespace PyState.Reference;

/// <summary>The C stack that runs after a Save.</summary>
/// <param name="IsNew">Another C stack than the one in force.</param>
/// <param name="Low">The lowest address of a new one.</param>
/// <param name="Size">Its size in words, at least 1, up to the end of the address space (STACK-03).</param>
public readonly record struct CStackSpec(bool IsNew, ulong Low, ulong Size)
{
    /// <summary>The C stack in force stays in force.</summary>
    public static CStackSpec Same => default;

    /// <summary>Whether the switcher may run on it.</summary>
    public bool IsValid => !IsNew || (Low != 0 && Low + Size > Low);
}

/// <summary>Visits the references that a saved state owns (INTRO-05).</summary>
public interface IReferenceVisitor
{
    /// <summary>Visits one reference; null is ignored.</summary>
    /// <param name="reference">The address of the object.</param>
    void Visit(ulong reference);
}

/// <summary>
/// An implementation of Save and Restore over the simulated thread state. Every operation returns a status, and after any status but
/// <see cref="SimStatus.Ok"/> nothing has changed (ATOM-01). A handle is 64 bits; 0 is the null handle.
/// </summary>
public interface IPyState
{
    /// <summary>Begins a new process: nothing that was handed out before exists any more.</summary>
    void Reset();

    /// <summary>Allocates a saved state.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">The handle of an Empty state.</param>
    /// <returns>Ok, Detached, Finalizing, NoMemory.</returns>
    SimStatus New(SimThread thread, out ulong handle);

    /// <summary>Moves what belongs to the running flow into an Empty state and leaves the thread state ready.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">An Empty state.</param>
    /// <param name="next">The C stack that runs next.</param>
    /// <returns>Ok, Detached, Finalizing, InvalidHandle, NotEmpty, Pending, BadStack.</returns>
    SimStatus Save(SimThread thread, ulong handle, CStackSpec next);

    /// <summary>Moves a Live state back. The C stack that it was saved on is in place already, unless frames run.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">A Live state.</param>
    /// <returns>Ok, Detached, Finalizing, InvalidHandle, NotSaved, Consumed, Discarded, Abandoned, WrongInterpreter, WrongThread, Pending,
    /// HasFrames, Handling, InRecursion, Tracing.</returns>
    SimStatus Restore(SimThread thread, ulong handle);

    /// <summary>Releases a Live state that holds no frames.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">A Live state.</param>
    /// <returns>Ok, Detached, Finalizing, InvalidHandle, NotSaved, Consumed, Discarded, Abandoned, WrongInterpreter, HasFrames.</returns>
    SimStatus Discard(SimThread thread, ulong handle);

    /// <summary>The handle dies. Allowed while the interpreter finalizes.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">The handle, stale from now on.</param>
    /// <returns>Ok, Detached, InvalidHandle.</returns>
    SimStatus Drop(SimThread thread, ulong handle);

    /// <summary>The innermost frame of a Live state (INTRO-01).</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">A Live state.</param>
    /// <param name="frame">A borrowed frame, 0 if none.</param>
    /// <returns>As Discard, without HasFrames.</returns>
    SimStatus TopFrame(SimThread thread, ulong handle, out ulong frame);

    /// <summary>The Context object of a Live state (INTRO-02).</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">A Live state.</param>
    /// <param name="context">A new reference, 0 if none.</param>
    /// <returns>As TopFrame.</returns>
    SimStatus GetContext(SimThread thread, ulong handle, out ulong context);

    /// <summary>Replaces the Context object of a Live state (INTRO-03, INTRO-04).</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">A Live state.</param>
    /// <param name="value">A borrowed reference, 0 for none.</param>
    /// <returns>As TopFrame, then NotAContext, Entered.</returns>
    SimStatus SetContext(SimThread thread, ulong handle, ulong value);

    /// <summary>Visits what a Live state owns, for the garbage collector (INTRO-05).</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">A Live state.</param>
    /// <param name="visitor">Gets every owned reference once.</param>
    /// <returns>As TopFrame.</returns>
    SimStatus Traverse(SimThread thread, ulong handle, IReferenceVisitor visitor);

    /// <summary>Drops what a Live state without frames owns; with frames does nothing (INTRO-06).</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="handle">A Live state.</param>
    /// <returns>As TopFrame.</returns>
    SimStatus Clear(SimThread thread, ulong handle);

    /// <summary>How many states were abandoned since <see cref="Reset()"/>; never fails (HANDLE-03).</summary>
    /// <returns>The number.</returns>
    int AbandonedCount();

    /// <summary>A thread state is about to go: the thread exits, or vanishes in a fork (AMBIENT-07, AMBIENT-09).</summary>
    /// <param name="thread">The thread.</param>
    void ThreadGone(SimThread thread);

    /// <summary>An interpreter begins to finalize (AMBIENT-08).</summary>
    /// <param name="thread">The finalizing thread, of that interpreter.</param>
    void InterpreterFinalizing(SimThread thread);
}
