/* What Save and Restore cost by themselves: timed in C, on one stack, from whatever Python frames the caller has.
 *
 *     import _save_restore
 *     _save_restore.pair(rounds)     nanoseconds of one PyState_Save and one PyState_Restore; the states are made before and dropped after
 *     _save_restore.cycle(rounds)    nanoseconds of New, Save, Restore and Drop: what one switch costs a switcher
 */
#define _POSIX_C_SOURCE 200809L
#include "../pystate.h"

#include <time.h>

#define STATES 256

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static PyObject *
answer(PyState_Status status, double nanoseconds)
{
    return status == PYSTATE_OK ? PyFloat_FromDouble(nanoseconds) : PyErr_Format(PyExc_RuntimeError, "%s", PyState_StatusName(status));
}

static PyObject *
pair(PyObject *module, PyObject *argument)
{
    (void)module;
    long rounds = PyLong_AsLong(argument) / STATES;
    PyState_Handle states[STATES];
    PyState_Status status = PYSTATE_OK;
    double spent = 0;
    for (long round = 0; round < rounds && status == PYSTATE_OK; round++) {
        for (int i = 0; i < STATES && status == PYSTATE_OK; i++) {
            status = PyState_New(&states[i]);
        }
        if (status != PYSTATE_OK) {
            break;
        }
        double start = now();
        for (int i = 0; i < STATES && status == PYSTATE_OK; i++) {
            status = PyState_Save(states[i], NULL);
            if (status == PYSTATE_OK) {
                status = PyState_Restore(states[i]);
            }
        }
        spent += now() - start;
        for (int i = 0; i < STATES; i++) {
            PyState_Drop(states[i]);
        }
    }
    return answer(status, spent / (double)(rounds * STATES));
}

static PyObject *
cycle(PyObject *module, PyObject *argument)
{
    (void)module;
    long rounds = PyLong_AsLong(argument);
    PyState_Status status = PYSTATE_OK;
    double start = now();
    for (long round = 0; round < rounds && status == PYSTATE_OK; round++) {
        PyState_Handle state;
        status = PyState_New(&state);
        if (status == PYSTATE_OK) {
            status = PyState_Save(state, NULL);
        }
        if (status == PYSTATE_OK) {
            status = PyState_Restore(state);
        }
        if (status == PYSTATE_OK) {
            PyState_Drop(state);
        }
    }
    return answer(status, (now() - start) / (double)rounds);
}

static PyMethodDef methods[] = {
    {"pair", pair, METH_O, "pair(rounds) -> nanoseconds of Save and Restore"},
    {"cycle", cycle, METH_O, "cycle(rounds) -> nanoseconds of New, Save, Restore and Drop"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_save_restore", .m_size = -1, .m_methods = methods};

__attribute__((visibility("default"))) /* 3.8 says so nowhere else */
PyMODINIT_FUNC
PyInit__save_restore(void)
{
    return PyModule_Create(&definition);
}
