/* The C ABI of a native plug-in: Save and Restore over the simulated thread state.
 *
 * The suite simulates an interpreter; a plug-in is what a C extension would do to its PyThreadState. The thread state and everything it
 * points to lie in one array of 64-bit words, and an address is an index into it. Where a field is depends on the CPython version that is
 * simulated: ask pystate_has(), read with pystate_get(), write with pystate_set(). Everything else is read and written with
 * pystate_load() and pystate_store(), which notice a pointer to memory that is gone before it can mislead anybody.
 *
 * A plug-in is a shared library that exports one function, pystate_plugin_main(). It is loaded into a child process, never into the suite:
 * a crash in it is the verdict of one clause, and the run goes on. docs/plug-ins.md goes through one from nothing to its first verdict;
 * SPEC.md says what every operation has to do.
 */
#ifndef PYSTATE_PLUGIN_H
#define PYSTATE_PLUGIN_H

#include <stdint.h>

#define PYSTATE_ABI 1

/* What an operation returns. After anything but PYSTATE_OK nothing has changed (ATOM-01). The numbers are those of the suite. */
enum {
    PYSTATE_OK = 0,
    PYSTATE_ENTERED = 4,            /* the Context object is entered by Context.run */
    PYSTATE_DETACHED = 7,           /* thread->attached is 0 */
    PYSTATE_FINALIZING = 8,         /* thread->finalizing is 1 */
    PYSTATE_INVALID_HANDLE = 9,     /* null, stale, or never handed out */
    PYSTATE_NOT_EMPTY = 10,         /* Save into a handle that holds or held something */
    PYSTATE_NOT_SAVED = 11,         /* nothing was saved in it yet */
    PYSTATE_CONSUMED = 12,          /* it was restored */
    PYSTATE_DISCARDED = 13,
    PYSTATE_ABANDONED = 14,
    PYSTATE_WRONG_INTERPRETER = 15,
    PYSTATE_WRONG_THREAD = 16,
    PYSTATE_PENDING = 17,           /* an exception is pending */
    PYSTATE_BAD_STACK = 18,         /* the bounds of a new C stack are invalid */
    PYSTATE_NO_MEMORY = 19,
    PYSTATE_HAS_FRAMES = 20,
    PYSTATE_HANDLING = 21,          /* an exception is being handled */
    PYSTATE_IN_RECURSION = 22,      /* the depth is not the one that the running flow began with */
    PYSTATE_TRACING = 23,           /* a trace or profile callback is running */
    PYSTATE_NOT_A_CONTEXT = 24
};

