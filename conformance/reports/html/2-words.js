// Verdicts and channels in words and signs.

const kinds = {
  bad: { sign: "✗", word: "unexpected", about: "deviates, and nobody expected it" },
  known: { sign: "≈", word: "known deviation", about: "deviates as its expectation says" },
  good: { sign: "✓", word: "conforms", about: "scripts on which a violation would have shown were run, and none did" },
  idle: { sign: "?", word: "not exercised", about: "no script of this run would have shown a violation" },
  blind: { sign: "·", word: "not observable", about: "the implementation offers no way to see it" },
  none: { sign: "–", word: "not applicable", about: "this version or profile does not have what the clause is about" },
};
const reds = new Set(["violates", "crashed", "hung", "garbled", "unstable"]);

/** Which of `kinds` a verdict is. */
function kindOf(verdict) {
  if (!verdict) return "none";
  if (!verdict.expected && verdict.verdict !== "not-exercised") return "bad";
  if (reds.has(verdict.verdict)) return "known";
  return { conforms: "good", "not-exercised": "idle", "not-observable": "blind" }[verdict.verdict] ?? "none";
}

function verdictWord(verdict) {
  if (!verdict) return "not judged";
  const word = verdict.verdict.replaceAll("-", " ");
  if (reds.has(verdict.verdict)) return verdict.expected ? `${word === "violates" ? "deviates" : word} as expected` : word;
  return verdict.expected || verdict.verdict === "not-exercised" ? word : `${word}, but was expected to deviate`;
}

const unset = n => n === 0 ? "unset" : String(n);
const functions = ([set, got]) => set === 0 && got === 0 ? "off" : set === 0 ? `off, call event to ${got}`
  : got === 0 ? `function ${set}, no call event` : got === set ? `function ${set}, active` : `function ${set}, call event to ${got}`;

/** A channel's value as the protocol has it, for people. */
function channelText(channel, value, alphabet) {
  if (value === undefined || value === null) return "not shown";
  switch (channel) {
    case "running": return (alphabet === "api" ? "t" : "c") + value;
    case "frames": return value.length ? value.join(" ‹ ") : "none";
    case "handled": return !value.length ? "none" : value[1] ? `${value[0]} (context ${value[1]})` : value[0];
    case "vars": return `v0 ${unset(value[0])}, v1 ${unset(value[1])}`;
    case "trace": case "profile": return functions(value);
    case "event": return value === 0 ? "no return event" : `return event to function ${value}`;
    case "local": return unset(value);
    case "fault": return value === 0 ? "none" : `fault ${value}`;
    default: return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
}

const channelAbout = {
  status: "how the command ended", running: "who runs", frames: "frames, innermost first", handled: "the exception being handled",
  vars: "the two context variables", trace: "the trace function, and whether a call reached it", profile: "the profile function, and whether a call reached it",
  event: "who got the return event", local: "a thread-local value", probe: "the number that the command asks for", fault: "a fault of the machine below",
};

function labelOf(implementation) {
  return `${implementation.name} ${implementation.implementationVersion}`;
}

function interpreterOf(implementation) {
  const build = { debug: " (debug)", jit: " (JIT)", "debug-jit": " (debug, JIT)", release: "" }[implementation.build] ?? ` (${implementation.build})`;
  return `${implementation.interpreter} ${implementation.interpreterVersion}${build}`;
}

const when = started => started ? new Date(started).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }) + " UTC" : null;
