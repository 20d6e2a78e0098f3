// The passage, and under each character two bands: what a reader's gradient foretells, what is real.

import { element } from "../base/dom.js";
import { quoted } from "./words.js";

const FULL = 8; // bits
const MOST_SHOWN = 12; // characters, in the table
const LEAST = 7; // percent: where nothing moves, a band is still seen

/**
 * The picture. It leaves the breaking of lines to the page.
 *
 * @param {(t: number, shift: boolean) => void} onTap A character was tapped, counted from 0.
 *
 * `update` takes `label` (the picture in words), the passage, the `kind` of the reader, `one` (its
 * part of the study's `findings`; null while nothing is known), `at` and `origin` (from 0).
 */
export function passagePicture(onTap) {
  const root = element("div", {
    class: "rnnbook-passage",
    role: "img",
    onclick({ target, shiftKey }) {
      const cell = target.closest("b");
      if (cell) onTap(cells.indexOf(cell), shiftKey);
    },
  });
  let passage = null;
  let cells = [];
  let strongest = [];

  function lay({ characters }) {
    cells = characters.map((character) => {
      const seen = { "\n": "↵", " ": "\u00a0", "\t": "\u00a0" }[character] ?? character;
      return element("b", {}, seen, element("i"), element("i"));
    });
    const rows = [];
    cells.forEach((cell, t) => {
      // Empty lines take no row of their own.
      if (t === 0 || (characters[t - 1] === "\n" && characters[t] !== "\n")) {
        rows.push(element("div", { "data-names": "foretold\nreally" }));
      }
      rows.at(-1).append(cell);
    });
    root.replaceChildren(...rows);
  }

  return {
    root,
    values: () =>
      strongest.length === 0
        ? [] // nothing is known yet
        : [
            {
              caption: `${root.getAttribute("aria-label")} The characters that move it most:`,
              head: ["character", "steps back", "foretold, bits", "really, bits"],
              rows: strongest,
            },
          ],
    update(label, shown, kind, one, at, origin) {
      if (passage !== shown) lay(shown);
      passage = shown;
      root.setAttribute("aria-label", label);
      root.style.setProperty("--rnnbook-reader", `var(--rnnbook-${kind})`);
      const is = (name, yes) => (yes ? `rnnbook-passage-${name} ` : "");
      if (one) strongest = mostMoving(shown, one, at);
      cells.forEach((cell, t) => {
        cell.className = is("later", t > at) + is("cursor", t === at) + is("origin", t === origin);
        if (!one) return;
        const [foretold, real] = cell.children;
        foretold.style.setProperty("--shade", shadeOf(one.upper[t]));
        foretold.className = is("top", one.first.t === t);
        real.style.setProperty("--shade", shadeOf(one.lower[t]));
        real.className = is("top", one.top.t === t);
      });
    },
  };
}

/** The characters read whose replacement moves the answer most, strongest first. */
function mostMoving({ characters }, { upper, lower }, at) {
  const read = [...characters.keys()].slice(0, at + 1);
  const sorted = read.sort((a, b) => lower[b] - lower[a]).slice(0, MOST_SHOWN);
  return sorted.map((t) => [quoted(characters[t]), at - t, upper[t], lower[t]]);
}

/** How dark a number of bits is: by its root, or a weak one would not be seen. */
function shadeOf(bits) {
  const share = Math.sqrt(Math.min(bits / FULL, 1)) || 0; // not a number behind the cursor
  return `${Math.round(LEAST + (100 - LEAST) * share)}%`;
}
