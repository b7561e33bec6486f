"""Pyodide: a context is a promising task, which suspends its WebAssembly stack by waiting for a promise. The contract is
python/switcher_contract.md. The root context is a task too; the event loop between two tasks has no Python frames."""

import sys

import pyodide_js
from pyodide.code import run_js
from pyodide.ffi import create_proxy

try:
    from pyodide.ffi import run_sync
except ImportError:
    def run_sync(promise):  # before 0.26
        return promise.syncify()

name = "pyodide"
version = pyodide_js.version
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"}

# The whole scheduler. Who resumes another resolves its promise, and goes on waiting for one's own; a finished task says who comes next. Who runs is
# written down here and not in Python: an exception can arrive there between any two lines.
_hub = run_js("""
({
  waiting: new Map(),
  running: 0,
  begin: null,
  change(from, to) {
    const back = new Promise(resume => this.waiting.set(from, resume));
    queueMicrotask(() => this.arrive(to));
    return back;
  },
  arrive(at) {
    const resume = this.waiting.get(at);
    this.running = at;
    if (resume) {
      this.waiting.delete(at);
      resume();
    } else {
      (this.begin.callPromising ?? this.begin.callSyncifying).call(this.begin, at).then(next => this.arrive(next));
    }
  },
})
""")


class Killed(BaseException):
    """Raised where a context waits, to make it end."""


class Context:
    def __init__(self, run, parent):
        self.run = run
        self.parent = parent
        self.exception = self.frame = None
        self.dead = False
        _contexts[id(self)] = self


_contexts = {}


def current():
    context = _contexts.get(_hub.running)
    if context is None:
        context = Context(None, None)
        _hub.running = id(context)
    return context


def spawn(run):
    return Context(run, current())


def switch(context):
    here = current()
    if context is here:
        return
    here.frame = sys._getframe(1)
    try:
        run_sync(_change(id(here), id(context)))
    finally:
        here.frame = None
    if here.exception is not None:
        exception, here.exception = here.exception, None
        raise exception


def throw(context, exception):
    context.exception = exception
    switch(context)


def kill(context):
    context.parent = current()
    if context.run is not None:  # not started
        _bury(context)
    else:
        throw(context, Killed())


def frames(context):
    return context.frame


def _begin(number):
    """What a task runs. It says to whom control goes, and what is raised there."""
    context = _contexts[number]
    run, context.run = context.run, None
    exception = None
    try:
        run()
    except Killed:
        pass
    except BaseException as caught:
        exception = caught
    _bury(context)
    heir = context.parent
    while heir.dead:
        heir = heir.parent
    heir.exception = exception
    return id(heir)


def _bury(context):
    context.dead = True
    del _contexts[id(context)]


_change = _hub.change
_hub.begin = create_proxy(_begin)
