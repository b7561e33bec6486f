// Which page is shown: the address says it, so that a cell can be linked to and the browser's own buttons work.

let scrolledTo = 0;

function show() {
  const [, index, clause] = location.hash.split("/").map(decodeURIComponent);
  const isCell = clause !== undefined;
  const page = document.getElementById("page");
  if (page.dataset.view === "overview") scrolledTo = scrollY;
  page.replaceChildren(...(isCell ? evidence(Number(index), clause) : overview()).filter(Boolean));
  page.dataset.view = isCell ? "evidence" : "overview";
  document.title = isCell ? `${clause} · ${document.documentElement.dataset.title}` : document.documentElement.dataset.title;
  scrollTo(0, isCell ? 0 : scrolledTo);
}

document.documentElement.dataset.title = document.title;
addEventListener("hashchange", show);
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, pre, td[data-c]")) {
    if (event.key === "Escape" && event.target.matches("input")) event.target.blur();
    return;
  }
  if (event.key === "/" && document.getElementById("filter-clause")) {
    event.preventDefault();
    document.getElementById("filter-clause").focus();
  } else if (event.key === "Escape" && location.hash.length > 1) location.hash = "";
  else if (film) {
    const step = { ArrowLeft: film.back, ArrowUp: film.back, ArrowRight: film.ahead, ArrowDown: film.ahead, Home: film.first, End: film.last }[event.key];
    if (step) {
      event.preventDefault();
      step();
    }
  }
});
show();
performance.mark("pystate-shown");
