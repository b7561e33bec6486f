/* The functions of pystate.h for Python: each answers a status by its name, or a pair of status and result. For tests, and to look at the saved
 * state of a suspended context (its `handle`). There is no save(): what returned from it would run on in the thread state that it emptied. */
#include "module.h"

/* An argument as a handle. -1 with an exception where it is none. */
static int
handle_from(PyObject *argument, PyState_Handle *handle)
{
    unsigned long long value = PyLong_AsUnsignedLongLong(argument);
    if (value == (unsigned long long)-1 && PyErr_Occurred()) {
        return -1;
    }
    *handle = value;
    return 0;
}

static PyObject *
name_of(PyState_Status status)
{
    return PyUnicode_FromString(PyState_StatusName(status));
}

/* A pair of status and object; the reference is taken over. NULL counts as None. */
static PyObject *
pair(PyState_Status status, PyObject *object)
{
    if (object == NULL) {
        object = Py_None;
        Py_INCREF(object);
    }
    return Py_BuildValue("(sN)", PyState_StatusName(status), object);
}

static PyObject *
api_new(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    PyState_Handle handle = 0;
    PyState_Status status = PyState_New(&handle);
    PyObject *number = PyLong_FromUnsignedLongLong(handle);
    return number == NULL ? NULL : pair(status, number);
}

/* Restores over the running flow: refused for has-frames, whatever else is right. */
static PyObject *
api_restore(PyObject *module, PyObject *argument)
{
    (void)module;
    PyState_Handle handle;
    return handle_from(argument, &handle) < 0 ? NULL : name_of(PyState_Restore(handle));
}

static PyObject *
api_discard(PyObject *module, PyObject *argument)
{
    (void)module;
    PyState_Handle handle;
    return handle_from(argument, &handle) < 0 ? NULL : name_of(PyState_Discard(handle));
}

static PyObject *
api_drop(PyObject *module, PyObject *argument)
{
    (void)module;
    PyState_Handle handle;
    return handle_from(argument, &handle) < 0 ? NULL : name_of(PyState_Drop(handle));
}

static PyObject *
api_top_frame(PyObject *module, PyObject *argument)
{
    (void)module;
    PyState_Handle handle;
    PyFrameObject *frame = NULL;
    if (handle_from(argument, &handle) < 0) {
        return NULL;
    }
    PyState_Status status = PyState_TopFrame(handle, &frame);
    return pair(status, (PyObject *)frame);
}

static PyObject *
api_get_context(PyObject *module, PyObject *argument)
{
    (void)module;
    PyState_Handle handle;
    PyObject *context = NULL;
    if (handle_from(argument, &handle) < 0) {
        return NULL;
    }
    PyState_Status status = PyState_GetContext(handle, &context);
    return pair(status, context);
}

static PyObject *
api_set_context(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    PyState_Handle handle;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "set_context(handle, context)");
        return NULL;
    }
    return handle_from(arguments[0], &handle) < 0 ? NULL : name_of(PyState_SetContext(handle, arguments[1] == Py_None ? NULL : arguments[1]));
}

static int
collect(PyObject *object, void *list)
{
    return PyList_Append(list, object);
}

static PyObject *
api_traverse(PyObject *module, PyObject *argument)
{
    (void)module;
    PyState_Handle handle;
    int result;
    if (handle_from(argument, &handle) < 0) {
        return NULL;
    }
    PyObject *list = PyList_New(0);
    if (list == NULL) {
        return NULL;
    }
    PyState_Status status = PyState_Traverse(handle, collect, list, &result);
    if (PyErr_Occurred()) {
        Py_DECREF(list);
        return NULL;
    }
    return pair(status, list);
}

static PyObject *
api_clear(PyObject *module, PyObject *argument)
{
    (void)module;
    PyState_Handle handle;
    return handle_from(argument, &handle) < 0 ? NULL : name_of(PyState_Clear(handle));
}

static PyObject *
api_abandoned_count(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    return PyLong_FromUnsignedLongLong(PyState_AbandonedCount());
}

PyMethodDef api_methods[] = {
    {"new", api_new, METH_NOARGS, "new() -> (status, handle)"},
    {"restore", api_restore, METH_O, "restore(handle) -> status"},
    {"discard", api_discard, METH_O, "discard(handle) -> status"},
    {"drop", api_drop, METH_O, "drop(handle) -> status"},
    {"top_frame", api_top_frame, METH_O, "top_frame(handle) -> (status, frame or None)"},
    {"get_context", api_get_context, METH_O, "get_context(handle) -> (status, Context object or None)"},
    {"set_context", (PyCFunction)(void (*)(void))api_set_context, METH_FASTCALL, "set_context(handle, Context object or None) -> status"},
    {"traverse", api_traverse, METH_O, "traverse(handle) -> (status, list of what it owns)"},
    {"clear", api_clear, METH_O, "clear(handle) -> status"},
    {"abandoned_count", api_abandoned_count, METH_NOARGS, "abandoned_count() -> int"},
    {NULL, NULL, 0, NULL},
};
