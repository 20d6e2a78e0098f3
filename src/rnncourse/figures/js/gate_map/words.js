// What a cell of the map says.

import { formatNumber } from "../base/dom.js";

const MOST = 9.99;

/** A share in per cent: `75`, `−3`, `> 900`. */
export function percent(share) {
  if (share >= MOST) return "> 900";
  return String(Math.round(100 * share)).replace("-", "−");
}

export function lossInWords(lost) {
  return `${percent(lost)} % of what memory is worth is lost`;
}

/** One sentence for the cell that is opened. */
export function cellInWords({ title, layer, found, task }) {
  if (!found) return `“${title}” was not tried on ${task.title.toLowerCase()}, ${layer}.`;
  const ends = found.ends.map((end) => end ?? Infinity).toSorted((a, b) => a - b);
  const half = ends.length / 2;
  const middle = (ends[Math.ceil(half) - 1] + ends[Math.floor(half)]) / 2;
  const range = [middle, ends[0], ends.at(-1)].map((end) => formatNumber(end));
  return (
    `“${title}” on ${task.title.toLowerCase()}, ${layer}: the median of ${ends.length} runs ends ` +
    `at ${range[0]} (${range[1]} to ${range[2]}), ${task.unit}. ${verdict(found.lost)}`
  );
}

function verdict(lost) {
  if (lost < -0.02) return "That is better than with all parts.";
  if (lost <= 0.05) return "Nearly nothing is lost.";
  if (lost < 0.95) return `Of what memory is worth, ${percent(lost)} % is lost.`;
  if (lost <= 1.05) return "Nothing is left of what memory is worth.";
  return "That is worse than without any memory.";
}
