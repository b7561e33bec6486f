/* worked-example: Save and Restore over the simulated thread state, in C.
 *
 * The shape is that of what would go into CPython: decide first, in the order that SPEC.md lists the errors; write only when nothing can
 * fail any more; release references last, because a release can run Python code. */

#include <pystate_plugin.h>

#include <stdlib.h>
#include <string.h>

enum life { FREE, EMPTY, LIVE, CONSUMED, DISCARDED, GONE };

/* Components that move as they are: their ready value is 0, and a version that lacks one has nothing to move. */
static const uint32_t plain[] = {
    /* [left to you: READY-05, READY-07, READY-08 and their RESTOREs: name the fields of tracing, the trashcan and overflow recovery] */
    PYSTATE_TRACING_NESTING, PYSTATE_TRASH_DELETE_NESTING, PYSTATE_OVERFLOWED, PYSTATE_RECURSION_CRITICAL, PYSTATE_RECURSION_HEADROOM,
    /* [until here] */
    0
};

/* One saved state. References are owned unless said otherwise. */
struct state {
    enum life life;
    uint32_t generation;
    uint64_t block;                     /* what New allocated */
    uint64_t interpreter, thread_id;    /* whose it is */
    uint64_t frame;                     /* the innermost frame (borrowed) */
    uint64_t cframe, entry_frames;
    uint64_t chunk, chunk_top, chunk_limit;
    uint64_t exception, exc_info;
    uint64_t context;
    int64_t depth, c_depth;
    int64_t base_depth, base_c_depth;   /* where the saved flow itself began */
    uint64_t plain[sizeof plain / sizeof *plain];
    uint64_t trace_event, instrumentation_version;
    uint64_t executor;
    uint64_t bounds[3];
};

/* A handle is a slot and a generation, so that a stale one is known (HANDLE-01). */
static struct state *states;
static uint32_t used, room;
static int abandoned;

/* Per thread: where the running flow began, and a data-stack chunk kept for the next one. */
static struct { int64_t depth, c_depth; uint64_t spare_chunk; } threads[3];

static void reset(pystate_host *host)
{
    (void)host;
    used = 0;
    abandoned = 0;
    memset(threads, 0, sizeof threads);
}

static int caller_error(const pystate_thread *thread)
{
    return !thread->attached ? PYSTATE_DETACHED : thread->finalizing ? PYSTATE_FINALIZING : PYSTATE_OK;
}

static struct state *find(uint64_t handle)
{
    uint32_t slot = (uint32_t)handle;
    struct state *state = slot < used ? &states[slot] : NULL;
    return state != NULL && state->life != FREE && state->generation == handle >> 32 ? state : NULL;
}

/* What every operation on a live state begins with. */
static int find_live(const pystate_thread *thread, uint64_t handle, struct state **found)
{
    static const int errors[] = {
        [EMPTY] = PYSTATE_NOT_SAVED, [CONSUMED] = PYSTATE_CONSUMED, [DISCARDED] = PYSTATE_DISCARDED, [GONE] = PYSTATE_ABANDONED
    };
    int error = caller_error(thread);
    if (error != PYSTATE_OK) {
        return error;
    }
    *found = find(handle);
    return *found == NULL ? PYSTATE_INVALID_HANDLE
        : (*found)->life != LIVE ? errors[(*found)->life]
        : (*found)->interpreter != thread->interpreter ? PYSTATE_WRONG_INTERPRETER
        : PYSTATE_OK;
}

static int64_t depth_of(pystate_host *host, const pystate_thread *thread)
{
    return host->version <= 10 ? (int64_t)pystate_get(host, thread, PYSTATE_RECURSION_DEPTH)
        : thread->recursion_limit - (int64_t)pystate_get(host, thread, PYSTATE_RECURSION_REMAINING);
}

/* The depth is kept and what remains recomputed: the limit can have changed meanwhile (DERIVED-03). */
static void set_depth(pystate_host *host, const pystate_thread *thread, int64_t depth)
{
    if (host->version <= 10) {
        pystate_set(host, thread, PYSTATE_RECURSION_DEPTH, (uint64_t)depth);
    } else {
        pystate_set(host, thread, PYSTATE_RECURSION_REMAINING, (uint64_t)(thread->recursion_limit - depth));
    }
}

