// One question at a time: big answers, a note and a camera within reach.
import { giveThanks, makePromise, raiseIssue } from "./follow.js";
import { LONGEST_VOICE, TooLarge, canRecord, record, shrink } from "./media.js";
import { countLeft, dayName, made, note, on, part, say, show, tell } from "./parts.js";
import { asked, entryOf, languagesOf, noteBy, noteFor, ownLanguage, wordsOf } from "./round.js";
import { uuid } from "./clock.js";
import { placeOf, withPair } from "./pair.js";
import { at, deeper } from "./trail.js";

const TYPING = 150;
const AFTER_TAP = 180;
const NUMBER = /^([+-]?\d{1,9}([.,]\d+)?)?$/;
let leave = async () => true;

// Keeps what is half typed or half said, also when the page is put away or locked. False where something cannot stand so.
export const putAway = () => leave();
document.addEventListener("visibilitychange", () => document.hidden && leave());
window.addEventListener("pagehide", () => leave());

export function ask(app, round, back = false) {
  app.at = round.uid;
  const toHome = async () => {
    await leave();
    app.go.home(app);
  };
  const questions = asked(round);
  if (round.place >= questions.length) return app.go.finish(app, round);
  const question = questions[Math.max(0, round.place)];
  const words = wordsOf(question, round.language);
  const screen = show("ask", made("ask", {
    unit: placeOf(round),
    set: withPair(round),
    at: say("of", { at: round.place + 1, n: questions.length }),
    question: words.text,
    hint: words.hint,
    equity: question.equity,
  }));
  const own = inOwn(round, question);
  screen.querySelector("h1").lang = part(screen, "hint").lang = round.language ?? round.set.language;
  part(screen, "own").hidden = !own;
  part(screen, "own").textContent = own ? [own.text, own.hint].filter(Boolean).join(" – ") : "";
  part(screen, "bar").max = questions.length;
  part(screen, "bar").value = round.place + 1;
  language(app, round, screen);
  answer(app, round, screen, question, words);
  at(1 + round.place, () => (round.place ? step(app, round, -1) : toHome()));
  if (question.promises) promised(app, round, part(screen, "promised"));
  on(screen, "back", () => step(app, round, -1));
  on(screen, "next", () => step(app, round, 1));
  on(screen, "free", () => free(app, round));
  on(screen, "home", toHome);
  if (back) tell(words.text);
  return undefined;
}

async function step(app, round, by) {
  if (!(await leave()) && by > 0) return; // back is always free
  round.place = Math.max(0, Math.min(asked(round).length, round.place + by));
  if (await app.keep(round)) ask(app, round);
}

// The words of a question in the language of whoever leads; null where they are the ones that are asked.
const inOwn = (round, question) => (question && (round.language ?? round.set.language) !== ownLanguage(round.set) ? wordsOf(question, ownLanguage(round.set)) : null);

function language(app, round, screen) {
  const choices = languagesOf(round.set);
  const field = part(screen, "language");
  field.hidden = choices.length < 2;
  const select = field.querySelector("select");
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
  for (const code of choices) select.add(new Option(new Intl.DisplayNames([code], { type: "language" }).of(code) ?? names.of(code), code));
  select.value = round.language ?? round.set.language;
  select.addEventListener("change", async () => {
    await leave();
    round.language = select.value;
    if (await app.keep(round)) ask(app, round);
  });
}

// Where it is asked what came of promises, those of this unit stand beneath, open ones first.
function promised(app, round, section) {
  const rows = (app.carried?.promises ?? []).filter(({ unit, uid }) => unit === round.unit && !round.promises.some(({ promise }) => promise === uid));
  rows.sort((one, other) => (one.state === "open" ? 0 : 1) - (other.state === "open" ? 0 : 1));
  section.hidden = !rows.length;
  part(section, "list").append(...rows.map((one) => made("line", { text: [one.text, say(one.state === "open" ? "due" : one.state, { day: dayName(one.due_on), unit: one.unit_name, by: one.by }), one.answer].filter(Boolean).join(" · ") })));
}

