/* Where each CPython keeps the components of SPEC.md, section 6: the only file that knows versions.
 *
 * One block for each version; the next one is one new block, copied from the last and changed where the radar (`pystate radar`) says that
 * fields came or went. A block says which of the optional components exist (LAYOUT_HAS_...), and what the names that pystate.c uses
 * mean there. To be included after Python.h, with Py_BUILD_CORE_MODULE defined before it. */
#ifndef PYSTATE_LAYOUT_H
#define PYSTATE_LAYOUT_H

#if PY_VERSION_HEX < 0x03080000 || PY_VERSION_HEX >= 0x03100000
#  error "pystate supports CPython 3.8 to 3.15: for another version add a block to layout.h, after its fields have a class in spec/versions"
#endif

#include "internal/pycore_context.h" /* ctx_entered, ctx_prev */

#if PY_MINOR_VERSION == 8

#  include "internal/pycore_pystate.h"
#  define LAYOUT_FRAME PyFrameObject
#  define LAYOUT_FRAME_IS_OBJECT 1
#  define LAYOUT_TOP(ts) ((ts)->frame)
#  define LAYOUT_READY_TOP(ts) NULL
#  define LAYOUT_HAS_RECURSION_DEPTH 1
#  define LAYOUT_HAS_OVERFLOWED 1
#  define LAYOUT_TRASH_NESTING(ts) ((ts)->trash_delete_nesting)
#  define LAYOUT_HAS_EXCEPTION_TRIPLE 1
#  define LAYOUT_USE_TRACING(ts) ((ts)->use_tracing)
#  define LAYOUT_USE_TRACING_ON 1
#  define LAYOUT_PENDING(ts) ((ts)->curexc_type)
#  define LAYOUT_CURRENT_IS_GLOBAL 1

#elif PY_MINOR_VERSION == 9

#  include "internal/pycore_interp.h"
#  define LAYOUT_FRAME PyFrameObject
#  define LAYOUT_FRAME_IS_OBJECT 1
#  define LAYOUT_TOP(ts) ((ts)->frame)
#  define LAYOUT_READY_TOP(ts) NULL
#  define LAYOUT_HAS_RECURSION_DEPTH 1
#  define LAYOUT_HAS_OVERFLOWED 1
#  define LAYOUT_TRASH_NESTING(ts) ((ts)->trash_delete_nesting)
#  define LAYOUT_HAS_EXCEPTION_TRIPLE 1
#  define LAYOUT_USE_TRACING(ts) ((ts)->use_tracing)
#  define LAYOUT_USE_TRACING_ON 1
#  define LAYOUT_PENDING(ts) ((ts)->curexc_type)
#  define LAYOUT_CURRENT_IS_GLOBAL 1

#elif PY_MINOR_VERSION == 10

#  include "internal/pycore_interp.h"
#  define LAYOUT_FRAME PyFrameObject
#  define LAYOUT_FRAME_IS_OBJECT 1
#  define LAYOUT_TOP(ts) ((ts)->frame)
#  define LAYOUT_READY_TOP(ts) NULL
#  define LAYOUT_HAS_RECURSION_DEPTH 1
#  define LAYOUT_HAS_RECURSION_HEADROOM 1
#  define LAYOUT_TRASH_NESTING(ts) ((ts)->trash_delete_nesting)
#  define LAYOUT_HAS_EXCEPTION_TRIPLE 1
#  define LAYOUT_CFRAME CFrame
#  define LAYOUT_USE_TRACING(ts) ((ts)->cframe->use_tracing)
#  define LAYOUT_USE_TRACING_ON 1
#  define LAYOUT_PENDING(ts) ((ts)->curexc_type)
#  define LAYOUT_CURRENT_IS_GLOBAL 1

#elif PY_MINOR_VERSION == 11

