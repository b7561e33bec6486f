/* _exchange: contexts that exchange the whole thread state. Each has a PyThreadState of its own, made by PyThreadState_New, and a switch is
 * PyThreadState_Swap and a jump to another C stack. cothread works like this, and Pyodide gives each task a thread state of its own.
 *
 * Nothing is copied, so nothing that belongs to a context can be forgotten. What belongs to the thread is: a fresh thread state has no trace
 * function, no threading.local values, and is not the one that an asynchronous exception for the thread is put into. The control for the
 * approach, and deliberately nothing more: what those projects do to repair it is not repeated here. */
#include <Python.h>
#include "cstack.h"

#include <stddef.h>

#define STACK_SIZE ((size_t)2 * 1024 * 1024)
#define POOL 16
#define NAME "_exchange.thread"

enum { BORN, SUSPENDED, RUNNING, FINISHED };

typedef struct Context Context;

/* One for each thread; freed with its last context. */
typedef struct {
    size_t references;
    CStack_Thread *stacks; /* NULL when the thread is gone */
    Context *root, *current; /* owned */
    Context *started;        /* those that have a thread state made for them, borrowed */
    Context *leaving;        /* handed over by a switch, with the exception to raise there; owned */
    PyObject *type, *value, *traceback;
} Thread;

struct Context {
    PyObject_HEAD
    Thread *thread;
    Context *parent;       /* who gets control when it finishes, or the first living ancestor of it; owned */
    PyObject *run;         /* owned */
    PyThreadState *tstate; /* owned, but for a root's */
    Context *next;         /* in thread->started */
    CStack_Flow flow;
    int phase;
};

static _Thread_local Thread *here;
static PyObject *error, *Exit;
static PyTypeObject ContextType;

static void
release(Thread *thread)
{
    if (--thread->references == 0) {
        PyMem_RawFree(thread);
    }
}

static Context *
new_context(Thread *thread, PyObject *run)
{
    Context *self = PyObject_New(Context, &ContextType);
    if (self == NULL) {
        return NULL;
    }
    memset((char *)self + sizeof(PyObject), 0, sizeof *self - sizeof(PyObject));
    thread->references++;
    self->thread = thread;
    self->phase = run == NULL ? RUNNING : BORN;
    Py_XINCREF(run);
    self->run = run;
    if (run != NULL) {
        Py_INCREF(thread->current);
        self->parent = thread->current;
    }
    return self;
}

/* Deletes a context's thread state, in which no flow runs any more. It can run Python code. */
static void
delete_state(Context *context)
{
    PyThreadState *tstate = context->tstate;
    Context **link = &context->thread->started;
    context->tstate = NULL;
    while (*link != NULL && *link != context) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = context->next;
        PyThreadState_Clear(tstate);
        PyThreadState_Delete(tstate);
    }
}

/* The dict of the root's thread state is being cleared: the thread is gone, and with it every flow that it has suspended. */
static void
thread_gone(PyObject *capsule)
{
    Thread *thread = PyCapsule_GetPointer(capsule, NAME);
    while (thread->current == thread->root && thread->started != NULL) {
        Context *context = thread->started;
        context->phase = FINISHED;
        CStack_Forget(thread->stacks, &context->flow);
        delete_state(context);
    }
    if (here == thread) {
        here = NULL;
    }
    if (thread->current == thread->root) { /* else its C stack is in use, as at the end of the process */
        CStack_Close(thread->stacks);
    }
    thread->stacks = NULL;
    Py_CLEAR(thread->current);
    Py_CLEAR(thread->root);
    release(thread);
}

