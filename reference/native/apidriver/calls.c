/* The calls of pystate.h that move no flow. */
#include "apidriver.h"

#include <stdlib.h>

PyState_Status
call_new(Variable *variable, bool fails)
{
    if (!fails) {
        PyState_Status status = PyState_New(&variable->value);
        variable->is_in_use |= status == PYSTATE_OK;
        return status;
    }

    /* A free slot is no allocation, so what New holds in reserve is used up first. */
    static PyState_Handle held[4096];
    size_t count = 0;
    PyState_Status status = PYSTATE_OK;
    raw_fail_allocations(true);
    while (count < sizeof held / sizeof *held && (status = PyState_New(&held[count])) == PYSTATE_OK) {
        count++;
    }
    raw_fail_allocations(false);
    while (count > 0) {
        if (PyState_Drop(held[--count]) != PYSTATE_OK) {
            driver_failed("a fresh handle cannot be dropped");
        }
    }
    return status;
}

PyState_Status
call_discard(Variable *variable)
{
    PyState_Status status = PyState_Discard(variable->value);
    if (status == PYSTATE_OK && variable->flow != NULL) {
        retire_flow(variable->flow);
        variable->flow = NULL;
    }
    return status;
}

PyState_Status
call_drop(Variable *variable)
{
    PyState_Status status = PyState_Drop(variable->value);
    if (status == PYSTATE_OK) {
        variable->is_in_use = false;
        if (variable->flow != NULL) {
            (frames_of(variable->flow) > 0 ? abandon_flow : retire_flow)(variable->flow);
            variable->flow = NULL;
        }
    }
    return status;
}

PyState_Status
call_top(Variable *variable)
{
    PyFrameObject *frame = NULL;
    PyState_Status status = PyState_TopFrame(variable->value, &frame);
    if (status == PYSTATE_OK) {
        Protected kept = protect();
        script.shown = call_python("labels_of", "(O)", frame == NULL ? Py_None : (PyObject *)frame);
        unprotect(kept);
        Py_XDECREF((PyObject *)frame);
    }
    return status;
}

int
call_get_context(Variable *variable, int k)
{
    PyObject *context = NULL;
    PyState_Status status = PyState_GetContext(variable->value, &context);
    if (status == PYSTATE_OK && is_entered(script.contexts[k])) {
        Py_XDECREF(context);
        return -1;
    }
    if (status == PYSTATE_OK && context != NULL) {
        PyObject *before = script.contexts[k];
        script.contexts[k] = context;
        Protected kept = protect();
        Py_DECREF(call_python("hold", "(O)", context));
        unprotect(kept);
        Py_XDECREF(before);
        script.probe = 1;
    }
    return (int)status;
}

int
call_set_context(Variable *variable, int k)
{
    PyObject *context = k == 2 ? NULL : k == 3 ? Py_None : script.is_detached ? NULL : user_context(k);
    return (int)PyState_SetContext(variable->value, context);
}

/* Up to 3.10 a handled exception is three references; they stand for one here. None is what handlers leave behind. */
static int
count_visit(PyObject *object, void *count)
{
    if (object != Py_None && !PyExceptionClass_Check(object) && !PyTraceBack_Check(object)) {
        ++*(int *)count;
    }
    return 0;
}

PyState_Status
call_traverse(Variable *variable)
{
    int count = 0;
    PyState_Status status = PyState_Traverse(variable->value, count_visit, &count, NULL);
    script.probe = count;
    return status;
}
