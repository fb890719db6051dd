// What waits on this device, in its order, and what a person has to decide about it.
import { at } from "./trail.js";
import { dialog, hour, made, on, part, say, show } from "./parts.js";

export function waiting(app) {
  const screen = show("waiting", made("waiting"));
  const draw = () => {
    if (!screen.isConnected) return app.removeEventListener("queue", draw);
    const { items, savedAt } = app.outbox;
    part(screen, "none").hidden = items.length > 0;
    part(screen, "saved").textContent = savedAt ? say("saved", { time: hour(savedAt) }) : "";
    part(screen, "list").replaceChildren(...items.map((item) => row(app, item)));
    return undefined;
  };
  app.addEventListener("queue", draw);
  draw();
  on(screen, "again", () => app.outbox.soon(10));
  at(1, () => app.go.home(app));
  on(screen, "back", () => app.go.home(app));
}

const mine = ({ text, answer, value, number, title, name }) => [value, number, text, answer, title, name].filter(Boolean).join(" · ");

// What is let go is gone: its words are shown once more, to be copied.
async function letGo(app, seq, entry) {
  const hanging = app.outbox.hanging({ seq, entry }).map((one) => app.outbox.items.find((item) => item.seq === one).entry);
  const words = [entry, ...hanging].map(mine).filter(Boolean).join("\n");
  const form = await dialog(made("let-go", { text: say("let_go_words", { n: 1 + hanging.length }), words }));
  if (!form) return;
  // What never arrived does not stand in the round or among the promises either.
  if (entry.kind !== "begin") return app.takeBack({ seq, entry });
  await app.outbox.decide(seq, null, { [`round:${entry.round}`]: null }, hanging.map(({ file }) => file).filter(Boolean));
  app.rounds = app.rounds.filter(({ uid }) => uid !== entry.round);
}

function row(app, { seq, entry }) {
  const round = app.rounds.find((one) => one.uid === entry.round);
  const item = made("waits", {
    kind: say(`kind_${entry.kind}`),
    about: [round?.unit_name, hour(new Date(entry.at)), mine(entry)].filter(Boolean).join(" · "),
    reason: entry.held?.reason ?? "",
  });
  const { held } = entry;
  const acts = part(item, "acts");
  const offer = (label, act, primary = false) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: say(label), className: primary ? "primary" : "" });
    button.addEventListener("click", act);
    acts.append(button);
  };
  if (!held) {
    if (["thank", "promise", "issue", "photo", "voice"].includes(entry.kind)) offer("take_back", () => app.takeBack({ seq, entry }));
    return item;
  }
  if (held.state === "differs") {
    part(item, "theirs").textContent = say("theirs", { text: mine(held.theirs) || held.theirs.state || "–" });
    offer("keep_mine", () => app.outbox.decide(seq, { revision: held.revision, ...(entry.kind === "note" ? { observation: held.theirs.uid } : {}) }), true);
    offer("keep_theirs", () => app.keepTheirs({ seq, entry }));
    if (entry.kind === "note") offer("keep_both", () => app.outbox.decide(seq, { revision: held.revision, observation: held.theirs.uid, value: entry.value || held.theirs.value, text: [held.theirs.text, entry.text].filter(Boolean).join("\n") }));
  } else if (entry.kind === "begin" && held.field === "unit") {
    const select = document.createElement("select");
    select.setAttribute("aria-label", say("other_unit"));
    select.add(new Option(say("other_unit"), ""));
    for (const unit of app.carried?.units ?? []) select.add(new Option(unit.name, unit.id));
    select.addEventListener("change", () => {
      const unit = app.carried.units.find(({ id }) => String(id) === select.value);
      if (!unit) return;
      if (round) Object.assign(round, { unit: unit.id, unit_name: unit.name });
      app.outbox.decide(seq, { unit: unit.id, pass: unit.pass }, round ? { [`round:${round.uid}`]: round } : {});
    });
    acts.append(select);
    offer("let_go", () => letGo(app, seq, entry));
  } else {
    offer("again", () => app.outbox.decide(seq, {}), true);
    offer("let_go", () => letGo(app, seq, entry));
  }
  return item;
}
