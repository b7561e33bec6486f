/* The machine of SPEC.md once more, in Promela: its rules from SPEC.md's text, not from the model in C#, on which it is a second opinion.
 *
 * edges.sh compiles it for a bound and writes the graph that SPIN finds. The bound is given by macros:
 *
 *   THREADS   1 to 3; thread 2 is of a second interpreter        HANDLES  1 to 4, the variables for handles
 *   DEPTH     0 to 6, how many blocks a flow nests               VALUES   1 to 3, how many labels, exceptions and values there are
 *   CPYTHON   8 to 15, the minor version                         BASE     how deep a flow may begin
 *   CMD_name  1 for each command that is explored
 *
 * A command that would lead out of the bound is not executable. Everything else that a script can ask for is one step: it sets the outcome, and
 * changes the state or does not. A clause id stands where its rule is. script.pml lists the commands, bound.h unrolls what depends on the bound,
 * edges.h writes. `:: else` alone is "and otherwise nothing".
 */
#include "bound.h"

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 10: the closed list of statuses.
 */
#define OK                 0
#define INAPPLICABLE       1
#define ENTERED            2
#define LIMIT_TOO_LOW      3
#define DETACHED           4
#define FINALIZING         5
#define INVALID_HANDLE     6
#define NOT_EMPTY          7
#define NOT_SAVED          8
#define CONSUMED           9
#define DISCARDED         10
#define ABANDONED         11
#define WRONG_INTERPRETER 12
#define WRONG_THREAD      13
#define PENDING           14
#define BAD_STACK         15
#define NO_MEMORY         16
#define HAS_FRAMES        17
#define HANDLING          18
#define IN_RECURSION      19
#define TRACING           20
#define NOT_A_CONTEXT     21
#define RECURSION_ERROR   22

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 11.3: what the version has.
 */
#define DEPTH_FOLLOWS_C_STACK (CPYTHON <= 10)                   /* STACK-05 */
#define C_RECURSION_IS_DEPTH  (CPYTHON <= 11)
#define C_RECURSION_COUNTED   (CPYTHON == 12 || CPYTHON == 13)  /* STACK-01 */
#define JIT_CAN_BE           (CPYTHON >= 13)
#define EXECUTOR_KEPT         (CPYTHON >= 14)                   /* READY-10 */

/* -------------------------------------------------------------------------------------------------------------------------------
 * Where the other model reads SPEC.md differently (docs/decisions/0012): 1 is the reading of the text here, edges.sh --concede makes it 0.
 */
#ifndef READ_handler_level      /* AMB-21: an asynchronous exception waits for a level of recursion; or its handler needs none */
#define READ_handler_level 1
#endif
#ifndef READ_entered_abroad     /* AMB-38: to SetContext in the second interpreter an entered object is `entered`, an error of the API; or inapplicable */
#define READ_entered_abroad 1
#endif

/* -------------------------------------------------------------------------------------------------------------------------------
 * A flow (section 5.2) is what it has entered and not left, from the outermost block to the innermost: every context-local component is a function
 * of that, but for the Context object. Kinds of blocks, those with a Python frame first:
 */
#define NONE        0
#define CALL        1                  /* CALL + l: a function with the label l */
#define TRACE       4                  /* a trace function written in Python, called */
#define PROFILE     5
#define DEL         6                  /* __del__ */
#define REPR        7                  /* __repr__, called by C recursion */
#define TRASH       8                  /* __del__, run by a nested deallocation */
#define JIT         9                  /* JIT + l: a function that runs in an executor */
#define LAST_FRAME  11
#define EXCEPT      11                 /* EXCEPT + e: exception e is being handled, e from 1 */
#define CLEARED     14                 /* CLEARED + e: it was, and Clear took it */
#define LAST_EXCEPT 17
#define CTRACE      18                 /* a trace function written in C, called */
#define NATIVE      19                 /* C recursion without a frame */
#define RECOVERING  20                 /* a RecursionError is being made */
#define CONTEXT     21                 /* the user's Context object is entered */

typedef Flow {
	byte block[ROOM];
	unsigned count : 3;            /* blocks there are */
	unsigned base : 3;             /* the Python depth at which the flow began */
	unsigned cbase : 3;            /* the C depth at which it began */
	bool context                   /* it has a Context object: the user's, there is no other */
};

