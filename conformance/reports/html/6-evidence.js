// One cell: the rule, the verdict, and the counterexample as a film that is stepped through.

let at = 0; // the moment shown
let film = null; // what draws it

function evidence(index, id) {
  const implementation = implementations[index];
  const clause = clauseById.get(id);
  const verdict = verdictsOf[index]?.get(id);
  if (!implementation || !clause) return [h("main", null, h("h1", null, "There is no such cell"), h("p", null, h("a", { href: "#" }, "Back to the overview")))];
  const kind = kindOf(verdict);
  const found = verdict?.counterexample;
  const same = deviations.filter(d => d.index === index);
  const place = same.findIndex(d => d.verdict.clause === id);
  film = null;
  return [
    h("header", { class: "top" },
      h("nav", { class: "crumbs", "aria-label": "Where you are" }, h("a", { href: "#" }, "← Overview"),
        place >= 0 && same.length > 1 && h("span", { class: "others" },
          `deviation ${place + 1} of ${same.length} `,
          place > 0 && h("a", { href: addressOf(index, same[place - 1].verdict.clause), rel: "prev" }, "previous"), place > 0 && place < same.length - 1 && " · ",
          place < same.length - 1 && h("a", { href: addressOf(index, same[place + 1].verdict.clause), rel: "next" }, "next"))),
      h("p", { class: "brand" }, `${labelOf(implementation)} on ${interpreterOf(implementation)}`),
      h("h1", null, h("span", { class: "id" }, id), ` ${clause.title} `, h("span", { class: `badge ${kind}` }, `${kinds[kind].sign} ${verdictWord(verdict)}`))),
    h("main", { class: "evidence" },
      h("div", { class: "rule-block" },
        h("p", { class: "statement" }, prose(clause.statement)),
        h("p", { class: "intent" }, prose(clause.intent))),
      verdictBlock(verdict, found),
      found && filmBlock(found),
      found && nextBlock(found),
      origin(implementation, verdict, found)),
    h("footer", null, h("span", { class: "keys" }, found?.timeline?.length ? [h("kbd", null, "←"), " ", h("kbd", null, "→"), " step · "] : null, h("kbd", null, "Esc"), " overview")),
  ];
}

function verdictBlock(verdict, found) {
  if (!verdict) return h("p", null, "This run gave no verdict on the clause.");
  return h("section", { "aria-label": "Verdict", class: `verdict ${kindOf(verdict)}` },
    found && h("p", { class: "words" }, found.words),
    found?.meaning && h("p", null, capital(found.meaning), "."),
    found?.fields && h("p", { class: "look" }, "Look first at ", found.fields.map((f, i) => [i > 0 && ", ", h("code", null, f)]), "."),
    found?.detail && h("p", null, found.detail),
    found?.tail && h("pre", { class: "tail", tabindex: 0, "aria-label": "The end of standard error" }, found.tail.join("\n")),
    found?.control && h("p", null, "Control: ", found.control, "."),
    verdict.reason && h("p", null, capital(verdict.reason), "."),
    verdict.expectation && h("p", null, "Known: ", prose(verdict.expectation.reason), " ", verdict.expectation.link && link(verdict.expectation.link)),
    verdict.verdict === "conforms" && h("p", null, `A violation would have shown on ${plural(verdict.exercised, "script", "scripts")} of this run, and none did.`));
}

const capital = text => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, "");

