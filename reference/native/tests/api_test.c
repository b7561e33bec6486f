/* The operations of pystate.h called as a C program would, on whatever interpreter imports this module: what they do, every error of SPEC.md,
 * section 7, and that an error changes nothing, told by all bytes of the thread state [ATOM-01].
 *
 *     python -c "import api_test; api_test.run()"
 *
 * raises AssertionError with the line of the first check that fails. Frameless callers are threads made here, with a thread state of their own;
 * new C stacks are ucontexts, because the switchers of this project shall not be needed to test what stands beneath them. */
#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif
#include "../pystate.h"
#include "../layout.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define STACK_SIZE (1024 * 1024)

static char failure[256]; /* the first check that failed */

#define CHECK(condition) check((condition), #condition, __LINE__)
#define IS(expected, call) is((expected), (call), #call, __LINE__)

static PyObject *
new_reference(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

static int
check(int holds, const char *what, int line)
{
    if (!holds && failure[0] == 0) {
        snprintf(failure, sizeof failure, "line %d: not %s", line, what);
    }
    return holds;
}

static void
is(PyState_Status expected, PyState_Status status, const char *what, int line)
{
    if (status != expected && failure[0] == 0) {
        snprintf(failure, sizeof failure, "line %d: %s answers %s, not %s", line, what, PyState_StatusName(status), PyState_StatusName(expected));
    }
}

/* Everything in the thread state. */
#ifdef LAYOUT_HAS_STACK_BOUNDS
typedef _PyThreadStateImpl Bytes;
#else
typedef PyThreadState Bytes;
#endif

/* The call answers that error and no byte of the thread state has changed. */
#define REFUSES(expected, call) \
    do { \
        Bytes before_ = *(Bytes *)layout_attached(); \
        PyState_Status status_ = (call); \
        Bytes after_ = *(Bytes *)layout_attached(); \
        is((expected), status_, #call, __LINE__); \
        check(memcmp(&before_, &after_, sizeof before_) == 0, "a thread state that is as it was after " #call, __LINE__); \
    } while (0)

/* ---- Flows on a stack of their own --------------------------------------------------------------------------------------------------- */

static ucontext_t outer, inner;
static char *stack;
static PyState_Handle suspended;
static void (*inner_body)(void);

static void
inner_main(void)
{
    inner_body();
    IS(PYSTATE_OK, PyState_Restore(suspended));
    setcontext(&outer);
}

/* Suspends this flow, runs body as a fresh one on a NEW stack, and resumes when body has ended. */
static void
run_beside(void (*body)(void))
{
    PyState_Stack next = {stack, STACK_SIZE};
    inner_body = body;
    getcontext(&inner);
    inner.uc_stack.ss_sp = stack;
    inner.uc_stack.ss_size = STACK_SIZE;
    makecontext(&inner, inner_main, 0);
    IS(PYSTATE_OK, PyState_New(&suspended));
    IS(PYSTATE_OK, PyState_Save(suspended, &next));
    swapcontext(&outer, &inner);
    REFUSES(PYSTATE_CONSUMED, PyState_Restore(suspended));
    IS(PYSTATE_OK, PyState_Drop(suspended));
    REFUSES(PYSTATE_INVALID_HANDLE, PyState_Restore(suspended));
}

static int
evaluates_to(const char *expression, const char *expected)
{
    PyObject *globals = PyDict_New();
    PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins());
    PyObject *module = PyImport_ImportModule("sys");
    PyDict_SetItemString(globals, "sys", module);
    Py_XDECREF(module);
    PyObject *value = PyRun_String(expression, Py_eval_input, globals, globals);
    PyObject *text = value == NULL ? NULL : PyObject_Str(value);
    int equal = text != NULL && strcmp(PyUnicode_AsUTF8(text), expected) == 0;
    if (!equal && failure[0] == 0) {
        snprintf(failure, sizeof failure, "%s is %s, not %s", expression, text == NULL ? "an error" : PyUnicode_AsUTF8(text), expected);
    }
    PyErr_Clear();
    Py_XDECREF(text);
    Py_XDECREF(value);
    Py_DECREF(globals);
    return equal;
}

static void
look_around(void)
{
    PyThreadState *ts = layout_attached();
    CHECK(LAYOUT_TOP(ts) == LAYOUT_READY_TOP(ts));
    CHECK(layout_depth(ts) == 0);
    CHECK(layout_c_depth(ts) == 0);
    CHECK(ts->context == NULL);
    CHECK(ts->exc_info == &ts->exc_state);
    evaluates_to("sys.exc_info()[0]", "None");
    evaluates_to("sys._getframe().f_back", "None");

    PyFrameObject *frame = NULL;
    IS(PYSTATE_OK, PyState_TopFrame(suspended, &frame));
    if (CHECK(frame != NULL)) {
        PyObject *code = PyObject_GetAttrString((PyObject *)frame, "f_code");
        PyObject *name = PyObject_GetAttrString(code, "co_name");
        CHECK(strcmp(PyUnicode_AsUTF8(name), "calls_beside") == 0);
        int frames = 0;
        for (PyObject *f = new_reference((PyObject *)frame); f != Py_None; frames++) {
            PyObject *back = PyObject_GetAttrString(f, "f_back");
            Py_DECREF(f);
            f = back;
        }
        Py_DECREF(Py_None);
        CHECK(frames >= 2);
        Py_DECREF(name);
        Py_DECREF(code);
        Py_DECREF(frame);
    }
    REFUSES(PYSTATE_HAS_FRAMES, PyState_Discard(suspended));
    REFUSES(PYSTATE_NOT_EMPTY, PyState_Save(suspended, NULL));
    CHECK(failure[0] == 0);
}

/* Called by Python code that handles an exception and has a context variable set. */
static PyObject *
beside(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    run_beside(look_around);
    Py_RETURN_NONE;
}

/* ---- Callers without frames ---------------------------------------------------------------------------------------------------------- */

static void
every_operation_answers(PyState_Status expected, PyState_Handle handle)
{
    PyFrameObject *frame = NULL;
    PyObject *context = NULL;
    REFUSES(expected, PyState_Restore(handle));
    REFUSES(expected, PyState_Discard(handle));
    REFUSES(expected, PyState_TopFrame(handle, &frame));
    REFUSES(expected, PyState_GetContext(handle, &context));
    REFUSES(expected, PyState_SetContext(handle, NULL));
    REFUSES(expected, PyState_Traverse(handle, NULL, NULL, NULL));
    REFUSES(expected, PyState_Clear(handle));
    CHECK(frame == NULL && context == NULL);
}

static int
count_visit(PyObject *object, void *arg)
{
    (void)object;
    ++*(int *)arg;
    return 0;
}

static void
errors(void)
{
    PyThreadState *ts = layout_attached();
    PyState_Handle handle = 0, other = 0;
    PyState_Stack smallest = {stack, PYSTATE_SMALLEST_STACK}, tiny = {stack, PYSTATE_SMALLEST_STACK - 1}, nowhere = {NULL, STACK_SIZE}, beyond = {(void *)(UINTPTR_MAX - 4096), STACK_SIZE}, fine = {stack, STACK_SIZE};

    every_operation_answers(PYSTATE_INVALID_HANDLE, 0);
    every_operation_answers(PYSTATE_INVALID_HANDLE, UINT64_MAX);
    REFUSES(PYSTATE_INVALID_HANDLE, PyState_Save(0, NULL));
    REFUSES(PYSTATE_INVALID_HANDLE, PyState_Drop(0));

    IS(PYSTATE_OK, PyState_New(&handle));
    every_operation_answers(PYSTATE_NOT_SAVED, handle);
    REFUSES(PYSTATE_BAD_STACK, PyState_Save(handle, &tiny));
    REFUSES(PYSTATE_BAD_STACK, PyState_Save(handle, &nowhere));
    REFUSES(PYSTATE_BAD_STACK, PyState_Save(handle, &beyond));
    PyErr_SetString(PyExc_KeyError, "pending");
    REFUSES(PYSTATE_PENDING, PyState_Save(handle, &fine));
    CHECK(PyErr_ExceptionMatches(PyExc_KeyError));
    PyErr_Clear();
    IS(PYSTATE_OK, PyState_New(&other));
    IS(PYSTATE_OK, PyState_Save(other, &smallest));
#ifdef LAYOUT_HAS_STACK_BOUNDS
    CHECK(((_PyThreadStateImpl *)ts)->c_stack_top == (uintptr_t)stack + PYSTATE_SMALLEST_STACK);
#endif
    IS(PYSTATE_OK, PyState_Restore(other)); /* sees an exception that the Save has left */
    IS(PYSTATE_OK, PyState_Drop(other));

    /* A flow without frames that has a Context object. */
    PyObject *mine = PyContext_New();
    Py_ssize_t references = Py_REFCNT(mine);
    CHECK(PyContext_Enter(mine) == 0);
    IS(PYSTATE_OK, PyState_Save(handle, NULL));
    CHECK(ts->context == NULL);
    REFUSES(PYSTATE_NOT_EMPTY, PyState_Save(handle, NULL));
    PyObject *given = NULL;
    IS(PYSTATE_OK, PyState_GetContext(handle, &given));
    CHECK(given == mine);
    Py_XDECREF(given);
    REFUSES(PYSTATE_NOT_A_CONTEXT, PyState_SetContext(handle, Py_None));
    REFUSES(PYSTATE_ENTERED, PyState_SetContext(handle, NULL));
    int visits = 0;
    IS(PYSTATE_OK, PyState_Traverse(handle, count_visit, &visits, NULL));
    CHECK(visits == 1);

    /* Everything that keeps a thread from being quiescent. */
    PyErr_SetString(PyExc_KeyError, "pending");
    REFUSES(PYSTATE_PENDING, PyState_Restore(handle));
    PyErr_Clear();
    PyObject *value = PyObject_CallFunction(PyExc_KeyError, "s", "handled");
    PyErr_SetExcInfo(new_reference(PyExc_KeyError), value, NULL);
    REFUSES(PYSTATE_HANDLING, PyState_Restore(handle));
    PyErr_SetExcInfo(NULL, NULL, NULL);
    CHECK(Py_EnterRecursiveCall("") == 0);
#ifndef LAYOUT_HAS_STACK_BOUNDS
    REFUSES(PYSTATE_IN_RECURSION, PyState_Restore(handle));
#endif
    Py_LeaveRecursiveCall();
    ts->tracing = 1;
    REFUSES(PYSTATE_TRACING, PyState_Restore(handle));
    ts->tracing = 0;

    /* A Context object that the flow that ends has left is released, and its entering ended. */
    PyObject *left = PyContext_New();
    CHECK(PyContext_Enter(left) == 0);
    IS(PYSTATE_OK, PyState_Restore(handle));
    CHECK(ts->context == mine);
    CHECK(PyContext_Enter(left) == 0 && PyContext_Exit(left) == 0);
    CHECK(Py_REFCNT(left) == 1);
    Py_DECREF(left);
    every_operation_answers(PYSTATE_CONSUMED, handle);
    REFUSES(PYSTATE_NOT_EMPTY, PyState_Save(handle, NULL));
    CHECK(PyContext_Exit(mine) == 0);
    CHECK(Py_REFCNT(mine) == references);
    IS(PYSTATE_OK, PyState_Drop(handle));
    every_operation_answers(PYSTATE_INVALID_HANDLE, handle);

    /* The slot is used again, and the old handle does not name the new state. */
    IS(PYSTATE_OK, PyState_New(&other));
    CHECK(other != handle);
    every_operation_answers(PYSTATE_INVALID_HANDLE, handle);

    IS(PYSTATE_OK, PyState_Save(other, NULL));
    IS(PYSTATE_OK, PyState_SetContext(other, mine));
    IS(PYSTATE_OK, PyState_Discard(other));
    CHECK(Py_REFCNT(mine) == references);
    every_operation_answers(PYSTATE_DISCARDED, other);
    IS(PYSTATE_OK, PyState_Drop(other));

    /* A flow that was given a Context object ends while another one is inside it: that one is still inside, and can leave. */
    IS(PYSTATE_OK, PyState_New(&handle));
    IS(PYSTATE_OK, PyState_New(&other));
    IS(PYSTATE_OK, PyState_Save(handle, NULL));
    IS(PYSTATE_OK, PyState_SetContext(handle, mine));
    CHECK(PyContext_Enter(mine) == 0);
    IS(PYSTATE_OK, PyState_Save(other, NULL));
    IS(PYSTATE_OK, PyState_Restore(handle));
    CHECK(ts->context == mine);
    IS(PYSTATE_OK, PyState_Restore(other));
    CHECK(ts->context == mine && PyContext_Exit(mine) == 0);
    CHECK(Py_REFCNT(mine) == references);
    IS(PYSTATE_OK, PyState_Drop(handle));
    IS(PYSTATE_OK, PyState_Drop(other));
    Py_DECREF(mine);

    /* Detached. */
    IS(PYSTATE_OK, PyState_New(&handle));
    PyThreadState *saved = PyEval_SaveThread();
    PyState_Handle untouched = 7;
    IS(PYSTATE_DETACHED, PyState_New(&untouched));
    IS(PYSTATE_DETACHED, PyState_Save(handle, NULL));
    IS(PYSTATE_DETACHED, PyState_Restore(handle));
    IS(PYSTATE_DETACHED, PyState_Discard(handle));
    IS(PYSTATE_DETACHED, PyState_Drop(handle));
    IS(PYSTATE_DETACHED, PyState_Clear(handle));
    CHECK(untouched == 7);
    (void)PyState_AbandonedCount();
    PyEval_RestoreThread(saved);
    IS(PYSTATE_OK, PyState_Drop(handle));
}

/* ---- Other threads and interpreters -------------------------------------------------------------------------------------------------- */

static PyState_Handle shared;

static void
save_and_exit(void)
{
    IS(PYSTATE_OK, PyState_Save(shared, NULL));
}

static void
new_save_and_exit(void)
{
    IS(PYSTATE_OK, PyState_New(&shared));
    IS(PYSTATE_OK, PyState_Save(shared, NULL));
}

static void
restore_from_elsewhere(void)
{
    REFUSES(PYSTATE_WRONG_THREAD, PyState_Restore(shared));
    PyObject *context = NULL;
    IS(PYSTATE_OK, PyState_GetContext(shared, &context));
    Py_XDECREF(context);
}

static PyState_Handle dropped_from_home; /* of the interpreter that dies */

/* Dies with the interpreter of the state, and asks from the main one. */
static void
asks_from_home(PyObject *capsule)
{
    PyState_Handle handle = (PyState_Handle)(uintptr_t)PyCapsule_GetPointer(capsule, "asks");
    PyThreadState *home = PyCapsule_GetContext(capsule), *dying = PyThreadState_Swap(home);
    every_operation_answers(PYSTATE_DISCARDED, handle);
    every_operation_answers(PYSTATE_DISCARDED, dropped_from_home);
    IS(PYSTATE_OK, PyState_Drop(dropped_from_home));
    PyThreadState_Swap(dying);
    every_operation_answers(PYSTATE_FINALIZING, handle);
    PyThreadState_Swap(home);
    every_operation_answers(PYSTATE_INVALID_HANDLE, dropped_from_home); /* a slot that is free owes nothing */
    PyThreadState_Swap(dying);
}

static void
use_from_another_interpreter(void)
{
    PyThreadState *home = PyThreadState_Get();
    PyThreadState *away = Py_NewInterpreter();
    if (CHECK(away != NULL)) {
        every_operation_answers(PYSTATE_WRONG_INTERPRETER, shared);
        PyState_Handle own = 0;
        IS(PYSTATE_OK, PyState_New(&own));
        IS(PYSTATE_OK, PyState_New(&dropped_from_home));
        IS(PYSTATE_OK, PyState_Save(own, NULL));
        IS(PYSTATE_OK, PyState_Save(dropped_from_home, NULL));
        PyThreadState_Swap(home);
        every_operation_answers(PYSTATE_WRONG_INTERPRETER, own);
        PyThreadState_Swap(away);
        PyObject *asks = PyCapsule_New((void *)(uintptr_t)own, "asks", asks_from_home);
        PyCapsule_SetContext(asks, home);
        PyModule_AddObject(PyImport_AddModule("asks"), "asks", asks);
        Py_EndInterpreter(away);
        PyThreadState_Swap(home);
        every_operation_answers(PYSTATE_DISCARDED, own);
        IS(PYSTATE_OK, PyState_Drop(own));
    }
}

typedef struct {
    PyInterpreterState *interp;
    void (*body)(void);
} Caller;

static void *
caller_main(void *argument)
{
    Caller *caller = argument;
    PyThreadState *ts = PyThreadState_New(caller->interp);
    PyEval_RestoreThread(ts);
    caller->body();
    PyThreadState_Clear(ts);
    PyThreadState_DeleteCurrent();
    return NULL;
}

/* Runs body on a thread that has no Python frames. */
static void
without_frames(void (*body)(void))
{
    Caller caller = {PyThreadState_Get()->interp, body};
    pthread_t thread;
    PyThreadState *ts = PyEval_SaveThread();
    if (pthread_create(&thread, NULL, caller_main, &caller) == 0) {
        pthread_join(thread, NULL);
    }
    PyEval_RestoreThread(ts);
}

static void
save_in_frames(void)
{
    IS(PYSTATE_OK, PyState_New(&shared));
    IS(PYSTATE_OK, PyState_Save(shared, NULL));
    without_frames(restore_from_elsewhere);
    use_from_another_interpreter();
    IS(PYSTATE_OK, PyState_Restore(shared));
    IS(PYSTATE_OK, PyState_Drop(shared));
}

/* ---- What threads leave behind -------------------------------------------------------------------------------------------------------- */

/* Blocks of the allocator from which saved states and thread records come, and with them all that a thread state is made of. */
static PyMemAllocatorEx allocator;
static _Atomic long blocks;

static void *
count_malloc(void *context, size_t size)
{
    void *block = allocator.malloc(context, size);
    blocks += block != NULL;
    return block;
}

static void *
count_calloc(void *context, size_t count, size_t size)
{
    void *block = allocator.calloc(context, count, size);
    blocks += block != NULL;
    return block;
}

static void *
count_realloc(void *context, void *old, size_t size)
{
    void *block = allocator.realloc(context, old, size);
    blocks += old == NULL && block != NULL;
    return block;
}

static void
count_free(void *context, void *block)
{
    blocks -= block != NULL;
    allocator.free(context, block);
}

static void
save_and_restore(void)
{
    IS(PYSTATE_OK, PyState_Save(shared, NULL));
    IS(PYSTATE_OK, PyState_Restore(shared));
}

/* Threads that never call New save into this one's states and end; then threads that do call it. Afterwards nothing is left of any. */
static void
many_threads(void)
{
    enum { BEFORE = 10, MORE = 300 };
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &allocator);
    PyMemAllocatorEx counting = {allocator.ctx, count_malloc, count_calloc, count_realloc, count_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &counting);
    long at_first = 0;
    for (int i = 0; i < BEFORE + MORE; i++) {
        if (i == BEFORE) {
            at_first = blocks;
        }
        IS(PYSTATE_OK, PyState_New(&shared));
        without_frames(save_and_restore);
        IS(PYSTATE_OK, PyState_Drop(shared));
        without_frames(new_save_and_exit);
        IS(PYSTATE_OK, PyState_Drop(shared));
    }
    CHECK(blocks == at_first);
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &allocator);
}

