// One step of the unrolled row: a bar and a number above its state, the factor that led to it, its input.

import { element, formatNumber } from "../base/dom.js";
import { shortNumber } from "./words.js";

/**
 * @param {number} t Its place, from 0.
 * @returns `root` and `update(now)`; what is null is not drawn, and a bar of the size `full` fills
 *   its place.
 */
export function rowColumn(t) {
  const bar = element("span", { class: "rnnbook-row-bar" });
  const number = element("span", { class: "rnnbook-row-above" });
  const state = element("span", { class: "rnnbook-row-state" });
  const factor = element("span", { class: "rnnbook-row-factor" });
  const input = element("span", { class: "rnnbook-row-input" });
  const root = element(
    "div",
    { class: "rnnbook-row-step", "data-step": String(t + 1) },
    element("span", { class: "rnnbook-row-well" }, bar),
    number,
    state,
    factor,
    input,
  );
  return {
    root,
    update({ x, h, factor: slope = null, above, full = 1 }) {
      const share = Math.abs(above ?? 0) / full;
      bar.style.height = `${100 * Math.min(share, 1)}%`;
      bar.classList.toggle("rnnbook-row-over", share > 1.005);
      number.textContent = above === null ? "" : shortNumber(above);
      state.textContent = h === null ? "…" : h.toFixed(2).replace("-", "−");
      state.style.setProperty("--strength", `${Math.round(40 * Math.abs(h ?? 0))}%`);
      state.classList.toggle("rnnbook-row-minus", (h ?? 0) < 0);
      factor.textContent = slope === null ? "" : `×${shortNumber(slope)}`;
      input.textContent = formatNumber(x, Math.abs(x) < 0.1 && x !== 0 ? 3 : 1);
    },
  };
}
