// Lines over a common axis, labelled where they end.

import { svgChart } from "./chart.js";
import { formatNumber, svgElement } from "./dom.js";
import { scaleTo, ticks } from "./scale.js";

const LABEL_GAP = 15; // px between the names of two lines
const ROWS = 12; // of a table of lines, about
const LETTER_WIDTH = 7; // px, about, that a letter of a name takes

/**
 * A chart of lines, as wide as its place.
 *
 * @param {object} options
 * @param {number} [options.height] In pixels.
 * @param {{label: string, domain: [number, number], log?: boolean}} options.x
 * @param {{label: string, domain: [number, number], log?: boolean}} options.y
 * @param {number} [options.labels] Pixels kept on the right for the names of the lines.
 *
 * `update` takes `label` (what the picture shows, in words), `series`, `levels`, `marker`, and new
 * `x` or `y` axes; `values` leaves out series without a name. A series is `{ name, color, points: [[x, y], …], dashed?, dots?, thin?, tip? }`,
 * its colour a name of the palette (or "text"), `tip` a disc on its last point; a level is
 * `{ value, name }`, a dashed line across; `marker` is an x at which a line stands upright. Points
 * that are no number, or not above 0 on a log axis, break the line.
 */
export function lineChart({ height = 220, x, y, labels = 76 }) {
  const state = { label: "", series: [], levels: [], marker: null, x, y };

  function draw(shown, width) {
    const box = { left: 52, right: width - labels, top: 22, bottom: height - 40 };
    const toX = scaleTo(shown.x.domain, [box.left, box.right], shown.x.log);
    const toY = scaleTo(shown.y.domain, [box.bottom, box.top], shown.y.log);
    const ends = [];
    const drawn = shown.series.flatMap((line) => {
      const { path, end } = tracePath(line.points, toX, toY, shown, box);
      if (!end) return [];
      ends.push({ at: end[1], x: end[0], words: line.name, line });
      return line.tip ? [strokeOf(line, path), tipOf(line, end)] : [strokeOf(line, path)];
    });
    const straight = (kind, x1, x2, y1, y2) =>
      svgElement("line", { x1, x2, y1, y2, class: `rnnbook-${kind}` });
    const levels = shown.levels.map(({ value, name }) => {
      const at = toY(value);
      ends.push({ at, x: box.right, words: name, line: { color: "baseline" } });
      return straight("level", box.left, box.right, at, at);
    });
    const at = toX(shown.marker);
    return [
      ...axes(shown, box, toX, toY),
      ...levels,
      ...(shown.marker === null ? [] : [straight("marker", at, at, box.top, box.bottom)]),
      ...drawn,
      ...endLabels(ends, box),
    ];
  }
  return svgChart({ height, state, draw, table: tableOfLines });
}

function tracePath(points, toX, toY, { x, y }, box) {
  let path = "";
  let end = null;
  let pen = false;
  for (const [px, py] of points) {
    const good = Number.isFinite(px) && Number.isFinite(py) && (!y.log || py > 0) && (!x.log || px > 0);
    if (!good) {
      pen = false;
      continue;
    }
    const at = [toX(px), Math.min(Math.max(toY(py), box.top - 4), box.bottom + 4)];
    path += `${pen ? "L" : "M"}${at[0].toFixed(1)} ${at[1].toFixed(1)}`;
    pen = true;
    end = at;
  }
  return { path, end };
}

function paint(color) {
  return color === "text" ? "currentColor" : `var(--rnnbook-${color})`;
}

function strokeOf(line, path) {
  const kinds = ["dots", "thin"].filter((kind) => line[kind]);
  return svgElement("path", {
    d: path,
    class: ["line", ...kinds].map((kind) => `rnnbook-${kind}`).join(" "),
    "stroke-dasharray": line.dashed ? "5 4" : null,
    style: { stroke: paint(line.color) },
  });
}

function tipOf(line, [cx, cy]) {
  return svgElement("circle", { cx, cy, r: 4.5, style: { fill: paint(line.color) } });
}