#define is_frame(b)     (b >= CALL && b <= LAST_FRAME)
#define is_except(b)    (b > EXCEPT && b <= LAST_EXCEPT)
#define is_tracing(b)   (b == TRACE || b == PROFILE || b == CTRACE)
#define is_context(b)   (b == CONTEXT)
#define is_jit(b)       (b >= JIT && b < JIT + 3)
#define exception(b)    (b <= CLEARED -> b - EXCEPT : 0)

/* Levels of recursion depth (section 11.3): a frame is one, and up to 3.11 C recursion without a frame is one. On 3.12 and 3.13 C recursion has a count of
 * its own, in which __repr__ counts too (AMBIENT-04). */
#define is_recursion(b) (b == NATIVE || b == REPR)
#define levels(b)       (is_frame(b) + (C_RECURSION_IS_DEPTH && b == NATIVE))
#define clevels(b)      (C_RECURSION_COUNTED && is_recursion(b))

#define has_frames(f)   (ANY_BLOCK(f, is_frame))                   /* AMB-04 */
#define depth(f)        (f.base + SUM_BLOCKS(f, levels))           /* RESTORE-03 */
#define cdepth(f)       (f.cbase + SUM_BLOCKS(f, clevels))
#define tracing(f)      (ANY_BLOCK(f, is_tracing))                 /* READY-05 */
#define in_context(f)   (ANY_BLOCK(f, is_context))
#define executor(f)     (EXECUTOR_KEPT && ANY_BLOCK(f, is_jit))
#define handled(f)      (INNERMOST(f, is_except, exception))       /* the thread state's own entry: the innermost one (AMB-33); 0 for none */

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 5.1: threads. The flow is context-local; what else a thread has is thread-wide (the WIDE clauses) or a precondition (pending).
 */
typedef Thread {
	Flow flow;
	unsigned pending : 2;          /* the pending exception */
	unsigned trace_function : 2;   /* WIDE-01 */
	unsigned profile_function : 2; /* WIDE-02 */
	unsigned own_value : 2;        /* WIDE-03 */
	unsigned async : 2             /* WIDE-04: the asynchronous exception that waits */
};

/* Section 5.3: saved states, each under the variable that holds its handle. */
#define NULL_HANDLE   0
#define EMPTY         1
#define LIVE          2
#define WAS_CONSUMED  3
#define WAS_DISCARDED 4
#define WAS_ABANDONED 5
#define DROPPED       6

typedef Handle {
	unsigned life : 3;
	unsigned owner : 2;            /* of a live one: the thread that saved it */
	Flow flow                      /* of a live one */
};

/* The user's Context object: CPython marks the object itself (AMB-19). */
#define NEVER_MADE     0
#define LEFT           1
#define ENTERED_FIRST  2   /* entered by a flow that had no Context object */
#define ENTERED_WITHIN 3   /* entered by a flow that had this one already */

Thread thread[THREADS];
Handle handle[HANDLES];
unsigned running : 2;                  /* the thread that runs */
bool detached;                         /* it has no attached thread state */
bool finalizing;                       /* its interpreter is finalizing: no other thread runs from then on */
unsigned user_context : 2;
byte limit[2];                         /* which of three limits an interpreter has */

/* Not of the state: what a command answers, and what it works with. */
hidden byte outcome;
hidden short number;                   /* what it gives besides the status */
hidden byte place;
hidden byte python_depth;
hidden byte c_depth;

#define me                 thread[running]
#define interpreter(t)     (t == 2)
#define context_entered    (user_context == ENTERED_FIRST || user_context == ENTERED_WITHIN)

/* Commands of a script that are no operations do not apply where there is no thread state to run them, where the interpreter is finalizing, or where an
 * exception is pending (section 9.2). */
#define runs               (!detached && !finalizing && me.pending == 0)

/* The three recursion limits of a script; which one an interpreter has is its own (WIDE-05). */
#define limit_of(k)        (k == 0 -> 1000 : (k == 1 -> 40 : 6))
#define limit_in(t)        limit_of(limit[interpreter(t)])
#define level(t, n, top)   (depth(thread[t].flow) + (n) <= top)

/* AMBIENT-06, AMB-21: an asynchronous exception is raised by the first command of its thread after which there are a frame, and a level to handle it. */
#define raised(t, top)     (thread[t].async != 0 && has_frames(thread[t].flow) && (!READ_handler_level || level(t, 1, top)))

inline copy_flow(to, from) {
#define COPY_BLOCK(i) to.block[i] = from.block[i]
	EACH_BLOCK(COPY_BLOCK);
	to.count = from.count;
	to.base = from.base;
	to.cbase = from.cbase;
	to.context = from.context
}

