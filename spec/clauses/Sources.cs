// Where the facts behind the clauses come from: each fact is written down once, here, and clauses refer to it by key.

using System.Reflection;

namespace PyState.Spec.Clauses;

/// <summary>The evidence behind the clauses. Texts are our own; the address says where the fact can be checked.</summary>
public static class Sources
{
    private const string Cpython = "https://github.com/python/cpython/";
    private const string Greenlet = "https://github.com/python-greenlet/greenlet/";
    private const string Gevent = "https://github.com/gevent/gevent/issues/";
    private const string Pyodide = "https://github.com/pyodide/pyodide/";

    // ---- CPython headers -------------------------------------------------------------------------------------------

    /// <summary>3.8/3.9 header.</summary>
    public static Source Header38 { get; } = new("CPython 3.8.18 and 3.9.18 pystate.h", Cpython + "blob/v3.9.18/Include/cpython/pystate.h",
        "The thread state holds `overflowed`, `recursion_critical`, `use_tracing`, `tracing`, `trash_delete_nesting`, `context_ver` and `async_exc`.");

    /// <summary>3.10 header.</summary>
    public static Source Header310 { get; } = new("CPython 3.10.13 pystate.h", Cpython + "blob/v3.10.13/Include/cpython/pystate.h",
        "`use_tracing` moved into a `CFrame` that lives on the C stack; `root_cframe` is the one inside the thread state; `recursion_headroom` is new.");

    /// <summary>3.11 header.</summary>
    public static Source Header311 { get; } = new("CPython 3.11.7 pystate.h", Cpython + "blob/v3.11.7/Include/cpython/pystate.h",
        "Frames live in a chunked data stack (`datastack_chunk`, `_top`, `_limit`); `tracing_what` is new; recursion is kept as what remains.");

    /// <summary>3.12 header.</summary>
    public static Source Header312 { get; } = new("CPython 3.12.1 pystate.h", Cpython + "blob/v3.12.1/Include/cpython/pystate.h",
        "Python and C recursion are counted apart (`py_recursion_remaining`, `c_recursion_remaining`); `what_event` replaces `tracing_what`.");

    /// <summary>3.13 header.</summary>
    public static Source Header313 { get; } = new("CPython 3.13.0 pystate.h", Cpython + "blob/v3.13.0/Include/cpython/pystate.h",
        "The cframe is gone; `current_frame`, `critical_section` and `previous_executor` stand in the thread state.");

    /// <summary>3.14 and 3.15 headers.</summary>
    public static Source Header314 { get; } = new("CPython 3.14.8 and 3.15.0 pystate.h", Cpython + "blob/3.14/Include/cpython/pystate.h",
        "C stack bounds replace `c_recursion_remaining`; `current_executor` is new; on 3.15 a thread without frames points at `base_frame`, not at NULL.");

    // ---- CPython issues --------------------------------------------------------------------------------------------

    /// <summary>The API discussion.</summary>
    public static Source Cpython91371 { get; } = new("cpython #91371", Cpython + "issues/91371",
        "The proposal of an unstable frame-stack API for libraries that switch stacks, open since 2022.");

    /// <summary>The first draft of such an API.</summary>
    public static Source Cpython32303 { get; } = new("cpython PR #32303", Cpython + "pull/32303",
        "The draft that went with #91371; closed without being merged.");

    /// <summary>datastack_top may be NULL.</summary>
    public static Source Cpython96569 { get; } = new("cpython #96569", Cpython + "issues/96569",
        "A data stack without a chunk (`datastack_top` is NULL) met arithmetic that did not expect it: a release blocker of 3.11.");

    /// <summary>Trashcan assertion.</summary>
    public static Source Cpython98110 { get; } = new("cpython #98110", Cpython + "issues/98110",
        "The assertion on `trash_delete_nesting` fails in debug builds when a switch happens during a nested deallocation.");

    /// <summary>Entry frames on the C stack.</summary>
    public static Source Cpython113037 { get; } = new("cpython #113037", Cpython + "issues/113037",
        "Since 3.12 entry frames stand on the C stack: following `f_back` of a suspended flow whose stack was moved reads memory that is no longer its own.");

    /// <summary>C stack bounds.</summary>
    public static Source Cpython139653 { get; } = new("cpython #139653", Cpython + "issues/139653",
        "3.14's overflow check compares the stack pointer with the thread's bounds, and so misfires on a coroutine's own stack.");

    /// <summary>The API that sets the bounds.</summary>
    public static Source Cpython139668 { get; } = new("cpython PR #139668", Cpython + "pull/139668",
        "`PyUnstable_ThreadState_SetStackProtection` sets the bounds; a stack too small to be useful is an error.");

    /// <summary>What is left in the child of a fork.</summary>
    public static Source AfterFork { get; } = new("CPython 3.13.0 posixmodule.c", Cpython + "blob/v3.13.0/Modules/posixmodule.c",
        "`PyOS_AfterFork_Child` deletes every interpreter but the main one; an interpreter made not to allow it is refused a fork, and in the child of a fork from any but the main one it is a fatal error.");

