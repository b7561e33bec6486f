/* A flow on its way between the thread state and a saved state. Internal. */
#ifndef PYSTATE_FLOW_H
#define PYSTATE_FLOW_H

#include "saved.h"

/* Moves the running flow into an Empty state and leaves the thread state ready, on the SAME C stack (next is NULL) or for a NEW one.
 * Allocates nothing, runs no Python code but that of context watchers, cannot fail. */
void flow_take(PyThreadState *ts, Saved *saved, const PyState_Stack *next);

/* Makes ready what needs memory before a Live state's flow can be moved back: the instrumentation of its frames' code, where it has changed [DERIVED-04].
 * False where memory cannot be had; nothing that can be seen has changed then. */
#ifdef LAYOUT_INSTRUMENTATION
SAVED_APART bool flow_instrument(PyThreadState *ts, Saved *saved);
#endif

static inline bool
flow_can_be_given(PyThreadState *ts, Saved *saved)
{
#ifdef LAYOUT_INSTRUMENTATION
    return saved->instrumentation == (uintptr_t)LAYOUT_INSTRUMENTATION(ts->interp) || flow_instrument(ts, saved);
#else
    (void)ts, (void)saved;
    return true;
#endif
}

/* Moves a Live state's flow back into a quiescent thread state; the state is Consumed. Releases what the flow that ended left, last. */
void flow_give(PyThreadState *ts, Saved *saved);

/* Releases what a Live state without frames owns; the state is Discarded before anything is released, because a release can run code that
 * looks at it. */
SAVED_APART void flow_release(Saved *saved);

/* Drops a Context object that no flow will leave any more, with all that was entered below it: each can be entered again (AMB-34). The one
 * that is `shared` is the flow's outermost and only dropped: another flow can have entered it, and will leave it. */
SAVED_APART void flow_drop_context(PyObject *context, PyObject *shared);

/* Gives a chain of empty chunks back to the allocator. */
#ifdef LAYOUT_HAS_DATA_STACK
void flow_free_chunks(_PyStackChunk *chunk);
#endif

/* The innermost frame as an object, a new reference. NULL where memory cannot be had. A pending exception stays pending. saved has frames. */
PyFrameObject *flow_top_frame(PyThreadState *ts, Saved *saved);

#endif
