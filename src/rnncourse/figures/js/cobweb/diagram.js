// The cobweb: the curve, the diagonal, and the path that goes to and fro between them.

import { svgElement } from "../base/dom.js";

const SIZE = 300;
const EDGE = { left: 40, right: 8, top: 20, bottom: 36 };
const RANGE = 1.1;
const SHOWN_STEPS = 8;

const WIDTH = SIZE - EDGE.left - EDGE.right;
const HEIGHT = SIZE - EDGE.top - EDGE.bottom;

const toX = (h) => EDGE.left + ((h + RANGE) / (2 * RANGE)) * WIDTH;
const toY = (h) => SIZE - EDGE.bottom - ((h + RANGE) / (2 * RANGE)) * HEIGHT;
const oldStateAt = (x) => ((x - EDGE.left) / WIDTH) * 2 * RANGE - RANGE;
const newStateAt = (y) => ((SIZE - EDGE.bottom - y) / HEIGHT) * 2 * RANGE - RANGE;

/**
 * @param {object} options
 * @param {(u: number) => void} options.onDrag A reader pulled the curve to another u.
 */
export function cobwebDiagram({ onDrag }) {
  const root = svgElement("svg", {
    class: "rnnbook-chart rnnbook-cobweb-diagram",
    role: "img",
    viewBox: `0 0 ${SIZE} ${SIZE}`,
  });
  let b = 0;
  const pull = (event) => {
    const bounds = root.getBoundingClientRect();
    const h = oldStateAt(((event.clientX - bounds.left) / bounds.width) * SIZE);
    const next = newStateAt(((event.clientY - bounds.top) / bounds.height) * SIZE);
    // Near h = 0 the curve hardly depends on u: a small pull would throw it far.
    if (Math.abs(h) > 0.1 && Math.abs(next) < 1) onDrag((Math.atanh(next) - b) / h);
  };
  root.addEventListener("pointerdown", (event) => {
    root.setPointerCapture(event.pointerId);
    pull(event);
  });
  root.addEventListener("pointermove", (event) => {
    if (root.hasPointerCapture(event.pointerId)) pull(event);
  });
  return {
    root,
    /**
     * @param {object} picture
     * @param {string} picture.label What it shows, in words.
     * @param {(h: number) => number} picture.free One step without input or gate.
     * @param {(h: number) => number} picture.now The step at t as it is.
     * @param {number[]} picture.h h_0 … h_T.
     * @param {number} picture.step t.
     * @param {Array<{h: number, stable: boolean}>} picture.rests Where the unit rests, gate apart.
     * @param {number} picture.bias
     */
    update({ label, free, now, h, step, rests, bias }) {
      b = bias;
      root.setAttribute("aria-label", label);
      const first = Math.max(1, step - SHOWN_STEPS + 1);
      const start = `M${toX(h[first - 1]).toFixed(1)} ${toY(h[first - 1]).toFixed(1)}`;
      const web = h
        .slice(first, step + 1)
        .map((next) => `V${toY(next).toFixed(1)}H${toX(next).toFixed(1)}`);
      root.replaceChildren(
        ...frameOf(),
        curve(1, (h) => h, "rnnbook-cobweb-diagonal"),
        curve(RANGE, free, "rnnbook-cobweb-free"),
        curve(RANGE, now, "rnnbook-cobweb-now"),
        svgElement("path", { d: start + web.join(""), class: "rnnbook-cobweb-web" }),
        ...rests.map(({ h: at, stable }) =>
          svgElement("circle", {
            cx: toX(at),
            cy: toY(at),
            r: 5,
            class: stable ? "rnnbook-cobweb-stable" : "rnnbook-cobweb-unstable",
          }),
        ),
        svgElement("circle", {
          cx: toX(h[step - 1]),
          cy: toY(h[step]),
          r: 4,
          class: "rnnbook-cobweb-here",
        }),
      );
    },
  };
}

function curve(end, f, name) {
  const points = [];
  for (let place = -40; place <= 40; place++) {
    const h = (end * place) / 40;
    const next = f(h);
    if (Math.abs(next) <= RANGE) points.push(`${toX(h).toFixed(1)} ${toY(next).toFixed(1)}`);
  }
  return svgElement("path", { d: `M${points.join("L")}`, class: name });
}

function frameOf() {
  const parts = [];
  for (const value of [-1, 0, 1]) {
    const words = String(value).replace("-", "−");
    const across = { x1: toX(-RANGE), x2: toX(RANGE), y1: toY(value), y2: toY(value) };
    const up = { x1: toX(value), x2: toX(value), y1: toY(-RANGE), y2: toY(RANGE) };
    parts.push(svgElement("line", { ...across, class: "rnnbook-grid" }));
    parts.push(svgElement("line", { ...up, class: "rnnbook-grid" }));
    const left = { x: EDGE.left - 6, y: toY(value) + 4, "text-anchor": "end" };
    const below = { x: toX(value), y: SIZE - EDGE.bottom + 14, "text-anchor": "middle" };
    parts.push(svgElement("text", left, words), svgElement("text", below, words));
  }
  parts.push(svgElement("text", { x: 2, y: 12 }, "new state h(t)"));
  const below = { x: toX(0), y: SIZE - 4, "text-anchor": "middle" };
  parts.push(svgElement("text", below, "old state h(t − 1)"));
  return parts;
}
