// The shell of every picture: as wide as its place, and drawn anew when that changes.

import { svgElement } from "./dom.js";

/**
 * Call `draw(width)` when the element gets another width, in whole pixels.
 *
 * @returns {() => void} Ends it.
 */
export function followWidth(root, draw) {
  let width = 0;
  const observer = new ResizeObserver(([{ contentRect }]) => {
    const next = Math.round(contentRect.width);
    if (next === width) return;
    width = next;
    draw(width);
  });
  observer.observe(root);
  return () => observer.disconnect();
}

/**
 * A picture in SVG.
 *
 * @param {object} options
 * @param {number} options.height In pixels.
 * @param {object} [options.state] What it shows before the first update, if it shows anything then.
 * @param {(state: object, width: number) => Node[]} options.draw
 * @param {(state: object) => {head: string[], rows: Array[]}} options.table What it shows, as a
 *   table for `figureFrame`.
 *
 * `update` takes what has changed in the state, among it `label`, the picture in words; `values()`
 * is the table, with that label above it.
 */
export function svgChart({ height, state = null, draw, table }) {
  const root = svgElement("svg", { class: "rnnbook-chart", role: "img", height, width: "100%" });
  let width = 0;

  function redraw() {
    if (!width || !state) return;
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.setAttribute("aria-label", state.label);
    root.replaceChildren(...draw(state, width));
  }
  const destroy = followWidth(root, (next) => {
    width = next;
    redraw();
  });
  return {
    root,
    destroy,
    update(change) {
      state = { ...state, ...change };
      redraw();
    },
    values: () => ({ caption: state.label, ...table(state) }),
  };
}
