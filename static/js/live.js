// Keeps an open page up to date. The browser holds one stream for all of its tabs (browsers allow six connections to a
// host); every tab fetches what changed on its own page. A lost stream is visible, comes back by itself with the last id,
// and is replaced by asking now and then while it stays away. See docs/adr/0004-live-push.md.
//
// <body data-live-url data-token-url [data-tiles-url] [data-wall] [data-poll-after] [data-poll-every]>, seconds
// [data-connection] shows the state, in the time of [data-zone] where the page has one. Sent to document: huddle:changed, huddle:alive, huddle:connection, huddle:renewed.
import { ask, between, contact, page, poll, reload, remember, tell, want } from "./live-page.js";

const seconds = (value, otherwise) => (Number(value) || otherwise) * 1000;
const POLL_AFTER = seconds(page.pollAfter, 20);
const POLL_EVERY = seconds(page.pollEvery, 30);
const POLL_ANYWAY = between(240_000, 360_000); // a net under the stream
const SILENT = 45_000; // three pings missed: the connection is dead, whatever the browser thinks
const LOOK_BACK = 10_000;
const MOST_TABS = 8; // tokens that one stream carries
const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const TEXTS = {
  en: {
    connecting: "connecting",
    live: "live",
    reconnecting: "reconnecting since {time}",
    polling: "no live connection, checking now and then",
    offline: "offline since {time}",
    ended: "signed out",
    notice: "Your session has ended: what you see may be old.",
    again: "Sign in again",
  },
  es: {
    connecting: "conectando",
    live: "en vivo",
    reconnecting: "reconectando desde las {time}",
    polling: "sin conexión en vivo, se consulta de vez en cuando",
    offline: "sin conexión desde las {time}",
    ended: "sesión cerrada",
    notice: "Su sesión ha terminado: lo que ve puede ser antiguo.",
    again: "Iniciar sesión de nuevo",
  },
};
const language = document.documentElement.lang;
const text = TEXTS[language.slice(0, 2)] ?? TEXTS.en;

function isAfter(one, other) {
  if (!one || !other) return Boolean(one);
  const [[a, b], [c, d]] = [one.split("-").map(Number), other.split("-").map(Number)];
  return a > c || (a === c && b > d);
}

// ---------------------------------------------------------------- This tab: what it wants to hear and when it last did

const me = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
let token = "";
let topics = new Set();
let since = ""; // from when on this tab wants to hear, until a stream has it
let seen = ""; // the newest id that this tab has dealt with
let heard = Date.now(); // the stream, last time
let asked = Date.now(); // the last poll
let linked = "connecting";
let shown = "";
let notice = null; // that the session has ended
let lostAt = null; // when the connection was last known to be there, as long as it is away

function take(address) {
  const given = new URL(address, location.href).searchParams;
  token = given.get("token");
  topics = new Set((given.get("topics") ?? "").split(","));
  return given.get("since") ?? "";
}

function state() {
  if (contact.ended) return "ended";
  if (!navigator.onLine) return "offline";
  if (linked === "live" && Date.now() - heard < SILENT) return "live";
  if (linked === "connecting" && Date.now() - heard < POLL_AFTER) return "connecting";
  return contact.checked > heard && Date.now() - contact.checked < 2 * POLL_EVERY ? "polling" : "reconnecting";
}

function show() {
  const now = state();
  const away = now === "offline" || now === "reconnecting";
  lostAt = away ? (lostAt ?? new Date(Math.max(heard, contact.checked))) : null;
  const at = lostAt ?? new Date(Math.max(heard, contact.checked));
  const words = text[now].replace("{time}", at.toLocaleTimeString(language, { ...TIME, timeZone: page.zone || undefined }));
  for (const element of document.querySelectorAll("[data-connection]")) {
    if (element.dataset.state !== now) element.dataset.state = now;
    if (element.textContent !== words) element.textContent = words;
  }
  if (now !== shown) tell("connection", { state: now, since: at });
  shown = now;
}

function hear({ id, name, data }) {
  heard = Date.now();
  linked = "live";
  tell("alive", { at: heard });
  if (name === "open") since = "";
  else if (name === "reset" && !reload()) want(null);
  else if (name === "check") setTimeout(poll, between(0, 5000));
  else if (name === "change" && isAfter(id, seen)) {
    const change = JSON.parse(data);
    if (topics.has(change.topic)) want(change.measures ?? null, change);
  }
  if (isAfter(id, seen)) seen = id;
}

contact.onend = () => {
  if (contact.ended) return;
  contact.ended = true;
  leave();
  show();
  if ("wall" in page) {
    if (!reload()) setTimeout(reload, 61_000); // the page then says how to pair the display
    return;
  }
  notice = document.createElement("p");
  notice.className = "notice warn";
  notice.setAttribute("role", "alert");
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = text.again;
  if (page.endedText) link.target = "_blank"; // the page says what it keeps, and goes on by itself
  notice.append(`${page.endedText ?? text.notice} `, link);
  document.querySelector("main")?.prepend(notice);
  tell("ended");
};

// Somebody has signed in again: listens at the address of a page that was made for them.
contact.back = (address) => {
  if (!contact.ended) return;
  contact.ended = false;
  notice?.remove();
  since = take(address);
  heard = Date.now();
  linked = "connecting";
  join();
  show();
};

// ---------------------------------------------------------------- The stream: held by one tab for all