/* The calling thread's record, made where there is none. NULL with an exception. */
static Thread *
thread_here(void)
{
    if (here != NULL) {
        return here;
    }
    PyObject *dict = PyThreadState_GetDict();
    Thread *thread = dict == NULL ? NULL : PyMem_RawCalloc(1, sizeof *thread);
    if (thread == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    thread->references = 1;
    thread->stacks = CStack_Open(0, POOL);
    thread->root = thread->stacks == NULL ? NULL : new_context(thread, NULL);
    PyObject *capsule = thread->root == NULL ? NULL : PyCapsule_New(thread, NAME, thread_gone);
    if (capsule == NULL) {
        return (Thread *)PyErr_NoMemory();
    }
    thread->root->tstate = PyThreadState_Get();
    Py_INCREF(thread->root);
    thread->current = thread->root;
    int failed = PyDict_SetItemString(dict, NAME, capsule);
    Py_DECREF(capsule);
    return here = failed ? NULL : thread;
}

static CStack_Flow *
flow_of(Context *context)
{
    return context->thread->root == context ? CStack_Root(context->thread->stacks) : &context->flow;
}

/* Control has arrived: lets go of who gave it. */
static int
arrive(Thread *thread)
{
    Context *leaving = thread->leaving;
    PyObject *type = thread->type, *value = thread->value, *traceback = thread->traceback;
    thread->leaving = NULL;
    thread->type = thread->value = thread->traceback = NULL;
    if (leaving->phase == FINISHED) {
        delete_state(leaving);
    }
    Py_DECREF(leaving);
    if (type == NULL) {
        return 0;
    }
    PyErr_Restore(type, value, traceback);
    return -1;
}

/* Makes a context the one that runs, and its thread state current. The jump is the caller's. */
static void
hand_over(Thread *thread, Context *target)
{
    thread->leaving = thread->current;
    Py_INCREF(target);
    thread->current = target;
    target->phase = RUNNING;
    PyThreadState_Swap(target->tstate);
}

static void
begin(CStack_Flow *flow)
{
    Context *self = (Context *)((char *)flow - offsetof(Context, flow));
    Thread *thread = self->thread;
    PyObject *run = self->run;
    self->run = NULL;
    PyObject *result = arrive(thread) != 0 ? NULL : PyObject_CallFunctionObjArgs(run, NULL);
    Py_DECREF(run);
    Py_XDECREF(result);
    if (result == NULL && PyErr_ExceptionMatches(Exit)) {
        PyErr_Clear();
    }
    Context *heir = self->parent;
    while (heir->phase == FINISHED) {
        heir = heir->parent;
    }
    PyErr_Fetch(&thread->type, &thread->value, &thread->traceback);
    self->phase = FINISHED;
    hand_over(thread, heir);
    CStack_Finish(thread->stacks, flow_of(heir));
    Py_FatalError("_exchange: no memory to leave a context");
}

/* Gives a context its C stack and its thread state. -1 with an exception. */
static int
prepare(Context *context)
{
    CStack_Bounds bounds;
    if (CStack_Reserve(context->thread->stacks, &context->flow, STACK_SIZE, &bounds) != 0) {
        PyErr_NoMemory();
        return -1;
    }
    context->tstate = PyThreadState_New(PyThreadState_Get()->interp);
    if (context->tstate == NULL) {
        CStack_Forget(context->thread->stacks, &context->flow);
        PyErr_NoMemory();
        return -1;
    }
#if PY_VERSION_HEX >= 0x030E0000
    if (PyUnstable_ThreadState_SetStackProtection(context->tstate, bounds.low, bounds.size) != 0) {
        return -1;
    }
#endif
    context->next = context->thread->started;
    context->thread->started = context;
    return 0;
}

/* Gives control to a context, with an exception or NULL, whose reference is taken over; returns when it is back. */
static PyObject *
transfer(Context *target, PyObject *exception)
{
    Thread *thread = target->thread;
    Context *self = thread->current;
    int born = target->phase == BORN;
    if (born && prepare(target) != 0) {
        Py_XDECREF(exception);
        return NULL;
    }
    if (exception != NULL) {
        thread->type = (PyObject *)(PyExceptionClass_Check(exception) ? (PyTypeObject *)exception : Py_TYPE(exception));
        Py_INCREF(thread->type);
        thread->value = PyExceptionClass_Check(exception) ? NULL : exception;
        thread->traceback = thread->value == NULL ? NULL : PyException_GetTraceback(exception);
        if (thread->value == NULL) {
            Py_DECREF(exception);
        }
    }
    self->phase = SUSPENDED;
    hand_over(thread, target);
    if ((born ? CStack_Start(thread->stacks, &target->flow, begin) : CStack_Switch(thread->stacks, flow_of(target))) != 0) {
        Py_FatalError("_exchange: no memory to enter a context"); /* never: each has a stack of its own */
    }
    if (arrive(thread) != 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* The argument as a context of this thread that has not finished, or NULL with an exception. */
static Context *
reachable(PyObject *argument)
{
    if (Py_TYPE(argument) != &ContextType) {
        PyErr_Format(PyExc_TypeError, "a Context is needed, not %.100s", Py_TYPE(argument)->tp_name);
        return NULL;
    }
    Context *context = (Context *)argument;
    Thread *thread = thread_here();
    if (thread == NULL) {
        return NULL;
    }
    if (context->thread != thread || context->phase == FINISHED) {
        PyErr_SetString(error, context->phase == FINISHED ? "the context has finished" : "a context of another thread");
        return NULL;
    }
    return context;
}

static PyObject *
spawn(PyObject *module, PyObject *run)
{
    (void)module;
    Thread *thread = thread_here();
    return thread == NULL ? NULL : (PyObject *)new_context(thread, run);
}

static PyObject *
current(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    Thread *thread = thread_here();
    if (thread == NULL) {
        return NULL;
    }
    Py_INCREF(thread->current);
    return (PyObject *)thread->current;
}

static PyObject *
switch_to(PyObject *module, PyObject *argument)
{
    (void)module;
    Context *target = reachable(argument);
    if (target != NULL && target->phase == RUNNING) {
        Py_RETURN_NONE;
    }
    return target == NULL ? NULL : transfer(target, NULL);
}

static PyObject *
throw(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *argument, *exception;
    if (!PyArg_ParseTuple(arguments, "OO:throw", &argument, &exception)) {
        return NULL;
    }
    if (!PyExceptionInstance_Check(exception)) {
        PyErr_SetString(PyExc_TypeError, "an exception is needed");
        return NULL;
    }
    Context *target = reachable(argument);
    if (target == NULL) {
        return NULL;
    }
    if (target->phase == RUNNING) {
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
        return NULL;
    }
    Py_INCREF(exception);
    return transfer(target, exception);
}

static PyObject *
kill_context(PyObject *module, PyObject *argument)
{
    (void)module;
    Context *target = reachable(argument);
    if (target == NULL) {
        return NULL;
    }
    for (Context *ancestor = target->thread->current; ancestor != NULL; ancestor = ancestor->parent) {
        if (ancestor == target) {
            PyErr_SetString(error, "neither the running context nor an ancestor of it can be killed");
            return NULL;
        }
    }
    Context *old = target->parent;
    Py_INCREF(target->thread->current);
    target->parent = target->thread->current;
    Py_XDECREF(old);
    if (target->phase == BORN) {
        target->phase = FINISHED;
        Py_CLEAR(target->run);
        Py_RETURN_NONE;
    }
    Py_INCREF(Exit);
    return transfer(target, Exit);
}

static PyObject *
frames(PyObject *module, PyObject *argument)
{
    (void)module;
    Context *context = (Context *)argument;
    if (Py_TYPE(argument) != &ContextType) {
        PyErr_Format(PyExc_TypeError, "a Context is needed, not %.100s", Py_TYPE(argument)->tp_name);
        return NULL;
    }
    PyObject *frame = NULL;
    if (context->phase == SUSPENDED && context->tstate != NULL) {
#if PY_VERSION_HEX >= 0x03090000
        frame = (PyObject *)PyThreadState_GetFrame(context->tstate);
#else
        frame = (PyObject *)context->tstate->frame;
        Py_XINCREF(frame);
#endif
    }
    if (frame == NULL) {
        Py_RETURN_NONE;
    }
    return frame;
}

static void
dealloc(PyObject *op)
{
    Context *self = (Context *)op;
    if (self->phase == SUSPENDED && self->parent != NULL && self->thread->stacks != NULL) {
        /* Nobody has it any more: what its frames hold is lost. */
        CStack_Forget(self->thread->stacks, &self->flow);
        delete_state(self);
    }
    Py_XDECREF(self->run);
    Py_XDECREF(self->parent);
    release(self->thread);
    PyObject_Free(op);
}

static PyTypeObject ContextType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_exchange.Context",
    .tp_basicsize = sizeof(Context),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = dealloc,
};

static PyMethodDef methods[] = {
    {"spawn", spawn, METH_O, "spawn(run) -> Context"},
    {"current", current, METH_NOARGS, "current() -> Context"},
    {"switch", switch_to, METH_O, "switch(context)"},
    {"throw", throw, METH_VARARGS, "throw(context, exception)"},
    {"kill", kill_context, METH_O, "kill(context)"},
    {"frames", frames, METH_O, "frames(context): the innermost frame of a suspended context, or None"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_exchange", .m_size = -1, .m_methods = methods};

__attribute__((visibility("default"))) /* 3.8 says so nowhere else */
PyMODINIT_FUNC
PyInit__exchange(void)
{
#if defined(Py_DEBUG) && PY_VERSION_HEX < 0x030C0000
    /* _PyThreadState_Swap of 3.8 to 3.11 compares with the thread's first thread state, and ends the process. */
    PyErr_SetString(PyExc_ImportError, "a debug build of CPython before 3.12 allows a thread one thread state of an interpreter: use a release build");
    return NULL;
#endif
    if (PyType_Ready(&ContextType) < 0) {
        return NULL;
    }
    PyObject *module = PyModule_Create(&definition);
    error = PyErr_NewException("_exchange.error", NULL, NULL);
    Exit = PyErr_NewException("_exchange.Exit", PyExc_BaseException, NULL);
    if (module == NULL || error == NULL || Exit == NULL) {
        return NULL;
    }
    Py_INCREF(error);
    Py_INCREF(Exit);
    return PyModule_AddObject(module, "error", error) < 0 || PyModule_AddObject(module, "Exit", Exit) < 0 ? NULL : module;
}
