// The first page: how it stands, what to look at first, every verdict, and how it was run.

const cardsAtFirst = 8;

function overview() {
  return [
    h("header", { class: "top" }, place?.home && h("nav", { class: "crumbs", "aria-label": "Where you are" }, h("a", { href: place.home }, "← Every implementation")), h("p", { class: "brand" }, "PyState Spec", h("span", null, " conformance")), h("h1", null, headline()), facts(), bar()),
    h("main", null, clausePage(), withheld(), firstThings(), matrix(), trend(), runs()),
    h("footer", null, `pystate ${report.program}`, h("span", { class: "keys" }, h("kbd", null, "/"), " filter · arrow keys move in the table · ", h("kbd", null, "Enter"), " opens the evidence")),
  ];
}

function headline() {
  if (place?.home && clauses.length === 1) return `${clauses[0].id} ${clauses[0].title}`;
  const red = implementations.filter((_, i) => [...verdictsOf[i].values()].some(v => kindOf(v) === "bad"));
  if (implementations.length === 1) {
    const unexpected = deviations.filter(d => d.kind === "bad").length;
    const known = deviations.length - unexpected;
    const name = labelOf(implementations[0]);
    return unexpected > 0 ? `${name} deviates from ${plural(unexpected, "clause", "clauses")}`
      : !implementations[0].verdicts.some(v => v.verdict === "conforms" || reds.has(v.verdict)) ? `${name}: nothing was judged`
      : known > 0 ? `${name} is as expected, with ${plural(known, "known deviation", "known deviations")}` : `${name} conforms`;
  }
  return red.length > 0 ? `${red.length} of ${implementations.length} implementations deviate unexpectedly` : `All ${implementations.length} implementations are as expected`;
}

function facts() {
  const one = implementations[0];
  const parts = implementations.length === 1
    ? [interpreterOf(one), one.platform, when(one.started), `${number(one.commands)} commands in ${plural(one.scripts, "script", "scripts")}`, `${one.seconds.toFixed(1)} s`, `seed ${one.seed}`]
    : [plural(clauses.length, "clause", "clauses"), `${number(implementations.reduce((sum, i) => sum + i.commands, 0))} commands`, when(implementations.map(i => i.started).filter(Boolean).sort().at(-1))];
  return h("p", { class: "facts" }, parts.filter(Boolean).map((part, i) => [i > 0 && h("span", { "aria-hidden": "true" }, " · "), part]));
}