/* ---- What owns a handle is asked by the collector ------------------------------------------------------------------------------------ */

static int releases; /* of the value in the Context object of a flow that is gone */

static void
count_release(PyObject *capsule)
{
    (void)capsule;
    releases++;
}

/* Has a Context object that nobody else knows, in which such a value is; its thread calls no New. */
static void
save_context_and_exit(void)
{
    PyObject *value = PyCapsule_New(&releases, NULL, count_release), *variable = PyContextVar_New("v", NULL), *context = PyContext_New();
    CHECK(PyContext_Enter(context) == 0);
    Py_XDECREF(PyContextVar_Set(variable, value));
    Py_DECREF(context);
    Py_DECREF(variable);
    Py_DECREF(value);
    IS(PYSTATE_OK, PyState_Save(shared, NULL));
}

typedef struct {
    PyObject_HEAD
    PyState_Status status; /* what the collector was answered last */
} Owner;

static int
owner_traverse(PyObject *self, visitproc visit, void *arg)
{
    int result = 0;
    ((Owner *)self)->status = PyState_Traverse(shared, visit, arg, &result);
#if PY_VERSION_HEX >= 0x03090000
    Py_VISIT(Py_TYPE(self));
#endif
    return result;
}

static void
owner_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

/* Releasing a Context object takes it out of the collector's lists, which the collector is going through. */
static void
traversed_by_the_collector(void)
{
    PyType_Slot slots[] = {{Py_tp_traverse, owner_traverse}, {Py_tp_dealloc, owner_dealloc}, {0, NULL}};
    PyType_Spec spec = {"api_test.Owner", sizeof(Owner), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};
    PyObject *type = PyType_FromSpec(&spec);
    Owner *owner = PyObject_GC_New(Owner, (PyTypeObject *)type);
    IS(PYSTATE_OK, PyState_New(&shared));
    without_frames(save_context_and_exit);
    releases = 0;
    PyObject_GC_Track(owner);
    PyGC_Collect();
    CHECK(owner->status == PYSTATE_DISCARDED);
    CHECK(releases == 0);
    IS(PYSTATE_OK, PyState_Drop(shared));
    CHECK(releases == 1);
    Py_DECREF(owner);
    Py_DECREF(type);
}

