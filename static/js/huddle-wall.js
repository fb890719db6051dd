// A wall while its unit meets. On the board's wall: goes to the huddle when one begins. On the huddle's wall: keeps to the
// present step, and goes back to the board when it has ended.
import { setClock, tick } from "./huddle-clock.js";
import { ask } from "./live-page.js";

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

let timer = 0;
document.addEventListener("huddle:changed", (event) => {
  const told = event.detail ?? {};
  if (told.measures && !told.huddle && !told.issues) return;
  if (!here && !told.huddle) return;
  clearTimeout(timer);
  timer = setTimeout(() => look().catch(() => {}), 150);
});
if (here) {
  setClock();
  tick();
  setInterval(tick, 1000);
  setInterval(() => look().catch(() => {}), 60_000);
} else if (address) look().catch(() => {});
