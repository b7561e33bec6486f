/* The blocks that a flow enters and leaves. */
#include "apidriver.h"

#include <string.h>

static Signal
inapplicable(void)
{
    script.status = "inapplicable";
    return GO_ON;
}

static bool
has_frame(const Block *block)
{
    return block->kind <= TRASHCAN && !(block->kind == CALLBACK && block->argument == C_FUNCTION);
}

int
frames_of(const Flow *flow)
{
    int frames = 0;
    for (int i = 0; i < flow->count; i++) {
        frames += has_frame(&flow->blocks[i]);
    }
    return frames;
}

static Block *
push(Flow *flow, BlockKind kind, int argument, bool has_loop)
{
    Block *block = &flow->blocks[flow->count++];
    memset(block, 0, sizeof *block);
    block->kind = (unsigned char)kind;
    block->argument = (unsigned char)argument;
    block->has_loop = has_loop;
    return block;
}

/* The handlers that are open directly in the body of the innermost generator, or -1 where the innermost other block is none. */
static int
handlers_in_generator(const Flow *flow)
{
    for (int i = flow->count - 1; i >= 0; i--) {
        if (flow->blocks[i].kind != HANDLER) {
            return flow->blocks[i].kind == GENERATOR ? flow->count - 1 - i : -1;
        }
    }
    return -1;
}

static bool
is_in_callback(const Flow *flow)
{
    for (int i = 0; i < flow->count; i++) {
        if (flow->blocks[i].kind == CALLBACK) {
            return true;
        }
    }
    return false;
}

/* ---- Blocks with a frame, and so with a loop of their own ------------------------------------------------------------------------------ */

static char
overflow_of(Flow *flow)
{
#ifdef LAYOUT_HAS_OVERFLOWED
    return flow->thread->ts->overflowed;
#else
    (void)flow;
    return 0;
#endif
}

/* What a block that ran says to the loop around it. depth is how many blocks there were outside. */
static Signal
after_block(Flow *flow, int depth, char overflow, long signal)
{
#ifdef LAYOUT_HAS_OVERFLOWED
    flow->thread->ts->overflowed = overflow;
#else
    (void)overflow;
#endif
    if (signal == UNWIND) {
        flow->count = depth;
    }
    return signal == LEAVE ? GO_ON : (Signal)signal;
}

static long
long_of(PyObject *number, const char *what)
{
    long value = number == NULL ? -1 : PyLong_AsLong(number);
    if (number == NULL || PyErr_Occurred()) {
        PyErr_Print();
        driver_failed(what);
    }
    Py_DECREF(number);
    return value;
}

/* A labelled thing of the flow's own: since 3.12 CPython instruments code, not frames, and code that two flows share would hide that the
 * frames of a suspended one were missed. New reference. */
static PyObject *
body_of(Flow *flow, const char *kind, int n)
{
    return call_python("body", "(isi)", flow->bodies, kind, n);
}

Signal
enter_call(Flow *flow, int n)
{
    if (flow->count == MAXIMUM_BLOCKS) {
        return inapplicable();
    }
    int depth = flow->count;
    char overflow = flow->overflow = overflow_of(flow);
    PyObject *function = body_of(flow, "call", n);
    push(flow, CALL, n, true);
    PyObject *signal = PyObject_CallFunctionObjArgs(function, Py_None, NULL);
    Py_DECREF(function);
    return after_block(flow, depth, overflow, long_of(signal, "a call"));
}

/* Enters a block whose body the interpreter calls on its own, where it does. start() makes it do so. */
static Signal
enter_hidden(Flow *flow, BlockKind kind, int argument, const char *body, void (*start)(PyObject *))
{
    if (flow->count == MAXIMUM_BLOCKS) {
        return inapplicable();
    }
    int depth = flow->count;
    char overflow = flow->overflow = overflow_of(flow);
    PyObject *what = body_of(flow, body, argument);
    Py_DECREF(call_python("arm", "(si)", body, argument));
    push(flow, kind, argument, true);
    start(what);
    PyObject *signal = call_python("disarm", NULL);
    if (signal == Py_None) { /* it was not called */
        Py_DECREF(signal);
        flow->count = depth;
        (void)after_block(flow, depth, overflow, GO_ON);
        return inapplicable();
    }
    return after_block(flow, depth, overflow, long_of(signal, body));
}

