// Keys of the desk: j and k (or arrows in the queue) walk through the cards, 1 to 5 open an outcome with the cursor in its
// first field, Enter sends it, Escape leaves it. Without this module every one of them is a link, a summary or a button.
const typing = (element) => element.closest("input, textarea, select") !== null;

function open(key) {
  const outcome = document.querySelector(`[data-outcome="${key}"]`);
  if (!outcome) return false;
  for (const other of document.querySelectorAll("[data-outcome][open]")) if (other !== outcome) other.open = false;
  outcome.open = true;
  first(outcome);
  return true;
}

function first(outcome) {
  outcome.querySelector("[aria-invalid], select, textarea")?.focus();
  outcome.scrollIntoView({ block: "nearest" });
}

function leave(element) {
  const outcome = element.closest("[data-outcome]");
  if (!outcome) return;
  outcome.open = false;
  document.querySelector("#ask")?.focus({ preventScroll: true });
}

function follow(name) {
  document.querySelector(`a[data-card-${name}]`)?.click();
}

function send(form) {
  const button = form.querySelector("button");
  if (!button.disabled) form.requestSubmit(button);
}

// Before the keys of every page hear it: here j and k open the card, they do not only point to it.
document.addEventListener(
  "keydown",
  (event) => {
    const at = event.target;
    const form = at.closest("[data-outcome] form");
    if (event.key === "Enter" && form && !event.altKey && !event.shiftKey && !event.isComposing) {
      if (at.matches("textarea, select, input") || event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const sentence = form.querySelector("textarea");
        if (at.matches("select") && sentence.value.trim() === "") sentence.focus();
        else send(form);
      }
      return;
    }
    if (event.key === "Escape" && at.closest("[data-outcome]")) {
      leave(at);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(at) || document.querySelector("dialog[open]")) return;
    const inQueue = at.closest(".queue") !== null;
    const step = { j: "after", k: "before", ...(inQueue && { ArrowDown: "after", ArrowUp: "before" }) }[event.key];
    if (!step && !(/^[1-5]$/.test(event.key) && open(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) follow(step);
  },
  true,
);

// A second press sends nothing twice.
document.addEventListener("submit", (event) => {
  const button = event.target.closest("[data-outcome] form")?.querySelector("button");
  if (button) setTimeout(() => (button.disabled = true));
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-outcome] button:disabled")) button.disabled = false;
});

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches?.("[data-outcome]") && event.target.open && !event.target.contains(document.activeElement.closest("form"))) {
      first(event.target);
    }
  },
  true,
);

// The reader is where the ask is, after each card and after the page has renewed itself.
function arrive() {
  const tried = document.querySelector("[data-outcome][open]");
  if (tried) first(tried);
  else if (document.activeElement === document.body) document.querySelector("#ask")?.focus({ preventScroll: true });
  document.querySelector(".queue [aria-current]")?.scrollIntoView({ block: "nearest" });
  if (!tried) scrollTo({ top: 0, behavior: "instant" });
}
document.addEventListener("huddle:renewed", () => {
  if (document.activeElement === document.body) document.querySelector("#ask")?.focus({ preventScroll: true });
});
arrive();
