/* Faults on purpose, for the trial of the suite: compiled in with PYSTATE_FAULTS only, and then one at a time, chosen at run time.
 *
 * The environment variable PYSTATE_FAULT names the fault and what it is about, as `pystate mutants` does. Without it, and where there is no such
 * thing here, nothing is wrong.
 *
 *     not-saved:exc_info not-reset: not-restored: wrongly-reset: wrongly-restored: wrongly-saved:     a field; faults.c
 *     borrowed:executor                                                              what a saved state has to own; faults.c
 *     not-checked:save/pending/consumed wrong-code: checked-too-late: state-changed:                   a call, its error, another error
 *     transition:empty/save-with-frames/ok/empty    a state, what happens to it, how that ends, where it leads on purpose
 *     phase:running/save/ok                          a thread, a call, how it ends; it ends well and does nothing
 *     leaked:restore/context released-twice:         a call, and what is owned
 *     used-after:drop/chunk                          written to after the call has given it back, a chunk only; fault_errors.c, fault_lifecycles.c and fault_owners.c
 *                                                    have the last nine
 */
#ifndef PYSTATE_FAULTS_H
#define PYSTATE_FAULTS_H

#include "../flow.h"

#include <string.h>

/* What the chosen fault is about, where it is the one that is named; NULL where it is another, or none. */
const char *faults_target(const char *fault);

/* flow_take and flow_give, less one field. */
void faults_take(PyThreadState *ts, Saved *saved, const PyState_Stack *next);
void faults_give(PyThreadState *ts, Saved *saved);

/* flow_release, of a state whose thread is gone. */
void faults_release_stranded(Saved *saved);

/* The functions of pystate.h without a fault. Those with their own names are in fault_calls.c. */
PyState_Status honest_New(PyState_Handle *handle);
PyState_Status honest_Save(PyState_Handle handle, const PyState_Stack *next);
PyState_Status honest_Restore(PyState_Handle handle);
PyState_Status honest_Discard(PyState_Handle handle);
PyState_Status honest_Drop(PyState_Handle handle);
PyState_Status honest_TopFrame(PyState_Handle handle, PyFrameObject **frame);
PyState_Status honest_GetContext(PyState_Handle handle, PyObject **context);
PyState_Status honest_SetContext(PyState_Handle handle, PyObject *context);
PyState_Status honest_Traverse(PyState_Handle handle, visitproc visit, void *arg, int *result);
PyState_Status honest_Clear(PyState_Handle handle);

#ifdef FAULTS_HERE
#  define flow_take faults_take
#  define flow_give faults_give
#  define PyState_New honest_New
#  define PyState_Save honest_Save
#  define PyState_Restore honest_Restore
#  define PyState_Discard honest_Discard
#  define PyState_Drop honest_Drop
#  define PyState_TopFrame honest_TopFrame
#  define PyState_GetContext honest_GetContext
#  define PyState_SetContext honest_SetContext
#  define PyState_Traverse honest_Traverse
#  define PyState_Clear honest_Clear
#endif

#endif
