/* The fields of the calling thread's thread state as Python objects. The modules _pystate and _threadstate both show them. */
#ifndef PYSTATE_MODULE_RAW_H
#define PYSTATE_MODULE_RAW_H

#include <Python.h>

/* A new dict: the value of each field by its name in SPEC.md, 6.1, and under "stack-pointer" the address of something on the C stack that calls.
 * A METH_NOARGS function. NULL with MemoryError. */
PyObject *raw_fields(PyObject *module, PyObject *unused);

/* A new tuple: the names of the fields that belong to the thread, which a switch of contexts leaves as they are. NULL with MemoryError. */
PyObject *raw_thread_wide(void);

#endif
