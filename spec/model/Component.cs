// The components: the parts of a thread state that the semantics speaks of, whatever fields a CPython version keeps them in.

using System.Collections.Immutable;
using PyState.Spec.Versions;

namespace PyState.Spec.Model;

/// <summary>A part of the thread state, independent of the CPython version. <see cref="Components"/> says what becomes of each.</summary>
public enum Component : byte
{
    /// <summary>The chain of Python frames.</summary>
    Frames,

    /// <summary>The stack of exceptions being handled.</summary>
    HandledExceptions,

    /// <summary>Recursion depth, in levels.</summary>
    Depth,

    /// <summary>The current Context object (PEP 567).</summary>
    ContextObject,

    /// <summary>How many trace callbacks are running.</summary>
    TracingNesting,

    /// <summary>The event that the running trace callback was called for (3.11 on).</summary>
    TraceEvent,

    /// <summary>The chunks that frames live in (3.11 on).</summary>
    DataStack,

    /// <summary>How deep deallocations are nested (3.12 and before).</summary>
    TrashNesting,

    /// <summary>The allowance in force while a recursion error is being made.</summary>
    OverflowState,

    /// <summary>The JIT's running executor (3.14 on).</summary>
    Executor,

    /// <summary>What is left of the counter of C recursion (3.12 and 3.13).</summary>
    CDepth,

    /// <summary>The bounds of the C stack (3.14 on).</summary>
    CStackBounds,

    /// <summary>The interpreter loop's record on the C stack (3.10 to 3.12).</summary>
    Cframe,

    /// <summary>What <c>sys.settrace</c> set.</summary>
    TraceFunction,

    /// <summary>What <c>sys.setprofile</c> set.</summary>
    ProfileFunction,

    /// <summary>The dictionary of thread-locals.</summary>
    ThreadLocals,

    /// <summary>An asynchronous exception that waits for this thread.</summary>
    AsyncException,

    /// <summary>Ids of the thread and of its thread state, and its interpreter.</summary>
    ThreadIdentity,

    /// <summary>Objects whose deallocation was put off.</summary>
    TrashList,

    /// <summary>Asynchronous generator hooks and coroutine origin tracking.</summary>
    Hooks,

    /// <summary>Everything else that is never touched.</summary>
    Runtime,

    /// <summary>The recursion limit.</summary>
    RecursionLimit,

    /// <summary><c>sys.monitoring</c>'s tools, events and callbacks (3.12 on).</summary>
    Monitoring,

    /// <summary>The flag that makes the interpreter loop look for trace functions (3.11 and before).</summary>
    UseTracing,

    /// <summary>The version that invalidates cached ContextVar values.</summary>
    ContextVersion,

    /// <summary>The version of instrumentation that the frames' code was prepared for (3.12 on).</summary>
    Instrumentation,

    /// <summary>What a remote profiler remembers of the last frames it saw (3.15).</summary>
    ProfilerFrame,

    /// <summary>The exception that is set but not handled.</summary>
    PendingException,

    /// <summary>The critical sections that are held (3.13 on; always none in a build with the GIL).</summary>
    CriticalSection,

    /// <summary>The executor being left (3.13; none outside of that instant).</summary>
    PreviousExecutor,
}

/// <summary>What the semantics says of one component.</summary>
/// <param name="Component">Which.</param>
/// <param name="Class">What becomes of it.</param>
/// <param name="Ready">Context-local: the value in the ready state. Stack-bound: the value on a new C stack. Derived: what it is
/// computed to. Precondition: the value it must have. Thread-wide and interpreter-wide: <c>unchanged</c>.</param>
/// <param name="Clauses">The clauses that govern it, by id.</param>
/// <param name="Meaning">One line.</param>
public sealed record ComponentInfo(Component Component, FieldClass Class, string Ready, ImmutableArray<string> Clauses, string Meaning);

/// <summary>The class, ready value and meaning of each <see cref="Component"/>.</summary>
public static class Components
{
    private const string Same = "unchanged";

