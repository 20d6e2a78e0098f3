// The row forwards: a copy of the unit for each step, which fold into the one unit with its loop.

import { element, formatNumber, svgElement } from "../base/dom.js";
import { stateBox } from "./column.js";

const AROUND = "M 88 48 H 102 Q 110 48 110 40 V 14 Q 110 6 102 6 H 18 Q 10 6 10 14 V 40 Q 10 48 18 48 H 28";
const HEAD = "M 34 48 L 25 43.5 V 52.5 Z";

/**
 * @param {number} count How many steps it has.
 * @returns `root` and `update({ x, h, u, steps, folded })`, with `h` from h_0; steps after `steps`
 *   are yet to come.
 */
export function foldingRow(count) {
  const copies = Array.from({ length: count }, (_, t) => copy(t, (count - 1) / 2 - t));
  const again = element("span", { class: "rnnbook-row-again" });
  const loop = element(
    "div",
    { class: "rnnbook-row-loop" },
    svgElement(
      "svg",
      { viewBox: "0 0 120 60" },
      svgElement("path", { d: AROUND, fill: "none", stroke: "currentcolor", "stroke-width": 1.5 }),
      svgElement("path", { d: HEAD, fill: "currentcolor" }),
    ),
    again,
  );
  const root = element(
    "div",
    { class: "rnnbook-row rnnbook-row-folding", "aria-hidden": "true" },
    ...copies.map((one) => one.root),
    loop,
  );
  return {
    root,
    update({ x, h, u, steps, folded }) {
      const factor = `×${formatNumber(u, 2)}`;
      again.textContent = factor;
      root.classList.toggle("rnnbook-row-folded", folded);
      copies.forEach((one, t) => {
        one.update({ x: x[t], h: t < steps ? h[t + 1] : null, factor });
        one.root.classList.toggle("rnnbook-row-now", t === Math.max(steps - 1, 0));
      });
    },
  };
}

function copy(t, toMiddle) {
  const state = stateBox();
  const factor = element("span", { class: "rnnbook-row-factor" });
  const input = element("span", {});
  const named = (letter) => [element("var", {}, letter), element("sub", {}, String(t + 1))];
  const root = element(
    "div",
    { class: "rnnbook-row-step", "data-step": String(t + 1), style: { "--to-middle": toMiddle } },
    element("span", { class: "rnnbook-row-name" }, ...named("h")),
    state.root,
    element("span", { class: "rnnbook-row-up" }, "↑"),
    element(
      "span",
      { class: "rnnbook-row-input" },
      element("span", { class: "rnnbook-row-equals" }, ...named("x"), " = "),
      input,
    ),
    ...(t === 0 ? [] : [element("span", { class: "rnnbook-row-arrow" }), factor]),
  );
  return {
    root,
    update({ x, h, factor: words }) {
      state.show(h);
      factor.textContent = words;
      input.textContent = formatNumber(x, 2);
    },
  };
}
