// A round as it stands on this device: what is asked next, what was noted. Pure functions over one plain object.
import { now, uuid } from "./clock.js";

export const begun = ({ unit, unitName, set }) => ({
  uid: uuid(),
  unit,
  unit_name: unitName,
  set,
  with: "",
  began_at: now(),
  ended: false,
  place: 0,
  noted: [],
  thanks: [],
  promises: [],
  reflection: { asked: "", surprised: "" },
});

// A round that the server knows and this device does not: it was emptied, or it is another one.
export const fetched = ({ uid, unit, unit_name: name, name: called, with: names, talk = "", colleague = null, began_at: at, set, noted }) => ({
  ...begun({ unit, unitName: name, set: { ...set, name: called } }),
  uid,
  with: names ?? "",
  talk,
  colleague,
  began_at: at,
  place: 0,
  noted: noted.map((one) => ({ photos: 0, voices: 0, ...one })),
});

export const noteOf = (round, question) => round.noted.find((one) => one.question === question.id);
export const noteBy = (round, uid) => round.noted.find((one) => one.uid === uid);

export const isEmpty = (noted) =>
  !noted || !(noted.value || noted.number || noted.text || noted.photos || noted.voices || noted.issue || noted.touched);

// Nothing came of it yet: begun at the wrong place.
export const isUntouched = ({ noted, thanks, promises }) => noted.length + thanks.length + promises.length === 0;

// The questions that are asked, given what was answered so far.
export function asked(round) {
  const taps = new Map();
  for (const question of round.set.questions) taps.set(question.place, noteOf(round, question)?.value ?? "");
  const open = new Set();
  return round.set.questions.filter((question) => {
    const here = !question.after || (open.has(question.after) && taps.get(question.after) === question.after_value);
    if (here) open.add(question.place);
    return here;
  });
}

// The note of a question, or a free one (null): the one that is there, or a new one at the end.
export function noteFor(round, question) {
  const found = question && noteOf(round, question);
  if (found) return found;
  const last = round.noted.reduce((most, one) => Math.max(most, one.position), 0);
  const made = { uid: uuid(), question: question?.id ?? null, position: last + 1, value: "", number: "", text: "", revision: 0, photos: 0, voices: 0, issue: false };
  round.noted.push(made);
  return made;
}

export const entryOf = (round, noted) => ({
  kind: "note",
  round: round.uid,
  observation: noted.uid,
  question: noted.question,
  position: noted.position,
  value: noted.value,
  number: noted.number,
  text: noted.text,
  revision: noted.revision,
});

export const keptAs = (round) => `round:${round.uid}`;

// The words of a question in the language in which this round is led.
export function wordsOf(question, language) {
  const other = question.others?.[language];
  return {
    text: other?.text || question.text,
    hint: other?.hint || question.hint,
    choices: question.choices.map((choice, place) => other?.choices?.[place] || choice),
  };
}

// The language of whoever leads, where the set has it: what is asked in another one stands beneath in theirs.
export const ownLanguage = (set) => (languagesOf(set).includes(document.documentElement.lang) ? document.documentElement.lang : set.language);

export const languagesOf = (set) => [...new Set([set.language, ...set.questions.flatMap(({ others }) => Object.keys(others ?? {}))])];
