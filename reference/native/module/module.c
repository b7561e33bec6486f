/* _pystate: contexts for CPython 3.8 to 3.15, on PyState and CStack. The switcher of conformance/implementations/cpython imports it. */
#include "module.h"
#include "raw.h"

/* The C stack of a context, in bytes: address space, of which the pages that are touched cost memory. 2 MiB is what the deepest recursion that
 * ends in a clean RecursionError needs where CPython counts calls (3.8 and 3.9: Python calls at limit 1000; 3.13: nested repr, limit
 * 10000 of C recursion). From 3.14 on CPython looks at the bounds, and any size is safe. */
#define STACK_SIZE ((size_t)2 * 1024 * 1024)
#define STACKS ((size_t)128)

static PyObject *
spawn(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    if (count < 1 || count > 2 || !PyCallable_Check(arguments[0])) {
        PyErr_SetString(PyExc_TypeError, "spawn(run, evict=None): run is called without arguments");
        return NULL;
    }
    Thread *thread = thread_here(module);
    if (thread == NULL) {
        return NULL;
    }
    int evict = thread->globals->evict;
    if (count == 2 && arguments[1] != Py_None) {
        evict = PyObject_IsTrue(arguments[1]);
        if (evict < 0) {
            return NULL;
        }
    }
    return (PyObject *)context_new(thread->globals, thread, arguments[0], evict);
}

static PyObject *
current(PyObject *module, PyObject *unused)
{
    (void)unused;
    Thread *thread = thread_here(module);
    if (thread == NULL) {
        return NULL;
    }
    Py_INCREF(thread->current);
    return (PyObject *)thread->current;
}

static PyObject *
frames(PyObject *module, PyObject *argument)
{
    (void)module;
    Context *context = context_check(argument);
    PyFrameObject *frame = NULL;
    if (context == NULL) {
        return NULL;
    }
    if (context->phase == SUSPENDED && PyState_TopFrame(context->state, &frame) == PYSTATE_NO_MEMORY) {
        return PyErr_NoMemory();
    }
    if (frame == NULL) {
        Py_RETURN_NONE;
    }
    return (PyObject *)frame;
}

static PyObject *
configure(PyObject *module, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"strategy", "poison", "stack_size", "stacks", NULL};
    ModuleState *globals = globals_of(module);
    const char *strategy = NULL;
    int poison = globals->poison;
    Py_ssize_t size = (Py_ssize_t)globals->stack_size, stacks = (Py_ssize_t)globals->stacks;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|$zpnn:configure", names, &strategy, &poison, &size, &stacks)) {
        return NULL;
    }
    if (strategy != NULL && strcmp(strategy, "separate") != 0 && strcmp(strategy, "evict") != 0) {
        PyErr_Format(PyExc_ValueError, "the strategy is separate or evict, not %s", strategy);
        return NULL;
    }
    if (size < (Py_ssize_t)PYSTATE_SMALLEST_STACK) {
        PyErr_Format(PyExc_ValueError, "a C stack has at least %zu bytes", PYSTATE_SMALLEST_STACK);
        return NULL;
    }
    if (stacks < 1) {
        PyErr_SetString(PyExc_ValueError, "a thread has at least one stack for its contexts");
        return NULL;
    }
    Thread *thread = thread_here(module);
    if (thread == NULL) {
        return NULL;
    }
    if (strategy != NULL) {
        globals->evict = strategy[0] == 'e';
    }
    globals->poison = poison;
    CStack_SetPoison(thread->stacks, poison);
    globals->stack_size = (size_t)size;
    globals->stacks = (size_t)stacks;
    return Py_BuildValue("{s:s,s:O,s:n,s:n}", "strategy", globals->evict ? "evict" : "separate", "poison", poison ? Py_True : Py_False,
                         "stack_size", size, "stacks", stacks);
}

static PyObject *
counters(PyObject *module, PyObject *unused)
{
    (void)unused;
    CStack_Counters now;
    Thread *thread = thread_here(module);
    if (thread == NULL) {
        return NULL;
    }
    CStack_Count(thread->stacks, &now);
    return Py_BuildValue("{s:K,s:K,s:K,s:n,s:n}", "jumps", now.jumps, "evictions", now.evictions, "bytes", now.bytes, "stacks_in_use",
                         (Py_ssize_t)now.stacks_in_use, "stacks_pooled", (Py_ssize_t)now.stacks_pooled);
}

