// The sign-in at the server behind what lies here: ended with a password to follow, also where that was asked for
// without network, and kept to this app where several people share the device.
const urls = document.body.dataset;
const OWED = "rounds-sign-out-owed";
const PATIENCE = 8000;

const ask = (url, more) => fetch(url, { credentials: "same-origin", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...more });
const post = (url, token) => ask(url, { method: "POST", headers: { "X-CSRFToken": token, "X-Background": "1" } });

// {person, token}: who has signed in (null: nobody). Throws without network.
async function live() {
  const answer = await ask(urls.session, { headers: { "X-Background": "1" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// A sign-out that has not reached the server: remembered on the device until it has.
export const owe = () => localStorage.setItem(OWED, "1");

let paying = null;
// True where no sign-out is owed, or it has just been made. Nothing is fetched before.
export function paid() {
  if (!localStorage.getItem(OWED)) return true;
  paying ??= pay().finally(() => (paying = null));
  return paying;
}

async function pay() {
  try {
    const { person, token } = await live();
    const answer = person === null ? null : await post(urls.logout, token);
    if (answer && answer.type !== "opaqueredirect") return false;
  } catch {
    return false;
  }
  localStorage.removeItem(OWED);
  return true;
}

// To the page that asks for a password: whoever is signed in is signed out first. Throws without network.
export async function signInAnew() {
  const { person, token } = await live();
  localStorage.removeItem(OWED);
  if (person === null) return location.assign(urls.login);
  const form = Object.assign(document.createElement("form"), { method: "post", action: urls.logout, hidden: true });
  for (const [name, value] of [["csrfmiddlewaretoken", token], ["next", urls.scope]]) form.append(Object.assign(document.createElement("input"), { name, value }));
  document.body.append(form);
  return form.submit();
}

// On a shared device the session opens this app and no other page. Where that does not arrive it is said again.
export const share = (token) => post(urls.shared, token).catch(() => {});
