/* The flow that the proposal of PyState_Save and PyState_Restore began with, step by step, in one file: a stretch of C stack is measured from
 * stack_start to stack_stop, copied away, other code runs in its place, it is copied back, and goes on.
 *
 * The two function names are those of the proposal (https://discuss.python.org/t/26390, after cpython issue 91371); stack_start and stack_stop
 * are greenlet's names for the two ends of such a stretch. Real switchers have many flows, threads and errors to care for:
 * minigreenlet/ beside this file is one. This has two flows, and checks nothing that can only be wrong by its own doing.
 *
 *     import seed
 *     seed.run(first, second)      calls first() and second(), each a flow of its own on the same stretch of stack
 *     seed.switch()                in one of them: suspends it and resumes the other
 */
#include "../pystate.h"
#include "../cstack_machine.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    PyObject *function;   /* borrowed */
    enum { BORN, STARTED, ENDED } phase;
    char *stack_stop;     /* the stack pointer when it was suspended: its stretch of the stack is [stack_stop, stack_start) */
    char *stack_copy;     /* that stretch, while the other flow is there */
    PyState_Handle state; /* its Python half, while it is suspended */
    PyObject *type, *value, *traceback; /* the exception that ended it; owned */
} Flow;

static Flow flows[2];
static Flow *running;     /* NULL: whoever called run() */
static Flow *leaving;     /* who gives control to `running` */
static char *stack_start; /* where the caller of run() stands. Stacks grow downwards: both flows begin here */

/* The code that copies has to stand elsewhere, or it would overwrite itself. */
static char helper[64 * 1024];

static void begin(CStack_Transfer transfer);

/* On the helper stack: the stretch of the flow that leaves goes out, that of the one that arrives comes in. */
static void
copy_stacks(CStack_Transfer transfer)
{
    char *stack_stop = transfer.from;
    size_t size = (size_t)(stack_start - stack_stop);
    if (leaving->phase != ENDED) {
        leaving->stack_stop = stack_stop;
        leaving->stack_copy = malloc(size);
        if (leaving->stack_copy == NULL) {
            Py_FatalError("seed: no memory"); /* a real switcher makes room before it leaves */
        }
        memcpy(leaving->stack_copy, stack_stop, size);
    }
    memset(stack_stop, 0xDD, size); /* so that whatever still looks there is found out */

    if (running == NULL) {
        cstack_jump(stack_start, NULL);
    } else if (running->phase == BORN) {
        cstack_jump(cstack_prepare(stack_start, begin), NULL);
    } else {
        memcpy(running->stack_stop, running->stack_copy, (size_t)(stack_start - running->stack_stop));
        free(running->stack_copy);
        cstack_jump(running->stack_stop, NULL);
    }
}

/* Gives the C stack to another flow. Returns when the caller has it back; never, where the caller has ended. */
static void
switch_stack(Flow *next)
{
    leaving = running;
    running = next;
    cstack_jump(cstack_prepare(helper + sizeof helper, copy_stacks), NULL);
}

static Flow *
other(void)
{
    return running == &flows[0] ? &flows[1] : &flows[0];
}

/* The outermost function of a flow. The thread state is ready: no frames, no handled exception, no Context object, nothing. */
static void
begin(CStack_Transfer transfer)
{
    (void)transfer;
    running->phase = STARTED;
    PyObject *result = PyObject_CallObject(running->function, NULL);
    Py_XDECREF(result);
    PyErr_Fetch(&running->type, &running->value, &running->traceback); /* nothing may be pending at the Restore that comes next */
    running->phase = ENDED;
    switch_stack(other()->phase == ENDED ? NULL : other());
    abort();
}

/* Suspends the running flow. False with an exception where that is refused. */
static bool
save(PyState_Handle *state)
{
    PyState_Status status = PyState_New(state); /* all that can fail for want of memory */
    if (status == PYSTATE_OK) {
        status = PyState_Save(*state, NULL);    /* NULL: what runs next runs on the SAME stack */
        if (status != PYSTATE_OK) {
            PyState_Drop(*state);
        }
    }
    if (status != PYSTATE_OK) {
        PyErr_Format(PyExc_RuntimeError, "cannot save: %s", PyState_StatusName(status));
    }
    return status == PYSTATE_OK;
}

/* seed.switch() */
static PyObject *
seed_switch(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    Flow *self = running;
    if (self == NULL || other()->phase == ENDED) {
        Py_RETURN_NONE;
    }
    if (!save(&self->state)) {
        return NULL;
    }
    switch_stack(other()); /* copied out; other code runs; copied back */
    PyState_Status status = PyState_Restore(self->state);
    if (status != PYSTATE_OK) {
        Py_FatalError(PyState_StatusName(status));
    }
    PyState_Drop(self->state);
    Py_RETURN_NONE;
}

/* On the helper stack: where run() was left is where the flows begin. */
static void
start_first(CStack_Transfer transfer)
{
    stack_start = transfer.from;
    running = &flows[0];
    cstack_jump(cstack_prepare(stack_start, begin), NULL);
}

/* seed.run(first, second) */
static PyObject *
seed_run(PyObject *module, PyObject *args)
{
    (void)module;
    PyState_Handle state;
    PyObject *first, *second;
    if (!PyArg_ParseTuple(args, "OO:run", &first, &second)) {
        return NULL;
    }
    if (running != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "run() is already running");
        return NULL;
    }
    if (!save(&state)) {
        return NULL;
    }
    memset(flows, 0, sizeof flows);
    flows[0].function = first;
    flows[1].function = second;
    cstack_jump(cstack_prepare(helper + sizeof helper, start_first), NULL); /* both flows run, and end */
    PyState_Status status = PyState_Restore(state);
    if (status != PYSTATE_OK) {
        Py_FatalError(PyState_StatusName(status));
    }
    PyState_Drop(state);
    for (int i = 1; i >= 0; i--) {
        if (flows[i].type != NULL) {
            PyErr_Restore(flows[i].type, flows[i].value, flows[i].traceback); /* of two, the first flow's */
        }
    }
    if (PyErr_Occurred()) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"run", seed_run, METH_VARARGS, "Calls two functions, each in a flow of its own. Returns when both have ended."},
    {"switch", seed_switch, METH_NOARGS, "Suspends the running function and resumes the other; does nothing when that has ended."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "seed", .m_size = -1, .m_methods = methods};

__attribute__((visibility("default"))) /* 3.8 says so nowhere else */
PyMODINIT_FUNC
PyInit_seed(void)
{
    return PyModule_Create(&definition);
}
