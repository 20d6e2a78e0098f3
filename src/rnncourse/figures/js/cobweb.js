// The cobweb of one unit: store safely, or keep the gradient? And then a gate.

import { button, slider, toggle } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { followSettings } from "./base/settings.js";
import { lineChart } from "./base/line_chart.js";
import { Random } from "./engine/random.js";
import { cobwebDiagram } from "./cobweb/diagram.js";
import { fixedPoints, gradientSincePulse, heldSigns, walkUnit } from "./cobweb/unit.js";
import { sizeInWords, walkInWords } from "./cobweb/words.js";

const SETTINGS = ["u", "b", "noise", "pulse", "gate", "step", "draws"];
const LARGEST_WEIGHT = 4;

/** See `Cobweb` in Python for the traits. */
export function render({ model, el }) {
  const { begin, change, now, release } = followSettings(model, SETTINGS, update);
  const pulses = model.get("pulses"); // [[step, sign], …]
  const steps = begin.draws.length;
  let seed = 0;
  const frame = figureFrame(el, {
    question: "Is there a u that holds against the noise, turns at the pulses, and keeps the gradient?",
    onReset: () => {
      seed = 0;
      change(begin);
    },
    values: () => [states.values(), gradients.values()],
  });
  const number = (label, name, min, max, step) =>
    slider({ label, value: begin[name], min, max, step, onInput: (v) => change({ [name]: v }) });
  const controls = {
    u: number("Weight u (or drag the curve)", "u", 0, LARGEST_WEIGHT, 0.05),
    b: number("Bias b", "b", -1, 1, 0.05),
    noise: number("Size of the noise", "noise", 0, 1, 0.05),
    pulse: number("Size of the pulses", "pulse", 0, 6, 0.25),
    step: number("Walk to step", "step", 1, steps, 1),
    gate: toggle({
      label: "Let a gate set the slope",
      value: begin.gate,
      onChange: (value) => change({ gate: value }),
    }),
  };
  const { u: weight, gate: door, ...others } = controls;
  frame.controls.append(weight.root, door.root);
  const draw = () => {
    seed += 1;
    const random = new Random(seed);
    change({ draws: begin.draws.map(() => Math.round(random.normal() * 1000) / 1000) });
  };
  frame.controls.after(settings(others, button({ label: "Other noise", onClick: draw })));

  const diagram = cobwebDiagram({
    onDrag: (u) => change({ u: Math.round(20 * Math.min(Math.max(u, 0), LARGEST_WEIGHT)) / 20 }),
  });
  const axis = { label: "step t", domain: [0, steps] };
  const options = { height: 165, labels: 64, x: axis };
  const states = lineChart({
    ...options,
    y: { label: "state h(t); the pulses as grey strokes", domain: [-1.05, 1.05] },
  });
  const gradients = lineChart({
    ...options,
    y: { label: "gradient since the last pulse", domain: [1e-16, 100], log: true },
  });
  frame.stage.append(
    element(
      "div",
      { class: "rnnbook-cobweb" },
      element("div", {}, diagram.root, legend()),
      element("div", { class: "rnnbook-cobweb-charts" }, states.root, gradients.root),
    ),
  );

  function update() {
    const { u, b, noise, pulse, gate, step, draws } = now();
    for (const [name, control] of Object.entries(controls)) {
      if (control.value !== model.get(name)) control.value = model.get(name);
    }
    const sign = new Map(pulses);
    const x = draws.map((draw, index) => noise * draw + pulse * (sign.get(index + 1) ?? 0));
    const alpha = draws.map((_, index) => (!gate || sign.has(index + 1) ? 1 : 0));
    const { h, slopes } = walkUnit({ u, b, x, alpha });
    const gradient = gradientSincePulse(slopes, [...sign.keys()]);
    const held = heldSigns(h, pulses);
    const open = alpha[step - 1];
    const rests = gate ? [] : fixedPoints(u, b); // behind a closed gate every state is at rest

    diagram.update({
      label:
        `One step as a curve, new state against old, at u = ${u}. ` +
        `${gate ? "" : restsInWords(rests)} At step ${step} the state goes from ` +
        `${h[step - 1].toFixed(2)} to ${h[step].toFixed(2)}; the slope of ` +
        `this step is ${slopes[step - 1].toFixed(2)}` +
        `${open === 0 ? ", as the closed gate makes the curve the diagonal" : ""}.`,
      free: (state) => Math.tanh(u * state + b),
      now: (state) => (1 - open) * state + open * Math.tanh(u * state + b + x[step - 1]),
      h,
      step,
      rests,
      bias: b,
    });
    const marks = pulses.map(([at, direction]) => ({
      name: "",
      color: "baseline",
      points: [
        [at, 0],
        [at, direction],
      ],
    }));
    const path = { name: "h", color: "simple", points: h.map((value, t) => [t, value]) };
    states.update({
      label: `The state over ${steps} steps. ${walkInWords({ held, gradient, gate, noise })}`,
      marker: step,
      series: [...marks, path],
      levels: [{ value: 0, name: "" }],
    });
    gradients.update({
      label:
        `The product of the slopes since the last pulse, on a logarithmic axis: ` +
        `${sizeInWords(gradient[steps - 1])} at the end.`,
      marker: step,
      levels: [{ value: 1, name: "" }],
      series: [
        {
          name: sizeInWords(gradient[steps - 1]).replace("about ", ""),
          color: "simple",
          points: gradient.flatMap((value, index) => {
            const point = [index + 1, Math.abs(value)];
            return sign.has(index + 1) ? [[index + 1, NaN], point] : [point];
          }),
        },
      ],
    });
    frame.say(walkInWords({ held, gradient, gate, noise }));
  }

  update();
  return () => {
    release();
    states.destroy();
    gradients.destroy();
    frame.destroy();
  };
}

/** What need not be touched at first, folded. */
function settings(others, again) {
  const inside = element(
    "div",
    { class: "rnnbook-controls" },
    ...[...Object.values(others), again].map(({ root }) => root),
  );
  const summary = element("summary", {}, "Bias, noise, pulses, and how far the walk goes");
  return element("details", { class: "rnnbook-cobweb-settings" }, summary, inside);
}

function legend() {
  const key = (name, words) =>
    element("span", {}, element("span", { class: `rnnbook-cobweb-key ${name}` }), words);
  return element(
    "p",
    { class: "rnnbook-legend" },
    key("rnnbook-cobweb-free-key", "a step with no input"),
    key("rnnbook-cobweb-now-key", "one step, with its noise or pulse"),
    key("rnnbook-cobweb-web-key", "the last steps up to it"),
    "● it comes back here after a push  ○ from here it goes to one side or the other",
  );
}

function restsInWords(rests) {
  const safe = rests.filter(({ stable }) => stable).map(({ h }) => h.toFixed(2));
  if (safe.length === 0) return "There is no place to which it comes back.";
  return `Without input it comes to rest at ${safe.join(" or at ")}.`;
}
