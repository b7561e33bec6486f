// The host's side of docs/protocol.md: lines on the standard streams, and the file in which the next command is noted.

import fs from "node:fs";
import readline from "node:readline";

const FATAL = 70; // EX_SOFTWARE

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

export function note(text) {
  fs.writeSync(2, `${text}\n`);
}

// A fatal error ends the process: what was being executed is in the progress file, and the suite starts another one.
export function die(error) {
  note(String(error?.stack ?? error));
  process.exit(FATAL);
}

// Eight bytes: the script's number in the batch and the command's in the script, little-endian. Written before each command.
export function marker([option, file]) {
  if (option !== "--progress") {
    return undefined;
  }
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

// Answers every line by `reply(line)`, which gives [answer, exit code], to the end of the input. The exit code.
export async function serve(reply) {
  for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const [answer, code] = await reply(line);
    if (answer !== undefined && answer !== null) {
      write(`${answer}\n`);
    }
    if (code !== undefined && code !== null) {
      return code;
    }
  }
  return 0;
}

process.on("uncaughtException", die);
process.on("unhandledRejection", die);
