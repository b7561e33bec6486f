/* Flows, and the switch between them: see cstack.h.
 *
 * On each physical stack the flows that have something in place form a chain by ascending address, each with one contiguous part, no two
 * overlapping; the running flow is the lowest of its stack. To resume a flow T, everything in place below T's base is evicted, because T
 * needs that memory for what it will call: the flows below it in the chain entirely, and of one that reaches across T's base the part below.
 * That flow keeps its upper part in place until somebody needs it. */
#define _GNU_SOURCE /* pthread_getattr_np */
#include "cstack.h"
#include "cstack_machine.h"
#include "cstack_memory.h"

#include <stdlib.h>
#include <string.h>

#ifdef CSTACK_VALGRIND
#  include <valgrind/memcheck.h>
#  define ABOUT_TO_WRITE(low, size) (void)VALGRIND_MAKE_MEM_UNDEFINED(low, size)
#  define ABOUT_TO_READ(low, size) (void)VALGRIND_MAKE_MEM_DEFINED(low, size)
#elif defined(__SANITIZE_ADDRESS__)
/* Its red zones between the variables of suspended frames are copied with them, and are not put back. */
#  include <sanitizer/asan_interface.h>
#  define ABOUT_TO_WRITE(low, size) __asan_unpoison_memory_region(low, size)
#  define ABOUT_TO_READ(low, size) __asan_unpoison_memory_region(low, size)
#else
#  define ABOUT_TO_WRITE(low, size) ((void)0)
#  define ABOUT_TO_READ(low, size) ((void)0)
#endif

#if defined(__SANITIZE_ADDRESS__)
#  include <pthread.h>
#  include <sanitizer/common_interface_defs.h>
/* Frames that never return leave their red zones, and a function marks what is none in its own frame only where it expects one. */
#  define FORGET_FRAMES(low, size) __asan_unpoison_memory_region(low, size)
#else
#  define FORGET_FRAMES(low, size) ((void)0)
#endif

/* What the copier needs: it runs on a stack of its own, for it writes where the suspended flow stands. malloc is called on it. */
#define HELPER_SIZE ((size_t)64 * 1024)

/* What a switch that is only a jump does not need. */
#define APART __attribute__((noinline, cold))

struct CStack_Thread {
    CStack_Flow *running;
    CStack_Flow *finished; /* the flow that has ended and whose stack can be given back on arrival, or NULL */
    CStack_Flow *left;     /* who jumped to the helper */
    CStack_Flow nowhere;   /* who jumps from there: nothing of it is kept */
    int failed;            /* the copier had no memory and came back */
    int poison;
    CStack_Flow root;
    CStack_Memory own; /* the thread's stack */
    CStack_Pool pool;
    CStack_Memory *turn; /* of those in use, the one that CStack_Share takes next; or NULL for the first */
    CStack_Pool helpers;
    CStack_Memory *helper;
    uint64_t jumps, evictions, bytes;
#if defined(__SANITIZE_ADDRESS__)
    void *asan_stack;
    size_t asan_size;
#endif
};

/* ---- AddressSanitizer ------------------------------------------------------------------------------------------------------------
 * It keeps the bounds of the stack in use and has to be told of each change. Its own fake stacks are not used here: a flow that is
 * evicted would take its fake frames along. */

static void before_jump(CStack_Thread *thread, const CStack_Memory *memory)
{
#if defined(__SANITIZE_ADDRESS__)
    int own = memory == &thread->own;
    __sanitizer_start_switch_fiber(NULL, own ? thread->asan_stack : memory->low, own ? thread->asan_size : memory->size);
#else
    (void)thread;
    (void)memory;
#endif
}

static void after_jump(void)
{
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
#endif
}

/* ---- Records --------------------------------------------------------------------------------------------------------------------- */

CStack_Thread *CStack_Open(int poison, size_t pool)
{
    CStack_Thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL) {
        return NULL;
    }
    thread->helper = CStack_Take(&thread->helpers, HELPER_SIZE);
    if (thread->helper == NULL) {
        free(thread);
        return NULL;
    }
    thread->poison = poison;
    thread->pool.limit = pool;
    thread->own.flows = 1;
    thread->own.lowest = &thread->root;
    thread->root.memory = &thread->own;
    thread->root.thread = thread->nowhere.thread = thread;
    thread->root.base = (char *)UINTPTR_MAX; /* above everything: where the thread's stack ends does not matter */
    thread->running = &thread->root;
