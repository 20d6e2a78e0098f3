// What a reader turns: in sight what decides the race, folded what comes after.

import { choice, radios } from "../base/controls.js";
import { element } from "../base/dom.js";

const RATES = [
  [0.25, "a quarter of the tuned ones"],
  [0.5, "half the tuned ones"],
  [1, "as tuned"],
  [2, "twice the tuned ones"],
  [4, "four times the tuned ones"],
];
const RULES =
  "Every cell has the same data, batches of 16 sequences, Adam, gradients clipped at length 1 and " +
  "torch's random start. Its learning rate is its own: the best that it had on five other seeds.";

/**
 * A control for each setting: `inSight` and `folded` (elements), and `show(settings)`.
 *
 * @param {object} settings
 * @param {Array<[string, string]>} tasks Names and titles.
 * @param {(change: object) => void} onChange
 */
export function raceSettings(settings, tasks, onChange) {
  const made = (make, name, label, options) => {
    const pass = (value) => onChange({ [name]: name === "rate" ? Number(value) : value });
    return [name, make({ label, options, value: settings[name], onChange: pass })];
  };
  const seen = [
    made(radios, "match", "The cells have the same", [
      ["size", "size H"],
      ["weights", "number of weights"],
    ]),
    made(radios, "axis", "Measured in", [
      ["updates", "updates"],
      ["seconds", "seconds"],
    ]),
  ];
  const more = [
    made(choice, "task", "Task", tasks),
    made(choice, "rate", "Learning rates", RATES),
  ];
  const rootsOf = (controls) => controls.map(([, control]) => control.root);
  const folded = element(
    "details",
    { class: "rnnbook-race-settings" },
    element("summary", {}, "Settings"),
    element("div", { class: "rnnbook-controls" }, ...rootsOf(more)),
    element("p", {}, RULES),
  );
  return {
    inSight: rootsOf(seen),
    folded,
    show(now) {
      for (const [name, control] of [...seen, ...more]) control.value = now[name];
    },
  };
}
