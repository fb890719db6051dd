// What waits on this device, in its order, and what a person has to decide about it.
import { hour, made, on, part, say, show } from "./parts.js";

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
  on(screen, "back", () => app.go.home(app));
}

const mine = ({ text, answer, value, number, title, name }) => [value, number, text, answer, title, name].filter(Boolean).join(" · ");

function row(app, { seq, entry }) {
  const round = app.rounds.find((one) => one.uid === entry.round);
  const item = made("waits", {
    kind: say(`kind_${entry.kind}`),
    about: [round?.unit_name, hour(new Date(entry.at)), mine(entry)].filter(Boolean).join(" · "),
    reason: entry.held?.reason ?? "",
  });
  const { held } = entry;
  const acts = part(item, "acts");
  acts.hidden = !held;
  if (!held) return item;
  const offer = (label, act, primary = false) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: say(label), className: primary ? "primary" : "" });
    button.addEventListener("click", act);
    acts.append(button);
  };
  if (held.state === "differs") {
    part(item, "theirs").textContent = say("theirs", { text: mine(held.theirs) || held.theirs.state || "–" });
    offer("keep_mine", () => app.outbox.decide(seq, { revision: held.revision, ...(entry.kind === "note" ? { observation: held.theirs.uid } : {}) }), true);
    offer("keep_theirs", () => app.outbox.decide(seq, null));
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
    offer("let_go", () => app.outbox.decide(seq, null));
  } else {
    offer("again", () => app.outbox.decide(seq, {}), true);
    offer("let_go", () => app.outbox.decide(seq, null));
  }
  return item;
}
