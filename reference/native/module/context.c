/* Contexts: the type, and the switch. The order of one switch, and who does what:
 *
 *     New        the state of the flow that leaves: all that can fail
 *     Save       the thread state is ready
 *     jump       CStack: from here on another stack
 *     Restore    the flow that arrives, on its own stack; or a fresh one calls run()
 *
 * An exception crosses as an argument of the switch, in the thread's record, never as the pending one [SAVE-03, RESTORE-19]. */
#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif
#include "module.h"

#include "../layout.h" /* layout_attached: quicker than PyThreadState_Get */

#if PY_VERSION_HEX >= 0x03090000
#  include <internal/pycore_gc.h> /* _PyGC_CLEAR_FINALIZED, or what it is made of */
#endif
#include <structmember.h>

#if PY_VERSION_HEX < 0x03090000
#  define PyObject_CallNoArgs(callable) PyObject_CallObject(callable, NULL)
#endif

#if PY_VERSION_HEX < 0x030D0000
#  define _PyGC_CLEAR_FINALIZED(op) (_Py_AS_GC(op)->_gc_prev &= ~_PyGC_PREV_MASK_FINALIZED)
#endif

/* Its code lies apart: a switch between two contexts that run their lives runs straight through. */
#define RARELY(condition) __builtin_expect(!!(condition), 0)
#define APART __attribute__((noinline, cold))

static APART PyObject *
refuse(Context *context, const char *why)
{
    PyErr_SetString(context->thread->globals->error, why);
    return NULL;
}

/* ---- The exception that crosses ------------------------------------------------------------------------------------------------------ */

/* Takes the message that is on its way, if there is one: *message has a type then. */
static inline void
take_message(Thread *thread, Message *message)
{
    message->type = thread->message.type;
    if (RARELY(message->type != NULL)) {
        *message = thread->message;
        thread->message.type = NULL;
    }
}

static APART void
drop_message(Message message)
{
    Py_XDECREF(message.type);
    Py_XDECREF(message.value);
    Py_XDECREF(message.traceback);
}

/* ---- Switching ----------------------------------------------------------------------------------------------------------------------- */

/* The nearest living ancestor: who gets control when the context finishes. */
static Context *
heir_of(Context *context)
{
    Context *heir = context->parent;
    while (heir->phase == FINISHED) {
        heir = heir->parent;
    }
    return heir;
}

static void
set_parent(Context *context, Context *parent)
{
    Context *old = context->parent;
    Py_INCREF(parent);
    context->parent = parent;
    Py_XDECREF(old);
}

/* The outermost function of a context, on its C stack, with a ready thread state. */
static void
begin(CStack_Flow *flow)
{
    Context *self = (Context *)((char *)flow - offsetof(Context, flow));
    Thread *thread = self->thread;
    Context *leaving = thread->leaving;
    Message message;
    take_message(thread, &message);
    PyObject *run = self->run, *result = NULL;
    self->run = NULL;
    Py_DECREF(leaving);
    if (message.type != NULL) {
        PyErr_Restore(message.type, message.value, message.traceback);
    } else {
        result = PyObject_CallNoArgs(run);
    }
    Py_DECREF(run);
    Py_XDECREF(result);
    if (result == NULL && PyErr_ExceptionMatches(thread->globals->exit)) {
        PyErr_Clear();
    }
    if (self->parent->phase == FINISHED) {
        set_parent(self, heir_of(self)); /* so that no chain of the dead grows */
    }
    PyErr_Fetch(&message.type, &message.value, &message.traceback); /* or nothing */

    /* From here on nothing runs Python code in this flow: what its end sets free is set free by the receiver. */
    Context *heir = self->parent;
    Py_INCREF(heir);
    self->phase = FINISHED;
    heir->phase = RUNNING;
    thread->current = heir;
    thread->leaving = self;
    thread->message = message;
    CStack_Finish(thread->stacks, heir->stands);
    Py_FatalError("_pystate: no memory to leave a context that has finished");
}

/* A switch that does not take place. */
static APART PyObject *
give_up_switch(Thread *thread, Context *target, PyState_Status status)
{
    if (target->phase == BORN) {
        CStack_Forget(thread->stacks, &target->flow);
    }
    Message message = {NULL, NULL, NULL};
    take_message(thread, &message);
    drop_message(message);
    if (status == PYSTATE_NO_MEMORY) {
        return PyErr_NoMemory();
    }
    return PyErr_Format(thread->globals->error, "the thread state cannot be switched: %s", PyState_StatusName(status));
}

