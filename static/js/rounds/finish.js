// The end of a round: what was noted, what is taken away, and a minute of one's own.
import { now } from "./clock.js";
import { giveThanks, makePromise } from "./follow.js";
import { dayName, made, note, on, part, say, show } from "./parts.js";
import { placeOf, withPair } from "./pair.js";
import { at } from "./trail.js";
import { asked, isEmpty, ownLanguage, wordsOf } from "./round.js";

const TYPING = 150;

export function finish(app, round) {
  app.at = round.uid;
  const screen = show("finish", made("finish", { unit: placeOf(round), set: withPair(round), shared: say(round.set.shared ? "unit_reads" : "you_read") }));
  const list = part(screen, "noted");
  const names = { yes: say("yes"), partly: say("partly"), no: say("no") };
  for (const one of round.noted.filter((noted) => !isEmpty(noted))) {
    const question = round.set.questions.find(({ id }) => id === one.question);
    const words = question && wordsOf(question, ownLanguage(round.set));
    const value = question?.kind === "choice" && one.value ? words.choices[Number(one.value)] : (names[one.value] ?? one.value);
    const said = [value, one.number, one.text, one.photos && say("photos", { n: one.photos }), one.voices && say("voices", { n: one.voices })];
    const item = made("noted", { question: words?.text ?? say("free"), said: said.filter(Boolean).join(" · ") || "–", came: one.issue ? say("issue_kept") : "" });
    on(item, "open", () => app.go.free(app, round, one));
    list.append(item);
  }
  part(screen, "nothing").hidden = list.children.length > 0;
  const away = part(screen, "away");
  for (const one of round.promises) away.append(made("line", { text: `${say("promised", { text: one.text })} · ${dayName(one.due_on)}` }));
  for (const one of round.thanks) away.append(made("line", { text: say("thanked", { name: one.name }) }));
  minute(app, round, screen);
  const back = async () => {
    round.place = Math.max(0, asked(round).length - 1);
    if (await app.keep(round)) app.go.ask(app, round);
  };
  at(1 + asked(round).length, back);
  on(screen, "back", back);
  on(screen, "free", () => app.go.free(app, round));
  on(screen, "thanks", async () => {
    await giveThanks(app, round, null);
    finish(app, round);
  });
  on(screen, "promise", async () => {
    await makePromise(app, round, null);
    finish(app, round);
  });
  on(screen, "end", async () => {
    const entries = [];
    const { asked: share, surprised } = round.reflection;
    if (share !== "" || surprised.trim()) entries.push({ kind: "reflect", round: round.uid, asked: share, surprised: surprised.trim() });
    round.ended = true;
    if (!(await app.keep(round, [...entries, { kind: "end", round: round.uid, at: now() }]))) {
      round.ended = false;
      return;
    }
    app.over(round);
    app.go.home(app);
    note(say("ended", { unit: round.unit_name }));
  });
}

// A minute of one's own: kept as it is said, whatever is tapped before the round ends.
function minute(app, round, screen) {
  const slider = part(screen, "share");
  const words = part(screen, "surprised");
  const { asked: share, surprised } = round.reflection;
  slider.value = share === "" ? 5 : share;
  words.value = surprised;
  slider.closest("details").open = share !== "" || surprised !== "";
  const shareWords = () => (part(screen, "share-words").textContent = round.reflection.asked === "" ? say("share_none") : say("share", { n: 2, part: slider.value }));
  shareWords();
  let timer = 0;
  const changed = (more) => {
    Object.assign(round.reflection, more);
    clearTimeout(timer);
    timer = setTimeout(() => round.ended || app.keep(round), TYPING);
  };
  slider.addEventListener("input", () => {
    changed({ asked: slider.value });
    shareWords();
  });
  words.addEventListener("input", () => changed({ surprised: words.value }));
}
