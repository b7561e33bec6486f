/* Flows, the threads they run on, and Save and Restore with the C stacks under them. */
#include "apidriver.h"

#include <stdlib.h>
#include <unistd.h>

/* Of a NEW stack: address space, of which little is touched. Debug builds need more for the same script than releases. */
#define STACK_SIZE ((size_t)2 * 1024 * 1024)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t passed = PTHREAD_COND_INITIALIZER;
static int baton = THREADS; /* the number of the thread that runs, THREADS for the one that called run; guarded by lock */
static PyInterpreterState *interpreter;

/* The system's threads, by the number of the script's thread that they run. A parked one waits for the next script. */
static struct {
    pthread_t system;
    bool is_parked;
} workers[THREADS];

static void give_baton(int to);

/* ---- Flows ----------------------------------------------------------------------------------------------------------------------------- */

/* The lowest number that no flow has: abandoned ones give theirs up, because nothing will run their code again. */
static int
free_bodies(void)
{
    int number = 0;
    for (Flow *flow = script.flows; flow != NULL;) {
        if (!flow->is_abandoned && flow->bodies == number) {
            number++;
            flow = script.flows;
        } else {
            flow = flow->next;
        }
    }
    return number;
}

static Flow *
new_flow(Thread *thread)
{
    Flow *flow = calloc(1, sizeof *flow);
    if (flow == NULL) {
        driver_failed("no memory for a flow");
    }
    flow->thread = thread;
    flow->bodies = free_bodies();
    flow->next = script.flows;
    script.flows = flow;
    return flow;
}

static void
free_flow(Flow *flow)
{
    Flow **link = &script.flows;
    while (*link != flow) {
        link = &(*link)->next;
    }
    *link = flow->next;
    free(flow);
}

void
retire_flow(Flow *flow)
{
    CStack_Forget(flow->thread->stacks, &flow->stack);
    release_blocks(flow);
    free_flow(flow);
}

void
abandon_flow(Flow *flow)
{
    script.abandoned_frames += frames_of(flow);
    flow->is_abandoned = true;
}

/* A flow that has finished, on the stack of another one. */
static void
bury(Thread *thread)
{
    if (thread->ended != NULL) {
        free_flow(thread->ended);
        thread->ended = NULL;
    }
}

/* ---- Save and Restore ------------------------------------------------------------------------------------------------------------------ */

static PyState_Status
watched_save(Thread *thread, PyState_Handle handle, const PyState_Stack *next)
{
    if (script.is_detached) {
        return PyState_Save(handle, next);
    }
    raw_watch(thread->ts);
    PyState_Status status = PyState_Save(handle, next);
    raw_watched(thread->ts, true);
    return status;
}

static PyState_Status
watched_restore(Thread *thread, PyState_Handle handle)
{
    if (script.is_detached) {
        return PyState_Restore(handle);
    }
    raw_watch(thread->ts);
    PyState_Status status = PyState_Restore(handle);
    raw_watched(thread->ts, false);
    return status;
}

/* The script cannot go on: what was called has left the thread state in a way that no more of it can be executed or unwound. What was seen so far counts, and
 * the answer that showed it. The thread stays where it is; the process is not used for another script. */
_Noreturn static void
give_up(PyState_Status answer)
{
    script.status = PyState_StatusName(answer);
    script.is_given_up = true;
    if (!script.is_detached) {
        (void)PyEval_SaveThread();
    }
    give_baton(THREADS);
    for (;;) {
        pause();
    }
}

static Variable *
variable_of(Flow *flow)
{
    for (int h = 0; h < HANDLES; h++) {
        if (script.variables[h].flow == flow) {
            return &script.variables[h];
        }
    }
    driver_failed("a suspended flow without a handle");
}

/* On the C stack of a suspended flow to which control has come (OBL-11): restores it, or gives control back. */
static void
resume_here(Flow *flow)
{
    Thread *thread = flow->thread;
    for (;;) {
        bury(thread);
        thread->answer = watched_restore(thread, thread->restoring);
        if (thread->answer == PYSTATE_OK) {
            break;
        }
        if (thread->asking == NULL) {
            give_up(thread->answer);
        }
        if (CStack_Switch(thread->stacks, &thread->asking->stack) < 0) {
            driver_failed("no memory to go back after a refusal");
        }
    }
    variable_of(flow)->flow = NULL;
    thread->running = flow;
    if (thread->asking != NULL) {
        retire_flow(thread->asking); /* it has ended, in the middle of a C function */
        thread->asking = NULL;
    }
}

/* A suspended flow of the thread that has to be unwound before the thread can end, or NULL. */
static Variable *
left_to_unwind(Thread *thread)
{
    for (int h = 0; h < HANDLES; h++) {
        Flow *flow = script.variables[h].flow;
        if (flow != NULL && flow->thread == thread && frames_of(flow) > 0) {
            return &script.variables[h];
        }
    }
    return NULL;
}