    /// <summary>Every component, in the order of the enumeration.</summary>
    public static ImmutableArray<ComponentInfo> All { get; } =
    [
        new(Component.Frames, FieldClass.ContextLocal, "none", ["READY-01", "RESTORE-01"], "the chain of Python frames"),
        new(Component.HandledExceptions, FieldClass.ContextLocal, "none", ["READY-02", "RESTORE-02"], "the stack of exceptions being handled"),
        new(Component.Depth, FieldClass.ContextLocal, "0", ["READY-03", "RESTORE-03", "DERIVED-03"], "recursion depth, in levels; kept on the same C stack by 3.10 and before"),
        new(Component.ContextObject, FieldClass.ContextLocal, "NULL", ["READY-04", "RESTORE-04"], "the current Context object of PEP 567"),
        new(Component.TracingNesting, FieldClass.ContextLocal, "0", ["READY-05", "RESTORE-05"], "how many trace callbacks are running"),
        new(Component.TraceEvent, FieldClass.ContextLocal, "none", ["READY-09", "RESTORE-09"], "the event that the running trace callback was called for"),
        new(Component.DataStack, FieldClass.ContextLocal, "none", ["READY-06", "RESTORE-06"], "the chunks that frames live in; a cached spare chunk counts as none"),
        new(Component.TrashNesting, FieldClass.ContextLocal, "0", ["READY-07", "RESTORE-07"], "how deep deallocations are nested"),
        new(Component.OverflowState, FieldClass.ContextLocal, "0", ["READY-08", "RESTORE-08"], "the allowance in force while a recursion error is being made"),
        new(Component.Executor, FieldClass.ContextLocal, "NULL", ["READY-10", "RESTORE-10"], "the JIT's running executor; a saved state owns a reference"),
        new(Component.CDepth, FieldClass.StackBound, "0", ["STACK-01"], "C recursion in use, as a counter"),
        new(Component.CStackBounds, FieldClass.StackBound, "those of the new stack", ["STACK-02", "STACK-03"], "where the C stack begins and ends"),
        new(Component.Cframe, FieldClass.StackBound, "&tstate->root_cframe", ["STACK-04"], "the interpreter loop's record on the C stack"),
        new(Component.TraceFunction, FieldClass.ThreadWide, Same, ["WIDE-01"], "what sys.settrace set"),
        new(Component.ProfileFunction, FieldClass.ThreadWide, Same, ["WIDE-02"], "what sys.setprofile set"),
        new(Component.ThreadLocals, FieldClass.ThreadWide, Same, ["WIDE-03"], "the thread's dictionary and its threading.local values"),
        new(Component.AsyncException, FieldClass.ThreadWide, Same, ["WIDE-04", "AMBIENT-06"], "an asynchronous exception that waits for this thread"),
        new(Component.ThreadIdentity, FieldClass.ThreadWide, Same, ["WIDE-06", "RESTORE-17", "RESTORE-18"], "ids of the thread and of its thread state, and its interpreter"),
        new(Component.TrashList, FieldClass.ThreadWide, Same, ["WIDE-06"], "objects whose deallocation was put off; any context may finish it"),
        new(Component.Hooks, FieldClass.ThreadWide, Same, ["WIDE-06"], "asynchronous generator hooks and coroutine origin tracking"),
        new(Component.Runtime, FieldClass.ThreadWide, Same, ["WIDE-06"], "everything else that is never touched"),
        new(Component.RecursionLimit, FieldClass.InterpreterWide, Same, ["WIDE-05", "AMBIENT-05"], "the recursion limit, copied into every thread state by 3.11 and later"),
        new(Component.Monitoring, FieldClass.InterpreterWide, Same, ["WIDE-06", "DERIVED-04"], "sys.monitoring's tools, events and callbacks"),
        new(Component.UseTracing, FieldClass.Derived, "no callback running, and a trace or profile function set", ["DERIVED-01"], "makes the interpreter loop look for trace functions"),
        new(Component.ContextVersion, FieldClass.Derived, "bumped whenever the Context object changes", ["DERIVED-02"], "invalidates cached ContextVar values"),
        new(Component.Instrumentation, FieldClass.Derived, "noted by Save; where it changed, Restore instruments the restored frames again", ["DERIVED-04"], "the version of instrumentation that the frames' code was prepared for"),
        new(Component.ProfilerFrame, FieldClass.Derived, "cleared and bumped by Save and Restore", ["READY-01", "RESTORE-01"], "what a remote profiler remembers of the last frames it saw"),
        new(Component.PendingException, FieldClass.Precondition, "NULL", ["SAVE-03", "RESTORE-19"], "the exception that is set but not handled"),
        new(Component.CriticalSection, FieldClass.Precondition, "0", ["WIDE-06"], "critical sections held; holds by itself wherever there is a GIL"),
        new(Component.PreviousExecutor, FieldClass.Precondition, "NULL", ["WIDE-06"], "the executor being left; holds by itself wherever a switch can happen"),
    ];

    /// <summary>What the semantics says of a component.</summary>
    /// <param name="component">Which.</param>
    public static ComponentInfo Of(Component component) => All[(int)component];

    /// <summary>What becomes of a component.</summary>
    /// <param name="component">Which.</param>
    public static FieldClass ClassOf(Component component) => Of(component).Class;
}
