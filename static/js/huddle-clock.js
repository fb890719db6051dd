// The timer of a huddle: all of it, and the present step. Over time it turns to the accent color; nothing stops.
const steps = () => document.querySelector("#steps");
const words = (seconds) => `${Math.floor(Math.max(0, seconds) / 60)}:${String(Math.floor(Math.max(0, seconds)) % 60).padStart(2, "0")}`;
let skew = 0;

// The server's clock counts: the one of a phone may be wrong.
export function setClock() {
  const now = Date.parse(steps()?.dataset.now ?? "");
  const [loaded] = performance.getEntriesByType("navigation");
  const here = performance.timeOrigin + (loaded?.responseStart ?? 0); // when the server's answer began to arrive
  if (now && Math.abs(now - here) > 5000) skew = now - here;
}

export function tick() {
  const box = steps();
  const timer = document.querySelector("[data-timer]");
  if (!box || !timer || !box.dataset.started) return;
  const end = box.dataset.ended ? Date.parse(box.dataset.ended) : Date.now() + skew;
  const total = (end - Date.parse(box.dataset.started)) / 1000;
  const whole = timer.querySelector("[data-total]");
  const text = words(total);
  if (whole.textContent !== text) whole.textContent = text;
  timer.classList.toggle("over", total > Number(box.dataset.minutes) * 60);
  const place = document.querySelector("[data-step-time]");
  if (!place) return;
  const present = document.querySelector(`[data-hstep="${box.dataset.step}"]`) ?? box;
  const seconds = Number(present.dataset.seconds);
  const spent = (end - Date.parse(box.dataset.stepAt)) / 1000;
  const said = box.dataset.ended || !seconds ? "" : `${words(spent)} / ${words(seconds)}`;
  if (place.textContent !== said) place.textContent = said;
  place.classList.toggle("over", spent > seconds);
}

export function now() {
  return new Date(Date.now() + skew).toISOString();
}