static void
start_finalizer(PyObject *instance)
{
    Py_DECREF(instance);
}

static void
start_repr(PyObject *instance)
{
    PyObject *list = PyList_New(1);
    PyList_SET_ITEM(list, 0, instance);
    Py_XDECREF(PyObject_Repr(list));
    Py_DECREF(list);
}

static void
start_trashcan(PyObject *instance)
{
    PyObject *tuple = PyTuple_New(1);
    PyTuple_SET_ITEM(tuple, 0, instance);
    Py_DECREF(tuple);
}

static void
start_callback(PyObject *leaf)
{
    Py_XDECREF(PyObject_CallFunctionObjArgs(leaf, NULL));
    Py_DECREF(leaf);
}

Signal
enter_finalizer(Flow *flow)
{
    return enter_hidden(flow, FINALIZER, 0, "finalizer", start_finalizer);
}

Signal
enter_repr(Flow *flow)
{
    return enter_hidden(flow, REPR, 0, "repr", start_repr);
}

Signal
enter_trashcan(Flow *flow)
{
    return enter_hidden(flow, TRASHCAN, 0, "trash", start_trashcan);
}

Signal
enter_callback(Flow *flow, int which)
{
    if (is_in_callback(flow) || (which == 0 ? flow->thread->tracer : flow->thread->profiler) == 0) {
        return inapplicable();
    }
    return enter_hidden(flow, CALLBACK, which, "callback", start_callback);
}

Signal
enter_generator(Flow *flow, int g)
{
    Generator *generator = &script.generators[g];
    if (flow->count + 1 + generator->count > MAXIMUM_BLOCKS) {
        return inapplicable();
    }
    char overflow = flow->overflow = overflow_of(flow);
    if (generator->slot == NULL) {
        generator->slot = body_of(flow, "generator", g);
        generator->count = 0;
    }
    PyObject *body = PyObject_GetAttrString(generator->slot, "body");
    if (body == NULL) {
        driver_failed("a generator without a body");
    }
    if (long_of(PyObject_GetAttrString(body, "gi_running"), "gi_running")) {
        Py_XDECREF(Py_TYPE(body)->tp_iternext(body));
        if (PyErr_ExceptionMatches(PyExc_ValueError)) {
            script.status = "busy";
        }
        PyErr_Clear();
        Py_DECREF(body);
        return after_block(flow, flow->count, overflow, GO_ON);
    }
    int depth = flow->count;
    push(flow, GENERATOR, g, true);
    for (int i = 0; i < generator->count; i++) {
        push(flow, HANDLER, generator->handlers[i], true);
    }
    generator->count = 0;
    PyObject *yielded = Py_TYPE(body)->tp_iternext(body);
    Py_DECREF(body);
    if (yielded != NULL) {
        Py_DECREF(yielded);
        return after_block(flow, depth, overflow, GO_ON);
    }
    if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_StopIteration)) {
        PyErr_Print();
    }
    PyErr_Clear();
    long signal = long_of(PyObject_GetAttrString(generator->slot, "signal"), "a generator");
    Py_CLEAR(generator->slot);
    return after_block(flow, depth, overflow, signal);
}

Signal
yield_generator(Flow *flow)
{
    int handlers = handlers_in_generator(flow);
    if (handlers < 0) {
        return inapplicable();
    }
    flow->count -= handlers;
    Generator *generator = &script.generators[flow->blocks[--flow->count].argument];
    for (int i = 0; i < handlers; i++) {
        generator->handlers[i] = flow->blocks[flow->count + 1 + i].argument;
    }
    generator->count = handlers;
    return YIELD;
}

/* ---- Blocks without a frame ------------------------------------------------------------------------------------------------------------ */

/* Exchanges a handled exception as entering and leaving an except clause does: in the entry of the generator that runs, or the thread's own. */
static void
exchange(PyThreadState *ts, _PyErr_StackItem *item)
{
    _PyErr_StackItem *entry = ts->exc_info, outside = *entry;
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
    entry->exc_type = item->exc_type;
    entry->exc_traceback = item->exc_traceback;
    item->exc_type = outside.exc_type;
    item->exc_traceback = outside.exc_traceback;
#endif
    entry->exc_value = item->exc_value;
    item->exc_value = outside.exc_value;
}