static int64_t c_depth_of(pystate_host *host, const pystate_thread *thread)
{
    return pystate_has(host, PYSTATE_C_RECURSION_REMAINING)
        ? PYSTATE_C_RECURSION_LIMIT - (int64_t)pystate_get(host, thread, PYSTATE_C_RECURSION_REMAINING) : 0;
}

static void set_c_depth(pystate_host *host, const pystate_thread *thread, int64_t depth)
{
    if (pystate_has(host, PYSTATE_C_RECURSION_REMAINING)) {
        pystate_set(host, thread, PYSTATE_C_RECURSION_REMAINING, (uint64_t)(PYSTATE_C_RECURSION_LIMIT - depth));
    }
}

static void set_bounds(pystate_host *host, const pystate_thread *thread, uint64_t top, uint64_t soft, uint64_t hard)
{
    if (pystate_has(host, PYSTATE_C_STACK_TOP)) {
        pystate_set(host, thread, PYSTATE_C_STACK_TOP, top);
        pystate_set(host, thread, PYSTATE_C_STACK_SOFT_LIMIT, soft);
        pystate_set(host, thread, PYSTATE_C_STACK_HARD_LIMIT, hard);
    }
}

static void set_if_there(pystate_host *host, const pystate_thread *thread, uint32_t field, uint64_t value)
{
    if (pystate_has(host, field)) {
        pystate_set(host, thread, field, value);
    }
}

/* 3.12 on: frames entered from C are linked through entry frames on the C stack, which is about to be vacated. Whoever walks the chain must
 * not meet them, so they are linked past (FRAME-01). Each keeps in two words that the interpreter does not use there which frame it belongs
 * below and which one is next. */
static uint64_t splice(pystate_host *host, const pystate_thread *thread, uint64_t top)
{
    uint64_t none = pystate_no_frame(host, thread), first = 0, last = 0;
    for (uint64_t frame = top; frame != 0 && frame != none;) {
        uint64_t below = pystate_load(host, frame + PYSTATE_FRAME_PREVIOUS);
        if (below != 0 && below != none && pystate_load(host, below + PYSTATE_FRAME_LABEL) == 0) {
            pystate_store(host, below + PYSTATE_FRAME_INSTRUMENTATION, frame);
            if (last == 0) {
                first = below;
            } else {
                pystate_store(host, last + PYSTATE_FRAME_SPARE, below);
            }
            last = below;
            below = pystate_load(host, below + PYSTATE_FRAME_PREVIOUS);
            pystate_store(host, frame + PYSTATE_FRAME_PREVIOUS, below);
        }
        frame = below;
    }
    return first;
}

static void unsplice(pystate_host *host, uint64_t entry)
{
    for (; entry != 0; entry = pystate_load(host, entry + PYSTATE_FRAME_SPARE)) {
        pystate_store(host, pystate_load(host, entry + PYSTATE_FRAME_INSTRUMENTATION) + PYSTATE_FRAME_PREVIOUS, entry);
    }
}

/* READY-01, RESTORE-01, STACK-04. The cframe in force lies on the C stack: the root cframe stays behind. */
static void take_frames(pystate_host *host, const pystate_thread *thread, struct state *state)
{
    state->frame = pystate_top_frame(host, thread);
    state->entry_frames = host->version >= 12 ? splice(host, thread, state->frame) : 0;
    state->cframe = pystate_get(host, thread, PYSTATE_CFRAME);
    set_if_there(host, thread, PYSTATE_FRAME, 0);
    set_if_there(host, thread, PYSTATE_CFRAME, pystate_address(host, thread, PYSTATE_ROOT_CFRAME));
    set_if_there(host, thread, PYSTATE_CURRENT_FRAME, pystate_no_frame(host, thread));
}

static void give_frames(pystate_host *host, const pystate_thread *thread, struct state *state)
{
    set_if_there(host, thread, PYSTATE_FRAME, state->frame);
    set_if_there(host, thread, PYSTATE_CFRAME, state->cframe);
    if (state->frame != 0) {
        set_if_there(host, thread, PYSTATE_CURRENT_FRAME, state->frame);
    }
    unsplice(host, state->entry_frames);
}

