/* Moves a flow between the thread state and a saved state: the one place that writes thread-state fields. */
#include "flow.h"

/* ---- Frames that stand on the C stack ------------------------------------------------------------------------------------------------
 *
 * From 3.12 on each C call of the evaluation loop puts an entry frame on the C stack and into the chain of frames. A frame object in
 * somebody's hand must be walkable while the flow is suspended and its C stack perhaps lies elsewhere [FRAME-01], so Save takes these
 * frames out of the chain and Restore puts them back (OBL-10: the stack is then as it was). What Restore has to know, it is told
 * by the entry frames themselves: two of their members mean nothing on the C stack ("Only valid if not on C stack", CPython's
 * pycore_frame.h) and hold the frame that led to this one and the next entry frame. Runs of entry frames, as when a destructor that
 * ran between two frames has called Python, are taken out and put back together. */

#ifdef LAYOUT_ENTRY_OWNER

static inline bool
is_entry(const LAYOUT_FRAME *frame)
{
    return frame->owner >= LAYOUT_ENTRY_OWNER;
}

/* Takes the entry frames out of saved's chain, which begins at top and ends before ready. */
static void
take_entries_out(Saved *saved, LAYOUT_FRAME *top, LAYOUT_FRAME *ready)
{
    LAYOUT_FRAME *leads = NULL; /* the frame whose `previous` is looked at; NULL for saved->top */
    LAYOUT_FRAME **last = &saved->entries;
    saved->entries = NULL;
    saved->top = top == ready ? NULL : top;
    for (LAYOUT_FRAME *frame = top; frame != NULL && frame != ready;) {
        if (!is_entry(frame)) {
            leads = frame;
            frame = frame->previous;
            continue;
        }
        LAYOUT_FRAME *first = frame;
        do {
            frame = frame->previous;
        } while (frame != NULL && frame != ready && is_entry(frame));
        *last = first;
        last = (LAYOUT_FRAME **)&first->f_builtins;
        first->f_globals = (PyObject *)leads;
        first->f_builtins = NULL;
        *(leads == NULL ? &saved->top : &leads->previous) = frame == ready ? NULL : frame;
    }
}

/* Puts them back; gives the innermost frame, entry frames included. */
static LAYOUT_FRAME *
put_entries_back(Saved *saved, LAYOUT_FRAME *ready)
{
    LAYOUT_FRAME *top = saved->top;
    for (LAYOUT_FRAME *entry = saved->entries, *next; entry != NULL; entry = next) {
        LAYOUT_FRAME *leads = (LAYOUT_FRAME *)entry->f_globals;
        next = (LAYOUT_FRAME *)entry->f_builtins;
        entry->f_globals = entry->f_builtins = NULL;
        *(leads == NULL ? &top : &leads->previous) = entry;
    }
    saved->entries = NULL;
    return top == NULL ? ready : top;
}

#endif

static void
take_frames(PyThreadState *ts, Saved *saved)
{
    LAYOUT_FRAME *top = LAYOUT_TOP(ts), *ready = LAYOUT_READY_TOP(ts);
    saved->has_frames = top != ready;
#ifdef LAYOUT_ENTRY_OWNER
    take_entries_out(saved, top, ready);
#else
    saved->top = top;
#endif
#ifdef LAYOUT_CFRAME
    /* The cframe stands on the C stack, and what it says of the flow stays in it [STACK-04]. */
    saved->cframe = ts->cframe;
    ts->cframe = &ts->root_cframe;
    ts->root_cframe.previous = NULL;
#endif
    LAYOUT_TOP(ts) = ready;
}

static void
give_frames(PyThreadState *ts, Saved *saved)
{
#ifdef LAYOUT_ENTRY_OWNER
    LAYOUT_FRAME *top = put_entries_back(saved, LAYOUT_READY_TOP(ts));
#else
    LAYOUT_FRAME *top = saved->top;
#endif
#ifdef LAYOUT_CFRAME
    ts->cframe = saved->cframe;
#endif
    LAYOUT_TOP(ts) = top;
}

#ifdef LAYOUT_HAS_PROFILED_FRAME
/* A remote profiler that remembers the last frame it saw would go on from there in another flow. */
static void
forget_profiled_frame(PyThreadState *ts)
{
    ts->last_profiled_frame = NULL;
    ts->last_profiled_frame_seq++;
}
#endif

