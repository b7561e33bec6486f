/* Faults of whole calls: their checks, their errors, the lifecycles, what is owned. The functions of pystate.h stand here; each is the honest one, less the
 * fault that was chosen (faults.h). */
#include "faults.h"

#ifdef PYSTATE_FAULTS

#include <stdio.h>
#include <stdlib.h>

/* The words of faults.h, in the order of SPEC.md's tables. */
typedef enum {NEW, SAVE, RESTORE, DISCARD, DROP, TOP, GET_CONTEXT, SET_CONTEXT, TRAVERSE, CLEAR} Call;
static const char *const calls[] = {"new", "save", "restore", "discard", "drop", "top", "get-context", "set-context", "traverse", "clear", NULL};

typedef enum {
    NO_STATE, EMPTY, LIVE_WITH_FRAMES, LIVE_WITHOUT_FRAMES, LIVE_ENTERED_WITH_FRAMES, LIVE_ENTERED_WITHOUT_FRAMES, CONSUMED, DISCARDED, ABANDONED, DROPPED
} State;
static const char *const states[] = {
    "null", "empty", "live-with-frames", "live-without-frames", "live-entered-with-frames", "live-entered-without-frames", "consumed", "discarded",
    "abandoned", "dropped", NULL,
};

typedef enum {READY, RUNNING, IN_CALLBACK, PENDING = 3, DETACHED = 6} Phase; /* the last two are added to the first three */
static const char *const phases[] = {
    "ready", "running", "in-callback", "pending-ready", "pending-running", "pending-in-callback", "detached-ready", "detached-running",
    "detached-in-callback", "detached-pending-ready", "detached-pending-running", "detached-pending-in-callback", NULL,
};

/* Whether the part of a target before the next slash is some word; moves on behind it. */
static bool
is_next(const char **target, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*target, word, length) != 0 || ((*target)[length] != '/' && (*target)[length] != '\0')) {
        return false;
    }
    *target += length + ((*target)[length] == '/');
    return true;
}

/* Which word of a list is the next part; what names nothing is a mistake of the caller's. */
static int
next_of(const char **target, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (is_next(target, words[i])) {
            return i;
        }
    }
    fprintf(stderr, "PYSTATE_FAULT: nothing is called %s\n", *target);
    abort();
}

static PyState_Status
next_status(const char **target)
{
    for (int i = PYSTATE_OK; i <= PYSTATE_UNSUPPORTED; i++) {
        if (is_next(target, PyState_StatusName((PyState_Status)i))) {
            return (PyState_Status)i;
        }
    }
    fprintf(stderr, "PYSTATE_FAULT: no status is called %s\n", *target);
    abort();
}

/* ---- What a call is about ---------------------------------------------------------------------------------------------------------------- */

/* A call on its way. */
typedef struct {
    Call call;
    PyState_Handle handle;
    const PyState_Stack *next;
    PyState_Handle *made;
    PyFrameObject **frame;
    PyObject **read, *set;
    visitproc visit;
    void *arg;
    int *result;
} Asked;

static PyState_Status
honest(const Asked *a)
{
    switch (a->call) {
    case NEW:
        return honest_New(a->made);
    case SAVE:
        return honest_Save(a->handle, a->next);
    case RESTORE:
        return honest_Restore(a->handle);
    case DISCARD:
        return honest_Discard(a->handle);
    case DROP:
        return honest_Drop(a->handle);
    case TOP:
        return honest_TopFrame(a->handle, a->frame);
    case GET_CONTEXT:
        return honest_GetContext(a->handle, a->read);
    case SET_CONTEXT:
        return honest_SetContext(a->handle, a->set);
    case TRAVERSE:
        return honest_Traverse(a->handle, a->visit, a->arg, a->result);
    default:
        return honest_Clear(a->handle);
    }
}

/* The caller's thread state, attached or not. */
static PyThreadState *
callers(void)
{
    PyThreadState *ts = layout_attached();
    return ts != NULL ? ts : PyGILState_GetThisThreadState();
}

static bool
is_entered(PyObject *context)
{
    return context != NULL && ((PyContext *)context)->ctx_entered;
}

