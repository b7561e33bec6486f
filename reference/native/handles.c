/* Handles, saved states and thread records: where they live, and who is gone.
 *
 * Everything here happens with a thread state attached. Interpreters that have a GIL of their own (3.12 on) can be here at the same time:
 * what they share, the free slots and the records, is guarded by a lock that is held for a few instructions and never across a call into
 * Python. Slots and records are never given back to the allocator, so that a stale handle or record can always be looked at. */
#include "saved.h"
#include "flow.h"

#ifdef PYSTATE_FAULTS /* for the trial of the suite, never for use */
#  include "tests/faults.h"
#  define flow_release faults_release_stranded
#endif

#include <string.h>
#ifdef HAVE_FORK
#  include <pthread.h>
#endif

/* Free slots that a thread keeps. */
#define KEPT 64u

#define BUCKETS 256u

/* From one handle of a slot to the next. */
#define GENERATION ((PyState_Handle)1 << 32)

_Atomic(Saved *) saved_chunks[CHUNKS];
static _Atomic uint32_t slots_made;  /* written with the lock held */
static Saved *free_slots;            /* that no thread keeps; guarded by lock */
static _Atomic(ThreadRecord *) buckets[BUCKETS];
static ThreadRecord nobody;
static _Atomic(ThreadRecord *) recent = &nobody; /* the watched one that was found last: most calls come from the thread of the call before */
static ThreadRecord *pool;           /* records that no thread state has; guarded by lock */
static _Atomic uint32_t pool_size;   /* written with the lock held */
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

static ThreadRecord *search_record(PyThreadState *ts);

/* The record of a thread state, or NULL. */
static inline ThreadRecord *
find_record(PyThreadState *ts)
{
    ThreadRecord *record = atomic_load_explicit(&recent, memory_order_acquire);
    return SAVED_RARELY(!thread_is(record, ts)) ? search_record(ts) : record;
}

/* ---- Slots ----------------------------------------------------------------------------------------------------------------------- */

/* Adds a chunk of free slots. Called with the lock held. */
static bool
more_slots(void)
{
    uint32_t index = slots_made / SLOTS_IN_CHUNK;
    char *memory = index < CHUNKS ? PyMem_RawCalloc(SLOTS_IN_CHUNK + 1, sizeof(Saved)) : NULL;
    if (memory == NULL) {
        return false;
    }
    Saved *chunk = (Saved *)(((uintptr_t)memory + _Alignof(Saved) - 1) / _Alignof(Saved) * _Alignof(Saved));
    for (uint32_t i = SLOTS_IN_CHUNK; i-- > 0;) {
        atomic_store_explicit(&chunk[i].handle, slots_made + i, memory_order_relaxed);
        if (slots_made + i != 0) { /* or a handle could be null */
            chunk[i].next_free = free_slots;
            free_slots = &chunk[i];
        }
    }
    slots_made += SLOTS_IN_CHUNK;
    atomic_store_explicit(&saved_chunks[index], chunk, memory_order_release);
    return true;
}

/* Called with the lock held. */
static bool
fill_pool(uint32_t size)
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

static void reclaim_records(void);

/* Gives a thread free slots, and sees to it that the pool has a record for each slot that exists. */
static SAVED_APART bool
take_slots(ThreadRecord *record)
{
    if (pool_size < slots_made) {
        reclaim_records();
    }
    acquire();
    while (record->free_count < KEPT / 2 && (free_slots != NULL || more_slots())) {
        Saved *saved = free_slots;
        free_slots = saved->next_free;
        saved->next_free = record->free_slots;
        record->free_slots = saved;
        record->free_count++;
    }
    bool enough = fill_pool(slots_made) && record->free_slots != NULL;
    release();
    return enough;
}

/* A record leaves the pool only with a Save, by a thread without one, into an Empty state, whose slot comes by here before it is Empty again. So with as
 * many records in the pool as there are slots whenever one becomes Empty, there are never more Empty states than records. */
