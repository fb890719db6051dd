// What a leader sees first: what goes on, where to round, what was promised.
import { day } from "./clock.js";
import { answerPromise } from "./follow.js";
import { pairLine, placeOf, withPair } from "./pair.js";
import { begun, isUntouched, ownLanguage } from "./round.js";
import { dayName, dialog, weekdayName, made, note, on, part, say, show } from "./parts.js";
import { owe, paid } from "./session.js";
import { at } from "./trail.js";
import { lock } from "./vault.js";

const SEARCHED = 8;
const FIRST = 4;

export function home(app) {
  app.at = "";
  const screen = show("home", made("home", { name: app.vault.name }));
  const { carried } = app;
  at(0);
  part(screen, "loading").hidden = Boolean(carried);
  for (const round of app.open) {
    const item = made("go-on", { unit: placeOf(round), set: withPair(round), noted: say("noted", { n: round.noted.length }) });
    on(item, "open", () => app.go.ask(app, round));
    on(item, "discard", async () => (isUntouched(round) || (await dialog(made("discard", { unit: round.unit_name })))) && app.discard(round));
    part(item, "discard").hidden = !round.set.shared && round.promises.length > 0;
    part(screen, "open").append(item);
  }
  part(screen, "goes-on").hidden = !app.open.length;
  if (carried) {
    units(app, screen, carried.units);
    due(app, part(screen, "due"), carried);
    routes(app, part(screen, "routes"), carried);
    promises(app, part(screen, "mine"), carried.promises.filter((one) => one.mine && one.state === "open"));
  }
  part(screen, "pin-only").hidden = app.vault.mode !== "pin";
  on(screen, "lock", () => document.dispatchEvent(new Event("rounds:leave")));
  on(screen, "out", () => signOut(app));
  const again = () => screen.isConnected && !document.querySelector("dialog[open]") && !document.activeElement?.value && home(app);
  app.addEventListener("carried", again, { once: true });
}

function units(app, screen, rows) {
  const list = part(screen, "units");
  const search = part(screen, "search");
  const draw = (typed) => {
    const found = rows.filter(({ name, of }) => `${name} ${of}`.toLowerCase().includes(typed.trim().toLowerCase()));
    list.replaceChildren(
      ...found.slice(0, 40).map((unit) => {
        const item = made("unit", { name: unit.name, of: unit.of });
        on(item, "open", () => sets(app, unit));
        return item;
      }),
    );
    part(screen, "none").hidden = found.length > 0;
  };
  search.hidden = rows.length <= SEARCHED;
  search.querySelector("input").addEventListener("input", ({ target }) => draw(target.value));
  draw("");
}

// Colleagues with whom a talk is due: one tap begins it.
function due(app, section, { due: rows = [], sets: all, units: places }) {
  const offers = rows
    .map((row) => ({ row, unit: places.find(({ id }) => id === row.unit), set: all.find((set) => set.kind === row.kind && (!set.units || set.units.includes(row.unit))) }))
    .filter(({ unit, set, row }) => unit && set && !app.rounds.some(({ colleague }) => colleague === row.colleague));
  section.hidden = !offers.length;
  const list = part(section, "list");
  for (const [place, { row, unit, set }] of offers.entries()) {
    const item = made("unit", { name: row.name, of: [set.name, unit.name, row.shift].filter(Boolean).join(" · ") });
    on(item, "open", () => start(app, unit, set, row));
    (place < FIRST ? list : part(section, "rest")).append(item);
  }
  part(section, "more").hidden = offers.length <= FIRST;
}

// One's routes: the units in their order, each begins at a tap.
function routes(app, section, { routes: rows = [], units: places }) {
  section.hidden = !rows.length;
  const list = part(section, "list");
  for (const route of rows) {
    const item = made("route", { name: route.name, about: [weekdayName(route.weekday), route.starts_at, route.with.length && say("with", { names: route.with.join(", ") })].filter(Boolean).join(" · ") });
    for (const unit of route.units.map((id) => places.find((one) => one.id === id)).filter(Boolean)) {
      const stop = made("unit", { name: unit.name, of: "" });
      on(stop, "open", () => sets(app, unit, route));
      part(item, "stops").append(stop);
    }
    list.append(item);
  }
}

// The question sets for a unit, who walks along, and what was promised there before. `route`: by which one came.
function sets(app, unit, route = null) {
  const screen = show("sets", made("sets", { unit: unit.name }));
  const here = app.carried.sets.filter(({ units: only }) => !only || only.includes(unit.id));
  const pair = pairLine(screen, app.carried, unit, route);
  for (const set of here) {
    const item = made("set", { name: set.name, about: say("set_about", { n: set.questions.length, minutes: set.minutes }) });
    on(item, "open", () => start(app, unit, set, null, pair(set)));
    part(screen, "sets").append(item);
  }
  promises(app, part(screen, "promised"), app.carried.promises.filter((one) => one.unit === unit.id), false);
  at(1, () => home(app));
  on(screen, "back", () => home(app));
}

let starting = false;
async function start(...what) {
  if (starting) return;
  starting = true;
  await startOne(...what).finally(() => (starting = false));
}

async function startOne(app, unit, set, talk = null, pair = null) {
  const round = begun({ unit: unit.id, unitName: unit.name, set });
  if (talk) Object.assign(round, { talk: talk.name, colleague: talk.colleague });
  if (pair) round.with = pair.name;
  round.language = ownLanguage(set);
  const entry = { kind: "begin", round: round.uid, unit: unit.id, version: set.version, pass: unit.pass, at: round.began_at };
  if (talk) entry.colleague = talk.colleague;
  if (pair) entry.partner = pair.id;
  if (!(await app.keep(round, [entry]))) return;
  app.rounds.unshift(round);
  app.go.ask(app, round);
}

function promises(app, section, rows, mine = true) {
  section.hidden = !rows.length;
  const list = part(section, "list");
  for (const promise of rows) {
    const late = promise.state === "open" && promise.due_on < day();
    const item = made("promise", {
      text: promise.text,
      when: say(promise.state === "open" ? (late ? "was_due" : "due") : promise.state, { day: dayName(promise.due_on), unit: promise.unit_name, by: promise.by }),
      came: promise.answer,
      mine: mine && promise.mine,
    });
    item.classList.toggle("late", late);
    on(item, "kept", () => answerPromise(app, promise, "kept", item));
    on(item, "withdrawn", () => answerPromise(app, promise, "withdrawn", item));
    list.append(item);
  }
}

// Leaves nothing readable behind. What waits stays, locked, until the same person signs in here again.
async function signOut(app) {
  const waiting = app.outbox.waiting;
  const text = waiting ? say("out_waits", { n: waiting }) : say("out_empty");
  const form = await dialog(made("sign-out", { text, pages: say("out_pages") }));
  if (!form) return;
  app.close();
  owe();
  await lock(app.vault.person);
  if (!(await paid())) note(say("out_offline"), true);
  document.dispatchEvent(new Event("rounds:leave"));
}
