/* What the kinds of faults in whole calls share: the words of faults.h, and a call on its way. */
#ifndef FAULT_CALLS_H
#define FAULT_CALLS_H

#include "faults.h"

/* In the order of SPEC.md's tables. */
typedef enum {NEW, SAVE, RESTORE, DISCARD, DROP, TOP, GET_CONTEXT, SET_CONTEXT, TRAVERSE, CLEAR} Call;
extern const char *const fault_calls[];

typedef enum {
    NO_STATE, EMPTY, LIVE_WITH_FRAMES, LIVE_WITHOUT_FRAMES, LIVE_ENTERED_WITH_FRAMES, LIVE_ENTERED_WITHOUT_FRAMES, CONSUMED, DISCARDED, ABANDONED, DROPPED
} State;
extern const char *const fault_states[];

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

/* Whether the part of a target before the next slash is some word; moves on behind it. */
bool fault_is_next(const char **target, const char *word);

/* Which word of a list is the next part; what names nothing is a mistake of the caller's. */
int fault_next_of(const char **target, const char *const *words);
PyState_Status fault_next_status(const char **target);

/* The call, without a fault. */
PyState_Status fault_honest(const Asked *a);

/* The caller's thread state, attached or not. */
PyThreadState *fault_callers(void);

bool fault_is_entered(PyObject *context);
State fault_state_of(const Saved *saved);
void fault_put_state(Saved *saved, State state);
bool fault_is_live(State state);

/* The call with a fault of each kind. */
PyState_Status fault_in_errors(Asked *a, const char *kind, const char *target); /* fault_errors.c */
PyState_Status fault_in_transitions(Asked *a, const char *target);              /* fault_lifecycles.c */
PyState_Status fault_in_phases(Asked *a, const char *target);

/* What is done wrong with what is owned. */
typedef enum {
    LEAKED,
    RELEASED_TWICE,
    USED_AFTER, /* a chunk of data stack, written to after it was given back */
} OwnerFault;

/* The chosen one, and the call and what is owned; a target of NULL where another fault is chosen, or none. fault_owners.c */
OwnerFault fault_of_owner(const char **target);
PyState_Status fault_in_owners(Asked *a, OwnerFault fault, const char *what);

#endif