Saved *
saved_new(ThreadRecord *record)
{
    bool enough = atomic_load_explicit(&pool_size, memory_order_relaxed) >= atomic_load_explicit(&slots_made, memory_order_relaxed);
    if (SAVED_RARELY(!enough || record->free_slots == NULL) && !take_slots(record)) {
        return NULL;
    }
    Saved *saved = record->free_slots;
    record->free_slots = saved->next_free;
    record->free_count--;
    saved->owner = record;
    PyState_Handle handle = atomic_load_explicit(&saved->handle, memory_order_relaxed);
    if (SAVED_RARELY(__builtin_add_overflow(handle, GENERATION, &handle))) {
        return saved_new(record); /* or an old handle would be valid (AMB-18): the slot is never used again */
    }
    atomic_store_explicit(&saved->handle, handle, memory_order_relaxed);
    atomic_store_explicit(&saved->life, LIFE_EMPTY, memory_order_release);
    return saved;
}

/* Gives a slot to whatever thread needs one. */
static SAVED_APART void
give_slot(Saved *saved)
{
    acquire();
    saved->next_free = free_slots;
    free_slots = saved;
    release();
}

void
saved_free(Saved *saved, PyThreadState *ts)
{
    ThreadRecord *record = saved->owner;
    if (SAVED_RARELY(!thread_is(record, ts))) {
        record = find_record(ts);
    }
    saved->owed_to = NULL; /* where that is another interpreter's, it goes with it */
    atomic_store_explicit(&saved->life, LIFE_FREE, memory_order_release);
    if (SAVED_RARELY(record == NULL || record->free_count >= KEPT)) {
        give_slot(saved);
        return;
    }
    saved->next_free = record->free_slots;
    record->free_slots = saved;
    record->free_count++;
}

/* Makes of a Live state what it is when nothing will resume it. False where another interpreter, with a GIL of its own, was first. */
static bool
end_life(Saved *saved, uint32_t life)
{
    uint32_t live = LIFE_LIVE;
    return atomic_compare_exchange_strong_explicit(&saved->life, &live, life, memory_order_acq_rel, memory_order_relaxed);
}

void
saved_abandon(Saved *saved)
{
    if (end_life(saved, LIFE_ABANDONED)) {
        atomic_fetch_add_explicit(&abandoned, 1, memory_order_relaxed);
    }
}

uint64_t
saved_abandoned_count(void)
{
    return atomic_load_explicit(&abandoned, memory_order_relaxed);
}

/* ---- Who is gone ----------------------------------------------------------------------------------------------------------------- */

/* Releases what a Discarded state still owns, where that is the caller's interpreter's. Elsewhere it has gone with its interpreter, or will (AMB-29). */
static void
release_owed(Saved *saved, PyInterpreterState *callers)
{
    if (saved->owed_to != NULL && saved->owed_to == callers && saved->owed_to_id == PyInterpreterState_GetID(callers)) {
        saved->owed_to = NULL;
        flow_release(saved);
    }
}

/* Nothing will resume the flow. */
static void
settle(Saved *saved, PyInterpreterState *callers, bool releases)
{
    if (saved->has_frames) {
        saved_abandon(saved);
        return;
    }
    saved->owed_to = saved->owner->interp;
    saved->owed_to_id = saved->owner->interp_id;
    if (end_life(saved, LIFE_DISCARDED) && releases) {
        release_owed(saved, callers);
    }
}

static bool
is_live(const Saved *saved)
{
    return atomic_load_explicit(&saved->life, memory_order_acquire) == LIFE_LIVE;
}

/* The interpreter of a record, or NULL where it is gone. */
static PyInterpreterState *
interpreter_of(const ThreadRecord *record)
{
    PyInterpreterState *interp = PyInterpreterState_Head();
    while (interp != NULL && (interp != record->interp || PyInterpreterState_GetID(interp) != record->interp_id)) {
        interp = PyInterpreterState_Next(interp);
    }
    return interp;
}

/* Whether the thread state of a record still exists. */
static bool
thread_lives(const ThreadRecord *record)
{
    PyInterpreterState *interp = interpreter_of(record);
    PyThreadState *ts = interp == NULL ? NULL : PyInterpreterState_ThreadHead(interp);
    while (ts != NULL && ts->id != record->id) {
        ts = PyThreadState_Next(ts);
    }
    return ts != NULL;
}

/* Every slot that was ever used. */
#define EACH_SAVED(saved) \
    for (uint32_t c_ = 0; c_ < CHUNKS && atomic_load_explicit(&saved_chunks[c_], memory_order_acquire) != NULL; c_++) \
        for (Saved *saved = atomic_load_explicit(&saved_chunks[c_], memory_order_acquire), *end_ = saved + SLOTS_IN_CHUNK; saved < end_; saved++)

