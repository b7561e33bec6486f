// Runs the Python driver in Pyodide in a page of headless Chromium, and passes it the lines of docs/protocol.md.
//
//   node host.mjs PYODIDE_FOLDER DRIVER SWITCHER [--progress FILE]
//
// The page is loaded from here; Chromium's DevTools protocol, over a pipe, calls its function `reply` and brings back what it notes.

import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { die, marker, note, serve } from "../pyodide/protocol.mjs";

const [folder, driver, switcher, ...options] = process.argv.slice(2);
const here = import.meta.dirname;
const mark = marker(options);

// ---- What the page is made of ----

const FILES = {
  "/page.mjs": path.join(here, "page.mjs"), "/session.mjs": path.join(here, "../pyodide/session.mjs"), "/driver.py": driver, "/switcher.py": switcher,
};
const TYPES = { ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

const server = http.createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://page");
  const file = FILES[pathname] ?? (/^\/pyodide\/[\w.-]+$/.test(pathname) ? path.join(folder, path.basename(pathname)) : undefined);
  if (file === undefined) {
    response.writeHead(pathname === "/" ? 200 : 404, { "Content-Type": "text/html" }).end();
    return;
  }
  fs.readFile(file, (error, bytes) => {
    response.writeHead(error ? 404 : 200, { "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream" }).end(bytes);
  });
});
await new Promise(ready => server.listen(0, "127.0.0.1", ready));
const address = `http://127.0.0.1:${server.address().port}/`;

// ---- Chromium ----

const PROFILE = "pystate-chromium-";

// A host that has died or was killed leaves its profile; the next one deletes it.
for (const name of fs.readdirSync(os.tmpdir()).filter(n => n.startsWith(PROFILE))) {
  try {
    process.kill(Number(name.slice(PROFILE.length).split("-")[0]), 0);
  } catch (error) {
    if (error.code === "ESRCH") {
      fs.rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
    }
  }
}
const profile = fs.mkdtempSync(path.join(os.tmpdir(), `${PROFILE}${process.pid}-`));

// No sandbox: root has none, and what the page loads is from here.
const browser = spawn(
  "chromium",
  ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
browser.on("error", error => die(`there is no chromium: ${error.message}`));
browser.on("exit", code => die(`chromium ended with ${code}`));
process.on("exit", () => browser.kill("SIGKILL"));

// ---- The DevTools protocol: messages that end with a zero byte ----

const waiting = new Map();
let last = 0;
let session;

function call(method, params = {}) {
  const id = ++last;
  browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: session })}\0`);
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

const events = {
  "Runtime.bindingCalled": ({ name, payload }) => (name === "mark" ? mark?.(...payload.split(" ").map(Number)) : note(payload)),
  "Runtime.exceptionThrown": ({ exceptionDetails }) => die(words(exceptionDetails)),
  "Runtime.consoleAPICalled": ({ args }) => note(args.map(a => a.description ?? a.value).join(" ")),
  "Inspector.targetCrashed": () => die("the page crashed"),
};

function words(details) {
  return details.exception?.description ?? details.exception?.value ?? details.text;
}

let part = "";
browser.stdio[4].setEncoding("utf8").on("data", chunk => {
  const messages = (part + chunk).split("\0");
  part = messages.pop();
  for (const { id, method, params, result, error } of messages.map(m => JSON.parse(m))) {
    if (id === undefined) {
      events[method]?.(params);
    } else {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      error ? reject(new Error(error.message)) : resolve(result);
    }
  }
});

async function evaluate(expression) {
  const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  return exceptionDetails ? die(words(exceptionDetails)) : result.value;
}

const { targetId } = await call("Target.createTarget", { url: "about:blank" });
({ sessionId: session } = await call("Target.attachToTarget", { targetId, flatten: true }));
await call("Runtime.enable");
await call("Runtime.addBinding", { name: "note" });
await call("Runtime.addBinding", { name: "mark" });
await call("Page.enable");
const loaded = new Promise(resolve => (events["Page.loadEventFired"] = resolve));
await call("Page.navigate", { url: address });
await loaded;
await evaluate("import('/page.mjs').then(page => { globalThis.reply = page.reply; })");
const code = await serve(line => evaluate(`reply(${JSON.stringify(line)})`));

browser.removeAllListeners("exit");
const gone = new Promise(resolve => browser.on("exit", resolve));
call("Browser.close");
await gone;
fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
process.exit(code);
