/* The operations of pystate.h: their checks, in the order of SPEC.md, section 7. What they do once nothing can fail is in flow.c. */
#include "saved.h"
#include "flow.h"

#ifdef PYSTATE_FAULTS /* for the trial of the suite, never for use */
#  define FAULTS_HERE
#  include "tests/faults.h"
#endif

#ifdef Py_GIL_DISABLED
#  define SUPPORTED 0
#else
#  define SUPPORTED 1
#endif

/* The checks that every operation but Drop begins with. On success *ts is the caller's thread state. An operation that `releases` can run code; the
 * others leave what a state owns whose thread or interpreter is gone to the next that does. */
static inline __attribute__((always_inline)) PyState_Status
check_caller(PyThreadState **ts, bool releases)
{
    if (!SUPPORTED) {
        return PYSTATE_UNSUPPORTED;
    }
    *ts = layout_attached();
    if (SAVED_RARELY(*ts == NULL)) {
        return PYSTATE_DETACHED;
    }
    if (SAVED_RARELY(layout_finalizing((*ts)->interp))) {
        saved_settle_interpreter(*ts, releases);
        return PYSTATE_FINALIZING;
    }
    return PYSTATE_OK;
}

/* The checks of the caller and of the handle. On success *life can yet be LIFE_FREE. */
static inline __attribute__((always_inline)) PyState_Status
check_handle(PyState_Handle handle, PyThreadState **ts, Saved **saved, uint32_t *life, bool releases)
{
    PyState_Status status = check_caller(ts, releases);
    if (status != PYSTATE_OK) {
        return status;
    }
    *saved = saved_look_up(handle, life);
    return SAVED_RARELY(*saved == NULL) ? PYSTATE_INVALID_HANDLE : PYSTATE_OK;
}

/* What is wrong with a state that is not Live, or is another thread's; for the latter, after settling it, nothing may be. */
static SAVED_APART PyState_Status
check_life(PyState_Handle handle, Saved *saved, PyThreadState *ts, bool releases)
{
    saved_settle(saved, ts, releases);
    if (atomic_load_explicit(&saved->handle, memory_order_relaxed) != handle) {
        return PYSTATE_INVALID_HANDLE; /* the release has run code that has dropped it, and the slot is another's */
    }
    switch (atomic_load_explicit(&saved->life, memory_order_acquire)) {
    case LIFE_FREE:
        return PYSTATE_INVALID_HANDLE;
    case LIFE_EMPTY:
        return PYSTATE_NOT_SAVED;
    case LIFE_CONSUMED:
        return PYSTATE_CONSUMED;
    case LIFE_DISCARDED:
        return PYSTATE_DISCARDED;
    case LIFE_ABANDONED:
        return PYSTATE_ABANDONED;
    }
    return saved->owner->interp == ts->interp ? PYSTATE_OK : PYSTATE_WRONG_INTERPRETER;
}

/* The checks of an operation on a Live state: the caller, the handle, the life, the interpreter. */
static inline __attribute__((always_inline)) PyState_Status
check_live(PyState_Handle handle, PyThreadState **ts, Saved **saved, bool releases)
{
    uint32_t life;
    PyState_Status status = check_handle(handle, ts, saved, &life, releases);
    if (status != PYSTATE_OK) {
        return status;
    }
    return SAVED_RARELY(life != LIFE_LIVE || !thread_is((*saved)->owner, *ts)) ? check_life(handle, *saved, *ts, releases) : PYSTATE_OK;
}

static inline bool
is_handling(PyThreadState *ts)
{
    /* Leaving a handler leaves None behind, up to 3.10 in place of the type. */
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
    PyObject *handled = ts->exc_state.exc_type;
#else
    PyObject *handled = ts->exc_state.exc_value;
#endif
    return (ts->exc_info != &ts->exc_state) | ((handled != NULL) & (handled != Py_None)); /* one branch */
}

PyState_Status
PyState_New(PyState_Handle *handle)
{
    PyThreadState *ts;
    PyState_Status status = check_caller(&ts, false);
    if (status != PYSTATE_OK) {
        return status;
    }
    ThreadRecord *record = thread_watch(ts);
    Saved *saved = record == NULL ? NULL : saved_new(record);
    if (saved == NULL) {
        return PYSTATE_NO_MEMORY;
    }
    *handle = atomic_load_explicit(&saved->handle, memory_order_relaxed);
    return PYSTATE_OK;
}

