/* Saved states and thread records: what the operations of pystate.c work on. Internal. */
#ifndef PYSTATE_SAVED_H
#define PYSTATE_SAVED_H

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif
#include "pystate.h"
#include "layout.h"

#include <stdatomic.h>
#include <stdbool.h>

/* The lifecycle of SPEC.md, section 5.3. LIFE_FREE is a slot without a state; it and LIFE_LIVE come first, because they are what Drop is rarely given. */
enum { LIFE_FREE, LIFE_LIVE, LIFE_EMPTY, LIFE_CONSUMED, LIFE_DISCARDED, LIFE_ABANDONED };

/* The recursion depths at which a flow began. */
typedef struct {
    int depth;
    int c_depth;
} Base;

/* What is known of a thread state apart from its fields. The memory of a record is never given back, so that a stale pointer to one can be
 * read and told by its key: the id of a thread state is its own within its interpreter, its address is not [RESTORE-18]. Ids begin at 1. */
typedef struct ThreadRecord {
    uint64_t watched_id;       /* the id where the thread state's dict has the watcher that tells when it is cleared, else 0 */
    PyInterpreterState *interp;
    Base base;                 /* of the flow that runs */
    PyObject *shared;          /* of the flow that runs: see Saved */
#ifdef LAYOUT_HAS_DATA_STACK
    _PyStackChunk *spare;      /* an empty chunk that a flow has left: the next flow need not ask for one. Or NULL */
#endif
    struct Saved *free_slots;  /* slots that only this thread takes from and gives to: New and Drop need no lock */
    unsigned free_count;
    uint64_t id;               /* 0 where no thread state has the record */
    int64_t interp_id;         /* interpreters can follow one another at one address; of those that are watched, one hears */
    _Atomic(struct ThreadRecord *) next; /* in its bucket, or in the pool */
} ThreadRecord;

/* One slot: a saved state, or room for one. Its memory is never given back. Begins a cache line. */
typedef struct Saved {
    _Alignas(64) _Atomic PyState_Handle handle; /* of the latest state in the slot: its generation, and the number of the slot */
    _Atomic uint32_t life;
    bool has_frames;
    ThreadRecord *owner; /* of the thread that has made the state; from Save on, of the one whose flow it is */
    struct Saved *next_free;
    PyInterpreterState *owed_to; /* whose references a Discarded state still has, because it was settled where none may be released; or NULL */
    int64_t owed_to_id;

    /* The flow. */
    Base base;
    LAYOUT_FRAME *top;  /* the innermost frame; its chain ends with the flow's outermost one */
    int depth;
    PyObject *context;  /* owned */
    PyObject *shared;   /* the Context object that the flow had, without having entered it, when GetContext or SetContext made it known
                         * elsewhere; borrowed from the flow. Or NULL */
    _PyErr_StackItem exception; /* the thread state's own entry; owned */
    _PyErr_StackItem *exc_info; /* into a generator, or the thread state's own entry */
    /* In the order in which they stand in a thread state: neighbours are moved together. */
#ifdef LAYOUT_HAS_RECURSION_HEADROOM
    int recursion_headroom;
#endif
    int tracing;
#ifdef LAYOUT_TRACE_EVENT
    int trace_event;
#endif
#ifdef LAYOUT_HAS_DATA_STACK
    _PyStackChunk *chunk;
    PyObject **chunk_top, **chunk_limit;
#endif
#ifdef LAYOUT_TRASH_NESTING
    int trash_nesting;
#endif
#ifdef LAYOUT_HAS_OVERFLOWED
    char overflowed, recursion_critical;
#endif
#ifdef LAYOUT_EXECUTOR
    PyObject *executor; /* owned */
#endif
#ifdef LAYOUT_C_RECURSION_LIMIT
    int c_recursion_remaining;
#endif
#ifdef LAYOUT_HAS_STACK_BOUNDS
    uintptr_t c_stack_top, c_stack_soft_limit, c_stack_hard_limit;
#endif
#ifdef LAYOUT_CFRAME
    LAYOUT_CFRAME *cframe;
#endif
#ifdef LAYOUT_ENTRY_OWNER
    LAYOUT_FRAME *entries; /* the entry frames that were taken out of the chain; see flow.c */
#endif
#ifdef LAYOUT_INSTRUMENTATION
    uintptr_t instrumentation; /* the version of instrumentation in force at Save */
#endif
#ifdef PYSTATE_FAULTS
    uintptr_t fault_before, fault_after; /* of the field that is got wrong on purpose; see tests/faults.c */
    int fault_state, fault_phase;        /* where the state and its thread were; see tests/fault_lifecycles.c */
    uint64_t fault_thread;               /* the id of the thread that made or saved it */
#endif
} Saved;