// Something seen that nobody asked about, or an earlier note: the same parts, without a question.
export function free(app, round, noted = null) {
  const question = noted?.question ? round.set.questions.find(({ id }) => id === noted.question) : null;
  const words = question && wordsOf(question, ownLanguage(round.set));
  const before = leave();
  const screen = show("free", made("free", { unit: round.unit_name, question: words?.text ?? say("free") }));
  before.then(() => answer(app, round, screen, question, words, noted));
  const done = async () => {
    await leave();
    ask(app, round);
  };
  at(deeper(), done);
  on(screen, "done", async () => (await leave()) && ask(app, round));
}

function answer(app, round, screen, question, words, present = null) {
  const kind = question?.kind ?? "text";
  // A note comes into being with the first answer: looking at a question notes nothing.
  let uid = present?.uid ?? (question && round.noted.find((one) => one.question === question.id)?.uid);
  const noted = () => {
    const one = uid ? noteBy(round, uid) : noteFor(round, question);
    uid = one.uid;
    return one;
  };
  const seen = () => (uid ? noteBy(round, uid) : null);
  const save = (change) => {
    const one = noted();
    Object.assign(one, change);
    return app.keep(round, [entryOf(round, one)]);
  };
  const area = part(screen, "text");
  area.value = seen()?.text ?? "";
  countLeft(area);
  if (["text", "voice"].includes(kind)) area.setAttribute("aria-label", (inOwn(round, question) ?? words)?.text ?? say("free"));
  let timer = 0;
  const keepText = async () => {
    clearTimeout(timer);
    const text = area.value;
    if (area.isConnected && text !== (seen()?.text ?? "")) await save({ text });
  };
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keepText, TYPING);
  });
  const number = part(screen, "number");
  // What is no number stays in its field and holds up no words: they are kept beside it.
  const keepNumber = async () => {
    if (number.hidden || !number.isConnected) return true;
    const typed = number.value.trim();
    const good = NUMBER.test(typed);
    number.setAttribute("aria-invalid", String(!good));
    if (!good) note(say("not_number", { said: typed }), true);
    else if (typed !== (seen()?.number ?? "")) await save({ number: typed });
    return good;
  };
  number.hidden = kind !== "number";
  number.value = seen()?.number ?? "";
  number.addEventListener("change", keepNumber);
  taps(app, round, screen, { kind, words, own: inOwn(round, question), value: seen()?.value ?? "", save, area });
  photos(app, round, screen, { noted, seen });
  const hush = voice(app, round, screen, { noted, seen, wanted: kind === "voice" });
  leave = async () => {
    // All three begin at once: a moment later another screen may stand here.
    const [, good] = await Promise.all([keepText(), keepNumber(), hush()]);
    return good;
  };
  on(screen, "thanks", async () => {
    await leave();
    await giveThanks(app, round, kind === "thanks" ? seen() ?? noted() : seen(), area.value);
    came(screen, round, seen());
  });
  on(screen, "promise", async () => {
    await leave();
    await makePromise(app, round, seen());
    came(screen, round, seen());
  });
  on(screen, "issue", async () => {
    await leave();
    await raiseIssue(app, round, noted(), area.value);
    came(screen, round, seen());
  });
  for (const button of screen.querySelectorAll("[data-act='thanks']")) button.classList.toggle("primary", kind === "thanks");
  for (const button of screen.querySelectorAll("[data-act='photo'] , .photo")) button.classList.toggle("primary", kind === "photo");
  came(screen, round, seen());
}

function taps(app, round, screen, { kind, words, own, value, save, area }) {
  const box = part(screen, "taps");
  const choices = {
    yes_no: [["yes", say("yes")], ["partly", say("partly")], ["no", say("no")]],
    scale: ["1", "2", "3", "4", "5"].map((one) => [one, one]),
    choice: (words?.choices ?? []).map((one, place) => [String(place), one]),
  }[kind] ?? [];
  box.hidden = !choices.length;
  box.classList.toggle("scale", kind === "scale");
  for (const [code, label] of choices) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.value = code;
    if (kind === "choice" && own) {
      button.lang = round.language ?? round.set.language;
      button.append(Object.assign(document.createElement("small"), { textContent: own.choices[Number(code)], lang: ownLanguage(round.set) }));
    }
    button.setAttribute("aria-pressed", String(value === code));
    button.addEventListener("click", async () => {
      const taken = button.getAttribute("aria-pressed") === "true";
      for (const one of box.children) one.setAttribute("aria-pressed", String(one === button && !taken));
      const text = area.value;
      if (!(await save({ value: taken ? "" : code, text }))) return;
      // What is well goes on by itself; what is not asks for a word.
      if (taken || ["no", "partly"].includes(code)) {
        area.focus();
        return;
      }
      setTimeout(() => screen.isConnected && step(app, round, 1), AFTER_TAP);
    });
    box.append(button);
  }
}

