/* Faults of whole calls: the functions of pystate.h stand here; each is the honest one, less the fault that was chosen (faults.h). The kinds of faults
 * have a file each: fault_errors.c, fault_lifecycles.c, fault_owners.c. */
#include "fault_calls.h"

#ifdef PYSTATE_FAULTS

#include <stdio.h>
#include <stdlib.h>

const char *const fault_calls[] = {"new", "save", "restore", "discard", "drop", "top", "get-context", "set-context", "traverse", "clear", NULL};

const char *const fault_states[] = {
    "null", "empty", "live-with-frames", "live-without-frames", "live-entered-with-frames", "live-entered-without-frames", "consumed", "discarded",
    "abandoned", "dropped", NULL,
};

bool
fault_is_next(const char **target, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*target, word, length) != 0 || ((*target)[length] != '/' && (*target)[length] != '\0')) {
        return false;
    }
    *target += length + ((*target)[length] == '/');
    return true;
}

int
fault_next_of(const char **target, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (fault_is_next(target, words[i])) {
            return i;
        }
    }
    fprintf(stderr, "PYSTATE_FAULT: nothing is called %s\n", *target);
    abort();
}

PyState_Status
fault_next_status(const char **target)
{
    for (int i = PYSTATE_OK; i <= PYSTATE_UNSUPPORTED; i++) {
        if (fault_is_next(target, PyState_StatusName((PyState_Status)i))) {
            return (PyState_Status)i;
        }
    }
    fprintf(stderr, "PYSTATE_FAULT: no status is called %s\n", *target);
    abort();
}

PyState_Status
fault_honest(const Asked *a)
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

PyThreadState *
fault_callers(void)
{
    PyThreadState *ts = layout_attached();
    return ts != NULL ? ts : PyGILState_GetThisThreadState();
}

bool
fault_is_entered(PyObject *context)
{
    return context != NULL && ((PyContext *)context)->ctx_entered;
}

State
fault_state_of(const Saved *saved)
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
        return fault_is_entered(saved->context) ? saved->has_frames ? LIVE_ENTERED_WITH_FRAMES : LIVE_ENTERED_WITHOUT_FRAMES
            : saved->has_frames ? LIVE_WITH_FRAMES : LIVE_WITHOUT_FRAMES;
    }
}

void
fault_put_state(Saved *saved, State state)
{
    static const uint32_t lives[] = {
        LIFE_FREE, LIFE_EMPTY, LIFE_LIVE, LIFE_LIVE, LIFE_LIVE, LIFE_LIVE, LIFE_CONSUMED, LIFE_DISCARDED, LIFE_ABANDONED, LIFE_FREE,
    };
    if (state >= LIVE_WITH_FRAMES && state <= LIVE_ENTERED_WITHOUT_FRAMES) {
        saved->has_frames = state == LIVE_WITH_FRAMES || state == LIVE_ENTERED_WITH_FRAMES;
    }
    atomic_store(&saved->life, lives[state]);
}

bool
fault_is_live(State state)
{
    return state >= LIVE_WITH_FRAMES && state <= LIVE_ENTERED_WITHOUT_FRAMES;
}

/* ---- The functions of pystate.h ------------------------------------------------------------------------------------------------------------ */

static PyState_Status
asked(Asked *a)
{
    static const char *const errors[] = {"not-checked", "wrong-code", "checked-too-late", "state-changed"};
    const char *target;
    for (int i = 0; i < 4; i++) {
        if ((target = faults_target(errors[i])) != NULL) {
            return fault_in_errors(a, errors[i], target);
        }
    }
    if ((target = faults_target("transition")) != NULL) {
        return fault_in_transitions(a, target);
    }
    if ((target = faults_target("phase")) != NULL) {
        return fault_in_phases(a, target);
    }
    OwnerFault fault = fault_of_owner(&target);
    return target == NULL || fault_is_next(&target, "thread-gone") ? fault_honest(a) : fault_in_owners(a, fault, target);
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