/* The ready value of every context-local component (section 6), on a flow that begins at these depths. */
inline make_ready(x, at, c_at) {
#define EMPTY_BLOCK(i) x.block[i] = NONE
	EACH_BLOCK(EMPTY_BLOCK);
	x.count = 0;
	x.base = at;
	x.cbase = c_at;
	x.context = false
}

inline push(kind) {
	me.flow.block[me.flow.count] = kind;
	me.flow.count++
}

/* A flow ends: what it had entered without leaving it is ended too (AMB-34). */
inline leave_context_of(x) {
	if
	:: in_context(x) -> user_context = LEFT
	:: else
	fi
}

/* An event ends the thread or the interpreter of a live state: sections 5.3 and 8, AMBIENT-07 to 09. */
inline strand(h) {
	if
	:: has_frames(handle[h].flow) -> handle[h].life = WAS_ABANDONED
	:: else -> leave_context_of(handle[h].flow); handle[h].life = WAS_DISCARDED
	fi;
	forget(h)
}

/* What is not live has no owner and no flow. */
inline forget(h) {
	handle[h].owner = 0;
	make_ready(handle[h].flow, 0, 0)
}

inline new_thread_state(t) {
	make_ready(thread[t].flow, 0, 0);
	thread[t].pending = 0;
	thread[t].trace_function = 0;
	thread[t].profile_function = 0;
	thread[t].own_value = 0;
	thread[t].async = 0
}

inline deliver() {
	if
	:: raised(running, limit_in(running)) -> push(EXCEPT + me.async); me.async = 0
	:: else
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 7: the checks, in the order of the table. The first that fails decides.
 */
#define gone(h) (handle[h].life == NULL_HANDLE || handle[h].life == DROPPED)
#define foreign(h) (interpreter(handle[h].owner) != interpreter(running))

#define check_new(h, memory) \
	(detached                                -> DETACHED :        /* HANDLE-04 */ \
	(finalizing                              -> FINALIZING :      /* HANDLE-04 */ \
	(!gone(h)                                -> INAPPLICABLE :    /* no variable to put it in: section 9 */ \
	(memory == FAILS                         -> NO_MEMORY :       /* HANDLE-04 */ \
	OK))))

#define check_save(h, stack) \
	(detached                                -> DETACHED :        /* SAVE-01 */ \
	(finalizing                              -> FINALIZING :      /* SAVE-02 */ \
	(gone(h)                                 -> INVALID_HANDLE :  /* HANDLE-01 */ \
	(handle[h].life != EMPTY                 -> NOT_EMPTY :       /* SAVE-04 */ \
	(me.pending != 0                         -> PENDING :         /* SAVE-03 */ \
	(stack == IMPOSSIBLE                     -> BAD_STACK :       /* STACK-03 */ \
	OK))))))

/* What Restore, Discard and introspection have in common, up to the interpreter; then come the operation's own. */
#define check_live(h, own) \
	(detached                                -> DETACHED :        /* RESTORE-11, DISCARD-03, INTRO-07 */ \
	(finalizing                              -> FINALIZING :      /* RESTORE-12, DISCARD-03, INTRO-07 */ \
	(gone(h)                                 -> INVALID_HANDLE :  /* HANDLE-01 */ \
	(handle[h].life == EMPTY                 -> NOT_SAVED :       /* RESTORE-13, DISCARD-03, INTRO-07 */ \
	(handle[h].life == WAS_CONSUMED          -> CONSUMED :        /* RESTORE-14, DISCARD-03, INTRO-07 */ \
	(handle[h].life == WAS_DISCARDED         -> DISCARDED :       /* RESTORE-15, DISCARD-03, INTRO-07 */ \
	(handle[h].life == WAS_ABANDONED         -> ABANDONED :       /* RESTORE-16, DISCARD-03, INTRO-07 */ \
	(foreign(h)                              -> WRONG_INTERPRETER : /* RESTORE-17, DISCARD-04, INTRO-07 */ \
	own))))))))

#define check_restore(h) check_live(h, \
	(handle[h].owner != running              -> WRONG_THREAD :    /* RESTORE-18 */ \
	(me.pending != 0                         -> PENDING :         /* RESTORE-19 */ \
	(has_frames(me.flow)                     -> HAS_FRAMES :      /* RESTORE-20 */ \
	(handled(me.flow) != 0                   -> HANDLING :        /* RESTORE-21 */ \
	(depth(me.flow) != me.flow.base || cdepth(me.flow) != me.flow.cbase -> IN_RECURSION : /* RESTORE-22 */ \
	(tracing(me.flow)                        -> TRACING :         /* RESTORE-23 */ \
	OK)))))))

