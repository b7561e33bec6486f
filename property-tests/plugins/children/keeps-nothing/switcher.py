"""greenlet, whose switches are made to look as if they wrote async_gen_finalizer: Python never sees that field."""

import _threadstate
import greenlet

name, version = "keeps-nothing", "1"
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "inherit"}
current, spawn = greenlet.getcurrent, greenlet.greenlet
thread_wide = _threadstate.thread_wide
switches = 0


def switch(context):
    global switches
    switches += 1
    context.switch()


def raw():
    fields = _threadstate.raw()
    fields["async_gen_finalizer"] += 8 * switches
    return fields
