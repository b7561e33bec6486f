"""greenlet, whose switch goes nowhere when a collection has come inside of it: wrong only under an ambient event that the driver has to send there."""

import gc

import greenlet

name, version = "collected-inside", "1"
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "inherit"}
current, spawn = greenlet.getcurrent, greenlet.greenlet
collections = 0


def count(phase, _):
    global collections
    collections += phase == "start"


gc.callbacks.append(count)


def switch(context):
    before = collections
    [[] for _ in range(8)]
    if collections == before:
        context.switch()
