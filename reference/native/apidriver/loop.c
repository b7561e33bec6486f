/* The command loop: takes a command, executes it, observes, until the script ends. What it speaks to is apidriver.h's other files for the
 * commands, and conformance/implementations/cpython-api/api_driver.py for everything that is easier in Python. */
#include "apidriver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Script script;
PyObject *python;

static unsigned char *progress; /* where the next command is noted, or NULL */

/* The operations, as Python and C both number them. */
enum {
    OP_CALL, OP_LEAVE, OP_EXCEPT, OP_RERAISE, OP_GENERATOR, OP_YIELD, OP_VAR, OP_CONTEXT, OP_TRACE, OP_PROFILE, OP_CALLBACK, OP_CTRACE,
    OP_FINALIZER, OP_REPR, OP_TRASHCAN, OP_NATIVE, OP_RECOVERING, OP_LIMIT, OP_LOCAL, OP_HEADROOM, OP_CENSUS, OP_COLLECT, OP_EXIT_THREAD,
    OP_THREAD, OP_DETACH, OP_ATTACH, OP_NEW, OP_SAVE, OP_RESTORE, OP_DISCARD, OP_DROP, OP_TOP, OP_GET_CONTEXT, OP_SET_CONTEXT, OP_TRAVERSE,
    OP_CLEAR, OP_ABANDONED, OP_PENDING, OP_INAPPLICABLE
};

static const char *const names[] = {
    "call", "leave", "except", "reraise", "generator", "yield", "var", "context", "trace", "profile", "callback", "ctrace",
    "finalizer", "repr", "trashcan", "native", "recovering", "limit", "local", "headroom", "census", "collect", "exit-thread",
    "thread", "detach", "attach", "new", "save", "restore", "discard", "drop", "top", "get-context", "set-context", "traverse",
    "clear", "abandoned", "pending", "inapplicable", NULL,
};

void
driver_failed(const char *what)
{
    fprintf(stderr, "apidriver: %s (script %u, command %u)\n", what, (unsigned)script.number, (unsigned)script.position);
    fflush(stderr);
    abort();
}

/* ---- Python from C --------------------------------------------------------------------------------------------------------------------- */

PyObject *
call_python(const char *name, const char *format, ...)
{
    PyObject *function = PyObject_GetAttrString(python, name);
    PyObject *result = NULL;
    if (function != NULL) {
        PyObject *arguments;
        if (format == NULL) {
            arguments = PyTuple_New(0);
        } else {
            va_list list;
            va_start(list, format);
            arguments = Py_VaBuildValue(format, list);
            va_end(list);
        }
        if (arguments != NULL) {
            result = PyObject_Call(function, arguments, NULL);
            Py_DECREF(arguments);
        }
        Py_DECREF(function);
    }
    if (result == NULL) {
        PyErr_Print();
        driver_failed(name);
    }
    return result;
}

static long
number_from_python(const char *name, const char *format, ...)
{
    PyObject *function = PyObject_GetAttrString(python, name);
    PyObject *arguments = NULL;
    long number = -1;
    if (format == NULL) {
        arguments = PyTuple_New(0);
    } else {
        va_list list;
        va_start(list, format);
        arguments = Py_VaBuildValue(format, list);
        va_end(list);
    }
    PyObject *result = function == NULL || arguments == NULL ? NULL : PyObject_Call(function, arguments, NULL);
    if (result != NULL) {
        number = PyLong_AsLong(result);
    }
    if (result == NULL || PyErr_Occurred()) {
        PyErr_Print();
        driver_failed(name);
    }
    Py_DECREF(result);
    Py_DECREF(arguments);
    Py_DECREF(function);
    return number;
}

Protected
protect(void)
{
    Protected kept = {NULL, NULL, NULL, 0};
    PyErr_Fetch(&kept.type, &kept.value, &kept.traceback);
#ifdef LAYOUT_HAS_OVERFLOWED
    kept.overflow = PyThreadState_Get()->overflowed;
#endif
    return kept;
}

void
unprotect(Protected kept)
{
    PyErr_Restore(kept.type, kept.value, kept.traceback);
#ifdef LAYOUT_HAS_OVERFLOWED
    PyThreadState_Get()->overflowed = kept.overflow;
#endif
}

/* ---- The loop -------------------------------------------------------------------------------------------------------------------------- */

