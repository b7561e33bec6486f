/* A flow on its way between the thread state and a saved state. Internal. */
#ifndef PYSTATE_FLOW_H
#define PYSTATE_FLOW_H

#include "saved.h"

/* Moves the running flow into an Empty state and leaves the thread state ready, on the SAME C stack (next is NULL) or for a NEW one.
 * Allocates nothing, runs no Python code, cannot fail. */
void flow_take(PyThreadState *ts, Saved *saved, const PyState_Stack *next);

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

/* The innermost frame as an object, a new reference. NULL without an exception where memory cannot be had. saved has frames. */
PyFrameObject *flow_top_frame(PyThreadState *ts, Saved *saved);

#endif
