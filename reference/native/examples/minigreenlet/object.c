/* The type greenlet: what Python sees of one. */
#include "minigreenlet.h"

#include <structmember.h>

/* ---- Birth and death ----------------------------------------------------------------------------------------------------------------- */

static PyObject *
green_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)args, (void)keywords;
    Thread *here = thread_here();
    Greenlet *self = here == NULL ? NULL : (Greenlet *)type->tp_alloc(type, 0);
    if (self != NULL) {
        thread_retain(here);
        self->thread = here;
        self->parent = (Greenlet *)Py_NewRef((PyObject *)here->current);
    }
    return (PyObject *)self;
}

static int set_run(PyObject *op, PyObject *run, void *unused);
static int set_parent(PyObject *op, PyObject *parent, void *unused);

static int
green_init(PyObject *op, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"run", "parent", NULL};
    PyObject *run = NULL, *parent = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|OO:greenlet", names, &run, &parent)) {
        return -1;
    }
    if (run != NULL && run != Py_None && set_run(op, run, NULL) < 0) {
        return -1;
    }
    return parent == NULL || parent == Py_None ? 0 : set_parent(op, parent, NULL);
}

static int
green_traverse(PyObject *op, visitproc visit, void *arg)
{
    Greenlet *self = (Greenlet *)op;
    Py_VISIT(self->parent);
    Py_VISIT(self->run);
    Py_VISIT(self->context);
    Py_VISIT(self->dict);
    if (self->phase == SUSPENDED) {
        int result = 0;
        if (PyState_Traverse(self->state, visit, arg, &result) == PYSTATE_OK && result != 0) {
            return result;
        }
    }
    return 0;
}

static int
green_clear(PyObject *op)
{
    Greenlet *self = (Greenlet *)op;
    Py_CLEAR(self->run);
    Py_CLEAR(self->context);
    Py_CLEAR(self->dict);
    if (self->phase == SUSPENDED) {
        PyState_Clear(self->state); /* and it keeps its parent: it may yet have to end */
    } else {
        Py_CLEAR(self->parent);
    }
    return 0;
}

/* A suspended greenlet that nobody can reach is unwound by its thread: only that releases what its C stack holds. A subclass with a __del__
 * of its own has to call super().__del__(), as for any class. */
static void
green_finalize(PyObject *op)
{
    Greenlet *self = (Greenlet *)op;
    Thread *thread = self->thread;
    if (self->phase != SUSPENDED || self == thread->main || thread->tstate == NULL || Py_IsFinalizing()) {
        return;
    }
    if (thread->tstate == PyThreadState_Get()) {
        green_unwind(self);
    } else {
        (void)thread_condemn(self); /* or it is abandoned */
    }
}

static void
green_dealloc(PyObject *op)
{
    Greenlet *self = (Greenlet *)op;
    if (self->phase == SUSPENDED && PyObject_CallFinalizerFromDealloc(op) < 0) {
        return;
    }
    PyObject_GC_UnTrack(op);
    if (self->weak != NULL) {
        PyObject_ClearWeakRefs(op);
    }
    if (self->phase == SUSPENDED) {
        green_abandon(self);
    }
    green_clear(op);
    if (self->thread != NULL) {
        thread_release(self->thread);
    }
    Py_TYPE(op)->tp_free(op);
}

/* ---- Methods ------------------------------------------------------------------------------------------------------------------------- */

/* The arguments of a call as a message. -1 with an exception. */
static int
pack(Message *message, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    *message = (Message){NULL, NULL, ONE};
    if (names != NULL && PyTuple_GET_SIZE(names) > 0) {
        message->keywords = PyDict_New();
        for (Py_ssize_t i = 0; message->keywords != NULL && i < PyTuple_GET_SIZE(names); i++) {
            if (PyDict_SetItem(message->keywords, PyTuple_GET_ITEM(names, i), args[count + i]) < 0) {
                Py_CLEAR(message->keywords);
            }
        }
        if (message->keywords == NULL) {
            return -1;
        }
    }
    if (count == 1) {
        message->value = Py_NewRef(args[0]);
        return 0;
    }
    message->kind = MANY;
    message->value = PyTuple_New(count);
    if (message->value == NULL) {
        Py_CLEAR(message->keywords);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyTuple_SET_ITEM(message->value, i, Py_NewRef(args[i]));
    }
    return 0;
}

static PyObject *
green_switch_method(PyObject *op, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Message message;
    Thread *here = ((Greenlet *)op)->thread;
    if (here->tstate != PyThreadState_Get() || here->condemned != NULL) {
        here = thread_here();
    }
    if (here == NULL || pack(&message, args, count, names) < 0) {
        return NULL;
    }
    return green_switch(here, (Greenlet *)op, &message);
}