/* READY-06, RESTORE-06, RESTORE-24. A flow that has ended leaves one empty chunk: kept for the next fresh flow, or freed. */
static void take_data_stack(pystate_host *host, const pystate_thread *thread, struct state *state)
{
    if (pystate_has(host, PYSTATE_DATASTACK_CHUNK)) {
        uint64_t spare = threads[thread->index].spare_chunk, data = spare + PYSTATE_CHUNK_DATA;
        threads[thread->index].spare_chunk = 0;
        state->chunk = pystate_get(host, thread, PYSTATE_DATASTACK_CHUNK);
        state->chunk_top = pystate_get(host, thread, PYSTATE_DATASTACK_TOP);
        state->chunk_limit = pystate_get(host, thread, PYSTATE_DATASTACK_LIMIT);
        pystate_set(host, thread, PYSTATE_DATASTACK_CHUNK, spare);
        pystate_set(host, thread, PYSTATE_DATASTACK_TOP, spare == 0 ? 0 : data + 1);
        pystate_set(host, thread, PYSTATE_DATASTACK_LIMIT, spare == 0 ? 0 : data + PYSTATE_CHUNK_DATA_WORDS);
    }
}

static void give_data_stack(pystate_host *host, const pystate_thread *thread, struct state *state)
{
    if (pystate_has(host, PYSTATE_DATASTACK_CHUNK)) {
        uint64_t left = pystate_get(host, thread, PYSTATE_DATASTACK_CHUNK);
        pystate_set(host, thread, PYSTATE_DATASTACK_CHUNK, state->chunk);
        pystate_set(host, thread, PYSTATE_DATASTACK_TOP, state->chunk_top);
        pystate_set(host, thread, PYSTATE_DATASTACK_LIMIT, state->chunk_limit);
        if (left == 0) {
            return;
        }
        if (pystate_has(host, PYSTATE_DATASTACK_CACHED_CHUNK) && pystate_get(host, thread, PYSTATE_DATASTACK_CACHED_CHUNK) == 0) {
            pystate_set(host, thread, PYSTATE_DATASTACK_CACHED_CHUNK, left);    /* 3.14 on has a place for it */
        } else if (!pystate_has(host, PYSTATE_DATASTACK_CACHED_CHUNK) && threads[thread->index].spare_chunk == 0) {
            threads[thread->index].spare_chunk = left;
        } else {
            host->free_chunk(host, left);
        }
    }
}

/* DERIVED-01. use_tracing, up to 3.11: the functions can have changed meanwhile, so that it is never copied. */
static void update_use_tracing(pystate_host *host, const pystate_thread *thread)
{
    int on = pystate_get(host, thread, PYSTATE_TRACING_NESTING) == 0
        && (pystate_get(host, thread, PYSTATE_TRACE_FUNC) | pystate_get(host, thread, PYSTATE_PROFILE_FUNC)) != 0;
    if (host->version <= 9) {
        pystate_set(host, thread, PYSTATE_USE_TRACING, (uint64_t)on);
    } else if (host->version <= 11) {
        pystate_store(host, pystate_get(host, thread, PYSTATE_CFRAME) + PYSTATE_CFRAME_USE_TRACING, !on ? 0 : host->version == 11 ? 255 : 1);
    }
}

/* DERIVED-04. 3.12 on: frames that were saved while a trace or profile function changed were not found and instrumented then. */
static void instrument(pystate_host *host, const pystate_thread *thread, struct state *state)
{
    if (host->version >= 12 && thread->instrumentation_version != state->instrumentation_version) {
        uint64_t none = pystate_no_frame(host, thread);
        for (uint64_t frame = state->frame; frame != 0 && frame != none; frame = pystate_load(host, frame + PYSTATE_FRAME_PREVIOUS)) {
            if (pystate_load(host, frame + PYSTATE_FRAME_LABEL) != 0) {
                host->instrument(host, frame);
            }
        }
    }
}

/* 3.15: a profiler that samples from outside must not go on in another flow's frames. */
static void forget_profiled_frame(pystate_host *host, const pystate_thread *thread)
{
    if (pystate_has(host, PYSTATE_LAST_PROFILED_FRAME)) {
        pystate_set(host, thread, PYSTATE_LAST_PROFILED_FRAME, 0);
        pystate_set(host, thread, PYSTATE_LAST_PROFILED_FRAME_SEQ, pystate_get(host, thread, PYSTATE_LAST_PROFILED_FRAME_SEQ) + 1);
    }
}

