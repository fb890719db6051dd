// The page from which a huddle is run. Without this script every button is a form; with it nothing waits for the network:
// steps turn at once, taps and words are kept on this device and sent in order. See huddle-queue.js, huddle-merge.js.
import { asks, listenAsks } from "./huddle-asks.js";
import { now, setClock, tick } from "./huddle-clock.js";
import { listen, press, remember } from "./huddle-merge.js";
import { Queue, uuid } from "./huddle-queue.js";
import { watch } from "./huddle-session.js";
import { contact } from "./live-page.js";

const page = document.body.dataset;
const box = document.querySelector("#steps");
const say = document.querySelector("#say").dataset;
const sections = [...box.querySelectorAll("[data-hstep]")];
const last = sections.length - 1; // the self-check after the end
const leads = !("edits" in page) && !("reads" in page);
const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: page.zone || undefined }; // the unit's clock
let shown = Number(sections.find((section) => !section.hidden)?.dataset.hstep ?? 0);
let railed = -1; // the step to which the rail has turned
let follows = !("alone" in page) && !("edits" in page);

const queue = new Queue(page.huddle, page.person, page.entriesUrl, { changed: told, stored, refused });
const merge = listen(queue, merged);
listenAsks((form, button) => "reads" in page || enter(form, button), merge);
watch(queue);

// ---------------------------------------------------------------- Steps

function show(step, focus = true) {
  const moved = step !== shown;
  shown = Math.min(Math.max(step, 0), last);
  for (const section of sections) section.hidden = Number(section.dataset.hstep) !== shown;
  for (const link of document.querySelectorAll("[data-look]")) {
    link.toggleAttribute("data-present", Number(link.dataset.look) === Number(box.dataset.step));
    if (Number(link.dataset.look) === shown) {
      link.setAttribute("aria-current", "step");
      // Along the rail only: the page stays where it is read, and where somebody types.
      const rail = link.closest(".rail");
      if (railed !== shown && rail.scrollWidth > rail.clientWidth) rail.scrollLeft += link.getBoundingClientRect().x - rail.getBoundingClientRect().x - (rail.clientWidth - link.offsetWidth) / 2;
    } else link.removeAttribute("aria-current");
  }
  railed = shown;
  document.querySelector("[data-alone-notice]").hidden = "edits" in page || follows || Boolean(box.dataset.ended);
  bar();
  if (moved) for (const note of document.querySelectorAll("#refused [data-passing]")) note.remove();
  if (focus) {
    sections[shown].querySelector("h2").focus({ preventScroll: true });
    document.querySelector("main").scrollTop = 0;
  }
  tick();
}

function bar() {
  const back = document.querySelector("[data-back]");
  const next = document.querySelector("[data-next]");
  const end = document.querySelector("[data-end]");
  if (back) back.disabled = shown === 0 || ("reads" in page);
  if (!next) return;
  const over = Boolean(box.dataset.ended);
  next.form.hidden = shown >= last - 1;
  end.form.hidden = shown < last - 1;
  next.disabled = over || !leads;
  end.disabled = over || !leads;
}

// Whoever presses next or back leads everybody; whoever opens a step in the rail looks alone.
function lead(step) {
  if ("edits" in page || box.dataset.ended) {
    show(step);
    return;
  }
  if (!leads || step < 0 || step >= last) return;
  follows = true;
  box.dataset.step = step;
  box.dataset.stepAt = now();
  queue.add({ kind: "step", step });
  show(step);
}

function end() {
  if (!leads || box.dataset.ended) return;
  settle();
  box.dataset.ended = now();
  queue.add({ kind: "end" });
  show(last);
}

function merged() {
  if (box.dataset.ended && leads && shown !== last) show(last, false);
  else if (follows && !box.dataset.ended && Number(box.dataset.step) !== shown) show(Number(box.dataset.step), !typing(document.activeElement));
  else show(shown, false);
}

// ---------------------------------------------------------------- What is saved, refused, undone

