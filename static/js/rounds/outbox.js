// What waits on this device and how it leaves: in the order in which it was done, each once, whatever the network does.
//
// Entries are stored by the server under ids that this device made, so one that is sent twice is there once. One that is
// refused, or that somebody else has changed meanwhile, stays here and is shown; what hangs on it waits with it.
import { now, uuid } from "./clock.js";
import { paid } from "./session.js";

const BATCH = 20;
const PAUSES = [1000, 2000, 4000, 8000, 15000, 30000];
const SOON = 700;
const AGAIN = 60_000;
const PATIENCE = 45_000; // a photo by a slow line

export class Outbox extends EventTarget {
  // `urls`: package, sync, files. `stored(entry, about)` is told what arrived.
  constructor(vault, urls, { stored = async () => ({}), packed = async () => {} } = {}) {
    super();
    Object.assign(this, { vault, urls, stored, packed, items: [], flying: new Set(), failures: 0, timer: 0, stale: false });
    this.state = "idle"; // idle, sending, offline, signed-out, somebody-else, no-role
    this.token = "";
    this.savedAt = null;
    this.wake = () => this.soon(10);
    window.addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
  }

  async load() {
    this.items = await this.vault.queue();
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  get waiting() {
    return this.items.length;
  }

  // What a person has to decide.
  get asks() {
    return this.items.filter(({ entry }) => entry.held);
  }

  // Queue entries together with what is kept of them, all or nothing. Words that are typed on replace those that have not
  // left: one entry for one note.
  async add(entries, keep = {}, files = []) {
    const add = [];
    const put = [];
    for (const said of entries) {
      const same =
        said.kind === "note" &&
        this.items.findLast(
          ({ seq, entry }) => entry.kind === "note" && entry.observation === said.observation && !this.flying.has(seq),
        );
      if (same) put.push({ seq: same.seq, entry: { ...same.entry, ...said, revision: Math.max(same.entry.revision ?? 0, said.revision ?? 0), held: undefined } });
      else add.push({ id: uuid(), at: now(), ...said });
    }
    await this.vault.write({ keep, add, put, files });
    await this.load();
    this.soon(SOON);
  }

  // Takes entries off, with their files, and queues others in the same step.
  async drop(items, entries, keep) {
    const add = entries.map((said) => ({ id: uuid(), at: now(), ...said }));
    await this.vault.write({ keep, add, drop: items.map(({ seq }) => seq), lose: items.map(({ entry }) => entry.file).filter(Boolean) });
    await this.load();
    this.soon(SOON);
  }

  soon(pause) {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  // One tab sends at a time; the others see what is left.
  async send() {
    if (this.stopped || this.flying.size) return;
    const alone = navigator.locks ? (work) => navigator.locks.request(`rounds-${this.vault.person}`, { ifAvailable: true }, (lock) => lock && work()) : (work) => work();
    await alone(() => this.sendAll());
  }

  async sendAll() {
    await this.load();
    if (!this.waiting && this.token) return this.turn("idle");
    if (!navigator.onLine || !(await paid())) return this.turn("offline");
    let moved = true;
    while (moved && !this.stopped) {
      const batch = this.batch();
      if (!batch.length && this.token) break;
      this.flying = new Set(batch.map(({ seq }) => seq));
      this.turn("sending");
      try {
        if (!this.token && !(await this.fetchPackage())) return undefined;
        moved = await this.hand(batch);
        this.failures = 0;
      } catch {
        this.failures += 1;
        this.soon(PAUSES[Math.min(this.failures, PAUSES.length) - 1]);
        return this.turn("offline");
      } finally {
        this.flying = new Set();
      }
      await this.load();
    }
    // A round that has ended changes what is due and what was promised.
    if (this.stale && this.token) await this.fetchPackage().catch(() => {});
    this.stale = false;
    this.turn("idle");
    if (this.waiting) this.soon(AGAIN);
    return undefined;
  }

  turn(state) {
    this.state = state;
    this.changed();
  }

  // What can go now: files go alone, between the entries around them; what is held stays, with all that hangs on it.
  batch() {
    const held = new Set();
    const out = [];
    for (const item of this.items) {
      const { entry } = item;
      const stuck = entry.held || held.has(entry.round) || held.has(entry.observation) || held.has(entry.promise);
      if (stuck) {
        if (entry.held) held.add(entry.kind === "begin" ? entry.round : (entry.observation ?? entry.promise ?? entry.id));
        continue;
      }
      if (entry.file) return out.length ? out : [item];
      // Two changes of one note never go together: the second builds on the revision of the first.
      if (entry.kind === "note" && out.some((one) => one.entry.kind === "note" && one.entry.observation === entry.observation)) break;
      out.push(item);
      if (out.length >= BATCH) break;
    }
    return out;
  }

  // False where somebody has to sign in first. Throws where the server does not answer.
  async fetchPackage() {
    const answer = await this.ask(this.urls.package);
    if (!answer) return false;
    const found = await answer.json();
    if (found.person.id !== this.vault.person) {
      this.turn("somebody-else");
      this.dispatchEvent(new CustomEvent("other", { detail: found }));
      return false;
    }
    this.token = found.token;
    await this.packed(found);
    return true;
  }

  async ask(url, more = {}) {
    const headers = { "X-Background": "1", ...(more.headers ?? {}) };
    const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...more, headers });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      this.token = "";
      // A token of an older session is refused as well: asked for again once, before anybody is told to sign in.
      if (more.method === "POST" && answer.status === 403) throw new Error("token");
      this.turn(answer.status === 403 ? "no-role" : "signed-out");
      return null;
    }
    if (answer.status === 409) {
      this.token = "";
      this.turn("somebody-else");
      return null;
    }
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    return answer;
  }

  // True where something has left the device.
  async hand(batch) {
    if (!batch.length) return false;
    const [{ entry: first }] = batch;
    const results = first.file ? await this.handFile(first) : await this.handEntries(batch);
    if (!results) return false;
    let moved = false;
    for (const [place, item] of batch.entries()) moved = (await this.settle(item, results[place])) || moved;
    if (moved) this.savedAt = new Date();
    return moved;
  }

  async handEntries(batch) {
    const answer = await this.ask(this.urls.sync, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify({ person: this.vault.person, entries: batch.map(({ entry }) => entry) }),
    });
    if (!answer) return null;
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).results;
  }

  async handFile(entry) {
    const blob = await this.vault.file(entry.file);
    if (!blob) return [{ state: "stored" }];
    const form = new FormData();
    form.set("person", this.vault.person);
    form.set("kind", entry.kind);
    form.set("uid", entry.file);
    form.set("observation", entry.observation);
    form.set("file", blob, entry.kind);
    const answer = await this.ask(this.urls.files, { method: "POST", headers: { "X-CSRFToken": this.token }, body: form });
    return answer ? [await answer.json()] : null;
  }

  async settle({ seq, entry }, result) {
    if (!result || result.state === "waits") return false;
    if (result.state !== "stored") {
      const held = { state: result.state, reason: result.reason, theirs: result.theirs ?? {}, revision: result.revision, field: result.about?.field ?? "" };
      await this.vault.write({ put: [{ seq, entry: { ...entry, held } }] });
      this.dispatchEvent(new CustomEvent("held", { detail: { entry, held } }));
      return false;
    }
    this.stale ||= ["end", "discard", "answer"].includes(entry.kind);
    const keep = (await this.stored(entry, result.about ?? {})) ?? {};
    // What was typed on meanwhile builds on what was just stored.
    const put = (await this.vault.queue())
      .filter((later) => later.seq > seq && entry.kind === "note" && later.entry.observation === entry.observation)
      .map((later) => ({ seq: later.seq, entry: { ...later.entry, observation: result.about.uid, revision: result.about.revision } }));
    await this.vault.write({ keep, put, drop: [seq], lose: entry.file ? [entry.file] : [] });
    return true;
  }

  // A person has decided: `change` of the entry to send it again, or null to let it go.
  async decide(seq, change, keep = {}, lose = []) {
    const item = this.items.find((one) => one.seq === seq);
    if (!item) return;
    if (change) {
      const { held, ...entry } = item.entry;
      await this.vault.write({ keep, put: [{ seq, entry: { ...entry, ...change } }] });
    } else {
      await this.vault.write({ keep, drop: [seq, ...this.hanging(item)], lose });
    }
    await this.load();
    this.soon(10);
  }

  // What cannot arrive without this entry.
  hanging({ seq, entry }) {
    if (entry.kind !== "begin") return [];
    return this.items.filter((one) => one.seq !== seq && one.entry.round === entry.round).map((one) => one.seq);
  }
}
