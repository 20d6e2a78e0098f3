// What a reader turns: in sight who balances and its memory, folded the rest.

import { button, choice, slider, toggle } from "../base/controls.js";
import { element } from "../base/dom.js";

const LENGTHS = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1]; // of half the pole, in metres

/**
 * @param {object} settings
 * @param {string[]} names Of the policies.
 * @param {object} on `change(settings)`, `again()`: the run begins anew.
 * @returns `inSight` and `folded` (elements), `show(settings)`.
 */
export function balanceSettings(settings, names, { change, again }) {
  const made = {
    chosen: choice({
      label: "Who balances",
      options: names.map((name, k) => [String(k), name]),
      value: settings.chosen,
      onChange: (k) => change({ chosen: Number(k) }),
    }),
    frozen: toggle({
      label: "Freeze its memory",
      value: settings.frozen,
      onChange: (frozen) => change({ frozen }),
    }),
    noise: slider({
      label: "Noise on what it sees",
      value: settings.noise,
      min: 0,
      max: 0.3,
      step: 0.02,
      onInput: (noise) => change({ noise }),
    }),
    length: slider({
      label: "Pole",
      value: settings.length,
      values: LENGTHS,
      format: (half) => `${2 * half}\u00a0m long`,
      onInput: (length) => change({ length }),
    }),
    push_force: slider({
      label: "A push",
      value: settings.push_force,
      min: 2.5,
      max: 20,
      step: 2.5,
      format: (newtons) => `${newtons}\u00a0N for 0.1\u00a0s`,
      onInput: (newtons) => change({ push_force: newtons }),
    }),
    slow: toggle({
      label: "Slow motion",
      value: settings.slow,
      onChange: (slow) => change({ slow }),
    }),
  };
  const anew = button({ label: "Let it begin again", onClick: again });
  const { noise, length, push_force, slow } = made;
  const parts = [noise, length, push_force, slow, anew].map(({ root }) => root);
  return {
    inSight: [made.chosen.root, made.frozen.root],
    folded: element(
      "details",
      { class: "rnnbook-cart-settings" },
      element("summary", {}, "Settings"),
      element("div", { class: "rnnbook-controls" }, ...parts),
    ),
    show(now) {
      for (const [name, control] of Object.entries(made)) control.value = now[name];
    },
  };
}
