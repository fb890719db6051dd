// The rounds of one person on one device: opens what is kept, goes on where it was left, and hands in what waits.
import { Outbox } from "./outbox.js";
import { Full, openOwn, openWith } from "./vault.js";
import { fetched, keptAs, noteBy } from "./round.js";
import { paid, share } from "./session.js";
import { hour, note, say } from "./parts.js";

export const urls = document.body.dataset;

export class App extends EventTarget {
  // `go`: the screens, by name; each is given this app.
  constructor(vault, go) {
    super();
    Object.assign(this, { vault, go, at: "", carried: null, rounds: [], writes: Promise.resolve() });
    this.outbox = new Outbox(
      vault,
      { package: urls.package, sync: urls.sync, files: urls.files },
      { stored: (entry, about) => this.stored(entry, about), packed: (found) => this.take(found) },
    );
    this.outbox.addEventListener("change", () => this.showState());
    this.tabs = window.BroadcastChannel ? new BroadcastChannel(`rounds-${vault.person}`) : null;
    this.tabs?.addEventListener("message", ({ data }) => this.overElsewhere(data));
    // Where one person alone was to use this device and somebody else signs in, nothing of the first stays open.
    this.outbox.addEventListener("other", ({ detail }) => this.vault.mode === "own" && document.dispatchEvent(new CustomEvent("rounds:other", { detail })));
    this.outbox.addEventListener("held", ({ detail }) => note(detail.held.reason, true));
  }

  async begin(found = null) {
    this.carried = await this.vault.read("package");
    this.rounds = (await this.vault.all("round:")).sort((one, other) => (one.began_at < other.began_at ? 1 : -1));
    if (found) {
      this.outbox.token = found.token;
      await this.take(found);
    }
    await this.outbox.load();
    if (!this.carried) await this.outbox.send();
    this.go.home(this);
    this.outbox.soon(10);
  }

  close() {
    this.outbox.stop();
    this.tabs?.close();
  }

  // A round that another tab has ended or discarded is over here too.
  overElsewhere(uid) {
    const round = this.rounds.find((one) => one.uid === uid);
    if (!round || round.ended) return;
    round.ended = true;
    if (this.at === uid) note(say("ended_elsewhere"), true);
    if (this.at === uid) this.go.home(this);
    else this.dispatchEvent(new Event("carried"));
  }

  // Other tabs of this device learn that a round is over.
  over(round) {
    this.tabs?.postMessage(round.uid);
  }

  get open() {
    return this.rounds.filter((round) => !round.ended);
  }

  // A round that is not to be: its notes and photos go, also those that wait; issues, thanks and promises are acts and
  // stay, with what they hang on.
  async discard(round) {
    const { outbox } = this;
    const waits = outbox.items.filter(({ entry, seq }) => entry.round === round.uid && !outbox.flying.has(seq));
    const acts = waits.filter(({ entry }) => ["issue", "thank", "promise"].includes(entry.kind));
    const begin = waits.find(({ entry }) => entry.kind === "begin");
    const hung = new Set(acts.map(({ entry }) => entry.observation));
    const go = begin && !acts.length ? waits : waits.filter((one) => one !== begin && !acts.includes(one) && !(one.entry.kind === "note" && hung.has(one.entry.observation)));
    const add = begin && !acts.length ? [] : [{ kind: "discard", round: round.uid }];
    this.rounds = this.rounds.filter((one) => one !== round);
    await outbox.drop(go, add, { [keptAs(round)]: null });
    this.over(round);
    this.go.home(this);
  }

  // What has not left yet can be taken back: out of the queue and off the round.
  async takeBack(item) {
    const { seq, entry } = item;
    if (this.outbox.flying.has(seq)) return;
    const round = this.rounds.find((one) => one.uid === entry.round);
    const noted = round && entry.observation && noteBy(round, entry.observation);
    if (entry.kind === "thank") round.thanks = round.thanks.filter(({ thanks }) => thanks !== entry.thanks);
    if (entry.kind === "promise") {
      round.promises = round.promises.filter(({ promise }) => promise !== entry.promise);
      if (this.carried) this.carried.promises = this.carried.promises.filter(({ uid }) => uid !== entry.promise);
    }
    if (entry.kind === "issue" && noted) noted.issue = false;
    if (entry.kind === "photo" && noted) noted.photos -= 1;
    if (entry.kind === "voice" && noted) noted.voices -= 1;
    await this.outbox.decide(seq, null, { ...(round ? { [keptAs(round)]: round } : {}), package: this.carried }, entry.file ? [entry.file] : []);
  }