static int new_state(pystate_host *host, const pystate_thread *thread, uint64_t *handle)
{
    int error = caller_error(thread);
    if (error != PYSTATE_OK) {
        return error;
    }
    uint64_t block = host->allocate_state(host);
    if (block == 0) {
        return PYSTATE_NO_MEMORY;
    }
    uint32_t slot = 0;
    while (slot < used && states[slot].life != FREE) {
        slot++;
    }
    if (slot == room) {
        room = room == 0 ? 16 : 2 * room;
        states = realloc(states, room * sizeof *states);
        memset(states + slot, 0, (room - slot) * sizeof *states);
    }
    used = slot == used ? used + 1 : used;
    uint32_t generation = states[slot].generation + 1;
    states[slot] = (struct state){ .life = EMPTY, .generation = generation, .block = block };
    *handle = (uint64_t)generation << 32 | slot;
    return PYSTATE_OK;
}

static int save(pystate_host *host, const pystate_thread *thread, uint64_t handle, const pystate_stack *next)
{
    int error = caller_error(thread);
    if (error != PYSTATE_OK) {
        return error;
    }
    struct state *state = find(handle);
    if (state == NULL) {
        return PYSTATE_INVALID_HANDLE;
    }
    if (state->life != EMPTY) {
        return PYSTATE_NOT_EMPTY;
    }
    if (pystate_get(host, thread, PYSTATE_PENDING_EXCEPTION) != 0) {
        return PYSTATE_PENDING;
    }
    if (next->is_new && (next->low == 0 || next->size == 0)) {
        return PYSTATE_BAD_STACK;
    }

    /* From here on nothing can fail, allocate, or run Python code (SAVE-05). */
    state->life = LIVE;
    state->interpreter = thread->interpreter;
    state->thread_id = pystate_get(host, thread, PYSTATE_ID);
    take_frames(host, thread, state);
    take_data_stack(host, thread, state);

    /* READY-03, STACK-05. Up to 3.10 Python calls use C stack, and the depth stays with it. */
    state->depth = depth_of(host, thread);
    if (next->is_new || host->version >= 11) {
        set_depth(host, thread, 0);
    }

    /* READY-02. The thread's own item stays where it is and only its value moves: items of running generators point to it. */
    uint64_t item = pystate_address(host, thread, PYSTATE_EXC_STATE);
    state->exception = pystate_load(host, item + PYSTATE_EXC_ITEM_VALUE);
    state->exc_info = pystate_get(host, thread, PYSTATE_EXC_INFO);
    pystate_store(host, item + PYSTATE_EXC_ITEM_VALUE, 0);
    pystate_set(host, thread, PYSTATE_EXC_INFO, item);

    /* READY-04, DERIVED-02. ContextVars cache by thread and version. */
    state->context = pystate_get(host, thread, PYSTATE_CONTEXT);
    pystate_set(host, thread, PYSTATE_CONTEXT, 0);
    pystate_set(host, thread, PYSTATE_CONTEXT_VER, pystate_get(host, thread, PYSTATE_CONTEXT_VER) + 1);

    for (int i = 0; plain[i] != 0; i++) {
        state->plain[i] = pystate_get(host, thread, plain[i]);
        set_if_there(host, thread, plain[i], 0);
    }

    /* READY-09. */
    state->trace_event = pystate_get(host, thread, PYSTATE_TRACE_EVENT);
    set_if_there(host, thread, PYSTATE_TRACE_EVENT, host->version == 11 ? 0 : UINT64_MAX);
    state->instrumentation_version = thread->instrumentation_version;
    update_use_tracing(host, thread);

    /* [left to you: READY-10: current_executor is borrowed; a saved state has to own it, and Restore gives it back] */
    state->executor = pystate_get(host, thread, PYSTATE_CURRENT_EXECUTOR);
    host->incref(host, state->executor);
    set_if_there(host, thread, PYSTATE_CURRENT_EXECUTOR, 0);
    /* [until here] */

    /* STACK-01, STACK-02. What follows the C stack is in force as long as the stack is. */
    state->c_depth = c_depth_of(host, thread);
    state->bounds[0] = pystate_get(host, thread, PYSTATE_C_STACK_TOP);
    state->bounds[1] = pystate_get(host, thread, PYSTATE_C_STACK_SOFT_LIMIT);
    state->bounds[2] = pystate_get(host, thread, PYSTATE_C_STACK_HARD_LIMIT);
    if (next->is_new) {
        set_c_depth(host, thread, 0);
        set_bounds(host, thread, PYSTATE_STACK_TOP(next->low, next->size), PYSTATE_STACK_SOFT_LIMIT(next->low), PYSTATE_STACK_HARD_LIMIT(next->low));
    }
    forget_profiled_frame(host, thread);

    state->base_depth = threads[thread->index].depth;
    state->base_c_depth = threads[thread->index].c_depth;
    threads[thread->index].depth = depth_of(host, thread);
    threads[thread->index].c_depth = c_depth_of(host, thread);
    return PYSTATE_OK;
}

