// Takes in what others have tapped and written meanwhile. What a person is typing here, or has not sent yet, stays.
import { ask } from "./live-page.js";

const page = document.body.dataset;
const printed = new Map(); // id of a part → how the server wrote it
let tag = "";
let timer = 0;
let flying = false;
let again = false;

const typingIn = (element) => {
  const active = document.activeElement;
  return element.contains(active) && active.matches("input, textarea, select") && active.value !== "";
};
const bare = (element) => element.outerHTML.replace(/name="(id|csrfmiddlewaretoken)" value="[^"]*"/g, "");

export function remember(box) {
  for (const part of box.querySelectorAll("[data-part]")) printed.set(part.id, bare(part));
}

// `merged()` is told when something was taken in.
export function listen(queue, merged) {
  const soon = (pause = 150) => {
    clearTimeout(timer);
    timer = setTimeout(() => fetchState(queue, merged, soon), pause);
  };
  document.addEventListener("huddle:changed", () => soon());
  return soon;
}

async function fetchState(queue, merged, soon) {
  if (flying) {
    again = true;
    return;
  }
  flying = true;
  const since = performance.now();
  try {
    const answer = await ask(page.stateUrl, tag ? { "If-None-Match": tag } : {});
    if (answer?.status === 204) {
      location.assign(page.goneUrl); // somebody called it off
      return;
    }
    if (answer?.status === 200) {
      const fresh = document.createElement("template");
      fresh.innerHTML = await answer.text();
      const { left, held } = take(fresh.content.querySelector("#steps"), queue, since);
      tag = left || held ? "" : (answer.headers.get("ETag") ?? "");
      if (left) soon(3000);
      merged();
    }
  } catch {
    // the next event or poll asks again
  } finally {
    flying = false;
    if (again) soon();
    again = false;
  }
}

// `left`: something had to wait because somebody is typing there. `held`: because this device has said something about it
// that the answer may not know yet; once that is stored the state is asked for again.
function take(fresh, queue, since) {
  const box = document.querySelector("#steps");
  let held = false;
  const holds = (...about) => {
    const mine = queue.holds(since, ...about);
    held ||= mine;
    return mine;
  };
  for (const name of ["started", "minutes"]) box.dataset[name] = fresh.dataset[name];
  if (!holds("end")) box.dataset.ended = fresh.dataset.ended;
  if (!holds("step")) {
    box.dataset.step = fresh.dataset.step;
    box.dataset.stepAt = fresh.dataset.stepAt;
  }
  let left = false;
  for (const form of fresh.querySelectorAll(".taps[id]")) takeTaps(form, holds);
  for (const notes of fresh.querySelectorAll("[data-notes]")) left = takeNotes(notes, holds) || left;
  for (const part of fresh.querySelectorAll("[data-part]")) left = takePart(part) || left;
  return { left, held };
}

function takeTaps(fresh, holds) {
  const old = document.getElementById(fresh.getAttribute("id")); // form.id is its field of that name
  if (!old || holds("mark", "line", old.dataset.line)) return;
  for (const button of fresh.querySelectorAll("[data-code]")) press(old.querySelector(`[data-code="${button.dataset.code}"]`), button.getAttribute("aria-pressed") === "true");
}

export function press(button, on) {
  if (!button) return;
  button.setAttribute("aria-pressed", String(on));
  button.value = on ? "" : button.dataset.code;
}

function takeNotes(fresh, holds) {
  const old = document.getElementById(fresh.id);
  if (!old) return false;
  const seen = new Set();
  let last = null;
  let left = false;
  for (const form of fresh.querySelectorAll("[data-note]:not(.blank)")) {
    const uid = form.dataset.note;
    seen.add(uid);
    const mine = old.querySelector(`[data-note="${uid}"]`);
    if (!mine && holds("remove", "note", uid)) continue;
    if (!mine) {
      const at = last ? last.nextSibling : old.firstChild;
      old.insertBefore(form.cloneNode(true), at);
      last = old.querySelector(`[data-note="${uid}"]`);
      last.dataset.kept = last.querySelector("textarea").value;
      continue;
    }
    // Two that came in another order than they were written in.
    const before = last && mine.compareDocumentPosition(last) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (before && !mine.contains(document.activeElement)) last.after(mine);
    last = mine;
    const area = mine.querySelector("textarea");
    const touched = area.value.trim() !== (mine.dataset.kept ?? area.defaultValue).trim();
    if (touched || holds("note", "note", uid) || holds("remove", "note", uid)) continue;
    const text = form.querySelector("textarea").value;
    if (area.value.trim() !== text.trim()) {
      if (document.activeElement === area) {
        left = true; // not under somebody's caret
        continue;
      }
      area.value = text;
    }
    mine.dataset.kept = text;
    mine.dataset.revision = form.dataset.revision;
    mine.querySelector("[data-by]").textContent = form.querySelector("[data-by]").textContent;
  }
  for (const mine of old.querySelectorAll("[data-note]:not(.blank)")) {
    const uid = mine.dataset.note;
    const area = mine.querySelector("textarea");
    const touched = area.value.trim() !== (mine.dataset.kept ?? area.defaultValue).trim();
    if (!seen.has(uid) && !touched && document.activeElement !== area && !holds("note", "note", uid)) mine.remove();
  }
  return left;
}

function takePart(fresh) {
  const old = document.getElementById(fresh.id);
  const written = bare(fresh);
  if (!old || printed.get(fresh.id) === written) return false;
  if (typingIn(old) || old.querySelector("details[open], [data-asked].open, [data-up-form] form")) return true;
  printed.set(fresh.id, written);
  const stops = [...old.querySelectorAll("a, button, summary, input")];
  const focus = stops.indexOf(document.activeElement);
  old.replaceChildren(...fresh.childNodes);
  if (focus >= 0) {
    const next = [...old.querySelectorAll("a, button, summary, input")];
    (next[Math.min(focus, next.length - 1)] ?? old.closest("[data-hstep]").querySelector("h2")).focus({ preventScroll: true });
  }
  window.htmx?.process(old);
  return false;
}