#  include "internal/pycore_interp.h"
#  include "internal/pycore_frame.h"
#  define LAYOUT_FRAME _PyInterpreterFrame
#  define LAYOUT_FRAME_OBJECT_COLLECTS 1 /* making one can start a collection at once */
#  define LAYOUT_TOP(ts) ((ts)->cframe->current_frame)
#  define LAYOUT_READY_TOP(ts) NULL
#  define LAYOUT_RECURSION_REMAINING(ts) ((ts)->recursion_remaining)
#  define LAYOUT_RECURSION_LIMIT(ts) ((ts)->recursion_limit)
#  define LAYOUT_HAS_RECURSION_HEADROOM 1
#  define LAYOUT_TRASH_NESTING(ts) ((ts)->trash_delete_nesting)
#  define LAYOUT_CFRAME _PyCFrame
#  define LAYOUT_CFRAME_HAS_FRAME 1
#  define LAYOUT_USE_TRACING(ts) ((ts)->cframe->use_tracing)
#  define LAYOUT_USE_TRACING_ON 255 /* is or'ed into opcodes */
#  define LAYOUT_TRACE_EVENT(ts) ((ts)->tracing_what)
#  define LAYOUT_NO_TRACE_EVENT 0
#  define LAYOUT_HAS_DATA_STACK 1
#  define LAYOUT_PENDING(ts) ((ts)->curexc_type)
#  define LAYOUT_CURRENT_IS_GLOBAL 1

#elif PY_MINOR_VERSION == 12

#  include "internal/pycore_interp.h"
#  include "internal/pycore_frame.h"
#  define LAYOUT_FRAME _PyInterpreterFrame
#  define LAYOUT_TOP(ts) ((ts)->cframe->current_frame)
#  define LAYOUT_READY_TOP(ts) NULL
#  define LAYOUT_ENTRY_OWNER FRAME_OWNED_BY_CSTACK
#  define LAYOUT_CODE(frame) ((PyObject *)(frame)->f_code)
#  define LAYOUT_RECURSION_REMAINING(ts) ((ts)->py_recursion_remaining)
#  define LAYOUT_RECURSION_LIMIT(ts) ((ts)->py_recursion_limit)
#  define LAYOUT_C_RECURSION_LIMIT C_RECURSION_LIMIT
#  define LAYOUT_HAS_RECURSION_HEADROOM 1
#  define LAYOUT_TRASH_NESTING(ts) ((ts)->trash.delete_nesting)
#  define LAYOUT_CFRAME _PyCFrame
#  define LAYOUT_CFRAME_HAS_FRAME 1
#  define LAYOUT_TRACE_EVENT(ts) ((ts)->what_event)
#  define LAYOUT_NO_TRACE_EVENT (-1)
#  define LAYOUT_HAS_DATA_STACK 1
#  define LAYOUT_INSTRUMENTATION(interp) ((interp)->monitoring_version)
#  define LAYOUT_PENDING(ts) ((ts)->current_exception)

#elif PY_MINOR_VERSION == 13

#  include "internal/pycore_interp.h"
#  include "internal/pycore_frame.h"
#  define LAYOUT_FRAME _PyInterpreterFrame
#  define LAYOUT_TOP(ts) ((ts)->current_frame)
#  define LAYOUT_READY_TOP(ts) NULL
#  define LAYOUT_ENTRY_OWNER FRAME_OWNED_BY_CSTACK
#  define LAYOUT_CODE(frame) ((frame)->f_executable)
#  define LAYOUT_RECURSION_REMAINING(ts) ((ts)->py_recursion_remaining)
#  define LAYOUT_RECURSION_LIMIT(ts) ((ts)->py_recursion_limit)
#  define LAYOUT_C_RECURSION_LIMIT Py_C_RECURSION_LIMIT
#  define LAYOUT_HAS_RECURSION_HEADROOM 1
#  define LAYOUT_TRACE_EVENT(ts) ((ts)->what_event)
#  define LAYOUT_NO_TRACE_EVENT (-1)
#  define LAYOUT_HAS_DATA_STACK 1
#  define LAYOUT_INSTRUMENTATION(interp) ((interp)->ceval.instrumentation_version)
#  define LAYOUT_PENDING(ts) ((ts)->current_exception)

#elif PY_MINOR_VERSION == 14