/* The outermost function of a flow. */
static void
begin(CStack_Flow *stack)
{
    Flow *flow = (Flow *)stack;
    Thread *thread = flow->thread;
    (void)run_loop(flow);
    Variable *variable = thread->is_exiting ? NULL : left_to_unwind(thread);
    thread->ended = flow;
    thread->running = NULL;
    if (variable != NULL) {
        thread->restoring = variable->value;
        thread->asking = NULL;
        CStack_Finish(thread->stacks, &variable->flow->stack);
    } else {
        CStack_Finish(thread->stacks, CStack_Root(thread->stacks));
    }
    driver_failed("no memory to finish a flow");
}

PyState_Status
save_flow(Flow *flow, Variable *variable, int stack)
{
    Thread *thread = flow->thread;
    if (stack == 2) {
        PyState_Stack nothing = {flow, 0};
        return watched_save(thread, variable->value, &nothing);
    }

    Flow *next = new_flow(thread);
    if (stack == 1 && CStack_Reserve(thread->stacks, &next->stack, STACK_SIZE, &next->bounds) < 0) {
        driver_failed("no memory for a C stack");
    }
    PyState_Stack bounds = {next->bounds.low, next->bounds.size};
    PyState_Status status = watched_save(thread, variable->value, stack == 1 ? &bounds : NULL);
    if (status != PYSTATE_OK) {
        retire_flow(next);
        return status;
    }
    if (stack == 0) {
        next->bounds = flow->bounds;
        next->c_depth_hidden = raw_hidden_c_depth(flow);
    }
    variable->flow = flow;
    thread->running = next;
    if (CStack_Start(thread->stacks, &next->stack, begin) < 0) {
        driver_failed("no memory to start a flow");
    }
    resume_here(flow);
    script.status = "ok";
    return PYSTATE_OK;
}

PyState_Status
restore_flow(Flow *flow, Variable *variable)
{
    Thread *thread = flow->thread;
    Flow *target = variable->flow;
    /* With frames Restore has to refuse, and their cframe stands on this C stack: it must stay where it is (OBL-04). */
    if (target == NULL || target->thread != thread || script.is_detached || frames_of(flow) > 0) {
        PyState_Status status = watched_restore(thread, variable->value);
        if (status == PYSTATE_OK) {
            give_up(status);
        }
        return status;
    }
    thread->restoring = variable->value;
    thread->asking = flow;
    if (CStack_Switch(thread->stacks, &target->stack) < 0) {
        driver_failed("no memory to resume a flow");
    }
    thread->asking = NULL;
    return thread->answer;
}

/* ---- Threads --------------------------------------------------------------------------------------------------------------------------- */

static void
give_baton(int to)
{
    pthread_mutex_lock(&lock);
    baton = to;
    script.active = to < THREADS ? &script.threads[to] : NULL;
    pthread_cond_broadcast(&passed);
    pthread_mutex_unlock(&lock);
}

static void
wait_for_baton(int number)
{
    pthread_mutex_lock(&lock);
    while (baton != number) {
        pthread_cond_wait(&passed, &lock);
    }
    pthread_mutex_unlock(&lock);
}

/* What a thread that is gone has left suspended is settled by now: abandoned with frames, released without [AMBIENT-07]. */
static void
strand(Thread *thread)
{
    for (int h = 0; h < HANDLES; h++) {
        Variable *variable = &script.variables[h];
        if (variable->flow != NULL && variable->flow->thread == thread) {
            (frames_of(variable->flow) > 0 ? abandon_flow : retire_flow)(variable->flow);
            variable->flow = NULL;
        }
    }
}

/* Nothing can be done with the C stacks of a thread that is gone. */
static void
close_flows(Thread *thread)
{
    for (Flow *flow = script.flows; flow != NULL;) {
        Flow *next = flow->next;
        if (flow->thread == thread && flow->is_abandoned) {
            CStack_Forget(NULL, &flow->stack);
            free_flow(flow);
        }
        flow = next;
    }
}

static void start_thread(Thread *thread);

static void
join_worker(int number)
{
    if (!workers[number].is_parked) {
        pthread_join(workers[number].system, NULL);
    }
}

/* Settles what a thread that has ended has left, and makes room for the next. */
static void
join_thread(Thread *thread)
{
    int number = thread->number;
    join_worker(number);
    strand(thread);
    close_flows(thread);
    *thread = (Thread){.number = number};
}

void
pass_baton(Thread *from, int to)
{
    PyThreadState *ts = PyEval_SaveThread();
    if (!script.threads[to].has_started) {
        start_thread(&script.threads[to]);
    }
    give_baton(to);
    wait_for_baton(from->number);
    PyEval_RestoreThread(ts);
    if (script.threads[to].is_gone) {
        join_thread(&script.threads[to]);
    }
}

/* The thread is back on the system's C stack, and its last flow may have left the bounds of a stack of its own: where this stack lies below
 * that one, CPython would take it for exhausted, and put off every deallocation. */
