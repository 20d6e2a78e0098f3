// The parts of a whole side by side on a linear axis, and the whole as the last bar.

import { svgChart } from "../base/chart.js";
import { powerOfTen, svgElement } from "../base/dom.js";
import { scaleTo, ticks } from "../base/scale.js";

const MARGIN = { left: 52, right: 96, top: 26, bottom: 40 };

/**
 * A chart of bars that add up, as wide as its place.
 *
 * `update` takes `label` (what it shows, in words), `xLabel`, `yLabel`, `parts` (numbers; those
 * below 0 hang from the axis), and `whole`, `{ value, lines }`: their sum, and what is written
 * beside its bar. A line adds the parts up from left to right.
 */
export function partsChart({ height = 220 } = {}) {
  function draw({ parts, whole, xLabel, yLabel }, width) {
    const box = {
      left: MARGIN.left,
      right: width - MARGIN.right,
      top: MARGIN.top,
      bottom: height - MARGIN.bottom,
    };
    const sums = runningSums(parts);
    const seen = [0, whole.value, ...parts, ...sums];
    const domain = [Math.min(...seen), Math.max(...seen)];
    const toY = scaleTo(domain, [box.bottom, box.top]);
    const slot = (box.right - box.left) / (parts.length + 1);
    const bars = [...parts, whole.value].map((value, m) => {
      const [top, foot] = [toY(Math.max(value, 0)), toY(Math.min(value, 0))];
      const place = { x: box.left + (m + 0.14) * slot, width: 0.72 * slot };
      const kind = m === 0 ? "direct" : m === parts.length ? "all" : "detour";
      const looks = { height: foot - top, class: `rnnbook-paths-${kind}` };
      return svgElement("rect", { ...place, y: top, ...looks });
    });
    const { unit, note } = unitOf(Math.max(...domain.map(Math.abs)));
    return [
      ...grid(domain, unit, box, toY),
      ...bars,
      stairs(sums, slot, box, toY),
      ...numbers(parts.length, slot, box),
      ...whole.lines.map((words, k) =>
        text({ x: box.right + 6, y: toY(whole.value) + 4 + 15 * k, class: "rnnbook-end" }, words),
      ),
      text({ x: 6, y: 12 }, `${yLabel}${note}`),
      text({ x: (box.left + box.right) / 2, y: height - 6, "text-anchor": "middle" }, xLabel),
    ];
  }

  return svgChart({ height, draw, table: tableOfParts });
}

function tableOfParts({ parts, whole, xLabel, yLabel }) {
  return { head: [xLabel, yLabel], rows: [...parts.entries(), ["all", whole.value]] };
}

function runningSums(parts) {
  let sum = 0;
  return parts.map((part) => (sum += part));
}

/** The power of ten that the axis counts in: 1 where its numbers are neither small nor large. */
function unitOf(largest) {
  const power = Math.floor(Math.log10(largest || 1));
  if (power >= -2 && power <= 3) return { unit: 1, note: "" };
  return { unit: 10 ** power, note: `, in ${powerOfTen(power)}` };
}

function text(attributes, words) {
  return svgElement("text", attributes, words);
}

function grid(domain, unit, box, toY) {
  const counted = domain.map((end) => end / unit);
  const lines = ticks(counted, 4).flatMap(({ value, words }) => {
    const y = toY(value * unit);
    return [
      svgElement("line", { x1: box.left, x2: box.right, y1: y, y2: y, class: "rnnbook-grid" }),
      text({ x: box.left - 6, y: y + 4, "text-anchor": "end" }, words),
    ];
  });
  const zero = toY(0);
  const ends = { x1: box.left, x2: box.right, y1: zero, y2: zero };
  return [...lines, svgElement("line", { ...ends, class: "rnnbook-axis" })];
}

/** From part to part the line steps up or down by what that part adds, and ends at the whole. */
function stairs(sums, slot, box, toY) {
  const steps = sums.map((sum, m) => {
    const rise = `V${toY(sum).toFixed(1)}`;
    return `${rise}H${(box.left + (m + 1.14) * slot).toFixed(1)}`;
  });
  const d = `M${(box.left + 0.14 * slot).toFixed(1)} ${toY(0).toFixed(1)}${steps.join("")}`;
  return svgElement("path", { d, class: "rnnbook-paths-sum" });
}

function numbers(count, slot, box) {
  const stride = [1, 2, 5, 10, 20].find((step) => step * slot >= 22) ?? 20;
  const at = (m, words) =>
    text({ x: box.left + (m + 0.5) * slot, y: box.bottom + 16, "text-anchor": "middle" }, words);
  const named = Array.from({ length: Math.ceil(count / stride) }, (_, k) => k * stride);
  // The last number gives way to the name of the whole.
  const clear = named.filter((m) => (count - m) * slot >= 22);
  return [...clear.map((m) => at(m, String(m))), at(count, "all")];
}