/* ---- Memory runs out ----------------------------------------------------------------------------------------------------------------- */

static PyMemAllocatorEx with_memory[2];
static int is_starved;

static void *
starved_malloc(void *allocator, size_t size)
{
    PyMemAllocatorEx *of = allocator;
    return is_starved ? NULL : of->malloc(of->ctx, size);
}

static void *
starved_calloc(void *allocator, size_t count, size_t size)
{
    PyMemAllocatorEx *of = allocator;
    return is_starved ? NULL : of->calloc(of->ctx, count, size);
}

static void *
starved_realloc(void *allocator, void *old, size_t size)
{
    PyMemAllocatorEx *of = allocator;
    return is_starved ? NULL : of->realloc(of->ctx, old, size);
}

static void
starved_free(void *allocator, void *block)
{
    PyMemAllocatorEx *of = allocator;
    of->free(of->ctx, block);
}

static const PyMemAllocatorDomain domains[] = {PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};

static void
starve(void)
{
    for (int i = 0; i < 2; i++) {
        PyMem_GetAllocator(domains[i], &with_memory[i]);
        PyMemAllocatorEx without = {&with_memory[i], starved_malloc, starved_calloc, starved_realloc, starved_free};
        PyMem_SetAllocator(domains[i], &without);
    }
    is_starved = 1;
}

