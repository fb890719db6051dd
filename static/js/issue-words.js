// Words typed on the page of an issue are not lost: not when the page is renewed, not when somebody else was faster, not when
// the session ends. They stay on this device, for this tab and this person, until the server has them; keys.js throws away
// what somebody else has left. `kept`: id of a form → its fields as they were typed, and the words among them.
import { ask } from "./live-page.js";

const TEXTS = {
  en: {
    changed: "Changed meanwhile:",
    stored: "What you wrote was not stored. Copy what you still need:",
    away: "Throw it away",
    failed: "This did not reach the server. Your words stay here: try again.",
  },
  es: {
    changed: "Cambió mientras tanto:",
    stored: "Lo que escribió no se guardó. Copie lo que todavía necesite:",
    away: "Descartarlo",
    failed: "Esto no llegó al servidor. Sus palabras siguen aquí: inténtelo de nuevo.",
  },
};
const text = TEXTS[document.documentElement.lang.slice(0, 2)] ?? TEXTS.en;
const TYPED = "textarea, input[type=text]";
const CHOSEN = "[type=checkbox], [type=radio]";
const SOON = 700; // milliseconds; what one does oneself is on the page by then

const issue = () => document.querySelector("#issue");
const drawer = `issue-words:${document.body.dataset.person}:${issue()?.dataset.issue}`;
const kept = new Map(JSON.parse(sessionStorage.getItem(drawer) ?? "[]"));
let meanwhile = ""; // what somebody else has done since these words were typed
let own = ""; // what one did last oneself
let looking = 0;

const typed = (form) => [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");

function keep() {
  if (kept.size) sessionStorage.setItem(drawer, JSON.stringify([...kept]));
  else sessionStorage.removeItem(drawer);
}

function forget(id) {
  kept.delete(id);
  if (!kept.size) meanwhile = "";
  keep();
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-keep]");
  if (!form) return;
  const written = [...form.querySelectorAll(TYPED)].filter((field) => field.value.trim() && field.value !== field.defaultValue);
  kept.set(form.id, { fields: typed(form), words: written.map((field) => field.value) });
  keep();
});

// A form that leaves the page by itself has sent its words; what htmx sends is asked about afterwards.
document.addEventListener("submit", (event) => event.defaultPrevented || forget(event.target.id));
document.addEventListener("htmx:beforeSwap", (event) => {
  // Of details that share a name one can be open: the new ones would shut because the old ones still stand there.
  if (event.detail.target?.id === "issue") for (const act of document.querySelectorAll("#issue details[name]")) act.removeAttribute("name");
});
document.addEventListener("htmx:beforeOnLoad", ({ detail: { requestConfig, xhr } }) => {
  const form = requestConfig?.elt?.closest("form[data-keep]");
  if (form && (xhr.status < 300 || (xhr.status === 422 && !xhr.responseText.includes(`id="${form.id}"`)))) forget(form.id);
});
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const form = event.detail.elt;
    if (!form?.matches?.("#issue form") || event.detail.xhr?.status === 401) return;
    note(form, "failed", text.failed, "alert");
    form.querySelector(".failed").scrollIntoView({ block: "nearest" });
  });
}

// One note of a kind at the head of a form.
function note(form, kind, words, role) {
  let said = form.querySelector(`.${kind}`);
  if (!said) {
    said = Object.assign(document.createElement("p"), { className: `notice warn ${kind}`, role });
    form.prepend(said);
  }
  if (said.textContent !== words) said.textContent = words;
}

function fill(form, fields) {
  for (const box of form.querySelectorAll(CHOSEN)) box.checked = false;
  for (const [name, value] of fields) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.matches(CHOSEN)) field.checked ||= field.value === value;
      else if (field.matches("input, textarea, select")) field.value = value;
    }
  }
  for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
}

// Words whose form is gone: nothing can be done with them but to copy them.
function show(id, words) {
  if (!words.length || document.querySelector(`[data-words-of="${CSS.escape(id)}"]`)) return;
  const box = Object.assign(document.createElement("div"), { className: "notice warn lost", role: "alert" });
  box.dataset.wordsOf = id;
  const line = (content, className = "") => box.append(Object.assign(document.createElement("p"), { textContent: content, className }));
  if (meanwhile) line(meanwhile);
  line(text.stored);
  for (const said of words) line(said, "words");
  const away = Object.assign(document.createElement("button"), { type: "button", textContent: text.away });
  away.addEventListener("click", () => {
    forget(id);
    box.remove();
  });
  box.append(away);
  issue().querySelector("header").after(box);
}

export function restore() {
  if (!issue()) return;
  for (const [id, { fields, words }] of kept) {
    const form = document.getElementById(id);
    if (form) fill(form, fields);
    else if (!document.getElementById(id.replace("form-", "to-"))) show(id, words);
    if (form && meanwhile) note(form, "meanwhile", meanwhile, "status");
  }
}
document.addEventListener("huddle:renewed", restore);

// Somebody else did something while words stand here half typed: the page waits with what it shows, but it says so.
const newest = (page) => page.querySelector(".history li")?.textContent.replace(/\s+/g, " ").trim() ?? "";
document.addEventListener("huddle:changed", ({ detail }) => {
  if (!kept.size || looking || !detail?.issues?.includes(Number(issue()?.dataset.issue))) return;
  const before = newest(document);
  looking = setTimeout(async () => {
    looking = 0;
    const answer = document.querySelector(".htmx-request") ? null : await ask(location.href).catch(() => null);
    if (answer?.status !== 200) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (fresh.body.dataset.version === document.body.dataset.version && newest(document) === before) return;
    if (newest(fresh) === own) return;
    meanwhile = `${text.changed} ${newest(fresh)}`;
    for (const [id, { words }] of kept) {
      const form = document.getElementById(id);
      if (form) note(form, "meanwhile", meanwhile, "status");
      else show(id, words);
    }
  }, SOON);
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const refused = detail.xhr?.status === 422 && document.getElementById(detail.requestConfig?.elt?.id);
  if (refused && kept.has(refused.id)) kept.get(refused.id).fields = typed(refused); // as it was sent, with what is known by now
  if (detail.requestConfig?.verb === "post" && detail.xhr?.status === 200 && issue()) own = newest(document);
});

// After signing in again: the words are where they were.
restore();
const folded = [...kept.keys()].map((id) => document.getElementById(id.replace("form-", "to-"))).find(Boolean);
if (folded && ![...kept.keys()].some((id) => document.getElementById(id)?.closest("details"))) folded.click();
