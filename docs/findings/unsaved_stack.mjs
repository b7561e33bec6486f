// Pyodide 314.0.4: a task's part of the C stack is written over and was never copied away, where two tasks began at the same place.
//
//   node unsaved_stack.mjs PYODIDE_FOLDER same           a fatal error, or no end, where "a b first" is right
//   node unsaved_stack.mjs PYODIDE_FOLDER apart          the control, in which they begin at different places: "a b first"
//
// `first` waits, `a` begins below it and waits. When `first` goes on, what `a` has on the stack is copied away, so that `b` begins where `a` did. To make
// room for `a`, which comes back, all that is below where it began has to be copied away; of `b`, which began just there, nothing is (evictStackUpTo in
// stack_state.mjs takes it for the task that comes back).

import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, how] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder });
const gates = {};
globalThis.gate = (name) => new Promise((open) => { gates[name] = open; });
pyodide.runPython(`
from js import gate
try:
    from pyodide.ffi import run_sync
except ImportError:
    def run_sync(promise):  # before 0.26
        return promise.syncify()

ended = []

def first():
    for name in ("warm", "again", "first"):  # as deep on the stack each time but the first
        run_sync(gate(name))
    ended.append("first")

def waits(name):
    run_sync(gate(name))

def deep(n):
    return n and max(map(deep, [n - 1]))

def task(name):
    list(map(waits, [name]))  # waits inside C code
    deep(60)
    ended.append(name)
`);

function begin(name, ...rest) {
  const call = pyodide.globals.get(name);
  return (call.callPromising ?? call.callSyncifying).call(call, ...rest);
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 100));
const open = async (name) => { gates[name](); await settled(); };

const tasks = [begin("first")];
await settled();
await open("warm");
tasks.push(begin("task", "a"));
await settled();
if (how === "same") {
  await open("again");
}
tasks.push(begin("task", "b"));
await settled();
await open("a");
await open("b");
if (how !== "same") {
  await open("again");
}
await open("first");
await Promise.all(tasks);
console.log(pyodide.runPython("' '.join(ended)"));
process.exit(0);
