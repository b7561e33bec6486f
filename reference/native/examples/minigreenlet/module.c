/* The module minigreenlet: greenlet's names. */
#include "minigreenlet.h"

PyObject *green_error, *green_exit;

static PyObject *
getcurrent(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    Thread *here = thread_here();
    return here == NULL ? NULL : Py_NewRef((PyObject *)here->current);
}

static PyMethodDef functions[] = {
    {"getcurrent", getcurrent, METH_NOARGS, "getcurrent() -> greenlet\n\nThe greenlet that runs."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "minigreenlet", .m_doc = "greenlet's interface on PyState and CStack.", .m_size = -1, .m_methods = functions,
};

__attribute__((visibility("default"))) /* 3.8 says so nowhere else */
PyMODINIT_FUNC
PyInit_minigreenlet(void)
{
    PyObject *module = PyType_Ready(&green_type) < 0 ? NULL : PyModule_Create(&definition);
    if (module == NULL) {
        return NULL;
    }
    green_error = PyErr_NewExceptionWithDoc("minigreenlet.error", "A call is refused.", NULL, NULL);
    green_exit = PyErr_NewExceptionWithDoc("minigreenlet.GreenletExit", "Ends a greenlet, and is no error there.", PyExc_BaseException, NULL);
    PyObject *current = PyObject_GetAttrString(module, "getcurrent"); /* greenlet has these on the class too */
    if (green_error == NULL || green_exit == NULL || current == NULL
        || PyModule_AddStringConstant(module, "__version__", "1") < 0
        || PyModule_AddObject(module, "greenlet", Py_NewRef((PyObject *)&green_type)) < 0
        || PyModule_AddObject(module, "error", Py_NewRef(green_error)) < 0
        || PyModule_AddObject(module, "GreenletExit", Py_NewRef(green_exit)) < 0
        || PyDict_SetItemString(green_type.tp_dict, "error", green_error) < 0
        || PyDict_SetItemString(green_type.tp_dict, "GreenletExit", green_exit) < 0
        || PyDict_SetItemString(green_type.tp_dict, "getcurrent", current) < 0) {
        Py_XDECREF(current);
        Py_DECREF(module);
        return NULL;
    }
    Py_DECREF(current);
    return module;
}
