// What lies on this device: sealed, each person's for that person alone. A round is kept and queued in one transaction,
// so that a killed browser leaves all of it or nothing.
//
// Everything but a person's name and how many entries wait is sealed with AES-GCM under the person's key, which the
// server gives after sign-in. Here the key is kept as one that no script can read (a phone of one's own), or sealed once
// more under a PIN (a shared device). It is gone after sign-out; what waits stays, unreadable, until the same sign-in.
import { openDB } from "../../vendor/idb/idb.js";

const ROUNDS_OF_PBKDF2 = 600_000;
export const MOST_TRIES = 5;
// On the disk before it is called kept: a phone may die the next moment.
const SAFE = { durability: "strict" };
const text = new TextEncoder();
const words = new TextDecoder();

export class Full extends Error {}

let opened = null;
function database() {
  opened ??= openDB("rounds", 1, {
    upgrade(db) {
      db.createObjectStore("people", { keyPath: "id" });
      db.createObjectStore("kept", { keyPath: ["person", "name"] });
      db.createObjectStore("queue", { keyPath: "seq", autoIncrement: true }).createIndex("person", "person");
      db.createObjectStore("files", { keyPath: "uid" }).createIndex("person", "person");
    },
    terminated() {
      opened = null;
    },
  });
  return opened;
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));

async function sealBytes(key, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}
const openBytes = (key, sealed) => crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.data);
const seal = (key, value) => sealBytes(key, text.encode(JSON.stringify(value)));
const unseal = async (key, sealed) => JSON.parse(words.decode(await openBytes(key, sealed)));

const dataKey = (bytes) => crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
async function pinKey(pin, salt) {
  const base = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS_OF_PBKDF2 };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

// All of a transaction, or an error; a device without room is told apart from everything else.
async function whole(jobs, tx) {
  const said = (await Promise.allSettled([...jobs, tx.done])).filter(({ status }) => status === "rejected");
  if (!said.length) return;
  throw said.some(({ reason }) => reason?.name === "QuotaExceededError") ? new Full() : said.at(-1).reason;
}

// Who has something here: {id, name, mode: "own" | "pin" | "locked"}, with how many entries wait.
export async function people() {
  const db = await database();
  const rows = await db.getAll("people");
  return Promise.all(
    rows.map(async ({ id, name, key, wrapped, tries = 0 }) => ({
      id,
      name,
      mode: key ? "own" : wrapped ? "pin" : "locked",
      left: MOST_TRIES - tries,
      waiting: await db.countFromIndex("queue", "person", id),
    })),
  );
}

// Gives this person's key to the device after sign-in: for themselves alone, or behind a PIN.
export async function admit({ id, name }, base64, pin = "") {
  const raw = bytesOf(base64);
  const row = { id, name, tries: 0 };
  if (pin) {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    row.wrapped = { salt, ...(await sealBytes(await pinKey(pin, salt), raw)) };
  } else {
    row.key = await dataKey(raw);
  }
  navigator.storage?.persist?.().catch(() => {}); // not thrown away by the engine when room is short
  const tx = (await database()).transaction("people", "readwrite");
  await whole([tx.store.put(row)], tx);
  return new Vault(id, name, await dataKey(raw), pin ? "pin" : "own");
}

// Opens what this person keeps here by the key that the server has just given, without a word about how it is kept.
export const openWith = async ({ id, name }, base64, mode) => new Vault(id, name, await dataKey(bytesOf(base64)), mode);

export async function openOwn(id) {
  const row = await (await database()).get("people", id);
  return row?.key ? new Vault(id, row.name, row.key, "own") : null;
}

// The vault; or how many tries are left. After the last one only a sign-in opens it.
export async function openByPin(id, pin) {
  const db = await database();
  const row = await db.get("people", id);
  if (!row?.wrapped) return { left: 0 };
  // Counted before it is tried: closing the page in between gives no free try.
  const tries = (row.tries ?? 0) + 1;
  const { wrapped, ...bare } = row;
  await db.put("people", tries >= MOST_TRIES ? { ...bare, tries } : { ...row, tries });
  try {
    const raw = await openBytes(await pinKey(pin, wrapped.salt), wrapped);
    await db.put("people", { ...row, tries: 0 });
    return { vault: new Vault(id, row.name, await dataKey(raw), "pin") };
  } catch {
    return { left: MOST_TRIES - tries };
  }
}

