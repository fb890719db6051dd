// Dragging cards of a kanban. Without it a ticket is moved on its own page; the keyboard always goes there.
const form = document.getElementById("kanban-move");
let dragged = null;

const place = () => document.getElementById("kanban");

function ready() {
  const kanban = place();
  if (!kanban || !("kanban" in kanban.dataset)) return;
  for (const card of kanban.querySelectorAll(".card")) card.draggable = true;
}

// The card before which the dragged one would land, by the height of the pointer; null for the end.
function below(list, y) {
  return [...list.querySelectorAll(".card:not(.dragged)")].find((card) => {
    const box = card.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
}

function clear() {
  for (const marked of document.querySelectorAll(".kanban .drop")) marked.classList.remove("drop");
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".kanban .card");
  if (!card?.draggable) return;
  dragged = card;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.ticket);
  requestAnimationFrame(() => card.classList.add("dragged"));
});

document.addEventListener("dragover", (event) => {
  const column = dragged && event.target.closest?.(".kanban .column");
  if (!column) return;
  event.preventDefault();
  clear();
  (below(column, event.clientY) ?? column.querySelector("ol")).classList.add("drop");
});

document.addEventListener("drop", (event) => {
  const column = dragged && event.target.closest?.(".kanban .column");
  if (!column) return;
  event.preventDefault();
  const next = below(column, event.clientY);
  const values = { to: column.dataset.stage, above: next?.dataset.ticket ?? "" };
  values.csrfmiddlewaretoken = form.elements.csrfmiddlewaretoken.value;
  const url = form.dataset.move.replace("/0/", `/${dragged.dataset.ticket}/`);
  htmx.ajax("POST", url, { target: "#kanban", swap: "outerHTML", values });
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
  clear();
});

document.addEventListener("htmx:afterSettle", ready);
ready();
