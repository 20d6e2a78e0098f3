// Lines over a common axis, labelled where they end.

import { svgElement } from "./dom.js";
import { scaleTo, ticks } from "./scale.js";

const LABEL_GAP = 15; // px between the names of two lines
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
 * `x` or `y` axes. A series is `{ name, color, points: [[x, y], …], dashed?, dots?, thin?, tip? }`,
 * its colour a name of the palette (or "text"), `tip` a disc on its last point; a level is
 * `{ value, name }`, a dashed line across; `marker` is an x at which a line stands upright. Points
 * that are no number, or not above 0 on a log axis, break the line.
 */
export function lineChart({ height = 220, x, y, labels = 76 }) {
  const root = svgElement("svg", { class: "rnnbook-chart", role: "img", height, width: "100%" });
  const state = { label: "", series: [], levels: [], marker: null, x, y };
  let width = 0;

  function draw() {
    if (!width) return;
    const box = { left: 52, right: width - labels, top: 22, bottom: height - 40 };
    const toX = scaleTo(state.x.domain, [box.left, box.right], state.x.log);
    const toY = scaleTo(state.y.domain, [box.bottom, box.top], state.y.log);
    const ends = [];
    const drawn = state.series.flatMap((line) => {
      const { path, end } = tracePath(line.points, toX, toY, state, box);
      if (!end) return [];
      ends.push({ at: end[1], x: end[0], words: line.name, line });
      return line.tip ? [strokeOf(line, path), tipOf(line, end)] : [strokeOf(line, path)];
    });
    const levels = state.levels.map(({ value, name }) => {
      const at = toY(value);
      ends.push({ at, x: box.right, words: name, line: { color: "baseline" } });
      const ends2 = { x1: box.left, x2: box.right, y1: at, y2: at };
      return svgElement("line", { ...ends2, class: "rnnbook-level" });
    });
    const upright =
      state.marker === null
        ? null
        : svgElement("line", {
            x1: toX(state.marker),
            x2: toX(state.marker),
            y1: box.top,
            y2: box.bottom,
            class: "rnnbook-marker",
          });
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.setAttribute("aria-label", state.label);
    root.replaceChildren(
      ...axes(state, box, toX, toY),
      ...levels,
      ...(upright ? [upright] : []),
      ...drawn,
      ...endLabels(ends, box),
    );
  }

  const observer = new ResizeObserver((entries) => {
    const next = Math.round(entries[0].contentRect.width);
    if (next === width) return;
    width = next;
    draw();
  });
  observer.observe(root);
  return {
    root,
    update(change) {
      Object.assign(state, change);
      draw();
    },
    destroy: () => observer.disconnect(),
  };
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
