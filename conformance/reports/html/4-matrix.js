// The matrix: a row for each clause, a column for each implementation on an interpreter, and what narrows it.

const filter = { clause: "", implementation: "", kinds: new Set() };

function matrix() {
  const wide = implementations.length <= 3;
  const table = h("table", { class: implementations.length === 1 ? "matrix wide one" : wide ? "matrix wide" : implementations.length <= 14 ? "matrix few" : "matrix", role: "grid", "aria-labelledby": "matrix-title", "aria-rowcount": clauses.length + 1 });
  const head = h("tr", null, h("th", { scope: "col", class: "corner" }, "Clause"));
  implementations.forEach((implementation, index) => {
    const red = implementation.verdicts.some(v => kindOf(v) === "bad");
    head.append(h("th", { scope: "col", "data-column": index, class: red ? "column bad" : "column", title: `${labelOf(implementation)} on ${interpreterOf(implementation)}` },
      h("span", { class: "heading" }, h("b", null, implementation.name), " ", h("span", null, implementation.implementationVersion), h("span", { class: "on" }, interpreterOf(implementation)))));
  });
  table.append(h("thead", null, head));

  const rows = [];
  for (const family of [...new Set(clauses.map(c => c.family))]) {
    const members = clauses.filter(c => c.family === family);
    const body = h("tbody", { "data-family": family }, h("tr", { class: "family" },
      h("th", { scope: "rowgroup", class: "corner" }, h("b", null, family), h("span", { class: "about" }, members[0].about))));
    body.firstChild.append(h("td", { colspan: implementations.length, class: "rest" }));
    for (const clause of members) {
      const row = h("tr", null, h("th", { scope: "row", title: clause.statement }, place && clauses.length > 1 ? h("a", { class: "id", href: place.clauses[clause.id] }, clause.id) : h("span", { class: "id" }, clause.id), " ", h("span", { class: "title" }, clause.title), implementations.length === 1 && h("span", { class: "about" }, prose(clause.statement))));
      const cells = implementations.map((implementation, index) => {
        const verdict = verdictsOf[index].get(clause.id);
        const kind = kindOf(verdict);
        const cell = h("td", { role: "gridcell", tabindex: -1, class: kind, "data-i": index, "data-c": clause.id, "aria-label": `${clause.id} on ${implementation.name}, ${interpreterOf(implementation)}: ${verdictWord(verdict)}` });
        cell.append(kinds[kind].sign);
        if (wide) cell.append(h("span", { class: "word" }, verdictWord(verdict)), h("span", { class: "count" }, verdict?.exercised ? number(verdict.exercised) : ""));
        row.append(cell);
        return { cell, kind };
      });
      body.append(row);
      rows.push({ row, clause, cells, body });
    }
    table.append(body);
  }

  const first = table.querySelector("tbody td[data-c]");
  if (first) first.tabIndex = 0;
  table.addEventListener("click", event => openCell(event.target.closest("td[data-c]")));
  table.addEventListener("keydown", event => moveInGrid(event, rows));
  const empty = h("p", { class: "empty", hidden: true }, "Nothing matches. ", h("button", { type: "button", onclick: clear }, "Show everything"));
  const bar = filterBar(() => narrow(rows, head, empty));
  if (filter.clause || filter.implementation || filter.kinds.size) narrow(rows, head, empty);
  return h("section", { "aria-labelledby": "matrix-title" },
    h("h2", { id: "matrix-title" }, "Every verdict"), bar,
    h("div", { class: implementations.length > 3 ? "scroll tall" : "scroll" }, table), empty);

  function clear() {
    filter.clause = filter.implementation = "";
    filter.kinds.clear();
    show();
  }
}

function openCell(cell) {
  if (cell) location.hash = addressOf(cell.dataset.i, cell.dataset.c);
}

function moveInGrid(event, rows) {
  const cell = event.target.closest("td[data-c]");
  if (!cell) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    return openCell(cell);
  }
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!step) return;
  event.preventDefault();
  const shown = rows.filter(r => !r.row.hidden);
  const columns = [...cell.parentElement.querySelectorAll("td[data-c]:not([hidden])")].map(c => Number(c.dataset.i));
  const y = shown.findIndex(r => r.row === cell.parentElement) + step[0];
  const x = columns.indexOf(Number(cell.dataset.i)) + step[1];
  const next = shown[y]?.cells[columns[x]]?.cell;
  if (next) {
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

function filterBar(narrowed) {
  const text = (key, label, hint) => h("label", { class: "search" }, h("span", { class: "unseen" }, label),
    h("input", { type: "search", id: `filter-${key}`, placeholder: hint, value: filter[key], autocomplete: "off", spellcheck: "false", oninput: event => { filter[key] = event.target.value; narrowed(); } }));
  const counts = {};
  for (const verdicts of verdictsOf) for (const clause of clauses) {
    const kind = kindOf(verdicts.get(clause.id));
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return h("div", { class: "filters" },
    text("clause", "Filter clauses", "Filter clauses ( / )"),
    implementations.length > 1 && text("implementation", "Filter implementations and interpreters", "Filter implementations"),
    h("div", { class: "chips", role: "group", "aria-label": "Show only rows with" },
      Object.entries(kinds).filter(([kind]) => counts[kind]).map(([kind, { sign, word, about }]) => h("button", {
        type: "button", class: `chip ${kind}`, "aria-pressed": String(filter.kinds.has(kind)), title: about,
        onclick: event => {
          const pressed = !filter.kinds.has(kind);
          if (pressed) filter.kinds.add(kind); else filter.kinds.delete(kind);
          event.currentTarget.setAttribute("aria-pressed", String(pressed));
          narrowed();
        },
      }, h("span", { class: "sign", "aria-hidden": "true" }, sign), ` ${word} `, h("span", { class: "count" }, number(counts[kind]))))));
}

function narrow(rows, head, empty) {
  const words = text => text.toLowerCase().split(/\s+/).filter(Boolean);
  const columnWords = words(filter.implementation);
  const isShown = implementations.map(i => {
    const label = `${labelOf(i)} ${interpreterOf(i)} ${i.python ?? ""}`.toLowerCase();
    return columnWords.every(w => label.includes(w));
  });
  [...head.querySelectorAll("th[data-column]")].forEach((th, i) => { th.hidden = !isShown[i]; });
  const clauseWords = words(filter.clause);
  let count = 0;
  const families = new Map();
  for (const { row, clause, cells, body } of rows) {
    const text = `${clause.id} ${clause.title} ${clause.statement}`.toLowerCase();
    const shown = clauseWords.every(w => text.includes(w)) && (filter.kinds.size === 0 || cells.some((c, i) => isShown[i] && filter.kinds.has(c.kind))) && isShown.some(Boolean);
    if (row.hidden === shown) row.hidden = !shown;
    count += shown ? 1 : 0;
    families.set(body, (families.get(body) ?? false) || shown);
    cells.forEach((c, i) => {
      if (c.cell.hidden === isShown[i]) c.cell.hidden = !isShown[i];
      c.cell.classList.toggle("faint", filter.kinds.size > 0 && !filter.kinds.has(c.kind));
    });
  }
  for (const [body, shown] of families) body.hidden = !shown;
  empty.hidden = count > 0;
  say(`${count} of ${rows.length} clauses shown`);
}
