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


# Chunks of data stack, each of which CPython takes from the allocator of arenas: an arena proper has 256 KiB and more, a chunk 16 KiB.
# A thread state keeps one chunk, from 3.15 on a second one as a cache; whatever there is beyond that is nobody's. It is counted in JavaScript,
# because to call Python where a chunk is allocated may take one.
_chunks = run_js("""
(module, kept) => {
  let there = 0; // since here: the one that this task runs on was there before
  const place = module._PyMem_RawMalloc(12);
  const fields = () => module.HEAPU32.subarray(place >> 2, (place >> 2) + 3);
  module._PyObject_GetArenaAllocator(place);
  const [context, allocateAt, freeAt] = fields();
  const allocate = module.wasmTable.get(allocateAt), free = module.wasmTable.get(freeAt);
  const count = (size, by) => { there += size < 1 << 18 ? by : 0; };
  const counted = [
    module.addFunction((of, size) => { count(size, 1); return allocate(of, size); }, "iii"),
    module.addFunction((of, at, size) => { count(size, -1); free(of, at, size); }, "viii"),
  ];
  fields().set([context, ...counted]);
  module._PyObject_SetArenaAllocator(place);
  let most = -1;
  return () => {
    let states = 0;
    for (let state = module._PyInterpreterState_ThreadHead(module._PyInterpreterState_Get()); state; state = module._PyThreadState_Next(state)) {
      states++;
    }
    most = Math.max(most, there - kept * states);
    return most;
  };
}
""")(pyodide_js._module, 2 if sys.version_info >= (3, 15) else 1)


def held():
    return _chunks()


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