static void
feed(void)
{
    is_starved = 0;
    for (int i = 0; i < 2; i++) {
        PyMem_SetAllocator(domains[i], &with_memory[i]);
    }
}

static int
profile(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    (void)object, (void)frame, (void)what, (void)argument;
    return 0;
}

/* Called by Python code. What cannot be done is answered, with a pending exception as it was, and can be done later. */
static void
without_memory(void)
{
    PyThreadState *ts = PyThreadState_Get();
    PyState_Handle handle;
    PyFrameObject *frame = NULL;
    IS(PYSTATE_OK, PyState_New(&handle));
    IS(PYSTATE_OK, PyState_Save(handle, NULL));
    PyErr_SetString(PyExc_KeyError, "pending");
    starve();
    PyState_Status status = PyState_TopFrame(handle, &frame);
    feed();
    CHECK(frame == NULL ? status == PYSTATE_NO_MEMORY : status == PYSTATE_OK);
    CHECK(PyErr_ExceptionMatches(PyExc_KeyError));
    PyErr_Clear();
    Py_XDECREF(frame);

    PyEval_SetProfile(profile, NULL);
    starve();
    status = PyState_Restore(handle);
    feed();
    if (status != PYSTATE_OK) {
        CHECK(status == PYSTATE_NO_MEMORY && !PyErr_Occurred());
        IS(PYSTATE_OK, PyState_Restore(handle));
    }
#ifdef LAYOUT_INSTRUMENTATION
    for (LAYOUT_FRAME *f = LAYOUT_TOP(ts); f != LAYOUT_READY_TOP(ts); f = f->previous) {
        PyObject *code = LAYOUT_CODE(f);
        CHECK(f->owner >= LAYOUT_ENTRY_OWNER || !PyCode_Check(code) || (uintptr_t)((PyCodeObject *)code)->_co_instrumentation_version == (uintptr_t)LAYOUT_INSTRUMENTATION(ts->interp));
    }
#else
    (void)ts;
#endif
    PyEval_SetProfile(NULL, NULL);
    IS(PYSTATE_OK, PyState_Drop(handle));
}