static PyMethodDef methods[] = {
    {"spawn", (PyCFunction)(void (*)(void))spawn, METH_FASTCALL,
     "spawn(run, evict=None) -> Context\n\nA context that will call run() when control first arrives in it. evict: whether it shares the C stack "
     "of whoever starts it; None for what configure() said."},
    {"switch", context_switch, METH_O, "switch(context)\n\nGives control to a context and returns when control is back."},
    {"throw", (PyCFunction)(void (*)(void))context_throw, METH_FASTCALL,
     "throw(context, exception)\n\nGives control to a context and raises the exception there."},
    {"kill", context_kill, METH_O, "kill(context)\n\nMakes a context end; control comes back here."},
    {"current", current, METH_NOARGS, "current() -> Context\n\nThe context that runs."},
    {"frames", frames, METH_O, "frames(context)\n\nThe innermost frame of a suspended context, or None."},
    {"reap", context_reap, METH_O, "reap(context)\n\nReleases the C stack of a context whose thread is gone."},
    {"configure", (PyCFunction)(void (*)(void))configure, METH_VARARGS | METH_KEYWORDS,
     "configure(*, strategy=None, poison=..., stack_size=..., stacks=...) -> dict\n\nFor contexts spawned from now on: strategy separate, a C "
     "stack for each until a thread has so many stacks, which further contexts share; or evict, all on one; poison: what is evicted from memory "
     "leaves 0xDD behind. Returns what is in force."},
    {"counters", counters, METH_NOARGS, "counters() -> dict\n\nWhat the C stacks of this thread have been through."},
    {"raw", raw_fields, METH_NOARGS, "raw() -> dict\n\nThe fields of the calling thread's thread state, by their names in SPEC.md, 6.1."},
    {NULL, NULL, 0, NULL},
};

static int
module_exec(PyObject *module)
{
    ModuleState *globals = globals_of(module);
    globals->stack_size = STACK_SIZE;
    globals->stacks = STACKS;
    globals->context_type = context_make_type(module);
    globals->error = PyErr_NewExceptionWithDoc("_pystate.error", "A call is refused, and nothing has changed.", NULL, NULL);
    globals->exit = PyErr_NewExceptionWithDoc("_pystate.Exit", "Raised in a context to make it end.", PyExc_BaseException, NULL);
    globals->thread_key = PyUnicode_FromFormat("_pystate.thread.%p", (void *)module);
    if (globals->context_type == NULL || globals->error == NULL || globals->exit == NULL || globals->thread_key == NULL) {
        return -1;
    }
    struct {
        const char *name;
        PyObject *object;
    } members[] = {{"Context", (PyObject *)globals->context_type}, {"error", globals->error}, {"Exit", globals->exit}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        Py_INCREF(members[i].object);
        if (PyModule_AddObject(module, members[i].name, members[i].object) < 0) {
            Py_DECREF(members[i].object);
            return -1;
        }
    }
    PyObject *thread_wide = raw_thread_wide();
    if (thread_wide == NULL || PyModule_AddObject(module, "thread_wide", thread_wide) < 0) {
        Py_XDECREF(thread_wide);
        return -1;
    }
    return PyModule_AddFunctions(module, api_methods);
}

static int
module_traverse(PyObject *module, visitproc visit, void *arg)
{
    ModuleState *globals = globals_of(module);
    Py_VISIT(globals->context_type);
    Py_VISIT(globals->error);
    Py_VISIT(globals->exit);
    return 0;
}

static int
module_clear(PyObject *module)
{
    ModuleState *globals = globals_of(module);
    Py_CLEAR(globals->context_type);
    Py_CLEAR(globals->error);
    Py_CLEAR(globals->exit);
    Py_CLEAR(globals->thread_key);
    return 0;
}

static void
module_free(void *module)
{
    module_clear(module);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL},
};

struct PyModuleDef pystate_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_pystate",
    .m_doc = "Execution contexts: flows of Python frames that are suspended and resumed by PyState_Save and PyState_Restore.",
    .m_size = sizeof(ModuleState),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

#ifdef __GNUC__
__attribute__((visibility("default"))) /* 3.8 says so nowhere else */
#endif
PyMODINIT_FUNC
PyInit__pystate(void)
{
    return PyModuleDef_Init(&pystate_module);
}
