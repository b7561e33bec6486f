/* Switching: how control moves between greenlets, and what it carries.
 *
 *     New      all that can fail
 *     Save     the thread state is ready
 *     jump     CStack
 *     Restore  by the greenlet that arrives; or a fresh one begins
 *
 * An exception crosses as a message, never as the pending one. */
#include "minigreenlet.h"

/* The C stack of a greenlet, in bytes: address space, of which the pages that are touched cost memory. Where CPython counts calls (up to 3.13) the
 * deepest recursion that its default limits allow needs 2 MiB; later it looks at the bounds. */
#define STACK_SIZE ((size_t)2 * 1024 * 1024)

/* How many C stacks a thread has at once. Beyond that greenlets share them, and the C frames of those that wait are on the heap, as greenlet's are:
 * what has run lately is switched by a jump, and the many that wait cost what they use, not pages. */
#define STACKS 128

/* ---- Messages ------------------------------------------------------------------------------------------------------------------------ */

void
message_drop(Message *message)
{
    PyObject *value = message->value, *keywords = message->keywords;
    *message = (Message){NULL, NULL, ONE};
    Py_XDECREF(value);
    Py_XDECREF(keywords);
}

static inline Message
take_message(Thread *thread)
{
    Message message = thread->message;
    thread->message.value = NULL; /* so that a second taking would be noticed */
    return message;
}

/* The pending exception, as one object with its traceback. */
static PyObject *
fetch_exception(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL) {
        PyException_SetTraceback(value, traceback);
        Py_DECREF(traceback);
    }
    Py_DECREF(type);
    return value;
#endif
}

/* The opposite. The reference is used up. */
static void
raise_exception(PyObject *exception)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(exception);
#else
    PyErr_Restore(Py_NewRef((PyObject *)Py_TYPE(exception)), exception, PyException_GetTraceback(exception));
#endif
}

/* The pending exception takes the place of a message. */
static void
message_replace(Message *message)
{
    message_drop(message);
    *message = (Message){fetch_exception(), NULL, RAISE};
}

/* What a call of switch() returns, or NULL with the exception that came. */
static PyObject *
message_result(Message *message)
{
    if (message->kind == RAISE) {
        raise_exception(message->value);
        return NULL;
    }
    if (message->keywords == NULL) {
        return message->value;
    }
    if (message->kind == MANY && PyTuple_GET_SIZE(message->value) == 0) {
        Py_DECREF(message->value);
        return message->keywords;
    }
    PyObject *pair = PyTuple_Pack(2, message->value, message->keywords);
    message_drop(message);
    return pair;
}

/* Calls run with what came. The message is used up. */
static PyObject *
call(PyObject *run, Message *message)
{
    PyObject *result;
    if (message->kind == RAISE) {
        raise_exception(message->value);
        return NULL;
    }
    if (message->kind == ONE && message->keywords == NULL) {
        result = PyObject_Vectorcall(run, &message->value, 1, NULL);
    } else if (message->keywords == NULL && PyTuple_GET_SIZE(message->value) == 0) {
        result = PyObject_CallNoArgs(run);
    } else {
        PyObject *args = message->kind == MANY ? Py_NewRef(message->value) : PyTuple_Pack(1, message->value);
        result = args == NULL ? NULL : PyObject_Call(run, args, message->keywords);
        Py_XDECREF(args);
    }
    message_drop(message);
    return result;
}

/* ---- Arriving ------------------------------------------------------------------------------------------------------------------------ */

/* Who gave control is let go. Where it has ended by starting another greenlet, its stack and its state, which has no frames, are still there. */
static void
release_leaving(Thread *thread, Greenlet *leaving)
{
    if (leaving->phase == DEAD && leaving->state != 0) {
        PyState_Handle state = leaving->state;
        leaving->state = 0;
        CStack_Forget(thread->stacks, &leaving->flow);
        PyState_Drop(state);
    }
    Py_DECREF(leaving);
}

static inline CStack_Flow *
flow_of(Greenlet *greenlet)
{
    return greenlet == greenlet->thread->main ? CStack_Root(greenlet->thread->stacks) : &greenlet->flow;
}

/* Raises what a refusal of PyState means here. */
static void
raise_status(PyState_Status status)
{
    if (status == PYSTATE_NO_MEMORY) {
        PyErr_NoMemory();
    } else {
        PyErr_Format(green_error, "the thread state cannot be switched: %s", PyState_StatusName(status));
    }
}

