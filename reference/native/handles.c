/* Handles, saved states and thread records: where they live, and who is gone.
 *
 * Everything here happens with a thread state attached. Interpreters that have a GIL of their own (3.12 on) can be here at the same time:
 * what they share, the free slots and the records, is guarded by a lock that is held for a few instructions and never across a call into
 * Python. Slots and records are never given back to the allocator, so that a stale handle or record can always be looked at. */
#include "saved.h"
#include "flow.h"

#include <string.h>
#ifdef HAVE_FORK
#  include <pthread.h>
#endif

#define SLOTS_IN_CHUNK 256u
#define CHUNKS 65536u
#define BUCKETS 256u

static _Atomic(Saved *) chunks[CHUNKS];
static uint32_t slots_made;          /* guarded by lock */
static Saved *free_slots;            /* guarded by lock */
static size_t states_empty;          /* guarded by lock */
static _Atomic(ThreadRecord *) buckets[BUCKETS];
static ThreadRecord *pool;           /* records that no thread state has; guarded by lock */
static size_t pool_size;             /* guarded by lock */
static _Atomic uint64_t abandoned;
static atomic_flag lock = ATOMIC_FLAG_INIT;

static void
acquire(void)
{
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) {
    }
}

static void
release(void)
{
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

#ifdef HAVE_FORK
/* Another interpreter's thread may have held the lock when this one forked. */
static void
forget_lock(void)
{
    atomic_flag_clear(&lock);
}
#endif

/* ---- Slots ----------------------------------------------------------------------------------------------------------------------- */

Saved *
saved_find(PyState_Handle handle)
{
    uint32_t slot = (uint32_t)handle - 1, generation = (uint32_t)(handle >> 32);
    if (slot / SLOTS_IN_CHUNK >= CHUNKS) {
        return NULL;
    }
    Saved *chunk = atomic_load_explicit(&chunks[slot / SLOTS_IN_CHUNK], memory_order_acquire);
    if (chunk == NULL) {
        return NULL;
    }
    Saved *saved = &chunk[slot % SLOTS_IN_CHUNK];
    return atomic_load_explicit(&saved->generation, memory_order_relaxed) == generation
            && atomic_load_explicit(&saved->life, memory_order_relaxed) != LIFE_FREE
        ? saved : NULL;
}

PyState_Handle
saved_handle(const Saved *saved)
{
    return (uint64_t)atomic_load_explicit(&saved->generation, memory_order_relaxed) << 32 | (saved->slot + 1);
}

/* Adds a chunk of free slots. Called with the lock held. */
static bool
more_slots(void)
{
    uint32_t index = slots_made / SLOTS_IN_CHUNK;
    Saved *chunk = index < CHUNKS ? PyMem_RawCalloc(SLOTS_IN_CHUNK, sizeof(Saved)) : NULL;
    if (chunk == NULL) {
        return false;
    }
    for (uint32_t i = SLOTS_IN_CHUNK; i-- > 0;) {
        chunk[i].slot = slots_made + i;
        chunk[i].next_free = free_slots;
        free_slots = &chunk[i];
    }
    slots_made += SLOTS_IN_CHUNK;
    atomic_store_explicit(&chunks[index], chunk, memory_order_release);
    return true;
}

/* Called with the lock held. */
static bool
fill_pool(size_t size)
{
    while (pool_size < size) {
        ThreadRecord *record = PyMem_RawCalloc(1, sizeof *record);
        if (record == NULL) {
            return false;
        }
        atomic_store_explicit(&record->next, pool, memory_order_relaxed);
        pool = record;
        pool_size++;
    }
    return true;
}

Saved *
saved_new(void)
{
    Saved *saved = NULL;
    acquire();
    /* One record for each Empty state, this one included, and one for the caller, whose own comes from there too. */
    if (fill_pool(states_empty + 2) && (free_slots != NULL || more_slots())) {
        saved = free_slots;
        free_slots = saved->next_free;
        states_empty++;
        uint32_t generation = atomic_load_explicit(&saved->generation, memory_order_relaxed);
        atomic_store_explicit(&saved->generation, generation + 1, memory_order_relaxed);
        atomic_store_explicit(&saved->life, LIFE_EMPTY, memory_order_release);
    }
    release();
    return saved;
}

void
saved_used(void)
{
    acquire();
    states_empty--;
    release();
}

void
saved_free(Saved *saved)
{
    acquire();
    states_empty -= atomic_load_explicit(&saved->life, memory_order_relaxed) == LIFE_EMPTY;
    atomic_store_explicit(&saved->life, LIFE_FREE, memory_order_release);
    /* A slot whose generations are used up is never used again, or an old handle would be valid (AMB-18). */
    if (atomic_load_explicit(&saved->generation, memory_order_relaxed) != UINT32_MAX) {
        saved->next_free = free_slots;
        free_slots = saved;
    }
    release();
}

void
saved_abandon(Saved *saved)
{
    atomic_store_explicit(&saved->life, LIFE_ABANDONED, memory_order_relaxed);
    atomic_fetch_add_explicit(&abandoned, 1, memory_order_relaxed);
}

uint64_t
saved_abandoned_count(void)
{
    return atomic_load_explicit(&abandoned, memory_order_relaxed);
}

/* ---- Who is gone ----------------------------------------------------------------------------------------------------------------- */

/* Nothing will resume the flow. Its references can be released where they are this interpreter's, and have gone with theirs otherwise (AMB-29). */
static void
settle(Saved *saved, bool own)
{
    if (saved->has_frames) {
        saved_abandon(saved);
    } else if (own) {
        flow_release(saved);
    } else {
        atomic_store_explicit(&saved->life, LIFE_DISCARDED, memory_order_relaxed);
    }
}

static bool
is_live(const Saved *saved)
{
    return atomic_load_explicit(&saved->life, memory_order_acquire) == LIFE_LIVE;
}

/* Whether the thread state that owns a Live state still exists. */
static bool
owner_lives(const Saved *saved)
{
    for (PyInterpreterState *interp = PyInterpreterState_Head(); interp != NULL; interp = PyInterpreterState_Next(interp)) {
        if (interp == saved->interp && PyInterpreterState_GetID(interp) == saved->interp_id) {
            for (PyThreadState *ts = PyInterpreterState_ThreadHead(interp); ts != NULL; ts = PyThreadState_Next(ts)) {
                if (ts->id == saved->thread_id) {
                    return true;
                }
            }
            return false;
        }
    }
    return false;
}

/* Every slot that was ever used. */
#define EACH_SAVED(saved) \
    for (uint32_t c_ = 0; c_ < CHUNKS && atomic_load_explicit(&chunks[c_], memory_order_acquire) != NULL; c_++) \
        for (Saved *saved = atomic_load_explicit(&chunks[c_], memory_order_acquire), *end_ = saved + SLOTS_IN_CHUNK; saved < end_; saved++)

static void forget_record(ThreadRecord *record);

/* A thread state is gone: so is everything that it had suspended, and its record is free for another. */
static void
owner_gone(ThreadRecord *record, PyInterpreterState *callers)
{
    EACH_SAVED(saved) {
        if (is_live(saved) && saved->owner == record) {
            settle(saved, saved->interp == callers);
        }
    }
#ifdef LAYOUT_HAS_DATA_STACK
    flow_free_chunks(record->spare);
    record->spare = NULL;
#endif
    forget_record(record);
}

void
saved_settle(Saved *saved, PyThreadState *ts)
{
    bool mine = saved->interp == ts->interp && saved->thread_id == ts->id;
    if (is_live(saved) && !mine && !saved->owner->watched && !owner_lives(saved)) {
        owner_gone(saved->owner, ts->interp);
    }
}

void
saved_settle_all(PyThreadState *ts)
{
    EACH_SAVED(saved) {
        saved_settle(saved, ts);
    }
}

void
saved_settle_interpreter(PyThreadState *ts)
{
    EACH_SAVED(saved) {
        if (is_live(saved) && saved->interp == ts->interp) {
            settle(saved, true);
        }
    }
}

/* ---- Thread records -------------------------------------------------------------------------------------------------------------- */

static _Atomic(ThreadRecord *) *
bucket_of(PyThreadState *ts)
{
    return &buckets[(uintptr_t)ts / 64 % BUCKETS];
}

static ThreadRecord *
find_record(PyThreadState *ts)
{
    ThreadRecord *record = atomic_load_explicit(bucket_of(ts), memory_order_acquire);
    while (record != NULL && (record->tstate != ts || record->id != ts->id || record->interp != ts->interp)) {
        record = atomic_load_explicit(&record->next, memory_order_acquire);
    }
    return record;
}

ThreadRecord *
thread_record(PyThreadState *ts)
{
    ThreadRecord *record = find_record(ts);
    if (record == NULL) {
        acquire();
        record = find_record(ts); /* a record taken out meanwhile can have led the search astray */
        if (record == NULL) {
            record = pool; /* there is one: saved_new */
            pool = atomic_load_explicit(&record->next, memory_order_relaxed);
            pool_size--;
            record->tstate = ts;
            record->id = ts->id;
            record->interp = ts->interp;
            record->base = (Base){0, 0};
            record->shared = NULL;
            record->watched = false;
            atomic_store_explicit(&record->next, atomic_load_explicit(bucket_of(ts), memory_order_relaxed), memory_order_relaxed);
            atomic_store_explicit(bucket_of(ts), record, memory_order_release);
        }
        release();
    }
    return record;
}

static void
forget_record(ThreadRecord *record)
{
    acquire();
    _Atomic(ThreadRecord *) *link = bucket_of(record->tstate);
    while (atomic_load_explicit(link, memory_order_relaxed) != record) {
        link = &atomic_load_explicit(link, memory_order_relaxed)->next;
    }
    atomic_store_explicit(link, atomic_load_explicit(&record->next, memory_order_relaxed), memory_order_release);
    record->tstate = NULL;
    atomic_store_explicit(&record->next, pool, memory_order_relaxed);
    pool = record;
    pool_size++;
    release();
}

#define WATCHER "pystate.thread"

/* The dict of a thread state is being cleared: its thread exits, or vanished in a fork, or its interpreter ends. */
static void
thread_gone(PyObject *capsule)
{
    ThreadRecord *record = PyCapsule_GetPointer(capsule, WATCHER);
    if (record == NULL) {
        PyErr_Clear();
        return;
    }
    owner_gone(record, record->interp);
}

bool
thread_watch(PyThreadState *ts)
{
#ifdef HAVE_FORK
    static atomic_flag handles_fork = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&handles_fork)) {
        pthread_atfork(NULL, NULL, forget_lock);
    }
#endif
    ThreadRecord *record = thread_record(ts);
    if (record->watched) {
        return true;
    }
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *dict = PyThreadState_GetDict(); /* borrowed; NULL without an exception where memory cannot be had */
    PyObject *watcher = dict == NULL ? NULL : PyCapsule_New(record, WATCHER, thread_gone);
    record->watched = watcher != NULL && PyDict_SetItemString(dict, WATCHER, watcher) == 0;
    if (watcher != NULL && !record->watched) {
        PyCapsule_SetDestructor(watcher, NULL);
    }
    Py_XDECREF(watcher);
    PyErr_Restore(type, value, traceback);
    return record->watched;
}
