/* PyState: saving and restoring the Python half of a thread.
 *
 * The interface that SPEC.md defines, as a proposal to CPython: what code that moves the C stack under a thread calls so that the Python
 * state of the flow it suspends goes along. Clause ids in brackets are those of SPEC.md, section 14; obligations (OBL) those of section 13.
 *
 * Every function returns a status, sets no exception and leaves a pending one pending [ATOM-01]. The checks of a function are made in the
 * order in which its errors are listed, before its first write; after any status but PYSTATE_OK nothing has changed. After the last check
 * nothing can fail. A thread state is attached where the calling thread may use the interpreter with it; up to 3.11 one that another thread has
 * made counts as not attached (AMB-46). Threads of interpreters with a GIL each take turns on one state (OBL-17).
 *
 * One switch, from flow A to a new flow B and back:
 *
 *     status = PyState_New(&a);                     all that can fail for want of memory
 *     status = PyState_Save(a, &stack_of_b);        the thread state is ready for B
 *     swap_c_stack(...);                            platform code; B runs, and ends or is saved
 *     status = PyState_Restore(a);                  A's C stack is back, and now its Python state is
 *     PyState_Drop(a);
 */
#ifndef PYSTATE_H
#define PYSTATE_H

#include <Python.h>
#if PY_VERSION_HEX < 0x03090000
#  include <frameobject.h> /* PyFrameObject */
#endif
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Inside CPython this would be PyAPI_FUNC. */
#ifndef PYSTATE_API
#  define PYSTATE_API(type) extern type
#endif

/* What a function answers: SPEC.md, section 10. The numbers are part of the ABI. */
typedef enum {
    PYSTATE_OK = 0,
    PYSTATE_DETACHED = 1,           /* no thread state is attached to the calling thread */
    PYSTATE_FINALIZING = 2,         /* the interpreter is finalizing */
    PYSTATE_INVALID_HANDLE = 3,     /* the handle is null, or its saved state is gone */
    PYSTATE_NOT_EMPTY = 4,          /* the saved state is not Empty */
    PYSTATE_NOT_SAVED = 5,          /* the saved state is Empty */
    PYSTATE_CONSUMED = 6,           /* the saved state has been restored */
    PYSTATE_DISCARDED = 7,          /* the saved state has been released */
    PYSTATE_ABANDONED = 8,          /* the saved state was abandoned with frames */
    PYSTATE_WRONG_INTERPRETER = 9,  /* the saved state belongs to another interpreter */
    PYSTATE_WRONG_THREAD = 10,      /* the saved state belongs to another thread */
    PYSTATE_PENDING = 11,           /* an exception is pending */
    PYSTATE_BAD_STACK = 12,         /* the bounds cannot be those of a C stack */
    PYSTATE_NO_MEMORY = 13,         /* memory could not be had */
    PYSTATE_HAS_FRAMES = 14,        /* there are Python frames: in the thread state (Restore), in the saved state (Discard) */
    PYSTATE_HANDLING = 15,          /* an exception is being handled */
    PYSTATE_IN_RECURSION = 16,      /* the Python or C recursion depth is not at the flow's base */
    PYSTATE_TRACING = 17,           /* a trace callback is running */
    PYSTATE_NOT_A_CONTEXT = 18,     /* the object is no Context object */
    PYSTATE_ENTERED = 19,           /* a Context object is entered by Context.run */
    PYSTATE_UNSUPPORTED = 20        /* a free-threaded build: its collector cannot see suspended frames (SPEC.md, 1.1) */
} PyState_Status;

/* The name of a saved state: a slot and a generation, never an address, so that a handle used after its state is gone is an error and
 * no use after free [HANDLE-01]. 0 is the null handle. */
typedef uint64_t PyState_Handle;

/* The memory of a NEW C stack, on which the next flow runs. */
typedef struct {
    void *low;   /* its lowest address */
    size_t size; /* in bytes, at least PYSTATE_SMALLEST_STACK */
} PyState_Stack;