static int restore(pystate_host *host, const pystate_thread *thread, uint64_t handle)
{
    struct state *state;
    int error = find_live(thread, handle, &state);
    if (error != PYSTATE_OK) {
        return error;
    }
    uint64_t item = pystate_address(host, thread, PYSTATE_EXC_STATE);
    /* The id, not the address: a new thread state can have an old address (RESTORE-18). */
    error = state->thread_id != pystate_get(host, thread, PYSTATE_ID) ? PYSTATE_WRONG_THREAD
        : pystate_get(host, thread, PYSTATE_PENDING_EXCEPTION) != 0 ? PYSTATE_PENDING
        : pystate_top_frame(host, thread) != 0 ? PYSTATE_HAS_FRAMES
        : pystate_load(host, item + PYSTATE_EXC_ITEM_VALUE) != 0 ? PYSTATE_HANDLING
        : depth_of(host, thread) != threads[thread->index].depth || c_depth_of(host, thread) != threads[thread->index].c_depth ? PYSTATE_IN_RECURSION
        : pystate_get(host, thread, PYSTATE_TRACING_NESTING) != 0 ? PYSTATE_TRACING
        : PYSTATE_OK;
    if (error != PYSTATE_OK) {
        return error;
    }

    /* From here on nothing can fail, and releases come last. */
    state->life = CONSUMED;
    uint64_t own_context = pystate_get(host, thread, PYSTATE_CONTEXT);
    pystate_set(host, thread, PYSTATE_CONTEXT, state->context);
    pystate_set(host, thread, PYSTATE_CONTEXT_VER, pystate_get(host, thread, PYSTATE_CONTEXT_VER) + 1);
    give_frames(host, thread, state);
    give_data_stack(host, thread, state);
    set_depth(host, thread, state->depth);
    pystate_store(host, item + PYSTATE_EXC_ITEM_VALUE, state->exception);
    pystate_set(host, thread, PYSTATE_EXC_INFO, state->exc_info);
    for (int i = 0; plain[i] != 0; i++) {
        set_if_there(host, thread, plain[i], state->plain[i]);
    }
    set_if_there(host, thread, PYSTATE_TRACE_EVENT, state->trace_event);
    update_use_tracing(host, thread);
    set_c_depth(host, thread, state->c_depth);
    set_bounds(host, thread, state->bounds[0], state->bounds[1], state->bounds[2]);
    instrument(host, thread, state);
    forget_profiled_frame(host, thread);
    threads[thread->index].depth = state->base_depth;
    threads[thread->index].c_depth = state->base_c_depth;
    /* [left to you: RESTORE-10: give current_executor back, then release it] */
    set_if_there(host, thread, PYSTATE_CURRENT_EXECUTOR, state->executor);
    host->decref(host, state->executor);
    /* [until here] */
    host->decref(host, own_context);
    return PYSTATE_OK;
}

/* Lets go of what a state without frames owns. Its life changes first: a release can run Python code that looks at it. */
static void release(pystate_host *host, struct state *state)
{
    uint64_t exception = state->exception, context = state->context;
    state->life = DISCARDED;
    if (state->chunk != 0) {
        host->free_chunk(host, state->chunk);
    }
    host->decref(host, exception);
    host->decref(host, context);
}

static void abandon(struct state *state)
{
    state->life = GONE;
    abandoned++;
}

static int discard(pystate_host *host, const pystate_thread *thread, uint64_t handle)
{
    struct state *state;
    int error = find_live(thread, handle, &state);
    if (error == PYSTATE_OK && state->frame != 0) {
        error = PYSTATE_HAS_FRAMES; /* only unwinding releases what the C stack of frames holds */
    }
    if (error == PYSTATE_OK) {
        release(host, state);
    }
    return error;
}