/* What nearly never happens: its code lies apart, so that a call that goes well runs straight through. */
#define SAVED_RARELY(condition) __builtin_expect(!!(condition), 0)
#define SAVED_APART __attribute__((noinline, cold))

#define SLOTS_IN_CHUNK 256u
#define CHUNKS 65536u

/* Where the slots are. A chunk appears once and stays. */
extern _Atomic(Saved *) saved_chunks[CHUNKS];

/* The slot of the state that a handle names, and the life in it, which is LIFE_FREE where the state is gone; or NULL. */
static inline __attribute__((always_inline)) Saved *
saved_look_up(PyState_Handle handle, uint32_t *life)
{
    uint32_t number = (uint32_t)handle;
    if (SAVED_RARELY(number / SLOTS_IN_CHUNK >= CHUNKS)) {
        return NULL;
    }
    Saved *chunk = atomic_load_explicit(&saved_chunks[number / SLOTS_IN_CHUNK], memory_order_acquire);
    if (SAVED_RARELY(chunk == NULL)) {
        return NULL;
    }
    Saved *saved = &chunk[number % SLOTS_IN_CHUNK];
    *life = atomic_load_explicit(&saved->life, memory_order_acquire); /* before the handle, which would else be that of another life */
    return SAVED_RARELY(atomic_load_explicit(&saved->handle, memory_order_relaxed) != handle) ? NULL : saved;
}

/* The state that a handle names, or NULL. */
static inline Saved *
saved_find(PyState_Handle handle)
{
    uint32_t life;
    Saved *saved = saved_look_up(handle, &life);
    return saved == NULL || life == LIFE_FREE ? NULL : saved;
}

/* Makes an Empty state for the thread of the record, and sees to it that at least as many thread records can be had without allocation as
 * there are slots: each state can be the first that some thread saves into [SAVE-05]. NULL where memory cannot be had. */
Saved *saved_new(ThreadRecord *record);

/* Frees a state: its handle is stale from now on [HANDLE-01]. Its life is no longer Live. ts is the caller's. */
void saved_free(Saved *saved, PyThreadState *ts);

/* Live to Abandoned, counted [HANDLE-03]. Nothing, where another interpreter was first. */
void saved_abandon(Saved *saved);

/* How many were abandoned. */
uint64_t saved_abandoned_count(void);

/* Whether a record is that of a thread state which is watched. */
static inline bool
thread_is(const ThreadRecord *record, const PyThreadState *ts)
{
    /* One branch for both. */
    return ((record->watched_id ^ ts->id) | ((uintptr_t)record->interp ^ (uintptr_t)ts->interp)) == 0;
}

/* Whether a record is that of a thread state, watched or not. */
SAVED_APART bool thread_is_at_all(const ThreadRecord *record, const PyThreadState *ts);

/* Settles a Live state, and all others of its thread, where that thread is gone, or another interpreter that is finalizing: Abandoned where it has
 * frames, Discarded where it has none [AMBIENT-07, AMBIENT-08]. ts is the caller's, whose own states need no settling. Only a caller that `releases`
 * gives up what a state without frames owns, which can run code; otherwise that waits for one that does (AMB-40). */
SAVED_APART void saved_settle(Saved *saved, PyThreadState *ts, bool releases);

/* The same for every Live state of the caller's interpreter, which is finalizing [AMBIENT-08]. */
SAVED_APART void saved_settle_interpreter(PyThreadState *ts, bool releases);

/* The same for every Live state whose thread or interpreter is gone; releases nothing. */
void saved_settle_all(PyThreadState *ts);

/* The record of the caller's thread state. Allocates nothing: takes one from the pool, which saved_new fills. */
SAVED_APART ThreadRecord *thread_record(PyThreadState *ts);

/* The same, and sees to it that the thread state says when it is cleared. NULL where memory cannot be had; no exception is set. */
ThreadRecord *thread_watch(PyThreadState *ts);

#endif