function told() {
  if (queue.signedOut) contact.onend();
  for (const place of document.querySelectorAll("[data-saved]:not(#say)")) {
    const waiting = queue.waiting;
    let text = queue.savedAt ? `${say.saved} ${queue.savedAt.toLocaleTimeString(document.documentElement.lang, TIME)}` : "";
    if (waiting) text = queue.failing ? `${waiting} ${say.waiting}` : say.saving;
    place.classList.toggle("waiting", (waiting > 0 && queue.failing) || queue.signedOut);
    if (queue.signedOut) signIn(place, waiting ? `${waiting} ${say.waiting} · ` : "");
    else if (place.textContent !== text) place.textContent = text;
  }
}

// In a tab of its own: this page keeps its place, and goes on by itself.
function signIn(place, before) {
  if (place.textContent === before + say.signIn) return;
  const link = document.createElement("a");
  Object.assign(link, { href: location.href, target: "_blank", rel: "noopener", textContent: say.signIn });
  place.replaceChildren(before, link);
}

function stored(entry, result) {
  if (entry.kind === "note" && result.note) {
    const form = document.querySelector(`[data-note="${entry.note}"]`);
    if (form) {
      form.dataset.note = result.note;
      form.setAttribute("id", `note-${result.note}`); // form.id is its field of that name
      form.dataset.revision = result.revision;
      form.dataset.kept = entry.text;
    }
  }
  if (result.hints) hinted(result);
  merge(300);
}

// Raised without network, and it may tell who a patient is: said now, with the way to its words. In nobody's way.
function hinted({ hints, url }) {
  const note = document.createElement("div");
  note.className = "notice warn";
  for (const hint of hints) note.append(Object.assign(document.createElement("p"), { textContent: hint }));
  const row = Object.assign(document.createElement("p"), { className: "row" });
  row.append(Object.assign(document.createElement("a"), { className: "btn", href: url, target: "_blank", rel: "noopener", textContent: say.lookAgain }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: say.close });
  close.addEventListener("click", () => note.remove());
  row.append(close);
  note.append(row);
  document.querySelector("#refused").append(note);
}

function refused(entry, reason) {
  const note = document.createElement("div");
  note.className = "notice bad";
  const words = [entry.title, entry.text].filter(Boolean).join(" ");
  const line = document.createElement("p");
  line.textContent = `${say.refused} ${reason}`;
  note.append(line);
  note.toggleAttribute("data-passing", !words); // without anybody's words it goes with the step
  if (words) {
    const kept = document.createElement("p");
    kept.textContent = `“${words}”`;
    note.append(kept);
  }
  const close = document.createElement("button");
  close.textContent = say.close;
  close.addEventListener("click", () => note.remove());
  note.append(close);
  document.querySelector("#refused").append(note);
  merge();
}

function toast(text, undo) {
  const place = document.querySelector("#toast");
  const shown = document.createElement("p");
  shown.className = "toast";
  shown.setAttribute("role", "status");
  shown.append(text);
  if (undo) {
    const button = document.createElement("button");
    button.textContent = say.undo;
    button.addEventListener("click", () => {
      shown.remove();
      undo();
    });
    shown.append(button);
  }
  place.replaceChildren(shown);
}

// ---------------------------------------------------------------- Words: kept while they are typed

const pauses = new Map();

function write(form) {
  clearTimeout(pauses.get(form));
  pauses.delete(form);
  const text = form.querySelector("textarea").value.trim();
  if (text === (form.dataset.kept ?? form.querySelector("textarea").defaultValue).trim()) return;
  if (!text) return; // taking all words out is not removing them: × does that
  form.dataset.kept = text;
  queue.add({ kind: "note", note: form.dataset.note, line: Number(form.dataset.line), text, revision: Number(form.dataset.revision) });
}

function settle() {
  for (const form of [...pauses.keys()]) write(form);
}

