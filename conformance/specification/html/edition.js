"use strict";
// Without this script all of the text is there; with it, what does not apply to the chosen CPython is hidden.
const version = document.getElementById("version");
const rules = document.getElementById("rules");
function show() {
  for (const element of document.querySelectorAll("[data-v]")) {
    element.hidden = version.value !== "" && !element.dataset.v.split(" ").includes(version.value);
  }
  document.body.classList.toggle("rules-only", rules.checked);
}
version.addEventListener("change", show);
rules.addEventListener("change", show);
if (window.matchMedia("(max-width: 60rem)").matches) {
  document.getElementById("contents").open = false;
}
// A link to a clause that is hidden shows everything first.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target !== null && target.hidden) {
    version.value = "";
    show();
    target.scrollIntoView();
  }
}
window.addEventListener("hashchange", reveal);
const asked = new URLSearchParams(location.search).get("cpython");
if (asked !== null && /^3\.\d+$/.test(asked)) {
  version.value = asked.slice(2);
}
show();
reveal();
