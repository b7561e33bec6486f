/* minigreenlet: greenlet's interface, on pystate.h and cstack.h alone. Internal to its files.
 *
 * The demonstration that an opaque saved state suffices: nothing here includes a header of CPython's interior or of the reference's, or reads
 * a field of the thread state. What greenlet's users look at in a suspended greenlet, its frames and its Context object, is asked of the saved
 * state. Names and behaviour are greenlet's (https://greenlet.readthedocs.io), the code is this project's.
 *
 * One module for the process, as greenlet is, guarded by the interpreter's lock: isolated subinterpreters refuse to import it. */
#ifndef MINIGREENLET_H
#define MINIGREENLET_H

#include "../../pystate.h"
#include "../../cstack.h"

#include <stdbool.h>
#include <stddef.h>

/* DEAD includes one whose thread is gone; see green_is_dead. */
enum { BORN, SUSPENDED, RUNNING, DEAD };

typedef struct Thread Thread;

typedef struct Greenlet {
    PyObject_HEAD
    Thread *thread;          /* the one it belongs to from its start on; see green_thread. Counted */
    struct Greenlet *parent; /* who gets what it ends with; owned. NULL for a thread's main greenlet, or after a collection */
    PyObject *run;           /* what will be called: given, or from the start on found; owned, NULL once it is being called */
    PyObject *context;       /* the Context object it will start with; owned, or NULL */
    PyObject *dict;
    PyObject *weak;
    PyState_Handle state;    /* the Python half, while it is SUSPENDED; else 0, but see finish() */
    CStack_Flow flow;        /* the C half; a main greenlet's is its thread's root */
    unsigned char phase;
} Greenlet;

/* What crosses with control. All owned. */
typedef struct {
    PyObject *value;    /* the only argument, the tuple of the arguments, or an exception */
    PyObject *keywords; /* a dict that is not empty, or NULL */
    enum { ONE, MANY, RAISE } kind;
} Message;

/* What is known of a thread: made when it first asks for its current greenlet, ended when its thread state is cleared, freed with its last
 * greenlet. */
struct Thread {
    PyThreadState *tstate; /* NULL when it is gone */
    CStack_Thread *stacks; /* NULL when it is gone */
    Greenlet *main;        /* owned */
    Greenlet *current;     /* owned */
    PyObject *condemned;   /* a list of greenlets that died elsewhere and have to be unwound here, or NULL */
    size_t references;
    /* Handed over by a switch. */
    Greenlet *leaving;     /* who gave control; owned, released by who got it */
    Message message;
};

extern PyTypeObject green_type;
extern PyObject *green_error, *green_exit;

/* thread.c */

/* The record of the calling thread, borrowed, made where there is none; unwinds whom that thread has to unwind. NULL with an exception. */
Thread *thread_here(void);

/* A greenlet has one more, or one less, reference to the record. */
void thread_retain(Thread *thread);
void thread_release(Thread *thread);

/* Has a suspended greenlet that died elsewhere unwound by its own thread, when that thread next comes by. false where that cannot be. */
bool thread_condemn(Greenlet *greenlet);

/* switch.c */

/* Gives control to a greenlet, or where it is dead to its next living ancestor, and takes it back. The message is used up. Returns what
 * comes back with control, or NULL with an exception. */
PyObject *green_switch(Thread *here, Greenlet *target, Message *message);

/* Ends a suspended greenlet of this thread: GreenletExit is raised in it, and control comes back here. Errors are unraisable. */
void green_unwind(Greenlet *greenlet);

/* Gives up what a suspended greenlet has that nobody will resume or unwind. */
void green_abandon(Greenlet *greenlet);

/* Drops what a message has. */
void message_drop(Message *message);

/* The thread of a greenlet; while it is BORN, that of its first ancestor that is not. */
static inline Thread *
green_thread(const Greenlet *self)
{
    while (self->phase == BORN && self->parent != NULL) {
        self = self->parent;
    }
    return self->thread;
}

static inline bool
green_is_dead(const Greenlet *self)
{
    return self->phase == DEAD || (self->phase != BORN && self->thread->tstate == NULL);
}

/* CPython has given these names in its time. */
#if PY_VERSION_HEX < 0x03090000
#  define PyObject_Vectorcall _PyObject_Vectorcall
#  define PyObject_CallNoArgs(callable) PyObject_CallObject(callable, NULL)
#endif
#if PY_VERSION_HEX < 0x030A0000
static inline PyObject *
Py_NewRef(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

static inline PyObject *
Py_XNewRef(PyObject *object)
{
    Py_XINCREF(object);
    return object;
}
#endif
#if PY_VERSION_HEX < 0x030D0000
#  define Py_IsFinalizing _Py_IsFinalizing
#endif

#endif
