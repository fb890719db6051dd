// One page that several people write: every section is a shared text, what is typed merges with what others type. Changes
// wait on this device until the server has them; live.js says when others changed something.
import { Doc, Text, applyUpdate, encodeStateAsUpdate, encodeStateVector, mergeUpdates } from "../vendor/yjs/yjs.js";
import { bind } from "./paper-text.js";

const PAUSE = 400;
const AGAIN = [2000, 4000, 8000, 15000];
const LOOK = 20_000;

const page = document.querySelector("[data-paper]");
const kept = document.getElementById("kept");
const refused = document.getElementById("paper-refused");
const words = JSON.parse(document.getElementById("paper-words")?.textContent ?? "{}");
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
const toText = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const doc = new Doc();
// What waits has a place of its own for each page that is open: two windows of one person do not write over each other.
const stem = `paper:${page.dataset.paper}:${document.body.dataset.person}`;
const key = `${stem}:${Math.random().toString(36).slice(2)}`;
let waiting = null; // one change: everything that the server does not have yet
let flying = null;
let timer = 0;
let failures = 0;
let stopped = false;
let over = false; // signed out: whoever signs in elsewhere and comes back goes on
let section = "";

function say(name, more = "") {
  if (kept) kept.textContent = (words[name] ?? "") + more;
}

function refuse(reason) {
  refused.querySelector("p").textContent = reason;
  refused.hidden = !reason;
}

// What waits is written down before anything else, so that a page that dies loses no word.
function remember() {
  const left = [flying, waiting].filter(Boolean);
  try {
    if (left.length) localStorage.setItem(key, toText(left.length > 1 ? mergeUpdates(left) : left[0]));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false; // no room on this device: the server is the only place
  }
}

// What pages that have died left waiting, and what another window has not sent yet: sent from here as well, since the same
// change twice is one. It lies in this page's place before it leaves the others.
function inherit() {
  let others = [];
  try {
    others = Object.keys(localStorage).filter((name) => name === stem || name.startsWith(`${stem}:`));
  } catch {
    return; // this browser keeps nothing
  }
  if (!others.length) return;
  waiting = mergeUpdates(others.map((name) => toBytes(localStorage.getItem(name))));
  if (remember()) for (const name of others) localStorage.removeItem(name);
  applyUpdate(doc, waiting, "device");
}

function soon(pause) {
  clearTimeout(timer);
  timer = setTimeout(sync, pause);
}

async function sync() {
  if (flying || stopped) return;
  flying = waiting;
  waiting = null;
  const body = JSON.stringify({
    change: flying ? toText(flying) : "",
    vector: toText(encodeStateVector(doc)),
    section,
  });
  try {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf(), ...(flying ? {} : { "X-Background": "1" }) };
    const answer = await fetch(page.dataset.url, { method: "POST", headers, body, credentials: "same-origin", redirect: "manual" });
    if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) return stop(words.over, true);
    const said = await answer.json();
    if (answer.status === 422) return stop(said.refused);
    if (!answer.ok) throw new Error(String(answer.status));
    applyUpdate(doc, toBytes(said.missing), "server");
    flying = null;
    failures = 0;
    remember();
    here(said.here);
    refuse("");
    if (waiting) soon(PAUSE);
    else say("kept", ` ${new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}`);
  } catch {
    waiting = flying && waiting ? mergeUpdates([flying, waiting]) : flying ?? waiting;
    flying = null;
    if (waiting) say("waits");
    else say("away");
    soon(AGAIN[Math.min(failures, AGAIN.length - 1)] * (0.75 + Math.random() / 2));
    failures += 1;
  }
}

// Nothing that stands on this page is lost: it stays on the device, and in the fields to be copied.
function stop(reason, out = false) {
  stopped = true;
  over = out;
  document.getElementById("paper-sign-in").hidden = !out;
  waiting = flying && waiting ? mergeUpdates([flying, waiting]) : flying ?? waiting;
  flying = null;
  remember();
  refuse(reason);
  say("stopped");
}

window.addEventListener("focus", () => {
  if (!over) return;
  [over, stopped] = [false, false];
  soon(0);
});

document.getElementById("paper-drop")?.addEventListener("click", () => {
  localStorage.removeItem(key);
  waiting = null;
  location.reload();
});

function here(people) {
  for (const line of document.querySelectorAll("[data-writers]")) {
    const names = people.filter((one) => one.section === line.dataset.writers).map((one) => one.name);
    const told = names.length ? `${names.join(", ")} ${words.writes}` : "";
    if (line.textContent !== told) line.textContent = told;
  }
}