static APART void
drop_unused(PyState_Handle handle)
{
    PyState_Drop(handle);
}

/* Reserves the C stack of a context that has not started, and says what its bounds are, unless it is to start on this one. */
static APART PyState_Status
reserve(Thread *thread, Context *target, PyState_Stack *bounds, PyState_Stack **next)
{
    CStack_Bounds reserved;
    if (target->evict) {
        return PYSTATE_OK;
    }
    if (CStack_Share(thread->stacks, &target->flow, thread->globals->stack_size, thread->globals->stacks, &reserved) != 0) {
        return PYSTATE_NO_MEMORY;
    }
    bounds->low = reserved.low;
    bounds->size = reserved.size;
    *next = bounds;
    return PYSTATE_OK;
}

/* Raises what has come with control. Where the jump has failed that is what was to go. */
static APART PyObject *
raise_message(Message came, int failed)
{
    if (failed) {
        drop_message(came);
        return PyErr_NoMemory();
    }
    PyErr_Restore(came.type, came.value, came.traceback);
    return NULL;
}

/* Gives control to a context of this thread that is born or suspended, with the message that stands in the thread's record, and takes it back. Returns
 * None, or NULL with an exception: the one that came with control, or that of a switch that did not take place. The calls of PyState and
 * CStack are part of this function where the build optimizes across files. */
static __attribute__((flatten)) PyObject *
transfer(Thread *thread, Context *target)
{
    Context *self = thread->current;
    PyState_Stack bounds, *next = NULL;
    int born = target->phase == BORN;

    PyState_Status status = RARELY(born) ? reserve(thread, target, &bounds, &next) : PYSTATE_OK;
    PyState_Handle handle;
    if (RARELY(status != PYSTATE_OK) || (status = PyState_New(&handle)) != PYSTATE_OK) {
        return give_up_switch(thread, target, status);
    }
    status = PyState_Save(handle, next);
    if (RARELY(status != PYSTATE_OK)) {
        drop_unused(handle);
        return give_up_switch(thread, target, status);
    }

    self->state = handle;
    self->phase = SUSPENDED;
    target->phase = RUNNING;
    Py_INCREF(target);
    thread->current = target;
    thread->leaving = self; /* the reference that `current` had */
    int failed = RARELY(born) ? CStack_Start(thread->stacks, target->stands, begin) : CStack_Switch(thread->stacks, target->stands);

    /* Control is back. Restore can run code, at its end, which can switch: nothing is read from the records after it. */
    Context *leaving = thread->leaving;
    Message came; /* but for its type undefined where there is none */
    take_message(thread, &came);
    if (RARELY(failed)) {
        target->phase = born ? BORN : SUSPENDED;
        if (born) {
            CStack_Forget(thread->stacks, &target->flow); /* it can be started later */
        }
        leaving = target;
        thread->current = self;
        if (came.type == NULL) {
            came = (Message){PyExc_MemoryError, NULL, NULL};
            Py_INCREF(came.type);
        }
    }
    handle = self->state;
    self->phase = RUNNING;
    status = PyState_Restore(handle);
    if (RARELY(status != PYSTATE_OK)) {
        Py_FatalError(PyState_StatusName(status)); /* the flow that gave control was not left as it has to be: there is no way on */
    }
    PyState_Drop(handle);
    Py_DECREF(leaving);
    if (RARELY(came.type != NULL)) {
        return raise_message(came, failed);
    }
    Py_RETURN_NONE;
}

Context *
context_check(PyObject *argument)
{
    extern void context_dealloc(PyObject *);
    if (Py_TYPE(argument)->tp_dealloc != context_dealloc) {
        PyErr_Format(PyExc_TypeError, "a Context is needed, not %.100s", Py_TYPE(argument)->tp_name);
        return NULL;
    }
    return (Context *)argument;
}

/* Whether a context can be given control from here: it belongs to the calling thread, and has not finished. */
static inline int
is_reachable(Context *context)
{
    if (RARELY(context->thread->tstate != layout_attached())) {
        refuse(context, context->thread->tstate == NULL ? "the thread of the context is gone" : "a context of another thread");
        return 0;
    }
    if (RARELY(context->phase == FINISHED)) {
        refuse(context, "the context has finished");
        return 0;
    }
    return 1;
}