/** The steps with a lane for each context beside them, and what is true after the selected one. */
function filmBlock(found) {
  const moments = found.timeline ?? found.steps.map((command, i) => ({ step: i + 1, command, summary: "", lanes: [], expected: {} }));
  const names = [...new Set(moments.flatMap(m => m.lanes.map(l => l.name)))].sort();
  const diverges = found.divergence?.step;
  const stage = h("div", { class: "stage", id: "stage" });
  const rows = moments.map((moment, i) => {
    const red = moment.step === diverges;
    const button = h("button", { type: "button", class: "step", onclick: () => go(i), "aria-controls": "stage" },
      h("span", { class: "n" }, moment.step), h("code", null, moment.command), h("span", { class: "does" }, moment.summary), red && h("span", { class: "mark" }, "deviates here"));
    return h("tr", { class: red ? "here" : null }, h("th", { scope: "row" }, button), names.map(name => {
      const lane = moment.lanes.find(l => l.name === name);
      const runs = moment.running === name;
      const word = lane?.state ?? "not there yet";
      return h("td", { class: `lane ${runs ? "runs" : lane ? laneClass(lane.state) : ""}`, title: `${name} ${word}` }, h("span", { class: "unseen" }, word));
    }));
  });
  const table = h("table", { class: "film" },
    h("caption", { class: "unseen" }, "The steps, and which context runs after each"),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, "Step"), names.map(name => h("th", { scope: "col", class: "lane" }, name)))),
    h("tbody", null, rows));
  const back = h("button", { type: "button", onclick: () => go(at - 1), "aria-label": "Step back" }, "◀");
  const ahead = h("button", { type: "button", onclick: () => go(at + 1), "aria-label": "Step forward" }, "▶");
  const where = h("span", { class: "where" });

  function go(i) {
    at = Math.max(0, Math.min(moments.length - 1, i));
    rows.forEach((row, r) => {
      row.classList.toggle("now", r === at);
      const button = row.querySelector("button");
      if (r === at) button.setAttribute("aria-current", "step"); else button.removeAttribute("aria-current");
    });
    back.disabled = at === 0;
    ahead.disabled = at === moments.length - 1;
    where.textContent = `step ${at + 1} of ${moments.length}`;
    stage.replaceChildren(...momentBlock(moments[at], moments[at - 1], found, names));
    say(`Step ${moments[at].step}: ${moments[at].command}`);
  }

  film = { back: () => go(at - 1), ahead: () => go(at + 1), first: () => go(0), last: () => go(moments.length - 1) };
  go(diverges ? moments.findIndex(m => m.step === diverges) : moments.length - 1);
  return h("section", { "aria-labelledby": "film" },
    h("h2", { id: "film" }, "What happens"),
    found.before && h("div", { class: "before" }, h("p", null, `It shows only after ${plural(found.before.length, "other script", "other scripts")} in the same process:`), h("ol", null, found.before.map(b => h("li", null, h("code", null, b.join("; ")))))),
    h("div", { class: "film-and-stage" }, h("div", { class: "reel" }, h("div", { class: "scroll" }, table), h("div", { class: "stepper" }, back, where, ahead)), stage));
}

const laneClass = state => ({ suspended: "waits", live: "waits", waiting: "waits", new: "fresh", empty: "fresh", detached: "waits" }[state] ?? "over");

function momentBlock(moment, before, found, names) {
  const seen = moment.seen;
  const channels = Object.keys(moment.expected).filter(c => c !== "raw");
  const differs = new Set(seen ? (found.divergence?.differences ?? []).map(d => d.channel) : []);
  const lanes = names.map(n => moment.lanes.find(l => l.name === n)).filter(Boolean);
  const rows = [...channels.map(c => [c, c, moment.expected[c], seen?.[c]]), ...rawRows(moment, differs)];
  const isDifferent = ([name, channel, e, s]) => differs.has(channel) && JSON.stringify(e) !== JSON.stringify(s);
  rows.sort((a, b) => isDifferent(b) - isDifferent(a));
  const one = row => {
    const [name, channel, e, s] = row;
    const red = isDifferent(row);
    return h("tr", { class: red ? "differs" : "same" }, h("th", { scope: "row" }, name, channelAbout[channel] && h("span", { class: "about" }, channelAbout[channel])),
      h("td", null, channelText(channel, e, found.alphabet)), h("td", null, red ? channelText(channel, s, found.alphabet) : seen || found.divergence ? "the same" : "not known"));
  };
  const compared = h("table", { class: "channels" }, h("caption", null, seen ? "What the model expects, beside what was seen" : found.divergence ? "What the model expects; it was seen in every channel" : "What the model expects"),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, "Channel"), h("th", { scope: "col" }, "Expected"), h("th", { scope: "col" }, "Seen"))),
    h("tbody", null, rows.map(one)));
  return [
    h("h3", null, `After step ${moment.step}: `, h("code", null, moment.command), moment.summary && h("span", { class: "does" }, ` ${moment.summary}`)),
    h("div", { class: "contexts" }, lanes.map(lane => laneCard(lane, before?.lanes.find(l => l.name === lane.name), moment, seen, differs, found.alphabet))),
    compared,
  ];
}

