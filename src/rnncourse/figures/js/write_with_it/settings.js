// What a person sets: the temperature in sight, what cuts the draw short and its seed folded.

import { numberField, slider } from "../base/controls.js";
import { element, formatNumber } from "../base/dom.js";

const MOST_KEPT = [1, 2, 3, 5, 10, 20, 40];
const CUTS =
  "Top-k lets the k likeliest characters be drawn. Top-p then keeps the fewest of them that have " +
  "so much of the probability together. A text, settings and a seed have one continuation.";

/**
 * A control for each setting: `temperature` and `folded` (elements), and `show(settings)`.
 *
 * @param {object} settings
 * @param {number} K How many characters can be written.
 * @param {(change: object) => void} onChange
 */
export function drawSettings(settings, K, onChange) {
  const pass = (name) => (value) => onChange({ [name]: value });
  const made = (name, make, options) => {
    const heard = make === slider ? { onInput: pass(name) } : { onChange: pass(name) };
    return make({ value: settings[name], ...options, ...heard });
  };
  const controls = {
    temperature: made("temperature", slider, { label: "Temperature", min: 0.1, max: 2, step: 0.1 }),
    top_p: made("top_p", slider, {
      label: "Top-p (nucleus)",
      min: 0.1,
      max: 1,
      step: 0.05,
      format: (p) => (p === 1 ? "100\u00a0%: all" : `${Math.round(100 * p)}\u00a0%`),
    }),
    top_k: made("top_k", slider, {
      label: "Top-k",
      values: [...MOST_KEPT.filter((k) => k < K), K],
      format: (k) => (k === K ? `all ${K}` : formatNumber(k)),
    }),
    seed: made("seed", numberField, {
      label: "Seed of the draws",
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      step: 1,
    }),
  };
  const { temperature, ...folded } = controls;
  return {
    temperature: temperature.root,
    folded: element(
      "details",
      { class: "rnnbook-write-settings" },
      element("summary", {}, "Settings"),
      element(
        "div",
        { class: "rnnbook-controls" },
        ...Object.values(folded).map((control) => control.root),
      ),
      element("p", {}, CUTS),
    ),
    show(now) {
      for (const [name, control] of Object.entries(controls)) {
        if (control.value !== now[name]) control.value = now[name];
      }
    },
  };
}