static void
drop(_PyErr_StackItem *item)
{
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
    Py_CLEAR(item->exc_type);
    Py_CLEAR(item->exc_traceback);
#endif
    Py_CLEAR(item->exc_value);
}

Signal
enter_handler(Flow *flow, int exception)
{
    int handlers = handlers_in_generator(flow);
    if (flow->count == MAXIMUM_BLOCKS || handlers >= MAXIMUM_GENERATOR_HANDLERS) {
        return inapplicable();
    }
    if (handlers >= 0) {
        /* It has to travel with the generator, so the generator's own code handles it. */
        Protected kept = protect();
        int g = flow->blocks[flow->count - 1 - handlers].argument;
        PyObject *number = PyLong_FromLong(exception);
        if (PyObject_SetAttrString(script.generators[g].slot, "exception", number) < 0) {
            driver_failed("a generator's exception");
        }
        Py_DECREF(number);
        unprotect(kept);
        flow->overflow = overflow_of(flow);
        push(flow, HANDLER, exception, true);
        return HANDLE;
    }
    Protected kept = protect();
    PyObject *instance = call_python("exception", "(i)", exception);
    PyErr_SetObject((PyObject *)Py_TYPE(instance), instance); /* links it to what is handled, as `raise` does */
    Py_DECREF(instance);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    Py_DECREF(call_python("settle", "(O)", value));
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
    Py_XDECREF(traceback);
    traceback = call_python("traceback", NULL); /* so that a lost one is seen */
#endif
    unprotect(kept);
    Block *block = push(flow, HANDLER, exception, false);
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
    block->replaced.exc_type = type;
    block->replaced.exc_traceback = traceback;
#else
    Py_DECREF(type);
    Py_XDECREF(traceback);
#endif
    block->replaced.exc_value = value;
    exchange(flow->thread->ts, &block->replaced);
    return GO_ON;
}

PyObject *
user_context(int k)
{
    if (script.contexts[k] == NULL) {
        script.contexts[k] = PyContext_New();
        if (script.contexts[k] == NULL) {
            driver_failed("no Context object");
        }
        Protected kept = protect();
        Py_DECREF(call_python("hold", "(O)", script.contexts[k]));
        unprotect(kept);
    }
    return script.contexts[k];
}

bool
is_entered(PyObject *context)
{
    return context != NULL && ((PyContext *)context)->ctx_entered;
}

Signal
enter_context(Flow *flow, int k)
{
    if (flow->count == MAXIMUM_BLOCKS) {
        return inapplicable();
    }
    PyObject *context = user_context(k);
    if (is_entered(context)) {
        Protected kept = protect();
        if (PyContext_Enter(context) < 0) {
            script.status = "entered";
        }
        PyErr_Clear();
        unprotect(kept);
        return GO_ON;
    }
    if (PyContext_Enter(context) < 0) {
        driver_failed("a Context object cannot be entered");
    }
    Block *block = push(flow, CONTEXT, k, false);
    Py_INCREF(context);
    block->context = context;
    return GO_ON;
}

/* Ends the entering of a Context object that is not the current one any more: a collector has cleared the saved state that it was current in,
 * or nobody will run the flow that entered it. Gives what was current when it was entered; the reference is the caller's. */
static PyObject *
end_entering(PyObject *context)
{
    PyContext *object = (PyContext *)context;
    PyObject *outside = (PyObject *)object->ctx_prev;
    object->ctx_prev = NULL;
    object->ctx_entered = 0;
    return outside;
}

static void
leave_context(PyThreadState *ts, Block *block)
{
    PyObject *context = block->context;
    if (ts->context == context) {
        if (PyContext_Exit(context) < 0) {
            PyErr_Print();
            driver_failed("a Context object cannot be left");
        }
    } else {
        PyObject *current = ts->context;
        ts->context = end_entering(context);
        ts->context_ver++;
        Py_XDECREF(current);
    }
    Py_DECREF(context);
}

Signal
enter_native(Flow *flow)
{
    if (flow->count == MAXIMUM_BLOCKS) {
        return inapplicable();
    }
    if (Py_EnterRecursiveCall("")) {
        PyErr_Clear();
        script.status = "recursion-error";
        return GO_ON;
    }
    push(flow, NATIVE, 0, false);
    return GO_ON;
}

