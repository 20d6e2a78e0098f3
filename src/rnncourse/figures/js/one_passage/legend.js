// What the bands mean, drawn as they are drawn; and what they come to, as a table.

import { element } from "../base/dom.js";
import { quoted } from "./words.js";

/** The legend of the readers' bands; `update(letter, isNorm)`. */
export function bandLegend(readers) {
  const [heading, upper] = [element("p"), element("span")];
  const sample = (name, tag, ...inside) =>
    element(tag, { class: `rnnbook-passage-${name}` }, ...inside);
  const ramps = (kinds) => {
    const bars = kinds.map((kind) => element("i", { style: { color: `var(--rnnbook-${kind})` } }));
    return sample("ramps", "span", ...bars);
  };
  const mark = (name, words) => element("span", { class: "rnnbook-key" }, sample(name, "i"), words);
  const bits = [..."0½28"].map((number) => element("i", {}, number));
  const names = readers.map(({ title }) => title).join(", ");
  const root = element(
    "div",
    { class: "rnnbook-passage-legend" },
    heading,
    ramps(["accent"]),
    upper,
    ramps(readers.map(({ kind }) => kind)),
    element("span", {}, `lower band: how far it really moves (${names})`),
    sample("scale", "span", ...bits),
    element("span", {}, "bits (8: or more); each doubles or halves the odds of the true kind"),
    element(
      "p",
      {},
      mark("cursor", "read up to here: tap"),
      mark("origin", "to be replaced: slider, or Shift and tap"),
      mark("top", "strongest of its band"),
    ),
  );
  return {
    root,
    update(letter, isNorm) {
      heading.textContent =
        `Under each character, two bands a reader: if it were ${quoted(letter)}, how far would ` +
        "the answer at the cursor move?";
      upper.textContent = isNorm
        ? "upper band: the norm of its gradient there"
        : "upper band: how far its gradient foretells";
    },
  };
}

/** The table of what readers hang on; `update(passage, at, found, isNorm)`. */
export function hangsTable() {
  const root = element("table", { class: "rnnbook-passage-table" });
  const cell = (words, index, scope) =>
    index && scope === "row" ? element("td", {}, words) : element("th", { scope }, words);
  const row = (cells, scope) =>
    element("tr", {}, ...cells.map((words, index) => cell(words, index, scope)));
  return {
    root,
    update({ characters }, at, found, isNorm) {
      const strongest = ({ t, bits }) =>
        `${quoted(characters[t])} ${at - t} back: ${bits.toFixed(1)}\u00a0bits`;
      const names = `its gradient’s ${isNorm ? "norm" : "forecast"} names`;
      const titles = ["reader", "says", "really moves it most", names];
      const rows = found.map(({ title, says, p, top, first }) =>
        row([title, `${says}, ${Math.min(Math.round(100 * p), 99)}\u00a0%`, strongest(top), strongest(first)], "row"),
      );
      root.replaceChildren(element("thead", {}, row(titles, "col")), element("tbody", {}, ...rows));
    },
  };
}
