// The report's JSON, and its place in a site where it has one, looked up by clause and implementation.

const report = JSON.parse(document.getElementById("data").textContent);
const place = JSON.parse(document.getElementById("place").textContent);
const implementations = report.implementations;
const verdictsOf = implementations.map(i => new Map(i.verdicts.map(v => [v.clause, v])));
const clauses = report.clauses?.length ? report.clauses
  : [...new Map(implementations.flatMap(i => i.verdicts).map(v => [v.clause, { id: v.clause, title: v.title, family: v.clause.split("-")[0], about: "", statement: "", intent: "" }])).values()];
const clauseById = new Map(clauses.map(c => [c.id, c]));

/** Every deviation, with where it was found. The unexpected first; the shortest script first. */
const deviations = implementations
  .flatMap((implementation, index) => implementation.verdicts
    .filter(v => reds.has(v.verdict) || !v.expected)
    .filter(v => v.verdict !== "not-exercised")
    .map(verdict => ({ index, implementation, verdict, kind: kindOf(verdict) })))
  .sort((a, b) => (a.kind === "bad" ? 0 : 1) - (b.kind === "bad" ? 0 : 1) || sizeOf(a.verdict) - sizeOf(b.verdict));

function sizeOf(verdict) {
  const found = verdict.counterexample;
  return found ? found.steps.length + (found.before ?? []).reduce((sum, b) => sum + b.length + 1, 0) : 1000;
}

const addressOf = (index, clause) => `#/${index}/${clause}`;