/* An exception as raise would take it, as one object. NULL with an exception. */
static PyObject *
make_exception(PyObject *type, PyObject *value, PyObject *traceback)
{
    if (traceback == Py_None) {
        traceback = NULL;
    } else if (traceback != NULL && !PyTraceBack_Check(traceback)) {
        PyErr_SetString(PyExc_TypeError, "throw() third argument must be a traceback object");
        return NULL;
    }
    if (PyExceptionInstance_Check(type)) {
        if (value != NULL && value != Py_None) {
            PyErr_SetString(PyExc_TypeError, "instance exception may not have a separate value");
            return NULL;
        }
        value = Py_NewRef(type);
    } else if (PyExceptionClass_Check(type)) {
        PyObject *made = Py_XNewRef(value), *none = NULL;
        Py_INCREF(type);
        PyErr_NormalizeException(&type, &made, &none);
        Py_XDECREF(none);
        Py_DECREF(type);
        value = made;
    } else {
        PyErr_Format(PyExc_TypeError, "exceptions must be classes, or instances, not %s", Py_TYPE(type)->tp_name);
        return NULL;
    }
    if (traceback != NULL) {
        PyException_SetTraceback(value, traceback);
    }
    return value;
}

static PyObject *
green_throw(PyObject *op, PyObject *args)
{
    Greenlet *self = (Greenlet *)op;
    PyObject *type = green_exit, *value = NULL, *traceback = NULL;
    Thread *here = thread_here();
    if (here == NULL || !PyArg_ParseTuple(args, "|OOO:throw", &type, &value, &traceback)) {
        return NULL;
    }
    Message message = {make_exception(type, value, traceback), NULL, RAISE};
    if (message.value == NULL) {
        return NULL;
    }
    if (self->phase == DEAD && PyErr_GivenExceptionMatches(message.value, green_exit)) {
        message.kind = ONE; /* it has ended, as it should: what it would have ended with goes to its parent */
    }
    return green_switch(here, self, &message);
}

/* ---- Attributes ---------------------------------------------------------------------------------------------------------------------- */

static PyObject *
get_run(PyObject *op, void *unused)
{
    (void)unused;
    Greenlet *self = (Greenlet *)op;
    if (self->phase != BORN || self->run == NULL) {
        PyErr_SetString(PyExc_AttributeError, "run");
        return NULL;
    }
    return Py_NewRef(self->run);
}

static int
set_run(PyObject *op, PyObject *run, void *unused)
{
    (void)unused;
    Greenlet *self = (Greenlet *)op;
    if (self->phase != BORN) {
        PyErr_SetString(PyExc_AttributeError, "run cannot be set after the start of the greenlet");
        return -1;
    }
    PyObject *old = self->run;
    self->run = Py_XNewRef(run);
    Py_XDECREF(old);
    return 0;
}

static PyObject *
get_parent(PyObject *op, void *unused)
{
    (void)unused;
    Greenlet *parent = ((Greenlet *)op)->parent;
    return Py_NewRef(parent == NULL ? Py_None : (PyObject *)parent);
}

static int
set_parent(PyObject *op, PyObject *value, void *unused)
{
    (void)unused;
    Greenlet *self = (Greenlet *)op;
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "cannot delete the parent of a greenlet");
        return -1;
    }
    if (!PyObject_TypeCheck(value, &green_type)) {
        PyErr_Format(PyExc_TypeError, "GreenletChecker: Expected any type of greenlet, not %s", Py_TYPE(value)->tp_name);
        return -1;
    }
    if (self->parent == NULL && self->phase != BORN) {
        PyErr_SetString(PyExc_AttributeError, "cannot set the parent of a main greenlet");
        return -1;
    }
    Greenlet *parent = (Greenlet *)value;
    for (Greenlet *ancestor = parent; ancestor != NULL; ancestor = ancestor->parent) {
        if (ancestor == self) {
            PyErr_SetString(PyExc_ValueError, "cyclic parent chain");
            return -1;
        }
    }
    if (self->phase != BORN && green_thread(parent) != self->thread) {
        PyErr_SetString(PyExc_ValueError, "parent cannot be on a different thread");
        return -1;
    }
    PyObject *old = (PyObject *)self->parent;
    self->parent = (Greenlet *)Py_NewRef(value);
    Py_XDECREF(old);
    return 0;
}

static PyObject *
get_dead(PyObject *op, void *unused)
{
    (void)unused;
    return PyBool_FromLong(green_is_dead((Greenlet *)op));
}

/* The innermost frame of a suspended greenlet, else None. */
static PyObject *
get_frame(PyObject *op, void *unused)
{
    (void)unused;
    Greenlet *self = (Greenlet *)op;
    PyFrameObject *frame = NULL;
    if (self->phase == SUSPENDED && PyState_TopFrame(self->state, &frame) == PYSTATE_NO_MEMORY) {
        return PyErr_NoMemory();
    }
    return frame == NULL ? Py_NewRef(Py_None) : (PyObject *)frame;
}

/* Gets or sets the Context object of the running flow. The interface knows only saved states, so for a moment it is one. */
static PyState_Status
running_context(PyObject **get, PyObject *set)
{
    PyState_Handle handle;
    PyState_Status status = PyState_New(&handle);
    if (status == PYSTATE_OK) {
        status = PyState_Save(handle, NULL);
        if (status == PYSTATE_OK) {
            status = get != NULL ? PyState_GetContext(handle, get) : PyState_SetContext(handle, set);
            PyState_Restore(handle);
        }
        PyState_Drop(handle);
    }
    return status;
}

