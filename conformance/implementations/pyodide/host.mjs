// Runs the Python driver in Pyodide under Node, and passes it the lines of docs/protocol.md.
//
//   node host.mjs PYODIDE_FOLDER DRIVER SWITCHER [--progress FILE]
//
// A fatal error of Pyodide ends the process: what was being executed is in the progress file, and the suite starts another one.

import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const FATAL = 70; // EX_SOFTWARE

const [folder, driver, switcher, ...options] = process.argv.slice(2);

// A pipe takes what it has room for.
function write(text) {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") {
        throw error;
      }
    }
  }
}

function note(text) {
  fs.writeSync(2, `${text}\n`);
}

function die(error) {
  note(String(error?.stack ?? error));
  process.exit(FATAL);
}

process.on("uncaughtException", die);
process.on("unhandledRejection", die);

// Eight bytes: the script's number in the batch and the command's in the script, little-endian. Written before each command.
function marker(file) {
  const descriptor = fs.openSync(file, "r+");
  const bytes = Buffer.from("\xff\xff\xff\xff\xff\xff\xff\xffPYSTATE1", "latin1");
  fs.ftruncateSync(descriptor, 16);
  fs.writeSync(descriptor, bytes, 0, 16, 0);
  return (script, command) => {
    bytes.writeUInt32LE(script, 0);
    bytes.writeUInt32LE(command, 4);
    fs.writeSync(descriptor, bytes, 0, 8, 0);
  };
}

const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder, stdin: () => null, stdout: note, stderr: note });
for (const [name, file] of [["driver.py", driver], ["switcher.py", switcher]]) {
  pyodide.FS.writeFile(`/home/pyodide/${name}`, fs.readFileSync(file));
}

const module = pyodide.pyimport("driver");
module.prepare("/home/pyodide/switcher.py", options[0] === "--progress" ? marker(options[1]) : undefined);
const reply = module.reply;
const ask = (reply.callPromising ?? reply.callSyncifying).bind(reply);

for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const result = await ask(line);
  const [answer, code] = result.toJs();
  result.destroy();
  if (answer !== undefined && answer !== null) {
    write(`${answer}\n`);
  }
  if (code !== undefined && code !== null) {
    process.exit(code);
  }
}
process.exit(0);