PyState_Status
PyState_Save(PyState_Handle handle, const PyState_Stack *next)
{
    PyThreadState *ts;
    Saved *saved;
    uint32_t life;
    PyState_Status status = check_handle(handle, &ts, &saved, &life, false);
    if (status != PYSTATE_OK) {
        return status;
    }
    if (SAVED_RARELY(life != LIFE_EMPTY)) {
        return life == LIFE_FREE ? PYSTATE_INVALID_HANDLE : PYSTATE_NOT_EMPTY;
    }
    if (SAVED_RARELY(LAYOUT_PENDING(ts) != NULL)) {
        return PYSTATE_PENDING;
    }
    if (SAVED_RARELY(next != NULL) && (next->low == NULL || next->size < PYSTATE_SMALLEST_STACK || (uintptr_t)next->low + next->size < next->size)) {
        return PYSTATE_BAD_STACK;
    }
    if (SAVED_RARELY(!thread_is(saved->owner, ts))) {
        saved->owner = thread_record(ts);
    }
    flow_take(ts, saved, next);
    return PYSTATE_OK;
}

PyState_Status
PyState_Restore(PyState_Handle handle)
{
    PyThreadState *ts;
    Saved *saved;
    PyState_Status status = check_live(handle, &ts, &saved, true);
    if (status != PYSTATE_OK) {
        return status;
    }
    ThreadRecord *record = saved->owner;
    if (SAVED_RARELY(!thread_is(record, ts) && !thread_is_at_all(record, ts))) {
        return PYSTATE_WRONG_THREAD;
    }
    if (SAVED_RARELY(LAYOUT_PENDING(ts) != NULL)) {
        return PYSTATE_PENDING;
    }
    if (SAVED_RARELY(LAYOUT_TOP(ts) != LAYOUT_READY_TOP(ts))) {
        return PYSTATE_HAS_FRAMES;
    }
    if (SAVED_RARELY(is_handling(ts))) {
        return PYSTATE_HANDLING;
    }
    if (SAVED_RARELY(!layout_is_at_base(ts, record->base.depth, record->base.c_depth))) {
        return PYSTATE_IN_RECURSION;
    }
    if (SAVED_RARELY(ts->tracing != 0)) {
        return PYSTATE_TRACING;
    }
    if (SAVED_RARELY(!flow_can_be_given(ts, saved))) {
        return PYSTATE_NO_MEMORY;
    }
    flow_give(ts, saved);
    return PYSTATE_OK;
}

PyState_Status
PyState_Discard(PyState_Handle handle)
{
    PyThreadState *ts;
    Saved *saved;
    PyState_Status status = check_live(handle, &ts, &saved, true);
    if (status != PYSTATE_OK) {
        return status;
    }
    if (saved->has_frames) {
        return PYSTATE_HAS_FRAMES;
    }
    flow_release(saved);
    return PYSTATE_OK;
}

/* Drops a state that is Live, or owns something nevertheless, unless it is gone already. */
static SAVED_APART PyState_Status
drop_unless_free(PyState_Handle handle, Saved *saved, PyThreadState *ts)
{
    if (atomic_load_explicit(&saved->life, memory_order_acquire) == LIFE_FREE) {
        return PYSTATE_INVALID_HANDLE;
    }
    saved_settle(saved, ts, true);
    if (saved_find(handle) == NULL) {
        return PYSTATE_OK; /* the release has run code that has dropped it */
    }
    if (atomic_load_explicit(&saved->life, memory_order_acquire) == LIFE_LIVE) {
        if (saved->has_frames || saved->owner->interp != ts->interp) {
            saved_abandon(saved);
        } else {
            flow_release(saved);
            if (saved_find(handle) == NULL) {
                return PYSTATE_OK;
            }
        }
    }
    saved_free(saved, ts);
    return PYSTATE_OK;
}

PyState_Status
PyState_Drop(PyState_Handle handle)
{
    if (!SUPPORTED) {
        return PYSTATE_UNSUPPORTED;
    }
    PyThreadState *ts = layout_attached();
    if (SAVED_RARELY(ts == NULL)) {
        return PYSTATE_DETACHED;
    }
    if (SAVED_RARELY(layout_finalizing(ts->interp))) {
        saved_settle_interpreter(ts, true);
    }
    uint32_t life;
    Saved *saved = saved_look_up(handle, &life);
    if (SAVED_RARELY(saved == NULL)) {
        return PYSTATE_INVALID_HANDLE;
    }
    if (SAVED_RARELY((life <= LIFE_LIVE) | (saved->owed_to != NULL))) {
        return drop_unless_free(handle, saved, ts);
    }
    saved_free(saved, ts);
    return PYSTATE_OK;
}

