// What the bands mean, drawn as they are drawn; and what they come to, as a table.

import { element } from "../base/dom.js";
import { quoted, readerNamed } from "./words.js";

/** The legend of the two bands; `update(reader, letter, isNorm, isOwn)`. */
export function bandLegend() {
  const [heading, upper] = [element("p"), element("span")];
  const sample = (name, style) => element("i", { class: `rnnbook-passage-${name}`, style });
  const key = (mark, words) => element("span", { class: "rnnbook-key" }, mark, words);
  const ramp = (color) => sample("ramp", { color: `var(--rnnbook-${color})` });
  const root = element(
    "div",
    { class: "rnnbook-passage-legend" },
    heading,
    element(
      "p",
      {},
      key(ramp("accent"), upper),
      key(ramp("reader"), "how far it really moves"),
      element("span", {}, "pale to dark: 0 to 8 bits, or more"),
    ),
    element(
      "p",
      {},
      key(sample("cursor"), "read up to here: tap"),
      key(sample("origin"), "to be replaced: set it in the fold, or Shift and click"),
      key(sample("top"), "strongest of its band"),
    ),
  );
  return {
    root,
    update(reader, letter, isNorm, isOwn) {
      root.style.setProperty("--rnnbook-reader", `var(--rnnbook-${reader.kind})`);
      heading.textContent =
        `If one character were ${quoted(letter)}, how far would the answer of ` +
        `${readerNamed(reader)} at the cursor move? Each bit doubles or halves the odds of ` +
        (isOwn ? "the answer that it gives now." : "the true kind.");
      upper.textContent = isNorm ? "the norm of its gradient" : "how far its gradient foretells";
    },
  };
}

/** The table of what all readers hang on; `update(passage, at, found, shown, isNorm)`. */
export function hangsTable() {
  const root = element("table", { class: "rnnbook-passage-table" });
  const cell = (words, index, scope) =>
    index && scope === "row" ? element("td", {}, words) : element("th", { scope }, words);
  const row = (cells, scope, attributes = {}) =>
    element("tr", attributes, ...cells.map((words, index) => cell(words, index, scope)));
  return {
    root,
    update({ characters }, at, found, shown, isNorm) {
      const strongest = ({ t, bits }) =>
        `${quoted(characters[t])} ${at - t} back: ${bits.toFixed(1)}\u00a0bits`;
      const names = `its gradient’s ${isNorm ? "norm" : "forecast"} names`;
      const titles = ["reader", "says", "really moves it most", names];
      const rows = found.map(({ title, kind, says, p, top, first }) => {
        const answer = `${says}, ${Math.min(Math.round(100 * p), 99)}\u00a0%`;
        const is = kind === shown ? { class: "rnnbook-passage-shown" } : {};
        return row([title, answer, strongest(top), strongest(first)], "row", is);
      });
      root.replaceChildren(element("thead", {}, row(titles, "col")), element("tbody", {}, ...rows));
    },
  };
}
