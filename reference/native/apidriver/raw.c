/* What the thread state itself says: the values of the channel raw. */
#include "apidriver.h"

#include <stdint.h>
#include <string.h>

/* ---- Chunks of data stack ------------------------------------------------------------------------------------------------------------------ */

/* They come from the allocator of arenas, and are smaller. */
#define SMALLEST_ARENA ((size_t)256 * 1024)
#define CHUNKS_SEEN 4096

static PyObjectArenaAllocator arenas;
static struct {
    void *at;
    bool is_alive;
} chunks[CHUNKS_SEEN];
static int chunks_seen, chunks_alive, chunks_freed_again;

/* Those given back are kept for the next, as unmapping memory in a process with threads interrupts every core. What a use of them after that would
 * see is poison; a write is found when they are taken again, and at the end of each script. */
#define SPARE_CHUNKS 16
#define CHUNK_POISON 0xDB
static struct {
    void *at;
    size_t size;
} spare_chunks[SPARE_CHUNKS];
static int spare_count;

static void
check_spare_chunk(int i)
{
    const unsigned char *at = spare_chunks[i].at;
    if (at[0] != CHUNK_POISON || memcmp(at, at + 1, spare_chunks[i].size - 1) != 0) {
        driver_failed("a chunk of data stack was written to after it had been given back");
    }
}

void
raw_check_spare_chunks(void)
{
    for (int i = 0; i < spare_count; i++) {
        check_spare_chunk(i);
    }
}

static void *
take_spare_chunk(size_t size)
{
    int i = spare_count;
    while (--i >= 0 && spare_chunks[i].size != size) {
    }
    if (i < 0) {
        return NULL;
    }
    check_spare_chunk(i);
    void *at = spare_chunks[i].at;
    spare_chunks[i] = spare_chunks[--spare_count];
    return memset(at, 0, size); /* as the system would have it */
}

static bool
keep_spare_chunk(void *at, size_t size)
{
    if (spare_count == SPARE_CHUNKS) {
        return false;
    }
    memset(at, CHUNK_POISON, size);
    spare_chunks[spare_count].at = at;
    spare_chunks[spare_count++].size = size;
    return true;
}

static int
find_chunk(const void *at)
{
    int i = 0;
    while (i < chunks_seen && chunks[i].at != at) {
        i++;
    }
    return i;
}

static void *
counted_arena(void *context, size_t size)
{
    (void)context;
    void *at = size < SMALLEST_ARENA ? take_spare_chunk(size) : NULL;
    if (at == NULL) {
        at = arenas.alloc(arenas.ctx, size);
    }
    int i = at == NULL || size >= SMALLEST_ARENA ? CHUNKS_SEEN : find_chunk(at);
    if (i < CHUNKS_SEEN) {
        chunks[i].at = at;
        chunks[i].is_alive = true;
        chunks_seen += i == chunks_seen;
        chunks_alive++;
    }
    return at;
}

/* What was given back before is not given back again: it can be somebody else's memory by now. */
static void
freed_arena(void *context, void *at, size_t size)
{
    (void)context;
    int i = size >= SMALLEST_ARENA ? chunks_seen : find_chunk(at);
    if (i < chunks_seen && !chunks[i].is_alive) {
        chunks_freed_again++;
        return;
    }
    if (i < chunks_seen) {
        chunks[i].is_alive = false;
        chunks_alive--;
    }
    if (size >= SMALLEST_ARENA || !keep_spare_chunk(at, size)) {
        arenas.free(arenas.ctx, at, size);
    }
}

int
raw_chunks(void)
{
    return chunks_alive - chunks_freed_again;
}

/* ---- Allocations ------------------------------------------------------------------------------------------------------------------------ */

static PyMemAllocatorEx original[3]; /* by domain */
static bool counts, fails;
static int allocations;

/* Notes an allocation; whether it may succeed. */
static bool
allows(void)
{
    allocations += counts;
    return !fails;
}

static void *
counted_malloc(void *domain, size_t size)
{
    PyMemAllocatorEx *to = domain;
    return allows() ? to->malloc(to->ctx, size) : NULL;
}

static void *
counted_calloc(void *domain, size_t count, size_t size)
{
    PyMemAllocatorEx *to = domain;
    return allows() ? to->calloc(to->ctx, count, size) : NULL;
}

static void *
counted_realloc(void *domain, void *memory, size_t size)
{
    PyMemAllocatorEx *to = domain;
    return allows() ? to->realloc(to->ctx, memory, size) : NULL;
}

static void
passed_free(void *domain, void *memory)
{
    PyMemAllocatorEx *to = domain;
    to->free(to->ctx, memory);
}

