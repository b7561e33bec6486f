/* CStack: moving a thread between C stacks. It knows nothing of Python.
 *
 * The other half of a switch: PyState (pystate.h) moves the Python state, this moves the stack pointer, and neither knows the other.
 *
 * A *physical stack* is memory: the thread's own stack, or one of a pool, each mapped with a guard page below it. A *flow* is a chain of C
 * calls that can be suspended. It begins on a NEW physical stack, which it has to itself or shares, or on the SAME one as the flow that starts it,
 * directly below that flow's stack pointer. Several flows then claim the same addresses; what is suspended and in the way is *evicted*:
 * copied to the heap, and copied back before its flow goes on. Where nothing has to be copied a switch is a jump.
 *
 * All calls for one CStack_Thread have to be serialized; under Python its global lock does that. Start, Switch and Finish are called on
 * the thread that opened it.
 *
 * Not supported: hardware shadow stacks, which forbid to leave a stack this way, and C++ exceptions or longjmp from one flow into another. */
#ifndef CSTACK_H
#define CSTACK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CStack_Thread CStack_Thread;
typedef struct CStack_Memory CStack_Memory;
typedef struct CStack_Flow CStack_Flow;

/* The outermost function of a flow, called on its stack. It ends in CStack_Finish and never returns. */
typedef void (*CStack_Entry)(CStack_Flow *flow);

/* A flow. The owner provides the memory, zeroed, and keeps it until the flow has finished or was forgotten; the members are private.
 *
 * While it is suspended its part of the stack is [pointer, base): the lower `copied` bytes are in `copy`, the rest is in place. */
struct CStack_Flow {
    CStack_Memory *memory; /* the physical stack, or NULL: not started on one, or ended */
    char *pointer;         /* the stack pointer at suspension; the registers stand there */
    char *base;            /* where it began: the first address above it */
    CStack_Flow *above;    /* the next flow that has something in place on the same physical stack, at higher addresses */
    char *copy;            /* what was evicted */
    size_t copied;
    size_t capacity;       /* of copy, which is kept for the next time */
    CStack_Entry entry;
    CStack_Thread *thread; /* whose flow it is, once it has begun */
};

/* Where a flow begins. */
typedef struct {
    void *low; /* the lowest address that it may use */
    size_t size;
} CStack_Bounds;

/* Makes a record of the calling thread, whose running C code becomes its root flow.
 *
 * poison: memory from which a flow was evicted, or in which one ended while others share it, is filled with CSTACK_POISON, so that
 * whatever still points into it is found out. pool: how many unused stacks are kept.
 * Returns NULL for want of memory. The caller owns the record and gives it up with CStack_Close. */
CStack_Thread *CStack_Open(int poison, size_t pool);

#define CSTACK_POISON 0xDD

/* The thread is gone, or runs its root flow and will not switch again. Every pooled stack is unmapped, suspended flows included: what they
 * have in place is lost, and all that may still be done with one is CStack_Forget(NULL, flow). */
void CStack_Close(CStack_Thread *thread);

/* Whether CStack_Open's poison is on, from now on. */
void CStack_SetPoison(CStack_Thread *thread, int poison);

/* The root flow of the thread: it never finishes. Owned by the record. */
CStack_Flow *CStack_Root(CStack_Thread *thread);

/* Reserves a NEW stack for a flow that has not started, of `size` bytes rounded up to pages, and tells its bounds. Without this a flow starts
 * on the SAME stack as its starter. Nothing is touched: what a flow never uses costs address space alone.
 * Returns 0, or -1 for want of memory (also: of mappings, vm.max_map_count). Undone by CStack_Forget. */
int CStack_Reserve(CStack_Thread *thread, CStack_Flow *flow, size_t size, CStack_Bounds *bounds);

/* The same, but with at most `limit` stacks in use at once, and no more memory for ever more flows: beyond that the flow gets a stack that others
 * have, each in turn. Those that meet on a stack all begin at its top, and are evicted for one another as they run. */
int CStack_Share(CStack_Thread *thread, CStack_Flow *flow, size_t size, size_t limit, CStack_Bounds *bounds);

/* Suspends the running flow and starts another in entry(flow). Returns when control is back: 0, or -1 when it did not start for want of memory. */
int CStack_Start(CStack_Thread *thread, CStack_Flow *flow, CStack_Entry entry);

/* Suspends the running flow and resumes a suspended one of the same thread. Returns when control is back: 0, or -1 when memory for a copy
 * could not be had and nothing has happened. */
int CStack_Switch(CStack_Thread *thread, CStack_Flow *flow);

/* Ends the running flow, not the root, and resumes a suspended one. Its stack goes back to the pool as soon as control has left it.
 * Returns only when memory for a copy could not be had, which needs a third flow that is in place between the two; the flow then still
 * runs and may finish to another: that directly above it on the stack, which started it, never needs memory. */
void CStack_Finish(CStack_Thread *thread, CStack_Flow *flow);

/* Gives up a flow that does not run: one that has not started, or a suspended one, whose C frames are lost with all that they hold.
 * thread is NULL where it was closed. Does nothing for one that has finished. */
void CStack_Forget(CStack_Thread *thread, CStack_Flow *flow);

/* Counters, for tests and for the curious. */
typedef struct {
    uint64_t jumps;        /* switches of any kind */
    uint64_t evictions;    /* flows, or parts of one, copied out */
    uint64_t bytes;        /* copied out so far */
    size_t stacks_in_use;  /* of the pool, by flows */
    size_t stacks_pooled;  /* unused */
} CStack_Counters;

void CStack_Count(const CStack_Thread *thread, CStack_Counters *counters);

#ifdef __cplusplus
}
#endif
#endif
