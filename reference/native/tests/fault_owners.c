/* Faults of what is owned: leaked, released twice, or used after its release. */
#include "fault_calls.h"

#ifdef PYSTATE_FAULTS

OwnerFault
fault_of_owner(const char **target)
{
    static const char *const names[] = {[LEAKED] = "leaked", [RELEASED_TWICE] = "released-twice", [USED_AFTER] = "used-after"};
    int fault = LEAKED;
    while ((*target = faults_target(names[fault])) == NULL && fault < USED_AFTER) {
        fault++;
    }
    return (OwnerFault)fault;
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

/* A chunk that the call gives back: kept out of its sight, or given back again after it, or written to. */
static PyState_Status
with_wrong_chunk(Asked *a, _PyStackChunk **place, OwnerFault fault)
{
    _PyStackChunk *chunk = *place;
    size_t size = chunk == NULL ? 0 : chunk->size;
    if (fault == LEAKED) {
        *place = NULL;
    }
    PyState_Status status = fault_honest(a);
    if (status != PYSTATE_OK && fault == LEAKED) {
        *place = chunk;
    } else if (status == PYSTATE_OK && fault == RELEASED_TWICE && chunk != NULL) {
        free_chunk(chunk, size);
    } else if (status == PYSTATE_OK && fault == USED_AFTER && chunk != NULL) {
        chunk->data[0] = NULL;
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
    PyState_Status status = fault_honest(a);
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
    PyState_Status status = fault_honest(a);
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

PyState_Status
fault_in_owners(Asked *a, OwnerFault fault, const char *what)
{
    bool leaks = fault == LEAKED;
    PyThreadState *ts = layout_attached();
    Saved *saved = saved_find(a->handle);
    if (ts != NULL && a->call == NEW) {
        return new_in_a_slot(a, ts);
    }
    if (fault_next_of(&what, fault_calls) != (int)a->call || ts == NULL) {
        return fault_honest(a);
    }
    if (strcmp(what, "frame") == 0) {
        PyState_Status status = fault_honest(a);
        if (status == PYSTATE_OK && *a->frame != NULL) {
            Py_INCREF((PyObject *)*a->frame);
            settle((PyObject *)*a->frame, leaks, true);
        }
        return status;
    }
    if (saved == NULL) {
        return fault_honest(a);
    }
    if (strcmp(what, "slot") == 0) {
        return with_wrong_slot(a, saved, thread_record(ts), leaks);
    }
#ifdef LAYOUT_HAS_DATA_STACK
    if (strcmp(what, "leftover-chunk") == 0) {
        return fault_is_live(fault_state_of(saved)) && LAYOUT_TOP(ts) == LAYOUT_READY_TOP(ts) ? with_wrong_chunk(a, &ts->datastack_chunk, fault) : fault_honest(a);
    }
    if (strcmp(what, "chunk") == 0) {
        State state = fault_state_of(saved);
        return state == LIVE_WITHOUT_FRAMES || state == LIVE_ENTERED_WITHOUT_FRAMES ? with_wrong_chunk(a, &saved->chunk, fault) : fault_honest(a);
    }
#endif
    /* What a state has that is not live is left of an earlier one, and owns nothing. */
    PyObject *held = strcmp(what, "leftover-context") == 0 ? ts->context : fault_is_live(fault_state_of(saved)) ? reference(saved, what) : NULL;
    Py_XINCREF(held);
    PyState_Status status = fault_honest(a);
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
    bool leaks = fault_of_owner(&what) == LEAKED;
    PyObject *held = what == NULL || !fault_is_next(&what, "thread-gone") ? NULL : reference(saved, what);
    Py_XINCREF(held);
    flow_release(saved);
    settle(held, leaks, true);
}

#endif
