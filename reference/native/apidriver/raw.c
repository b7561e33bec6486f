/* What the thread state itself says: the values of the channel raw. */
#include "apidriver.h"

void raw_setup(void) {}
void raw_fail_allocations(bool on) { (void)on; }
void raw_watch(PyThreadState *ts) { (void)ts; }
void raw_watched(PyThreadState *ts, bool is_save) { (void)ts, (void)is_save; }

PyObject *
raw_sample(Flow *flow)
{
    (void)flow;
    Py_RETURN_NONE;
}
