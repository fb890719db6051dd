// Pages of issues: keys for what comes next, names after an @, the cursor where somebody reads on. Words that are half typed:
// issue-words.js.
import { restore } from "./issue-words.js";

const FIELDS = "select, textarea, input:not([type=hidden], [type=radio])";
const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

// ---------------------------------------------------------------- Keys: before those of every page, since "/" is ours here

document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const search = document.querySelector("[data-search-here]");
    if (event.key === "/" && search) {
      event.preventDefault();
      event.stopPropagation();
      search.focus();
      return;
    }
    if (event.key === "n") document.querySelector("a.raise")?.click();
    const target = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
    if (!target) return;
    event.preventDefault();
    const behind = target.closest("details.rest");
    if (behind) behind.open = true;
    target.click();
  },
  true,
);

// An act that is opened takes the cursor to its first field, unless somebody writes in one by now: this event comes late.
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches("details.act[open]:not(.rest)")) return;
    if (!typing(document.activeElement)) event.target.querySelector(`form :is(${FIELDS})`)?.focus();
    event.target.scrollIntoView({ block: "nearest" });
  },
  true,
);

// From the search the arrows lead into the list.
document.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && event.target.matches("[data-search-here]")) {
    event.preventDefault();
    document.querySelector("[data-stop] a")?.focus();
  }
});

// ---------------------------------------------------------------- A page that is renewed keeps the cursor where it was

let last = "";
document.addEventListener("focusin", (event) => {
  const here = event.target.closest("main") && event.target;
  if (!here) last = "";
  else if (here.id) last = `#${CSS.escape(here.id)}`;
  else last = here.matches("a[href]") ? `main a[href="${CSS.escape(here.getAttribute("href"))}"]` : "";
});
document.addEventListener("huddle:renewed", () => {
  if (last && document.activeElement === document.body) document.querySelector(last)?.focus({ preventScroll: true });
});

// After an act the page says where the issue is now; a mistake is where somebody reads on.
document.addEventListener("htmx:afterSettle", (event) => {
  const issue = document.querySelector("#issue");
  if (!issue || event.detail.target?.id !== "issue") return; // what else arrives, arrives beside somebody who writes
  document.body.dataset.version = issue.dataset.version; // what one did oneself need not be fetched again
  restore();
  const wrong = issue.querySelector(".refused, form [aria-invalid=true]");
  const field = wrong ?? issue.querySelector(`details.act[open]:not(.rest) form :is(${FIELDS})`);
  (field ?? issue).focus({ preventScroll: !field });
  wrong?.scrollIntoView({ block: "center" });
});

// ---------------------------------------------------------------- Hints beside what is written: a patient's name, a number

let asking = 0;
document.addEventListener("input", (event) => {
  const field = event.target;
  const url = document.querySelector("#issue")?.dataset.hintsUrl;
  if (!url || !field.matches("form[data-keep] :is(textarea, input[type=text])")) return;
  clearTimeout(asking);
  asking = setTimeout(() => {
    let box = field.parentElement.querySelector(".hints");
    if (!box) {
      box = Object.assign(document.createElement("div"), { className: "hints", ariaLive: "polite" });
      field.parentElement.append(box);
    }
    window.htmx.ajax("POST", url, { target: box, swap: "innerHTML", values: { detail: field.value } });
  }, 600);
});

// ---------------------------------------------------------------- Names after an @

const MOST_NAMES = 6;
const begun = (field) => /(?:^|\s)@([\p{L}\p{M}'’. -]{0,40})$/u.exec(field.value.slice(0, field.selectionStart));

function close() {
  document.querySelector(".names")?.remove();
}

function take(field, name) {
  const match = begun(field);
  const start = field.selectionStart - match[1].length;
  field.setRangeText(`${name} `, start, field.selectionStart, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
  field.focus();
}

document.addEventListener("input", (event) => {
  const field = event.target;
  const people = field.matches("[name=comment-text]") && document.querySelector("[name=comment-mention]");
  if (!people) return;
  close();
  const match = begun(field);
  if (!match) return;
  const sought = match[1].toLocaleLowerCase();
  const names = [...people.options].slice(1).map((option) => option.textContent);
  const found = names.filter((name) => name.toLocaleLowerCase().split(/\s/).some((_word, at, all) => all.slice(at).join(" ").startsWith(sought)));
  if (!found.length || found.some((name) => name.toLocaleLowerCase() === sought.trim())) return;
  const list = document.createElement("div");
  for (const name of found.slice(0, MOST_NAMES)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.addEventListener("click", () => take(field, name));
    list.append(button);
  }
  const box = Object.assign(document.createElement("div"), { className: "names" });
  box.append(list);
  field.after(box);
});

document.addEventListener("keydown", (event) => {
  const box = document.querySelector(".names");
  if (!box) return;
  const buttons = [...box.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  if (event.key === "Escape") {
    close();
    document.querySelector("[name=comment-text]").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    (buttons[at + (event.key === "ArrowDown" ? 1 : -1)] ?? document.querySelector("[name=comment-text]")).focus();
  }
});