function axes({ x, y }, box, toX, toY) {
  const parts = [];
  const text = (at, words, attributes) => svgElement("text", { ...at, ...attributes }, words);
  const across = Math.max(3, Math.floor((box.right - box.left) / 70));
  for (const { value, words } of ticks(y.domain, 4, y.log)) {
    const at = toY(value);
    const line = { x1: box.left, x2: box.right, y1: at, y2: at, class: "rnnbook-grid" };
    parts.push(svgElement("line", line));
    parts.push(text({ x: box.left - 6, y: at + 4 }, words, { "text-anchor": "end" }));
  }
  for (const { value, words } of ticks(x.domain, across, x.log)) {
    parts.push(text({ x: toX(value), y: box.bottom + 16 }, words, { "text-anchor": "middle" }));
  }
  const frame = { x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom };
  parts.push(svgElement("line", { ...frame, class: "rnnbook-axis" }));
  parts.push(text({ x: box.left - 46, y: 12 }, y.label, { class: "rnnbook-axis-label" }));
  const middle = (box.left + box.right) / 2;
  const below = { x: middle, y: box.bottom + 34 };
  parts.push(text(below, x.label, { "text-anchor": "middle", class: "rnnbook-axis-label" }));
  return parts;
}

// Each name stands beside the last point of its line, wherever that is: a tie across the chart
// would read as more of the line.
function endLabels(ends, box) {
  const sorted = ends.filter(({ words }) => words).sort((a, b) => a.at - b.at);
  const crowds = (end, others) => others.filter((other) => mayCollide(end, other));
  sorted.forEach((end, index) => {
    const above = crowds(end, sorted.slice(0, index)).map(({ place }) => place + LABEL_GAP);
    end.place = Math.max(end.at, ...above);
  });
  const lowest = box.bottom + 4;
  if (sorted.some(({ place }) => place > lowest)) {
    for (let index = sorted.length - 1; index >= 0; index--) {
      const below = crowds(sorted[index], sorted.slice(index + 1));
      const ceilings = below.map(({ place }) => place - LABEL_GAP);
      sorted[index].place = Math.min(sorted[index].place, lowest, ...ceilings);
    }
  }
  return sorted.flatMap(({ at, place, x, words, line }) => [
    svgElement("path", {
      d: `M${x + 2} ${at}L${x + 8} ${place}`,
      class: "rnnbook-tie",
      style: { stroke: paint(line.color) },
    }),
    svgElement("text", { x: x + 11, y: place + 4, class: "rnnbook-end" }, words),
  ]);
}

/** Whether two names would run into each other, were they on one line. */
function mayCollide(one, other) {
  const [left, right] = one.x < other.x ? [one, other] : [other, one];
  return left.x + LETTER_WIDTH * left.words.length + LABEL_GAP > right.x;
}

/** The lines that have names at a few places, the first, the last and the marked among them. */
function tableOfLines({ label, series, levels, marker, x, y }) {
  const lines = series.filter(({ name, points }) => name && points.length > 0);
  const all = new Set(lines.flatMap(({ points }) => points.map(([place]) => place)));
  const places = [...all].sort((a, b) => a - b);
  const stride = Math.max(1, (places.length - 1) / (ROWS - 1));
  const chosen = new Set(places.filter((_, k) => k % stride < 1 || k === places.length - 1));
  if (all.has(marker)) chosen.add(marker);
  const at = ({ points }, place) =>
    place <= points.at(-1)[0] ? (points.findLast(([px]) => px <= place)?.[1] ?? NaN) : NaN;
  const names = lines.map(({ name }) => (lines.length === 1 && y.label ? y.label : name));
  const named = levels.filter(({ name }) => name);
  const constants = named.map(({ name, value }) => `Dashed, ${name}: ${formatNumber(value)}.`);
  return {
    caption: [label, ...constants].join(" "),
    head: [x.label, ...names],
    rows: [...chosen]
      .sort((a, b) => a - b)
      .map((place) => [place, ...lines.map((line) => at(line, place))]),
  };
}