function bar() {
  const counts = Object.fromEntries(Object.keys(kinds).map(k => [k, 0]));
  for (const verdicts of verdictsOf) for (const clause of clauses) counts[kindOf(verdicts.get(clause.id))]++;
  const total = Object.values(counts).reduce((a, b) => a + b, 0) || 1;
  const shown = Object.entries(counts).filter(([, n]) => n > 0);
  const width = 1000;
  let x = 0;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${width} 10`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "bar");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", shown.map(([kind, n]) => `${n} ${kinds[kind].word}`).join(", "));
  for (const [kind, n] of shown) {
    const part = document.createElementNS(svg.namespaceURI, "rect");
    const w = Math.max(4, width * n / total);
    for (const [name, value] of Object.entries({ x, y: 0, width: w - 2, height: 10, class: kind })) part.setAttribute(name, value);
    x += w;
    svg.append(part);
  }
  return h("div", null, svg, h("p", { class: "legend" }, shown.map(([kind, n]) => h("span", { class: kind }, h("span", { class: "sign", "aria-hidden": "true" }, kinds[kind].sign), ` ${number(n)} ${kinds[kind].word}`))));
}

/** A card for each clause that somebody deviates from: the shortest script found, and where else it shows. */
function firstThings() {
  const byClause = new Map();
  for (const deviation of deviations) {
    const key = `${deviation.kind} ${deviation.verdict.clause}`;
    if (byClause.has(key)) byClause.get(key).others.push(deviation); else byClause.set(key, { ...deviation, others: [] });
  }
  const all = [...byClause.values()];
  if (all.length === 0) return null;
  const cards = all.map(card);
  const list = h("ul", { class: "cards" }, cards.slice(0, cardsAtFirst));
  const more = cards.length > cardsAtFirst && h("button", { type: "button", class: "more", onclick: event => { list.append(...cards.slice(cardsAtFirst)); event.currentTarget.remove(); cards[cardsAtFirst].querySelector("a").focus(); } }, `Show ${cards.length - cardsAtFirst} more`);
  return h("section", { "aria-labelledby": "first" }, h("h2", { id: "first" }, all[0].kind === "bad" ? "Look at these first" : "Known deviations"), list, more);
}

function card(deviation) {
  const { index, implementation, verdict, kind, others } = deviation;
  const clause = clauseById.get(verdict.clause);
  const found = verdict.counterexample;
  return h("li", { class: `card ${kind}` },
    h("h3", null, h("a", { href: addressOf(index, verdict.clause) }, verdict.clause, h("span", null, ` ${verdict.title}`)), h("span", { class: `badge ${kind}` }, `${kinds[kind].sign} ${verdictWord(verdict)}`)),
    h("p", { class: "rule" }, prose(clause?.statement)),
    found && h("p", { class: "words" }, found.words),
    !found && verdict.expectation && h("p", null, "Expected to deviate, which it did not in this run: ", prose(verdict.expectation.reason)),
    found && h("ol", { class: "steps", "aria-label": "The shortest script found" }, found.steps.map((step, i) => h("li", { class: found.divergence?.step === i + 1 ? "here" : null }, h("code", null, step)))),
    implementations.length > 1 && h("p", { class: "where" }, `${labelOf(implementation)} on ${interpreterOf(implementation)}`, others.length > 0 && h("span", null, ` and ${plural(others.length, "other", "others")}`)));
}

function runs() {
  return h("section", { "aria-labelledby": "runs" }, h("h2", { id: "runs" }, "How it was run"),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "How it was run" }, h("table", { class: "runs" },
      h("thead", null, h("tr", null, ["Implementation", "Interpreter", "Outcome", "Commands", "Scripts", "Time", "Seed", "Machine", "When"].map(t => h("th", { scope: "col" }, t)))),
      h("tbody", null, implementations.map(i => h("tr", null,
        h("th", { scope: "row" }, labelOf(i)), h("td", null, interpreterOf(i), i.python && h("span", { class: "path" }, i.python)),
        h("td", { class: `outcome ${["good", "bad"][i.exitCode] ?? "idle"}` }, i.outcome), h("td", { class: "n" }, number(i.commands)), h("td", { class: "n" }, number(i.scripts)),
        h("td", { class: "n" }, `${i.seconds.toFixed(1)} s`), h("td", { class: "n" }, i.seed), h("td", null, i.platform ?? ""), h("td", null, when(i.started) ?? "")))))));
}

/** In a site, the page of one clause begins with its rule. */
function clausePage() {
  return place?.home && clauses.length === 1
    ? h("div", { class: "rule-block" }, h("p", { class: "statement" }, prose(clauses[0].statement)), h("p", { class: "intent" }, prose(clauses[0].intent))) : null;
}

function withheld() {
  return place?.withheld.length ? h("section", { "aria-labelledby": "withheld" }, h("h2", { id: "withheld" }, "Withheld"),
    h("p", { class: "rule" }, "In these runs nothing was judged, which says something about their set-up and nothing about an implementation. What stands is the run before."),
    h("ul", { class: "withheld" }, place.withheld.map(w => h("li", null, w)))) : null;
}

/** How each implementation stood, run by run: a column a run, in the colours of the verdicts. */
function trend() {
  if (!place?.history.length) return null;
  return h("section", { "aria-labelledby": "trend" }, h("h2", { id: "trend" }, "Trend"),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Trend" }, h("table", { class: "runs trend" },
      h("thead", null, h("tr", null, ["Implementation", "Runs", "First", "Last", "Conforms", "Known", "Unexpected", "Last changes"].map(t => h("th", { scope: "col" }, t)))),
      h("tbody", null, implementations.map((implementation, i) => {
        const runs = place.history[i];
        const last = runs.at(-1);
        const changed = runs.filter(r => r.changed.length).at(-1);
        return h("tr", null,
          h("th", { scope: "row" }, h("a", { href: place.implementations[i] }, labelOf(implementation)), h("span", { class: "path" }, interpreterOf(implementation))),
          h("td", null, columns(runs)), h("td", null, day(runs[0].started)), h("td", null, day(last.started)),
          h("td", { class: "n good" }, last.conforms), h("td", { class: "n known" }, last.known), h("td", { class: last.unexpected ? "n bad" : "n" }, last.unexpected),
          h("td", null, changed ? [`${day(changed.started)}: `, changed.changed.slice(0, 4).map((c, k) => [k > 0 && ", ", place.clauses[c] ? h("a", { href: place.clauses[c] }, c) : c]), changed.changed.length > 4 && ` and ${changed.changed.length - 4} more`] : "none"));
      })))));
}

const day = started => new Date(started).toISOString().slice(0, 10);

function columns(runs) {
  const shown = runs.slice(-40);
  const most = Math.max(1, ...shown.map(r => r.conforms + r.known + r.unexpected));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ class: "bar columns", width: 8 * shown.length, height: 28, role: "img", "aria-label": `${plural(runs.length, "run", "runs")}; unexpected: ${shown.map(r => r.unexpected).join(", ")}` })) svg.setAttribute(name, value);
  shown.forEach((run, x) => {
    let y = 28;
    for (const [kind, n] of [["good", run.conforms], ["known", run.known], ["bad", run.unexpected]]) {
      if (n === 0) continue;
      const height = Math.max(2, 28 * n / most);
      y -= height;
      const rect = document.createElementNS(svg.namespaceURI, "rect");
      for (const [name, value] of Object.entries({ x: 8 * x, y, width: 6, height, class: kind })) rect.setAttribute(name, value);
      svg.append(rect);
    }
  });
  return svg;
}
