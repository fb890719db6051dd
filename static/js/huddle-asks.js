// A choice that needs words opens their field first; the button beside the field, or Enter, stores both. And the form by
// which an issue goes up, which stands in its step until it is sent or closed.
const chosen = (form) => form.querySelector("[data-asks][aria-pressed=true]");

// True where nothing is to be stored yet.
export function asks(form, submitter) {
  const place = form.querySelector("[data-asked]");
  if (!place || !submitter?.matches("[data-asks]")) return false;
  const open = chosen(form) !== submitter;
  for (const button of form.querySelectorAll("[data-asks]")) button.setAttribute("aria-pressed", String(open && button === submitter));
  place.classList.toggle("open", open);
  if (open) place.querySelector("input").focus();
  complete(form);
  return true;
}

function complete(form) {
  form.querySelector("[data-says]").disabled = chosen(form)?.dataset.asks === "must" && !form.elements.text.value.trim();
}

// `enter(form, button)` stores what a form says; `closed()` is told when a form of a step is gone.
export function listenAsks(enter, closed) {
  const says = (form) => chosen(form) && !form.querySelector("[data-says]").disabled && enter(form, chosen(form));
  document.addEventListener("input", ({ target }) => target.closest("[data-asked]") && complete(target.form));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-asked] input")) return;
    event.preventDefault();
    says(event.target.form);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-says]")) says(event.target.closest("form"));
    const close = event.target.closest("[data-up-close]");
    if (!close) return;
    event.preventDefault();
    const item = close.closest(".hitem");
    item.querySelector("[data-up-form]").replaceChildren();
    item.querySelector("[data-up-open]").focus({ preventScroll: true });
    closed();
  });
}
