// Colours for canvases, which do not follow the style sheet by themselves.

/** The colour that the palette gives `name` where `el` stands: a CSS colour. */
export function paletteColor(el, name) {
  return getComputedStyle(el).getPropertyValue(`--rnnbook-${name}`).trim() || "#767676";
}

/**
 * Call `redraw` whenever light and dark change.
 *
 * @returns {() => void} Ends it.
 */
export function onThemeChange(redraw) {
  const observer = new MutationObserver(redraw);
  const attributes = ["data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  for (const root of [document.documentElement, document.body]) {
    observer.observe(root, { attributes: true, attributeFilter: attributes });
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", redraw);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", redraw);
  };
}