/* ---- Context watchers ---------------------------------------------------------------------------------------------------------------- */

#ifdef LAYOUT_HAS_CONTEXT_WATCHERS

static PyObject *watched_variable;
static int watched;

/* Runs on the stack that Save leaves, and leaves something behind. */
static int
watcher(PyContextEvent event, PyObject *object)
{
    _PyThreadStateImpl *ts = (_PyThreadStateImpl *)PyThreadState_Get();
    char here;
    (void)event;
    CHECK((uintptr_t)&here < ts->c_stack_top && (uintptr_t)&here > ts->c_stack_hard_limit);
    if (object == Py_None) {
        watched++;
        Py_XDECREF(PyContextVar_Set(watched_variable, Py_True));
        PyRun_SimpleString("def f(): pass\nf()");
    }
    return 0;
}

static void
watched_save(void)
{
    PyThreadState *ts = PyThreadState_Get();
    PyState_Handle handle;
    PyState_Stack next = {stack, STACK_SIZE};
    watched_variable = PyContextVar_New("watched", NULL);
    Py_XDECREF(PyContextVar_Set(watched_variable, Py_False));
    int id = PyContext_AddWatcher(watcher);
    IS(PYSTATE_OK, PyState_New(&handle));
    IS(PYSTATE_OK, PyState_Save(handle, &next));
    CHECK(watched == 1);
    CHECK(ts->context == NULL && LAYOUT_TOP(ts) == LAYOUT_READY_TOP(ts) && layout_depth(ts) == 0);
    CHECK(((_PyThreadStateImpl *)ts)->c_stack_top == (uintptr_t)stack + STACK_SIZE);
    IS(PYSTATE_OK, PyState_Restore(handle));
    PyContext_ClearWatcher(id);
    IS(PYSTATE_OK, PyState_Drop(handle));
    Py_DECREF(watched_variable);
}