static State
state_of(const Saved *saved)
{
    switch (saved == NULL ? LIFE_FREE : atomic_load(&saved->life)) {
    case LIFE_FREE:
        return NO_STATE;
    case LIFE_EMPTY:
        return EMPTY;
    case LIFE_CONSUMED:
        return CONSUMED;
    case LIFE_DISCARDED:
        return DISCARDED;
    case LIFE_ABANDONED:
        return ABANDONED;
    default:
        return is_entered(saved->context) ? saved->has_frames ? LIVE_ENTERED_WITH_FRAMES : LIVE_ENTERED_WITHOUT_FRAMES
            : saved->has_frames ? LIVE_WITH_FRAMES : LIVE_WITHOUT_FRAMES;
    }
}

static void
put_state(Saved *saved, State state)
{
    static const uint32_t lives[] = {
        LIFE_FREE, LIFE_EMPTY, LIFE_LIVE, LIFE_LIVE, LIFE_LIVE, LIFE_LIVE, LIFE_CONSUMED, LIFE_DISCARDED, LIFE_ABANDONED, LIFE_FREE,
    };
    if (state >= LIVE_WITH_FRAMES && state <= LIVE_ENTERED_WITHOUT_FRAMES) {
        saved->has_frames = state == LIVE_WITH_FRAMES || state == LIVE_ENTERED_WITH_FRAMES;
    }
    atomic_store(&saved->life, lives[state]);
}

static bool
is_handling(PyThreadState *ts)
{
    return ts->exc_info != &ts->exc_state || (ts->exc_state.exc_value != NULL && ts->exc_state.exc_value != Py_None);
}

static Phase
phase_of(PyThreadState *ts)
{
    Phase phase = ts->tracing != 0 ? IN_CALLBACK : LAYOUT_TOP(ts) != LAYOUT_READY_TOP(ts) || is_handling(ts) ? RUNNING : READY;
    return phase + (LAYOUT_PENDING(ts) != NULL ? PENDING : 0) + (layout_attached() == NULL ? DETACHED : 0);
}

/* ---- Errors ------------------------------------------------------------------------------------------------------------------------------- */

/* An error's condition is put out of sight, so that the call does what it does where the check is missing. Where nothing can be put out of sight, the call
 * ends well and does nothing. What the call leaves of the condition is as it was. */
