// What the page runs: Pyodide with the driver in it. `note` and `mark` are the host's bindings.

import { open } from "./session.mjs";
import { loadPyodide } from "./pyodide/pyodide.mjs";

const text = async name => (await fetch(name)).text();
const sources = { "driver.py": await text("driver.py"), "switcher.py": await text("switcher.py") };
const { note, mark } = globalThis;

export const reply = await open(
  loadPyodide, { indexURL: "/pyodide/", stdout: note, stderr: note }, sources, (script, command) => mark(`${script} ${command}`));