  // Somebody else's words stay: the note on this device says the same.
  async keepTheirs({ seq, entry }) {
    const round = this.rounds.find((one) => one.uid === entry.round);
    const noted = round && noteBy(round, entry.observation);
    const { uid, value, number, text, state, answer } = entry.held.theirs;
    if (noted) Object.assign(noted, { uid, value, number, text, revision: entry.held.revision });
    const promise = this.carried?.promises.find((one) => one.uid === entry.promise);
    if (promise && state) Object.assign(promise, { state, answer, revision: entry.held.revision });
    await this.outbox.decide(seq, null, { ...(round ? { [keptAs(round)]: round } : {}), package: this.carried });
  }

  // What the server has just given: kept for the next basement. The key and the token of the session are not.
  async take(found) {
    const { key, token, ...carried } = found;
    if (this.vault.mode === "pin") share(token);
    this.carried = carried;
    const keep = { package: carried };
    for (const row of carried.rounds) {
      if (this.rounds.some((round) => round.uid === row.uid)) continue;
      const round = fetched(row);
      this.rounds.push(round);
      keep[keptAs(round)] = round;
    }
    // Rounds that are over and have left nothing behind on this device need not lie here.
    await this.outbox.load();
    const waiting = new Set(this.outbox.items.map(({ entry }) => entry.round));
    for (const round of this.rounds.filter((one) => one.ended && !waiting.has(one.uid))) keep[keptAs(round)] = null;
    this.rounds = this.rounds.filter((round) => !round.ended || waiting.has(round.uid));
    await this.vault.write({ keep });
    this.dispatchEvent(new Event("carried"));
  }

  // What has arrived: the round learns its revisions and issues.
  async stored(entry, about) {
    if (entry.kind === "answer") {
      const promise = this.carried?.promises.find((one) => one.uid === entry.promise);
      if (promise) promise.revision = about.revision;
      return { package: this.carried };
    }
    const round = this.rounds.find((one) => one.uid === entry.round);
    if (!round) return {};
    const noted = entry.observation && noteBy(round, entry.observation);
    if (noted && entry.kind === "note") {
      Object.assign(noted, { revision: about.revision, uid: about.uid, hint: about.hint ?? "" });
      if (about.hint) note(about.hint, true);
    }
    if (noted && entry.kind === "issue") noted.issue = about.issue;
    return { [keptAs(round)]: round };
  }

  // Keeps a round and queues what was done, in one step and in the order of the taps. False where the device is full:
  // the screen stays as it is.
  keep(round, entries = [], files = []) {
    const work = this.writes.then(async () => {
      if (round.ended && !entries.some(({ kind }) => kind === "end")) return false;
      try {
        await this.outbox.add(entries, { [keptAs(round)]: round }, files);
        return true;
      } catch (error) {
        note(say(error instanceof Full ? "full" : "not_kept"), true);
        return false;
      }
    });
    this.writes = work;
    return work;
  }

  keepPackage(entries) {
    const work = this.writes.then(() => this.outbox.add(entries, { package: this.carried }));
    this.writes = work.catch(() => note(say("not_kept"), true));
    return this.writes;
  }

  showState() {
    const { state, waiting, asks, savedAt } = this.outbox;
    const count = document.getElementById("queue");
    count.hidden = false;
    count.classList.toggle("asks", asks.length > 0);
    count.textContent = asks.length ? say("asks", { n: asks.length }) : waiting ? say("waiting", { n: waiting }) : savedAt ? say("saved", { time: hour(savedAt) }) : say("nothing");
    const bar = document.getElementById("state");
    const words = { "offline": "offline", "signed-out": "signed_out", "somebody-else": "somebody_else", "no-role": "no_role" }[state];
    bar.hidden = !words;
    bar.querySelector("span").textContent = words ? say(words, { n: waiting, name: this.vault.name }) : "";
    bar.querySelector("button").hidden = !["signed-out", "somebody-else"].includes(state);
    this.dispatchEvent(new Event("queue"));
  }
}

// Who has signed in at the server, with what they need: null without network or session. A sign-out that is owed comes
// first.
export async function signedIn() {
  if (!(await paid())) return null;
  try {
    const headers = { "X-Background": "1" };
    const answer = await fetch(urls.package, { headers, credentials: "same-origin", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(8000) });
    if (answer.status === 403) return { refused: true };
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

export const openFor = async (row, found) => {
  if (found && found.person?.id === row.id && row.mode === "own") return openWith(found.person, found.key, "own");
  return openOwn(row.id);
};