function begun(form) {
  if (!form.classList.contains("blank")) return;
  const blank = form.cloneNode(true);
  blank.querySelector("textarea").value = "";
  form.after(blank);
  form.classList.remove("blank");
  form.dataset.note = uuid();
  form.dataset.kept = "";
  form.setAttribute("id", `note-${form.dataset.note}`);
  form.querySelector(".remove").hidden = false;
}

box.addEventListener("input", (event) => {
  const form = event.target.closest(".hnote");
  if (!form || "reads" in page) return;
  begun(form);
  clearTimeout(pauses.get(form));
  pauses.set(form, setTimeout(() => write(form), 700));
});
box.addEventListener("focusout", (event) => {
  const form = event.target.closest(".hnote");
  if (form && pauses.has(form)) write(form);
});
window.addEventListener("pagehide", settle);
// What cannot leave now stays on this device; the page that shows it does not come back without network. Who has to sign
// in again leaves.
window.addEventListener("beforeunload", (event) => {
  settle();
  if (queue.waiting && queue.failing && !queue.signedOut) event.preventDefault();
});

// ---------------------------------------------------------------- Forms become entries

function entryOf(form, submitter) {
  const said = Object.fromEntries(new FormData(form));
  if (submitter?.name) said[submitter.name] = submitter.value;
  for (const name of ["csrfmiddlewaretoken", "id", "shown", "edits"]) delete said[name];
  return said;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const submitter = event.submitter;
  if (form.matches("[data-lead]")) {
    event.preventDefault();
    settle();
    lead(shown + (submitter.matches("[data-back]") ? -1 : 1));
  } else if (form.matches("[data-end-form]")) {
    event.preventDefault();
    end();
  } else if (form.matches("[data-entry]")) {
    event.preventDefault();
    if (!("reads" in page || asks(form, submitter))) enter(form, submitter);
  }
});

function enter(form, submitter) {
  if (form.matches(".hnote")) {
    if (submitter?.matches(".remove")) remove(form);
    else write(form);
    return;
  }
  const said = entryOf(form, submitter);
  if (said.kind === "mark") {
    const on = submitter.getAttribute("aria-pressed") !== "true";
    for (const button of form.querySelectorAll("[data-code]")) press(button, on && button === submitter);
    queue.add({ kind: "mark", line: Number(said.line), choice: on ? submitter.dataset.code : "" });
    return;
  }
  if (form.matches("[data-raises]") && queue.failing) said.unseen = true; // nobody has looked at these words yet
  queue.add(said);
  if (form.matches("[data-settles]")) {
    form.querySelector("[data-asked]")?.classList.remove("open");
    form.closest("details")?.removeAttribute("open");
    form.closest(".hitem")?.classList.add("settled");
  }
  if (form.matches("[data-raises]")) raised(form, said);
}

function raised(form, said) {
  const item = document.createElement("li");
  item.className = "hitem settled";
  item.textContent = said.title;
  document.querySelector("[data-new]")?.append(item);
  document.querySelector("[data-none]")?.setAttribute("hidden", "");
  form.reset();
  form.querySelector(".hints").replaceChildren();
  const sheet = form.closest("details");
  if (sheet) {
    sheet.open = false;
    sheet.querySelector("summary").focus();
  } else form.elements.title.focus();
  toast(`${say.raised} ${said.title}`);
}

function remove(form) {
  const { note, revision, line } = form.dataset;
  clearTimeout(pauses.get(form));
  pauses.delete(form);
  const text = form.querySelector("textarea").value;
  form.remove();
  queue.add({ kind: "remove", note, line: Number(line), revision: Number(revision) });
  toast(say.removed, () => {
    const notes = document.getElementById(`notes-${line}`);
    notes.prepend(form);
    form.querySelector("textarea").value = text;
    queue.add({ kind: "restore", note });
  });
}

