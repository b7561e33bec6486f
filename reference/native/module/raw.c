/* raw(): the fields of a thread state, whatever state it is in. Which there are, fields.h says, generated from the model. */
#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif
#include "module.h"
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
    return built == compiled;
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
    return dict;
error:
    Py_DECREF(dict);
    return NULL;
}
