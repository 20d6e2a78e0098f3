// For each cell a row of piles: the losses of many comparisons, a dot each.

import { svgChart } from "../base/chart.js";
import { svgElement } from "../base/dom.js";

const BIN = 0.1; // of the loss; the last pile holds all beyond the others
const BINS = 12;
const ROW = 96; // px
const PILE = 84; // px that all dots take in one pile
const MARGIN = { top: 20, bottom: 40 };

/**
 * A picture of piles of dots, as wide as its place.
 *
 * @param {number} count How many dots a row has.
 * @param {number} rows
 *
 * `update` takes `label` (what it shows, in words), `solvedBelow`, and `rows`, each
 * `{ words, color, losses }`, the losses in ascending order.
 */
export function dotRows(count, rows) {
  const height = MARGIN.top + rows * ROW + MARGIN.bottom;

  function draw({ solvedBelow, rows: shown }, width) {
    const bin = width / BINS;
    const foot = MARGIN.top + rows * ROW;
    const right = (solvedBelow / BIN) * bin;
    return [
      svgElement("rect", { width: right, height: foot, class: "rnnbook-tries-solved" }),
      text({ x: 4, y: 14 }, `solved: below ${solvedBelow}`),
      ...shown.flatMap((row, k) => {
        const bottom = MARGIN.top + (k + 1) * ROW;
        const ends = { x1: 0, x2: width, y1: bottom, y2: bottom };
        return [
          svgElement("line", { ...ends, class: "rnnbook-axis" }),
          ...pilesOf(row, bin, bottom, solvedBelow),
          text({ x: right + 6, y: bottom - PILE + 8, class: "rnnbook-end" }, row.words),
        ];
      }),
      ...[0, 0.5, 1].map((loss) => tick((loss / BIN) * bin, foot, String(loss))),
      text({ x: width, y: foot + 16, "text-anchor": "end" }, "more"),
      text(
        { x: width / 2, y: height - 6, "text-anchor": "middle" },
        "test loss (1: as without memory)",
      ),
    ];
  }

  /** Each pile is as many dots wide as it takes for all to find room in it. */
  function pilesOf({ color, losses }, bin, bottom, solvedBelow) {
    const across = Math.ceil(Math.sqrt((count * bin) / PILE));
    const pitch = bin / across;
    const piled = new Array(BINS).fill(0);
    const paths = { solved: "", not: "" };
    for (const loss of losses) {
      const place = Math.min(Math.floor(loss / BIN + 1e-9), BINS - 1);
      const x = place * bin + ((piled[place] % across) + 0.5) * pitch;
      const y = bottom - 2 - (Math.floor(piled[place] / across) + 0.5) * pitch;
      piled[place] += 1;
      paths[loss < solvedBelow ? "solved" : "not"] += `M${x.toFixed(1)} ${y.toFixed(1)}h0`;
    }
    const style = { stroke: `var(--rnnbook-${color})`, "stroke-width": `${0.82 * pitch}px` };
    return Object.entries(paths).map(([name, d]) =>
      svgElement("path", { d, style, class: `rnnbook-tries-dots rnnbook-tries-${name}` }),
    );
  }

  return svgChart({ height, draw, table: tableOfDots });
}

/** Of each row's losses the least, the middle one and the largest. */
function tableOfDots({ rows }) {
  return {
    head: ["cell", "least", "median", "largest"],
    rows: rows.map(({ words, losses }) => [
      words,
      losses[0],
      losses[losses.length >> 1],
      losses.at(-1),
    ]),
  };
}

function text(attributes, words) {
  return svgElement("text", attributes, words);
}

function tick(x, foot, words) {
  return text({ x, y: foot + 16, "text-anchor": x === 0 ? "start" : "middle" }, words);
}