/* The smallest C stack that Save accepts, in bytes: the margins that CPython 3.14 needs to turn an overflow into a RecursionError, its
 * _PyOS_MIN_STACK_SIZE, which are wider in builds whose frames are. */
#if defined(_Py_THREAD_SANITIZER)
#  define PYSTATE_SMALLEST_STACK ((size_t)(6 * 4096 * sizeof(void *)))
#elif defined(Py_DEBUG) || defined(_Py_ADDRESS_SANITIZER)
#  define PYSTATE_SMALLEST_STACK ((size_t)(3 * 4096 * sizeof(void *)))
#else
#  define PYSTATE_SMALLEST_STACK ((size_t)(3 * 2048 * sizeof(void *)))
#endif

/* Allocates a saved state; the only function that needs memory of its own.
 *
 * Precondition: an attached thread state.
 * Effect: the state is Empty, and *handle names it alone, now and for good. *handle is written on success only. The caller owns it and
 * gives it up with PyState_Drop.
 * Errors: DETACHED, FINALIZING, NO_MEMORY [HANDLE-04]; UNSUPPORTED on a free-threaded build. */
PYSTATE_API(PyState_Status) PyState_New(PyState_Handle *handle);

/* Suspends the running flow: moves what belongs to it from the thread state into the saved state, and leaves the thread state ready, as one
 * that was just created [READY-01 to READY-10].
 *
 * next is what the thread runs next: NULL for the SAME C stack, whose guards stay in force, or the bounds of a NEW one [STACK-01 to STACK-05].
 * The caller must go on there (OBL-07, OBL-08).
 *
 * Preconditions: an attached thread state; the state is Empty; no exception is pending.
 * Effect: the state is Live and belongs to the calling thread. References move with their owners; the executor of 3.14 and later, which a
 * thread state borrows, is owned from here on [SAVE-06]. Nothing is allocated, no Python code runs [SAVE-05]. The context watchers of 3.14
 * are told at the end.
 * Errors: DETACHED [SAVE-01], FINALIZING [SAVE-02], INVALID_HANDLE [HANDLE-01], NOT_EMPTY [SAVE-04], PENDING [SAVE-03], BAD_STACK [STACK-03]. */
PYSTATE_API(PyState_Status) PyState_Save(PyState_Handle handle, const PyState_Stack *next);

/* Resumes a flow: moves a saved state back. The flow that runs has ended, or has been saved.
 *
 * Preconditions: the thread and the interpreter of the Save, on the C stack of the state (OBL-11), which is as it was then (OBL-10); the
 * state is Live; no exception is pending; the thread state is quiescent: no frames, no handled exception, both recursion depths at
 * their base, no trace callback running.
 * Effect: every context-local and stack-bound component is as it was at Save [RESTORE-01 to RESTORE-10]; what depends on the thread is
 * recomputed: remaining depth, use_tracing, the context cache's version, the instrumentation of the frames' code [DERIVED-01 to
 * DERIVED-04]. The state is Consumed and owns nothing [RESTORE-25]. What the flow that ended has left, an empty chunk of data stack and a
 * Context object, is released, the Context object's reference last, because dropping it can run code [RESTORE-24].
 * Errors: DETACHED [RESTORE-11], FINALIZING [RESTORE-12], INVALID_HANDLE [HANDLE-01], NOT_SAVED [RESTORE-13], CONSUMED [RESTORE-14],
 * DISCARDED [RESTORE-15], ABANDONED [RESTORE-16], WRONG_INTERPRETER [RESTORE-17], WRONG_THREAD [RESTORE-18], PENDING [RESTORE-19],
 * HAS_FRAMES [RESTORE-20], HANDLING [RESTORE-21], IN_RECURSION [RESTORE-22], TRACING [RESTORE-23]; from 3.12 on NO_MEMORY, where the frames' code
 * has to be instrumented anew and cannot be (AMB-45): the state is Live, as before. */
PYSTATE_API(PyState_Status) PyState_Restore(PyState_Handle handle);

