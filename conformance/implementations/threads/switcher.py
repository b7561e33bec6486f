"""The control: every context is a plain thread, and a baton says who runs. Nothing here saves or restores interpreter state, so what
deviates here is the interpreter's. The trace and profile functions, thread-wide in the specification, are carried along with the baton."""

import sys
import _thread

name = "threads"
version = "1"
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"}
threads = True

# Every context has a threading.local of its own, and in the child of a fork only the thread that forked is left.
without = ("local", "fork")

_here = _thread._local()


class error(Exception):
    """The context belongs to another thread."""


class Killed(BaseException):
    """Raised where a context waits for the baton, to make it end."""


class Context:
    def __init__(self, run, parent):
        self.run = run
        self.parent = parent
        self.root = parent.root if parent else self
        self.baton = _thread.allocate_lock()
        self.baton.acquire()
        self.ident = self.exception = None
        self.dead = False


def current():
    context = getattr(_here, "context", None)
    if context is None:
        context = _here.context = Context(None, None)
        context.ident = _thread.get_ident()
    return context


def spawn(run):
    return Context(run, current())


def switch(context):
    here = current()
    if context is here:
        return
    if context.root is not here.root:
        raise error("a context of another thread")
    _hand_over(here, context)


def throw(context, exception):
    context.exception = exception if context.root is current().root else None
    switch(context)


def kill(context):
    here = current()
    if context.root is not here.root:
        raise error("a context of another thread")
    context.parent = here
    if context.ident is None:
        context.dead = True
    else:
        throw(context, Killed())


def frames(context):
    return sys._current_frames().get(context.ident)


def reap(context):
    """After a script: ends a context whose root has ended, so that its thread does not stay for good."""
    if context.ident is not None and not context.dead:
        context.root = current().root
        kill(context)


def _hand_over(here, context):
    context.functions = _give_functions()
    if context.ident is None:
        context.ident = 0
        _thread.start_new_thread(_main, (context,))
    else:
        context.baton.release()
    _wait(here)


def _wait(here):
    here.baton.acquire()
    _take_functions(here)
    if here.exception is not None:
        exception, here.exception = here.exception, None
        raise exception


def _give_functions():
    functions = sys.gettrace(), sys.getprofile()
    if functions[1] is not None:
        sys.setprofile(None)
    if functions[0] is not None:
        sys.settrace(None)
    return functions


def _take_functions(here):
    trace, profile = here.functions
    if profile is not None:
        sys.setprofile(profile)
    if trace is not None:
        sys.settrace(trace)


def _main(context):
    context.ident = _thread.get_ident()
    _here.context = context
    exception = None
    try:
        _take_functions(context)
        context.run()
    except Killed:
        pass
    except BaseException as caught:
        exception = caught
    functions = _give_functions()
    context.dead = True
    heir = context.parent
    while heir.dead:
        heir = heir.parent
    heir.functions = functions
    heir.exception = exception
    heir.baton.release()