function begin() {
  applyUpdate(doc, toBytes(JSON.parse(document.getElementById("paper-state").textContent)), "server");
  inherit();
  doc.on("update", (update, origin) => {
    if (origin === "server" || origin === "device") return;
    waiting = waiting ? mergeUpdates([waiting, update]) : update;
    remember();
    if (failures === 0) say("keeping");
    soon(failures ? AGAIN[0] : PAUSE);
  });
  for (const area of document.querySelectorAll("[data-text]")) {
    bind(area, doc.get(area.dataset.text, Text), () => (section = area.dataset.text));
    const full = document.querySelector(`[data-full="${area.dataset.text}"]`);
    area.addEventListener("input", () => (full.hidden = area.value.length < area.maxLength));
  }
  window.addEventListener("online", () => soon(0));
  window.addEventListener("pagehide", last);
  setInterval(() => !document.hidden && !timerRuns() && sync(), LOOK);
  say(waiting ? "keeping" : "kept");
  if (waiting) soon(0);
}

const timerRuns = () => Boolean(waiting || flying);

// The page goes: what waits is sent along, and stays written down here until the server has said that it has it.
function last() {
  remember();
  const left = [flying, waiting].filter(Boolean);
  if (!left.length || stopped) return;
  const body = JSON.stringify({ change: toText(mergeUpdates(left)), vector: toText(encodeStateVector(doc)), section });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf() };
  if (body.length < 60_000) fetch(page.dataset.url, { method: "POST", headers, body, credentials: "same-origin", keepalive: true }).catch(() => {});
}

const renewing = new Map();
const OWN = 3000;
let sent = 0; // when this page last sent a change of a row

// How what holds the keyboard is found again in the same part drawn anew.
function described(held) {
  if (held.id) return `#${CSS.escape(held.id)}`;
  if (held.matches("a[href]")) return `a[href="${CSS.escape(held.getAttribute("href"))}"]`;
  if (held.matches("button[value]")) return `button[name="${CSS.escape(held.name)}"][value="${CSS.escape(held.value)}"]`;
  return "";
}

// A part of the page that others changed is fetched again, unless somebody writes in it: then it says so.
function renew(part) {
  if (part.querySelector("form.row-form")) {
    // What oneself has just changed elsewhere is told to this part as well.
    if (Date.now() - sent > OWN && !part.querySelector("[data-changed]")) {
      const line = document.createElement("p");
      line.className = "small is-at_risk";
      line.dataset.changed = "";
      line.setAttribute("role", "status");
      line.textContent = words.changed;
      part.prepend(line);
    }
    return;
  }
  if (renewing.has(part)) {
    renewing.set(part, true); // told again while it was being fetched: what comes may be old
    return;
  }
  renewing.set(part, false);
  // One's own change is told as well: the way to take it back stays, and so does a form that was opened meanwhile.
  const headers = { "HX-Request": "true", "X-Background": "1" };
  fetch(part.dataset.url, { headers, credentials: "same-origin", redirect: "manual" })
    .then((answer) => (answer.ok ? answer.text() : null))
    .then((html) => {
      if (html === null || part.querySelector(".undo, form.row-form")) return;
      const held = part.contains(document.activeElement) ? described(document.activeElement) : "";
      part.innerHTML = html;
      window.htmx.process(part);
      if (held) part.querySelector(held)?.focus({ preventScroll: true });
    })
    .catch(() => {})
    .finally(() => {
      const again = renewing.get(part);
      renewing.delete(part);
      if (again) renew(part);
    });
}

