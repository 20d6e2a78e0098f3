// Before anything is painted: the palette, and a storage that can be trusted.
// A classic script, so that it runs from file:// too.
(function () {
  "use strict";

  // A browser may refuse storage (private windows, policies). The theme's scripts then get one that
  // forgets.
  let storage;
  try {
    storage = localStorage;
  } catch {
    const kept = new Map();
    storage = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, String(value)),
      removeItem: (key) => kept.delete(key),
    };
    Object.defineProperty(window, "localStorage", { value: storage });
  }

  // What another page of the same host has put there is not taken for a palette.
  const stored = storage.getItem("mode");
  const mode = ["light", "dark", "auto"].includes(stored) ? stored : "auto";
  if (mode !== stored) storage.removeItem("mode");
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const { dataset } = document.documentElement;
  dataset.mode = mode;
  dataset.theme = mode === "auto" ? system : mode;
})();
