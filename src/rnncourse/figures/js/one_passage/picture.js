// The passage, and under each character a stave a reader: two bands, foretold and real.

import { element } from "../base/dom.js";

const FULL = 8; // bits

/**
 * The picture. It leaves the breaking of lines to the page.
 *
 * @param {Array<object>} readers The trait: a stave each, in its colour.
 * @param {(t: number, shift: boolean) => void} onTap A character was tapped, counted from 0.
 *
 * `update` takes `label` (the picture in words), the passage, `found` (what the study's `findings`
 * returned; null while nothing is known), `at` and `origin` (from 0).
 */
export function passagePicture(readers, onTap) {
  const root = element("div", {
    class: "rnnbook-passage",
    role: "img",
    onclick({ target, shiftKey }) {
      const cell = target.closest("b");
      if (cell) onTap(cells.indexOf(cell), shiftKey);
    },
  });
  const names = readers.map(({ title }) => title).join("\n");
  let passage = null;
  let cells = [];

  function lay({ characters }) {
    cells = characters.map((character) => {
      const staves = readers.map(({ kind }) => {
        const style = { color: `var(--rnnbook-${kind})` };
        return element("span", { style }, element("i"), element("i"));
      });
      return element("b", {}, { "\n": "↵", " ": "\u00a0" }[character] ?? character, ...staves);
    });
    const rows = [];
    cells.forEach((cell, t) => {
      // Empty lines take no row of their own.
      if (t === 0 || (characters[t - 1] === "\n" && characters[t] !== "\n")) {
        rows.push(element("div", { "data-names": names }));
      }
      rows.at(-1).append(cell);
    });
    root.replaceChildren(...rows);
  }

  return {
    root,
    update(label, shown, found, at, origin) {
      if (passage !== shown) lay(shown);
      passage = shown;
      root.setAttribute("aria-label", label);
      const is = (name, yes) => (yes ? `rnnbook-passage-${name} ` : "");
      cells.forEach((cell, t) => {
        cell.className = is("later", t > at) + is("cursor", t === at) + is("origin", t === origin);
        found?.forEach(({ upper, lower, first, top }, r) => {
          const [foretold, real] = cell.children[r].children;
          foretold.style.setProperty("--shade", shadeOf(upper[t]));
          foretold.className = is("top", first.t === t);
          real.style.setProperty("--shade", shadeOf(lower[t]));
          real.className = is("top", top.t === t);
        });
      });
    },
  };
}

/** How dark a number of bits is: by its root, or a weak one would not be seen. */
function shadeOf(bits) {
  return `${Math.round(100 * Math.sqrt(Math.min(bits / FULL, 1))) || 0}%`;
}