PyObject *
context_switch(PyObject *module, PyObject *argument)
{
    (void)module;
    Context *target = context_check(argument);
    if (target == NULL || !is_reachable(target)) {
        return NULL;
    }
    if (target->phase == RUNNING) {
        Py_RETURN_NONE;
    }
    return transfer(target->thread, target);
}

PyObject *
context_throw(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "throw(context, exception)");
        return NULL;
    }
    Context *target = context_check(arguments[0]);
    PyObject *exception = arguments[1];
    if (target == NULL) {
        return NULL;
    }
    if (!PyExceptionInstance_Check(exception)) {
        PyErr_SetString(PyExc_TypeError, "an exception is needed");
        return NULL;
    }
    if (!is_reachable(target)) {
        return NULL;
    }
    Message message = {(PyObject *)Py_TYPE(exception), exception, PyException_GetTraceback(exception)};
    Py_INCREF(message.type);
    Py_INCREF(message.value);
    if (target->phase == RUNNING) {
        PyErr_Restore(message.type, message.value, message.traceback);
        return NULL;
    }
    target->thread->message = message;
    return transfer(target->thread, target);
}

/* Makes a context end. It is of this thread. Returns None, or NULL with an exception. */
static PyObject *
end(Context *context)
{
    Thread *thread = context->thread;
    if (context->phase == BORN) {
        context->phase = FINISHED;
        set_parent(context, thread->current);
        Py_CLEAR(context->run);
        Py_RETURN_NONE;
    }
    set_parent(context, thread->current);
    Py_INCREF(thread->globals->exit);
    thread->message = (Message){thread->globals->exit, NULL, NULL};
    return transfer(thread, context);
}

PyObject *
context_kill(PyObject *module, PyObject *argument)
{
    (void)module;
    Context *context = context_check(argument);
    if (context == NULL || !is_reachable(context)) {
        return NULL;
    }
    for (Context *ancestor = context->thread->current; ancestor != NULL; ancestor = ancestor->parent) {
        if (ancestor == context) {
            return refuse(context, "neither the running context nor an ancestor of it can be killed");
        }
    }
    if (context->parent == NULL) {
        return refuse(context, "the root context of a thread cannot be killed");
    }
    return end(context);
}

/* ---- The type ------------------------------------------------------------------------------------------------------------------------ */

Context *
context_new(ModuleState *globals, Thread *thread, PyObject *run, int evict)
{
    Context *self = PyObject_GC_New(Context, globals->context_type);
    if (self == NULL) {
        return NULL;
    }
    thread->references++;
    self->thread = thread;
    self->parent = run == NULL ? NULL : thread->current;
    Py_XINCREF(self->parent);
    self->run = run;
    Py_XINCREF(run);
    self->weak = NULL;
    self->state = 0;
    memset(&self->flow, 0, sizeof self->flow);
    self->stands = run == NULL ? CStack_Root(thread->stacks) : &self->flow;
    self->phase = run == NULL ? RUNNING : BORN;
    self->evict = evict != 0;
    PyObject_GC_Track(self);
    return self;
}

static int
context_traverse(PyObject *op, visitproc visit, void *arg)
{
    Context *self = (Context *)op;
    Py_VISIT(self->parent);
    Py_VISIT(self->run);
    if (self->phase == SUSPENDED && self->state != 0) {
        int result = 0;
        if (PyState_Traverse(self->state, visit, arg, &result) == PYSTATE_OK && result != 0) {
            return result;
        }
    }
#if PY_VERSION_HEX >= 0x03090000
    Py_VISIT(Py_TYPE(op));
#endif
    return 0;
}

static int
context_clear(PyObject *op)
{
    Context *self = (Context *)op;
    Py_CLEAR(self->run);
    if (self->phase == SUSPENDED) {
        PyState_Clear(self->state); /* and it keeps its parent: it may yet have to finish */
    } else if (self->phase == BORN) {
        self->phase = FINISHED; /* without anything to run; its parent is where its children look for an heir */
    }
    return 0;
}

