// Elements from strings that nobody trusts: text only ever becomes a text node.

/** Makes an element. Attributes whose value is null or false are left out; `on…` is a listener; children are elements, strings or lists of them. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : visible(child));
  }
}

/** What would hide or reorder text is shown as an escape, as in every other report. */
function visible(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, c => c === "\n" ? c : "\\u" + c.codePointAt(0).toString(16).padStart(4, "0"));
}

/** A rule or a reason: what stands between backticks is code. */
function prose(text) {
  return String(text ?? "").split("`").map((part, i) => i % 2 === 1 ? h("code", null, part) : part);
}

const say = text => { document.getElementById("said").textContent = text; };
const number = n => Number(n).toLocaleString("en-GB");
const plural = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;

/** A link only where the address is one that a browser cannot be made to run. */
function link(address) {
  return /^https?:\/\//i.test(address ?? "") ? h("a", { href: address, rel: "noreferrer noopener" }, address) : h("span", null, address);
}

/** A button that puts text on the clipboard, also where a page from a file is not given one. */
function copyButton(text, label) {
  const button = h("button", {
    type: "button", class: "copy", "aria-label": `Copy ${label}`,
    onclick: async () => {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const area = h("textarea", { class: "unseen", "aria-hidden": "true" });
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      button.textContent = "Copied";
      say(`Copied ${label}`);
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    },
  }, "Copy");
  return button;
}
