/* Faults of errors: a check that is missing or comes too late, another error, an error that changes something. */
#include "fault_calls.h"

#ifdef PYSTATE_FAULTS

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
        status = fault_honest(a);
        PyErr_Restore(type, value, traceback);
        return status;
    }
    case PYSTATE_TRACING: {
        int tracing = ts->tracing;
        ts->tracing = 0;
        status = fault_honest(a);
        ts->tracing = status == PYSTATE_OK ? ts->tracing : tracing;
        return status;
    }
    case PYSTATE_WRONG_THREAD:
        saved->owner = thread_record(ts);
        return fault_honest(a);
    case PYSTATE_HAS_FRAMES:
        if (a->call == RESTORE) {
            LAYOUT_FRAME *top = LAYOUT_TOP(ts);
            LAYOUT_TOP(ts) = LAYOUT_READY_TOP(ts);
            status = fault_honest(a);
            if (status != PYSTATE_OK) {
                LAYOUT_TOP(ts) = top;
            }
            return status;
        }
        saved->has_frames = false;
        return fault_honest(a);
    case PYSTATE_HANDLING: {
        _PyErr_StackItem *info = ts->exc_info, handled = ts->exc_state;
        ts->exc_info = &ts->exc_state;
        memset(&ts->exc_state, 0, sizeof ts->exc_state);
        status = fault_honest(a);
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
        ts->c_recursion_remaining = layout_c_recursion_limit - saved->owner->base.c_depth;
#endif
        status = fault_honest(a);
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
        status = fault_honest(a);
        if (status != PYSTATE_OK || (a->call != RESTORE && a->call != DISCARD && a->call != DROP)) {
            atomic_store(&saved->life, life);
        }
        return status;
    }
    case PYSTATE_NOT_EMPTY: {
        uint32_t life = atomic_exchange(&saved->life, LIFE_EMPTY);
        status = fault_honest(a);
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
        status = fault_honest(a);
        return status == PYSTATE_INVALID_HANDLE ? PYSTATE_OK : status;
    }
    case PYSTATE_BAD_STACK: {
        PyState_Stack taken = {(char *)ts, PYSTATE_SMALLEST_STACK};
        a->next = &taken;
        return fault_honest(a);
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
            entered[i] = fault_is_entered((PyObject *)both[i]);
            if (entered[i]) {
                both[i]->ctx_entered = 0;
            }
        }
        status = fault_honest(a);
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

PyState_Status
fault_in_errors(Asked *a, const char *kind, const char *target)
{
    if (fault_next_of(&target, fault_calls) != (int)a->call) {
        return fault_honest(a);
    }
    PyState_Status error = fault_next_status(&target), other = fault_next_status(&target);
    PyState_Status status = fault_honest(a);
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
        PyThreadState *ts = fault_callers();
        if (ts != NULL) {
            ts->tracing++;
        }
    } else if (a->call != NEW && saved != NULL) {
        fault_put_state(saved, fault_state_of(saved) == DISCARDED ? CONSUMED : DISCARDED);
    }
    return status;
}

#endif