// What was said to a section, unless somebody writes there, and how much of it is open.
async function renewTalk(part) {
  const headers = { "HX-Request": "true", "X-Background": "1" };
  const answer = await fetch(part.dataset.url, { headers, credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  const open = fresh.content.querySelector("[hx-swap-oob]");
  open?.removeAttribute("hx-swap-oob");
  if (open) document.getElementById(open.id)?.replaceWith(open);
  if (part.querySelector("textarea")?.value) return;
  const body = part.querySelector(".talk-body");
  body.replaceChildren(fresh.content);
  window.htmx.process(body);
}

// The head, and which sections there are. A section that came or went takes the page anew, when the reader wants it.
async function renewHead() {
  const fresh = await read();
  if (!fresh) return;
  for (const place of ["title", "facts", "goal"]) {
    const [old, next] = [document, fresh].map((where) => where.querySelector(`[data-head="${place}"]`));
    if (old && next) old.replaceChildren(...next.childNodes);
  }
  const [old, next] = [document, fresh].map((where) => new Map([...where.querySelectorAll("[data-section]")].map((one) => [one.dataset.section, one.dataset.title])));
  const notice = document.getElementById("paper-sections");
  const came = [...next].filter(([name]) => !old.has(name));
  const went = [...old].filter(([name]) => !next.has(name));
  notice.hidden = !came.length && !went.length;
  for (const [place, sections] of [["came", came], ["went", went]]) {
    const line = notice.querySelector(`[data-${place}]`);
    line.hidden = !sections.length;
    line.querySelector("b").textContent = sections.map(([, title]) => title).join(" · ");
  }
}

function told(change) {
  if ("text" in change && page.dataset.url) soon(Math.random() * 150);
  if ("text" in change && !page.dataset.url) readAgain();
  if ("head" in change) renewHead().catch(() => {});
  for (const kind of ["rows", "comments"]) {
    if (!(kind in change)) continue;
    for (const part of document.querySelectorAll(`[data-part="${kind}"][data-place="${change[kind]}"]`)) {
      if (kind === "rows") renew(part);
      else {
        part.classList.toggle("is-new", !part.open);
        renewTalk(part).catch(() => {});
      }
    }
  }
  if (Object.keys(change).length) return;
  // Nobody knows what was missed: everything is looked at again.
  renewHead().catch(() => {});
  for (const part of document.querySelectorAll('[data-part="rows"]')) renew(part);
  if (page.dataset.url) soon(0);
  else readAgain();
}

// The page as it stands now; null where it cannot be had.
async function read() {
  const answer = await fetch(location.href, { headers: { "X-Background": "1" }, credentials: "same-origin", redirect: "manual" });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

// Where the keyboard goes on after a part was put there anew: into its form, at what was refused first, else to the way back
// or to the row that was changed.
let asked = "";
let pressed = "";
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  asked = detail.pathInfo?.requestPath ?? "";
  pressed = detail.elt?.value ?? "";
  if (detail.requestConfig?.verb === "post") sent = Date.now();
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (document.activeElement && document.activeElement !== document.body) return;
  detail.target?.closest?.(".talk-body")?.querySelector("textarea")?.focus({ preventScroll: true });
  const part = detail.target?.closest?.('[data-part="rows"]');
  if (!part) return;
  const fields = [...part.querySelectorAll("form.row-form :is(input:not([type=hidden]), textarea, select)")];
  const row = asked.match(/\/(\d+)\/(?:gone\/)?$/)?.[1];
  const next =
    fields.find((field) => field.getAttribute("aria-invalid") === "true") ??
    fields[0] ??
    part.querySelector(".undo button") ??
    part.querySelector(`button[form="steps-done"][value="${CSS.escape(pressed || "-")}"]`) ??
    part.querySelector(`a[href$="edit=${row}"]`) ??
    part.querySelector('a[href$="?new"]');
  next?.focus();
});

// What could not be sent stays in its form, and that is said there.
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    const part = detail.target?.closest?.("[data-part]");
    if (!part) return;
    part.querySelector("[data-failed]")?.remove();
    const form = part.querySelector("form.row-form .actions");
    const line = document.createElement("p");
    line.className = "notice bad";
    line.dataset.failed = "";
    line.setAttribute("role", "alert");
    line.textContent = detail.xhr?.status ? words.failed : words.unsent;
    if (form) form.before(line);
    else (detail.elt?.closest?.("p, li") ?? part).append(line);
  });
}
window.addEventListener("online", () => {
  for (const line of document.querySelectorAll("[data-failed]")) line.remove();
});

// Whoever only reads gets the words anew from the page itself.
let reading = 0;
function readAgain() {
  reading ||= setTimeout(async () => {
    reading = 0;
    const fresh = await read().catch(() => null);
    if (!fresh) return;
    for (const one of document.querySelectorAll("[data-said]")) {
      const next = fresh.querySelector(`[data-said="${one.dataset.said}"]`);
      if (next) one.replaceChildren(...next.childNodes);
    }
  }, 1000);
}

document.addEventListener("huddle:changed", (event) => told(event.detail ?? {}));
if (page.dataset.url) begin();

// For whoever wants to know what the page holds: the whole text as the server would have it.
export const whole = () => encodeStateAsUpdate(doc);
