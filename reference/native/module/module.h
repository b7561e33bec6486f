/* The extension module _pystate: contexts, built of PyState (the Python state) and CStack (the C stack). Internal to its files. */
#ifndef PYSTATE_MODULE_H
#define PYSTATE_MODULE_H

#include "../pystate.h"
#include "../cstack.h"

#if PY_VERSION_HEX < 0x030D0000
#  define Py_IsFinalizing _Py_IsFinalizing
#endif

/* What one import of the module has: one for each interpreter. */
typedef struct {
    PyTypeObject *context_type;
    PyObject *error;      /* a call is refused: context of another thread, finished, ... */
    PyObject *exit;       /* raised in a context to make it end; a BaseException */
    PyObject *thread_key; /* names the record in a thread state's dict */
    int evict;            /* contexts spawned from now on share their starter's C stack */
    int poison;
    size_t stack_size;    /* bytes */
    size_t stacks;        /* of a thread; contexts beyond that share them, see CStack_Share */
} ModuleState;

typedef struct Thread Thread;

/* An exception that crosses with control, as PyErr_Fetch gives it; owned. type is NULL for none, and then the others mean nothing. */
typedef struct {
    PyObject *type, *value, *traceback;
} Message;

enum { BORN, SUSPENDED, RUNNING, FINISHED };

/* A context. Where it is suspended, `state` is a Live saved state; what its frames hold is invisible to the collector, as for any frame
 * that runs. */
typedef struct Context {
    PyObject_HEAD
    Thread *thread;         /* owned */
    struct Context *parent; /* who gets control when this one finishes, or whose first living ancestor does; owned. NULL for a root */
    PyObject *run;          /* owned; NULL from the start on */
    PyObject *weak;
    PyState_Handle state;   /* means something while suspended, and is 0 until it ever was */
    CStack_Flow *stands;    /* `flow`, or the root flow of the thread */
    CStack_Flow flow;       /* of a context that is no root */
    unsigned char phase;
    unsigned char evict;
} Context;

/* What is known of a thread: made when it first uses the module, ended when its thread state is cleared, freed with its last context.
 * All of it is protected by the interpreter's lock. */
struct Thread {
    size_t references;
    PyThreadState *tstate; /* NULL when it is gone */
    PyObject *module;      /* owned, and with it the state */
    ModuleState *globals;
    CStack_Thread *stacks; /* NULL when it is gone */
    Context *root;         /* owned */
    Context *current;      /* owned */
    /* Handed over by a switch. */
    Message message;  /* to be raised there */
    Context *leaving; /* who gave control; owned, released by who got it; means nothing then */
};

extern struct PyModuleDef pystate_module;

static inline ModuleState *
globals_of(PyObject *module)
{
    return (ModuleState *)PyModule_GetState(module);
}

/* thread.c */

/* The record of the calling thread, borrowed; made where there is none. NULL with an exception. */
Thread *thread_here(PyObject *module);

/* Gives up a reference to a record. */
void thread_release(Thread *thread);

/* context.c */

/* Makes the type. New reference, or NULL with an exception. */
PyTypeObject *context_make_type(PyObject *module);

/* A context that will call run, or the root of a thread where run is NULL. New reference, or NULL with an exception. */
Context *context_new(ModuleState *globals, Thread *thread, PyObject *run, int evict);

/* The argument as a context, or NULL with a TypeError. */
Context *context_check(PyObject *argument);

/* The functions that the module offers for contexts. Each returns None, or NULL with an exception: of the module's `error` where the call
 * is refused, or the one that was raised where control has come back. */
PyObject *context_switch(PyObject *module, PyObject *argument);
PyObject *context_throw(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *context_kill(PyObject *module, PyObject *argument);

/* Gives up a suspended context whose thread is gone: its C stack, or the copy of it, is released, and the context counts as finished. */
PyObject *context_reap(PyObject *module, PyObject *argument);

/* api.c: the functions of pystate.h for Python. */
extern PyMethodDef api_methods[];

#endif
