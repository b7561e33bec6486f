/* Faults on purpose, for the trial of the suite: compiled in with PYSTATE_FAULTS only, and then one at a time, chosen at run time. */
#ifndef PYSTATE_FAULTS_H
#define PYSTATE_FAULTS_H

#include "../flow.h"

/* flow_take and flow_give, less one field: the environment variable PYSTATE_FAULT names the fault and the field, as `pystate mutants` does:
 * not-saved:exc_info, not-reset:context, not-restored:tracing, wrongly-reset:dict, wrongly-restored:..., wrongly-saved:... Without it, and where
 * there is no such field here, nothing is wrong. */
void faults_take(PyThreadState *ts, ThreadRecord *record, Saved *saved, const PyState_Stack *next);
void faults_give(PyThreadState *ts, ThreadRecord *record, Saved *saved);

#endif
