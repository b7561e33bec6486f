// Runs the Python driver in Pyodide under Node, and passes it the lines of docs/protocol.md.
//
//   node host.mjs PYODIDE_FOLDER DRIVER SWITCHER [--progress FILE]

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { marker, note, serve } from "./protocol.mjs";
import { open, SNAPSHOT } from "./session.mjs";

const [folder, driver, switcher, ...options] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const sources = { "driver.py": fs.readFileSync(driver), "switcher.py": fs.readFileSync(switcher) };
const memory = path.join(folder, SNAPSHOT);
const snapshot = fs.existsSync(memory) ? fs.readFileSync(memory) : undefined;
const reply = await open(loadPyodide, { indexURL: folder, stdout: note, stderr: note }, sources, marker(options), snapshot);
process.exit(await serve(reply));
