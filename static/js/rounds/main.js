// Begins: the worker that lets the page open without network, and the person whose device this is.
import { App, openFor, signedIn, urls } from "./app.js";
import { ask, free, putAway } from "./ask.js";
import * as device from "./device.js";
import { finish } from "./finish.js";
import { home } from "./home.js";
import { show, made, on, say } from "./parts.js";
import { paid, share } from "./session.js";
import { lock, people } from "./vault.js";
import { waiting } from "./waiting.js";

const IDLE = 3 * 60_000; // a shared device that nobody touches locks itself
let app = null;
let idle = 0;

function touched() {
  clearTimeout(idle);
  idle = setTimeout(() => app?.vault.mode === "pin" && leave(), IDLE);
}

function start(vault, found = null) {
  app?.close();
  app = new App(vault, { home, ask, free, finish, waiting });
  return app.begin(found);
}

async function leave(found = null) {
  if (app) await putAway();
  app?.close();
  app = null;
  document.getElementById("queue").hidden = true;
  document.getElementById("state").hidden = true;
  await choose(found);
}

// Who is here: the one whose phone it is, one of several, or somebody who signs in now.
async function choose(found) {
  const here = await people();
  const shared = here.some(({ mode }) => mode === "pin");
  if (shared && found?.person && here.find(({ id }) => id === found.person.id)?.mode !== "own") share(found.token);
  const own = here.length === 1 && here[0].mode === "own" ? here[0] : null;
  if (own && (!found || found.person?.id === own.id)) return start(await openFor(own, found), found);
  const mine = found?.person && here.find((row) => row.id === found.person.id);
  if (mine?.mode === "own") return start(await openFor(mine, found), found);
  if (found?.person && (!mine || mine.mode === "locked")) return device.admitted(found, start);
  if (here.length) return device.who(here, found, start);
  if (found?.refused) return show("plain", made("plain", { title: say("no_role_title"), text: say("no_role") }));
  return device.signIn();
}

async function begin() {
  if (!window.isSecureContext || !crypto.subtle || !("serviceWorker" in navigator) || !window.indexedDB) {
    show("plain", made("plain", { title: say("unsafe_title"), text: say("unsafe") }));
    return;
  }
  navigator.serviceWorker.register(urls.worker, { scope: urls.scope }).catch(() => {});
  document.addEventListener("rounds:leave", () => leave());
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touched, { passive: true });
  document.addEventListener("visibilitychange", () => document.hidden && touched());
  document.addEventListener("rounds:other", async ({ detail }) => {
    await lock(app.vault.person);
    await leave(detail);
  });
  document.getElementById("queue").addEventListener("click", () => app && waiting(app));
  on(document.getElementById("state"), "in", device.anew);
  window.addEventListener("online", () => paid());
  await paid();
  // A phone of one's own opens at once; the server is asked meanwhile.
  const here = await people();
  const own = here.length === 1 && here[0].mode === "own";
  await choose(own ? null : await signedIn());
}

begin();
