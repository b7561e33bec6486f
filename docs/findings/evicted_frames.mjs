// Pyodide: the frames of a suspended task hang together by links on a C stack that another task has written over.
//
//   node evicted_frames.mjs PYODIDE_FOLDER walk deep          a fatal error, or names that are none, where "inner second" is right
//   node evicted_frames.mjs PYODIDE_FOLDER profile deep       the same for sys.setprofile, which walks every thread's frames from CPython 3.12 on
//   node evicted_frames.mjs PYODIDE_FOLDER collect deep       the same for a collection that an allocation begins, which walks them in 3.14.0 to 3.14.4;
//                                                            full in its place: gc.collect(), which does not
//   node evicted_frames.mjs PYODIDE_FOLDER walk shallow       the control, in which nothing is written over: "inner second"
//
// The tasks share one C stack in linear memory. `first` waits, `second` starts below it and waits inside C code that called Python, and `first`
// goes on and deeper: what `second` has there is copied away first (StackState in stack_state.mjs). CPython's entry frame, one for
// each call from C to Python, is among it, and stays linked into the chain of second's frames.

import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, what, how] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder });
const gates = {};
globalThis.gate = (name) => new Promise((open) => { gates[name] = open; });
pyodide.runPython(`
import gc, sys
from js import gate
try:
    from pyodide.ffi import run_sync
except ImportError:
    def run_sync(promise):  # before 0.26
        return promise.syncify()

def inner(_):
    global frame
    frame = sys._getframe()
    run_sync(gate("second"))

def second():
    list(map(inner, [0]))

def deep(n):
    return n and max(map(deep, [n - 1]))

def first(what, how):
    run_sync(gate("first"))
    if how == "deep":
        deep(60)
    if what == "profile":
        sys.setprofile(lambda *_: None)
        sys.setprofile(None)
    if what == "collect":
        gc.set_threshold(1, 1, 1)
        kept = [[] for _ in range(100)]
        gc.set_threshold(0)
    if what == "full":
        gc.collect()
    names, at = [], frame
    while what == "walk" and at is not None:
        names.append(at.f_code.co_name)
        at = at.f_back
    print(*names)
`);

function begin(name, ...rest) {
  const call = pyodide.globals.get(name);
  return (call.callPromising ?? call.callSyncifying).call(call, ...rest);
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 100));

const first = begin("first", what, how);
await settled();
const second = begin("second");
await settled();
gates.first();
await first;
gates.second();
await second;
console.log("ended well");
process.exit(0);