/* As the interpreter does around a trace function that is written in C (call_trace in ceval.c up to 3.11, legacy_tracing.c since). */
Signal
enter_c_callback(Flow *flow)
{
    if (flow->count == MAXIMUM_BLOCKS || is_in_callback(flow)) {
        return inapplicable();
    }
    PyThreadState *ts = flow->thread->ts;
    Block *block = push(flow, CALLBACK, C_FUNCTION, false);
#ifdef LAYOUT_TRACE_EVENT
    block->event = LAYOUT_TRACE_EVENT(ts);
    LAYOUT_TRACE_EVENT(ts) = PyTrace_LINE;
#else
    (void)block;
#endif
#if PY_VERSION_HEX >= 0x030B0000
    PyThreadState_EnterTracing(ts);
#else
    ts->tracing++;
    LAYOUT_USE_TRACING(ts) = 0;
#endif
    return GO_ON;
}

static void
leave_c_callback(PyThreadState *ts, Block *block)
{
#if PY_VERSION_HEX >= 0x030B0000
    PyThreadState_LeaveTracing(ts);
#else
    ts->tracing--;
    layout_derive_use_tracing(ts, ts->tracing);
#endif
#ifdef LAYOUT_TRACE_EVENT
    LAYOUT_TRACE_EVENT(ts) = block->event;
#else
    (void)block;
#endif
}

/* The interpreter counts these while it makes a RecursionError, deep down the stack; here the count alone matters. */
static void
count_recovering(PyThreadState *ts, int by)
{
#ifdef LAYOUT_HAS_RECURSION_HEADROOM
    ts->recursion_headroom += by;
#else
    (void)ts, (void)by;
#endif
}

Signal
enter_recovering(Flow *flow)
{
    if (flow->count == MAXIMUM_BLOCKS) {
        return inapplicable();
    }
    push(flow, RECOVERING, 0, false);
#ifdef LAYOUT_HAS_OVERFLOWED
    flow->thread->ts->overflowed = 1;
#endif
    count_recovering(flow->thread->ts, 1);
    return GO_ON;
}

static void
leave_recovering(Flow *flow)
{
    count_recovering(flow->thread->ts, -1);
#ifdef LAYOUT_HAS_OVERFLOWED
    char still = 0;
    for (int i = 0; i < flow->count; i++) {
        still |= flow->blocks[i].kind == RECOVERING;
    }
    flow->thread->ts->overflowed = still;
#endif
}

/* ---- Leaving --------------------------------------------------------------------------------------------------------------------------- */

/* Leaves the innermost block, which has no loop of its own. */
static void
leave_in_place(Flow *flow)
{
    PyThreadState *ts = flow->thread->ts;
    Block *block = &flow->blocks[--flow->count];
    char overflow = overflow_of(flow);
    switch (block->kind) {
    case HANDLER:
        exchange(ts, &block->replaced);
        drop(&block->replaced);
        break;
    case CONTEXT:
        leave_context(ts, block);
        break;
    case NATIVE:
        Py_LeaveRecursiveCall();
        break;
    case CALLBACK:
        leave_c_callback(ts, block);
        break;
    case RECOVERING:
        leave_recovering(flow);
        return;
    default:
        driver_failed("no block to be left in place");
    }
#ifdef LAYOUT_HAS_OVERFLOWED
    ts->overflowed = overflow;
#else
    (void)overflow;
#endif
}

Signal
leave(Flow *flow)
{
    Block *block = &flow->blocks[flow->count - 1];
    if (!block->has_loop) {
        leave_in_place(flow);
        return GO_ON;
    }
    flow->count--;
    script.has_left = block->kind == CALL;
    flow->overflow = overflow_of(flow);
    return LEAVE;
}

void
leave_innermost(Flow *flow)
{
    while (flow->count > 0 && !flow->blocks[flow->count - 1].has_loop) {
        leave_in_place(flow);
    }
}

void
release_blocks(Flow *flow)
{
    while (flow->count > 0) {
        Block *block = &flow->blocks[--flow->count];
        if (block->kind == HANDLER && !block->has_loop) {
            drop(&block->replaced);
        } else if (block->kind == CONTEXT) {
            if (is_entered(block->context)) {
                Py_XDECREF(end_entering(block->context)); /* unless PyState has done so, where it was still current */
            }
            Py_DECREF(block->context);
        }
    }
}
