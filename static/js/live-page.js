// What a page does when it hears that something changed: fetches the tiles concerned, swaps those that differ, and lets the
// rest of the page follow. Events about huddles, issues and papers touch no tile: they reach the page as huddle:changed, and
// <body data-follows="huddle issues"> renews what it shows; data-follows="own" leaves that to the page's own script.
// What a person has open, focused or half typed stays as it is. Used by live.js.

export const page = document.body.dataset;
export const contact = { ended: false, checked: Date.now(), onend: () => {}, back: () => {} };
export const between = (low, high) => low + Math.random() * (high - low);
export const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`huddle:${name}`, { detail }));

const RESET_PAUSE = 60_000;
const isWall = "wall" in page;
const follows = () => (page.follows ?? "").split(" ");
const printed = new Map(); // id of an element → how the server wrote it, whatever a person has opened in it since
let wanted = new Set(); // measures to fetch
let everything = false;
let changes = [];
let timer = 0;
let renewing = 0;
let flying = false;
let tag = "";
let taggedUrl = "";

const statusOf = (element) => [...element.classList].find((name) => name.startsWith("is-"));
const typing = () => document.querySelector("dialog[open]") !== null || document.activeElement?.closest("main form, main input") != null;

function print(element) {
  const copy = element.cloneNode(true);
  copy.classList.remove("changed");
  copy.removeAttribute("hidden");
  return copy.outerHTML;
}

export function remember() {
  for (const tile of document.querySelectorAll("[data-measure][id]")) printed.set(tile.id, print(tile));
}

// Loads the page anew, once a minute at most. False where that minute is not over.
export function reload() {
  const before = Number(sessionStorage.getItem("huddle-reload") ?? 0);
  if (Date.now() - before < RESET_PAUSE) return false;
  sessionStorage.setItem("huddle-reload", String(Date.now()));
  location.reload();
  return true;
}

// One request to our own server. Null where the session is over; throws where the server does not answer.
// X-Background: nobody has touched the page, so the session goes on growing idle.
export async function ask(address, more = {}) {
  const headers = { "X-Background": "1", ...more };
  const answer = await fetch(address, { headers, credentials: "same-origin", cache: "no-store", redirect: "manual" });
  const refused = [401, 403, 404, 410].includes(answer.status) || answer.headers.has("HX-Redirect");
  if (refused || answer.type === "opaqueredirect") {
    contact.onend();
    return null;
  }
  if (!answer.ok && answer.status !== 304) throw new Error(String(answer.status));
  contact.checked = Date.now();
  tell("alive", { at: contact.checked });
  return answer;
}

// Fetch these measures (null: all of them) soon, together with whatever else comes until then.
export function want(measures, change) {
  const kinds = change && !("measures" in change) ? ["huddle", "issues", "paper"].filter((kind) => kind in change) : [];
  if (kinds.length) {
    tell("changed", change);
    if (kinds.some((kind) => follows().includes(kind))) renewSoon(between(100, 500));
    return;
  }
  const day = new URL(page.tilesUrl ?? location.href, location.href).searchParams.get("day");
  if (change?.day && day && change.day > day) {
    // A past day is not touched by a later one; a page that shows the newest day moves on.
    if (!new URLSearchParams(location.search).has("day")) renewSoon();
    return;
  }
  if (change) changes.push(change);
  if (measures === null) everything = true;
  else for (const measure of measures) wanted.add(Number(measure));
  timer ||= setTimeout(refresh, between(100, 400));
}

async function refresh() {
  timer = 0;
  if (contact.ended) return;
  if (flying) {
    timer = setTimeout(refresh, 200);
    return;
  }
  flying = true;
  const [measures, all, told] = [[...wanted], everything, changes];
  [wanted, everything, changes] = [new Set(), false, []];
  const here = measures.filter((measure) => document.querySelector(`[data-measure="${measure}"]`));
  try {
    if (!page.tilesUrl) await renewPage();
    else if (all) await fetchTiles();
    else if (here.length) await fetchTiles(here);
    if (page.tilesUrl && here.length < measures.length) renewSoon(); // a measure that this page does not show yet
    for (const change of told) tell("changed", change);
  } catch {
    for (const measure of measures) wanted.add(measure);
    everything ||= all;
    changes = [...told, ...changes];
    timer ||= setTimeout(refresh, between(3000, 6000));
  } finally {
    flying = false;
  }
}

