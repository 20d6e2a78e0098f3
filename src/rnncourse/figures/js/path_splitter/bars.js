// Bars on a logarithmic axis, one for each number of detours.

import { svgElement } from "../base/dom.js";
import { scaleTo, ticks } from "../base/scale.js";

const MARGIN = { left: 52, right: 96, top: 22, bottom: 40 };

/**
 * A chart of bars, as wide as its place.
 *
 * `update` takes `label` (what it shows, in words), `xLabel`, `yLabel`, `domain` (powers of ten at
 * both ends of the y axis), `bars`, `[{ value, whole }]`, of which `whole` is drawn as an outline,
 * and `level`, `{ value, name }`, a dashed line across.
 */
export function barChart({ height = 210 } = {}) {
  const root = svgElement("svg", { class: "rnnbook-chart", role: "img", height, width: "100%" });
  let state = null;
  let width = 0;

  function draw() {
    if (!width || !state) return;
    const { domain, bars, level } = state;
    const box = {
      left: MARGIN.left,
      right: width - MARGIN.right,
      top: MARGIN.top,
      bottom: height - MARGIN.bottom,
    };
    const scale = scaleTo(domain, [box.bottom, box.top], true);
    const toY = (value) =>
      value > domain[0] ? Math.max(scale(value), box.top) : box.bottom;
    const slot = (box.right - box.left) / bars.length;
    const drawn = bars.flatMap(({ value, whole }, m) => {
      const place = { x: box.left + (m + 0.14) * slot, width: 0.72 * slot };
      const rectangle = (size, name) => {
        const y = toY(size);
        const tall = box.bottom - y;
        return tall > 0 ? svgElement("rect", { ...place, y, height: tall, class: name }) : null;
      };
      const kind = m === 0 ? "rnnbook-paths-direct" : "rnnbook-paths-detour";
      return [rectangle(whole, `${kind} rnnbook-paths-whole`), rectangle(value, kind)];
    });
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.setAttribute("aria-label", state.label);
    root.replaceChildren(
      ...grid(domain, box, toY),
      ...drawn.filter(Boolean),
      ...numbers(bars.length, slot, box),
      ...across(level, box, toY),
      text({ x: 6, y: 12 }, state.yLabel),
      text({ x: (box.left + box.right) / 2, y: height - 6, "text-anchor": "middle" }, state.xLabel),
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
      state = change;
      draw();
    },
    destroy: () => observer.disconnect(),
  };
}

function text(attributes, words) {
  return svgElement("text", attributes, words);
}

function grid(domain, box, toY) {
  const lines = ticks(domain, 4, true).flatMap(({ value, words }) => {
    const y = toY(value);
    return [
      svgElement("line", { x1: box.left, x2: box.right, y1: y, y2: y, class: "rnnbook-grid" }),
      text({ x: box.left - 6, y: y + 4, "text-anchor": "end" }, words),
    ];
  });
  const foot = { x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom };
  return [...lines, svgElement("line", { ...foot, class: "rnnbook-axis" })];
}

function numbers(count, slot, box) {
  const stride = [1, 2, 5, 10, 20].find((step) => step * slot >= 22) ?? 20;
  return Array.from({ length: Math.ceil(count / stride) }, (_, index) => {
    const m = index * stride;
    const x = box.left + (m + 0.5) * slot;
    return text({ x, y: box.bottom + 16, "text-anchor": "middle" }, String(m));
  });
}

function across(level, box, toY) {
  const y = toY(level.value);
  return [
    svgElement("line", { x1: box.left, x2: box.right, y1: y, y2: y, class: "rnnbook-paths-sum" }),
    text({ x: box.right + 6, y: y + 4 }, level.name),
  ];
}