/* ---- Data stack ---------------------------------------------------------------------------------------------------------------------- */

#ifdef LAYOUT_HAS_DATA_STACK

void
flow_free_chunks(_PyStackChunk *chunk)
{
    PyObjectArenaAllocator arena;
    PyObject_GetArenaAllocator(&arena);
    while (chunk != NULL) {
        _PyStackChunk *previous = chunk->previous;
        arena.free(arena.ctx, chunk, chunk->size);
        chunk = previous;
    }
}

/* Moves the chunks out. A spare chunk takes their place, empty, which counts as none [READY-06]: its first element is skipped, as CPython does
 * in a root chunk so that returning from the outermost frame does not free it. */
static void
take_data_stack(PyThreadState *ts, ThreadRecord *record, Saved *saved)
{
    saved->chunk = ts->datastack_chunk;
    saved->chunk_top = ts->datastack_top;
    saved->chunk_limit = ts->datastack_limit;
    _PyStackChunk *spare = record->spare;
    record->spare = NULL;
    ts->datastack_chunk = spare;
    ts->datastack_top = spare == NULL ? NULL : &spare->data[1];
    ts->datastack_limit = spare == NULL ? NULL : (PyObject **)((char *)spare + spare->size);
}

/* Keeps one of the chunks that a flow has left, and frees what else there is. Nothing is kept for a thread that has saved into another one's state and
 * called no New: nobody would hear of its end [LEAK-01]. */
static SAVED_APART void
keep_spare(ThreadRecord *record, _PyStackChunk *left)
{
    if (record->spare == NULL && record->watched_id != 0) {
        record->spare = left;
        left = left->previous;
        record->spare->previous = NULL;
    }
    if (left != NULL) {
        flow_free_chunks(left);
    }
}

#endif

/* ---- Handled exceptions -------------------------------------------------------------------------------------------------------------- */

/* Puts an entry into `to`. Its previous_item is always NULL: it is the bottom of the stack. */
static inline void
put_exception(const _PyErr_StackItem *from, _PyErr_StackItem *to)
{
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
    to->exc_type = from->exc_type;
    to->exc_traceback = from->exc_traceback;
#endif
    to->exc_value = from->exc_value;
}

static inline void
move_exception(_PyErr_StackItem *from, _PyErr_StackItem *to)
{
    put_exception(from, to);
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
    from->exc_type = from->exc_traceback = NULL;
#endif
    from->exc_value = NULL;
}

static inline void
drop_exception(_PyErr_StackItem *item)
{
#ifdef LAYOUT_HAS_EXCEPTION_TRIPLE
    Py_CLEAR(item->exc_type);
    Py_CLEAR(item->exc_traceback);
#endif
    Py_CLEAR(item->exc_value);
}

/* ---- Context object ------------------------------------------------------------------------------------------------------------------ */

void
flow_drop_context(PyObject *context, PyObject *shared)
{
    while (context != NULL && context != shared) {
        PyContext *object = (PyContext *)context;
        PyContext *below = NULL;
        if (object->ctx_entered) {
            below = object->ctx_prev; /* entering has moved the reference to it there */
            object->ctx_prev = NULL;
            object->ctx_entered = 0;
        }
        Py_DECREF(context);
        context = (PyObject *)below;
    }
    Py_XDECREF(context);
}

#ifdef LAYOUT_HAS_CONTEXT_WATCHERS
/* Tells those who watch which Context object is current. Errors are theirs and unraisable (AMB-16). */
static SAVED_APART void
notify_context_watchers(PyThreadState *ts)
{
    PyObject *current = ts->context == NULL ? Py_None : ts->context;
    uint8_t active = ts->interp->active_context_watchers;
    for (int i = 0; active != 0; i++, active >>= 1) {
        if ((active & 1) && ts->interp->context_watchers[i](Py_CONTEXT_SWITCHED, current) < 0) {
            PyErr_FormatUnraisable("Exception ignored in Py_CONTEXT_SWITCHED watcher callback for %R", current);
        }
    }
}

/* What watchers have left is no part of the flow that begins. */
static SAVED_APART void
drop_context_of_watchers(PyThreadState *ts)
{
    PyObject *context = ts->context;
    ts->context = NULL;
    ts->context_ver++;
    flow_drop_context(context, NULL);
}
#endif