void
raw_setup(void)
{
    static const PyMemAllocatorDomain domains[] = {PYMEM_DOMAIN_RAW, PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};
    for (int i = 0; i < 3; i++) {
        PyMem_GetAllocator(domains[i], &original[i]);
        PyMemAllocatorEx counted = {&original[i], counted_malloc, counted_calloc, counted_realloc, passed_free};
        PyMem_SetAllocator(domains[i], &counted);
    }
    PyObject_GetArenaAllocator(&arenas);
    PyObjectArenaAllocator counted = {NULL, counted_arena, freed_arena};
    PyObject_SetArenaAllocator(&counted);
}

void
raw_fail_allocations(bool on)
{
    fails = on;
}

/* ---- Thread-wide fields ----------------------------------------------------------------------------------------------------------------- */

#if PY_VERSION_HEX >= 0x030D0000
#  define WIDE 17
#else
#  define WIDE 15
#endif

static uintptr_t wide_before[WIDE];

static void
read_wide(PyThreadState *ts, uintptr_t wide[WIDE])
{
    const uintptr_t now[WIDE] = {
        (uintptr_t)ts->c_tracefunc, (uintptr_t)ts->c_profilefunc, (uintptr_t)ts->c_traceobj, (uintptr_t)ts->c_profileobj,
        (uintptr_t)ts->dict, (uintptr_t)ts->gilstate_counter, (uintptr_t)ts->async_exc, (uintptr_t)ts->thread_id,
        (uintptr_t)ts->coroutine_origin_tracking_depth, (uintptr_t)ts->async_gen_firstiter, (uintptr_t)ts->async_gen_finalizer,
        (uintptr_t)ts->id, (uintptr_t)ts->interp, (uintptr_t)LAYOUT_PENDING(ts), (uintptr_t)Py_GetRecursionLimit(),
#if PY_VERSION_HEX >= 0x030D0000
        /* A thread-local whose thread has lost its sentinel is only missed when the thread ends: nobody clears it then. */
        (uintptr_t)ts->threading_local_key, (uintptr_t)ts->threading_local_sentinel,
#endif
    };
    memcpy(wide, now, sizeof now);
}

void
raw_watch(PyThreadState *ts)
{
    allocations = 0;
    counts = true;
    read_wide(ts, wide_before);
}

void
raw_watched(PyThreadState *ts, bool is_save)
{
    uintptr_t now[WIDE];
    counts = false;
    read_wide(ts, now);
    script.wide = 0;
    for (int i = WIDE; i-- > 0;) {
        if (now[i] != wide_before[i]) {
            script.wide = 1 + i;
        }
    }
    if (is_save) {
        script.allocations = allocations;
    }
}

/* ---- Values ----------------------------------------------------------------------------------------------------------------------------- */

static struct {
    int c_depth, trash;
} costs[KINDS];

void
raw_set_cost(int kind, int c_depth, int trash)
{
    if (kind >= 0 && kind < KINDS) {
        costs[kind].c_depth = c_depth;
        costs[kind].trash = trash;
    }
}

static int
cost_kind(const Block *block)
{
    return block->kind == HANDLER && block->has_loop ? 0 : block->kind == CALLBACK && !block->has_loop ? HANDLER : block->kind;
}

int
raw_hidden_c_depth(const Flow *flow)
{
    int hidden = flow->c_depth_hidden;
    for (int i = 0; i < flow->count; i++) {
        hidden += costs[cost_kind(&flow->blocks[i])].c_depth;
    }
    return hidden;
}

#ifdef LAYOUT_TRASH_NESTING

static int
hidden_trash(const Flow *flow)
{
    int hidden = 0;
    for (int i = 0; i < flow->count; i++) {
        hidden += costs[cost_kind(&flow->blocks[i])].trash;
    }
    return hidden;
}

#endif

#ifdef LAYOUT_HAS_DATA_STACK

/* The data stack holds the frames that a thread owns. They are counted in the chain, but for the leaf in which a callback fires, which has no
 * label. A stack that holds something where no frame is, or the reverse, or that ends where another chunk does, is 99. */
