// Entries of a huddle page on their way to the server: kept on this device until stored, sent in order, each once.
// One key of localStorage for each entry, so that two tabs do not write over each other; the server knows each by its id.
import { now } from "./huddle-clock.js";

const RETRY = [2000, 4000, 8000, 15000, 30000];
const MOST = 40;

export const uuid = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

export class Queue {
  // `changed(queue)`: something was kept, sent or refused. `stored(entry, result)`, `refused(entry, reason)`.
  constructor(huddle, person, url, { changed = () => {}, stored = () => {}, refused = () => {} } = {}) {
    this.prefix = `huddle:${huddle}:${person}:`;
    this.url = url;
    Object.assign(this, { changed, stored, refused, flying: new Set(), settled: [], failures: 0, timer: 0, count: 0 });
    this.savedAt = null;
    this.signedOut = false;
    window.addEventListener("online", () => this.send());
    window.addEventListener("storage", () => this.changed(this));
  }

  keys() {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(this.prefix))
      .sort();
  }

  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  entries() {
    return this.keys()
      .map((key) => ({ key, entry: this.read(key) }))
      .filter(({ entry }) => entry);
  }

  get waiting() {
    return this.keys().length;
  }

  get failing() {
    return this.failures > 0 || !navigator.onLine;
  }

  // Whether something of this kind (about this note or line) is on its way, or was stored after `since`: what the server
  // said of it before is old.
  holds(since, kind, name, value) {
    const about = (entry) => entry.kind === kind && (!name || String(entry[name]) === String(value));
    return this.entries().some(({ entry }) => about(entry)) || this.settled.some(({ entry, when }) => when >= since && about(entry));
  }

  // Words that are typed on replace those that have not left yet, and keep their time: one entry for one pause.
  add(entry) {
    const same = entry.kind === "note" && this.entries().findLast((one) => one.entry.kind === "note" && one.entry.note === entry.note);
    if (same && !this.flying.has(same.key)) {
      localStorage.setItem(same.key, JSON.stringify({ ...same.entry, text: entry.text }));
    } else {
      this.count += 1;
      const key = `${this.prefix}${String(Date.now()).padStart(15, "0")}-${String(this.count).padStart(5, "0")}`;
      localStorage.setItem(key, JSON.stringify({ id: uuid(), at: now(), ...entry }));
    }
    this.changed(this);
    this.soon(30);
  }

  soon(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  // What goes together: never two entries about one note, since the second needs to know where the first went.
  batch() {
    const notes = new Set();
    const out = [];
    for (const one of this.entries()) {
      if (out.length >= MOST || (one.entry.note && notes.has(one.entry.note))) break;
      if (one.entry.note) notes.add(one.entry.note);
      out.push(one);
    }
    return out;
  }

  async send() {
    if (this.flying.size || this.signedOut) return;
    const batch = this.batch();
    if (!batch.length) return;
    this.flying = new Set(batch.map(({ key }) => key));
    this.changed(this);
    let results = null;
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        credentials: "same-origin",
        redirect: "manual",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
        body: JSON.stringify({ entries: batch.map(({ entry }) => entry) }),
      });
      if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) this.signedOut = true;
      else if (answer.ok) results = (await answer.json()).results;
    } catch {
      // no network: what is kept stays kept
    }
    this.flying = new Set();
    if (results === null) {
      this.failures += 1;
      if (!this.signedOut) this.soon(RETRY[Math.min(this.failures, RETRY.length) - 1]);
      this.changed(this);
      return;
    }
    this.failures = 0;
    batch.forEach(({ key, entry }, index) => this.settle(key, entry, results[index]));
    this.savedAt = new Date(now());
    this.changed(this);
    if (this.waiting) this.soon(10);
  }

  signedIn() {
    this.signedOut = false;
    this.changed(this);
    this.send();
  }

  settle(key, entry, result) {
    localStorage.removeItem(key);
    this.settled = [...this.settled.slice(-50), { entry, when: performance.now() }];
    if (!result?.stored) {
      this.refused(entry, result?.reason ?? "");
      return;
    }
    if (result.note) {
      for (const later of this.entries()) {
        if (later.entry.note !== entry.note || later.key === key) continue;
        localStorage.setItem(later.key, JSON.stringify({ ...later.entry, note: result.note, revision: result.revision }));
      }
    }
    this.stored(entry, result);
  }
}

// Sends what any huddle page of this person has left behind, from another page.
export function flush(person, told) {
  const huddles = new Set();
  for (const key of Object.keys(localStorage)) {
    const [kind, huddle, whose] = key.split(":");
    if (kind === "huddle" && whose === person) huddles.add(huddle);
  }
  for (const huddle of huddles) new Queue(huddle, person, `/huddles/${huddle}/entries/`, told).send();
}
