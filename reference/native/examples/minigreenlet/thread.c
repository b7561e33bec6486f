/* Threads: each has a main greenlet, which is whatever ran before any other. */
#include "minigreenlet.h"

#include <stdatomic.h>

/* Unused C stacks that a thread keeps for the next greenlets. */
#define POOL 64

#define NAME "minigreenlet.thread"

/* The record that this thread used last. A record can end in another thread (fork, Py_EndInterpreter): every end makes all of these stale. */
static _Thread_local struct {
    Thread *thread;
    unsigned ends;
} last;

static _Atomic unsigned ends;

void
thread_retain(Thread *thread)
{
    thread->references++;
}

void
thread_release(Thread *thread)
{
    if (--thread->references == 0) {
        PyMem_RawFree(thread);
    }
}

/* The dict of a thread state is cleared: its thread exits, has vanished in a fork, or its interpreter ends. The saved states of its
 * greenlets are abandoned by PyState itself; nothing points into their C stacks any more. */
static void
thread_gone(PyObject *capsule)
{
    Thread *thread = PyCapsule_GetPointer(capsule, NAME);
    if (thread == NULL) {
        PyErr_Clear();
        return;
    }
    atomic_fetch_add(&ends, 1);
    thread->tstate = NULL;
    if (thread->current == thread->main) {
        CStack_Close(thread->stacks); /* else this runs on one of its stacks: somebody has called exit() in a greenlet */
    }
    thread->stacks = NULL;
    PyObject *condemned = thread->condemned;
    thread->condemned = NULL;
    Py_XDECREF(condemned);
    Py_CLEAR(thread->current);
    Py_CLEAR(thread->main);
    thread_release(thread);
}

/* Makes the record, and gives it to the thread state's dict, whose clearing ends it. */
static Thread *
open_thread(PyObject *dict)
{
    Thread *thread = PyMem_RawCalloc(1, sizeof *thread);
    PyObject *capsule = NULL;
    if (thread == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    thread->references = 1;
    thread->tstate = PyThreadState_Get();
    thread->stacks = CStack_Open(0, POOL);
    if (thread->stacks == NULL) {
        PyErr_NoMemory();
        thread_release(thread);
        return NULL;
    }
    capsule = PyCapsule_New(thread, NAME, NULL);
    thread->main = capsule == NULL ? NULL : (Greenlet *)green_type.tp_alloc(&green_type, 0);
    if (thread->main == NULL) {
        CStack_Close(thread->stacks);
        thread_release(thread);
        Py_XDECREF(capsule);
        return NULL;
    }
    thread_retain(thread);
    thread->main->thread = thread;
    thread->main->phase = RUNNING;
    Py_INCREF(thread->main);
    thread->current = thread->main;
    (void)PyCapsule_SetDestructor(capsule, thread_gone);
    int failed = PyDict_SetItemString(dict, NAME, capsule);
    Py_DECREF(capsule);
    return failed ? NULL : thread;
}

/* One by one, because each unwinding can run anything, this function included. */
static void
unwind_condemned(Thread *thread)
{
    while (thread->condemned != NULL && PyList_GET_SIZE(thread->condemned) > 0) {
        Py_ssize_t last_index = PyList_GET_SIZE(thread->condemned) - 1;
        PyObject *greenlet = Py_NewRef(PyList_GET_ITEM(thread->condemned, last_index));
        if (PyList_SetSlice(thread->condemned, last_index, last_index + 1, NULL) < 0) {
            PyErr_WriteUnraisable(greenlet);
            Py_DECREF(greenlet);
            return;
        }
        green_unwind((Greenlet *)greenlet);
        Py_DECREF(greenlet);
    }
}

static Thread *
find_thread(void)
{
    PyObject *dict = PyThreadState_GetDict(); /* borrowed */
    if (dict == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    PyObject *capsule = PyDict_GetItemString(dict, NAME); /* borrowed */
    Thread *thread = capsule != NULL ? PyCapsule_GetPointer(capsule, NAME) : open_thread(dict);
    last.thread = thread;
    last.ends = atomic_load_explicit(&ends, memory_order_relaxed);
    return thread;
}

Thread *
thread_here(void)
{
    Thread *thread = last.thread;
    if (thread == NULL || last.ends != atomic_load_explicit(&ends, memory_order_relaxed) || thread->tstate != PyThreadState_Get()) {
        thread = find_thread();
        if (thread == NULL) {
            return NULL;
        }
    }
    if (thread->condemned != NULL) {
        unwind_condemned(thread);
    }
    return thread;
}

bool
thread_condemn(Greenlet *greenlet)
{
    Thread *thread = greenlet->thread;
    if (thread->condemned == NULL) {
        thread->condemned = PyList_New(0);
    }
    if (thread->condemned == NULL || PyList_Append(thread->condemned, (PyObject *)greenlet) < 0) {
        PyErr_Clear();
        return false;
    }
    return true;
}
