"""gevent: greenlets under its hub. A context never switches to another: it asks the hub to run that one and waits in the hub, as everything that uses
gevent does. The contract is python/switcher_contract.md."""

import os

import gevent
from gevent import get_hub
from greenlet import getcurrent, greenlet

name = "gevent"
version = gevent.__version__
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"}

os.register_at_fork(after_in_child=gevent.reinit)


class Killed(BaseException):
    """Raised where a context waits, to make it end."""


class Context(greenlet):
    def __init__(self, call, heir):
        greenlet.__init__(self, self.begin, get_hub())
        self.call, self.heir, self.ended = call, heir, False

    def begin(self):
        error = None
        try:
            self.call()
        except Killed:
            pass
        except BaseException as caught:
            error = caught
        bury(self, error)


def bury(context, error):
    """The context's nearest living ancestor goes on, once the hub has control."""
    context.ended = True
    heir = context.heir
    while getattr(heir, "ended", False):
        heir = heir.heir
    later(heir, error)


def later(context, error=None):
    if error is None:
        get_hub().loop.run_callback(context.switch)
    else:
        get_hub().loop.run_callback(context.throw, error)


def current():
    return getcurrent()


def spawn(run):
    return Context(run, getcurrent())


def switch(context, error=None):
    if context is not getcurrent():
        later(context, error)
        get_hub().switch()


throw = switch


def kill(context):
    context.heir = getcurrent()
    if context:  # it has started
        switch(context, Killed())
    else:
        context.ended = True


def frames(context):
    return context.gr_frame


gevent.sleep(0)  # the hub starts here: contexts begin at the depth at which it was started
