// Keys that work on every page: "?" shows them, "/" searches, j and k walk through the measures, [ and ] through the days.
const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

function walk(step) {
  const stops = [...document.querySelectorAll("[data-stop]")];
  if (!stops.length) return;
  const here = stops.findIndex((stop) => stop.contains(document.activeElement));
  const next = stops[Math.min(stops.length - 1, Math.max(0, here + step))];
  (next.matches("a, button") ? next : next.querySelector("a, button"))?.focus();
  next.scrollIntoView({ block: "nearest" });
}

function follow(selector) {
  document.querySelector(selector)?.click();
}

const keys = {
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.querySelector("#keys")?.showModal(),
  j: () => walk(1),
  k: () => walk(-1),
  "[": () => follow("[data-day-before]"),
  "]": () => follow("[data-day-after]"),
  u: () => follow("[data-up]"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    const found = document.querySelector("#found");
    if (found?.childElementCount) found.replaceChildren();
    return;
  }
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest(".find")) {
    const links = [...document.querySelectorAll("#found a")];
    const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    (links[at] ?? document.querySelector("[data-search]")).focus();
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) keys["?"]();
  if (event.target.closest("[data-print]")) window.print();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// A toast with an undo goes by itself after ten seconds unless somebody is on it.
const toasts = document.querySelector("#toast");
if (toasts) {
  new MutationObserver(() => {
    const toast = toasts.firstElementChild;
    if (!toast) return;
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
      else toast.remove();
    };
    setTimeout(leave, 10000);
  }).observe(toasts, { childList: true });
}

// On a phone the way up is longer than the screen: its near end matters.
const crumbs = document.querySelector(".crumbs");
if (crumbs) crumbs.scrollLeft = crumbs.scrollWidth;

// Words that were typed on the page of an issue stay in this tab until the server has them (issue-words.js): for whoever
// typed them, and not after they have signed out.
const words = (mine = "") => Object.keys(sessionStorage).filter((key) => key.startsWith("issue-words:") && !(mine && key.startsWith(mine)));
const drop = (keys) => keys.forEach((key) => sessionStorage.removeItem(key));
if (document.body.dataset.person) drop(words(`issue-words:${document.body.dataset.person}:`));
document.addEventListener("submit", (event) => event.target.matches('[action$="/logout/"]') && drop(words()));
const stays = document.querySelector("[data-words-stay]");
if (stays) stays.hidden = !words().length;

// What was typed in a huddle while the network was away, and is still on this device.
const body = document.body.dataset;
if (body.person && !("huddle" in body) && Object.keys(localStorage).some((key) => key.startsWith("huddle:"))) import("./huddle-flush.js");
