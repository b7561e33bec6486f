/* The script: any command, for ever. A command is executable where it stays inside of the bound, is one step, and is written as an edge where EDGES is
 * defined. Included by pystate.pml. */
#ifdef EDGES
#define BEGIN                       c_code { edge_begin(); };
#define END(name, a, b, gives)      ; c_code { edge_end(name, a, b, gives); };
#else
#define BEGIN
#define END(name, a, b, gives)
#endif
#define COMMAND(bounded, body, name, a, b, gives) :: d_step { bounded -> BEGIN body; deliver() END(name, a, b, gives) }
#define ALWAYS true

init {
end:
	do  /* where no command stays inside of the bound, the search ends as well as anywhere */
#if CMD_call
#define CALL_(l)       COMMAND(bounded_enter_frame(1), enter(CALL + l, 1), "call %d", l, 0, 0)
	PER_LABEL(CALL_)
#endif
#if CMD_leave
	COMMAND(ALWAYS, cmd_leave(), "leave", 0, 0, 0)
#endif
#if CMD_except
#define EXCEPT_(e)     COMMAND(bounded_enter(0), enter(EXCEPT + e, 0), "except %d", e, 0, 0)
	PER_VALUE(EXCEPT_)
#endif
#if CMD_reraise
	COMMAND(ALWAYS, cmd_reraise(), "reraise", 0, 0, 1)
#endif
#if CMD_context
	COMMAND(bounded_context, cmd_context(), "context 0", 0, 0, 0)
#endif
#if CMD_trace
#define TRACE_(v)      COMMAND(ALWAYS, set_wide(me.trace_function, v), "trace %d", v, 0, 0)
	PER_FUNCTION_OR_NONE(TRACE_)
#endif
#if CMD_profile
#define PROFILE_(v)    COMMAND(ALWAYS, set_wide(me.profile_function, v), "profile %d", v, 0, 0)
	PER_FUNCTION_OR_NONE(PROFILE_)
#endif
#if CMD_callback
#define CALLBACK_(w)   COMMAND(bounded_callback(w), cmd_callback(w), "callback %d", w, 0, 0)
	CALLBACK_(0) CALLBACK_(1)
#endif
#if CMD_finalizer
	COMMAND(bounded_enter_frame(1), enter(DEL, 1), "finalizer", 0, 0, 0)
#endif
#if CMD_repr
	COMMAND(bounded_enter_frame(1), enter(REPR, 1), "repr", 0, 0, 0)
#endif
#if CMD_trashcan
	COMMAND(bounded_enter_frame(1), enter(TRASH, 1), "trashcan", 0, 0, 0)
#endif
#if CMD_native
	COMMAND(bounded_enter(C_RECURSION_IS_DEPTH), enter(NATIVE, C_RECURSION_IS_DEPTH), "native", 0, 0, 0)
#endif
#if CMD_recovering
	COMMAND(bounded_enter(0), enter(RECOVERING, 0), "recovering", 0, 0, 0)
#endif
#if CMD_jit
#define JIT_(l)        COMMAND(bounded_jit, cmd_jit(l), "jit %d", l, 0, 0)
	PER_LABEL(JIT_)
#endif
#if CMD_limit
#define LIMIT_(k)      COMMAND(bounded_limit(k), cmd_limit(k), "limit %d", k, 0, 0)
	LIMIT_(0) LIMIT_(1) LIMIT_(2)
#endif
#if CMD_local
#define LOCAL_(v)      COMMAND(ALWAYS, set_wide(me.own_value, v), "local %d", v, 0, 0)
	PER_VALUE_OR_NONE(LOCAL_)
#endif
#if CMD_headroom
	COMMAND(ALWAYS, cmd_headroom(), "headroom", 0, 0, 1)
#endif
#if CMD_collect
	COMMAND(ALWAYS, cmd_collect(), "collect", 0, 0, 0)
#endif
#if CMD_async
#define ASYNC_(e)      COMMAND(bounded_async, cmd_async(e), "async %d", e, 0, 0)
	PER_VALUE(ASYNC_)
#endif
#if CMD_exit_thread
	COMMAND(bounded_exit, cmd_exit_thread(), "exit-thread", 0, 0, 0)
#endif
#if CMD_fork
	COMMAND(ALWAYS, cmd_fork(), "fork", 0, 0, 0)
#endif
#if CMD_finalize
	COMMAND(ALWAYS, cmd_finalize(), "finalize", 0, 0, 0)
#endif
#if CMD_thread
#define THREAD_(t)     COMMAND(bounded_thread(t), cmd_thread(t), "thread %d", t, 0, 0)
	PER_THREAD(THREAD_)
#endif
#if CMD_detach
	COMMAND(ALWAYS, cmd_detach(), "detach", 0, 0, 0)
#endif
#if CMD_attach
	COMMAND(ALWAYS, cmd_attach(), "attach", 0, 0, 0)
#endif
#if CMD_new
#define NEW_(h)        COMMAND(ALWAYS, op_new(h, FITS), "new %d %d", h, FITS, 0) COMMAND(ALWAYS, op_new(h, FAILS), "new %d %d", h, FAILS, 0)
	PER_HANDLE(NEW_)
#endif
#if CMD_save
#define SAVE_TO(h, to) COMMAND(bounded_save(h, to), op_save(h, to), "save %d %d", h, to, 0)
#define SAVE_(h)       SAVE_TO(h, SAME) SAVE_TO(h, NEW) SAVE_TO(h, IMPOSSIBLE)
	PER_HANDLE(SAVE_)
#endif
#if CMD_restore
#define RESTORE_(h)    COMMAND(bounded_restore(h), op_restore(h), "restore %d", h, 0, 0)
	PER_HANDLE(RESTORE_)
#endif
#if CMD_discard
#define DISCARD_(h)    COMMAND(ALWAYS, op_discard(h), "discard %d", h, 0, 0)
	PER_HANDLE(DISCARD_)
#endif
#if CMD_drop
#define DROP_(h)       COMMAND(ALWAYS, op_drop(h), "drop %d", h, 0, 0)
	PER_HANDLE(DROP_)
#endif
#if CMD_top
#define TOP_(h)        COMMAND(ALWAYS, op_top(h), "top %d", h, 0, 0)
	PER_HANDLE(TOP_)
#endif
#if CMD_get_context
#define GET_(h)        COMMAND(ALWAYS, op_get_context(h), "get-context %d 0", h, 0, 1)
	PER_HANDLE(GET_)
#endif
#if CMD_set_context
#define SET_TO(h, o)   COMMAND(ALWAYS, op_set_context(h, o), "set-context %d %d", h, o, 0)
#define SET_(h)        SET_TO(h, NO_CONTEXT) SET_TO(h, USER_CONTEXT) SET_TO(h, OTHER_OBJECT)
	PER_HANDLE(SET_)
#endif
#if CMD_traverse
#define TRAVERSE_(h)   COMMAND(ALWAYS, op_traverse(h), "traverse %d", h, 0, 1)
	PER_HANDLE(TRAVERSE_)
#endif
#if CMD_clear
#define CLEAR_(h)      COMMAND(ALWAYS, op_clear(h), "clear %d", h, 0, 0)
	PER_HANDLE(CLEAR_)
#endif
#if CMD_pending
#define PENDING_(e)    COMMAND(ALWAYS, cmd_pending(e), "pending %d", e, 0, 0)
	PER_VALUE_OR_NONE(PENDING_)
#endif
#if CMD_ctrace
	COMMAND(bounded_ctrace, cmd_ctrace(), "ctrace", 0, 0, 0)
#endif
	od
}