static PyState_Status
unchecked(Asked *a, PyState_Status error)
{
    PyThreadState *ts = layout_attached();
    Saved *saved = saved_find(a->handle);
    if (ts == NULL || a->call == NEW) {
        return PYSTATE_OK;
    }
    PyState_Status status = PYSTATE_OK;
    switch (error) {
    case PYSTATE_PENDING: {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        status = honest(a);
        PyErr_Restore(type, value, traceback);
        return status;
    }
    case PYSTATE_TRACING: {
        int tracing = ts->tracing;
        ts->tracing = 0;
        status = honest(a);
        ts->tracing = status == PYSTATE_OK ? ts->tracing : tracing;
        return status;
    }
    case PYSTATE_WRONG_THREAD:
        saved->owner = thread_record(ts);
        return honest(a);
    case PYSTATE_HAS_FRAMES:
        if (a->call == RESTORE) {
            LAYOUT_FRAME *top = LAYOUT_TOP(ts);
            LAYOUT_TOP(ts) = LAYOUT_READY_TOP(ts);
            status = honest(a);
            if (status != PYSTATE_OK) {
                LAYOUT_TOP(ts) = top;
            }
            return status;
        }
        saved->has_frames = false;
        return honest(a);
    case PYSTATE_HANDLING: {
        _PyErr_StackItem *info = ts->exc_info, handled = ts->exc_state;
        ts->exc_info = &ts->exc_state;
        memset(&ts->exc_state, 0, sizeof ts->exc_state);
        status = honest(a);
        if (status != PYSTATE_OK) {
            ts->exc_state = handled;
            ts->exc_info = info;
        }
        return status;
    }
    case PYSTATE_IN_RECURSION: {
        int depth = layout_depth(ts);
        layout_set_depth(ts, saved->owner->base.depth);
#ifdef LAYOUT_C_RECURSION_LIMIT
        int remaining = ts->c_recursion_remaining;
        ts->c_recursion_remaining = LAYOUT_C_RECURSION_LIMIT - saved->owner->base.c_depth;
#endif
        status = honest(a);
        if (status != PYSTATE_OK) {
            layout_set_depth(ts, depth);
#ifdef LAYOUT_C_RECURSION_LIMIT
            ts->c_recursion_remaining = remaining;
#endif
        }
        return status;
    }
    case PYSTATE_NOT_SAVED:
    case PYSTATE_CONSUMED:
    case PYSTATE_DISCARDED:
    case PYSTATE_ABANDONED: { /* taken for live, and for this thread's */
        saved->owner = thread_record(ts);
        uint32_t life = atomic_exchange(&saved->life, LIFE_LIVE);
        status = honest(a);
        if (status != PYSTATE_OK || (a->call != RESTORE && a->call != DISCARD && a->call != DROP)) {
            atomic_store(&saved->life, life);
        }
        return status;
    }
    case PYSTATE_NOT_EMPTY: {
        uint32_t life = atomic_exchange(&saved->life, LIFE_EMPTY);
        status = honest(a);
        if (status != PYSTATE_OK) {
            atomic_store(&saved->life, life);
        }
        return status;
    }
    case PYSTATE_INVALID_HANDLE: { /* whatever is in the slot now */
        uint32_t number = (uint32_t)a->handle;
        Saved *chunk = number / SLOTS_IN_CHUNK < CHUNKS ? atomic_load(&saved_chunks[number / SLOTS_IN_CHUNK]) : NULL;
        if (chunk == NULL) {
            return PYSTATE_OK;
        }
        a->handle = atomic_load(&chunk[number % SLOTS_IN_CHUNK].handle);
        status = honest(a);
        return status == PYSTATE_INVALID_HANDLE ? PYSTATE_OK : status;
    }
    case PYSTATE_BAD_STACK: {
        PyState_Stack taken = {(char *)ts, PYSTATE_SMALLEST_STACK};
        a->next = &taken;
        return honest(a);
    }
    case PYSTATE_NOT_A_CONTEXT: {
        PyObject *old = saved->context;
        Py_INCREF(a->set);
        saved->context = saved->shared = a->set;
        Py_XDECREF(old);
        return PYSTATE_OK;
    }
    case PYSTATE_ENTERED: {
        PyContext *both[] = {(PyContext *)saved->context, (PyContext *)a->set};
        int entered[2];
        for (int i = 0; i < 2; i++) {
            Py_XINCREF((PyObject *)both[i]);
            entered[i] = is_entered((PyObject *)both[i]);
            if (entered[i]) {
                both[i]->ctx_entered = 0;
            }
        }
        status = honest(a);
        for (int i = 0; i < 2; i++) {
            if (entered[i]) {
                both[i]->ctx_entered = 1;
            }
            Py_XDECREF((PyObject *)both[i]);
        }
        return status;
    }
    default:
        return PYSTATE_OK;
    }
}

static PyState_Status
with_wrong_error(Asked *a, const char *kind, const char *target)
{
    if (next_of(&target, calls) != (int)a->call) {
        return honest(a);
    }
    PyState_Status error = next_status(&target), other = next_status(&target);
    PyState_Status status = honest(a);
    Saved *saved = saved_find(a->handle);
    if (status != error) {
        return status;
    }
    if (strcmp(kind, "not-checked") == 0) {
        return unchecked(a, error);
    }
    if (strcmp(kind, "wrong-code") == 0) {
        return other;
    }
    if (strcmp(kind, "checked-too-late") == 0) {
        PyThreadState *ts = callers();
        if (ts != NULL) {
            ts->tracing++;
        }
    } else if (a->call != NEW && saved != NULL) {
        put_state(saved, state_of(saved) == DISCARDED ? CONSUMED : DISCARDED);
    }
    return status;
}

/* ---- Lifecycles --------------------------------------------------------------------------------------------------------------------------- */

