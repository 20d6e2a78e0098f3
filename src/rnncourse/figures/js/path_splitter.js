// The path splitter: the gradient through an LSTM's cell state, term by term.

import { button, choice, slider } from "./base/controls.js";
import { element, formatNumber } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { followSettings } from "./base/settings.js";
import { lineChart } from "./base/line_chart.js";
import { createCell } from "./engine/cells.js";
import { initialiseCell } from "./engine/initialise.js";
import { Random } from "./engine/random.js";
import { partsChart } from "./path_splitter/bars.js";
import { partsOfWhole, splitPaths, stretch, sumOfPaths } from "./path_splitter/paths.js";
import { describePaths } from "./path_splitter/words.js";

const SETTINGS = ["forget_bias", "weight_scale", "steps", "lag", "epsilon", "network"];
const STARTS = [
  ["As torch starts it: forget bias 0", { forget_bias: 0, epsilon: 1 }],
  ["Forget bias 1", { forget_bias: 1, epsilon: 1 }],
  ["Forget bias 3", { forget_bias: 3, epsilon: 1 }],
  ["no forget gate, detours cut (1997)", { forget_bias: 40, epsilon: 0 }],
];
const BIASES = [...Array.from({ length: 37 }, (_, k) => -3 + 0.25 * k), 40];