/* ---- Instrumentation ----------------------------------------------------------------------------------------------------------------- */

#ifdef LAYOUT_INSTRUMENTATION

/* Whether what was tried has failed for want of memory. What else has gone wrong, as with a `monitoring` that is not CPython's, does not keep a flow from
 * going on. */
static bool
gives_up(void)
{
    bool no_memory = PyErr_Occurred() != NULL && PyErr_ExceptionMatches(PyExc_MemoryError);
    PyErr_Clear();
    return no_memory;
}

#ifndef LAYOUT_INSTRUMENT

/* Has a code object instrumented anew, by changing one of a tool's local events and changing it back: up to 3.14 nothing else that is
 * exported does it. Nothing runs in between, so it does not matter whose tool it is. */
static bool
instrument_code(PyThreadState *ts, PyObject *monitoring, PyObject *code)
{
    enum { TOOL = 5, LINE = 1 << 5 };
    PyObject **name = &ts->interp->monitoring_tool_names[TOOL];
    PyObject *owner = *name;
    if (owner == NULL) {
        *name = Py_None; /* not use_tool_id: giving the id back would bump the version of every code object */
    }
    PyObject *events = PyObject_CallMethod(monitoring, "get_local_events", "iO", TOOL, code);
    long now = events == NULL ? -1 : PyLong_AsLong(events);
    Py_XDECREF(events);
    if (now >= 0) {
        Py_XDECREF(PyObject_CallMethod(monitoring, "set_local_events", "iOl", TOOL, code, now ^ LINE));
        Py_XDECREF(PyObject_CallMethod(monitoring, "set_local_events", "iOl", TOOL, code, now));
    }
    *name = owner;
    return !gives_up();
}

#endif

/* CPython instruments code when tracing, profiling or monitoring changes, for the frames that it finds on its threads; those of a suspended
 * flow are not among them, and lose events or keep stale ones. Where the version of the instrumentation has changed since Save, this has
 * the code of each frame brought up to date. Before the first write of Restore, because it allocates. */
bool
flow_instrument(PyThreadState *ts, Saved *saved)
{
    uintptr_t version = (uintptr_t)LAYOUT_INSTRUMENTATION(ts->interp);
#ifndef LAYOUT_INSTRUMENT
    PyObject *name = PyUnicode_FromString("monitoring");
    PyObject *monitoring = name == NULL ? NULL : PyDict_GetItemWithError(ts->interp->sysdict, name); /* borrowed; NULL where somebody has taken it out */
    Py_XDECREF(name);
    if (gives_up()) {
        return false;
    }
#endif
    for (LAYOUT_FRAME *frame = saved->top; frame != NULL; frame = frame->previous) {
        PyObject *code = LAYOUT_CODE(frame);
        if (code == NULL || !PyCode_Check(code) || (uintptr_t)((PyCodeObject *)code)->_co_instrumentation_version == version) {
            continue;
        }
#ifdef LAYOUT_INSTRUMENT
        if (LAYOUT_INSTRUMENT(code, ts->interp) < 0 && gives_up()) {
            return false;
        }
#else
        if (monitoring != NULL && !instrument_code(ts, monitoring, code)) {
            return false;
        }
#endif
    }
    return true;
}

#endif

/* ---- The whole -----------------------------------------------------------------------------------------------------------------------
 *
 * What only has to be copied is copied at once, before anything else is written: compilers then move neighbours together. For the same reason, and because a switch is
 * these two functions and little else, what a consumed state holds is not wiped: nobody looks at it [RESTORE-25]. */