/* A state into which the running flow is saved, with a stack reserved where target has to be started. 0 with an exception. */
static PyState_Handle
leave(Thread *thread, Greenlet *target)
{
    PyState_Handle handle;
    PyState_Stack stack, *next = NULL;
    PyState_Status status = PyState_New(&handle);
    if (status != PYSTATE_OK) {
        raise_status(status);
        return 0;
    }
    if (target->phase == BORN) {
        CStack_Bounds bounds;
        if (CStack_Share(thread->stacks, &target->flow, STACK_SIZE, STACKS, &bounds) != 0) {
            PyState_Drop(handle);
            PyErr_NoMemory();
            return 0;
        }
        stack = (PyState_Stack){bounds.low, bounds.size};
        next = &stack;
    }
    status = PyState_Save(handle, next);
    if (status != PYSTATE_OK) {
        PyState_Drop(handle);
        if (next != NULL) {
            CStack_Forget(thread->stacks, &target->flow);
        }
        raise_status(status);
        return 0;
    }
    return handle;
}

/* ---- A greenlet's life --------------------------------------------------------------------------------------------------------------- */

/* Sees to it that a greenlet which has to be started knows what to call. Looking for it runs code, which can start the greenlet. -1 with an exception. */
static int
find_run(Greenlet *greenlet)
{
    if (greenlet->run == NULL) {
        PyObject *run = PyObject_GetAttrString((PyObject *)greenlet, "run");
        if (run == NULL) {
            return -1;
        }
        if (greenlet->phase == BORN && greenlet->run == NULL) {
            greenlet->run = run;
        } else {
            Py_DECREF(run);
        }
    }
    return 0;
}

/* Gives a fresh flow the Context object that was set for it: there is no other way in than through a saved state. */
static int
enter_context(Greenlet *self)
{
    PyState_Handle handle;
    PyState_Status status = PyState_New(&handle);
    if (status == PYSTATE_OK) {
        PyState_Save(handle, NULL);
        status = PyState_SetContext(handle, self->context);
        PyState_Restore(handle);
        PyState_Drop(handle);
    }
    Py_CLEAR(self->context);
    if (status != PYSTATE_OK) {
        raise_status(status);
        return -1;
    }
    return 0;
}

/* Who gets control when self ends: the next living ancestor, made ready to be started where it has not been. The message becomes an exception where
 * that fails, and goes on to the one after. */
static Greenlet *
find_heir(Greenlet *self, Message *message)
{
    Greenlet *heir = self->parent;
    for (;;) {
        if (heir == NULL) {
            return self->thread->main;
        }
        if (green_thread(heir) != self->thread) {
            PyErr_SetString(green_error, "cannot switch to a different thread");
            message_replace(message);
            return self->thread->main;
        }
        if (heir->phase == SUSPENDED || heir == self->thread->main) {
            return heir;
        }
        if (heir->phase == BORN) {
            if (find_run(heir) == 0) {
                if (heir->phase != BORN) {
                    continue;
                }
                return heir;
            }
            message_replace(message);
        }
        heir = heir->parent;
    }
}

static void begin(CStack_Flow *flow);

/* A greenlet starts: from now on it belongs to a thread for good. */
static void
bind_thread(Greenlet *greenlet, Thread *thread)
{
    Thread *old = greenlet->thread;
    thread_retain(thread);
    greenlet->thread = thread;
    thread_release(old);
}

/* Ends a greenlet: gives control and the message to its heir, for good. */
static void
finish(Thread *thread, Greenlet *self, Message message)
{
    Greenlet *heir;
    PyState_Handle state = 0;
    for (;;) {
        heir = find_heir(self, &message);
        if (heir->phase != BORN) {
            break;
        }
        state = leave(thread, heir); /* of a flow without frames; see release_leaving */
        if (state != 0) {
            break;
        }
        message_replace(&message);
        heir->phase = DEAD;
    }
    /* From here on nothing runs Python code in this flow: what its end sets free is set free by the receiver. */
    int born = heir->phase == BORN;
    Py_INCREF(heir);
    self->phase = DEAD;
    self->state = state;
    heir->phase = RUNNING;
    thread->current = heir;
    thread->leaving = self; /* the reference that `current` had */
    thread->message = message;
    if (born) {
        bind_thread(heir, thread);
        (void)CStack_Start(thread->stacks, &heir->flow, begin);
    } else {
        CStack_Finish(thread->stacks, flow_of(heir));
    }
    Py_FatalError("minigreenlet: no memory to leave a greenlet that has ended");
}