#  if PY_VERSION_HEX < 0x030E0100
#    error "CPython 3.14.0 has no PyUnstable_ThreadState_SetStackProtection: take a later 3.14"
#  endif
#  include "internal/pycore_interp.h"
#  include "internal/pycore_interpframe.h"
#  include "internal/pycore_tstate.h"
#  define LAYOUT_FRAME _PyInterpreterFrame
#  define LAYOUT_TOP(ts) ((ts)->current_frame)
#  define LAYOUT_READY_TOP(ts) NULL
#  define LAYOUT_ENTRY_OWNER FRAME_OWNED_BY_INTERPRETER
#  define LAYOUT_CODE(frame) (PyStackRef_AsPyObjectBorrow((frame)->f_executable))
#  define LAYOUT_RECURSION_REMAINING(ts) ((ts)->py_recursion_remaining)
#  define LAYOUT_RECURSION_LIMIT(ts) ((ts)->py_recursion_limit)
#  define LAYOUT_HAS_RECURSION_HEADROOM 1
#  define LAYOUT_TRACE_EVENT(ts) ((ts)->what_event)
#  define LAYOUT_NO_TRACE_EVENT (-1)
#  define LAYOUT_HAS_DATA_STACK 1
#  define LAYOUT_INSTRUMENTATION(interp) ((interp)->ceval.instrumentation_version)
#  define LAYOUT_PENDING(ts) ((ts)->current_exception)
#  define LAYOUT_EXECUTOR(ts) ((ts)->current_executor)
#  define LAYOUT_HAS_STACK_BOUNDS 1
#  define LAYOUT_HAS_CONTEXT_WATCHERS 1

#elif PY_MINOR_VERSION == 15

#  include "internal/pycore_interp.h"
#  include "internal/pycore_interpframe.h"
#  include "internal/pycore_tstate.h"
#  define LAYOUT_FRAME _PyInterpreterFrame
#  define LAYOUT_TOP(ts) ((ts)->current_frame)
#  define LAYOUT_READY_TOP(ts) ((ts)->base_frame) /* remote unwinders expect every chain to end there */
#  define LAYOUT_ENTRY_OWNER FRAME_OWNED_BY_INTERPRETER
#  define LAYOUT_CODE(frame) (PyStackRef_AsPyObjectBorrow((frame)->f_executable))
#  define LAYOUT_RECURSION_REMAINING(ts) ((ts)->py_recursion_remaining)
#  define LAYOUT_RECURSION_LIMIT(ts) ((ts)->py_recursion_limit)
#  define LAYOUT_HAS_RECURSION_HEADROOM 1
#  define LAYOUT_TRACE_EVENT(ts) ((ts)->what_event)
#  define LAYOUT_NO_TRACE_EVENT (-1)
#  define LAYOUT_HAS_DATA_STACK 1
#  define LAYOUT_INSTRUMENTATION(interp) ((interp)->ceval.instrumentation_version)
#  define LAYOUT_INSTRUMENT(code, interp) _Py_Instrument((PyCodeObject *)(code), interp) /* exported since 3.15 */
#  define LAYOUT_PENDING(ts) ((ts)->current_exception)
#  define LAYOUT_EXECUTOR(ts) ((ts)->current_executor)
#  define LAYOUT_HAS_STACK_BOUNDS 1
#  define LAYOUT_HAS_CONTEXT_WATCHERS 1
#  define LAYOUT_HAS_PROFILED_FRAME 1

#endif

#if defined(LAYOUT_INSTRUMENT)
#  include "internal/pycore_code.h" /* _Py_Instrument */
#endif

#ifdef LAYOUT_CURRENT_IS_GLOBAL
#  include "internal/pycore_pystate.h" /* _PyRuntimeState_GetThreadState */
#endif

/* Not 0 where the process is finalizing, up to 3.11. */
#if PY_VERSION_HEX < 0x03090000
#  define LAYOUT_PROCESS_FINALIZING() _Py_IsFinalizing()
#else
#  define LAYOUT_PROCESS_FINALIZING() ((intptr_t)_PyRuntimeState_GetFinalizing(&_PyRuntime))
#endif

/* What PyThread_get_thread_ident answers where threads are POSIX's (CPython's thread_pthread.h): four calls of it make a switch. On Linux and
 * x86-64 it is the thread pointer, with glibc as with musl. */