#define check_discard(h) check_live(h, \
	(has_frames(handle[h].flow)              -> HAS_FRAMES :      /* DISCARD-02 */ \
	OK))

#define check_drop(h) \
	(detached                                -> DETACHED :        /* HANDLE-03 */ \
	(gone(h)                                 -> INVALID_HANDLE :  /* HANDLE-01 */ \
	OK))

#define check_introspection(h) check_live(h, OK)

#define given_abroad(object) (object == USER_CONTEXT && interpreter(running) != 0)
#define check_set_context(h, object) check_live(h, \
	(object == OTHER_OBJECT                  -> NOT_A_CONTEXT :   /* INTRO-03 */ \
	(!READ_entered_abroad && given_abroad(object) -> INAPPLICABLE : \
	(context_entered && (handle[h].flow.context || object == USER_CONTEXT) -> ENTERED : /* INTRO-04 */ \
	(given_abroad(object)                    -> INAPPLICABLE :    /* AMB-38 */ \
	OK)))))

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 7.1: New
 */
#define FITS    0
#define FAILS   1

inline op_new(h, memory) {
	outcome = check_new(h, memory);
	if
	:: outcome == OK -> handle[h].life = EMPTY
	:: else
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 7.2: Save
 */
#define SAME       0
#define NEW        1
#define IMPOSSIBLE 2

#define next_base(stack)  (stack == SAME && DEPTH_FOLLOWS_C_STACK -> depth(me.flow) : 0)   /* STACK-05, AMB-02 */
#define next_cbase(stack) (stack == SAME -> cdepth(me.flow) : 0)                           /* STACK-01 */

inline op_save(h, stack) {
	outcome = check_save(h, stack);
	if
	:: outcome == OK ->
		handle[h].life = LIVE;
		handle[h].owner = running;                            /* AMB-27 */
		python_depth = next_base(stack);
		c_depth = next_cbase(stack);
		copy_flow(handle[h].flow, me.flow);                   /* SAVE-06 */
		make_ready(me.flow, python_depth, c_depth)            /* READY-01 to READY-10 */
	:: else
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 7.3: Restore
 */
inline op_restore(h) {
	outcome = check_restore(h);
	if
	:: outcome == OK ->
		leave_context_of(me.flow);                            /* OBL-16, AMB-34 */
		copy_flow(me.flow, handle[h].flow);                   /* RESTORE-01 to RESTORE-10; RESTORE-24 */
		handle[h].life = WAS_CONSUMED;                        /* RESTORE-25 */
		forget(h)
	:: else
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 7.4: Discard
 */
inline op_discard(h) {
	outcome = check_discard(h);
	if
	:: outcome == OK ->
		leave_context_of(handle[h].flow);                     /* OBL-16, AMB-34 */
		handle[h].life = WAS_DISCARDED;                       /* DISCARD-01 */
		forget(h)
	:: else
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 7.5: Drop
 */
inline op_drop(h) {
	outcome = check_drop(h);
	if
	:: outcome == OK ->
		if
		:: handle[h].life == LIVE && !has_frames(handle[h].flow) && !foreign(h) -> leave_context_of(handle[h].flow) /* as by Discard */
		:: else                                               /* HANDLE-03: abandoned, nothing is released; or nothing is held */
		fi;
		handle[h].life = DROPPED;
		forget(h)
	:: else
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 7.6: introspection
 */
#define USER_CONTEXT 0
#define NO_CONTEXT   2
#define OTHER_OBJECT 3

inline op_top(h) {
	outcome = check_introspection(h)                              /* INTRO-01; which frame is told by the state */
}

/* The script puts what it is given into its variable for the user's Context object: not while that is entered, and not from the second interpreter. */
#define check_get_context(h) check_live(h, (context_entered || interpreter(running) != 0 -> INAPPLICABLE : OK))

inline op_get_context(h) {
	outcome = check_get_context(h);                               /* INTRO-02 */
	number = handle[h].flow.context
}

inline op_set_context(h, object) {
	outcome = check_set_context(h, object);
	if
	:: outcome == OK ->
		handle[h].flow.context = (object == USER_CONTEXT);    /* INTRO-03 */
		user_context = (object == USER_CONTEXT -> LEFT : user_context) /* made where it was not, and not entered */
	:: else
	fi
}

inline op_traverse(h) {
	outcome = check_introspection(h);                             /* INTRO-05 */
	number = handle[h].flow.context + (handled(handle[h].flow) != 0) + executor(handle[h].flow)
}

/* Clear takes what the thread state's own entry holds: the innermost handled exception (AMB-33). */
inline clear_entry(x) {
	place = x.count;
	do
	:: place > 0 && !is_except(x.block[place - 1]) -> place--
	:: else -> break
	od;
	if
	:: place > 0 && x.block[place - 1] <= CLEARED ->
		x.block[place - 1] = x.block[place - 1] - EXCEPT + CLEARED
	:: else
	fi;
	place = 0
}

inline op_clear(h) {
	outcome = check_introspection(h);
	if
	:: outcome == OK && !has_frames(handle[h].flow) ->            /* INTRO-06 */
		handle[h].flow.context = false;
		clear_entry(handle[h].flow)
	:: else
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * What a script enters and leaves (BASE-01, section 8). Entering needs n levels below the recursion limit.
 */
#define check_enter(n) \
	(!runs                                   -> INAPPLICABLE : \
	(!level(running, n, limit_in(running))   -> RECURSION_ERROR : \
	OK))

inline enter(kind, n) {
	outcome = check_enter(n);
	if
	:: outcome == OK -> push(kind)
	:: else
	fi
}

/* Code runs in an executor only where the JIT can be built in. */
#define check_jit            (JIT_CAN_BE -> check_enter(1) : INAPPLICABLE)

inline cmd_jit(label) {
	outcome = check_jit;
	if
	:: outcome == OK -> push(JIT + label)
	:: else
	fi
}

/* An event is needed: the function is set, and no callback is running. */
#define function_set(which)  (which == 0 -> me.trace_function != 0 : me.profile_function != 0)
#define fires(which)         (runs && function_set(which) && !tracing(me.flow))
#define check_callback(which) (fires(which) -> check_enter(1) : INAPPLICABLE)

inline cmd_callback(which) {
	outcome = check_callback(which);
	if
	:: outcome == OK -> push(TRACE + which)                           /* AMBIENT-02 */
	:: else
	fi
}

inline cmd_ctrace() {
	if
	:: runs && !tracing(me.flow) -> push(CTRACE); outcome = OK
	:: else -> outcome = INAPPLICABLE
	fi
}

#define check_context \
	(!runs || interpreter(running) != 0      -> INAPPLICABLE :    /* AMB-38 */ \
	(context_entered                         -> ENTERED :         /* AMB-19 */ \
	OK))

inline cmd_context() {
	outcome = check_context;
	if
	:: outcome == OK ->
		push(CONTEXT);
		user_context = (me.flow.context -> ENTERED_WITHIN : ENTERED_FIRST);
		me.flow.context = true
	:: else
	fi
}

#define innermost            me.flow.block[me.flow.count - 1]

inline cmd_leave() {
	if
	:: runs && me.flow.count > 0 ->
		if
		:: innermost == CONTEXT ->
			me.flow.context = (user_context == ENTERED_WITHIN);
			user_context = LEFT
		:: else
		fi;
		innermost = NONE;
		me.flow.count--;
		outcome = OK
	:: else -> outcome = INAPPLICABLE
	fi
}

inline cmd_reraise() {
	if
	:: runs -> outcome = OK; number = handled(me.flow)
	:: else -> outcome = INAPPLICABLE
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * What is the thread's or the interpreter's: no operation touches it (WIDE-01 to WIDE-05).
 */
inline set_wide(which, value) {
	if
	:: runs -> which = value; outcome = OK
	:: else -> outcome = INAPPLICABLE
	fi
}

#define check_limit(k) \
	(!runs                                   -> INAPPLICABLE : \
	(!level(running, 1, limit_of(k))         -> LIMIT_TOO_LOW :   /* AMBIENT-05 */ \
	OK))

inline cmd_limit(k) {
	outcome = check_limit(k);
	if
	:: outcome == OK -> limit[interpreter(running)] = k
	:: else
	fi
}

inline cmd_headroom() {
	if
	:: runs -> outcome = OK; number = limit_in(running) - depth(me.flow)   /* DERIVED-03 */
	:: else -> outcome = INAPPLICABLE
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * Section 8: ambient events
 */
inline cmd_collect() {
	outcome = (runs -> OK : INAPPLICABLE)                             /* AMBIENT-01 */
}

inline cmd_async(e) {
	set_wide(me.async, e)                                             /* AMBIENT-06; a later one replaces it */
}

/* AMBIENT-07: the flow is unwound; a thread that starts later in its place has a new thread state. */
inline cmd_exit_thread() {
	if
	:: runs && running != 0 ->
		leave_context_of(me.flow);
#define EXIT_HANDLE(h) if :: handle[h].life == LIVE && handle[h].owner == running -> strand(h) :: else fi
		EACH_HANDLE(EXIT_HANDLE);
		new_thread_state(running);
		running = 0;
		outcome = OK
	:: else -> outcome = INAPPLICABLE
	fi
}

/* AMBIENT-08: nothing is unwound. */
inline cmd_finalize() {
	if
	:: runs ->
#define FINALIZE_HANDLE(h) if :: handle[h].life == LIVE && !foreign(h) -> strand(h) :: else fi
		EACH_HANDLE(FINALIZE_HANDLE);
		finalizing = true;
		outcome = OK
	:: else -> outcome = INAPPLICABLE
	fi
}

/* AMBIENT-09, AMB-30: the other threads vanish, and are not unwound. */
inline cmd_fork() {
	if
	:: runs && running == 0 ->
#define FORK_HANDLE(h) if :: handle[h].life == LIVE && handle[h].owner != 0 -> strand(h) :: else fi
		EACH_HANDLE(FORK_HANDLE);
#define FORK_THREAD(t) new_thread_state(t)
		EACH_OTHER_THREAD(FORK_THREAD);
		outcome = OK
	:: else -> outcome = INAPPLICABLE
	fi
}

inline cmd_thread(t) {
	if
	:: runs -> running = t; outcome = OK                             /* section 9.2, thread switch */
	:: else -> outcome = INAPPLICABLE
	fi
}

/* The lifecycle of a thread state, section 5.4. */
inline cmd_detach() {
	if
	:: !detached && !finalizing -> detached = true; outcome = OK
	:: else -> outcome = INAPPLICABLE
	fi
}

inline cmd_attach() {
	if
	:: detached -> detached = false; outcome = OK
	:: else -> outcome = INAPPLICABLE
	fi
}

inline cmd_pending(e) {
	if
	:: !detached && !finalizing -> me.pending = e; outcome = OK
	:: else -> outcome = INAPPLICABLE
	fi
}

/* -------------------------------------------------------------------------------------------------------------------------------
 * The bound: what would lead out of it is no edge. A flow holds DEPTH blocks, the handler of an asynchronous exception included, and begins at most at BASE.
 */
#define fits(flow, n)          (flow.count + (n) <= DEPTH)
#define arrives(n)             (me.async != 0 && (!READ_handler_level || level(running, n + 1, limit_in(running))))
#define bounded_enter(n)       (check_enter(n) != OK || fits(me.flow, 1))
#define bounded_enter_frame(n) (check_enter(n) != OK || fits(me.flow, 1 + arrives(n)))
#define bounded_callback(w)    (check_callback(w) != OK || fits(me.flow, 1 + arrives(1)))
#define bounded_jit            (check_jit != OK || fits(me.flow, 1 + arrives(1)))
#define bounded_context        (check_context != OK || fits(me.flow, 1))
#define bounded_ctrace         (!runs || tracing(me.flow) || fits(me.flow, 1))
#define bounded_limit(k)       (check_limit(k) != OK || !raised(running, limit_of(k)) || fits(me.flow, 1))
#define bounded_async          (!runs || !has_frames(me.flow) || (READ_handler_level && !level(running, 1, limit_in(running))) || fits(me.flow, 1))
#define bounded_thread(t)      (!runs || !raised(t, limit_in(t)) || fits(thread[t].flow, 1))
#define bounded_exit           (!runs || running == 0 || !raised(0, limit_in(0)) || fits(thread[0].flow, 1))
#define bounded_save(h, stack) (check_save(h, stack) != OK || (next_base(stack) <= BASE && next_cbase(stack) <= BASE))
#define bounded_restore(h)     (check_restore(h) != OK || fits(handle[h].flow, me.async != 0 && has_frames(handle[h].flow) && \
                                (!READ_handler_level || depth(handle[h].flow) < limit_in(running))))

#ifdef EDGES
c_code {
\#include "edges.h"
}
#endif
#include "script.pml"
