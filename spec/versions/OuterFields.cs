// What a thread state consists of besides struct _ts: the rest of _PyThreadStateImpl (3.13 on), and the fields of interpreter and runtime that the semantics speaks of.
// Read from internal/pycore_tstate.h of 3.13.0, 3.13.15, 3.14.8 and 3.15.0 and from the internal headers of all ten.

using System.Collections.Immutable;
using PyState.Spec.Model;
using static PyState.Spec.Model.Component;

namespace PyState.Spec.Versions;

/// <summary>The rows of <see cref="Holder.Implementation"/> and <see cref="Holder.Interpreter"/>.</summary>
internal static class OuterFields
{
    private const string FreeThreaded = "Py_GIL_DISABLED";
    private const string Unsupported = "free-threaded builds only, which answer UNSUPPORTED";

    /// <summary>All rows.</summary>
    public static ImmutableArray<FieldRow> Rows { get; } =
    [
        // The rest of the thread state: stack-bound
        Outer("c_stack_top", 14, 15, CStackBounds, "low + size", "with separate C stacks set by PyUnstable_ThreadState_SetStackProtection; where one stack is evicted and reused it stays constant"),
        Outer("c_stack_soft_limit", 14, 15, CStackBounds, "computed from low", "as c_stack_top"),
        Outer("c_stack_hard_limit", 14, 15, CStackBounds, "computed from low", "as c_stack_top"),
        Outer("c_stack_refs", 14, 15, CStackBounds, "NULL", "list of references that stand on the C stack; " + Unsupported + "; 3.14.4 moved it") with { Condition = FreeThreaded },

        // The rest of the thread state: thread-wide
        Outer("c_stack_init_base", 14, 14, Runtime, null, "bounds of the thread's own C stack; added by a patch release (gh-139653)") with { SomePatches = true },
        Outer("c_stack_init_top", 14, 14, Runtime, null, "as c_stack_init_base") with { SomePatches = true },
        Outer("c_stack_init_base", 15, 15, Runtime, null, "bounds of the thread's own C stack"),
        Outer("c_stack_init_top", 15, 15, Runtime, null, "as c_stack_init_base"),
        Outer("base_frame", 15, 15, Runtime, null, "the sentinel frame itself; struct _ts has a pointer to it of the same name"),
        Outer("refcount", 14, 15, Runtime),
        Outer("asyncio_running_loop", 13, 15, Runtime, null, "asyncio keeps one loop per thread; made context-local: no running event loop"),
        Outer("asyncio_running_task", 14, 15, Runtime, null, "as asyncio_running_loop"),
        Outer("asyncio_tasks_head", 14, 15, Runtime),
        Outer("generator_return_kind", 15, 15, Runtime, null, "read at once after the generator gives up control: no switch can come between"),
        Outer("qsbr", 13, 15, Runtime),
        Outer("mem_free_queue", 13, 15, Runtime),
        Outer("jit_tracer_state", 15, 15, Runtime) with { Condition = "_Py_TIER2" },
        Outer("lazy_imports", 15, 15, Runtime, null, "placeholders being resolved; its offset depends on _Py_TIER2"),
        Outer("reftotal", 13, 15, Runtime) with { Condition = "defined(Py_REF_DEBUG) && defined(Py_GIL_DISABLED)" },

        // The rest of the thread state: free-threaded builds
        Outer("gc", 13, 13, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("gc.alloc_count", 14, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("mimalloc", 13, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("freelists", 13, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("brc", 13, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("refcounts.values", 14, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("refcounts.size", 14, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("refcounts.is_finalized", 14, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("tlbc_index", 14, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("suppress_co_const_immortalization", 14, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded },
        Outer("pystats_struct", 15, 15, Runtime, null, Unsupported) with { Condition = FreeThreaded + " && Py_STATS" },
        Outer("__padding", 14, 14, Runtime, null, "keeps cache lines apart (gh-144438); " + Unsupported) with { Condition = FreeThreaded, SomePatches = true },
        Outer("__padding", 15, 15, Runtime, null, "keeps cache lines apart (gh-144438); " + Unsupported) with { Condition = FreeThreaded },

        // Interpreter and runtime
        Inner("ceval.recursion_limit", 8, 8, RecursionLimit, "of the whole process, not of one interpreter") with { Path = "_PyRuntime.ceval.recursion_limit" },
        Inner("ceval.recursion_limit", 9, 15, RecursionLimit),
        Inner("monitoring_version", 12, 12, Instrumentation, "3.12 compares it with the version in each code object; its eval_breaker holds flags only and is the interpreter's") with { Ready = "noted and compared" },
        Inner("monitors", 12, 15, Monitoring),
        Inner("monitoring_callables", 12, 15, Monitoring),
        Inner("monitoring_tool_names", 12, 15, Monitoring),
        Inner("monitoring_tool_versions", 14, 15, Monitoring),
        Inner("sys_profiling_threads", 12, 15, Monitoring, "counts threads with a profile function, so a swap of whole thread states must keep it right"),
        Inner("sys_tracing_threads", 12, 15, Monitoring, "as sys_profiling_threads"),
    ];

    private static FieldRow Outer(string name, int since, int until, Component component, string? ready = null, string note = "") =>
        new(name, since, until, component, ready, note) { Holder = Holder.Implementation };

    private static FieldRow Inner(string name, int since, int until, Component component, string note = "") =>
        new(name, since, until, component, null, note) { Holder = Holder.Interpreter, Path = "tstate->interp->" + name };
}
