/* The smallest extension module that shows what it was compiled against and how. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include "internal/pycore_pyerrors.h" /* refuses to be included without Py_BUILD_CORE: a recipe's flags arrive */
#include "answer.h"

#if PY_VERSION_HEX < 0x03080000
#error "answer: CPython before 3.8 is not supported"
#endif

static PyObject *answer(PyObject *module, PyObject *argument)
{
    (void)module;
    return PyFloat_FromDouble(cbrt(PyFloat_AsDouble(argument)) + ANSWER); /* cbrt: a recipe's libraries arrive */
}

static PyMethodDef methods[] = {{"answer", answer, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_answer", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__answer(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL) {
        PyModule_AddStringConstant(module, "headers", PY_VERSION);
    }
    return module;
}