/* A suspended context of this thread that nobody can reach is unwound: only that releases what its C stack holds. */
static void
context_finalize(PyObject *op)
{
    Context *self = (Context *)op;
    Thread *thread = self->thread;
    if (self->phase != SUSPENDED || self->parent == NULL || thread->tstate != PyThreadState_Get() || Py_IsFinalizing()) {
        return;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *none = end(self);
    if (none == NULL) {
        PyErr_WriteUnraisable(op);
    }
    Py_XDECREF(none);
    PyErr_Restore(type, value, traceback);
}

/* What a suspended context still has when it cannot be unwound: abandoned. */
static void
give_up(Context *self)
{
    PyState_Handle state = self->state;
    self->state = 0;
    self->phase = FINISHED;
    if (self->parent != NULL) {
        CStack_Forget(self->thread->stacks, &self->flow);
    }
    if (state != 0) {
        PyState_Drop(state);
    }
}

void
context_dealloc(PyObject *op)
{
    Context *self = (Context *)op;
    if (self->phase == SUSPENDED) {
        /* A context that has survived being unwound, because its code caught Exit and went on, is unwound anew at its next death. */
        _PyGC_CLEAR_FINALIZED(op);
        if (PyObject_CallFinalizerFromDealloc(op) < 0) {
            return;
        }
    }
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    if (self->weak != NULL) {
        PyObject_ClearWeakRefs(op);
    }
    if (self->phase == SUSPENDED) {
        give_up(self);
    }
    Thread *thread = self->thread;
    Context *parent = self->parent;
    Py_XDECREF(self->run);
    PyObject_GC_Del(self);
    Py_DECREF(type);
    Py_XDECREF(parent);
    thread_release(thread);
}

PyObject *
context_reap(PyObject *module, PyObject *argument)
{
    (void)module;
    Context *context = context_check(argument);
    if (context == NULL) {
        return NULL;
    }
    if (context->thread->tstate != NULL) {
        return refuse(context, "the thread of the context is not gone");
    }
    if (context->phase == SUSPENDED) {
        give_up(context);
    }
    Py_RETURN_NONE;
}

static PyObject *
context_repr(PyObject *op)
{
    static const char *const phases[] = {"born", "suspended", "running", "finished"};
    Context *self = (Context *)op;
    return PyUnicode_FromFormat("<_pystate.Context %s%s at %p>", self->parent == NULL ? "root, " : "", phases[self->phase], op);
}

static PyObject *
get_parent(PyObject *op, void *unused)
{
    (void)unused;
    Context *self = (Context *)op;
    PyObject *parent = self->parent == NULL ? Py_None : (PyObject *)heir_of(self);
    Py_INCREF(parent);
    return parent;
}

static PyObject *
get_dead(PyObject *op, void *unused)
{
    (void)unused;
    Context *self = (Context *)op;
    return PyBool_FromLong(self->phase == FINISHED || self->thread->tstate == NULL);
}

/* The handle of the saved state of a suspended context, for the functions of api.c; 0 otherwise. It stays the context's. */
static PyObject *
get_handle(PyObject *op, void *unused)
{
    (void)unused;
    Context *self = (Context *)op;
    return PyLong_FromUnsignedLongLong(self->phase == SUSPENDED ? self->state : 0);
}

static PyGetSetDef context_getset[] = {
    {"parent", get_parent, NULL, "the nearest living ancestor, or None", NULL},
    {"dead", get_dead, NULL, "whether it has finished, or its thread is gone", NULL},
    {"handle", get_handle, NULL, "the handle of its saved state while it is suspended, else 0", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef context_members[] = {
#if PY_VERSION_HEX >= 0x03090000
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Context, weak), READONLY, NULL},
#endif
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot context_slots[] = {
    {Py_tp_doc, "An execution context: a flow of Python frames that can be suspended. Made by spawn() and, for a thread's root, current()."},
    {Py_tp_dealloc, context_dealloc},
    {Py_tp_finalize, context_finalize},
    {Py_tp_traverse, context_traverse},
    {Py_tp_clear, context_clear},
    {Py_tp_repr, context_repr},
    {Py_tp_getset, context_getset},
    {Py_tp_members, context_members},
    {0, NULL},
};

#ifndef Py_TPFLAGS_DISALLOW_INSTANTIATION
#  define Py_TPFLAGS_DISALLOW_INSTANTIATION 0
#endif

static PyType_Spec context_spec = {
    .name = "_pystate.Context",
    .basicsize = sizeof(Context),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = context_slots,
};

PyTypeObject *
context_make_type(PyObject *module)
{
#if PY_VERSION_HEX >= 0x03090000
    PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &context_spec, NULL);
#else
    (void)module;
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&context_spec);
    if (type != NULL) {
        type->tp_weaklistoffset = offsetof(Context, weak); /* a spec can say so since 3.9 */
    }
#endif
#if PY_VERSION_HEX < 0x030A0000
    if (type != NULL) {
        type->tp_new = NULL;
    }
#endif
    return type;
}
