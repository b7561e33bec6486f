namespace PyState.Spec.Model;

/// <summary>What a command does. The numbers are part of the trace format and never change meaning.</summary>
public enum Op : byte
{
    /// <summary>The fixed teardown after a script: everything is unwound; the probe counts what stayed alive (0 expected).</summary>
    End = 0,

    /// <summary>Calls a function: a new frame <c>call&lt;n&gt;</c>.</summary>
    Call = 1,

    /// <summary>Ends the innermost block.</summary>
    Leave = 2,

    /// <summary>Raises exception e and handles it: the commands that follow run inside the handler.</summary>
    Except = 3,

    /// <summary>A bare <c>raise</c> in a new function, caught there; the probe names what came back.</summary>
    Reraise = 4,

    /// <summary>Enters generator g, or resumes it where it was suspended.</summary>
    Generator = 5,

    /// <summary>Suspends the innermost generator with the handlers opened in it.</summary>
    Yield = 6,

    /// <summary>Sets ContextVar v to x in the current Context object.</summary>
    Var = 7,

    /// <summary>Enters user Context object k by <c>Context.run</c>.</summary>
    Context = 8,

    /// <summary>Sets or clears the thread's trace function.</summary>
    Trace = 9,

    /// <summary>Sets or clears the thread's profile function.</summary>
    Profile = 10,

    /// <summary>Runs on inside the trace (0) or profile (1) function.</summary>
    Callback = 11,

    /// <summary>Runs on inside <c>__del__</c>.</summary>
    Finalizer = 12,

    /// <summary>Runs on inside <c>__repr__</c>, below a C recursion.</summary>
    Repr = 13,

    /// <summary>Runs on inside a <c>__del__</c> that the deallocation of a nested container calls.</summary>
    Trashcan = 14,

    /// <summary>Runs on inside a C recursion without a Python frame.</summary>
    Native = 15,

    /// <summary>Runs on while the interpreter recovers from a recursion overflow.</summary>
    Recovering = 16,

    /// <summary>Calls a function that runs as compiled by the JIT.</summary>
    Jit = 17,

    /// <summary>Sets the interpreter's recursion limit.</summary>
    Limit = 18,

    /// <summary>Sets a <c>threading.local</c> attribute.</summary>
    Local = 19,

    /// <summary>Recurses to the limit; the probe is the number of levels that were left.</summary>
    Headroom = 20,

    /// <summary>The probe counts the labelled frames alive anywhere.</summary>
    Census = 21,

    /// <summary>Walks the frames of suspended context c.</summary>
    Walk = 22,

    /// <summary>Runs the garbage collector.</summary>
    Collect = 23,

    /// <summary>Sends the active thread an asynchronous exception.</summary>
    Async = 24,

    /// <summary>Ends the active thread; a fresh one takes its place.</summary>
    ExitThread = 25,

    /// <summary>Forks: the script goes on in the child, where the other threads are gone.</summary>
    Fork = 26,

    /// <summary>The active thread's interpreter begins to finalize.</summary>
    Finalize = 27,

    /// <summary>Passes the baton to thread t.</summary>
    Thread = 28,

    /// <summary>Detaches the active thread state (releases the GIL).</summary>
    Detach = 29,

    /// <summary>Attaches the active thread state again.</summary>
    Attach = 30,

    /// <summary>Makes context c, not started.</summary>
    Spawn = 31,

    /// <summary>Switches to context c.</summary>
    Switch = 32,

    /// <summary>Switches to context c and raises exception e there.</summary>
    Throw = 33,

    /// <summary>The current context ends.</summary>
    Finish = 34,

    /// <summary>Exception e leaves the current context and ends it.</summary>
    Fail = 35,

    /// <summary>Unwinds and ends suspended context c.</summary>
    Kill = 36,

    /// <summary>Allocates a saved state; the second argument makes the allocator fail.</summary>
    New = 37,

    /// <summary>PyState_Save: 0 on the same C stack, 1 on a new one, 2 on a new one with invalid bounds.</summary>
    Save = 38,

    /// <summary>PyState_Restore.</summary>
    Restore = 39,

    /// <summary>PyState_Discard.</summary>
    Discard = 40,

    /// <summary>The handle object dies.</summary>
    Drop = 41,

    /// <summary>Reads the frames of a saved state from its top frame.</summary>
    Top = 42,

    /// <summary>Reads the Context object of a saved state into user Context k.</summary>
    GetContext = 43,

    /// <summary>Sets the Context object of a saved state: 0 and 1 user Context objects, 2 none, 3 something else.</summary>
    SetContext = 44,

    /// <summary>The probe counts the references that the garbage collector's traverse visits.</summary>
    Traverse = 45,

    /// <summary>The garbage collector's clear.</summary>
    Clear = 46,

    /// <summary>The probe is the number of abandoned states.</summary>
    Abandoned = 47,

    /// <summary>Sets (1-7) or clears (0) a pending exception.</summary>
    Pending = 48,

    /// <summary>Runs on inside a trace function written in C, which has no frame (PyThreadState_EnterTracing).</summary>
    CTrace = 49,
}