static void
take_back_bounds(Thread *thread)
{
#ifdef LAYOUT_HAS_STACK_BOUNDS
    _PyThreadStateImpl *impl = (_PyThreadStateImpl *)thread->ts;
    impl->c_stack_top = thread->c_stack[0];
    impl->c_stack_soft_limit = thread->c_stack[1];
    impl->c_stack_hard_limit = thread->c_stack[2];
#else
    (void)thread;
#endif
}

/* The teardown, by the thread that executed the last command: the other thread unwinds what it has, then handles die and what is left is seen. */
static void
end_script(Thread *thread)
{
    Thread *other = &script.threads[1 - thread->number];
    if (other->has_started) {
        pass_baton(thread, other->number);
    }
    for (int g = 0; g < GENERATORS; g++) {
        if (script.generators[g].slot != NULL) {
            Py_DECREF(call_python("close", "(O)", script.generators[g].slot));
            Py_CLEAR(script.generators[g].slot);
        }
    }
    for (int h = 0; h < HANDLES; h++) {
        Variable *variable = &script.variables[h];
        if (variable->is_in_use && call_drop(variable) != PYSTATE_OK) {
            driver_failed("a handle cannot be dropped in the teardown");
        }
    }
    for (int k = 0; k < USER_CONTEXTS; k++) {
        Py_CLEAR(script.contexts[k]);
    }
    Py_DECREF(call_python("quiet", NULL));
    Py_DECREF(call_python("observe_end", "(ii)", thread->number, script.abandoned_frames));
}

static bool
has_abandoned(Thread *thread)
{
    Flow *flow = script.flows;
    while (flow != NULL && !(flow->thread == thread && flow->is_abandoned)) {
        flow = flow->next;
    }
    return flow != NULL;
}

/* A thread of a script, from its first flow to the end of its thread state. Whether it has ended the script. */
static bool
live(Thread *thread, CStack_Thread *stacks)
{
    thread->ts = PyThreadState_New(interpreter);
    thread->stacks = stacks;
    if (thread->ts == NULL) {
        driver_failed("no memory for a thread");
    }
    PyEval_RestoreThread(thread->ts);
    Py_DECREF(call_python("begin_thread", NULL));
#ifdef LAYOUT_HAS_STACK_BOUNDS
    _PyThreadStateImpl *impl = (_PyThreadStateImpl *)thread->ts;
    thread->c_stack[0] = impl->c_stack_top;
    thread->c_stack[1] = impl->c_stack_soft_limit;
    thread->c_stack[2] = impl->c_stack_hard_limit;
#endif
    thread->running = new_flow(thread);
    if (CStack_Start(thread->stacks, &thread->running->stack, begin) < 0) {
        driver_failed("no memory to start a thread's flow");
    }
    bury(thread);
    take_back_bounds(thread);
    bool ends_script = script.is_ending && !script.is_torn_down;
    if (ends_script) {
        script.is_torn_down = true;
        end_script(thread);
    } else {
        Py_DECREF(call_python("quiet", NULL));
    }
    PyThreadState_Clear(thread->ts);
    PyThreadState_DeleteCurrent();
    thread->stacks = NULL;
    thread->is_gone = true;
    workers[thread->number].is_parked = script.is_ending && !has_abandoned(thread);
    return ends_script;
}

/* A thread that ends by a command ends for the system as well. One that only its script's end has ended goes on with the next script, with its
 * C stacks: mapping memory and starting threads would take most of the time of a run. */
static void *
thread_main(void *argument)
{
    int number = *(const int *)argument;
    CStack_Thread *stacks = CStack_Open(1, 8);
    if (stacks == NULL) {
        driver_failed("no memory for C stacks");
    }
    bool goes_on;
    do {
        wait_for_baton(number);
        bool ends_script = live(&script.threads[number], stacks);
        goes_on = workers[number].is_parked;
        if (!goes_on) {
            CStack_Close(stacks);
        }
        give_baton(ends_script ? THREADS : 1 - number);
    } while (goes_on);
    return NULL;
}

static void
start_thread(Thread *thread)
{
    static const int numbers[THREADS] = {0, 1};
    thread->has_started = true;
    if (workers[thread->number].is_parked) {
        workers[thread->number].is_parked = false;
    } else if (pthread_create(&workers[thread->number].system, NULL, thread_main, (void *)&numbers[thread->number]) != 0) {
        driver_failed("no thread");
    }
}

void
run_threads(PyInterpreterState *interp)
{
    interpreter = interp;
    for (int t = 0; t < THREADS; t++) {
        script.threads[t].number = t;
    }
    start_thread(&script.threads[0]);
    give_baton(0);
    wait_for_baton(THREADS);
    for (int t = 0; t < THREADS; t++) {
        if (script.threads[t].has_started && !script.is_given_up) {
            join_worker(t);
            close_flows(&script.threads[t]);
        }
    }
}