/** See `PathSplitter` in Python for the traits. */
export function render({ model, el }) {
  const { begin, change, quietly, release } = followSettings(model, SETTINGS, update);
  const frame = figureFrame(el, {
    question: "Which paths bring the gradient back?",
    onReset: () => change(begin),
    values: () => [bars.values(), lines.values()],
  });
  const set = (name) => (value) => change({ [name]: value });
  const trained = model.get("trained");
  const controls = {
    forget_bias: slider({
      label: trained ? "Added to the forget bias" : "Forget bias",
      value: begin.forget_bias,
      values: BIASES,
      format: (bias) => (bias < 40 ? formatNumber(bias) : "f = 1"),
      onInput: set("forget_bias"),
    }),
    weight_scale: slider({
      label: trained ? "Weights, times" : "Weight scale (1: as torch starts)",
      value: begin.weight_scale,
      min: 0,
      max: 6,
      step: 0.25,
      onInput: set("weight_scale"),
    }),
    steps: slider({
      label: "Steps T",
      value: begin.steps,
      min: 10,
      max: model.get("x").length,
      step: 5,
      onInput: set("steps"),
    }),
    lag: slider({
      label: "Lag: steps back from T",
      value: begin.lag,
      min: 1,
      max: begin.steps - 1,
      step: 1,
      onInput: set("lag"),
    }),
    epsilon: slider({
      label: "ε: the share of the gradient that each detour lets through",
      value: begin.epsilon,
      min: 0,
      max: 1,
      step: 0.05,
      onInput: set("epsilon"),
    }),
  };
  const { lag: back, ...numbers } = controls;
  const start = choice({
    label: "A start",
    options: [...STARTS.map(([words], k) => [String(k), words]), ["", "set by hand"]],
    value: "",
    onChange: (k) => k !== "" && change({ ...STARTS[Number(k)][1], weight_scale: 1 }),
  });
  if (!trained) frame.controls.append(start.root);
  const byHand = element("details", {}, element("summary", {}, "Set each number by hand"));
  byHand.append(...Object.values(numbers).map(({ root }) => root));
  frame.controls.append(back.root, byHand);
  if (!trained) {
    const another = () => change({ network: model.get("network") + 1 });
    frame.buttons.prepend(button({ label: "Another random network", onClick: another }).root);
  }
  const bars = partsChart();
  const lines = lineChart({
    height: 230,
    labels: 96,
    x: { label: "", domain: [0, 1] },
    y: { label: "", domain: [0.1, 1], log: true },
  });
  const about = element(
    "p",
    { class: "rnnbook-paths-about" },
    "A path goes straight along the cell state (m = 0), or makes m detours through h. Each bar is " +
      "what the paths with m detours add; what points across the whole cancels, and is not drawn. " +
      "The line adds the bars up.",
  );
  frame.stage.append(about, bars.root, lines.root);

  let terms = null; // terms[lag][m]

  function update(names = SETTINGS) {
    if (model.get("lag") >= model.get("steps")) quietly({ lag: model.get("steps") - 1 });
    controls.lag.input.max = String(model.get("steps") - 1);
    for (const [name, control] of Object.entries(controls)) {
      if (control.value !== model.get(name)) control.value = model.get(name);
    }
    start.value = chosenStart();
    if (!terms || names.some((name) => name !== "lag" && name !== "epsilon")) terms = split(model);
    drawBars();
    drawLines();
    const lag = model.get("lag");
    frame.say(describePaths({ terms: terms[lag], lag, epsilon: model.get("epsilon") }));
  }

  /** Which of the starts the settings are, or the empty one. */
  function chosenStart() {
    const is = ([name, value]) => model.get(name) === value;
    const k = STARTS.findIndex(([, set]) => Object.entries({ ...set, weight_scale: 1 }).every(is));
    return k < 0 ? "" : String(k);
  }

  function drawBars() {
    const lag = model.get("lag");
    const { whole, parts, shown } = partsOfWhole(terms[lag], model.get("epsilon"));
    const drawn = parts.slice(0, shown);
    const size = (value) => formatNumber(value, 2);
    const below = drawn.flatMap((part, m) => (part < -0.01 * whole ? [m] : []));
    bars.update({
      label:
        `What paths with m detours add to the gradient over ${lag} steps, m from 0 to ` +
        `${shown - 1}. Direct: ${size(parts[0])}. Largest: ${size(Math.max(...parts))}, with ` +
        `m = ${parts.indexOf(Math.max(...parts))}. ` +
        `${below.length ? `Below zero: m = ${below.join(", ")}. ` : ""}All: ${size(whole)}.`,
      xLabel: "m: how often a path passes through h",
      yLabel: `what m detours add, lag ${lag}`,
      parts: drawn,
      whole: { value: whole, lines: ["all paths", size(whole)] },
    });
  }

  function drawLines() {
    const epsilon = model.get("epsilon");
    const longest = terms.length - 1;
    const direct = terms.map((ofLag) => stretch(ofLag[0]));
    const whole = terms.map((ofLag) => stretch(sumOfPaths(ofLag, 1)));
    const sum = terms.map((ofLag) => stretch(sumOfPaths(ofLag, epsilon)));
    // ε moves lines, not the axis.
    const sizes = [...direct, ...whole].filter((size) => size > 0 && Number.isFinite(size));
    const low = decade(Math.min(...sizes), Math.floor);
    const line = (name, color, values, style = {}) => ({
      name,
      color,
      points: values.map((size, lag) => [lag, size < low ? NaN : size]),
      ...style,
    });
    const single = (m) =>
      terms.map((ofLag) => (m < ofLag.length ? epsilon ** m * stretch(ofLag[m]) : NaN));
    const series = [line("m = 0", "f", direct), line("all paths", "lstm", sum)];
    if (epsilon > 0) {
      series.push(line("m = 1", "baseline", single(1), { dashed: true }));
      series.push(line("m = 2", "baseline", single(2), { dots: true }));
    }
    if (epsilon < 1) series.push(line("all, ε = 1", "lstm", whole, { dashed: true }));
    lines.update({
      label:
        `Sizes over the lag, from 0 to ${longest}. All paths end at ` +
        `${formatNumber(sum[longest], 2)}, the direct path at ` +
        `${formatNumber(direct[longest], 2)}.`,
      x: { label: "lag: steps back from T", domain: [0, longest] },
      y: {
        label: "size of ∂c_T/∂c_t at every lag (1: all is kept)",
        domain: [low, decade(Math.max(...sizes), Math.ceil)],
        log: true,
      },
      series,
      marker: model.get("lag"),
    });
  }

  update();
  return () => {
    release();
    bars.destroy();
    lines.destroy();
    frame.destroy();
  };
}

function decade(value, round) {
  return 10 ** round(Math.log10(Math.max(value, 1e-300)));
}

/** Run the network that the traits describe, and split its gradient. */
function split(model) {
  const x = model.get("x");
  const weights = model.get("weights");
  const [T, D] = [model.get("steps"), x[0].length];
  const cell = createCell({ kind: "lstm", inputSize: D, hiddenSize: weights.U[0].length });
  let inputs = Float32Array.from(x.slice(0, T).flat());
  const seed = model.get("network");
  if (seed === 0) cell.load(weights);
  else {
    const random = new Random(seed);
    initialiseCell(cell, { forgetBias: 0 }, random);
    inputs = inputs.map(() => random.normal());
  }
  const { W, U, b } = cell.parameters;
  for (const matrix of [W, U]) {
    matrix.forEach((value, k) => {
      matrix[k] = model.get("weight_scale") * value;
    });
  }
  const H = cell.hiddenSize;
  for (let k = H; k < 2 * H; k++) b[k] += model.get("forget_bias");
  return splitPaths(cell, cell.forward(inputs, T, 1), T - 1);
}