void
flow_take(PyThreadState *ts, Saved *saved, const PyState_Stack *next)
{
    (void)next; /* 3.11 has nothing that follows the C stack */
    ThreadRecord *record = saved->owner;

    saved->depth = layout_depth(ts);
    saved->exc_info = ts->exc_info;
    saved->context = ts->context;
#ifdef LAYOUT_HAS_RECURSION_HEADROOM
    saved->recursion_headroom = ts->recursion_headroom;
#endif
    saved->tracing = ts->tracing;
#ifdef LAYOUT_TRACE_EVENT
    saved->trace_event = LAYOUT_TRACE_EVENT(ts);
#endif
#ifdef LAYOUT_TRASH_NESTING
    saved->trash_nesting = LAYOUT_TRASH_NESTING(ts);
#endif
#ifdef LAYOUT_HAS_OVERFLOWED
    saved->overflowed = ts->overflowed;
    saved->recursion_critical = ts->recursion_critical;
#endif
#ifdef LAYOUT_C_RECURSION_LIMIT
    saved->c_recursion_remaining = ts->c_recursion_remaining;
#endif
#ifdef LAYOUT_HAS_STACK_BOUNDS
    _PyThreadStateImpl *impl = (_PyThreadStateImpl *)ts;
    saved->c_stack_top = impl->c_stack_top;
    saved->c_stack_soft_limit = impl->c_stack_soft_limit;
    saved->c_stack_hard_limit = impl->c_stack_hard_limit;
#endif
#ifdef LAYOUT_INSTRUMENTATION
    saved->instrumentation = (uintptr_t)LAYOUT_INSTRUMENTATION(ts->interp);
#endif
    saved->base = record->base;
    saved->shared = record->shared;

    take_frames(ts, saved);
    move_exception(&ts->exc_state, &saved->exception);
    ts->exc_info = &ts->exc_state;
    ts->context = NULL;
    ts->context_ver++;
#ifdef LAYOUT_HAS_RECURSION_HEADROOM
    ts->recursion_headroom = 0;
#endif
    ts->tracing = 0;
#ifdef LAYOUT_TRACE_EVENT
    LAYOUT_TRACE_EVENT(ts) = LAYOUT_NO_TRACE_EVENT;
#endif
#ifdef LAYOUT_TRASH_NESTING
    LAYOUT_TRASH_NESTING(ts) = 0;
#endif
#ifdef LAYOUT_HAS_OVERFLOWED
    ts->overflowed = ts->recursion_critical = 0;
#endif
#ifdef LAYOUT_HAS_DATA_STACK
    take_data_stack(ts, record, saved);
#endif
#ifdef LAYOUT_EXECUTOR
    saved->executor = LAYOUT_EXECUTOR(ts);
    Py_XINCREF(saved->executor);
    LAYOUT_EXECUTOR(ts) = NULL;
#endif
#ifdef LAYOUT_HAS_RECURSION_DEPTH
    /* Python calls use C stack here, and the limit is its only guard [STACK-05]. */
    if (next != NULL)
#endif
    {
        layout_set_depth(ts, 0);
    }
#ifdef LAYOUT_C_RECURSION_LIMIT
    if (next != NULL) {
        ts->c_recursion_remaining = layout_c_recursion_limit;
    }
#endif
#ifdef LAYOUT_HAS_PROFILED_FRAME
    forget_profiled_frame(ts);
#endif
    layout_derive_use_tracing(ts, 0);

    record->shared = NULL;
    record->base = (Base){layout_depth(ts), layout_c_depth(ts)};
    atomic_store_explicit(&saved->life, LIFE_LIVE, memory_order_release);
#ifdef LAYOUT_HAS_CONTEXT_WATCHERS
    if (saved->context != NULL) {
        notify_context_watchers(ts);
        while (ts->context != NULL) {
            drop_context_of_watchers(ts);
        }
    }
#endif
#ifdef LAYOUT_HAS_STACK_BOUNDS
    if (next != NULL) { /* last: watchers run on the stack that is left */
        (void)PyUnstable_ThreadState_SetStackProtection(ts, next->low, next->size); /* fails for a size only that Save refuses */
    }
#endif
}

