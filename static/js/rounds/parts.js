// Small parts of the screens: words, templates that are filled, what is said to screen readers.
const spoken = JSON.parse(document.getElementById("words").textContent);

// A sentence of the page in its language; `n` chooses between one and many, names stand in braces.
export function say(name, values = {}) {
  const found = spoken[name] ?? name;
  const form = Array.isArray(found) ? found[values.n === 1 ? 0 : 1] : found;
  return form.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export const dayName = (iso) =>
  new Date(`${iso.slice(0, 10)}T12:00`).toLocaleDateString(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short" });
// 0 is Monday.
export const weekdayName = (weekday) => new Date(2024, 0, 1 + weekday).toLocaleDateString(document.documentElement.lang, { weekday: "long" });
export const hour = (date) => date.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

// A copy of a template with its words filled in: data-text, data-show (hidden where there is nothing), data-value.
export function made(name, values = {}) {
  const root = document.getElementById(`t-${name}`).content.firstElementChild.cloneNode(true);
  fill(root, values);
  return root;
}

export function fill(root, values) {
  for (const one of [root, ...root.querySelectorAll("[data-text], [data-show], [data-value]")]) {
    const { text, show, value } = one.dataset;
    if (text in values) one.textContent = values[text];
    if (show in values) one.hidden = !values[show];
    if (value in values) one.value = values[value];
  }
  return root;
}

export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

export function on(root, name, act, event = "click") {
  for (const one of [root, ...root.querySelectorAll(`[data-act="${name}"]`)].filter(({ dataset }) => dataset.act === name)) {
    one.addEventListener(event, (happened) => {
      if (event === "submit") happened.preventDefault();
      act(happened, one);
    });
  }
}

const said = document.getElementById("said");
export function tell(text) {
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = text));
}

const toast = document.getElementById("toast");
let fading = 0;
export function note(text, bad = false) {
  toast.textContent = text;
  toast.className = bad ? "wtoast bad" : "wtoast";
  toast.hidden = false;
  place();
  clearTimeout(fading);
  fading = setTimeout(() => (toast.hidden = true), bad ? 12_000 : 2500);
  tell(text);
}

const main = document.getElementById("main");
// In the flow, so that it covers no button: on top of the bar at the bottom, else above the screen.
function place() {
  const bar = main.querySelector(".wbar");
  if (bar) bar.prepend(toast);
  else main.prepend(toast);
}

// How much fits yet, once little does.
const NEAR = 100;
export function countLeft(field) {
  const left = field.maxLength - field.value.length;
  let count = field.parentElement.querySelector(".wcount");
  if (!count) {
    count = Object.assign(document.createElement("span"), { className: "wcount small num" });
    field.after(count);
  }
  count.textContent = left <= NEAR ? say("left", { n: left }) : "";
}
document.addEventListener("input", ({ target }) => target.matches("textarea[maxlength]") && countLeft(target));

// A double tap is one tap: the second one is meant for what stood there before.
const DOUBLE = 400;
const NEARBY = 30;
let tapped = null;
document.addEventListener("click", (event) => {
  if (event.detail === 0 || !event.target.closest("button, summary")) return; // by key
  const { clientX: x, clientY: y } = event;
  if (tapped && Math.hypot(tapped.x - x, tapped.y - y) < NEARBY) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const mine = (tapped = { x, y });
  setTimeout(() => tapped === mine && (tapped = null), DOUBLE);
}, true);

export let shown = "";
// Puts a screen in place of the one before; its heading has the focus, so that it is read out.
export function show(name, screen) {
  shown = name;
  main.dataset.screen = name;
  main.replaceChildren(screen);
  place();
  window.scrollTo(0, 0);
  const first = screen.querySelector("[autofocus]") ?? screen.querySelector("h1, h2") ?? main;
  if (!first.matches("input, textarea, button, select, a")) first.tabIndex = -1;
  first.focus({ preventScroll: true });
  return screen;
}

const trim = (box) => {
  for (const field of box.querySelectorAll("input:not([type]), textarea:not([readonly])")) field.value = field.value.trim();
};

// Asks in a dialog; gives the form when it was sent, null when it was closed.
export function dialog(screen) {
  const box = document.createElement("dialog");
  box.className = "wdialog";
  box.append(screen);
  const heading = screen.querySelector("h2");
  heading.id = "dialog-title";
  box.setAttribute("aria-labelledby", "dialog-title");
  document.body.append(box);
  box.showModal();
  return new Promise((done) => {
    let sent = null;
    box.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      sent = event.target;
      box.close();
    });
    on(box, "close", () => box.close());
    // Blanks are no words: the browser asks for some before anything is kept, not the server hours later.
    box.addEventListener("click", ({ target }) => target.closest("button:not([type=button])") && trim(box));
    box.addEventListener("close", () => {
      box.remove();
      done(sent);
    });
  });
}