#endif

static PyObject *
run(PyObject *module, PyObject *none)
{
    static const char script[] =
        "import contextvars\n"
        "v = contextvars.ContextVar('v')\n"
        "def calls_beside():\n"
        "    v.set(1)\n"
        "    try:\n"
        "        raise KeyError('outside')\n"
        "    except KeyError as e:\n"
        "        beside()\n"
        "        assert __import__('sys').exc_info()[1] is e\n"
        "    assert v.get() == 1\n"
        "    return 1\n"
        "class Iterates:\n"
        "    def __iter__(self):\n" /* C code between two Python frames: an entry frame in the chain */
        "        return iter([calls_beside()])\n"
        "list(Iterates())\n";
    (void)module, (void)none;
    failure[0] = 0;
    stack = malloc(STACK_SIZE);
    PyObject *globals = PyDict_New();
    PyObject *function = PyObject_GetAttrString(module, "beside");
    PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins());
    PyDict_SetItemString(globals, "beside", function);
    PyObject *done = PyRun_String(script, Py_file_input, globals, globals);
    Py_XDECREF(done);
    Py_XDECREF(function);
    Py_DECREF(globals);
    if (done == NULL) {
        free(stack);
        return NULL;
    }

    without_frames(errors);
    without_frames(save_in_frames);
    many_threads();
    traversed_by_the_collector();
    without_memory();
