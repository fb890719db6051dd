// Whose device this is: one person's, or several people's, each behind a PIN.
import { made, note, on, part, say, show } from "./parts.js";
import { admit, openByPin, people } from "./vault.js";

const PIN = /^\d{6}$/;

// Somebody has just signed in, and nothing of theirs can be opened here yet.
export function admitted(found, start) {
  const screen = show("device", made("device", { name: found.person.name }));
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
    const wrong = !PIN.test(pin) ? "pin_six" : pin !== again ? "pin_differs" : "";
    part(screen, "wrong").textContent = wrong ? say(wrong) : "";
    if (!wrong) keep(pin);
  }, "submit");
}

// Several people have something here: who is it?
export function who(here, found, start) {
  const screen = show("who", made("who"));
  const list = part(screen, "people");
  for (const row of here) {
    const item = made("person", { name: row.name, waits: row.waiting ? say("waiting", { n: row.waiting }) : "" });
    on(item, "open", () => (row.mode === "pin" ? pin(row, start) : show("sign-in", made("sign-in", { text: say("locked", { name: row.name }) }))));
    list.append(item);
  }
  part(screen, "new").hidden = !found?.person || here.some((row) => row.id === found.person.id);
  on(screen, "new", () => admitted(found, start));
}

export function pin(row, start) {
  const screen = show("pin", made("pin", { name: row.name }));
  on(screen, "pin", async (event) => {
    const field = event.target.elements.pin;
    const opened = await openByPin(row.id, field.value);
    if (opened.vault) return start(opened.vault);
    field.value = "";
    field.focus();
    if (!opened.left) show("sign-in", made("sign-in", { text: say("locked", { name: row.name }) }));
    else part(screen, "wrong").textContent = say("pin_wrong", { n: opened.left });
    return undefined;
  }, "submit");
  on(screen, "back", async () => who(await people(), null, start));
}
