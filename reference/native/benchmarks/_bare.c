/* What a round trip costs before anything of the thread state is saved: two calls of a C function from Python, and two jumps.
 *
 *     import _bare
 *     _bare.nothing(x)        None: the call alone
 *     _bare.jumps(rounds)     nanoseconds of a jump to another C stack and back
 */
#define _GNU_SOURCE
#include <Python.h>
#include "../cstack_machine.h"

#include <time.h>

static PyObject *
nothing(PyObject *module, PyObject *argument)
{
    (void)module;
    (void)argument;
    Py_RETURN_NONE;
}

/* Both sides leave from here, as those of a switcher do: a return is predicted to lead where the call came from. */
static __attribute__((noinline)) void *
over(void *to)
{
    return cstack_jump(to, NULL).from;
}

static void
answer(CStack_Transfer transfer)
{
    void *other = transfer.from;
    for (;;) {
        other = over(other);
    }
}

static PyObject *
jumps(PyObject *module, PyObject *argument)
{
    (void)module;
    static _Alignas(64) char stack[16384];
    long rounds = PyLong_AsLong(argument);
    void *other = cstack_prepare(stack + sizeof stack, answer);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long round = 0; round < rounds; round++) {
        other = over(other);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    return PyFloat_FromDouble(((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) / (double)rounds);
}

static PyMethodDef methods[] = {
    {"nothing", nothing, METH_O, "nothing(x)"},
    {"jumps", jumps, METH_O, "jumps(rounds) -> nanoseconds of a jump there and back"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_bare", .m_size = -1, .m_methods = methods};

__attribute__((visibility("default"))) /* 3.8 says so nowhere else */
PyMODINIT_FUNC
PyInit__bare(void)
{
    return PyModule_Create(&definition);
}