PyState_Status
PyState_TopFrame(PyState_Handle handle, PyFrameObject **frame)
{
    PyThreadState *ts;
    Saved *saved;
    PyState_Status status = check_live(handle, &ts, &saved, false);
    if (status != PYSTATE_OK) {
        return status;
    }
    PyFrameObject *top = saved->top == NULL ? NULL : flow_top_frame(ts, saved);
    if (top == NULL && saved->top != NULL) {
        return PYSTATE_NO_MEMORY;
    }
    *frame = top;
    return PYSTATE_OK;
}

PyState_Status
PyState_GetContext(PyState_Handle handle, PyObject **context)
{
    PyThreadState *ts;
    Saved *saved;
    PyState_Status status = check_live(handle, &ts, &saved, false);
    if (status != PYSTATE_OK) {
        return status;
    }
    if (saved->context != NULL && !((PyContext *)saved->context)->ctx_entered) {
        saved->shared = saved->context;
    }
    Py_XINCREF(saved->context);
    *context = saved->context;
    return PYSTATE_OK;
}

PyState_Status
PyState_SetContext(PyState_Handle handle, PyObject *context)
{
    PyThreadState *ts;
    Saved *saved;
    PyState_Status status = check_live(handle, &ts, &saved, true);
    if (status != PYSTATE_OK) {
        return status;
    }
    if (context != NULL && !PyContext_CheckExact(context)) {
        return PYSTATE_NOT_A_CONTEXT;
    }
    PyObject *old = saved->context;
    if ((old != NULL && ((PyContext *)old)->ctx_entered) || (context != NULL && ((PyContext *)context)->ctx_entered)) {
        return PYSTATE_ENTERED;
    }
    Py_XINCREF(context);
    saved->context = saved->shared = context;
    Py_XDECREF(old);
    return PYSTATE_OK;
}

PyState_Status
PyState_Traverse(PyState_Handle handle, visitproc visit, void *arg, int *result)
{
    PyThreadState *ts;
    Saved *saved;
    PyState_Status status = check_live(handle, &ts, &saved, false); /* the collector counts references: none may go */
    if (status != PYSTATE_OK) {
        return status;
    }
    PyObject *owned[] = {
        saved->context,
        saved->exception.exc_value,
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
        saved->exception.exc_type,
        saved->exception.exc_traceback,
#endif
#ifdef LAYOUT_EXECUTOR
        saved->executor,
#endif
    };
    int answer = 0;
    for (size_t i = 0; i < sizeof owned / sizeof *owned && answer == 0; i++) {
        answer = owned[i] == NULL ? 0 : visit(owned[i], arg);
    }
    if (result != NULL) {
        *result = answer;
    }
    return PYSTATE_OK;
}

PyState_Status
PyState_Clear(PyState_Handle handle)
{
    PyThreadState *ts;
    Saved *saved;
    PyState_Status status = check_live(handle, &ts, &saved, true);
    if (status != PYSTATE_OK || saved->has_frames) {
        return status;
    }
    PyObject *context = saved->context;
    saved->context = saved->shared = NULL;
    PyObject *value = saved->exception.exc_value;
    saved->exception.exc_value = NULL;
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
    PyObject *type = saved->exception.exc_type, *traceback = saved->exception.exc_traceback;
    saved->exception.exc_type = saved->exception.exc_traceback = NULL;
    Py_XDECREF(type);
    Py_XDECREF(traceback);
#endif
    Py_XDECREF(value);
    Py_XDECREF(context);
    return PYSTATE_OK;
}

uint64_t
PyState_AbandonedCount(void)
{
    PyThreadState *ts = SUPPORTED ? layout_attached() : NULL;
    if (ts != NULL) {
        saved_settle_all(ts);
        if (layout_finalizing(ts->interp)) {
            saved_settle_interpreter(ts, false);
        }
    }
    return saved_abandoned_count();
}

const char *
PyState_StatusName(PyState_Status status)
{
    static const char *const names[] = {
        "ok", "detached", "finalizing", "invalid-handle", "not-empty", "not-saved", "consumed", "discarded", "abandoned",
        "wrong-interpreter", "wrong-thread", "pending", "bad-stack", "no-memory", "has-frames", "handling", "in-recursion", "tracing",
        "not-a-context", "entered", "unsupported",
    };
    return (unsigned)status < sizeof names / sizeof *names ? names[status] : "unknown";
}
