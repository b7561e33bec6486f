/* raw(): the fields of a thread state, whatever state it is in. Which there are, fields.h says, generated from the model. */
#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif
#include "raw.h"
#include "../layout.h"

/* Adds an entry and takes the reference to the value over. -1 with an exception, also where value is NULL. */
static int
put(PyObject *dict, const char *name, PyObject *value)
{
    int failed = value == NULL ? -1 : PyDict_SetItemString(dict, name, value);
    Py_XDECREF(value);
    return failed;
}

static PyObject *
number(long long value)
{
    return PyLong_FromLongLong(value);
}

#if PY_VERSION_HEX >= 0x030F0000
/* Whether members behind those of the JIT are where this file was compiled to find them: whether it and CPython agree on _Py_TIER2. */
static int
agrees_about_jit(void)
{
    static _Atomic int answer = -1; /* a matter of the build, asked for once; interpreters can have a GIL each */
    if (answer >= 0) {
        return answer;
    }
#  ifdef _Py_TIER2
    const int compiled = 1;
#  else
    const int compiled = 0;
#  endif
    PyObject *jit = PySys_GetObject("_jit"); /* borrowed; is_available() says whether the JIT was built in */
    PyObject *available = jit == NULL ? NULL : PyObject_CallMethod(jit, "is_available", NULL);
    int built = available != NULL && PyObject_IsTrue(available) == 1;
    Py_XDECREF(available);
    PyErr_Clear();
    answer = built == compiled;
    return answer;
}
#endif

PyObject *
raw_fields(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    PyObject *dict = PyDict_New();
    if (dict == NULL) {
        return NULL;
    }
#if PY_VERSION_HEX >= 0x030F0000
    int agrees = agrees_about_jit(); /* before the first field is read: it calls Python */
#endif
    PyThreadState *tstate = PyThreadState_Get();

/* Integers, bit fields, pointers and arrays alike, the latter two as addresses. */
#define FIELD(name, value)                                  \
    if (put(dict, name, number((long long)(value))) != 0) { \
        goto error;                                         \
    }
#define STRUCTURE(name, member)                                                                             \
    if (put(dict, name, PyBytes_FromStringAndSize((const char *)&(member), (Py_ssize_t)sizeof(member)))) { \
        goto error;                                                                                         \
    }
#define FIELD_BEHIND_JIT(name, value) \
    if (agrees) {                     \
        FIELD(name, value)            \
    }
#include "fields.h"
    /* No field: where the C stack is that runs, for which the bounds in the fields have to be. */
    FIELD("stack-pointer", (uintptr_t)&tstate)
    return dict;
error:
    Py_DECREF(dict);
    return NULL;
}

PyObject *
raw_thread_wide(void)
{
    static const char *const names[] = {THREAD_WIDE};
    enum { COUNT = sizeof names / sizeof *names };
    PyObject *tuple = PyTuple_New(COUNT);
    for (Py_ssize_t i = 0; tuple != NULL && i < COUNT; i++) {
        PyObject *name = PyUnicode_FromString(names[i]);
        if (name == NULL) {
            Py_CLEAR(tuple);
        } else {
            PyTuple_SET_ITEM(tuple, i, name);
        }
    }
    return tuple;
}