/* The outermost function of a greenlet, on its C stack, with a ready thread state. */
static void
begin(CStack_Flow *flow)
{
    Greenlet *self = (Greenlet *)((char *)flow - offsetof(Greenlet, flow));
    Thread *thread = self->thread;
    Greenlet *leaving = thread->leaving;
    Message message = take_message(thread), last = {NULL, NULL, ONE};
    PyObject *run = self->run, *result = NULL;
    self->run = NULL;
    thread->leaving = NULL;
    release_leaving(thread, leaving);
    if (self->context != NULL && enter_context(self) < 0) {
        message_drop(&message);
    } else {
        result = call(run, &message);
    }
    Py_DECREF(run);
    if (result != NULL) {
        last.value = result;
    } else {
        message_replace(&last);
        if (PyErr_GivenExceptionMatches(last.value, green_exit)) {
            last.kind = ONE;
        }
    }
    finish(thread, self, last);
}

/* Gives control to a greenlet of this thread that is BORN, and has something to run, or SUSPENDED. */
static PyObject *
transfer(Thread *thread, Greenlet *target, Message *message)
{
    Greenlet *self = thread->current;
    PyState_Handle state = leave(thread, target);
    if (state == 0) {
        message_drop(message);
        return NULL;
    }
    int born = target->phase == BORN;
    self->state = state;
    self->phase = SUSPENDED;
    target->phase = RUNNING;
    Py_INCREF(target);
    thread->current = target;
    thread->leaving = self; /* the reference that `current` had */
    thread->message = *message;
    if (born) {
        bind_thread(target, thread);
    }
    int failed = born ? CStack_Start(thread->stacks, &target->flow, begin) : CStack_Switch(thread->stacks, flow_of(target));

    /* Control is back. Restore can run code, at its end, which can switch: nothing is read from the record after it. */
    Greenlet *leaving = thread->leaving;
    Message received = take_message(thread);
    thread->leaving = NULL;
    if (failed) {
        target->phase = born ? BORN : SUSPENDED;
        leaving = target;
        thread->current = self;
    }
    state = self->state;
    self->state = 0;
    self->phase = RUNNING;
    PyState_Status status = PyState_Restore(state);
    if (status != PYSTATE_OK) {
        Py_FatalError(PyState_StatusName(status)); /* whoever gave control has not left the thread as it has to be */
    }
    PyState_Drop(state);
    release_leaving(thread, leaving);
    if (failed) {
        if (born) {
            CStack_Forget(thread->stacks, &target->flow);
        }
        message_drop(&received);
        return PyErr_NoMemory();
    }
    return message_result(&received);
}

PyObject *
green_switch(Thread *here, Greenlet *target, Message *message)
{
    for (;;) {
        if (target == NULL) {
            target = here->main;
        }
        Thread *thread = green_thread(target);
        if (thread != here) {
            PyErr_SetString(green_error, thread->tstate == NULL ? "cannot switch to a different thread (which happens to have exited)"
                                                                        : "cannot switch to a different thread");
            break;
        }
        switch (target->phase) {
        case RUNNING:
            return message_result(message);
        case SUSPENDED:
            return transfer(here, target, message);
        case BORN:
            if (find_run(target) < 0) {
                message_drop(message);
                return NULL;
            }
            if (target->phase == BORN) {
                return transfer(here, target, message);
            }
            break; /* somebody has started it meanwhile */
        case DEAD:
            target = target->parent;
        }
    }
    message_drop(message);
    return NULL;
}

/* ---- The end of those that nobody can reach ------------------------------------------------------------------------------------------ */

void
green_unwind(Greenlet *self)
{
    if (self->phase != SUSPENDED) {
        return;
    }
    Thread *thread = self->thread;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    Message message = {PyObject_CallNoArgs(green_exit), NULL, RAISE};
    if (message.value == NULL) {
        message_replace(&message); /* for want of memory: unwound by that */
    }
    Greenlet *parent = self->parent;
    Py_INCREF(thread->current);
    self->parent = thread->current;
    Py_XDECREF(parent);
    PyObject *result = self->phase == SUSPENDED ? transfer(thread, self, &message) : NULL; /* else the parent's end has done it */
    if (result == NULL && PyErr_Occurred()) {
        PyErr_WriteUnraisable((PyObject *)self);
    }
    Py_XDECREF(result);
    PyErr_Restore(type, value, traceback);
}

void
green_abandon(Greenlet *self)
{
    PyState_Handle state = self->state;
    self->state = 0;
    self->phase = DEAD;
    if (self != self->thread->main) {
        CStack_Forget(self->thread->stacks, &self->flow);
    }
    if (state != 0) {
        PyState_Drop(state);
    }
}
