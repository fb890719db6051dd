// The wall: shows one screen after the other, then the next board; keeps the clock; drifts so that nothing burns in;
// is dark at night; and says so when it is cut off.
const body = document.body;
const seconds = Number(body.dataset.seconds) || 20;
const progress = document.querySelector(".wall-progress i");
const upright = () => window.innerHeight > window.innerWidth;
const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const STALE_AFTER = 90_000;

let screens = [];
let shown = 0;
let started = Date.now();
let heard = Date.now();

function cut() {
  screens = [];
  for (const section of document.querySelectorAll("[data-screen]")) {
    const tiles = [...section.querySelectorAll("[data-split] > :is(.tile, [data-told])")];
    const size = Number(section.querySelector("[data-split]")?.dataset.split || 8) * (upright() ? 1.5 : 1);
    for (let from = 0; from === 0 || from < tiles.length; from += size) {
      screens.push({ section, tiles, from, to: from + size });
    }
  }
}

function show() {
  cut();
  if (!screens.length) return;
  shown %= screens.length;
  const { section, tiles, from, to } = screens[shown];
  for (const other of document.querySelectorAll("[data-screen]")) other.hidden = other !== section;
  tiles.forEach((tile, index) => {
    tile.hidden = index < from || index >= to;
  });
}

async function fresh() {
  const next = body.dataset.next;
  const answer = await fetch(next || location.href, { cache: "no-cache", credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  heard = Date.now();
  if (next && new URL(next, location.href).href !== location.href) {
    location.assign(next);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("#wall");
  const wall = document.querySelector("#wall");
  if (page.body.dataset.tilesUrl) body.dataset.tilesUrl = page.body.dataset.tilesUrl; // a new day has tiles of its own
  if (found && found.dataset.version !== wall.dataset.version) {
    found.append(...wall.querySelectorAll("[data-kept]")); // screens that others have put there
    wall.replaceWith(found);
  }
  tick();
}

function turn() {
  started = Date.now();
  shown += 1;
  if (shown >= screens.length) {
    shown = 0;
    fresh().catch(() => {
      // the next round tries again; the band below says since when nothing has come
    });
  }
  show();
}

// The hospital's clock, whatever the display's own says.
const zone = () => body.dataset.zone || undefined;

function tick() {
  const now = new Date();
  const clock = document.querySelector("[data-clock]");
  if (clock) {
    clock.textContent = now.toLocaleTimeString(document.documentElement.lang, { ...TIME, timeZone: zone() });
  }
  const silent = Date.now() - heard > STALE_AFTER;
  const band = document.querySelector("[data-cut]");
  body.classList.toggle("is-cut", silent);
  band.hidden = !silent;
  if (silent) {
    band.querySelector("[data-cut-since]").textContent = new Date(heard).toLocaleTimeString(document.documentElement.lang, { ...TIME, timeZone: zone() });
  }
  if (progress) progress.style.transform = `scaleX(${Math.min(1, (Date.now() - started) / 1000 / seconds)})`;
  if (Date.now() - started >= seconds * 1000) turn();
}

function minute() {
  const now = new Date();
  const from = Number(body.dataset.nightFrom);
  const to = Number(body.dataset.nightTo);
  const hour = Number(now.toLocaleTimeString("en", { hour: "2-digit", hourCycle: "h23", timeZone: zone() }));
  const night = from > to ? hour >= from || hour < to : hour >= from && hour < to;
  // A display that was set to one look keeps it, day and night.
  const chosen = body.dataset.look;
  document.documentElement.dataset.theme = chosen || (night ? "dark" : "light");
  const step = now.getMinutes() % 8;
  const [x, y] = [[0, 0], [3, 0], [6, 2], [6, 5], [3, 6], [0, 5], [-3, 3], [-3, 1]][step];
  document.querySelector("main").style.setProperty("--drift", `${x}px ${y}px`);
}

// Whatever live.js hears – a ping is enough – means that the wall is not cut off.
document.addEventListener("huddle:alive", () => {
  heard = Date.now();
});
document.addEventListener("huddle:changed", () => {
  heard = Date.now();
  show();
});
// Somebody has put a screen there, or has news on it: the wall turns to it.
document.addEventListener("huddle:screen", ({ detail }) => {
  cut();
  const found = screens.findIndex(({ section }) => section === detail.section);
  if (found >= 0 && detail.now) [shown, started] = [found, Date.now()];
  show();
});
window.addEventListener("resize", show);

// A tablet on a wall must not fall asleep; where the browser does not offer this, the device's own settings decide.
async function stayAwake() {
  try {
    if (!document.hidden) await navigator.wakeLock?.request("screen");
  } catch {
    // not granted, for example on low battery
  }
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();

show();
minute();
tick();
setInterval(tick, 250);
setInterval(minute, 60_000);
