/* Physical stacks: see cstack_memory.h. */
#define _GNU_SOURCE
#include "cstack_memory.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef CSTACK_VALGRIND
#  include <valgrind/valgrind.h>
#endif

static size_t page_size(void)
{
    static size_t size; /* the same whoever writes it */
    if (size == 0) {
        size = (size_t)sysconf(_SC_PAGESIZE);
    }
    return size;
}

/* Maps a stack: pages that appear when they are touched, reserved nowhere, with an inaccessible one below. */
static CStack_Memory *map(size_t size)
{
    size_t page = page_size();
    CStack_Memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL) {
        return NULL;
    }
    char *start = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) {
        free(memory);
        return NULL;
    }
    if (mprotect(start, page, PROT_NONE) != 0) {
        munmap(start, size + page);
        free(memory);
        return NULL;
    }
#ifdef MADV_NOHUGEPAGE
    /* With transparent huge pages a stack of which one page is used would cost 2 MiB. A kernel without them refuses, and that is fine. */
    madvise(start + page, size, MADV_NOHUGEPAGE);
#endif
    memory->low = start + page;
    memory->size = size;
#ifdef CSTACK_VALGRIND
    memory->valgrind = VALGRIND_STACK_REGISTER(memory->low, memory->low + size - 1);
#endif
    return memory;
}

static void unmap(CStack_Memory *memory)
{
    size_t page = page_size();
#ifdef CSTACK_VALGRIND
    VALGRIND_STACK_DEREGISTER(memory->valgrind);
#endif
    munmap(memory->low - page, memory->size + page);
    free(memory);
}

CStack_Memory *CStack_Take(CStack_Pool *pool, size_t size)
{
    size_t page = page_size();
    if (size > SIZE_MAX / 2) {
        return NULL;
    }
    size = (size + page - 1) / page * page;
    CStack_Memory *memory = pool->unused;
    if (memory != NULL && memory->size == size) {
        pool->unused = memory->next;
        pool->count--;
    } else {
        memory = map(size);
        if (memory == NULL) {
            return NULL;
        }
    }
    memory->previous = NULL;
    memory->next = pool->used;
    if (memory->next != NULL) {
        memory->next->previous = memory;
    }
    pool->used = memory;
    pool->in_use++;
    return memory;
}

void CStack_Give(CStack_Pool *pool, CStack_Memory *memory)
{
    if (memory->next != NULL) {
        memory->next->previous = memory->previous;
    }
    if (memory->previous != NULL) {
        memory->previous->next = memory->next;
    } else {
        pool->used = memory->next;
    }
    pool->in_use--;
    memory->lowest = NULL;
    /* The pool holds one size, that of the latest: sizes change when somebody configures them, and then for good. */
    if (pool->count >= pool->limit) {
        unmap(memory);
        return;
    }
    while (pool->unused != NULL && pool->unused->size != memory->size) {
        CStack_Memory *other = pool->unused;
        pool->unused = other->next;
        pool->count--;
        unmap(other);
    }
    memory->next = pool->unused;
    pool->unused = memory;
    pool->count++;
}

static void unmap_all(CStack_Memory **list)
{
    while (*list != NULL) {
        CStack_Memory *memory = *list;
        *list = memory->next;
        unmap(memory);
    }
}

void CStack_Empty(CStack_Pool *pool)
{
    unmap_all(&pool->unused);
    unmap_all(&pool->used);
    pool->count = pool->in_use = 0;
}