/* Has the Python side note what can be seen now. */
static void
observe(Flow *flow)
{
    if (script.is_detached) {
        PyEval_RestoreThread(flow->thread->ts);
    }
    PyObject *raw = raw_sample(flow);
    Protected kept = protect();
    PyObject *shown = script.shown == NULL ? Py_None : script.shown;
    Py_DECREF(call_python("observe", "(siOiiO)", script.status, flow->thread->number, shown, script.has_left, script.probe, raw));
    Py_DECREF(raw);
    Py_CLEAR(script.shown);
    script.probe = 0;
    script.has_left = false;
    unprotect(kept);
    if (script.is_detached) {
        (void)PyEval_SaveThread();
    }
}

static Signal
inapplicable(void)
{
    script.status = "inapplicable";
    return GO_ON;
}

static Signal
answered(PyState_Status status)
{
    script.status = PyState_StatusName(status);
    return GO_ON;
}

/* A call that has a probe but where it is inapplicable. */
static Signal
answered_or_not(int status)
{
    return status < 0 ? inapplicable() : answered((PyState_Status)status);
}

/* Whether a command applies at all: the thread must be able to run Python code, except for calls of the API, which answer with an error. */
static bool
applies(int operation)
{
    bool is_call = operation >= OP_NEW && operation <= OP_ABANDONED;
    if (script.is_detached) {
        return is_call || operation == OP_ATTACH;
    }
    if (PyErr_Occurred()) {
        return is_call || operation == OP_PENDING || operation == OP_CENSUS || operation == OP_DETACH;
    }
    return operation != OP_ATTACH && operation != OP_INAPPLICABLE;
}

static Signal
set_pending(int exception)
{
    PyErr_Clear();
    if (exception != 0) {
        Protected kept = protect();
        PyObject *value = call_python("exception", "(i)", exception);
        unprotect(kept);
        Py_INCREF((PyObject *)Py_TYPE(value));
        PyErr_Restore((PyObject *)Py_TYPE(value), value, NULL); /* as PyErr_SetObject without the link to what is handled */
    }
    return GO_ON;
}

static Signal
set_variable(int v, int value)
{
    PyObject *number = call_python("value", "(i)", value);
    PyObject *variable = call_python("variable", "(i)", v);
    PyObject *token = PyContextVar_Set(variable, number);
    if (token == NULL) {
        driver_failed("a ContextVar cannot be set");
    }
    Py_DECREF(token);
    Py_DECREF(variable);
    Py_DECREF(number);
    return GO_ON;
}

static Signal
set_function(int *which, const char *set, int f)
{
    *which = f;
    Py_DECREF(call_python(set, "(i)", f));
    return GO_ON;
}

static Signal
probed(long value)
{
    script.probe = (int)value;
    return GO_ON;
}

static Signal
pass_to(Thread *thread, int to)
{
    if (to != thread->number) {
        pass_baton(thread, to);
    }
    return GO_ON;
}

static Signal
detach(void)
{
    (void)PyEval_SaveThread();
    script.is_detached = true;
    return GO_ON;
}

static Signal
attach(Thread *thread)
{
    script.is_detached = false;
    PyEval_RestoreThread(thread->ts);
    return GO_ON;
}

static Signal
execute_call(Flow *flow, Command command)
{
    Variable *variable = &script.variables[command.a];
    switch (command.operation) {
    case OP_NEW:
        return variable->is_in_use && !script.is_detached ? inapplicable() : answered(call_new(variable, command.b != 0));
    case OP_SAVE:
        return answered(save_flow(flow, variable, command.b));
    case OP_RESTORE:
        return answered(restore_flow(flow, variable));
    case OP_DISCARD:
        return answered(call_discard(variable));
    case OP_DROP:
        return answered(call_drop(variable));
    case OP_TOP:
        return answered(call_top(variable));
    case OP_GET_CONTEXT:
        return answered_or_not(call_get_context(variable, command.b));
    case OP_SET_CONTEXT:
        return answered_or_not(call_set_context(variable, command.b));
    case OP_TRAVERSE:
        return answered(call_traverse(variable));
    case OP_CLEAR:
        return answered(PyState_Clear(variable->value));
    default: /* OP_ABANDONED */
        return probed((long)(PyState_AbandonedCount() - script.abandoned_before));
    }
}

/* The same, without what the calls around it do to `overflowed`. */
static Signal
execute_kept_call(Flow *flow, Command command)
{
#ifdef LAYOUT_HAS_OVERFLOWED
    if (command.operation != OP_SAVE && command.operation != OP_RESTORE && !script.is_detached) {
        char overflow = flow->thread->ts->overflowed;
        Signal signal = execute_call(flow, command);
        flow->thread->ts->overflowed = overflow;
        return signal;
    }
#endif
    return execute_call(flow, command);
}