#if defined(__SANITIZE_ADDRESS__)
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &thread->asan_stack, &thread->asan_size);
    pthread_attr_destroy(&attributes);
#endif
    return thread;
}

void CStack_Close(CStack_Thread *thread)
{
    CStack_Empty(&thread->pool);
    CStack_Empty(&thread->helpers);
    free(thread->root.copy);
    free(thread);
}

void CStack_SetPoison(CStack_Thread *thread, int poison)
{
    thread->poison = poison;
}

CStack_Flow *CStack_Root(CStack_Thread *thread)
{
    return &thread->root;
}

void CStack_Count(const CStack_Thread *thread, CStack_Counters *counters)
{
    counters->jumps = thread->jumps;
    counters->evictions = thread->evictions;
    counters->bytes = thread->bytes;
    counters->stacks_in_use = thread->pool.in_use;
    counters->stacks_pooled = thread->pool.count;
}

/* A flow that has not started will begin at the top of a stack. */
static void put_on(CStack_Memory *memory, CStack_Flow *flow, CStack_Bounds *bounds)
{
    memory->flows++;
    flow->memory = memory;
    flow->base = memory->low + memory->size;
    bounds->low = memory->low;
    bounds->size = memory->size;
}

int CStack_Reserve(CStack_Thread *thread, CStack_Flow *flow, size_t size, CStack_Bounds *bounds)
{
    CStack_Memory *memory = CStack_Take(&thread->pool, size);
    if (memory == NULL) {
        return -1;
    }
    memory->flows = 0;
    put_on(memory, flow, bounds);
    return 0;
}

/* The next stack in use, in turn. */
static CStack_Memory *take_turn(CStack_Thread *thread)
{
    CStack_Memory *memory = thread->turn == NULL ? thread->pool.used : thread->turn;
    thread->turn = memory->next;
    return memory;
}

APART int CStack_Share(CStack_Thread *thread, CStack_Flow *flow, size_t size, size_t limit, CStack_Bounds *bounds)
{
    if (thread->pool.in_use < limit || thread->pool.in_use == 0) {
        return CStack_Reserve(thread, flow, size, bounds);
    }
    CStack_Memory *memory = take_turn(thread);
    if (memory == thread->running->memory) {
        memory = take_turn(thread); /* the starter would be evicted at once */
    }
    if (memory->size < size) {
        return CStack_Reserve(thread, flow, size, bounds);
    }
    put_on(memory, flow, bounds);
    return 0;
}

/* Takes a flow out of the chain of its stack, and gives the stack back with its last flow. */
static APART void leave_stack(CStack_Thread *thread, CStack_Flow *flow)
{
    CStack_Memory *memory = flow->memory;
    if (flow->pointer != NULL) {
        FORGET_FRAMES(flow->pointer + flow->copied, (size_t)(flow->base - flow->pointer) - flow->copied);
    }
    CStack_Flow **link = &memory->lowest;
    while (*link != NULL && *link != flow) {
        link = &(*link)->above;
    }
    if (*link != NULL) {
        *link = flow->above;
    }
    flow->above = NULL;
    flow->memory = NULL;
    if (--memory->flows == 0 && memory != &thread->own) {
        if (thread->turn == memory) {
            thread->turn = memory->next;
        }
        CStack_Give(&thread->pool, memory);
    }
}

static void free_copy(CStack_Flow *flow)
{
    free(flow->copy);
    flow->copy = NULL;
    flow->copied = flow->capacity = 0;
}

APART void CStack_Forget(CStack_Thread *thread, CStack_Flow *flow)
{
    if (thread != NULL && flow->memory != NULL) {
        leave_stack(thread, flow);
    }
    flow->memory = NULL;
    flow->pointer = NULL;
    free_copy(flow);
}

/* ---- Copying ---------------------------------------------------------------------------------------------------------------------
 * All of it runs on the helper stack, when the flow that left is suspended and its stack pointer is known. */

