/* _threadstate: the fields of the thread state for a switcher that is somebody else's, greenlet's for example. Nothing here switches. */
#include "../module/raw.h"

static PyMethodDef methods[] = {
    {"raw", raw_fields, METH_NOARGS, "raw() -> dict\n\nThe fields of the calling thread's thread state, by their names in SPEC.md, 6.1."},
    {NULL, NULL, 0, NULL},
};

static int
module_exec(PyObject *module)
{
    PyObject *thread_wide = raw_thread_wide();
    if (thread_wide == NULL || PyModule_AddObject(module, "thread_wide", thread_wide) < 0) {
        Py_XDECREF(thread_wide);
        return -1;
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_threadstate", .m_methods = methods, .m_slots = slots};

PyMODINIT_FUNC
PyInit__threadstate(void)
{
    return PyModuleDef_Init(&definition);
}
