// The Python driver in Pyodide, wherever that runs: what host.mjs (Node) and ../pyodide-chromium/page.html (Chromium) share.

// In the folder of a Pyodide, where snapshot.mjs has made one. Not before 0.26.0.
export const SNAPSHOT = "pystate.snapshot";

const HOME = "/home/pyodide";

// A Pyodide with the driver in it. `sources` are the texts of driver.py and switcher.py; `mark(script, command)` is called before each command, where
// there is one; `snapshot` is the memory to begin with, where there is one. What comes back answers a line of docs/protocol.md with [answer, exit code], of which each may be missing.
export async function open(loadPyodide, options, sources, mark, snapshot) {
  const pyodide = await loadPyodide({ stdin: () => null, ...options, ...(snapshot && { _loadSnapshot: snapshot }) });
  for (const name of ["driver.py", "switcher.py"]) {
    pyodide.FS.writeFile(`${HOME}/${name}`, sources[name]);
  }
  const module = pyodide.pyimport("driver");
  module.prepare(`${HOME}/switcher.py`, mark);
  const reply = module.reply;
  const ask = (reply.callPromising ?? reply.callSyncifying).bind(reply);
  return async line => {
    const result = await ask(line);
    const answer = result.toJs();
    result.destroy();
    return answer;
  };
}
