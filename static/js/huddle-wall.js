// A wall beside its unit. On the board's wall: goes to the huddle when one begins, and shows what came back on a screen of
// its own. On the huddle's wall: keeps to the present step, and goes back to the board when it has ended.
import { setClock, tick } from "./huddle-clock.js";
import { ask, tell } from "./live-page.js";

const page = document.body.dataset;
const here = "back" in page;
const address = here ? location.href : page.huddleUrl;

async function look() {
  if (!here) {
    const headers = { "X-Background": "1" };
    const found = await fetch(address, { cache: "no-store", credentials: "same-origin", headers });
    if (found.status === 200 && !found.redirected) location.assign(address);
    return;
  }
  const answer = await ask(address);
  if (answer?.status === 204) location.assign(page.back);
  if (answer?.status !== 200) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#steps");
  const connection = document.querySelector("[data-connection]");
  fresh.querySelector("[data-connection]").replaceWith(connection);
  document.querySelector("#steps").replaceWith(fresh);
  tick();
}

// Screens that others put on the board's wall: what came back, and what was brought to its end. The wall turns to one when
// something on it is new; else it comes in its turn.
const screens = [
  { id: "came-back", url: page.answersUrl },
  { id: "successes", url: page.successesUrl },
].map((screen) => ({ ...screen, text: "", read: false }));
const known = (id) => new Set([...document.querySelectorAll(`#${id} [data-told]`)].map((line) => `${line.dataset.told} ${line.firstElementChild.textContent}`));

async function listen(screen) {
  const headers = { "X-Background": "1", "HX-Request": "true" };
  const answer = await fetch(screen.url, { cache: "no-store", credentials: "same-origin", headers });
  if (!answer.ok || answer.redirected) return;
  const [before, written, first] = [known(screen.id), await answer.text(), !screen.read];
  screen.read = true;
  if (written === screen.text) return;
  screen.text = written;
  const fresh = document.createElement("template");
  fresh.innerHTML = written;
  const section = fresh.content.querySelector("section");
  const old = document.getElementById(screen.id);
  if (old && section) old.replaceWith(section);
  else if (old) old.remove();
  else if (section) document.querySelector("#wall").append(section);
  const news = !first && [...known(screen.id)].some((line) => !before.has(line));
  if (old || section) tell("screen", { section, now: news });
}
const listenToAll = () => screens.forEach((screen) => listen(screen).catch(() => {}));

let timer = 0;
let listening = 0;
document.addEventListener("huddle:changed", (event) => {
  const told = event.detail ?? {};
  if (told.measures && !told.huddle && !told.issues) return;
  if (!here && !told.huddle) {
    clearTimeout(listening);
    listening = setTimeout(listenToAll, 150);
    return;
  }
  clearTimeout(timer);
  timer = setTimeout(() => look().catch(() => {}), 150);
});
if (here) {
  setClock();
  tick();
  setInterval(tick, 1000);
  setInterval(() => look().catch(() => {}), 60_000);
} else if (address) {
  look().catch(() => {});
  listenToAll();
  setInterval(listenToAll, 60_000);
}