static const char *
happening(const Asked *a)
{
    if (a->call == SAVE) {
        PyThreadState *ts = callers();
        bool frames = ts != NULL && LAYOUT_TOP(ts) != LAYOUT_READY_TOP(ts);
        return ts != NULL && is_entered(ts->context) ? frames ? "save-entered-with-frames" : "save-entered-without-frames"
            : frames ? "save-with-frames" : "save-without-frames";
    }
    return a->call == TOP || a->call == GET_CONTEXT || a->call == TRAVERSE ? "inspect" : calls[a->call];
}

static bool
is_live(State state)
{
    return state >= LIVE_WITH_FRAMES && state <= LIVE_ENTERED_WITHOUT_FRAMES;
}

/* A state whose thread has gone since the last call leads somewhere else than it must. */
static void
strand_wrongly(Saved *saved, const char *target)
{
    State from = (State)next_of(&target, states), now = state_of(saved);
    bool is_settled = now != from && (now == ABANDONED || now == DISCARDED);
    bool is_left = now == from && !is_live(from) && saved->owner->id != saved->fault_thread;
    if ((is_settled || is_left) && saved->fault_state == (int)from && is_next(&target, "strand")) {
        (void)next_status(&target);
        put_state(saved, (State)next_of(&target, states));
    }
}

static PyState_Status
with_wrong_transition(Asked *a, const char *target)
{
    Saved *saved = saved_find(a->handle);
    if (a->call == NEW) {
        PyState_Status status = honest(a);
        if (status == PYSTATE_OK) {
            saved = saved_find(*a->made);
            saved->fault_thread = saved->owner->id;
            saved->fault_state = EMPTY;
        }
        return status;
    }
    if (saved == NULL) {
        return honest(a);
    }
    strand_wrongly(saved, target);
    State from = (State)next_of(&target, states);
    PyState_Status status = PYSTATE_OK;
    if (state_of(saved) != from || !is_next(&target, happening(a))) {
        status = honest(a);
    } else {
        PyState_Status must = next_status(&target);
        State to = (State)next_of(&target, states);
        bool is_left_out = must == PYSTATE_OK && to == from && (a->call == DROP || a->call == CLEAR);
        status = is_left_out ? PYSTATE_OK : honest(a);
        if (status == must && !is_left_out) {
            put_state(saved, to);
            status = PYSTATE_OK;
        }
    }
    if (a->call == SAVE && is_live(state_of(saved))) {
        saved->fault_thread = saved->owner->id;
    }
    saved->fault_state = (int)state_of(saved);
    return status;
}

/* Of a thread that runs the lifecycle names the error that comes first; the checks have four for it. */
static bool
is_error_of(PyState_Status must, PyState_Status status)
{
    return must == status || ((must == PYSTATE_HAS_FRAMES || must == PYSTATE_TRACING) && status >= PYSTATE_HAS_FRAMES && status <= PYSTATE_TRACING);
}

static PyState_Status
with_wrong_phase(Asked *a, const char *target)
{
    PyThreadState *ts = callers();
    Saved *saved = saved_find(a->handle);
    if ((a->call != SAVE && a->call != RESTORE) || ts == NULL || saved == NULL) {
        return honest(a);
    }
    static const char *const restores[] = {"restore-ready", "restore-running", "restore-in-callback"};
    Phase phase = phase_of(ts);
    State state = state_of(saved);
    bool is_meant = next_of(&target, phases) == (int)phase && is_next(&target, a->call == SAVE ? "save" : restores[saved->fault_phase])
        && (layout_attached() == NULL || (a->call == SAVE ? state == EMPTY : is_live(state)));
    PyState_Status must = is_meant ? next_status(&target) : PYSTATE_OK;
    if (is_meant && must == PYSTATE_OK) {
        return PYSTATE_OK;
    }
    PyState_Status status = honest(a);
    if (is_meant && status != PYSTATE_OK && is_error_of(must, status)) {
        return PYSTATE_OK;
    }
    if (a->call == SAVE && status == PYSTATE_OK) {
        saved->fault_phase = (int)phase % PENDING;
    }
    return status;
}

