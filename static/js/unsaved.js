// Leaving a page with words that were not published asks first. Its own buttons and a link marked data-leave do not.
const form = document.querySelector("form[data-unsaved]");
let unsaved = form?.dataset.unsaved === "yes";

form?.addEventListener("input", (event) => {
  if (event.target.name !== "new-language") unsaved = true;
});
form?.addEventListener("submit", () => (unsaved = false));
for (const link of document.querySelectorAll("a[data-leave]")) link.addEventListener("click", () => (unsaved = false));
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
// Back in the page after a submit that went elsewhere: what is typed there is as unsaved as before.
addEventListener("pageshow", () => (unsaved ||= form?.dataset.unsaved === "yes"));