// Takes the keys away: of one person, or of everybody who needs no PIN. What waits to be sent stays, sealed.
export async function lock(only = null) {
  const db = await database();
  const tx = db.transaction(["people", "kept", "queue", "files"], "readwrite");
  for (const row of await tx.objectStore("people").getAll()) {
    if (only === null ? !row.key : row.id !== only) continue;
    if (await tx.objectStore("queue").index("person").count(row.id)) {
      await tx.objectStore("people").put({ id: row.id, name: row.name, tries: 0 });
    } else {
      await tx.objectStore("people").delete(row.id);
      await tx.objectStore("kept").delete(IDBKeyRange.bound([row.id, ""], [row.id, "\uffff"]));
      for (const uid of await tx.objectStore("files").index("person").getAllKeys(row.id)) await tx.objectStore("files").delete(uid);
    }
  }
  await tx.done;
}

export class Vault {
  #key;

  constructor(person, name, key, mode) {
    Object.assign(this, { person, name, mode });
    this.#key = key;
  }

  async read(name) {
    const row = await (await database()).get("kept", [this.person, name]);
    return row ? unseal(this.#key, row) : null;
  }

  // Everything kept whose name begins so.
  async all(prefix) {
    const range = IDBKeyRange.bound([this.person, prefix], [this.person, `${prefix}\uffff`]);
    const rows = await (await database()).getAll("kept", range);
    return Promise.all(rows.map((row) => unseal(this.#key, row)));
  }

  // One transaction: what to keep ({name: value}, null to let go), what to queue, change and take off the queue.
  // `add`: entries; `put`: {seq, entry}; `drop`: seqs; `files`: {uid, blob, name}; `lose`: uids of files.
  async write({ keep = {}, add = [], put = [], drop = [], files = [], lose = [] }) {
    const kept = await Promise.all(
      Object.entries(keep).map(async ([name, value]) => ({ name, sealed: value === null ? null : await seal(this.#key, value) })),
    );
    const added = await Promise.all(add.map((entry) => seal(this.#key, entry)));
    const changed = await Promise.all(put.map(async ({ seq, entry }) => ({ seq, ...(await seal(this.#key, entry)) })));
    const stored = await Promise.all(
      files.map(async ({ uid, blob }) => ({ uid, type: blob.type, ...(await sealBytes(this.#key, await blob.arrayBuffer())) })),
    );
    const tx = (await database()).transaction(["kept", "queue", "files"], "readwrite", SAFE);
    const [keeps, queue, blobs] = ["kept", "queue", "files"].map((name) => tx.objectStore(name));
    const person = this.person;
    const jobs = [
      ...kept.map(({ name, sealed }) => (sealed ? keeps.put({ person, name, ...sealed }) : keeps.delete([person, name]))),
      ...stored.map((file) => blobs.put({ person, ...file })),
      ...lose.map((uid) => blobs.delete(uid)),
      ...drop.map((seq) => queue.delete(seq)),
      ...changed.map((row) => queue.put({ person, ...row })),
      ...added.map((sealed) => queue.add({ person, ...sealed })),
    ];
    return whole(jobs, tx);
  }

  // What waits, in the order in which it was done: {seq, entry}.
  async queue() {
    const rows = await (await database()).getAllFromIndex("queue", "person", this.person);
    rows.sort((one, other) => one.seq - other.seq);
    return Promise.all(rows.map(async (row) => ({ seq: row.seq, entry: await unseal(this.#key, row) })));
  }

  async waiting() {
    return (await database()).countFromIndex("queue", "person", this.person);
  }

  async file(uid) {
    const row = await (await database()).get("files", uid);
    return row?.person === this.person ? new Blob([await openBytes(this.#key, row)], { type: row.type }) : null;
  }
}