/* The fields of the thread state. A CPython version that lacks one reads 0, and must not write it. Names are those of cpython/pystate.h. */
enum {
    PYSTATE_FRAME = 1,                  /* frame, up to 3.10 */
    PYSTATE_CFRAME = 2,                 /* cframe, 3.10 to 3.12: PYSTATE_CFRAME_ words on the C stack */
    PYSTATE_ROOT_CFRAME = 3,            /* root_cframe: a structure inside the thread state; pystate_address() of it */
    PYSTATE_CURRENT_FRAME = 4,          /* current_frame, 3.13 on (before, it is in the cframe) */
    PYSTATE_BASE_FRAME = 5,             /* base_frame, 3.15: a structure inside the thread state */
    PYSTATE_USE_TRACING = 6,            /* use_tracing, up to 3.9 (then it is in the cframe) */
    PYSTATE_RECURSION_DEPTH = 7,        /* recursion_depth, up to 3.10 */
    PYSTATE_RECURSION_REMAINING = 8,    /* recursion_remaining, py_recursion_remaining, 3.11 on; signed */
    PYSTATE_RECURSION_LIMIT = 9,        /* recursion_limit, py_recursion_limit, 3.11 on; thread->recursion_limit has it on all versions */
    PYSTATE_C_RECURSION_REMAINING = 10, /* c_recursion_remaining, 3.12 and 3.13; PYSTATE_C_RECURSION_LIMIT less what is in use */
    PYSTATE_OVERFLOWED = 11,            /* overflowed, up to 3.9 */
    PYSTATE_RECURSION_CRITICAL = 12,    /* recursion_critical, up to 3.9 */
    PYSTATE_RECURSION_HEADROOM = 13,    /* recursion_headroom, 3.10 on */
    PYSTATE_EXC_STATE = 14,             /* exc_state: a structure of PYSTATE_EXC_ITEM_ words inside the thread state; owns its value */
    PYSTATE_EXC_INFO = 15,              /* exc_info */
    PYSTATE_CONTEXT = 16,               /* context (owned) */
    PYSTATE_CONTEXT_VER = 17,           /* context_ver */
    PYSTATE_DATASTACK_CHUNK = 18,       /* datastack_chunk, 3.11 on */
    PYSTATE_DATASTACK_TOP = 19,         /* datastack_top, 3.11 on */
    PYSTATE_DATASTACK_LIMIT = 20,       /* datastack_limit, 3.11 on */
    PYSTATE_DATASTACK_CACHED_CHUNK = 21, /* datastack_cached_chunk, 3.14 on */
    PYSTATE_TRASH_DELETE_NESTING = 22,  /* trash_delete_nesting, trash.delete_nesting, up to 3.12 */
    PYSTATE_TRACING_NESTING = 23,       /* tracing */
    PYSTATE_TRACE_EVENT = 24,           /* tracing_what, what_event, 3.11 on */
    PYSTATE_CURRENT_EXECUTOR = 25,      /* current_executor, 3.14 on (borrowed) */
    PYSTATE_C_STACK_TOP = 26,           /* c_stack_top, 3.14 on */
    PYSTATE_C_STACK_SOFT_LIMIT = 27,    /* c_stack_soft_limit, 3.14 on */
    PYSTATE_C_STACK_HARD_LIMIT = 28,    /* c_stack_hard_limit, 3.14 on */
    PYSTATE_PENDING_EXCEPTION = 29,     /* curexc_value, current_exception (owned) */
    PYSTATE_TRACE_FUNC = 30,            /* c_tracefunc */
    PYSTATE_TRACE_OBJ = 31,             /* c_traceobj */
    PYSTATE_PROFILE_FUNC = 32,          /* c_profilefunc */
    PYSTATE_PROFILE_OBJ = 33,           /* c_profileobj */
    PYSTATE_DICT = 34,                  /* dict (owned) */
    PYSTATE_ASYNC_EXC = 35,             /* async_exc */
    PYSTATE_ID = 36,                    /* id, unique within the interpreter */
    PYSTATE_EVAL_BREAKER = 37,          /* eval_breaker, 3.13 on */
    PYSTATE_LAST_PROFILED_FRAME = 38,   /* last_profiled_frame, 3.15 */
    PYSTATE_LAST_PROFILED_FRAME_SEQ = 39,
    PYSTATE_FIELDS = 40
};

/* The words of the structures that fields point to. */
enum {
    PYSTATE_CFRAME_USE_TRACING = 0,     /* 3.10, 3.11 */
    PYSTATE_CFRAME_CURRENT_FRAME = 1,   /* 3.11, 3.12 */
    PYSTATE_CFRAME_PREVIOUS = 2,

    PYSTATE_FRAME_LABEL = 0,            /* 0: an entry frame (3.12 on), or the base frame of 3.15: not the program's */
    PYSTATE_FRAME_PREVIOUS = 1,         /* the frame below */
    PYSTATE_FRAME_INSTRUMENTATION = 2,  /* unused in an entry frame */
    PYSTATE_FRAME_SPARE = 3,            /* unused by the interpreter */

    PYSTATE_EXC_ITEM_VALUE = 0,         /* owned */
    PYSTATE_EXC_ITEM_PREVIOUS = 1,

    PYSTATE_CHUNK_PREVIOUS = 2,
    PYSTATE_CHUNK_TOP = 3,
    PYSTATE_CHUNK_DATA = 4,             /* the first word for frames; in the root chunk it stays unused */
    PYSTATE_CHUNK_DATA_WORDS = 13
};

