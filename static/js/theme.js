// Runs before the first paint: what the reader chose on this device (a cookie, which the settings page sets too) beats
// what the system prefers, also on a page that the browser kept from before.
(() => {
  const root = document.documentElement;
  root.dataset.scripted = ""; // what needs a script is shown from here on
  const themes = ["", "light", "dark"];
  const year = 365 * 24 * 3600;
  const chosen = (name) => document.cookie.match(new RegExp(`(?:^|; )${name}=([a-z]*)`))?.[1] ?? "";
  const wear = (name, value) => {
    if (value) root.dataset[name] = value;
    else delete root.dataset[name];
  };
  const choose = (name, value) => {
    document.cookie = `${name}=${value}; path=/; max-age=${value ? year : 0}; samesite=lax`;
    wear(name, value);
  };
  for (const name of ["theme", "contrast"]) wear(name, chosen(name));
  // Paper is white: charts draw themselves anew in its colors and width.
  window.addEventListener("beforeprint", () => {
    root.dataset.paper = "";
    wear("theme", "light");
  });
  window.addEventListener("afterprint", () => {
    delete root.dataset.paper;
    wear("theme", chosen("theme"));
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-next]")) {
      choose("theme", themes[(themes.indexOf(chosen("theme")) + 1) % themes.length]);
    }
    if (event.target.closest("[data-contrast-next]")) choose("contrast", chosen("contrast") ? "" : "more");
  });
})();
