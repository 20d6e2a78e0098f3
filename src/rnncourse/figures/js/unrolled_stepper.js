// One unit unrolled: states forwards, and a gradient that is multiplied on its way back.

import { slider } from "./base/controls.js";
import { element, formatNumber } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { walkUnit } from "./cobweb/unit.js";
import { rowInWords, shortNumber } from "./unrolled_stepper/words.js";

const LEGEND =
  "Bars: what is left of the gradient. Boxes: the states, dashed where negative. " +
  "×: the factor of a step, u (1 − h²). Below: the inputs.";
const SETTINGS = ["u", "loudness", "back"];

/** See `UnrolledStepper` in Python for the traits. */
export function render({ model, el }) {
  const begin = Object.fromEntries(SETTINGS.map((name) => [name, model.get(name)]));
  const inputs = model.get("x");
  const last = inputs.length - 1;
  const frame = figureFrame(el, {
    question: "How much of the gradient at the last state arrives at the first? Change u, then the inputs.",
    onReset: () => change(begin),
  });
  const number = (label, name, min, max, step) =>
    slider({ label, value: begin[name], min, max, step, onInput: (v) => change({ [name]: v }) });
  const controls = {
    u: number("Recurrent weight u", "u", -3, 3, 0.1),
    loudness: number("Loudness of the inputs", "loudness", 0, 3, 0.1),
    back: number("Steps back", "back", 0, last, 1),
  };
  frame.controls.append(...Object.values(controls).map(({ root }) => root));
  const columns = inputs.map((_, t) => column(t));
  frame.stage.append(
    element("div", { class: "rnnbook-row", "aria-hidden": "true" }, ...columns.map((c) => c.root)),
    element("p", { class: "rnnbook-legend" }, LEGEND),
  );

  let listening = true;
  function change(settings) {
    listening = false;
    for (const [name, value] of Object.entries(settings)) model.set(name, value);
    model.save_changes();
    listening = true;
    update();
  }

  function update() {
    const { u, loudness, back } = Object.fromEntries(SETTINGS.map((n) => [n, model.get(n)]));
    for (const [name, control] of Object.entries(controls)) {
      if (control.value !== model.get(name)) control.value = model.get(name);
    }
    const x = inputs.map((input) => loudness * input);
    const { h, slopes } = walkUnit({ w: u, b: 0, x, alpha: inputs.map(() => 1) });
    const left = inputs.map(() => 1);
    for (let t = last - 1; t >= 0; t -= 1) left[t] = left[t + 1] * slopes[t + 1];
    columns.forEach((one, t) => {
      const reached = t >= last - back;
      one.update({ x: x[t], h: h[t + 1], factor: slopes[t], left: reached ? left[t] : null });
    });
    frame.say(rowInWords({ u, h: h.slice(1), left, back }));
  }

  const heard = () => listening && update();
  for (const name of SETTINGS) model.on(`change:${name}`, heard);
  update();
  return () => {
    for (const name of SETTINGS) model.off(`change:${name}`, heard);
    frame.destroy();
  };
}

// One step: what of the gradient is here, the state, the factor that led to it, its input.
function column(t) {
  const bar = element("span", { class: "rnnbook-row-bar" });
  const share = element("span", { class: "rnnbook-row-left" });
  const state = element("span", { class: "rnnbook-row-state" });
  const factor = element("span", { class: "rnnbook-row-factor" });
  const input = element("span", { class: "rnnbook-row-input" });
  const root = element(
    "div",
    { class: "rnnbook-row-step" },
    element("span", { class: "rnnbook-row-well" }, bar),
    share,
    state,
    factor,
    input,
  );
  return {
    root,
    update(now) {
      const size = now.left === null ? 0 : Math.min(Math.abs(now.left), 1);
      bar.style.height = `${100 * size}%`;
      bar.classList.toggle("rnnbook-row-over", Math.abs(now.left ?? 0) > 1.005);
      share.textContent = now.left === null ? "" : shortNumber(now.left);
      state.textContent = now.h.toFixed(2).replace("-", "−");
      state.style.setProperty("--strength", `${Math.round(40 * Math.abs(now.h))}%`);
      state.classList.toggle("rnnbook-row-minus", now.h < 0);
      factor.textContent = t === 0 ? "" : `×${shortNumber(now.factor)}`;
      input.textContent = formatNumber(now.x, 1);
    },
  };
}