#define PYSTATE_C_RECURSION_LIMIT 1500

/* The bounds that CPython 3.14 keeps of a C stack, computed from the lowest address and the size. */
#define PYSTATE_STACK_TOP(low, size) ((low) + (size))
#define PYSTATE_STACK_SOFT_LIMIT(low) ((low) + 8)
#define PYSTATE_STACK_HARD_LIMIT(low) ((low) + 4)

/* The calling thread. */
typedef struct pystate_thread {
    uint64_t address;                   /* of the thread state; a later thread can have it again */
    uint64_t instrumentation_version;   /* in force, 3.12 on */
    int64_t recursion_limit;            /* in force */
    uint32_t index;                     /* 0 to 2 */
    uint32_t interpreter;               /* 0 or 1 */
    uint32_t attached;
    uint32_t finalizing;
} pystate_thread;

/* The C stack that runs after a Save. */
typedef struct pystate_stack {
    uint64_t is_new;                    /* 0: the C stack in force stays in force */
    uint64_t low;                       /* 0 is invalid */
    uint64_t size;                      /* in words; 0 is invalid */
} pystate_stack;

/* What the suite offers. The functions from pystate_load() on are what to call; the members are what they are made of. */
typedef struct pystate_host {
    uint32_t abi;
    uint32_t version;                   /* the minor version that is simulated: 8 to 15 */
    uint64_t *memory;
    uint64_t words;
    uint64_t released;                  /* not 0: a reference was released during this Restore, so that each write is looked at */
    uint64_t offset[PYSTATE_FIELDS];
    void *suite;
    uint64_t (*bad_load)(struct pystate_host *, uint64_t address);
    void (*watched_store)(struct pystate_host *, uint64_t address, uint64_t value);
    void (*absent_field)(struct pystate_host *, uint32_t field);
    void (*incref)(struct pystate_host *, uint64_t reference);
    void (*decref)(struct pystate_host *, uint64_t reference);
    uint64_t (*allocate_state)(struct pystate_host *);
    void (*free_state)(struct pystate_host *, uint64_t address);
    void (*free_chunk)(struct pystate_host *, uint64_t address);
    int (*is_context)(struct pystate_host *, uint64_t reference);
    int (*is_entered)(struct pystate_host *, uint64_t context);
    void (*instrument)(struct pystate_host *, uint64_t frame);
    void (*visit)(struct pystate_host *, uint64_t reference);
} pystate_host;

/* What a plug-in supplies. What it leaves NULL is not offered: the clauses about it are not observable. Required are reset, new_state,
 * save, restore and drop. */
typedef struct pystate_plugin {
    uint32_t abi;                       /* PYSTATE_ABI */
    const char *name;                   /* for reports */
    const char *version;

    /* A new process: no handle that was given out exists any more. Called before every script. */
    void (*reset)(pystate_host *);

    /* Ok, Detached, Finalizing, NoMemory. */
    int (*new_state)(pystate_host *, const pystate_thread *, uint64_t *handle);
    /* Ok, Detached, Finalizing, InvalidHandle, NotEmpty, Pending, BadStack. */
    int (*save)(pystate_host *, const pystate_thread *, uint64_t handle, const pystate_stack *next);
    /* Ok, Detached, Finalizing, InvalidHandle, NotSaved, Consumed, Discarded, Abandoned, WrongInterpreter, WrongThread, Pending, HasFrames,
     * Handling, InRecursion, Tracing. */
    int (*restore)(pystate_host *, const pystate_thread *, uint64_t handle);
    /* Ok, Detached, Finalizing, InvalidHandle, NotSaved, Consumed, Discarded, Abandoned, WrongInterpreter, HasFrames. */
    int (*discard)(pystate_host *, const pystate_thread *, uint64_t handle);
    /* Ok, Detached, InvalidHandle. */
    int (*drop)(pystate_host *, const pystate_thread *, uint64_t handle);

    /* Introspection: as discard, without HasFrames; set_context then NotAContext, Entered. */
    int (*top_frame)(pystate_host *, const pystate_thread *, uint64_t handle, uint64_t *frame);        /* borrowed */
    int (*get_context)(pystate_host *, const pystate_thread *, uint64_t handle, uint64_t *context);    /* a new reference, 0 if none */
    int (*set_context)(pystate_host *, const pystate_thread *, uint64_t handle, uint64_t value);       /* borrowed, 0 for none */
    int (*traverse)(pystate_host *, const pystate_thread *, uint64_t handle);                          /* host->visit() each owned reference */
    int (*clear)(pystate_host *, const pystate_thread *, uint64_t handle);
    int (*abandoned_count)(pystate_host *);

    /* A thread state is about to go, an interpreter begins to finalize. */
    void (*thread_gone)(pystate_host *, const pystate_thread *);
    void (*interpreter_finalizing)(pystate_host *, const pystate_thread *);
} pystate_plugin;