/* ---- What is owned ------------------------------------------------------------------------------------------------------------------------ */

static bool
is_leak(const char **target)
{
    *target = faults_target("leaked");
    if (*target != NULL) {
        return true;
    }
    *target = faults_target("released-twice");
    return false;
}

/* The reference of a state that some word stands for. Borrowed; NULL where it has none. */
static PyObject *
reference(const Saved *saved, const char *what)
{
#ifdef LAYOUT_EXECUTOR
    if (strcmp(what, "executor") == 0) {
        return saved->executor;
    }
#endif
    return strcmp(what, "context") == 0 ? saved->context : strcmp(what, "exception") == 0 ? saved->exception.exc_value : NULL;
}

/* One reference is held until a call has ended. Afterwards it stays (a leak), or goes, or goes with one that is somebody else's. */
static void
settle(PyObject *held, bool leaks, bool is_done)
{
    if (held == NULL || (leaks && is_done)) {
        return;
    }
    PyObject *once_more = !leaks && is_done ? held : NULL;
    Py_DECREF(held);
    Py_XDECREF(once_more);
}

#ifdef LAYOUT_HAS_DATA_STACK
static void
free_chunk(_PyStackChunk *chunk, size_t size)
{
    PyObjectArenaAllocator arena;
    PyObject_GetArenaAllocator(&arena);
    arena.free(arena.ctx, chunk, size);
}

/* A chunk that the call gives back: kept out of its sight, or given back again after it. */
static PyState_Status
with_wrong_chunk(Asked *a, _PyStackChunk **place, bool leaks)
{
    _PyStackChunk *chunk = *place;
    size_t size = chunk == NULL ? 0 : chunk->size;
    if (leaks) {
        *place = NULL;
    }
    PyState_Status status = honest(a);
    if (status != PYSTATE_OK && leaks) {
        *place = chunk;
    } else if (status == PYSTATE_OK && !leaks && chunk != NULL) {
        free_chunk(chunk, size);
    }
    return status;
}
#endif

/* Takes a slot off a thread's list; whether it was there. */
static bool
take_off(ThreadRecord *record, Saved *saved)
{
    for (Saved **link = &record->free_slots; *link != NULL; link = &(*link)->next_free) {
        if (*link == saved) {
            *link = saved->next_free;
            record->free_count--;
            return true;
        }
    }
    return false;
}

static Saved *released_twice; /* the slot that was dropped last */

/* A slot that was dropped is not free afterwards, or free twice: who gets it does not get it alone. */
static PyState_Status
with_wrong_slot(Asked *a, Saved *saved, ThreadRecord *record, bool leaks)
{
    (void)take_off(record, saved); /* no list can have it twice */
    PyState_Status status = honest(a);
    if (status == PYSTATE_OK && leaks) {
        (void)take_off(record, saved);
    } else if (status == PYSTATE_OK) {
        released_twice = saved;
    }
    return status;
}

static PyState_Status
new_in_a_slot(Asked *a, PyThreadState *ts)
{
    PyState_Status status = honest(a);
    Saved *saved = status == PYSTATE_OK ? saved_find(*a->made) : NULL;
    if (saved != NULL && saved == released_twice) {
        ThreadRecord *record = thread_record(ts);
        saved->next_free = record->free_slots;
        record->free_slots = saved;
        record->free_count++;
        released_twice = NULL;
    }
    return status;
}

