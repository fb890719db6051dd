// Who walks along: nobody, or somebody who leads rounds in the same house.
import { part, say } from "./parts.js";

// The set of a round, and who walks along.
export const withPair = (round) => [round.set.name, round.with && say("with", { names: round.with })].filter(Boolean).join(" · ");

// Where a round is, and with whom it talks.
export const placeOf = (round) => [round.unit_name, round.talk && say("with", { names: round.talk })].filter(Boolean).join(" · ");

const today = () => (new Date().getDay() + 6) % 7; // 0 is Monday

// Fills the line on the screen of a unit; it asks for no tap. A route that was opened, or that leads through the unit
// today, brings its pair. Gives a function that says who is there in a round with a set: {id, name}, or null. What stays
// with whoever led it is shared with nobody whom they did not choose themselves.
export function pairLine(screen, { units, routes = [], leaders = [] }, unit, opened = null) {
  const route = opened ?? routes.find(({ weekday, pair, units }) => weekday === today() && pair && units.includes(unit.id));
  // With whom one walks routes in this house anyway comes first.
  const places = new Set(units.filter(({ house }) => house === unit.house).map(({ id }) => id));
  const near = routes.filter((one) => one.pair && one.units.some((id) => places.has(id)));
  const pairs = new Map(near.map((one) => [one.pair, { id: one.pair, name: one.with[0] }]));
  const people = [...pairs.values(), ...leaders.filter(({ id, houses }) => houses.includes(unit.house) && !pairs.has(id))];
  const line = part(screen, "pair");
  const select = line.querySelector("select");
  line.hidden = !people.length;
  select.add(new Option(say("nobody"), ""));
  for (const { id, name } of people) select.add(new Option(name, id));
  select.value = route?.pair ?? "";
  let chosen = false;
  select.addEventListener("change", () => (chosen = true));
  return ({ shared }) => (shared || chosen ? people.find(({ id }) => String(id) === select.value) ?? null : null);
}