#if defined(_WIN32)
#define PYSTATE_EXPORT __declspec(dllexport)
#else
#define PYSTATE_EXPORT __attribute__((visibility("default")))
#endif

/* The one function that a plug-in exports: what it supplies, valid for as long as it is loaded. */
PYSTATE_EXPORT const pystate_plugin *pystate_plugin_main(void);

/* Memory that is not there is filled with one of four words: a vacated C stack, freed memory, the null page, what nothing was allocated in. */
#define PYSTATE_GONE(word) ((word) - 0xDDDDDDDDDDDDDDDDu <= 3)

/* Reads a word; one that is gone is a fault of the plug-in and reads 0. */
static inline uint64_t pystate_load(pystate_host *host, uint64_t address)
{
    if (address < host->words) {
        uint64_t word = host->memory[address];
        if (!PYSTATE_GONE(word)) {
            return word;
        }
    }
    return host->bad_load(host, address);
}

/* Writes a word; what is overwritten must not be gone. */
static inline void pystate_store(pystate_host *host, uint64_t address, uint64_t value)
{
    if (host->released == 0 && address < host->words && !PYSTATE_GONE(host->memory[address])) {
        host->memory[address] = value;
    } else {
        host->watched_store(host, address, value);
    }
}

/* Whether the simulated version has a field. */
static inline int pystate_has(const pystate_host *host, uint32_t field)
{
    return host->offset[field] != 0;
}

/* The address of a field that the version has. */
static inline uint64_t pystate_address(const pystate_host *host, const pystate_thread *thread, uint32_t field)
{
    return thread->address + host->offset[field];
}

/* Reads a field; 0 where the version lacks it. */
static inline uint64_t pystate_get(pystate_host *host, const pystate_thread *thread, uint32_t field)
{
    return pystate_load(host, thread->address + host->offset[field]);
}

/* Writes a field; one that the version lacks is a fault. */
static inline void pystate_set(pystate_host *host, const pystate_thread *thread, uint32_t field, uint64_t value)
{
    if (host->offset[field] == 0) {
        host->absent_field(host, field);
    } else {
        pystate_store(host, thread->address + host->offset[field], value);
    }
}

/* The frame in force at the bottom of an empty flow: 0, or the thread state's own base frame on 3.15. */
static inline uint64_t pystate_no_frame(const pystate_host *host, const pystate_thread *thread)
{
    return pystate_has(host, PYSTATE_BASE_FRAME) ? pystate_address(host, thread, PYSTATE_BASE_FRAME) : 0;
}

/* The innermost frame, wherever the version keeps it; 0 if there is none. */
static inline uint64_t pystate_top_frame(pystate_host *host, const pystate_thread *thread)
{
    uint64_t frame = host->version <= 10 ? pystate_get(host, thread, PYSTATE_FRAME)
        : host->version <= 12 ? pystate_load(host, pystate_get(host, thread, PYSTATE_CFRAME) + PYSTATE_CFRAME_CURRENT_FRAME)
        : pystate_get(host, thread, PYSTATE_CURRENT_FRAME);
    return frame == pystate_no_frame(host, thread) ? 0 : frame;
}

#endif