function rawRows(moment, differs) {
  if (!moment.seen?.raw || !differs.has("raw")) return [];
  return Object.keys(moment.expected.raw ?? {}).filter(k => moment.expected.raw[k] !== moment.seen.raw[k]).map(k => [`field ${k}`, "raw", moment.expected.raw[k], moment.seen.raw[k]]);
}

function laneCard(lane, before, moment, seen, differs, alphabet) {
  const runs = moment.running === lane.name;
  const field = (name, text, channel) => {
    const now = text(lane);
    const was = before ? text(before) : null;
    const red = runs && seen && differs.has(channel);
    return h("div", { class: red ? "field differs" : was !== null && was !== now ? "field changed" : "field" }, h("dt", null, name),
      red ? h("dd", null, h("span", { class: "expected" }, h("b", null, "expected "), channelText(channel, moment.expected[channel], alphabet)), h("span", { class: "seen" }, h("b", null, "seen "), channelText(channel, seen[channel], alphabet)))
        : h("dd", null, now, was !== null && was !== now && h("span", { class: "was" }, ` was ${was}`)));
  };
  const hasContent = lane.state !== "new" && !["fresh", "over"].includes(laneClass(lane.state)) || runs;
  return h("section", { class: `context ${runs ? "runs" : laneClass(lane.state)}`, "aria-label": `${lane.name}, ${lane.state}` },
    h("h4", null, lane.name, h("span", { class: "state" }, lane.state)),
    hasContent ? h("dl", null,
      h("div", { class: runs && seen && differs.has("frames") ? "field differs" : "field" }, h("dt", null, "frames"), h("dd", null, stack(lane.frames, before && before.frames),
        runs && seen && differs.has("frames") && h("span", { class: "seen" }, h("b", null, "seen "), channelText("frames", seen.frames, alphabet)))),
      field("handles", l => l.handled?.join(" ‹ ") ?? "nothing", "handled"),
      field("variables", l => l.vars ? channelText("vars", l.vars) : "none set", "vars"),
      field("tracing", l => l.tracing ? `inside ${plural(l.tracing, "callback", "callbacks")}` : "in no callback", "trace")) : h("p", { class: "nothing" }, lane.state === "new" ? "not started" : "holds nothing"));
}

function stack(frames, before) {
  if (!frames?.length) return h("span", { class: "none" }, "none");
  const old = before?.length ?? 0;
  return h("ol", { class: "stack", "aria-label": "frames, innermost first" }, frames.map((f, i) => h("li", { class: before !== undefined && frames.length - i > old ? "added" : null }, f)));
}

function nextBlock(found) {
  const commands = [["Replay it", found.next?.replay, "the replay command"], ["Print it as a Python program", found.next?.python, "the command that prints it as Python"], ["Read the rule", found.next?.explain, "the explain command"]].filter(c => c[1]);
  return h("section", { "aria-labelledby": "next" }, h("h2", { id: "next" }, "What to do next"),
    h("dl", { class: "commands" }, commands.map(([name, command, label]) => h("div", null, h("dt", null, name), h("dd", null, h("code", null, command.split(" ").map((word, i) => [i > 0 && " ", h("span", { class: "token" }, word)])), copyButton(command, label))))),
    found.standalone && h("details", null, h("summary", null, "The standalone program, for a bug report"), h("div", { class: "program" }, copyButton(found.standalone, "the standalone program"), h("pre", { tabindex: 0, "aria-label": "The standalone program" }, found.standalone))));
}

function origin(implementation, verdict, found) {
  const facts = [
    ["On", interpreterOf(found ? { ...implementation, interpreterVersion: found.interpreterVersion } : implementation)], ["Given with --python", implementation.python],
    ["Seed", found && `${found.seed}, script ${number(found.script)}`], ["Shrunk", found && found.originalLength > found.steps.length && `from ${found.originalLength} steps to ${found.steps.length}`],
    ["Trace", found?.trace], ["Exercised", verdict && `on ${plural(verdict.exercised, "script", "scripts")}`], ["Machine", implementation.platform], ["Run", when(implementation.started)],
  ].filter(f => f[1]);
  return h("section", { "aria-labelledby": "origin" }, h("h2", { id: "origin" }, "Where it comes from"), h("dl", { class: "origin" }, facts.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value)))));
}
