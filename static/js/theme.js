// Runs before the first paint: what the reader chose on this device beats what the system prefers.
(() => {
  const root = document.documentElement;
  const themes = ["", "light", "dark"];
  const keep = (name, value) => {
    try {
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
    } catch {
      // storage may be switched off: the choice then lasts as long as the page
    }
    if (value) root.dataset[name] = value;
    else delete root.dataset[name];
  };
  for (const name of ["theme", "contrast"]) {
    try {
      const value = localStorage.getItem(name);
      if (value) root.dataset[name] = value;
    } catch {
      break;
    }
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-next]")) {
      keep("theme", themes[(themes.indexOf(root.dataset.theme ?? "") + 1) % themes.length]);
    }
    if (event.target.closest("[data-contrast-next]")) keep("contrast", root.dataset.contrast ? "" : "more");
  });
})();
