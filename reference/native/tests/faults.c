/* One field of the thread state, not saved, not reset, not restored, or treated as the context's when it is not, or kept without the reference that a saved state owes it. The
 * fields are the generated list. */
#include "faults.h"

#ifdef PYSTATE_FAULTS

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef enum {NONE, NOT_SAVED, NOT_RESET, NOT_RESTORED, WRONGLY_RESET, WRONGLY_RESTORED, WRONGLY_SAVED} Fault;

static Fault fault = NONE;
static const char *field = "";

const char *
faults_target(const char *name)
{
    static const char *wanted;
    if (wanted == NULL) { /* it can come into the environment later, and os.environ of 3.8 frees what it put there when it is set again */
        const char *chosen = getenv("PYSTATE_FAULT");
        wanted = chosen == NULL ? NULL : strdup(chosen);
    }
    size_t length = strlen(name);
    return wanted != NULL && strncmp(wanted, name, length) == 0 && wanted[length] == ':' ? wanted + length + 1 : NULL;
}

static void
choose(void)
{
    static const char *const names[] = {"none", "not-saved", "not-reset", "not-restored", "wrongly-reset", "wrongly-restored", "wrongly-saved"};
    for (int i = 1; fault == NONE && i < 7; i++) {
        const char *target = faults_target(names[i]);
        if (target != NULL) {
            fault = (Fault)i;
            field = target;
        }
    }
}

/* A bit-field has no type of its own to convert to, a pointer has. */
#define NUMBER(member) ((uintptr_t)(member))
#define TYPE_OF(member) __typeof__(0 ? (member) : (member))
#define STRUCTURE(name, member)
#define FIELD_BEHIND_JIT(name, member)
#define debugger_script_path debugger_pending_call /* an array, which nothing can be assigned to; no mutant is about it */

static uintptr_t
load(PyThreadState *tstate)
{
#define FIELD(name, member) if (strcmp(field, name) == 0) { return NUMBER(member); }
#include "../module/fields.h"
#undef FIELD
    (void)tstate;
    return 0;
}

static void
put(PyThreadState *tstate, uintptr_t value)
{
#define FIELD(name, member) if (strcmp(field, name) == 0) { (member) = (TYPE_OF(member))value; return; }
#include "../module/fields.h"
#undef FIELD
    (void)tstate;
    (void)value;
}

/* With its reference, where the field owns one: one lie at a time. */
static void
store(PyThreadState *ts, uintptr_t value)
{
    bool is_owned = strcmp(field, "context") == 0 || strncmp(field, "exc_state.exc_", 14) == 0;
    PyObject *before = is_owned ? (PyObject *)load(ts) : NULL;
    if (is_owned) {
        Py_XINCREF((PyObject *)value);
    }
    put(ts, value);
    Py_XDECREF(before);
}

#ifdef LAYOUT_EXECUTOR
/* Whether the executor of a saved state is borrowed, as the thread state's own is: jit_test.py dies of it. */
static bool
borrows_executor(void)
{
    const char *target = faults_target("borrowed");
    return target != NULL && strcmp(target, "executor") == 0;
}
#endif

void
faults_take(PyThreadState *ts, Saved *saved, const PyState_Stack *next)
{
    choose();
    saved->fault_before = load(ts);
    flow_take(ts, saved, next);
    saved->fault_after = load(ts);
#ifdef LAYOUT_EXECUTOR
    if (borrows_executor()) {
        Py_XDECREF(saved->executor);
    }
#endif
    if (fault == NOT_RESET) {
        store(ts, saved->fault_before);
    }
    else if (fault == WRONGLY_RESET || fault == WRONGLY_SAVED) {
        store(ts, 0);
    }
}

void
faults_give(PyThreadState *ts, Saved *saved)
{
    uintptr_t before = load(ts), at_save = saved->fault_before, ready = saved->fault_after;
#ifdef LAYOUT_EXECUTOR
    if (borrows_executor()) {
        Py_XINCREF(saved->executor);
    }
#endif
    flow_give(ts, saved);
    if (fault == NOT_SAVED) {
        store(ts, ready);
    }
    else if (fault == NOT_RESTORED) {
        store(ts, before);
    }
    else if (fault == WRONGLY_RESTORED || fault == WRONGLY_SAVED) {
        store(ts, at_save);
    }
}

#endif
