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

/* Both sides go round in here, as those of a switcher that is called from one place: a return is predicted to lead where the call came from, and one
 * that leads elsewhere costs more than the jump. */
static __attribute__((noinline, noclone)) void *
back_and_forth(void *other, long rounds)
{
    for (long round = 0; round < rounds; round++) {
        other = cstack_jump(other, NULL).from;
    }
    return other;
}

static void
answer(CStack_Transfer transfer)
{
    back_and_forth(transfer.from, LONG_MAX);
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
    back_and_forth(other, rounds);
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