static Signal
execute(Flow *flow, Command command)
{
    Thread *thread = flow->thread;
    if (!applies(command.operation)) {
        return inapplicable();
    }
    switch (command.operation) {
    case OP_CALL:
        return enter_call(flow, command.a);
    case OP_LEAVE:
        return flow->count == 0 ? inapplicable() : leave(flow);
    case OP_EXCEPT:
        return enter_handler(flow, command.a);
    case OP_RERAISE:
        return probed(number_from_python("reraise", NULL));
    case OP_GENERATOR:
        return enter_generator(flow, command.a);
    case OP_YIELD:
        return yield_generator(flow);
    case OP_VAR:
        return set_variable(command.a, command.b);
    case OP_CONTEXT:
        return enter_context(flow, command.a);
    case OP_TRACE:
        return set_function(&thread->tracer, "set_trace", command.a);
    case OP_PROFILE:
        return set_function(&thread->profiler, "set_profile", command.a);
    case OP_CALLBACK:
        return enter_callback(flow, command.a);
    case OP_CTRACE:
        return enter_c_callback(flow);
    case OP_FINALIZER:
        return enter_finalizer(flow);
    case OP_REPR:
        return enter_repr(flow);
    case OP_TRASHCAN:
        return enter_trashcan(flow);
    case OP_NATIVE:
        return enter_native(flow);
    case OP_RECOVERING:
        return enter_recovering(flow);
    case OP_LIMIT:
        Py_DECREF(call_python("set_limit", "(i)", command.a));
        return GO_ON;
    case OP_LOCAL:
        Py_DECREF(call_python("set_local", "(i)", command.a));
        return GO_ON;
    case OP_HEADROOM:
        return probed(number_from_python("headroom", NULL));
    case OP_CENSUS:
        return probed(number_from_python("census", NULL));
    case OP_COLLECT:
        Py_DECREF(call_python("collect", NULL));
        return GO_ON;
    case OP_EXIT_THREAD:
        if (thread->number == 0) {
            return inapplicable();
        }
        thread->is_exiting = true;
        return GO_ON;
    case OP_THREAD:
        return command.a >= THREADS ? inapplicable() : pass_to(thread, command.a);
    case OP_DETACH:
        return detach();
    case OP_ATTACH:
        return attach(thread);
    case OP_PENDING:
        return set_pending(command.a);
    default:
        return execute_kept_call(flow, command);
    }
}

/* Whether a command sets thread-state fields that the code around it would disturb, or has to see them as they are. */
static bool
is_protected(int operation)
{
    switch (operation) {
    case OP_RERAISE: case OP_VAR: case OP_TRACE: case OP_PROFILE: case OP_LIMIT: case OP_LOCAL: case OP_HEADROOM: case OP_CENSUS: case OP_COLLECT:
        return true;
    default:
        return false;
    }
}

static void
note_progress(uint32_t command)
{
    if (progress != NULL) {
        uint32_t both[2] = {script.number, command};
        memcpy(progress, both, sizeof both);
    }
}

/* The script is over: what can keep Python code from running goes first. */
static void
end_script(Thread *thread)
{
    note_progress(script.count);
    if (script.is_detached) {
        attach(thread);
    }
    PyErr_Clear();
    script.is_ending = true;
}

Signal
run_loop(Flow *flow)
{
    for (;;) {
        if (script.is_ending || flow->thread->is_exiting) {
            leave_innermost(flow);
            return UNWIND;
        }
        if (script.position > 0) {
            observe(flow);
        }
        if (script.position == script.count) {
            end_script(flow->thread);
            continue;
        }
        Command command = script.commands[script.position];
        note_progress(script.position);
        script.position++;
        script.status = "ok";
        Signal signal;
        if (applies(command.operation) && is_protected(command.operation)) {
            Protected kept = protect();
            signal = execute(flow, command);
            unprotect(kept);
        } else {
            signal = execute(flow, command);
        }
        if (signal == UNWIND) {
            continue; /* what is open around the block that ended has to be left too */
        }
        if (signal != GO_ON) {
            return signal;
        }
    }
}

/* ---- The module ------------------------------------------------------------------------------------------------------------------------ */

/* What the labelled bodies call: METH_O, because that is the one kind of C function whose call counts as a level of recursion depth
 * whether or not 3.11's interpreter has specialized it (cfunction_vectorcall_O, PRECALL_NO_KW_BUILTIN_O). */