void
flow_give(PyThreadState *ts, Saved *saved)
{
    ThreadRecord *record = saved->owner;

    /* What the flow that ended has left. */
    PyObject *context = ts->context, *shared = record->shared;
    _PyErr_StackItem exception = ts->exc_state; /* None, or nothing */
#ifdef LAYOUT_HAS_DATA_STACK
    _PyStackChunk *chunk = ts->datastack_chunk;
#endif

    ts->exc_info = saved->exc_info;
    ts->context = saved->context;
    ts->context_ver++;
#ifdef LAYOUT_HAS_RECURSION_HEADROOM
    ts->recursion_headroom = saved->recursion_headroom;
#endif
    ts->tracing = saved->tracing;
#ifdef LAYOUT_TRACE_EVENT
    LAYOUT_TRACE_EVENT(ts) = saved->trace_event;
#endif
#ifdef LAYOUT_TRASH_NESTING
    LAYOUT_TRASH_NESTING(ts) = saved->trash_nesting;
#endif
#ifdef LAYOUT_HAS_OVERFLOWED
    ts->overflowed = saved->overflowed;
    ts->recursion_critical = saved->recursion_critical;
#endif
#ifdef LAYOUT_HAS_DATA_STACK
    ts->datastack_chunk = saved->chunk;
    ts->datastack_top = saved->chunk_top;
    ts->datastack_limit = saved->chunk_limit;
#endif
#ifdef LAYOUT_EXECUTOR
    LAYOUT_EXECUTOR(ts) = saved->executor;
#endif
#ifdef LAYOUT_C_RECURSION_LIMIT
    ts->c_recursion_remaining = saved->c_recursion_remaining;
#endif
#ifdef LAYOUT_HAS_STACK_BOUNDS
    _PyThreadStateImpl *impl = (_PyThreadStateImpl *)ts;
    impl->c_stack_top = saved->c_stack_top;
    impl->c_stack_soft_limit = saved->c_stack_soft_limit;
    impl->c_stack_hard_limit = saved->c_stack_hard_limit;
#endif
    record->base = saved->base;
    record->shared = saved->shared;

    put_exception(&saved->exception, &ts->exc_state);
    give_frames(ts, saved);
    layout_set_depth(ts, saved->depth);
#ifdef LAYOUT_HAS_PROFILED_FRAME
    forget_profiled_frame(ts);
#endif
    layout_derive_use_tracing(ts, saved->tracing);
    atomic_store_explicit(&saved->life, LIFE_CONSUMED, memory_order_release);

#ifdef LAYOUT_EXECUTOR
    /* Borrowed again from here on: CPython keeps an executor that is some thread state's current one, whatever its count. */
    Py_XDECREF(saved->executor);
#endif
#ifdef LAYOUT_HAS_CONTEXT_WATCHERS
    if (ts->context != context) {
        notify_context_watchers(ts);
    }
#endif
#ifdef LAYOUT_HAS_DATA_STACK
    if (chunk != NULL) {
        keep_spare(record, chunk);
    }
#endif
    drop_exception(&exception);
    if (context != NULL) {
        flow_drop_context(context, shared);
    }
}

void
flow_release(Saved *saved)
{
    PyObject *context = saved->context, *shared = saved->shared;
    _PyErr_StackItem exception;
    move_exception(&saved->exception, &exception);
    saved->context = saved->shared = NULL;
    atomic_store_explicit(&saved->life, LIFE_DISCARDED, memory_order_release);
#ifdef LAYOUT_HAS_DATA_STACK
    _PyStackChunk *chunk = saved->chunk;
    saved->chunk = NULL;
    flow_free_chunks(chunk);
#endif
#ifdef LAYOUT_EXECUTOR
    Py_CLEAR(saved->executor);
#endif
    drop_exception(&exception);
    if (context != NULL) {
        flow_drop_context(context, shared);
    }
}

PyFrameObject *
flow_top_frame(PyThreadState *ts, Saved *saved)
{
#ifdef LAYOUT_FRAME_IS_OBJECT
    (void)ts;
    Py_XINCREF(saved->top);
    return saved->top;
#else
    /* The function that makes the object of a frame is not exported; PyThreadState_GetFrame makes that of a thread state's innermost one. A
     * collection that this starts would run Python code under the wrong chain. */
#  ifdef LAYOUT_FRAME_OBJECT_COLLECTS
    int collects = PyGC_Disable();
#  endif
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback); /* where making it fails, it clears what is pending */
    LAYOUT_FRAME *top = LAYOUT_TOP(ts);
    LAYOUT_TOP(ts) = saved->top;
    PyFrameObject *frame = PyThreadState_GetFrame(ts);
    LAYOUT_TOP(ts) = top;
    PyErr_Restore(type, value, traceback);
#  ifdef LAYOUT_FRAME_OBJECT_COLLECTS
    if (collects) {
        PyGC_Enable();
    }
#  endif
    return frame;
#endif
}
