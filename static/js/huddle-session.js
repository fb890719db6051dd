// When the session ends in a huddle: the page says so and is not live any more; what is tapped and typed stays on this
// device. Once the same person has signed in again, in whatever tab, the page goes on by itself and sends what waits.
import { contact } from "./live-page.js";

const EVERY = 5000;
const MOST = 4; // times that it goes on without anything stored: then it is not the session that is refused
const page = document.body.dataset;

export function watch(queue) {
  let timer = 0;
  let flying = false;
  let times = 0;
  let saved = null;
  const look = async () => {
    clearTimeout(timer);
    if (!contact.ended || flying || times >= MOST) return;
    flying = true;
    try {
      const headers = { "X-Background": "1" };
      const answer = await fetch(location.href, { headers, credentials: "same-origin", cache: "no-store", redirect: "manual" });
      if (answer.status === 200) {
        times = saved === queue.savedAt ? times + 1 : 0;
        saved = queue.savedAt;
        take(new DOMParser().parseFromString(await answer.text(), "text/html").body, queue);
      }
    } catch {
      // no network: looked at again
    } finally {
      flying = false;
    }
    timer = setTimeout(look, EVERY);
  };
  document.addEventListener("huddle:ended", () => {
    queue.signedOut = true;
    queue.changed(queue);
    timer = setTimeout(look, EVERY);
  });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
}

function take(fresh, queue) {
  if (fresh.dataset.person !== page.person) {
    location.reload(); // somebody else: what waits here is not theirs
    return;
  }
  // Who signs in gets a new token against forged requests.
  const given = fresh.getAttribute("hx-headers");
  document.body.setAttribute("hx-headers", given);
  const token = JSON.parse(given)["X-CSRFToken"];
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  contact.back(fresh.dataset.liveUrl);
  queue.signedIn();
}