static int drop(pystate_host *host, const pystate_thread *thread, uint64_t handle)
{
    if (!thread->attached) {
        return PYSTATE_DETACHED;
    }
    struct state *state = find(handle);
    if (state == NULL) {
        return PYSTATE_INVALID_HANDLE;
    }
    if (state->life == LIVE) {
        if (state->frame != 0 || state->interpreter != thread->interpreter) {
            abandon(state);
        } else {
            release(host, state);
        }
    }
    state->life = FREE;
    host->free_state(host, state->block);
    return PYSTATE_OK;
}

/* AMBIENT-07 to AMBIENT-09: what has frames can never be unwound any more. */
static void abandon_or_release(pystate_host *host, const pystate_thread *thread, int of_thread)
{
    for (uint32_t slot = 0; slot < used; slot++) {
        struct state *state = &states[slot];
        if (state->life == LIVE && state->interpreter == thread->interpreter
            && (!of_thread || state->thread_id == pystate_get(host, thread, PYSTATE_ID))) {
            if (state->frame != 0) {
                abandon(state);
            } else {
                release(host, state);
            }
        }
    }
}

static void thread_gone(pystate_host *host, const pystate_thread *thread)
{
    abandon_or_release(host, thread, 1);
    if (threads[thread->index].spare_chunk != 0) {
        host->free_chunk(host, threads[thread->index].spare_chunk);
    }
    memset(&threads[thread->index], 0, sizeof *threads);
}

static void interpreter_finalizing(pystate_host *host, const pystate_thread *thread)
{
    abandon_or_release(host, thread, 0);
}

static int top_frame(pystate_host *host, const pystate_thread *thread, uint64_t handle, uint64_t *frame)
{
    (void)host;
    struct state *state;
    int error = find_live(thread, handle, &state);
    *frame = error == PYSTATE_OK ? state->frame : 0;
    return error;
}

/* [left to you: INTRO-02 to INTRO-07: get_context, set_context, traverse and clear; name them at the end of this file then] */
static int get_context(pystate_host *host, const pystate_thread *thread, uint64_t handle, uint64_t *context)
{
    struct state *state;
    int error = find_live(thread, handle, &state);
    *context = error == PYSTATE_OK ? state->context : 0;
    host->incref(host, *context);
    return error;
}

static int set_context(pystate_host *host, const pystate_thread *thread, uint64_t handle, uint64_t value)
{
    struct state *state;
    int error = find_live(thread, handle, &state);
    if (error != PYSTATE_OK) {
        return error;
    }
    if (value != 0 && !host->is_context(host, value)) {
        return PYSTATE_NOT_A_CONTEXT;
    }
    /* Context.run would find another object than it entered. */
    if ((state->context != 0 && host->is_entered(host, state->context)) || (value != 0 && host->is_entered(host, value))) {
        return PYSTATE_ENTERED;
    }
    uint64_t before = state->context;
    host->incref(host, value);
    state->context = value;
    host->decref(host, before);
    return PYSTATE_OK;
}

static int traverse(pystate_host *host, const pystate_thread *thread, uint64_t handle)
{
    struct state *state;
    int error = find_live(thread, handle, &state);
    if (error == PYSTATE_OK) {
        host->visit(host, state->context);
        host->visit(host, state->exception);
        host->visit(host, state->executor);
    }
    return error;
}

static int clear(pystate_host *host, const pystate_thread *thread, uint64_t handle)
{
    struct state *state;
    int error = find_live(thread, handle, &state);
    /* With frames the references are those of code that will run on. */
    if (error == PYSTATE_OK && state->frame == 0) {
        uint64_t exception = state->exception, context = state->context;
        state->exception = state->context = 0;
        host->decref(host, exception);
        host->decref(host, context);
    }
    return error;
}

/* [until here] */
static int abandoned_count(pystate_host *host)
{
    (void)host;
    return abandoned;
}

const pystate_plugin *pystate_plugin_main(void)
{
    static const pystate_plugin plugin = {
        .abi = PYSTATE_ABI,
        .name = "worked-example",
        .version = "1.0",
        .reset = reset,
        .new_state = new_state,
        .save = save,
        .restore = restore,
        .discard = discard,
        .drop = drop,
        .top_frame = top_frame,
        /* [left to you: what is not named here is not observable] */
        .get_context = get_context,
        .set_context = set_context,
        .traverse = traverse,
        .clear = clear,
        /* [until here] */
        .abandoned_count = abandoned_count,
        .thread_gone = thread_gone,
        .interpreter_finalizing = interpreter_finalizing,
    };
    return &plugin;
}
