// A textarea that shows a shared text: what is typed goes into it as the smallest change, what others type comes into the
// field without moving the cursor from its words.
import { UndoManager } from "../vendor/yjs/yjs.js";

const low = (text, at) => at < text.length && (text.charCodeAt(at) & 0xfc00) === 0xdc00;

// The smallest change from `before` to `after`: where, how much goes, what comes; never in the middle of a sign of two units.
// `cursor` is where typing ended, so that of two equal letters the typed one is meant.
export function change(before, after, cursor = after.length) {
  let end = 0;
  const most = Math.min(before.length, after.length - Math.min(cursor, after.length));
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  let start = 0;
  while (start < Math.min(before.length, after.length) - end && before[start] === after[start]) start += 1;
  while (end > 0 && (low(before, before.length - end) || low(after, after.length - end))) end -= 1;
  while (start > 0 && (low(before, start) || low(after, start))) start -= 1;
  return { start, gone: before.length - end - start, come: after.slice(start, after.length - end) };
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

export function bind(area, text, touched) {
  const mine = {};
  const undo = new UndoManager(text, { trackedOrigins: new Set([mine]), captureTimeout: 600 });
  let composing = false;
  const missed = []; // what others typed while a word was being composed
  let shown = text.toString(); // what the field showed before the last key
  area.value = text.toString();
  area.readOnly = false;
  grow(area);
  new ResizeObserver(() => grow(area)).observe(area.parentElement);

  function typed() {
    if (composing) return;
    if (shown === area.value) return;
    touched();
    const { start, gone, come } = change(shown, area.value, area.selectionEnd);
    text.doc.transact(() => {
      if (gone) text.delete(start, gone);
      if (come) text.insert(start, come);
    }, mine);
    shown = area.value;
    grow(area);
  }
  // A word was composed while others typed: it is put where its place has moved to, and takes away nothing of theirs.
  function catchUp() {
    const { start, gone, come } = change(shown, area.value, area.selectionEnd);
    let [from, to] = [start, start + gone];
    let theirs = false;
    for (const delta of missed.splice(0)) {
      let at = 0;
      for (const step of delta) {
        if (step.retain) at += step.retain;
        else if (step.insert) {
          theirs ||= at > from && at < to;
          if (at <= from) from += step.insert.length;
          if (at < to || at <= from) to += step.insert.length;
          at += step.insert.length;
        } else {
          theirs ||= at < to && at + step.delete > from;
          from = from > at ? Math.max(at, from - step.delete) : from;
          to = to > at ? Math.max(at, to - step.delete) : to;
        }
      }
    }
    touched();
    text.doc.transact(() => {
      if (to > from && !theirs) text.delete(from, to - from);
      if (come) text.insert(from, come);
    }, mine);
    shown = area.value = text.toString();
    area.setSelectionRange(from + come.length, from + come.length);
    grow(area);
  }
  area.addEventListener("focus", touched);
  area.addEventListener("input", typed);
  area.addEventListener("compositionstart", () => (composing = true));
  area.addEventListener("compositionend", () => {
    composing = false;
    if (!missed.length) typed();
    else catchUp();
  });
  // The browser's own undo knows nothing of what others typed: ours takes back one's own words alone.
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const name = event.key.toLowerCase();
    if (name === "z" && !event.shiftKey) undo.undo();
    else if (name === "y" || (name === "z" && event.shiftKey)) undo.redo();
    else return;
    event.preventDefault();
    touched();
  });

  text.observe((event, transaction) => {
    if (transaction.origin === mine) return;
    if (composing) {
      missed.push(event.delta);
      return;
    }
    let [from, to] = [area.selectionStart, area.selectionEnd];
    let at = 0;
    for (const step of event.delta) {
      if (step.retain) at += step.retain;
      else if (step.insert) {
        if (at < from) from += step.insert.length;
        if (at < to) to += step.insert.length;
        at += step.insert.length;
      } else {
        from = from > at ? Math.max(at, from - step.delete) : from;
        to = to > at ? Math.max(at, to - step.delete) : to;
      }
    }
    const scrolled = area.scrollTop;
    shown = area.value = text.toString();
    if (document.activeElement === area) area.setSelectionRange(from, to);
    area.scrollTop = scrolled;
    grow(area);
  });
}
