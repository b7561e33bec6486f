/* Thread records: found by thread state, ended when that is cleared. */
#include "module.h"

#include <stdatomic.h>

/* Unused C stacks that a thread keeps. */
#define POOL 64

#define NAME "_pystate.thread"

/* The record that the thread used last. Records can die in other threads (fork, Py_EndInterpreter): each death makes all of these stale. */
static _Thread_local struct {
    PyThreadState *tstate;
    PyObject *module;
    Thread *thread;
    unsigned deaths;
} last;

static _Atomic unsigned deaths;

void
thread_release(Thread *thread)
{
    if (--thread->references == 0) {
        PyObject *module = thread->module;
        PyMem_RawFree(thread);
        Py_DECREF(module);
    }
}

/* Whether some thread may still stand on a pooled stack of this record. At finalization CPython clears the thread states of daemon threads, which
 * wait for its lock, each on whatever stack it is; and Py_Exit can be called in a context. Not in the child of a fork, and not at thread exit. */
static int
may_be_stood_on(Thread *thread)
{
    if (thread->tstate->thread_id == PyThread_get_thread_ident()) {
        return thread->current != thread->root;
    }
    return Py_IsFinalizing();
}

/* The dict of a thread state is being cleared: the thread exits, has vanished in a fork, or its interpreter ends. PyState has its own
 * watcher for the saved states; this is for the C stacks. Save leaves nothing on the heap that points into them, so they are unmapped. */
static void
thread_gone(PyObject *capsule)
{
    Thread *thread = PyCapsule_GetPointer(capsule, NAME);
    if (thread == NULL) {
        PyErr_Clear();
        return;
    }
    atomic_fetch_add(&deaths, 1);
    if (!may_be_stood_on(thread)) {
        CStack_Close(thread->stacks);
    }
    thread->stacks = NULL;
    thread->tstate = NULL;
    Py_CLEAR(thread->current);
    Py_CLEAR(thread->root);
    thread_release(thread);
}

static Thread *
new_thread(PyObject *module, PyThreadState *tstate, PyObject *dict)
{
    ModuleState *globals = globals_of(module);
    Thread *thread = PyMem_RawCalloc(1, sizeof *thread);
    if (thread == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    thread->references = 1;
    Py_INCREF(module);
    thread->module = module;
    thread->globals = globals;
    thread->tstate = tstate;
    thread->stacks = CStack_Open(globals->poison, POOL);
    if (thread->stacks == NULL) {
        PyErr_NoMemory();
        goto error;
    }
    thread->root = context_new(globals, thread, NULL, 0);
    if (thread->root == NULL) {
        CStack_Close(thread->stacks);
        goto error;
    }
    Py_INCREF(thread->root);
    thread->current = thread->root;
    PyObject *capsule = PyCapsule_New(thread, NAME, thread_gone);
    if (capsule == NULL) {
        CStack_Close(thread->stacks);
        thread->stacks = NULL;
        thread->tstate = NULL;
        Py_CLEAR(thread->current);
        Py_CLEAR(thread->root);
        goto error;
    }
    int failed = PyDict_SetItem(dict, globals->thread_key, capsule);
    Py_DECREF(capsule);
    return failed ? NULL : thread;
error:
    thread_release(thread);
    return NULL;
}

Thread *
thread_here(PyObject *module)
{
    PyThreadState *tstate = PyThreadState_Get();
    if (last.tstate == tstate && last.module == module && last.deaths == atomic_load_explicit(&deaths, memory_order_relaxed)) {
        return last.thread;
    }
    PyObject *dict = PyThreadState_GetDict(); /* borrowed */
    if (dict == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    PyObject *capsule = PyDict_GetItemWithError(dict, globals_of(module)->thread_key);
    Thread *thread = NULL;
    if (capsule != NULL) {
        thread = PyCapsule_GetPointer(capsule, NAME);
    } else if (!PyErr_Occurred()) {
        thread = new_thread(module, tstate, dict);
    }
    if (thread != NULL) {
        last.tstate = tstate;
        last.module = module;
        last.thread = thread;
        last.deaths = atomic_load_explicit(&deaths, memory_order_relaxed);
    }
    return thread;
}