#ifdef LAYOUT_HAS_CONTEXT_WATCHERS
    watched_save();
#endif

    /* A thread that exits: noticed at once where it has called New, later where it has not. */
    uint64_t count = PyState_AbandonedCount();
    without_frames(new_save_and_exit);
    every_operation_answers(PYSTATE_DISCARDED, shared);
    IS(PYSTATE_OK, PyState_Drop(shared));
    IS(PYSTATE_OK, PyState_New(&shared));
    without_frames(save_and_exit);
    every_operation_answers(PYSTATE_DISCARDED, shared);
    IS(PYSTATE_OK, PyState_Drop(shared));
    CHECK(PyState_AbandonedCount() == count);

    /* Frames are there: this module was called by Python. */
    PyThreadState *ts = PyThreadState_Get();
    PyState_Handle handle;
    IS(PYSTATE_OK, PyState_New(&handle));
    IS(PYSTATE_OK, PyState_Save(handle, NULL));
    PyState_Handle second;
    IS(PYSTATE_OK, PyState_New(&second));
    IS(PYSTATE_OK, PyState_Save(second, NULL));
    IS(PYSTATE_OK, PyState_Restore(handle));
    CHECK(LAYOUT_TOP(ts) != LAYOUT_READY_TOP(ts));
    REFUSES(PYSTATE_HAS_FRAMES, PyState_Restore(second));
    IS(PYSTATE_OK, PyState_Discard(second));
    IS(PYSTATE_OK, PyState_Drop(handle));
    IS(PYSTATE_OK, PyState_Drop(second));

    free(stack);
    if (failure[0] != 0) {
        PyErr_SetString(PyExc_AssertionError, failure);
        return NULL;
    }
    Py_RETURN_NONE;
}

