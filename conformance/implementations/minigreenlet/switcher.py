"""minigreenlet: greenlet's interface on PyState. The contract is python/switcher_contract.md."""

import minigreenlet as _greenlet

name = "minigreenlet"
version = _greenlet.__version__
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"}
threads = True
error = _greenlet.error

current = _greenlet.getcurrent


def spawn(run):
    return _greenlet.greenlet(run)


def switch(context):
    context.switch()


def throw(context, exception):
    context.throw(exception)


def kill(context):
    # A greenlet that dies gives control to its parent. One of another thread is not adopted: throw() refuses it by itself.
    here = current()
    if _main(context) is _main(here):
        context.parent = here
    context.throw()


def frames(context):
    return context.gr_frame


def _main(context):
    while context.parent is not None:
        context = context.parent
    return context
