// The grid for a unit's morning numbers: Enter and arrows walk down and up, a pasted block of cells fills the grid.
// As in a spreadsheet, Enter after Tab goes to the column where the row was begun.
const form = document.querySelector("[data-entry]");
const rows = [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("[data-cell]")]);
const lost = form.querySelector("[data-lost]");
let touched = false;
let begun = null;

function place(cell) {
  const row = rows.findIndex((cells) => cells.includes(cell));
  return [row, row < 0 ? -1 : rows[row].indexOf(cell)];
}

function go(row, column) {
  const cells = rows[row];
  if (!cells) return false;
  const cell = cells[Math.min(column, cells.length - 1)];
  cell.focus();
  cell.select();
  return true;
}

function fill(cell, text) {
  const [top, left] = place(cell);
  let outside = 0;
  const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n");
  lines.forEach((line, down) => {
    line.split("\t").forEach((value, right) => {
      const target = rows[top + down]?.[left + right];
      if (target) {
        target.value = value.trim();
        target.dispatchEvent(new Event("input", { bubbles: true }));
      } else if (value.trim() !== "") {
        outside += 1;
      }
    });
  });
  lost.hidden = outside === 0;
  go(Math.min(top + lines.length - 1, rows.length - 1), left);
}

form.addEventListener("paste", (event) => {
  const cell = event.target.closest("[data-cell]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cell || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  fill(cell, text);
});

form.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const [row, column] = place(cell);
  if (event.key === "Tab") {
    begun = begun?.[0] === row ? begun : [row, column];
    return;
  }
  const home = begun?.[0] === row ? begun[1] : column;
  begun = null;
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  if (go(row + step, event.key === "Enter" ? home : column) || event.key !== "Enter") event.preventDefault();
});

form.addEventListener("input", (event) => {
  touched = true;
  const cell = event.target.closest("[aria-invalid]");
  cell?.removeAttribute("aria-invalid");
});
form.addEventListener("submit", () => {
  touched = false;
});
window.addEventListener("beforeunload", (event) => {
  if (touched) event.preventDefault();
});

(form.querySelector("[aria-invalid]") ?? rows.flat().find((cell) => cell.value === ""))?.focus();