    /// <summary>PEP 567.</summary>
    public static Source Pep567 { get; } = new("PEP 567", "https://peps.python.org/pep-0567/",
        "The Context object of a thread, `Context.run`, that entering an entered Context is an error, and the version that guards cached values.");

    /// <summary>PEP 669.</summary>
    public static Source Pep669 { get; } = new("PEP 669", "https://peps.python.org/pep-0669/",
        "Monitoring is per interpreter, and code is instrumented when it is switched on or off.");

    // ---- greenlet and gevent ---------------------------------------------------------------------------------------

    /// <summary>contextvars support.</summary>
    public static Source Greenlet172 { get; } = new("greenlet PR #172", Greenlet + "pull/172",
        "Until 0.4.17 the Context object was not switched: a greenlet saw whichever Context was current last; a new greenlet then got NULL, as a new thread does.");

    /// <summary>contextvars regressions.</summary>
    public static Source Greenlet196 { get; } = new("greenlet #196", Greenlet + "issues/196",
        "Users need a fresh context to share its starter's Context object; `Context.run` cannot give them that.");

    /// <summary>gr_context.</summary>
    public static Source Greenlet198 { get; } = new("greenlet PR #198", Greenlet + "pull/198",
        "`gr_context` reads and sets a suspended greenlet's Context object, and is dangerous while that Context is entered.");

    /// <summary>Resuming twice.</summary>
    public static Source Greenlet258 { get; } = new("greenlet #258", Greenlet + "issues/258",
        "A request to copy a suspended greenlet and resume it twice; the answer was that greenlet is not designed for it.");

    /// <summary>Tracing into a spawned greenlet.</summary>
    public static Source Greenlet256 { get; } = new("greenlet #256", Greenlet + "issues/256",
        "On 3.10 a profile function no longer got events of a greenlet spawned after it was set (fixed in 1.1.2): `use_tracing` had moved into the cframe.");

    /// <summary>Data-stack leak.</summary>
    public static Source Greenlet328 { get; } = new("greenlet #328", Greenlet + "issues/328",
        "On 3.11 each finished greenlet leaked its data-stack chunk (fixed in 2.0.1).");

    /// <summary>Trashcan nesting.</summary>
    public static Source Greenlet318 { get; } = new("greenlet PR #318", Greenlet + "pull/318",
        "`trash_delete_nesting` must be saved per greenlet; without it debug builds abort.");

    /// <summary>Stale instrumentation.</summary>
    public static Source Greenlet368 { get; } = new("greenlet #368", Greenlet + "issues/368",
        "On debug builds of 3.12 tracing across a switch fails CPython's assertion that running code was instrumented for the current version (open).");

    /// <summary>Truncated walk.</summary>
    public static Source Greenlet388 { get; } = new("greenlet #388", Greenlet + "issues/388",
        "On 3.12 only the innermost frame of a suspended greenlet could be seen (fixed in 3.0.3), after a crash in the same place (fixed in 3.0.0rc1).");

    /// <summary>Executor.</summary>
    public static Source Greenlet460 { get; } = new("greenlet #460", Greenlet + "issues/460",
        "With 3.14's JIT, `current_executor` left in place fails an assertion of debug builds.");

    /// <summary>cothread on 3.11.</summary>
    public static Source Greenlet452 { get; } = new("greenlet #452", Greenlet + "issues/452",
        "cothread copied `frame` until 3.11 removed it; swapping whole thread states in its place then failed on 3.11.");

    /// <summary>Change log.</summary>
    public static Source GreenletChanges { get; } = new("greenlet change log", Greenlet + "blob/master/CHANGES.rst",
        "Releases 1.1.2 to 3.5: what each CPython release broke, and crashes at interpreter shutdown.");

    /// <summary>Observed behaviour.</summary>
    public static Source GreenletObserved { get; } = new("observed: greenlet", "",
        "greenlet 2.0.2 to 3.5.3 on CPython 3.8 to 3.13: frames, handled exceptions and depth are per greenlet; trace and profile functions, thread-locals and the limit are the thread's.");

    /// <summary>greenlet's throw and errors.</summary>
    public static Source GreenletErrors { get; } = new("observed: greenlet's errors", "",
        "Switching to another thread's greenlet is `greenlet.error`; an exception that leaves a greenlet reaches its parent; destroying one raises GreenletExit inside it.");

    /// <summary>gevent #1909.</summary>
    public static Source Gevent1909 { get; } = new("gevent #1909", Gevent + "1909",
        "A switch inside `__del__` under the trashcan corrupted the nesting count and destroyed objects in the wrong greenlet (fixed in greenlet 2.0.0rc1).");

