"""PyPy's continulets, which its greenlet is made of: any of a thread's can be switched to from any other. The contract is python/switcher_contract.md."""

import sys
import threading

from _continuation import continulet, error, permute

name = "continulet"
version = "%d.%d.%d" % sys.pypy_version_info[:3]
choices = {"freshContext": "shared", "finishTo": "spawner", "freshDepth": "zero"}
threads = True

_here = threading.local()


class Killed(BaseException):
    """Raised where a context waits, to make it end."""


class Context(continulet):
    # A root never starts: it only stands for what its thread has below every context.
    def __new__(cls, run, parent):
        self = continulet.__new__(cls)
        self.run, self.parent, self.thread, self.dead = run, parent, threading.get_ident(), False
        return self

    def __init__(self, run, parent):
        pass


def current():
    try:
        return _here.current
    except AttributeError:
        _here.current = Context(None, None)
        return _here.current


def spawn(run):
    return Context(run, current())


def switch(context):
    _transfer(continulet.switch, context)


def throw(context, exception):
    _transfer(continulet.throw, context, exception)


def kill(context):
    _require_reachable(context)
    context.parent = current()
    if context.run is not None:
        context.run, context.dead = None, True
    else:
        throw(context, Killed())


def frames(context):
    # A root never started: its frames are found through the context that runs, if that is of the same thread.
    if context.parent is None and context.thread != threading.get_ident():
        return None
    frame = (current() if context.parent is None else context)._get_frame()
    return frame and frame.f_back


def _require_reachable(context):
    if context.thread != threading.get_ident() or context.dead:
        raise error("the context has ended, or is of another thread")


def _transfer(how, context, *exception):
    here = current()
    if context is here:
        return
    _require_reachable(context)
    if context.run is not None:
        continulet.__init__(context, _begin)
    try:
        how(here, *exception, to=context)
    finally:
        _here.current = here


def _begin(context):
    _here.current = context
    run, context.run = context.run, None
    try:
        run()
    except Killed:
        pass
    finally:
        context.dead = True
        heir = context.parent
        while heir.dead:
            heir = heir.parent
        permute(context, heir)