/* Releases a Live state that has no frames. One with frames has to be restored and unwound (OBL-05): only that releases what its C stack holds.
 *
 * Precondition: an attached thread state of the state's interpreter, any thread of it.
 * Effect: the state is Discarded [DISCARD-01]. Dropping what it owned can run code. A pending exception stays pending.
 * Errors: DETACHED, FINALIZING, INVALID_HANDLE, NOT_SAVED, CONSUMED, DISCARDED, ABANDONED [DISCARD-03], WRONG_INTERPRETER [DISCARD-04],
 * HAS_FRAMES [DISCARD-02]. */
PYSTATE_API(PyState_Status) PyState_Discard(PyState_Handle handle);

/* The handle dies. It is stale from then on, and may be dropped while the interpreter finalizes.
 *
 * Effect [HANDLE-03]: a state that is Live with frames, or Live in another interpreter, is abandoned: no code runs, what it holds leaks on
 * purpose, PyState_AbandonedCount grows. One that is Live without frames is released as by PyState_Discard. Any other is freed.
 * Errors: DETACHED, INVALID_HANDLE. */
PYSTATE_API(PyState_Status) PyState_Drop(PyState_Handle handle);

/* The innermost frame of a Live state [INTRO-01].
 *
 * *frame is a new reference, or NULL where the state has no frames; f_back leads to the outermost frame of the flow and ends there
 * [FRAME-01]. Written on success only.
 * Errors of all introspection [INTRO-07]: DETACHED, FINALIZING, INVALID_HANDLE, NOT_SAVED, CONSUMED, DISCARDED, ABANDONED,
 * WRONG_INTERPRETER. A frame object that cannot be allocated: NO_MEMORY. */
PYSTATE_API(PyState_Status) PyState_TopFrame(PyState_Handle handle, PyFrameObject **frame);

/* The Context object of a Live state [INTRO-02]: a new reference, or NULL where it has none; none is created. Errors: those of introspection. */
PYSTATE_API(PyState_Status) PyState_GetContext(PyState_Handle handle, PyObject **context);

/* Puts a Context object, or NULL for none, in the place of a Live state's own [INTRO-03]. context is borrowed; the state takes a reference,
 * and drops the one to what was there, which can run code.
 * Errors: those of introspection, then NOT_A_CONTEXT [INTRO-03], ENTERED [INTRO-04]. */
PYSTATE_API(PyState_Status) PyState_SetContext(PyState_Handle handle, PyObject *context);

/* For the collector: visits each reference that a Live state owns once, the Context object, the handled exception of the thread state's
 * own entry, the executor; no frame, because frames are owned by what runs them [INTRO-05]. Where visit answers something other than 0, the
 * visits end and *result has it; else *result is 0. result may be NULL. Releases nothing and runs no code of its own.
 * Errors: those of introspection. The object that owns the handle calls this from its tp_traverse (OBL-15). */
PYSTATE_API(PyState_Status) PyState_Traverse(PyState_Handle handle, visitproc visit, void *argument, int *result);

/* For the collector: with frames, does nothing. Without, drops the Context object and the handled exception of the base entry, which can
 * run code; the state stays Live [INTRO-06]. Errors: those of introspection. */
PYSTATE_API(PyState_Status) PyState_Clear(PyState_Handle handle);

/* How many states were abandoned in this process so far; never decreases and always answers [HANDLE-03]. */
PYSTATE_API(uint64_t) PyState_AbandonedCount(void);

/* The status in the words of SPEC.md, section 10, for example "wrong-thread". Never NULL. */
PYSTATE_API(const char *) PyState_StatusName(PyState_Status status);

/* Thread exit and finalization. Inside CPython, clearing a thread state and the beginning of finalization would settle the states concerned
 * [AMBIENT-07, AMBIENT-08, AMBIENT-09]. This implementation stands outside: it notices at once that a thread which has called PyState_New
 * is cleared, and everything else when a function next looks at a state concerned, PyState_AbandonedCount included. What such a state without frames
 * owned is released by the next function that may run code, PyState_Drop at the latest (AMB-40). */

#ifdef __cplusplus
}
#endif
#endif