static bool take_out(ThreadRecord *record, uint64_t id);
static void give_record(ThreadRecord *record);

/* A thread state is gone: so is everything that it had suspended, and its record is free for another. */
static void
owner_gone(ThreadRecord *record, uint64_t id, PyInterpreterState *callers, bool releases)
{
    if (!take_out(record, id)) {
        return;
    }
    EACH_SAVED(saved) {
        if (is_live(saved) && saved->owner == record) {
            settle(saved, callers, releases);
        }
    }
#ifdef LAYOUT_HAS_DATA_STACK
    flow_free_chunks(record->spare);
    record->spare = NULL;
#endif
    give_record(record);
}

/* Whether a thread state is gone of which nobody would have heard. */
static bool
is_gone_unheard(const ThreadRecord *record)
{
    return record->id != 0 && record->watched_id == 0 && !thread_lives(record);
}

/* Whether the interpreter of a record is finalizing, or gone. */
static bool
interpreter_ends(const ThreadRecord *record)
{
    PyInterpreterState *interp = interpreter_of(record);
    return interp == NULL || layout_finalizing(interp);
}

void
saved_settle(Saved *saved, PyThreadState *ts, bool releases)
{
    if (is_live(saved)) {
        ThreadRecord *owner = saved->owner;
        if (is_gone_unheard(owner)) {
            owner_gone(owner, owner->id, ts->interp, releases);
        } else if (!thread_is(owner, ts) && interpreter_ends(owner)) {
            settle(saved, ts->interp, releases);
        }
    }
    if (releases) {
        release_owed(saved, ts->interp);
    }
}

void
saved_settle_all(PyThreadState *ts)
{
    EACH_SAVED(saved) {
        saved_settle(saved, ts, false);
    }
}

void
saved_settle_interpreter(PyThreadState *ts, bool releases)
{
    EACH_SAVED(saved) {
        if (is_live(saved) && saved->owner->interp == ts->interp) {
            settle(saved, ts->interp, releases);
        }
        if (releases) {
            release_owed(saved, ts->interp);
        }
    }
}

/* ---- Thread records -------------------------------------------------------------------------------------------------------------- */

static _Atomic(ThreadRecord *) *
bucket_of(PyInterpreterState *interp, uint64_t id)
{
    return &buckets[((uintptr_t)interp / 64 + id) % BUCKETS];
}

bool
thread_is_at_all(const ThreadRecord *record, const PyThreadState *ts)
{
    return record->id == ts->id && record->interp == ts->interp && record->interp_id == PyInterpreterState_GetID(ts->interp);
}

static SAVED_APART ThreadRecord *
search_record(PyThreadState *ts)
{
    ThreadRecord *record = atomic_load_explicit(bucket_of(ts->interp, ts->id), memory_order_acquire);
    while (record != NULL && !thread_is_at_all(record, ts)) {
        record = atomic_load_explicit(&record->next, memory_order_acquire);
    }
    if (record != NULL && record->watched_id != 0) {
        atomic_store_explicit(&recent, record, memory_order_release);
    }
    return record;
}

ThreadRecord *
thread_record(PyThreadState *ts)
{
    ThreadRecord *record = find_record(ts);
    if (record == NULL) {
        acquire();
        record = search_record(ts); /* a record taken out meanwhile can have led the search astray */
        if (record == NULL) {
            record = pool; /* there is one: saved_new, thread_watch */
            pool = atomic_load_explicit(&record->next, memory_order_relaxed);
            pool_size--;
            record->watched_id = 0;
            record->id = ts->id;
            record->interp = ts->interp;
            record->interp_id = PyInterpreterState_GetID(ts->interp);
            record->base = (Base){0, 0};
            record->shared = NULL;
            _Atomic(ThreadRecord *) *bucket = bucket_of(ts->interp, ts->id);
            atomic_store_explicit(&record->next, atomic_load_explicit(bucket, memory_order_relaxed), memory_order_relaxed);
            atomic_store_explicit(bucket, record, memory_order_release);
        }
        release();
    }
    return record;
}

/* Takes a record out of its bucket, so that it is nobody's. Whether it was that of the thread state with this id: somebody else can have been first. */
static bool
take_out(ThreadRecord *record, uint64_t id)
{
    acquire();
    bool is_there = id != 0 && record->id == id;
    if (is_there) {
        _Atomic(ThreadRecord *) *link = bucket_of(record->interp, id);
        while (atomic_load_explicit(link, memory_order_relaxed) != record) {
            link = &atomic_load_explicit(link, memory_order_relaxed)->next;
        }
        atomic_store_explicit(link, atomic_load_explicit(&record->next, memory_order_relaxed), memory_order_release);
        record->id = record->watched_id = 0;
    }
    release();
    return is_there;
}