function photos(app, round, screen, { noted, seen }) {
  const strip = part(screen, "photos");
  const shownUids = new Set();
  // A photo that has not left yet is taken away by a tap: somebody may stand in it who should not.
  const draw = (blob, uid) => {
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(blob);
    picture.alt = say("photo_alt", { n: strip.children.length + 1 });
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", say("photo_remove", { n: strip.children.length + 1 }));
    button.append(picture);
    button.addEventListener("click", async () => {
      const item = app.outbox.items.find(({ entry }) => entry.file === uid);
      if (!item || app.outbox.flying.has(item.seq)) return note(say("photo_sent"), true);
      await app.takeBack(item);
      button.remove();
      return note(say("photo_gone"));
    });
    strip.append(button);
  };
  for (const { entry } of app.outbox.items) {
    if (entry.kind !== "photo" || entry.observation !== seen()?.uid || shownUids.has(entry.file)) continue;
    shownUids.add(entry.file);
    app.vault.file(entry.file).then((blob) => blob && draw(blob, entry.file));
  }
  part(screen, "camera").addEventListener("change", async ({ target }) => {
    const [...files] = target.files;
    target.value = "";
    for (const file of files) {
      try {
        await leave();
        const blob = await shrink(file);
        const one = noted();
        const uid = uuid();
        one.photos += 1;
        const entries = [entryOf(round, one), { kind: "photo", round: round.uid, observation: one.uid, file: uid }];
        if (!(await app.keep(round, entries, [{ uid, blob }]))) {
          one.photos -= 1;
          return;
        }
        draw(blob, uid);
        note(say("photo_kept"));
      } catch (error) {
        note(say(error instanceof TooLarge ? "photo_large" : "photo_unreadable"), true);
      }
    }
  });
}

function voice(app, round, screen, { noted, seen, wanted }) {
  const button = part(screen, "voice");
  button.hidden = !canRecord();
  button.classList.toggle("primary", wanted);
  let running = null;
  const label = () => {
    button.textContent = say(running ? "voice_stop" : seen()?.voices ? "voice_more" : "voice_start", { n: LONGEST_VOICE });
    button.setAttribute("aria-pressed", String(Boolean(running)));
  };
  const stop = async () => {
    if (!running) return;
    const ends = running;
    running = null;
    const blob = await ends.stop();
    label();
    const one = noted();
    const uid = uuid();
    one.voices += 1;
    const entries = [entryOf(round, one), { kind: "voice", round: round.uid, observation: one.uid, file: uid }];
    if (await app.keep(round, entries, [{ uid, blob }])) note(say("voice_kept"));
    label();
  };
  button.addEventListener("click", async () => {
    if (running) return stop();
    try {
      running = await record(stop);
      if (!button.isConnected) return running.stop(); // left while the browser asked for the microphone
    } catch {
      note(say("voice_denied"), true);
    }
    return label();
  });
  label();
  // Nothing listens on once another screen stands there: what was said until then is kept.
  return stop;
}

// What came of this note so far, in words.
function came(screen, round, noted) {
  const lines = [];
  if (noted?.issue) lines.push(say(noted.issue === true ? "issue_kept" : "issue_number", { n: 2, number: noted.issue }));
  if (noted) {
    for (const one of round.thanks.filter(({ of }) => of === noted.uid)) lines.push(say("thanked", { name: one.name }));
    for (const one of round.promises.filter(({ of }) => of === noted.uid)) lines.push(say("promised", { text: one.text }));
  }
  if (noted?.hint) lines.push(noted.hint);
  part(screen, "came").textContent = lines.join(" · ");
}
