/* placeholder */
#include "module.h"
PyObject *raw_fields(PyObject *module, PyObject *unused) { (void)module; (void)unused; return PyDict_New(); }