/* Gives a record that is nobody's, and the slots that it keeps, to whoever needs them. */
static void
give_record(ThreadRecord *record)
{
    acquire();
    while (record->free_slots != NULL) {
        Saved *saved = record->free_slots;
        record->free_slots = saved->next_free;
        saved->next_free = free_slots;
        free_slots = saved;
    }
    record->free_count = 0;
    atomic_store_explicit(&record->next, pool, memory_order_relaxed);
    pool = record;
    pool_size++;
    release();
}

static bool
has_flows(const ThreadRecord *record)
{
    EACH_SAVED(saved) {
        if (is_live(saved) && saved->owner == record) {
            return true;
        }
    }
    return false;
}

/* Takes back the records of threads that have saved and are gone, of which nobody has heard because they have called no New. One whose flows
 * nobody has looked at since has to wait: settling them can run code, and New runs none. */
static void
reclaim_records(void)
{
    for (unsigned i = 0; i < BUCKETS; i++) {
        ThreadRecord *next;
        for (ThreadRecord *record = atomic_load_explicit(&buckets[i], memory_order_acquire); record != NULL; record = next) {
            next = atomic_load_explicit(&record->next, memory_order_acquire);
            if (is_gone_unheard(record) && !has_flows(record)) {
                owner_gone(record, record->id, NULL, false);
            }
        }
    }
}

#ifdef LAYOUT_C_RECURSION_LIMIT

int layout_c_recursion_limit = LAYOUT_C_RECURSION_LIMIT;

/* What a thread state has that was just made is the limit of the interpreter that runs. False where memory cannot be had. */
static bool
ask_c_recursion_limit(PyThreadState *ts)
{
    static _Atomic bool is_known;
    PyThreadState *fresh = is_known ? NULL : PyThreadState_New(ts->interp);
    if (fresh != NULL) {
        layout_c_recursion_limit = fresh->c_recursion_remaining;
        is_known = true;
        PyThreadState_Clear(fresh);
        PyThreadState_Delete(fresh);
    }
    return is_known;
}

#endif

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
    owner_gone(record, record->watched_id, record->interp, true);
}

static SAVED_APART ThreadRecord *
watch(PyThreadState *ts)
{
#ifdef HAVE_FORK
    static atomic_flag handles_fork = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&handles_fork)) {
        pthread_atfork(NULL, NULL, forget_lock);
    }
#endif
#ifdef LAYOUT_C_RECURSION_LIMIT
    if (!ask_c_recursion_limit(ts)) {
        return NULL;
    }
#endif
    if (pool_size <= slots_made) {
        reclaim_records();
    }
    acquire();
    bool enough = fill_pool(slots_made + 1);
    release();
    if (!enough) {
        return NULL;
    }
    ThreadRecord *record = thread_record(ts);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *dict = PyThreadState_GetDict(); /* borrowed; NULL without an exception where memory cannot be had */
    PyObject *watcher = dict == NULL ? NULL : PyCapsule_New(record, WATCHER, thread_gone);
    /* The key is this copy's own: extension modules that have PyState compiled in would otherwise drop each other's watchers. */
    PyObject *key = watcher == NULL ? NULL : PyUnicode_FromFormat(WATCHER ".%p", (void *)saved_chunks);
    bool is_watched = key != NULL && PyDict_SetItem(dict, key, watcher) == 0;
    Py_XDECREF(key);
    if (watcher != NULL && !is_watched) {
        PyCapsule_SetDestructor(watcher, NULL);
    }
    Py_XDECREF(watcher);
    PyErr_Restore(type, value, traceback);
    record->watched_id = is_watched ? record->id : 0;
    return is_watched ? record : NULL;
}

ThreadRecord *
thread_watch(PyThreadState *ts)
{
    ThreadRecord *record = atomic_load_explicit(&recent, memory_order_acquire);
    if (SAVED_RARELY(!thread_is(record, ts))) {
        record = search_record(ts);
        return record != NULL && record->watched_id != 0 ? record : watch(ts);
    }
    return record;
}