#if defined(__linux__) && defined(__x86_64__) && (__GNUC__ >= 11 || __clang_major__ >= 14)
#  define LAYOUT_THREAD_IDENT() ((unsigned long)__builtin_thread_pointer())
#elif defined(_POSIX_THREADS)
#  include <pthread.h>
#  define LAYOUT_THREAD_IDENT() ((unsigned long)pthread_self())
#else
#  define LAYOUT_THREAD_IDENT() PyThread_get_thread_ident()
#endif

/* The thread state attached to the calling thread, or NULL. Up to 3.11 the interpreter knows one current thread state for the process:
 * whether it is the caller's, the id of its thread says, which is that of the thread that made it (AMB-46). */
static inline PyThreadState *
layout_attached(void)
{
#if PY_VERSION_HEX >= 0x030D0000
    return PyThreadState_GetUnchecked();
#elif defined(LAYOUT_CURRENT_IS_GLOBAL)
    PyThreadState *ts = _PyRuntimeState_GetThreadState(&_PyRuntime); /* what _PyThreadState_UncheckedGet answers */
    return ts != NULL && ts->thread_id == LAYOUT_THREAD_IDENT() ? ts : NULL;
#else
    return _PyThreadState_UncheckedGet();
#endif
}

/* Whether an interpreter is finalizing: the process's main one, or one that Py_EndInterpreter is ending. */
static inline int
layout_finalizing(PyInterpreterState *interp)
{
#if PY_VERSION_HEX >= 0x030C0000
    return _PyInterpreterState_GetFinalizing(interp) != NULL;
#else
    return (interp->finalizing | LAYOUT_PROCESS_FINALIZING()) != 0;
#endif
}

/* The Python recursion depth of the running flow, in levels. */
static inline int
layout_depth(PyThreadState *ts)
{
#ifdef LAYOUT_HAS_RECURSION_DEPTH
    return ts->recursion_depth;
#else
    return LAYOUT_RECURSION_LIMIT(ts) - LAYOUT_RECURSION_REMAINING(ts);
#endif
}

/* Sets the depth. What remains is counted against the limit now in force and may be negative [DERIVED-03]. */
static inline void
layout_set_depth(PyThreadState *ts, int depth)
{
#ifdef LAYOUT_HAS_RECURSION_DEPTH
    ts->recursion_depth = depth;
#else
    LAYOUT_RECURSION_REMAINING(ts) = LAYOUT_RECURSION_LIMIT(ts) - depth;
#endif
}

#ifdef LAYOUT_C_RECURSION_LIMIT
/* The C recursion that the running interpreter gives to a new thread state. Another patch release or build than that of the headers can give another, so
 * it is asked for at the first New; until then the headers' (handles.c). */
extern int layout_c_recursion_limit;
#endif

/* C recursion in use, 0 where no counter of it exists. */
static inline int
layout_c_depth(PyThreadState *ts)
{
#ifdef LAYOUT_C_RECURSION_LIMIT
    return layout_c_recursion_limit - ts->c_recursion_remaining;
#else
    (void)ts;
    return 0;
#endif
}

/* Whether both recursion depths are those of a base. */
static inline int
layout_is_at_base(PyThreadState *ts, int depth, int c_depth)
{
#ifndef LAYOUT_C_RECURSION_LIMIT
    c_depth = 0; /* as it always is */
#endif
    return layout_depth(ts) == depth && layout_c_depth(ts) == c_depth;
}

/* Recomputes the flag that makes the interpreter look for trace functions; tracing is what ts->tracing is [DERIVED-01]. */
static inline void
layout_derive_use_tracing(PyThreadState *ts, int tracing)
{
#ifdef LAYOUT_USE_TRACING
    LAYOUT_USE_TRACING(ts) = 0;
    if (__builtin_expect(ts->c_tracefunc != NULL || ts->c_profilefunc != NULL, 0)) {
        LAYOUT_USE_TRACING(ts) = tracing == 0 ? LAYOUT_USE_TRACING_ON : 0;
    }
#else
    (void)ts;
    (void)tracing;
#endif
}

#endif
