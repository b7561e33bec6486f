/* The extension module _pystate_api: executes scripts of the API's alphabet against the functions of pystate.h. Internal to its files.
 *
 * What makes this different from the driver of switchers: Restore needs a thread without Python frames, and so the command loop is C. A
 * flow at its base is a C function and nothing else. Where a command opens a block that has a Python frame, C calls a labelled Python
 * function, and that function calls the loop again. Where it opens one that has none, a handler, an entered Context object, C recursion, a
 * trace function written in C, the loop goes on and keeps a record: on the heap, so that it can be released although the C stack
 * of its flow is gone (OBL-16). */
#ifndef APIDRIVER_H
#define APIDRIVER_H

#ifndef Py_BUILD_CORE_MODULE
#  define Py_BUILD_CORE_MODULE 1
#endif
#include "../pystate.h"
#include "../layout.h"
#include "../cstack.h"

#include <pthread.h>
#include <stdbool.h>

#define THREADS 2
#define HANDLES 4
#define GENERATORS 2
#define USER_CONTEXTS 2
#define MAXIMUM_BLOCKS 12
#define MAXIMUM_GENERATOR_HANDLERS 3

/* What a loop returns to the block that runs it; the bodies in driver.py know these numbers. */
typedef enum { GO_ON = 0, LEAVE = 1, UNWIND = 2, YIELD = 3, HANDLE = 4 } Signal;

/* Kinds of blocks; up to TRASHCAN they have a frame, but for a callback that is C_FUNCTION. */
typedef enum { CALL = 1, GENERATOR, CALLBACK, FINALIZER, REPR, TRASHCAN, HANDLER = 8, CONTEXT, NATIVE, RECOVERING, KINDS } BlockKind;

#define C_FUNCTION 2

typedef struct {
    unsigned char kind, argument;
    bool has_loop;              /* a loop of its own runs in it, so that leaving it ends that loop */
    _PyErr_StackItem replaced;  /* HANDLER in C: what was handled outside; owned */
    PyObject *context;          /* CONTEXT: what was entered; owned */
    int event;                  /* CALLBACK in C: the event outside */
} Block;

typedef struct Thread Thread;

/* A flow: what a thread runs, or what a saved state holds. */
typedef struct Flow {
    CStack_Flow stack; /* the first member: CStack hands it to begin() */
    Thread *thread;
    struct Flow *next;     /* of all that the script has */
    CStack_Bounds bounds;  /* of the stack it runs on; low is NULL where that is the system's */
    Block blocks[MAXIMUM_BLOCKS];
    int count;
    int bodies;         /* which set of labelled functions it calls */
    bool is_abandoned;
    char overflow;      /* see protect() */
    int c_depth_hidden; /* what raw does not count of the C depth at which it began */
} Flow;

/* A thread of the script. It has a thread state of its own and no Python code below its flows. */
struct Thread {
    int number;
    bool has_started, is_exiting, is_gone;
    PyThreadState *ts;
    CStack_Thread *stacks;
    Flow *running;
    int tracer, profiler; /* which functions are set */
    /* A Restore on its way: who asked for it, who has ended for it, and the answer. */
    PyState_Handle restoring;
    Flow *asking, *ended;
    PyState_Status answer;
#ifdef LAYOUT_HAS_STACK_BOUNDS
    uintptr_t c_stack[3]; /* of the system's own stack: top, soft limit, hard limit */
#endif
};

typedef struct {
    unsigned char operation, a, b;
} Command;

/* One variable of a script that holds a handle. */
typedef struct {
    PyState_Handle value; /* stays when the handle dies, so that a stale one can be used */
    bool is_in_use;
    Flow *flow;           /* while its state is Live */
} Variable;

typedef struct {
    PyObject *slot;     /* a driver.Generator, or NULL */
    unsigned char handlers[MAXIMUM_GENERATOR_HANDLERS];
    int count;          /* of the handlers, while it is suspended */
} Generator;

/* The script that runs. There is one at a time. */
typedef struct {
    uint32_t number;
    const Command *commands;
    uint32_t count, position;
    Thread threads[THREADS];
    Thread *active;
    Flow *flows;
    Variable variables[HANDLES];
    Generator generators[GENERATORS];
    PyObject *contexts[USER_CONTEXTS];
    uint64_t abandoned_before;
    int abandoned_frames;
    bool is_ending, is_torn_down, is_detached; /* torn down: a thread has taken the teardown on itself */
    bool is_given_up;
    /* Of the command that was executed last. */
    const char *status;
    int probe;
    bool has_left;      /* a call */
    PyObject *shown;    /* labels to be shown as the frames, or NULL; owned */
    int wide, allocations;
} Script;

