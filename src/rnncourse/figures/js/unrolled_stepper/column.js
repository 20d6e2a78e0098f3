// One step of the row on the way back: what is left above its state, the factor that led to it, its input.

import { element, formatNumber } from "../base/dom.js";
import { shortNumber } from "./words.js";

/** A box that holds a state: `root` and `show(h)`, where null is a state yet to come. */
export function stateBox() {
  const root = element("span", { class: "rnnbook-row-state" });
  return {
    root,
    show(h) {
      root.textContent = h === null ? "…" : h.toFixed(2).replace("-", "−");
      root.style.setProperty("--strength", `${Math.round(40 * Math.abs(h ?? 0))}%`);
      root.classList.toggle("rnnbook-row-minus", (h ?? 0) < 0);
    },
  };
}

/**
 * @param {number} t Its place, from 0.
 * @returns `root` and `update(now)`; what is null is not drawn, and a bar of the size `full` fills
 *   its place.
 */
export function rowColumn(t) {
  const bar = element("span", { class: "rnnbook-row-bar" });
  const number = element("span", { class: "rnnbook-row-above" });
  const state = stateBox();
  const factor = element("span", { class: "rnnbook-row-factor" });
  const input = element("span", { class: "rnnbook-row-input" });
  const root = element(
    "div",
    { class: "rnnbook-row-step", "data-step": String(t + 1) },
    element("span", { class: "rnnbook-row-well" }, bar),
    number,
    state.root,
    factor,
    input,
  );
  return {
    root,
    update({ x, h, factor: slope, above, full }) {
      const share = Math.abs(above ?? 0) / full;
      bar.style.height = `${100 * Math.min(share, 1)}%`;
      bar.classList.toggle("rnnbook-row-over", share > 1.005);
      number.textContent = above === null ? "" : shortNumber(above);
      state.show(h);
      factor.textContent = slope === null ? "" : `×${shortNumber(slope)}`;
      input.textContent = formatNumber(x, Math.abs(x) < 0.1 && x !== 0 ? 3 : 1);
    },
  };
}
