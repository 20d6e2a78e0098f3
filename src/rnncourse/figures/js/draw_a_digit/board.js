// A board to draw on, with a mouse, a finger or a pen.

import { svgElement } from "../base/dom.js";

const SIZE = 100; // in the picture's own units
const LEAST_STEP = 0.006; // of the board: what is nearer to the last point adds nothing

/**
 * @param {object} options
 * @param {() => void} options.onBegin A stroke begins.
 * @param {(points: number[][]) => void} options.onDraw It goes on: its points so far, in 0 … 1.
 * @param {() => void} options.onCancel It was none.
 * @returns `root`, and `update(strokes, hint)`.
 */
export function drawingBoard({ onBegin, onDraw, onCancel }) {
  const lines = svgElement("g");
  const words = svgElement("text", { x: SIZE / 2, y: SIZE / 2, "text-anchor": "middle" });
  const root = svgElement(
    "svg",
    { class: "rnnbook-digit-board", role: "img", viewBox: `0 0 ${SIZE} ${SIZE}` },
    words,
    lines,
  );
  let held = null;

  function add({ clientX, clientY }) {
    const { left, top, width, height } = root.getBoundingClientRect();
    const within = (part) => Number(Math.min(Math.max(part, 0), 1).toFixed(4));
    const next = [within((clientX - left) / width), within((clientY - top) / height)];
    const last = held.points.at(-1);
    if (last && Math.hypot(next[0] - last[0], next[1] - last[1]) < LEAST_STEP) return;
    held.points.push(next);
  }
  root.addEventListener("pointerdown", (event) => {
    if (held || event.button !== 0) return;
    event.preventDefault();
    held = { id: event.pointerId, points: [] };
    root.setPointerCapture(held.id);
    onBegin();
    add(event);
    onDraw(held.points);
  });
  root.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.id) return;
    const { length } = held.points;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) add(one);
    if (held.points.length > length) onDraw(held.points);
  });
  root.addEventListener("pointerup", ({ pointerId }) => {
    if (pointerId === held?.id) held = null;
  });
  root.addEventListener("pointercancel", ({ pointerId }) => {
    if (pointerId !== held?.id) return;
    held = null;
    onCancel();
  });

  return {
    root,
    update(strokes, hint) {
      words.textContent = strokes.length ? "" : hint;
      const count = strokes.length === 1 ? "1 stroke" : `${strokes.length} strokes`;
      root.setAttribute("aria-label", strokes.length ? `Your drawing: ${count}` : hint);
      const at = ([x, y]) => `${SIZE * x} ${SIZE * y}`;
      lines.replaceChildren(
        ...strokes.map((points) =>
          svgElement("path", { d: `M${[points[0], ...points].map(at).join("L")}` }),
        ),
      );
    },
  };
}
