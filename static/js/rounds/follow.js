// What a note leads to: an issue, thanks, a promise with a day.
import { day, uuid } from "./clock.js";
import { dayName, dialog, made, note, on, part, say } from "./parts.js";
import { entryOf, noteFor } from "./round.js";

const TITLE = 140;

export async function raiseIssue(app, round, noted, typed) {
  // What a note praises is no problem: its words are offered, not taken.
  const words = (noted.text || typed).split("\n")[0].slice(0, TITLE);
  const screen = made("issue", { unit: round.unit_name, words });
  const field = screen.querySelector("[name=title]");
  on(screen, "words", () => {
    field.value = words;
    field.focus();
  });
  const form = await dialog(screen);
  if (!form) return;
  const { title: said, spot, urgent } = form.elements;
  // One note makes one issue: a second one stands under its own words.
  if (noted.issue) noted = Object.assign(noteFor(round, null), { text: said.value });
  noted.issue = true;
  const entries = [
    entryOf(round, noted),
    { kind: "issue", round: round.uid, observation: noted.uid, title: said.value, spot: spot.value, urgency: urgent.checked ? "urgent" : "routine" },
  ];
  if (await app.keep(round, entries)) note(say("issue_kept"));
  else noted.issue = false;
}

export async function giveThanks(app, round, noted, typed = "") {
  const screen = made("thanks", { unit: round.unit_name, text: typed.slice(0, 280) });
  const names = part(screen, "names");
  const people = (app.carried?.people ?? []).filter(({ units }) => units.includes(round.unit));
  names.append(...people.map(({ name }) => Object.assign(document.createElement("option"), { value: name })));
  const form = await dialog(screen);
  if (!form) return;
  const name = form.elements.name.value.trim();
  const person = people.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  const given = { thanks: uuid(), name, text: form.elements.text.value, of: noted?.uid ?? null };
  round.thanks.push(given);
  const entry = { kind: "thank", round: round.uid, thanks: given.thanks, name, text: given.text };
  if (noted) entry.observation = noted.uid;
  if (person.length === 1) entry.person = person[0].id;
  const entries = noted ? [entryOf(round, noted), entry] : [entry];
  if (await app.keep(round, entries)) note(say("thanked", { name }));
  else round.thanks.pop();
}

export async function makePromise(app, round, noted) {
  const screen = made("promise-form", { unit: round.unit_name });
  const field = screen.querySelector("[name=due_on]");
  field.min = day();
  field.max = day(365);
  field.value = day(7);
  for (const [days, label] of [[1, "tomorrow"], [7, "week"], [14, "two_weeks"]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: say(label) });
    button.addEventListener("click", () => (field.value = day(days)));
    part(screen, "days").append(button);
  }
  const form = await dialog(screen);
  if (!form) return;
  const given = { promise: uuid(), text: form.elements.text.value.trim(), due_on: form.elements.due_on.value, of: noted?.uid ?? null };
  round.promises.push(given);
  const entry = { kind: "promise", round: round.uid, promise: given.promise, text: given.text, due_on: given.due_on };
  if (noted) entry.observation = noted.uid;
  const entries = noted ? [entryOf(round, noted), entry] : [entry];
  if (!(await app.keep(round, entries))) {
    round.promises.pop();
    return;
  }
  app.carried?.promises.push({ uid: given.promise, unit: round.unit, unit_name: round.unit_name, text: given.text, due_on: given.due_on, by: app.vault.name, mine: true, state: "open", answer: "", revision: 1 });
  await app.keepPackage([]);
  note(say("promised_by", { day: dayName(given.due_on) }));
}

// What came of a promise: kept in one tap, or why it could not be kept.
export async function answerPromise(app, promise, state, item) {
  let answer = "";
  if (state === "withdrawn") {
    const form = await dialog(made("why", { text: promise.text }));
    if (!form) return;
    answer = form.elements.answer.value.trim();
  }
  const before = { state: promise.state, answer: promise.answer };
  Object.assign(promise, { state, answer });
  await app.keepPackage([{ kind: "answer", promise: promise.uid, state, answer, revision: promise.revision }]);
  part(item, "acts").replaceChildren(undo(app, promise, before, item));
  note(say(state === "kept" ? "promise_kept" : "promise_withdrawn"));
}

function undo(app, promise, before, item) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: say("undo") });
  button.addEventListener("click", async () => {
    Object.assign(promise, before);
    const mine = app.outbox.items.find(({ entry }) => entry.kind === "answer" && entry.promise === promise.uid);
    if (mine && !app.outbox.flying.has(mine.seq)) await app.outbox.decide(mine.seq, null, { package: app.carried });
    else await app.keepPackage([{ kind: "answer", promise: promise.uid, state: before.state, answer: before.answer, revision: promise.revision }]);
    item.dispatchEvent(new CustomEvent("undone", { bubbles: true }));
    document.getElementById("main").querySelector("[data-act='again']")?.click();
  });
  return button;
}