static int
data_stack(PyThreadState *ts)
{
    static PyObject *leaf; /* borrowed from the Python side */
    if (leaf == NULL) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        leaf = PyObject_GetAttrString(python, "CALLBACK_LEAF");
        PyErr_Restore(type, value, traceback);
    }
    int frames = 0;
    bool any = false;
    for (LAYOUT_FRAME *frame = LAYOUT_TOP(ts); frame != NULL && frame != LAYOUT_READY_TOP(ts); frame = frame->previous) {
        if (frame->owner == FRAME_OWNED_BY_THREAD) {
            any = true;
#ifdef LAYOUT_CODE
            frames += LAYOUT_CODE(frame) != leaf;
#else
            frames += (PyObject *)frame->f_code != leaf;
#endif
        }
    }
    _PyStackChunk *chunk = ts->datastack_chunk;
    bool holds = chunk != NULL && (chunk->previous != NULL || ts->datastack_top > &chunk->data[1]);
    bool ends = chunk == NULL || ts->datastack_limit == (PyObject **)((char *)chunk + chunk->size);
    return holds == any && ends ? frames : 99;
}

#endif

#ifdef LAYOUT_CFRAME

static int
place_of_cframe(Flow *flow)
{
    PyThreadState *ts = flow->thread->ts;
    const char *cframe = (const char *)ts->cframe, *here = (const char *)&ts;
    return ts->cframe == &ts->root_cframe ? 0 : cframe > here && cframe < flow->stack.base ? 1 : 2;
}

#endif

#ifdef LAYOUT_HAS_STACK_BOUNDS

static bool
has_right_bounds(Flow *flow)
{
    _PyThreadStateImpl *impl = (_PyThreadStateImpl *)flow->thread->ts;
    const uintptr_t *system = flow->thread->c_stack;
    if (flow->bounds.low == NULL) {
        return impl->c_stack_top == system[0] && impl->c_stack_soft_limit == system[1] && impl->c_stack_hard_limit == system[2];
    }
    uintptr_t low = (uintptr_t)flow->bounds.low;
    return impl->c_stack_top == low + flow->bounds.size && impl->c_stack_soft_limit < impl->c_stack_top
        && impl->c_stack_hard_limit < impl->c_stack_soft_limit && impl->c_stack_hard_limit >= low;
}

#endif

PyObject *
raw_sample(Flow *flow)
{
    PyThreadState *ts = flow->thread->ts;
    int depth = layout_depth(ts);
    int c_depth = layout_c_depth(ts);
    int tracing = ts->tracing;
    int event = 0, frames = 0, trash = 0, overflow = 0, cframe = 0, bounds = 1, use_tracing = 0;
#ifdef LAYOUT_TRACE_EVENT
    event = LAYOUT_TRACE_EVENT(ts) != LAYOUT_NO_TRACE_EVENT;
#endif
#ifdef LAYOUT_HAS_DATA_STACK
    frames = data_stack(ts);
#endif
#ifdef LAYOUT_TRASH_NESTING
    trash = LAYOUT_TRASH_NESTING(ts) - hidden_trash(flow);
#endif
#ifdef LAYOUT_HAS_OVERFLOWED
    overflow = ts->overflowed || ts->recursion_critical;
#endif
#ifdef LAYOUT_HAS_RECURSION_HEADROOM
    overflow = ts->recursion_headroom != 0;
#endif
#ifdef LAYOUT_CFRAME
    cframe = place_of_cframe(flow);
#endif
#ifdef LAYOUT_HAS_STACK_BOUNDS
    bounds = has_right_bounds(flow);
#endif
#ifdef LAYOUT_USE_TRACING
    /* Up to 3.10 sys.settrace switches it on inside a callback too (PyEval_SetTrace), where nothing looks at it (call_trace). */
    use_tracing = LAYOUT_USE_TRACING(ts) != 0 && (LAYOUT_USE_TRACING_ON != 1 || ts->tracing == 0);
#endif
#ifdef LAYOUT_RECURSION_LIMIT
    int limit = LAYOUT_RECURSION_LIMIT(ts);
#else
    int limit = Py_GetRecursionLimit();
#endif
    PyObject *context = ts->context == NULL ? Py_None : ts->context;
    PyObject *pending = LAYOUT_PENDING(ts) == NULL ? Py_None : (PyObject *)LAYOUT_PENDING(ts);
    Protected kept = protect();
    PyObject *sample = Py_BuildValue(
        "(OO{s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i})", context, pending, "depth", depth, "c-depth", c_depth - raw_hidden_c_depth(flow),
        "tracing-nesting", tracing, "trace-event", event, "data-stack", frames, "trash-nesting", trash, "overflow-state", overflow, "executor", 0,
        "cframe", cframe, "c-stack-bounds", bounds, "use-tracing", use_tracing, "recursion-limit", limit, "wide", script.wide, "allocations",
        script.allocations);
    unprotect(kept);
    if (sample == NULL) {
        driver_failed("no memory for a sample");
    }
    return sample;
}