static PyState_Status
with_wrong_owner(Asked *a, bool leaks, const char *what)
{
    PyThreadState *ts = layout_attached();
    Saved *saved = saved_find(a->handle);
    if (ts != NULL && a->call == NEW) {
        return new_in_a_slot(a, ts);
    }
    if (next_of(&what, calls) != (int)a->call || ts == NULL) {
        return honest(a);
    }
    if (strcmp(what, "frame") == 0) {
        PyState_Status status = honest(a);
        if (status == PYSTATE_OK && *a->frame != NULL) {
            Py_INCREF((PyObject *)*a->frame);
            settle((PyObject *)*a->frame, leaks, true);
        }
        return status;
    }
    if (saved == NULL) {
        return honest(a);
    }
    if (strcmp(what, "slot") == 0) {
        return with_wrong_slot(a, saved, thread_record(ts), leaks);
    }
#ifdef LAYOUT_HAS_DATA_STACK
    if (strcmp(what, "leftover-chunk") == 0) {
        return is_live(state_of(saved)) && LAYOUT_TOP(ts) == LAYOUT_READY_TOP(ts) ? with_wrong_chunk(a, &ts->datastack_chunk, leaks) : honest(a);
    }
    if (strcmp(what, "chunk") == 0) {
        State state = state_of(saved);
        return state == LIVE_WITHOUT_FRAMES || state == LIVE_ENTERED_WITHOUT_FRAMES ? with_wrong_chunk(a, &saved->chunk, leaks) : honest(a);
    }
#endif
    PyObject *held = strcmp(what, "leftover-context") == 0 ? ts->context : a->call == SAVE ? NULL : reference(saved, what);
    Py_XINCREF(held);
    PyState_Status status = honest(a);
    if (a->call == SAVE && status == PYSTATE_OK) {
        held = reference(saved, what);
        Py_XINCREF(held);
    }
    settle(held, leaks, status == PYSTATE_OK);
    return status;
}

void
faults_release_stranded(Saved *saved)
{
    const char *what;
    bool leaks = is_leak(&what);
    PyObject *held = what == NULL || !is_next(&what, "thread-gone") ? NULL : reference(saved, what);
    Py_XINCREF(held);
    flow_release(saved);
    settle(held, leaks, true);
}

/* ---- The functions of pystate.h ------------------------------------------------------------------------------------------------------------ */

static PyState_Status
asked(Asked *a)
{
    static const char *const errors[] = {"not-checked", "wrong-code", "checked-too-late", "state-changed"};
    const char *target;
    for (int i = 0; i < 4; i++) {
        if ((target = faults_target(errors[i])) != NULL) {
            return with_wrong_error(a, errors[i], target);
        }
    }
    if ((target = faults_target("transition")) != NULL) {
        return with_wrong_transition(a, target);
    }
    if ((target = faults_target("phase")) != NULL) {
        return with_wrong_phase(a, target);
    }
    bool leaks = is_leak(&target);
    return target == NULL || is_next(&target, "thread-gone") ? honest(a) : with_wrong_owner(a, leaks, target);
}

PyState_Status
PyState_New(PyState_Handle *handle)
{
    return asked(&(Asked){.call = NEW, .made = handle});
}

PyState_Status
PyState_Save(PyState_Handle handle, const PyState_Stack *next)
{
    return asked(&(Asked){.call = SAVE, .handle = handle, .next = next});
}

PyState_Status
PyState_Restore(PyState_Handle handle)
{
    return asked(&(Asked){.call = RESTORE, .handle = handle});
}

PyState_Status
PyState_Discard(PyState_Handle handle)
{
    return asked(&(Asked){.call = DISCARD, .handle = handle});
}

PyState_Status
PyState_Drop(PyState_Handle handle)
{
    return asked(&(Asked){.call = DROP, .handle = handle});
}

PyState_Status
PyState_TopFrame(PyState_Handle handle, PyFrameObject **frame)
{
    return asked(&(Asked){.call = TOP, .handle = handle, .frame = frame});
}

PyState_Status
PyState_GetContext(PyState_Handle handle, PyObject **context)
{
    return asked(&(Asked){.call = GET_CONTEXT, .handle = handle, .read = context});
}

PyState_Status
PyState_SetContext(PyState_Handle handle, PyObject *context)
{
    return asked(&(Asked){.call = SET_CONTEXT, .handle = handle, .set = context});
}

PyState_Status
PyState_Traverse(PyState_Handle handle, visitproc visit, void *arg, int *result)
{
    return asked(&(Asked){.call = TRAVERSE, .handle = handle, .visit = visit, .arg = arg, .result = result});
}

PyState_Status
PyState_Clear(PyState_Handle handle)
{
    return asked(&(Asked){.call = CLEAR, .handle = handle});
}

#endif
