// The hidden state as a strip of cells, one a unit.

import { element, formatNumber } from "../base/dom.js";
import { divergingColor } from "../base/scale.js";

const NAMED = 3;
const PER_ROW = 8;

/** A cell a unit, blue below 0 and red above. `update(h)` shows a state. */
export function unitStrip(H) {
  const cells = Array.from({ length: H }, () => element("i"));
  const strip = element("div", { class: "rnnbook-write-units", role: "img" }, ...cells);
  const stops = Array.from({ length: 9 }, (_, k) => inCss((k - 4) / 4));
  const gradient = { background: `linear-gradient(90deg, ${stops.join(", ")})` };
  const bar = element("span", { class: "rnnbook-bar", style: gradient, "aria-hidden": "true" });
  const legend = element(
    "div",
    { class: "rnnbook-legend" },
    element("span", {}, `The hidden state, ${H} units:`),
    element("span", { class: "rnnbook-legend" }, "−1", bar, "1"),
  );
  return {
    root: element("div", { class: "rnnbook-write-state" }, legend, strip),
    update(h) {
      strip.setAttribute("aria-label", unitsInWords(h));
      cells.forEach((cell, j) => cell.style.setProperty("background", inCss(h[j])));
    },
  };
}

/** A state in a sentence: how many units are above 0 and below, and which are furthest from it. */
export function unitsInWords(h) {
  const count = (test) => h.filter(test).length;
  const strongest = Array.from(h, (_, j) => j).sort((a, b) => Math.abs(h[b]) - Math.abs(h[a]));
  const named = strongest.slice(0, NAMED).map((j) => `unit ${j + 1}, ${formatNumber(h[j], 2)}`);
  const above = count((value) => value > 0);
  const below = count((value) => value < 0);
  if (above + below === 0) return `${h.length} units, all 0: nothing has been read.`;
  const signs = `${above} above 0, ${below} below`;
  return `${h.length} units: ${signs}. Furthest from 0: ${named.join("; ")}.`;
}

/** The state as a table, eight units a row. */
export function unitValues(h) {
  const starts = Array.from({ length: Math.ceil(h.length / PER_ROW) }, (_, row) => row * PER_ROW);
  return {
    caption: "The hidden state, unit by unit.",
    head: ["units", ...Array.from({ length: Math.min(PER_ROW, h.length) }, (_, j) => `${j + 1}.`)],
    rows: starts.map((start) => {
      const end = Math.min(start + PER_ROW, h.length);
      const some = Array.from(h.subarray(start, end), (value) => formatNumber(value, 2));
      return [`${start + 1}–${end}`, ...some];
    }),
  };
}

function inCss(value) {
  return `rgb(${divergingColor(value).map(Math.round).join(" ")})`;
}