/* -1 with an exception where the greenlet runs, but in another thread. */
static int
check_runs_here(Greenlet *self, const char *what)
{
    if (self->thread->tstate != PyThreadState_Get()) {
        PyErr_Format(PyExc_ValueError, "cannot %s context of a greenlet that is running in a different thread", what);
        return -1;
    }
    return 0;
}

static PyObject *
get_context(PyObject *op, void *unused)
{
    (void)unused;
    Greenlet *self = (Greenlet *)op;
    PyObject *context = NULL;
    PyState_Status status = PYSTATE_OK;
    if (self->phase == BORN) {
        context = Py_XNewRef(self->context);
    } else if (self->phase == SUSPENDED) {
        status = PyState_GetContext(self->state, &context);
    } else if (!green_is_dead(self)) {
        if (check_runs_here(self, "get") < 0) {
            return NULL;
        }
        status = running_context(&context, NULL);
    }
    if (status != PYSTATE_OK && status != PYSTATE_ABANDONED) {
        return PyErr_Format(green_error, "the context cannot be read: %s", PyState_StatusName(status));
    }
    return context == NULL ? Py_NewRef(Py_None) : context;
}

/* Unlike greenlet this refuses to take a Context object away that Context.run has entered, or to give one [INTRO-04]. */
static int
set_context(PyObject *op, PyObject *context, void *unused)
{
    (void)unused;
    Greenlet *self = (Greenlet *)op;
    PyState_Status status = PYSTATE_OK;
    if (context == NULL) {
        PyErr_SetString(PyExc_AttributeError, "can't delete context attribute");
        return -1;
    }
    if (context == Py_None) {
        context = NULL;
    } else if (!PyContext_CheckExact(context)) {
        PyErr_SetString(PyExc_TypeError, "greenlet context must be a contextvars.Context or None");
        return -1;
    }
    if (self->phase == BORN) {
        PyObject *old = self->context;
        self->context = Py_XNewRef(context);
        Py_XDECREF(old);
    } else if (self->phase == SUSPENDED) {
        status = PyState_SetContext(self->state, context);
    } else if (!green_is_dead(self)) {
        if (check_runs_here(self, "set") < 0) {
            return -1;
        }
        status = running_context(NULL, context);
    }
    if (status != PYSTATE_OK) {
        PyErr_Format(status == PYSTATE_ENTERED ? PyExc_RuntimeError : green_error, "the context cannot be set: %s", PyState_StatusName(status));
        return -1;
    }
    return 0;
}

static PyObject *
green_repr(PyObject *op)
{
    static const char *const phases[] = {"pending", "suspended active started", "current active started", "dead"};
    Greenlet *self = (Greenlet *)op;
    return PyUnicode_FromFormat("<%s object at %p %s%s>", Py_TYPE(op)->tp_name, op, phases[green_is_dead(self) ? DEAD : self->phase],
                                self->parent == NULL && self->phase != BORN ? " main" : "");
}

/* A greenlet is true while it is active: started, and not dead. */
static int
green_bool(PyObject *op)
{
    Greenlet *self = (Greenlet *)op;
    return self->phase != BORN && !green_is_dead(self);
}

static PyMethodDef methods[] = {
    {"switch", (PyCFunction)(void (*)(void))green_switch_method, METH_FASTCALL | METH_KEYWORDS,
     "switch(*args, **kwargs)\n\nGives control to this greenlet and returns what comes back with it."},
    {"throw", green_throw, METH_VARARGS,
     "throw(typ=GreenletExit, val=None, tb=None)\n\nGives control to this greenlet and raises the exception there."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef getset[] = {
    {"run", get_run, set_run, "what will be called when it starts", NULL},
    {"parent", get_parent, set_parent, "who gets control when it ends", NULL},
    {"dead", get_dead, NULL, "whether it has ended, or its thread has", NULL},
    {"gr_frame", get_frame, NULL, "the innermost frame while it is suspended, else None", NULL},
    {"gr_context", get_context, set_context, "its Context object, or None", NULL},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyNumberMethods number = {.nb_bool = green_bool};

PyTypeObject green_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minigreenlet.greenlet",
    .tp_basicsize = sizeof(Greenlet),
    .tp_dealloc = green_dealloc,
    .tp_repr = green_repr,
    .tp_as_number = &number,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_FINALIZE,
    .tp_doc = "greenlet(run=None, parent=None)\n\nA function call that can be left and come back to.",
    .tp_traverse = green_traverse,
    .tp_clear = green_clear,
    .tp_weaklistoffset = offsetof(Greenlet, weak),
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_dictoffset = offsetof(Greenlet, dict),
    .tp_init = green_init,
    .tp_new = green_new,
    .tp_finalize = green_finalize,
};
