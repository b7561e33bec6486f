"""worked-example: how contexts are made, resumed and named. The driver that comes with the suite does everything else.

Here a context is a plain thread, and a lock says who runs: put your library's calls in their place. The whole contract is
conformance/implementations/python/switcher_contract.md."""

import sys
import _thread

name = "worked-example"
version = "1.0"
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"}  # SPEC.md, section 12; each is tested as declared
without = ("local", "fork")  # what this cannot give a meaning to: a thread has locals of its own, and a fork leaves one thread


class error(Exception):
    """The context belongs to another thread."""


class Context:
    def __init__(self, run=None, parent=None):
        self.run, self.parent, self.baton = run, parent, _thread.allocate_lock()
        self.root = parent.root if parent else self
        self.dead, self.exception, self.functions = False, None, (None, None)
        self.baton.acquire()


mine = _thread._local()


def current():
    if not hasattr(mine, "context"):
        mine.context = Context()  # the root context that a thread is born with
    return mine.context


def spawn(run):
    return Context(run, current())


def switch(context):
    here = current()
    if context.root is not here.root:
        raise error("a context of another thread")
    if context is not here:
        hand_over(here, context)
        here.baton.acquire()
        take_functions(here)
        if here.exception is not None:
            exception, here.exception = here.exception, None
            raise exception


# [left to you: SWITCH-05: throw(context, exception) goes on there and raises it there; then SWITCH-05 is observable]
def throw(context, exception):
    context.exception = exception if context.root is current().root else None
    switch(context)


# [until here]
def hand_over(here, context):
    context.functions = give_functions()
    if context.run is not None:
        run, context.run = context.run, None
        _thread.start_new_thread(main, (context, run))
    else:
        context.baton.release()


def give_functions():
    # [left to you: WIDE-01, WIDE-02: the trace and profile functions are the thread's, whichever context runs: hand them on]
    functions = sys.gettrace(), sys.getprofile()
    sys.setprofile(None)
    sys.settrace(None)
    return functions
    # [until here]
    # [instead] return None, None


def take_functions(here):
    trace, profile = here.functions
    if profile is not None:
        sys.setprofile(profile)
    if trace is not None:
        sys.settrace(trace)


def main(context, run):
    exception = None
    mine.context = context
    take_functions(context)
    try:
        run()
    except BaseException as caught:
        exception = caught
    context.dead, heir = True, context.parent
    while heir.dead:
        heir = heir.parent
    heir.exception = exception
    hand_over(context, heir)
