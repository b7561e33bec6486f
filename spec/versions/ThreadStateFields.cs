// Every member of struct _ts of CPython 3.8 to 3.15, one row each, in the order of the classes.
// Read from cpython/pystate.h of 3.8.18, 3.9.18, 3.10.13, 3.11.2, 3.11.7, 3.12.1, 3.13.0, 3.13.15, 3.14.8 and 3.15.0; property-tests/versions compares.

using System.Collections.Immutable;
using PyState.Spec.Model;
using static PyState.Spec.Model.Component;

namespace PyState.Spec.Versions;

/// <summary>The rows of <see cref="Holder.ThreadState"/>.</summary>
internal static class ThreadStateFields
{
    /// <summary>All rows.</summary>
    public static ImmutableArray<FieldRow> Rows { get; } =
    [
        // Context-local: frames
        new("frame", 8, 10, Frames, "NULL", "borrowed reference"),
        new("cframe->current_frame", 11, 12, Frames, "NULL", "comes back with the cframe; written besides only when the cframe in force is the ready one"),
        new("root_cframe.current_frame", 11, 12, Frames, "NULL", "what cframe->current_frame is in the ready state; frames never hang on it otherwise"),
        new("current_frame", 13, 14, Frames, "NULL"),
        new("current_frame", 15, 15, Frames, "tstate->base_frame", "not NULL: remote unwinders take a chain that does not end in the base frame for a torn one"),

        // Context-local: handled exceptions
        new("exc_state.exc_type", 8, 10, HandledExceptions, "NULL", "owns a reference"),
        new("exc_state.exc_value", 8, 15, HandledExceptions, "NULL", "owns a reference"),
        new("exc_state.exc_traceback", 8, 10, HandledExceptions, "NULL", "owns a reference"),
        new("exc_state.previous_item", 8, 15, HandledExceptions, "NULL", "always the bottom of the stack, so always NULL"),
        new("exc_info", 8, 15, HandledExceptions, "&tstate->exc_state", "points to exc_state or into a generator object; a saved state must not keep the address of exc_state for its own content"),

        // Context-local: recursion
        new("recursion_depth", 8, 10, Depth, "0", "Python calls use C stack, so the depth is kept on the same C stack") { Clause = "STACK-05" },
        new("recursion_remaining", 11, 11, Depth, "tstate->recursion_limit", "kept as depth = limit - remaining, because the limit can change while suspended"),
        new("py_recursion_remaining", 12, 15, Depth, "tstate->py_recursion_limit", "as recursion_remaining of 3.11"),
        new("overflowed", 8, 9, OverflowState, "0"),
        new("recursion_critical", 8, 9, OverflowState, "0"),
        new("recursion_headroom", 10, 15, OverflowState, "0"),

        // Context-local: the others
        new("context", 8, 15, ContextObject, "NULL", "owns a reference; ownership moves with it"),
        new("tracing", 8, 15, TracingNesting, "0", "PyThreadState_EnterTracing counts here as well"),
        new("tracing_what", 11, 11, TraceEvent, "0", "0 is PyTrace_CALL: 3.11 has no value for none"),
        new("what_event", 12, 15, TraceEvent, "-1"),
        new("datastack_chunk", 11, 15, DataStack, "NULL", "or a spare chunk with nothing on it"),
        new("datastack_top", 11, 15, DataStack, "NULL", "or the bottom of the spare chunk"),
        new("datastack_limit", 11, 15, DataStack, "NULL", "or the end of the spare chunk"),
        new("trash_delete_nesting", 8, 11, TrashNesting, "0"),
        new("trash.delete_nesting", 12, 12, TrashNesting, "0", "gone from 3.13 on"),
        new("current_executor", 14, 15, Executor, "NULL", "borrowed by the thread state while JIT code runs, so a saved state takes a reference of its own"),

        // Stack-bound
        new("c_recursion_remaining", 12, 12, CDepth, "C_RECURSION_LIMIT", "the macro has no Py_ prefix in 3.12; in 3.12.1 500 on WASI, else 1500; other patch releases have others"),
        new("c_recursion_remaining", 13, 13, CDepth, "Py_C_RECURSION_LIMIT", "500 in debug builds, else 800 to 10000 by platform"),
        new("cframe", 10, 12, Cframe, "&tstate->root_cframe", "points into the C stack while Python code runs"),
        new("cframe->previous", 10, 12, Cframe, "NULL", "links the cframes that stand on the C stack"),
        new("root_cframe.previous", 10, 12, Cframe, "NULL", "the bottom of that chain"),

        // Derived
        new("use_tracing", 8, 9, UseTracing, "!tstate->tracing && (tstate->c_tracefunc || tstate->c_profilefunc)", "sys.settrace inside a callback sets it early, harmlessly: call_trace tests tracing as well"),
        new("cframe->use_tracing", 10, 11, UseTracing, "tstate->tracing ? 0 : tstate->c_tracefunc || tstate->c_profilefunc", "per cframe, so recomputed after every change of cframe; 255 for true on 3.11"),
        new("root_cframe.use_tracing", 10, 11, UseTracing, "as cframe->use_tracing", "what cframe->use_tracing is in the ready state"),
        new("context_ver", 8, 15, ContextVersion, "incremented"),
        new("eval_breaker", 13, 15, Instrumentation, "noted and compared", "only the bits above the low eight; those are flags of the thread that are never touched") { Path = "tstate->eval_breaker >> 8" },
        new("last_profiled_frame", 15, 15, ProfilerFrame, "NULL"),
        new("last_profiled_frame_seq", 15, 15, ProfilerFrame, "incremented"),

        // Preconditions
        new("curexc_type", 8, 11, PendingException),
        new("curexc_value", 8, 11, PendingException),
        new("curexc_traceback", 8, 11, PendingException),
        new("current_exception", 12, 15, PendingException),
        new("critical_section", 13, 15, CriticalSection, Note: "used by free-threaded builds only, which answer UNSUPPORTED"),
        new("previous_executor", 13, 13, PreviousExecutor, Note: "set only while JIT code is being left; the field that 3.14 replaced by current_executor"),

        // Thread-wide with a meaning of their own
        new("c_tracefunc", 8, 15, TraceFunction),
        new("c_traceobj", 8, 15, TraceFunction),
        new("c_profilefunc", 8, 15, ProfileFunction),
        new("c_profileobj", 8, 15, ProfileFunction),
        new("dict", 8, 15, ThreadLocals, Note: "also holds repr's recursion guard, which a switch therefore cannot isolate"),
        new("threading_local_key", 13, 15, ThreadLocals),
        new("threading_local_sentinel", 13, 15, ThreadLocals),
        new("async_exc", 8, 15, AsyncException),
        new("interp", 8, 15, ThreadIdentity),
        new("thread_id", 8, 15, ThreadIdentity),
        new("native_thread_id", 11, 15, ThreadIdentity),
        new("id", 8, 15, ThreadIdentity, Note: "unique per interpreter, not per process: two interpreters each have a 1"),
        new("trash_delete_later", 8, 11, TrashList),
        new("trash.delete_later", 12, 12, TrashList),
        new("delete_later", 13, 15, TrashList),
        new("coroutine_origin_tracking_depth", 8, 15, Hooks),
        new("async_gen_firstiter", 8, 15, Hooks),
        new("async_gen_finalizer", 8, 15, Hooks),
        new("recursion_limit", 11, 11, RecursionLimit, Note: "a copy of the interpreter's, kept equal by Py_SetRecursionLimit"),
        new("py_recursion_limit", 12, 15, RecursionLimit, Note: "a copy of the interpreter's, kept equal by Py_SetRecursionLimit"),

        // Thread-wide, the rest
        new("prev", 8, 15, Runtime),
        new("next", 8, 15, Runtime),
        new("stackcheck_counter", 8, 10, Runtime, Note: "counts calls between checks of the C stack where USE_STACKCHECK is defined; nothing depends on its value"),
        new("gilstate_counter", 8, 15, Runtime),
        new("on_delete", 8, 12, Runtime),
        new("on_delete_data", 8, 12, Runtime),
        new("trace_info.code", 11, 11, Runtime, Note: "a cache of line numbers keyed by code object: valid whoever runs"),
        new("trace_info.bounds", 11, 11, Runtime, Note: "as trace_info.code"),
        new("_initialized", 11, 11, Runtime),
        new("_static", 11, 11, Runtime),
        new("_status.initialized", 12, 15, Runtime),
        new("_status.bound", 12, 15, Runtime),
        new("_status.unbound", 12, 15, Runtime),
        new("_status.bound_gilstate", 12, 15, Runtime),
        new("_status.active", 12, 15, Runtime),
        new("_status.holds_gil", 13, 13, Runtime),
        new("_status.finalizing", 12, 15, Runtime),
        new("_status.cleared", 12, 15, Runtime),
        new("_status.finalized", 12, 15, Runtime),
        new("holds_gil", 14, 15, Runtime),
        new("gil_requested", 15, 15, Runtime),
        new("_whence", 13, 15, Runtime),
        new("state", 13, 15, Runtime, Note: "attached, detached or suspended; Save and Restore need attached and leave it so"),
        new("base_frame", 15, 15, Runtime, Note: "the sentinel below all frames: the ready value of current_frame, itself never changed"),
        new("jit_exit", 15, 15, Runtime, Note: "internal to the JIT, read at once after it is written"),
        new("dict_global_version", 13, 15, Runtime),
        new("remote_debugger_support.debugger_pending_call", 14, 15, Runtime),
        new("remote_debugger_support.debugger_script_path", 14, 15, Runtime),
        new("datastack_cached_chunk", 13, 14, Runtime, Note: "added at the end by a patch release (gh-142183): absent from 3.13.0, present in 3.13.15 and 3.14.8; made context-local it would lose chunks") { SomePatches = true },
        new("datastack_cached_chunk", 15, 15, Runtime, Note: "made context-local it would lose chunks"),
        new("pystats", 15, 15, Runtime) { Condition = "Py_STATS" },
        new("ensure.counter", 15, 15, Runtime),
        new("ensure.delete_on_release", 15, 15, Runtime),
        new("ensure.owned_guard", 15, 15, Runtime),
    ];
}