/* How much of a flow that is in the way has to be out of it: everything below `limit`. */
static size_t to_be_copied(const CStack_Flow *flow, const char *limit)
{
    const char *end = flow->base < limit ? flow->base : limit;
    return (size_t)(end - flow->pointer);
}

/* Makes room for the copies of everything that is in place below target's base. All that can fail happens here. */
static int find_room(CStack_Flow *target)
{
    for (CStack_Flow *flow = target->memory->lowest; flow != NULL && flow != target; flow = flow->above) {
        if (flow->pointer + flow->copied >= target->base) {
            break;
        }
        size_t need = to_be_copied(flow, target->base);
        /* Kept from one suspension to the next, unless it has become far too large. */
        if (flow->capacity < need || (flow->copied == 0 && flow->capacity / 4 > need)) {
            char *copy = realloc(flow->copy, need);
            if (copy == NULL) {
                return -1;
            }
            flow->copy = copy;
            flow->capacity = need;
        }
    }
    return 0;
}

/* Evicts everything that is in place below target's base, and puts target's evicted part back. */
static void exchange(CStack_Thread *thread, CStack_Flow *target)
{
    CStack_Memory *memory = target->memory;
    CStack_Flow *flow = memory->lowest;
    while (flow != NULL && flow != target && flow->pointer + flow->copied < target->base) {
        size_t whole = to_be_copied(flow, target->base);
        size_t part = whole - flow->copied;
        char *from = flow->pointer + flow->copied;
        ABOUT_TO_READ(from, part);
        memcpy(flow->copy + flow->copied, from, part);
        if (thread->poison) {
            ABOUT_TO_WRITE(from, part);
            memset(from, CSTACK_POISON, part);
        }
        thread->evictions++;
        thread->bytes += part;
        flow->copied = whole;
        if (flow->pointer + whole < flow->base) {
            break; /* its upper part stays; it is the last */
        }
        CStack_Flow *above = flow->above;
        flow->above = NULL;
        flow = above;
    }
    memory->lowest = flow;
    if (flow != target) {
        target->above = flow;
        memory->lowest = target;
    }
    ABOUT_TO_WRITE(target->pointer, target->copied);
    if (target->copied != 0) {
        memcpy(target->pointer, target->copy, target->copied);
    }
    target->copied = 0;
}

/* Who gives control says so with every jump to a flow; who gets it tells it where it stands. */
static inline void note_departure(CStack_Flow *left, void *from)
{
    left->pointer = from;
}

static void begin(CStack_Transfer transfer);

/* On the helper stack: the switch to a flow for which something has to be copied. One that has not started has its pointer at its base. */
static APART void copy_and_go(CStack_Transfer transfer)
{
    CStack_Thread *thread = transfer.data;
    CStack_Flow *target = thread->running;
    CStack_Flow *left = thread->left;
    after_jump();
    note_departure(left, transfer.from);
    CStack_Flow *ended = thread->finished;
    if (ended != NULL) {
        /* It is in the way of nobody any more; find_room must not see it. */
        ended->memory->lowest = ended->above;
    }
    if (find_room(target) != 0) {
        if (ended != NULL) {
            ended->memory->lowest = ended;
        }
        thread->failed = 1;
        thread->running = left;
        thread->finished = NULL;
        before_jump(thread, left->memory);
        cstack_jump(transfer.from, &thread->nowhere);
    }
    if (ended != NULL && thread->poison) {
        size_t size = (size_t)(ended->base - (char *)transfer.from);
        ABOUT_TO_WRITE(transfer.from, size);
        memset(transfer.from, CSTACK_POISON, size);
    }
    exchange(thread, target);
    before_jump(thread, target->memory);
    cstack_jump(target->pointer < target->base ? target->pointer : cstack_prepare(target->base, begin), &thread->nowhere);
    abort(); /* nothing jumps back here: the helper starts afresh each time */
}

/* ---- Switching ------------------------------------------------------------------------------------------------------------------- */

