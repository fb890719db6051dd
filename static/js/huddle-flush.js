// On every page but that of a huddle: what was typed there while the network was away leaves now. Used by keys.js.
import { flush } from "./huddle-queue.js";

// What cannot be stored any more is shown, so that nobody's words are lost.
function refused(entry, reason) {
  const note = document.createElement("div");
  note.className = "notice bad";
  note.setAttribute("role", "alert");
  const words = [entry.title, entry.text].filter(Boolean).join(" ");
  for (const said of [reason, words && `“${words}”`].filter(Boolean)) {
    const line = document.createElement("p");
    line.textContent = said;
    note.append(line);
  }
  document.querySelector("main").prepend(note);
}

flush(document.body.dataset.person ?? "", { refused });