extern Script script;

/* The Python side: attributes of the module given to setup(). Borrowed from that module, which lives as long as the process. */
extern PyObject *python;

/* Says what is wrong with the driver itself and ends the process. */
_Noreturn void driver_failed(const char *what);

/* ---- loop.c ---- */

/* The command loop of the flow that runs. Returns when the innermost block that has a loop is left, or everything is. */
Signal run_loop(Flow *flow);

/* Calls a function of the Python side, which must not fail. format is as for PyObject_CallFunction, with parentheses or NULL. New reference. */
PyObject *call_python(const char *name, const char *format, ...);

/* What must not be seen or disturbed by code that the driver runs between two commands. */
typedef struct {
    PyObject *type, *value, *traceback;
    char overflow;
} Protected;

/* Takes the pending exception away; keeps `overflowed`, which up to 3.9 every return from a recursive call resets where the depth is low. */
Protected protect(void);

/* Puts it back. */
void unprotect(Protected kept);

/* ---- blocks.c ---- */

/* How many labelled frames a flow has. */
int frames_of(const Flow *flow);

/* Opens a block or does one of the structural commands that come with blocks. */
Signal enter_call(Flow *flow, int n);
Signal enter_finalizer(Flow *flow);
Signal enter_repr(Flow *flow);
Signal enter_trashcan(Flow *flow);
Signal enter_callback(Flow *flow, int which);
Signal enter_c_callback(Flow *flow);
Signal enter_generator(Flow *flow, int g);
Signal enter_handler(Flow *flow, int exception);
Signal enter_context(Flow *flow, int k);
Signal enter_native(Flow *flow);
Signal enter_recovering(Flow *flow);
Signal leave(Flow *flow);
Signal yield_generator(Flow *flow);

/* Leaves the blocks without a frame that are innermost, of a flow that runs. */
void leave_innermost(Flow *flow);

/* Lets go of what the blocks of a frameless flow hold, without running or unwinding it: nobody will. */
void release_blocks(Flow *flow);

/* User Context object k, made at its first use. Borrowed. */
PyObject *user_context(int k);

/* Whether a Context object is entered. */
bool is_entered(PyObject *context);

/* ---- flows.c ---- */

/* Runs the script on threads of its own, from its first command to its teardown. Called without an attached thread state. */
void run_threads(PyInterpreterState *interp);

/* Suspends the flow in a variable's state and runs a fresh one; returns once it is resumed, or at once where Save refuses. */
PyState_Status save_flow(Flow *flow, Variable *variable, int stack);

/* Resumes the flow of a variable's state. Returns only where Restore refuses. */
PyState_Status restore_flow(Flow *flow, Variable *variable);

/* Nobody will run a suspended, frameless flow any more: its C stack and blocks go. */
void retire_flow(Flow *flow);

/* The same for one with frames: everything stays as it is. */
void abandon_flow(Flow *flow);

/* Passes the baton to the other thread and waits until it is back. */
void pass_baton(Thread *from, int to);

/* ---- calls.c ---- */

PyState_Status call_new(Variable *variable, bool fails);
PyState_Status call_discard(Variable *variable);
PyState_Status call_drop(Variable *variable);
PyState_Status call_top(Variable *variable);
PyState_Status call_traverse(Variable *variable);

/* These can be inapplicable, for which they answer -1. */
int call_get_context(Variable *variable, int k);
int call_set_context(Variable *variable, int k);

/* ---- raw.c ---- */

/* Puts allocators that count in front of the interpreter's. */
void raw_setup(void);

/* What a kind of block adds to the C depth and to the trashcan's nesting beyond what the model counts of it, as calibration has found: it is
 * not shown. Kind 0 is a handler in a generator. */
void raw_set_cost(int kind, int c_depth, int trash);

/* The C depth in use at the end of a flow's blocks that is not counted: at the base of one that begins on the SAME stack, it stays. */
int raw_hidden_c_depth(const Flow *flow);

/* How many chunks of data stack there are that were allocated since, less those that were given back twice. */
int raw_chunks(void);

/* Ends the process where a chunk that was given back, and is kept here, was written to since. */
void raw_check_spare_chunks(void);

/* While on, every allocation fails. */
void raw_fail_allocations(bool on);

/* Around a Save or a Restore: what is thread-wide must not change, nothing may be allocated in a Save. */
void raw_watch(PyThreadState *ts);
void raw_watched(PyThreadState *ts, bool is_save);

/* The raw values as the Python side takes them, read before anything else is. New reference, never NULL. */
PyObject *raw_sample(Flow *flow);

#endif