const channel = "BroadcastChannel" in window ? new BroadcastChannel("huddle-live") : null;
const tabs = new Map(); // tab → its token and since; only in the tab that leads
let leading = false;
let release = () => {};
let source = null;
let last = "";
let failures = 0;
let opening = 0;

function post(message) {
  channel?.postMessage({ from: me, ...message });
  receive({ from: me, ...message });
}

function receive(message) {
  const mine = message.from === me;
  if (message.kind === "hear" && message.tabs.includes(me)) hear(message.event);
  else if (message.kind === "lost") linked = linked === "live" ? "reconnecting" : linked;
  else if (message.kind === "leader" && !mine) hello();
  else if (message.kind === "renew" && !mine) renew().then((fine) => fine && hello());
  else if (message.kind === "bye") tabs.delete(message.from);
  else if (message.kind === "hello" && leading) {
    const known = tabs.get(message.from)?.token === message.token;
    tabs.set(message.from, { token: message.token, since: message.since });
    if (!known) openSoon(150);
  }
  show();
}

function hello() {
  if (!contact.ended) post({ kind: "hello", token, since });
}

function openSoon(pause) {
  clearTimeout(opening);
  opening = setTimeout(open, pause);
}

function open() {
  source?.close();
  const served = [...tabs.keys()].slice(-MOST_TABS);
  if (contact.ended || !leading || !served.length) return;
  const address = new URL(page.liveUrl, location.href);
  address.search = "";
  for (const tab of served) {
    // A tab that has just come wants what happened since its page was made; the others skip what they know.
    const wish = tabs.get(tab);
    address.searchParams.append("token", wish.token);
    if (wish.since) address.searchParams.append("since", wish.since);
  }
  if (last) address.searchParams.append("last", last);
  const mine = new EventSource(address);
  source = mine;
  const pass = (name, id = "", data = "") => post({ kind: "hear", tabs: served, event: { id, name, data } });
  mine.onopen = () => {
    failures = 0;
    for (const tab of served) if (tabs.has(tab)) tabs.get(tab).since = "";
    pass("open");
  };
  for (const name of ["change", "check", "reset", "ping"]) {
    mine.addEventListener(name, ({ lastEventId, data }) => {
      if (name === "reset" || isAfter(lastEventId, last)) last = lastEventId;
      pass(name, lastEventId, data);
    });
  }
  for (const name of ["expired", "closed"]) mine.addEventListener(name, renewAll);
  mine.onerror = () => {
    if (mine !== source) return;
    post({ kind: "lost" });
    // While CONNECTING the browser comes back by itself and says the last id. CLOSED means an HTTP error: ours to repair.
    if (mine.readyState === EventSource.CLOSED) renewAll();
  };
}

// New tokens for all tabs, then a new stream from the last id on.
function renewAll() {
  source?.close();
  source = null;
  if (contact.ended || !leading) return;
  const pause = failures === 0 ? between(100, 500) : Math.min(30_000, 500 * 2 ** failures) * between(0.5, 1);
  failures += 1;
  clearTimeout(opening);
  opening = setTimeout(async () => {
    tabs.clear();
    post({ kind: "renew" });
    const fine = await renew();
    if (contact.ended || !leading) return;
    if (!fine) {
      renewAll();
      return;
    }
    tabs.set(me, { token, since });
    openSoon(300);
  }, pause);
}

// A new token for this tab's page. False where the server cannot be reached or the session is over.
async function renew() {
  if (!page.tokenUrl) return true;
  try {
    const answer = await ask(page.tokenUrl, { Accept: "application/json" });
    if (!answer) return false;
    take((await answer.json()).url);
    return true;
  } catch {
    return false;
  }
}

function lead() {
  leading = true;
  tabs.set(me, { token, since });
  post({ kind: "leader" });
  openSoon(150);
  return new Promise((resolve) => {
    release = resolve;
  });
}

function join() {
  // Locks exist on HTTPS and localhost only; elsewhere every tab holds a stream of its own.
  if (!channel || !navigator.locks) {
    lead();
    return;
  }
  navigator.locks.request("huddle-live", () => (contact.ended ? undefined : lead()));
  hello();
}

function leave() {
  source?.close();
  source = null;
  leading = false;
  clearTimeout(opening);
  channel?.postMessage({ from: me, kind: "bye" });
  release();
}

// A tab that was asleep asks for what it may have slept through.
function wake() {
  if (contact.ended || document.hidden || Date.now() - heard < SILENT) return;
  since = String(heard - LOOK_BACK);
  poll();
  if (!leading) renew().then((fine) => fine && hello());
}

function tick() {
  show();
  if (contact.ended) return;
  const silent = Date.now() - heard;
  if (leading && source?.readyState === EventSource.OPEN && silent > SILENT && linked === "live") {
    linked = "reconnecting";
    renewAll();
  }
  const pause = silent > POLL_AFTER && state() !== "live" ? POLL_EVERY : POLL_ANYWAY;
  if (Date.now() - Math.max(asked, contact.checked) > pause) {
    asked = Date.now();
    poll().then(show);
  }
}

if (page.liveUrl) {
  since = take(page.liveUrl);
  remember();
  if (channel) channel.onmessage = ({ data }) => receive(data);
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  window.addEventListener("online", () => {
    if (leading && source?.readyState !== EventSource.OPEN) renewAll();
    poll().then(show);
  });
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("huddle:renewed", show);
  join();
  show();
  setInterval(tick, 1000);
}
