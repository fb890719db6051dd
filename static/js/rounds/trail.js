// The phone's own Back leads to the screen before, inside the app; from its home it leaves the app.
//
// Each screen lies so many steps inside (home: 0); the history of the browser has as many entries.
const SETTLED = 500;
let depth = history.state?.depth ?? 0;
let back = null;
let quiet = 0;

// A screen has been drawn, `at` steps inside; `goBack` draws the one before it.
export function at(steps, goBack = null) {
  back = goBack;
  for (let step = depth + 1; step <= steps; step += 1) history.pushState({ depth: step }, "");
  if (steps < depth) move(steps - depth);
  depth = steps;
}

export const deeper = () => depth + 1;

// Moves without being told of it.
function move(by) {
  quiet += 1;
  setTimeout(() => (quiet = 0), SETTLED);
  history.go(by);
}

window.addEventListener("popstate", ({ state }) => {
  if (quiet) {
    quiet -= 1;
    return;
  }
  const to = state?.depth ?? 0;
  if (to > depth) {
    move(depth - to); // forward leads nowhere: what was there is begun by a tap
    return;
  }
  const open = document.querySelector("dialog[open]");
  const steps = depth;
  depth = to;
  if (open) {
    open.close();
    at(steps, back);
  } else back?.();
});
