/* Physical stacks: mapped memory with a guard page, and the pool of those that nobody uses. */
#ifndef CSTACK_MEMORY_H
#define CSTACK_MEMORY_H

#include "cstack.h"

/* A physical stack. The thread's own has low NULL: its bounds are not needed. */
struct CStack_Memory {
    char *low; /* above the guard page */
    size_t size;
    size_t flows;         /* how many have their addresses here, in place or not */
    CStack_Flow *lowest;  /* the flows that have something in place, by ascending address; the running one comes first */
    CStack_Memory *next;  /* of those in use, or in the pool */
    CStack_Memory *previous;
    unsigned valgrind;    /* its id there */
};

/* The pool of one thread, and all that came out of it. */
typedef struct {
    CStack_Memory *unused;
    CStack_Memory *used;
    size_t count;  /* of unused */
    size_t limit;  /* more are unmapped */
    size_t in_use;
} CStack_Pool;

/* A stack of at least `size` bytes, from the pool where one has exactly the rounded size. NULL for want of memory. Undone by CStack_Give. */
CStack_Memory *CStack_Take(CStack_Pool *pool, size_t size);

/* Gives a stack back. Nothing runs on it. */
void CStack_Give(CStack_Pool *pool, CStack_Memory *memory);

/* Unmaps everything, in use or not. */
void CStack_Empty(CStack_Pool *pool);

#endif