    /// <summary>gevent #1985.</summary>
    public static Source Gevent1985 { get; } = new("gevent #1985", Gevent + "1985",
        "A collection during a switch ran code that switched again; the switch returned NULL without an exception (fixed in greenlet 3.0.0rc2).");

    /// <summary>gevent #1969.</summary>
    public static Source Gevent1969 { get; } = new("gevent #1969", Gevent + "1969",
        "Formatting the stacks of suspended greenlets crashed on 3.12.");

    // ---- Pyodide, KiCad, Ray ---------------------------------------------------------------------------------------

    /// <summary>Pyodide's field copies.</summary>
    public static Source Pyodide3992 { get; } = new("pyodide PR #3992", Pyodide + "pull/3992",
        "Pyodide's first Save and Restore, by field copies after greenlet's model; the cframe was the hardest part.");

    /// <summary>Interleaved except blocks.</summary>
    public static Source Pyodide4615 { get; } = new("pyodide #4615", Pyodide + "issues/4615",
        "Interleaved `except` blocks of two tasks were fatal: `exc_info` was not reset (0.25.1, fixed in 0.26.0-alpha.4).");

    /// <summary>Leaks.</summary>
    public static Source Pyodide4639 { get; } = new("pyodide #4639", Pyodide + "issues/4639",
        "Each task leaked memory, chunks of data stack (0.25.1 and 0.26.0-alpha.4, fixed in 0.26.0).");

    /// <summary>Whole thread states are swapped.</summary>
    public static Source Pyodide4940 { get; } = new("pyodide PR #4940", Pyodide + "pull/4940",
        "Replaced field copies by swapping whole thread states (0.26.2): recursion budget and context variables of another task no longer leaked in.");

    /// <summary>The rework.</summary>
    public static Source Pyodide6421 { get; } = new("pyodide PR #6421", Pyodide + "pull/6421",
        "With swapped thread states, context variables crossed from one task to an unrelated one, because reused thread states were not cleared (fixed in 314.0.5).");

    /// <summary>Observed behaviour.</summary>
    public static Source PyodideObserved { get; } = new("observed: Pyodide", "",
        "Swapped thread states lose thread-locals, thread id, and trace functions in running contexts; abandoning a suspended task leaks its thread state and locals.");

    /// <summary>Ray on 3.14.</summary>
    public static Source Ray64772 { get; } = new("ray PR #64772", "https://github.com/ray-project/ray/pull/64772",
        "On 3.14, asynchronous actors leak memory until the bounds are set to those of the fiber's own stack.");

    // ---- tried by this project -------------------------------------------------------------------------------------

    /// <summary>Prototype on 3.8 to 3.13.</summary>
    public static Source Prototype { get; } = new("prototype: 3.8 to 3.13", "",
        "A prototype of Save and Restore with separate and with evicted, poisoned C stacks: what goes wrong when each field is forgotten, on release and debug builds.");

    /// <summary>Prototype on 3.14 and 3.15.</summary>
    public static Source Prototype314 { get; } = new("prototype: 3.14 and 3.15", "",
        "The same on 3.14.8 and 3.15.0: bounds, executor, base frame, profiler frame, and that instrumentation misses suspended frames.");

    /// <summary>Depth against remaining.</summary>
    public static Source PrototypeDepth { get; } = new("prototype: recursion", "",
        "What remains, carried as a number, is wrong as soon as the limit changes while a flow is suspended; the depth is not. Lowering the limit below a resumed depth aborts plain threads too on 3.11 and before.");

    /// <summary>Instrumentation.</summary>
    public static Source PrototypeInstrumentation { get; } = new("prototype: instrumentation", "",
        "From 3.12 on, frames suspended while tracing is switched lose their events or keep stale ones, and debug builds abort; re-instrumenting at Restore makes them equal to a plain thread's.");

    /// <summary>Discard without unwinding.</summary>
    public static Source PrototypeDiscard { get; } = new("prototype: discard", "",
        "Dropping a suspended flow without unwinding it leaks every reference its C stack holds, and on 3.11 and later leaves frame objects pointing into freed chunks.");

    /// <summary>Cheap detections.</summary>
    public static Source PrototypeChecks { get; } = new("prototype: checks", "",
        "A pending exception, a wrong thread, a consumed handle, frames, depth, a handled exception and a running trace callback are all cheap to detect at Restore.");

    /// <summary>The design of this project.</summary>
    public static Source Design { get; } = new("design rule", "",
        "Follows from the requirement that every case has a defined outcome; no implementation has shown it either way.");

    /// <summary>Plain threads and generators.</summary>
    public static Source Control { get; } = new("control", "",
        "What plain threads and generators of the same interpreter do, without any switcher.");

    /// <summary>Every source, in the order above.</summary>
    public static IReadOnlyList<Source> All { get; } =
    [
        .. typeof(Sources).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(p => p.PropertyType == typeof(Source))
            .OrderBy(p => p.MetadataToken)
            .Select(p => (Source)p.GetValue(null)!),
    ];
}