async function fetchTiles(measures) {
  const address = new URL(page.tilesUrl, location.href);
  const headers = { "HX-Request": "true" };
  if (measures) address.searchParams.set("measures", measures.join(","));
  else if (tag && taggedUrl === address.href) headers["If-None-Match"] = tag;
  const answer = await ask(address, headers);
  if (answer?.status !== 200) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  if (!measures) [tag, taggedUrl] = [answer.headers.get("ETag") ?? "", address.href];
  let moved = false;
  for (const element of [...fresh.content.children]) moved = swap(element) || moved;
  if (moved) renewSoon();
}

// What decides where a tile stands and what letters and reasons say: its status, and whether a reason is given.
function standing(written) {
  const tile = document.createElement("template");
  tile.innerHTML = written;
  const element = tile.content.firstElementChild;
  return element ? `${statusOf(element)} ${element.querySelector(".why")?.textContent ?? ""}` : "";
}

// Puts one element in place of the one with its id. True where it belongs elsewhere now, or the page has no place for it.
function swap(element) {
  const old = element.id && document.getElementById(element.id);
  if (!old) return Boolean(element.id);
  const written = print(element);
  if (printed.get(element.id) === written) return false;
  if (old.contains(document.activeElement) && typing()) {
    tag = "";
    setTimeout(() => want(old.dataset.measure ? [old.dataset.measure] : null), 3000); // not under somebody's fingers
    return false;
  }
  const moved = standing(printed.get(element.id) ?? old.outerHTML) !== standing(written);
  printed.set(element.id, written);
  const links = [...old.querySelectorAll("a, button, summary")];
  const focus = links.indexOf(document.activeElement);
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  for (const [index, one] of element.querySelectorAll("details").entries()) one.open = open[index] ?? false;
  element.hidden = old.hidden;
  element.classList.add("changed");
  old.replaceWith(element);
  if (focus >= 0) element.querySelectorAll("a, button, summary")[focus]?.focus({ preventScroll: true });
  window.htmx?.process(element);
  return moved;
}

// Letters, sections and counts follow a little later. A wall does that by itself between two screens.
export function renewSoon(pause = between(500, 2000)) {
  if (!isWall) renewing ||= setTimeout(() => renewPage().catch(() => renewSoon(between(3000, 6000))), pause);
}

async function renewPage() {
  renewing = 0;
  if (contact.ended) return;
  if (follows().includes("own")) {
    tell("changed", {});
    return;
  }
  if (typing()) {
    renewSoon(3000);
    return;
  }
  const answer = await ask(location.href);
  if (answer?.status !== 200) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [main, next] = [document.querySelector("main"), fresh.querySelector("main")];
  if (!next || (page.version && page.version === fresh.body.dataset.version)) return;
  if (typing()) {
    renewSoon(3000);
    return;
  }
  if (main.querySelector("[data-chart]")) {
    reload(); // a drawn chart belongs to its script
    return;
  }
  const scrolled = window.scrollY;
  const focus = document.activeElement?.closest("[data-measure]")?.id;
  for (const tile of next.querySelectorAll("[data-measure][id]")) {
    const written = print(tile);
    const old = document.getElementById(tile.id);
    if (old && printed.get(tile.id) === written) tile.replaceWith(old);
    else tile.classList.add("changed");
    printed.set(tile.id, written);
  }
  main.replaceChildren(...next.childNodes);
  for (const name of ["version", "tilesUrl"]) if (fresh.body.dataset[name]) page[name] = fresh.body.dataset[name];
  window.htmx?.process(main);
  window.scrollTo({ top: scrolled, behavior: "instant" });
  if (focus) document.getElementById(focus)?.querySelector("a, button")?.focus({ preventScroll: true });
  tell("renewed");
}

// Has anything changed? The server answers 304 or 204 where nothing has.
export async function poll() {
  if (contact.ended) return;
  try {
    if (page.tilesUrl) await fetchTiles();
    else await renewPage();
  } catch {
    // still away: the state says so, and the next round asks again
  }
}
