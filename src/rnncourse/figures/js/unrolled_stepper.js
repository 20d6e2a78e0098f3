// One unit unrolled: its states forwards, and a gradient that is multiplied on its way back.

import { button, slider } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { followSettings } from "./base/settings.js";
import { walkUnit } from "./cobweb/unit.js";
import { rowColumn } from "./unrolled_stepper/column.js";
import { foldingRow } from "./unrolled_stepper/folding.js";
import {
  clippedInWords,
  LEGENDS,
  QUESTIONS,
  rowInWords,
  stepInWords,
} from "./unrolled_stepper/words.js";

const NAMES = {
  forwards: ["u", "steps"],
  backwards: ["u", "loudness", "back"],
  clipped: ["u", "loudness", "clip"],
};

/** See `UnrolledStepper` in Python for the traits. */
export function render({ model, el }) {
  const inputs = model.get("x");
  const last = inputs.length - 1;
  const kind = model.get("clip") > 0 ? "clipped" : model.get("direction");
  const forwards = kind === "forwards";
  const names = NAMES[kind];
  const followed = forwards ? [...names, "loudness", "folded"] : names;
  const { begin, change, now, release } = followSettings(model, followed, update);
  const frame = figureFrame(el, { question: QUESTIONS[kind], onReset: () => change(begin), values });
  let drawn = null; // what stands there
  const number = (name, label, min, max, step) =>
    slider({ label, value: begin[name], min, max, step, onInput: (v) => change({ [name]: v }) });
  const ranges = {
    u: ["Recurrent weight u", -3, 3, 0.1],
    // Quiet inputs leave the unit where it is steep, so that gradients can explode.
    loudness: ["Loudness of the inputs", 0, ...(kind === "clipped" ? [0.3, 0.01] : [3, 0.1])],
    steps: ["Steps read", 0, last + 1, 1],
    back: ["Steps back", 0, last, 1],
    clip: ["Clip the gradient of b at", 1, 50, 1],
  };
  const controls = Object.fromEntries(names.map((name) => [name, number(name, ...ranges[name])]));
  frame.controls.append(...Object.values(controls).map(({ root }) => root));
  const draw = forwards ? drawForwards() : drawBackwards();

  function drawForwards() {
    const fold = button({ label: "", onClick: () => change({ folded: !now().folded }) });
    frame.buttons.prepend(fold.root);
    frame.controls.append(frame.buttons); // in one line: a first screen has little room
    frame.controls.classList.add("rnnbook-row-controls");
    const copies = foldingRow(inputs.length);
    frame.stage.append(copies.root);
    return (row, { steps, folded }) => {
      fold.label = folded ? "Unroll" : "Fold";
      copies.update({ ...row, steps, folded });
      frame.say(stepInWords(row, steps, folded));
    };
  }

  function drawBackwards() {
    const columns = inputs.map((_, t) => rowColumn(t));
    const roots = columns.map(({ root }) => root);
    frame.stage.append(
      element("div", { class: "rnnbook-row", "aria-hidden": "true" }, ...roots),
      element("p", { class: "rnnbook-legend" }, LEGENDS[kind]),
    );
    return (row, { back = last, clip }) => {
      const left = leftOf(row);
      const full = clip ? Math.max(...left.map(Math.abs)) : 1;
      columns.forEach((one, t) => {
        const factor = t === 0 ? null : row.slopes[t];
        const above = t >= last - back ? left[t] : null;
        one.update({ x: row.x[t], h: row.h[t + 1], factor, above, full });
      });
      frame.say(clip ? clippedInWords(row, left, clip) : rowInWords(row, left, back));
    };
  }

  /** What is left of a gradient of 1 at the last step, at each step. */
  function leftOf({ slopes }) {
    const left = inputs.map(() => 1);
    for (let t = last - 1; t >= 0; t -= 1) left[t] = left[t + 1] * slopes[t + 1];
    return left;
  }

  function values() {
    const { x, h, slopes } = drawn;
    const left = leftOf(drawn);
    const backwards = ["slope from the step before", "left of the gradient"];
    return [
      {
        caption: "Each step of the row.",
        head: ["step t", "input x", "state h", ...(forwards ? [] : backwards)],
        rows: x.map((input, t) => [
          t + 1,
          input,
          forwards && t >= now().steps ? NaN : h[t + 1],
          ...(forwards ? [] : [t === 0 ? NaN : slopes[t], left[t]]),
        ]),
      },
    ];
  }

  function update() {
    for (const [name, control] of Object.entries(controls)) {
      if (control.value !== model.get(name)) control.value = model.get(name);
    }
    const settings = now();
    const { u, loudness } = settings;
    const x = inputs.map((input) => loudness * input);
    drawn = { u, x, ...walkUnit({ u, b: 0, x, alpha: inputs.map(() => 1) }) };
    draw(drawn, settings);
  }

  update();
  return () => {
    release();
    frame.destroy();
  };
}