static PyObject *
loop(PyObject *module, PyObject *argument)
{
    (void)module, (void)argument;
    Flow *flow = script.active->running;
    if (flow == NULL) {
        return PyLong_FromLong(UNWIND); /* a generator that the teardown closes */
    }
#ifdef LAYOUT_HAS_OVERFLOWED
    flow->thread->ts->overflowed = flow->overflow;
#endif
    return PyLong_FromLong(run_loop(flow));
}

static PyObject *
setup(PyObject *module, PyObject *arguments)
{
    static Py_buffer view;
    PyObject *side, *map;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OO", &side, &map)) {
        return NULL;
    }
    if (map != Py_None) {
        if (PyObject_GetBuffer(map, &view, PyBUF_WRITABLE) < 0) {
            return NULL;
        }
        progress = view.buf; /* mapped as long as the process lives */
    }
    if (python == NULL) {
        Py_INCREF(side);
        python = side;
        raw_setup();
    }
    Py_RETURN_NONE;
}

static PyObject *
set_cost(PyObject *module, PyObject *arguments)
{
    int kind, c_depth, trash;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "iii", &kind, &c_depth, &trash)) {
        return NULL;
    }
    raw_set_cost(kind, c_depth, trash);
    Py_RETURN_NONE;
}

static PyObject *
run(PyObject *module, PyObject *arguments)
{
    unsigned int number;
    Py_buffer commands;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "Iy*", &number, &commands)) {
        return NULL;
    }
    memset(&script, 0, sizeof script);
    script.number = number;
    script.commands = commands.buf;
    script.count = (uint32_t)((size_t)commands.len / sizeof(Command));
    script.status = "ok";
    script.abandoned_before = PyState_AbandonedCount();
    PyInterpreterState *interp = PyThreadState_Get()->interp;
    int chunks = raw_chunks();
    Py_BEGIN_ALLOW_THREADS
    run_threads(interp);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&commands);
    raw_check_spare_chunks();
    /* What an abandoned flow holds leaks on purpose [AMBIENT-07]. */
    int left = raw_chunks() - chunks;
    return Py_BuildValue("(zii)", script.is_given_up ? script.status : NULL, (int)(PyState_AbandonedCount() - script.abandoned_before), left);
}

/* In Python this would be most of the time of a run; and 3.15's JIT would hold what it has just seen a loop come by. */
static PyObject *
count(PyObject *module, PyObject *arguments)
{
    PyObject *objects, *types;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "O!O!", &PyList_Type, &objects, &PyTuple_Type, &types)) {
        return NULL;
    }
    long found = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(objects); i++) {
        PyObject *type = (PyObject *)Py_TYPE(PyList_GET_ITEM(objects, i));
        for (Py_ssize_t t = 0; t < PyTuple_GET_SIZE(types); t++) {
            found += type == PyTuple_GET_ITEM(types, t);
        }
    }
    return PyLong_FromLong(found);
}

static PyMethodDef methods[] = {
    {"count", count, METH_VARARGS, "count(objects, types): how many objects of a list have one of the types of a tuple."},
    {"loop", loop, METH_O, "The command loop, for the bodies of blocks."},
    {"setup", setup, METH_VARARGS, "setup(module, map): the Python side, and the sixteen bytes of progress or None."},
    {"set_cost", set_cost, METH_VARARGS, "set_cost(kind, c_depth, trash): what a kind of block adds that the channel raw does not show."},
    {"run", run, METH_VARARGS, "run(number, commands) -> (answer, abandoned, chunks): executes a script, three bytes a command; everything seen goes to observe(). The answer\n"
     "after which it could not go on, or None; how many states were abandoned, and how many chunks of data stack are left."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_pystate_api", .m_size = -1, .m_methods = methods};

#ifdef __GNUC__
__attribute__((visibility("default"))) /* 3.8 says so nowhere else */
#endif
PyMODINIT_FUNC
PyInit__pystate_api(void)
{
    PyObject *module = PyModule_Create(&definition);
    PyObject *list = PyList_New(0);
    for (size_t i = 0; module != NULL && list != NULL && names[i] != NULL; i++) {
        PyObject *name = PyUnicode_FromString(names[i]);
        if (name == NULL || PyList_Append(list, name) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(name);
    }
    if (module == NULL || list == NULL || PyModule_AddObject(module, "OPERATIONS", list) < 0) {
        Py_XDECREF(list);
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