/* ---- Finalization -------------------------------------------------------------------------------------------------------------------- */

/* Dies while the interpreter finalizes, and writes what the operations answer then. */
static void
last_words(PyObject *capsule)
{
    PyState_Handle handle = (PyState_Handle)(uintptr_t)PyCapsule_GetPointer(capsule, "last");
    PyState_Handle fresh = 7;
    uint64_t abandoned = PyState_AbandonedCount();
    REFUSES(PYSTATE_FINALIZING, PyState_New(&fresh));
    REFUSES(PYSTATE_FINALIZING, PyState_Save(handle, NULL));
    every_operation_answers(PYSTATE_FINALIZING, handle);
    CHECK(fresh == 7 && abandoned == PyState_AbandonedCount());
    IS(PYSTATE_OK, PyState_Drop(handle));
    REFUSES(PYSTATE_INVALID_HANDLE, PyState_Drop(handle));
    printf("finalization: %s\n", failure[0] == 0 ? "ok" : failure);
    fflush(stdout);
}

/* Gives an object that has to live until the interpreter finalizes. */
static PyObject *
until_the_end(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    PyState_Handle handle;
    if (PyState_New(&handle) != PYSTATE_OK) {
        return PyErr_NoMemory();
    }
    return PyCapsule_New((void *)(uintptr_t)handle, "last", last_words);
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS, "Every check; AssertionError names the first that fails."},
    {"beside", beside, METH_NOARGS, "Suspends the caller and looks around from a fresh flow."},
    {"until_the_end", until_the_end, METH_NOARGS, "An object whose destructor checks what the operations answer during finalization."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "api_test", .m_size = -1, .m_methods = methods};

__attribute__((visibility("default"))) /* 3.8 says so nowhere else */
PyMODINIT_FUNC
PyInit_api_test(void)
{
    return PyModule_Create(&definition);
}