/* Control is here again, or for the first time. */
static inline void arrive(CStack_Thread *thread, CStack_Transfer transfer)
{
    after_jump();
    note_departure(transfer.data, transfer.from);
    CStack_Flow *ended = thread->finished;
    if (ended != NULL) {
        thread->finished = NULL;
        leave_stack(thread, ended);
        free_copy(ended);
    }
}

/* Control is back where it was given away: what Start and Switch answer. */
static inline int came_back(CStack_Thread *thread, CStack_Transfer transfer)
{
    arrive(thread, transfer);
    if (thread->failed) {
        thread->failed = 0;
        return -1;
    }
    return 0;
}

/* The outermost function of a fresh flow. */
static void begin(CStack_Transfer transfer)
{
    CStack_Thread *thread = ((CStack_Flow *)transfer.data)->thread;
    arrive(thread, transfer);
    CStack_Flow *self = thread->running;
    self->entry(self);
    abort(); /* an entry that returns has broken its word, and there is nothing to return to */
}

/* On the helper stack: starts a flow directly below the one that left. */
static void begin_below(CStack_Transfer transfer)
{
    CStack_Thread *thread = transfer.data;
    CStack_Flow *self = thread->running;
    CStack_Memory *memory = thread->left->memory;
    after_jump();
    note_departure(thread->left, transfer.from);
    self->memory = memory;
    self->base = transfer.from;
    self->above = memory->lowest;
    memory->lowest = self;
    memory->flows++;
    ABOUT_TO_WRITE(self->base - 1024, 1024);
    before_jump(thread, memory);
    cstack_jump(cstack_prepare(self->base, begin), &thread->nowhere);
    abort();
}

/* A jump to the helper stack, where `work` begins. */
static APART CStack_Transfer by_helper(CStack_Thread *thread, CStack_Flow *left, void (*work)(CStack_Transfer))
{
    CStack_Memory *helper = thread->helper;
    thread->left = left;
    FORGET_FRAMES(helper->low, helper->size);
    before_jump(thread, helper);
    return cstack_jump(cstack_prepare(helper->low + helper->size, work), thread);
}

APART int CStack_Start(CStack_Thread *thread, CStack_Flow *flow, CStack_Entry entry)
{
    CStack_Flow *self = thread->running;
    CStack_Transfer transfer;
    flow->entry = entry;
    flow->thread = thread;
    thread->running = flow;
    thread->jumps++;
    if (flow->memory == NULL) {
        transfer = by_helper(thread, self, begin_below);
    } else if (flow->memory->lowest == NULL) {
        flow->memory->lowest = flow;
        before_jump(thread, flow->memory);
        transfer = cstack_jump(cstack_prepare(flow->base, begin), self);
    } else {
        flow->pointer = flow->base;
        transfer = by_helper(thread, self, copy_and_go);
    }
    return came_back(thread, transfer);
}

/* Whether a flow can be jumped to: nothing of it is elsewhere, nothing of others is in its way. */
static inline int is_ready(const CStack_Flow *flow)
{
    return flow->memory->lowest == flow && flow->copied == 0;
}

int CStack_Switch(CStack_Thread *thread, CStack_Flow *flow)
{
    CStack_Flow *self = thread->running;
    if (flow == self) {
        return 0;
    }
    thread->running = flow;
    thread->jumps++;
    if (is_ready(flow)) {
        before_jump(thread, flow->memory);
        arrive(thread, cstack_jump(flow->pointer, self));
        return 0;
    }
    return came_back(thread, by_helper(thread, self, copy_and_go));
}

void CStack_Finish(CStack_Thread *thread, CStack_Flow *flow)
{
    CStack_Flow *self = thread->running;
    CStack_Transfer transfer;
    thread->running = flow;
    thread->finished = self;
    thread->jumps++;
    int shared = self->memory == flow->memory;
    if (!(shared && thread->poison) && (is_ready(flow) || (shared && self->above == flow && flow->copied == 0))) {
        before_jump(thread, flow->memory);
        transfer = cstack_jump(flow->pointer, self);
    } else {
        transfer = by_helper(thread, self, copy_and_go);
    }
    /* Only where the copier had no memory: it has set running and finished back. */
    arrive(thread, transfer);
    thread->failed = 0;
}