document.addEventListener("click", (event) => {
  const look = event.target.closest("[data-look]");
  const back = event.target.closest("[data-follow]");
  if (look) {
    event.preventDefault();
    settle();
    follows = Number(look.dataset.look) === Number(box.dataset.step);
    show(Number(look.dataset.look));
  } else if (back) {
    event.preventDefault();
    follows = true;
    show(Number(box.dataset.step));
  } else if (event.target.closest("[data-next-look]") && shown < last) {
    event.preventDefault();
    settle();
    show(shown + 1);
  }
  const sheet = document.querySelector("#capture");
  if (sheet?.open && !sheet.contains(event.target)) sheet.open = false;
});
// Hints beside what is raised: without network nobody is asked, and what comes after it was raised is let go.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest("[data-raises]") && queue.failing) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.matches(".hints") && !event.detail.target.closest("form").elements.title.value) event.detail.shouldSwap = false;
});
document.querySelector("#capture")?.addEventListener("toggle", (event) => {
  if (event.target.open) event.target.querySelector("[name=title]").focus();
});

// ---------------------------------------------------------------- Keys

const typing = (element) => element?.closest("input:not([type=checkbox], [type=radio]), textarea, select") != null;

function walk(way) {
  const stops = [...sections[shown].querySelectorAll("[data-stop]")];
  const here = stops.findIndex((stop) => stop.contains(document.activeElement));
  const stop = stops[Math.min(stops.length - 1, Math.max(0, here + way))];
  (stop?.querySelector("[aria-pressed=true]") ?? stop?.querySelector("button:not([hidden], .only-plain, .remove), textarea, a"))?.focus();
  stop?.scrollIntoView({ block: "nearest" });
}

function tap(number) {
  const stop = document.activeElement?.closest("[data-stop]") ?? sections[shown].querySelector("[data-stop]");
  const button = stop?.querySelectorAll(".taps button")[number - 1];
  button?.focus();
  button?.click();
}

const keys = {
  ArrowRight: () => lead(shown + 1),
  ArrowLeft: () => lead(shown - 1),
  PageDown: () => lead(shown + 1),
  PageUp: () => lead(shown - 1),
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  n: () => {
    const sheet = document.querySelector("#capture");
    if (sheet) sheet.open = true;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const { target, key } = event;
  if (key === "Escape") {
    document.querySelector("#capture")?.removeAttribute("open");
    if (typing(target)) sections[shown].querySelector("h2").focus();
    return;
  }
  if (typing(target)) {
    // Enter keeps a note and goes on; Shift+Enter is a new line.
    if (key === "Enter" && !event.shiftKey && target.matches(".hnote textarea")) {
      event.preventDefault();
      write(target.form);
      walk(1);
    }
    return;
  }
  if (target.closest("[data-up-form], fieldset.choices")) return; // a form in a step has its keys for itself
  const act = keys[key] ?? (/^[1-4]$/.test(key) ? () => tap(Number(key)) : null);
  if (!act) return;
  event.preventDefault();
  act();
});

// ---------------------------------------------------------------- Begin: what was kept on this device stands on the page again

for (const { entry } of queue.entries()) {
  if (entry.kind === "mark") {
    const form = document.getElementById(`taps-${entry.line}`);
    for (const button of form?.querySelectorAll("[data-code]") ?? []) press(button, button.dataset.code === entry.choice);
  } else if (entry.kind === "note") {
    let form = document.querySelector(`[data-note="${entry.note}"]`);
    if (!form) {
      form = document.querySelector(`#notes-${entry.line} .blank`);
      if (!form) continue;
      begun(form);
      form.dataset.note = entry.note;
      form.setAttribute("id", `note-${entry.note}`);
    }
    form.querySelector("textarea").value = entry.text;
    form.dataset.kept = entry.text;
  } else if (entry.kind === "step") box.dataset.step = entry.step;
  else if (entry.kind === "end") box.dataset.ended = entry.at;
}
setClock();
remember(box);
if (follows && !box.dataset.ended) shown = Number(box.dataset.step);
if (box.dataset.ended && leads) shown = last;
show(shown, false);
told();
queue.send();
setInterval(tick, 1000);
