// Writes the memory of a Pyodide that has been loaded and has imported what the driver imports, for host.mjs to begin with: a process starts in a fifth of the time.
//
//   node snapshot.mjs PYODIDE_FOLDER

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { SNAPSHOT } from "./session.mjs";

const [folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder, _makeSnapshot: true });
pyodide.runPython("import contextvars, ctypes, functools, gc, importlib.util, json, re, signal, struct, threading, types, warnings, weakref");
const file = path.join(folder, SNAPSHOT);
fs.writeFileSync(`${file}.${process.pid}`, pyodide.makeMemorySnapshot());
fs.renameSync(`${file}.${process.pid}`, file);
process.exit(0);
