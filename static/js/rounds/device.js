// Whose device this is: one person's, or several people's, each behind a PIN.
import { made, note, on, part, say, show } from "./parts.js";
import { owe, paid, signInAnew } from "./session.js";
import { at } from "./trail.js";
import { admit, openByPin, people } from "./vault.js";

const PIN = /^\d{6}$/;
const UP = "01234567890123456789";

// One digit again and again, or digits in their order, up or down: the first that anybody tries.
const easy = (pin) => /^(\d)\1+$/.test(pin) || UP.includes(pin) || UP.includes([...pin].reverse().join(""));

// Asks for a password, whoever is signed in. `back`: to whoever has something here, where anybody has.
export function signIn({ text, back = null } = {}) {
  const screen = show("sign-in", made("sign-in", text ? { text } : {}));
  at(back ? 1 : 0, back);
  part(screen, "back").hidden = !back;
  on(screen, "back", () => back?.());
  on(screen, "in", anew);
}

export const anew = () => signInAnew().catch(() => note(say("sign_in_offline"), true));

// Somebody has just signed in, and nothing of theirs can be opened here yet.
export function admitted(found, start) {
  const screen = show("device", made("device", { name: found.person.name }));
  at(0);
  const keep = async (pin) => {
    try {
      await start(await admit(found.person, found.key, pin), found);
    } catch {
      note(say("full"), true);
    }
  };
  on(screen, "own", () => keep(""));
  on(screen, "several", () => {
    part(screen, "choice").hidden = true;
    part(screen, "pin").hidden = false;
    part(screen, "pin").querySelector("input").focus();
  });
  on(screen, "pin", (event) => {
    const [pin, again] = ["pin", "again"].map((name) => event.target.elements[name].value);
    const wrong = !PIN.test(pin) ? "pin_six" : easy(pin) ? "pin_easy" : pin !== again ? "pin_differs" : "";
    part(screen, "wrong").textContent = wrong ? say(wrong) : "";
    if (!wrong) keep(pin);
  }, "submit");
}

// Several people have something here: who is it?
export function who(here, found, start) {
  const screen = show("who", made("who"));
  at(0);
  const list = part(screen, "people");
  for (const row of here) {
    const item = made("person", { name: row.name, waits: row.waiting ? say("waiting", { n: row.waiting }) : "" });
    on(item, "open", () => (row.mode === "pin" ? pin(row, start) : signIn({ text: say("locked", { name: row.name }), back: () => who(here, found, start) })));
    list.append(item);
  }
  part(screen, "new").hidden = !found?.person || here.some((row) => row.id === found.person.id);
  on(screen, "new", () => admitted(found, start));
  on(screen, "in", anew);
}

export function pin(row, start) {
  const again = async () => who(await people(), null, start);
  const screen = show("pin", made("pin", { name: row.name }));
  at(1, again);
  on(screen, "pin", async (event) => {
    const field = event.target.elements.pin;
    const opened = await openByPin(row.id, field.value);
    if (opened.vault) return start(opened.vault);
    field.value = "";
    field.focus();
    if (!opened.left) {
      // Only a password opens it now: the sign-in that is there ends.
      owe();
      paid();
      signIn({ text: say("locked", { name: row.name }), back: again });
    } else part(screen, "wrong").textContent = say("pin_wrong", { n: opened.left });
    return undefined;
  }, "submit");
  on(screen, "back", again);
}
