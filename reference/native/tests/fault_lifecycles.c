/* Faults of the lifecycles of saved states and of threads: a transition that is missing, or leads elsewhere. */
#include "fault_calls.h"

#ifdef PYSTATE_FAULTS

typedef enum {READY, RUNNING, IN_CALLBACK, PENDING = 3, DETACHED = 6} Phase; /* the last two are added to the first three */
static const char *const phases[] = {
    "ready", "running", "in-callback", "pending-ready", "pending-running", "pending-in-callback", "detached-ready", "detached-running",
    "detached-in-callback", "detached-pending-ready", "detached-pending-running", "detached-pending-in-callback", NULL,
};

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

static const char *
happening(const Asked *a)
{
    if (a->call == SAVE) {
        PyThreadState *ts = fault_callers();
        bool frames = ts != NULL && LAYOUT_TOP(ts) != LAYOUT_READY_TOP(ts);
        return ts != NULL && fault_is_entered(ts->context) ? frames ? "save-entered-with-frames" : "save-entered-without-frames"
            : frames ? "save-with-frames" : "save-without-frames";
    }
    return a->call == TOP || a->call == GET_CONTEXT || a->call == TRAVERSE ? "inspect" : fault_calls[a->call];
}

/* A state whose thread has gone since the last call leads somewhere else than it must. */
static void
strand_wrongly(Saved *saved, const char *target)
{
    State from = (State)fault_next_of(&target, fault_states), now = fault_state_of(saved);
    bool is_settled = now != from && (now == ABANDONED || now == DISCARDED);
    bool is_left = now == from && !fault_is_live(from) && saved->owner->id != saved->fault_thread;
    if ((is_settled || is_left) && saved->fault_state == (int)from && fault_is_next(&target, "strand")) {
        (void)fault_next_status(&target);
        fault_put_state(saved, (State)fault_next_of(&target, fault_states));
    }
}

PyState_Status
fault_in_transitions(Asked *a, const char *target)
{
    Saved *saved = saved_find(a->handle);
    if (a->call == NEW) {
        PyState_Status status = fault_honest(a);
        if (status == PYSTATE_OK) {
            saved = saved_find(*a->made);
            saved->fault_thread = saved->owner->id;
            saved->fault_state = EMPTY;
        }
        return status;
    }
    if (saved == NULL) {
        return fault_honest(a);
    }
    strand_wrongly(saved, target);
    State from = (State)fault_next_of(&target, fault_states);
    PyState_Status status = PYSTATE_OK;
    if (fault_state_of(saved) != from || !fault_is_next(&target, happening(a))) {
        status = fault_honest(a);
    } else {
        PyState_Status must = fault_next_status(&target);
        State to = (State)fault_next_of(&target, fault_states);
        bool is_left_out = must == PYSTATE_OK && to == from && (a->call == DROP || a->call == CLEAR);
        status = is_left_out ? PYSTATE_OK : fault_honest(a);
        if (status == must && !is_left_out) {
            fault_put_state(saved, to);
            status = PYSTATE_OK;
        }
    }
    if (a->call == SAVE && fault_is_live(fault_state_of(saved))) {
        saved->fault_thread = saved->owner->id;
    }
    saved->fault_state = (int)fault_state_of(saved);
    return status;
}

/* Of a thread that runs the lifecycle names the error that comes first; the checks have four for it. */
static bool
is_error_of(PyState_Status must, PyState_Status status)
{
    return must == status || ((must == PYSTATE_HAS_FRAMES || must == PYSTATE_TRACING) && status >= PYSTATE_HAS_FRAMES && status <= PYSTATE_TRACING);
}

PyState_Status
fault_in_phases(Asked *a, const char *target)
{
    PyThreadState *ts = fault_callers();
    Saved *saved = saved_find(a->handle);
    if ((a->call != SAVE && a->call != RESTORE) || ts == NULL || saved == NULL) {
        return fault_honest(a);
    }
    static const char *const restores[] = {"restore-ready", "restore-running", "restore-in-callback"};
    Phase phase = phase_of(ts);
    State state = fault_state_of(saved);
    bool is_meant = fault_next_of(&target, phases) == (int)phase && fault_is_next(&target, a->call == SAVE ? "save" : restores[saved->fault_phase])
        && (layout_attached() == NULL || (a->call == SAVE ? state == EMPTY : fault_is_live(state)));
    PyState_Status must = is_meant ? fault_next_status(&target) : PYSTATE_OK;
    if (is_meant && must == PYSTATE_OK) {
        return PYSTATE_OK;
    }
    PyState_Status status = fault_honest(a);
    if (is_meant && status != PYSTATE_OK && is_error_of(must, status)) {
        return PYSTATE_OK;
    }
    if (a->call == SAVE && status == PYSTATE_OK) {
        saved->fault_phase = (int)phase % PENDING;
    }
    return status;
}

#endif
