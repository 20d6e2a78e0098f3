// Step through a cell: its equations with every number put in, one step at a time.

import { button, radios } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { lineChart } from "./base/line_chart.js";
import { clampControls, inputTable, oneClamp, weightTables } from "./step_through/fields.js";
import { equationLines } from "./step_through/lines.js";
import { runCell } from "./step_through/numbers.js";
import { outputLines, stateLines, stateTable, traceRows } from "./step_through/states.js";
import { spoken, stepInWords, entryName } from "./step_through/words.js";

const CHANGING = ["x", "weights", "t", "unit", "clamps"];
const LONGEST = 16; // steps

/**
 * The figure. Its traits: `kind`, `nonlinearity`, `reset_after`, `question` stay; `x`, `weights`,
 * `t` (steps taken), `unit` (from 0) and `clamps` are the reader's to change, and the kernel's.
 * `input_names` are D words for the inputs, or none. With `all_steps` a table has every step's gates
 * and states, one clamp is in sight, and the equations are folded.
 */
export function render({ model, el }) {
  const started = Object.fromEntries(CHANGING.map((name) => [name, model.get(name)]));
  const fixed = {
    kind: model.get("kind"),
    nonlinearity: model.get("nonlinearity"),
    resetAfter: model.get("reset_after"),
  };
  const H = started.weights.U[0].length;
  const inputNames = model.get("input_names") ?? []; // pages made before there were names
  const allSteps = model.get("all_steps") ?? false;
  let ours = false; // whether a change comes from a hand on this figure

  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => change(started, () => `Everything is as it was. ${told()}`),
    values: () => charts.map((shown) => shown.values()),
  });

  const inputs = inputTable({ names: inputNames, onChange: editInput });
  const step = button({ label: "Step", primary: true, onClick: forward });
  const back = button({ label: "Back", onClick: () => moveTo(model.get("t") - 1) });
  const toStart = button({ label: "To the start", onClick: () => moveTo(0) });
  const longer = button({ label: "Add a step", onClick: lengthen });
  const shorter = button({ label: "Drop the last step", onClick: shorten });
  frame.buttons.prepend(step.root, back.root, toStart.root);

  const units = radios({
    label: "Show the numbers of",
    options: Array.from({ length: H }, (_, unit) => [String(unit), `unit ${unit + 1}`]),
    value: String(started.unit),
    onChange: (unit) => change({ unit: Number(unit) }, told),
  });
  const clamps = (allSteps ? oneClamp : clampControls)({
    kind: fixed.kind,
    onChange: clamp,
  });
  const weights = weightTables({
    ...fixed,
    inputNames,
    weights: started.weights,
    onChange: editWeight,
  });
  const states = element("div", { class: "rnnbook-step-wide" });
  const equations = element("div");
  const nothing = { label: "", domain: [0, 1] };
  const chart = lineChart({ height: 170, labels: 40, x: nothing, y: nothing });
  const hasOutput = started.weights.V?.length === 1;
  const output = hasOutput ? lineChart({ height: 130, labels: 40, x: nothing, y: nothing }) : null;
  const charts = [...(allSteps && output ? [] : [chart]), ...(output ? [output] : [])];

  frame.controls.replaceWith(
    element(
      "div",
      {},
      inputs.root,
      allSteps ? null : element("div", { class: "rnnbook-buttons" }, longer.root, shorter.root),
      H > 1 ? units.root : null,
    ),
  );
  // The words stand by the buttons: on a phone the equations push the end off the screen.
  frame.stage.before(frame.root.querySelector(".rnnbook-says"));
  frame.stage.append(
    ...(clamps.root ? [clamps.root] : []),
    allSteps
      ? element("div", {}, ...charts.map(({ root }) => root))
      : element(
          "div",
          { class: "rnnbook-step-overview" },
          states,
          element("div", {}, ...charts.map(({ root }) => root)),
        ),
    allSteps
      ? element("details", {}, element("summary", {}, "The equations of this step"), equations)
      : equations,
    element(
      "details",
      {},
      element("summary", {}, "The weights: look at them, change them"),
      weights.root,
    ),
  );

  const cell = () => ({ ...fixed, weights: model.get("weights"), clamps: model.get("clamps") });
  const run = () => runCell(cell(), model.get("x"));
  const lastStep = () => model.get("x").length;

  /** What the last step did, in words. */
  function told() {
    const t = model.get("t");
    if (t === 0) return "No step is taken yet: the state is 0. Press Step.";
    return stepInWords(cell(), run()[t - 1], t, model.get("unit"));
  }

  /** Clamp, and say what becomes of the answer, or of the state where there is none. */
  function clamp(next, words) {
    const before = lastState();
    const answer = lastAnswer();
    change({ clamps: next }, () => {
      const now = lastAnswer();
      if (now === null) return `${words}${since(before)}`;
      const was = spoken(now) === spoken(answer) ? "as before" : `it was ${spoken(answer)}`;
      return `${words} The answer at step ${model.get("t")} is ${spoken(now)}; ${was}.`;
    });
  }

  function change(traits, words) {
    ours = true;
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    ours = false;
    model.save_changes();
    draw();
    frame.say(words());
  }

  function moveTo(t) {
    if (t < 0) frame.say("This is the start.");
    else change({ t }, told);
  }

  function forward() {
    const t = model.get("t") + 1;
    if (t <= lastStep()) moveTo(t);
    else frame.say(`All ${lastStep()} steps are taken. Change an input, or go back to the start.`);
  }

  function editInput(k, d, value, said) {
    const x = model.get("x").map((x_t) => [...x_t]);
    x[k][d] = value;
    const before = lastState();
    const words = `${said} is now ${spoken(value)}.`;
    const taken = k < model.get("t");
    change({ x }, () => words + (taken ? since(before) : " This step is still to come."));
  }

  function editWeight({ name, row, column, label }, value) {
    const next = { ...model.get("weights") };
    next[name] = next[name].map((old) => (Array.isArray(old) ? [...old] : old));
    if (column === null) next[name][row] = value;
    else next[name][row][column] = value;
    const before = lastState();
    change({ weights: next }, () => `${label} is now ${spoken(value)}.${since(before)}`);
  }

  /** The state on show of the chosen unit, after the steps taken. */
  function lastState() {
    const t = model.get("t");
    return t === 0 ? 0 : run()[t - 1].after.h[model.get("unit")];
  }

  /** The single output at the step on show, if there is one. */
  function lastAnswer() {
    const t = model.get("t");
    return hasOutput && t > 0 ? run()[t - 1].y[0] : null;
  }

  function since(before) {
    const t = model.get("t");
    const letter = entryName("h", model.get("unit"), H);
    const now = lastState();
    if (t === 0) return " No step is taken yet.";
    const words = ` After step ${t}, ${letter} is ${spoken(now)}`;
    if (spoken(now) === spoken(before)) return `${words}, as before.`;
    return `${words}; it was ${spoken(before)}.`;
  }

  function lengthen() {
    const x = model.get("x");
    if (x.length >= LONGEST) frame.say(`There is room for ${LONGEST} steps here, no more.`);
    else {
      const next = [...x, x[0].map(() => 0)];
      change({ x: next }, () => `Step ${lastStep()} is added; its input is 0.`);
    }
  }

  function shorten() {
    const x = model.get("x").slice(0, -1);
    if (x.length === 0) frame.say("One step must be left.");
    else {
      const t = Math.min(model.get("t"), x.length);
      change({ t, x }, () => `The last step is dropped; ${lastStep()} are left.`);
    }
  }

  function draw() {
    const [t, unit, x] = [model.get("t"), model.get("unit"), model.get("x")];
    const steps = run();
    inputs.update(x, t, allSteps ? traceRows(fixed.kind, steps, unit, model.get("clamps")) : []);
    units.value = String(unit);
    clamps.update(model.get("clamps"));
    weights.update(model.get("weights"));
    states.replaceChildren(stateTable(steps, t, unit));
    // Before the first step the equations are those of the step to come.
    const shown = Math.max(t, 1);
    equations.replaceChildren(
      t === 0 ? element("p", {}, "The first step, once you press Step:") : "",
      equationLines(cell(), steps[shown - 1], shown, unit),
    );
    chart.update(stateLines(fixed.kind, steps, t, unit));
    const free = Object.keys(model.get("clamps")).length > 0 ? runCell({ ...cell(), clamps: {} }, x) : null;
    output?.update(outputLines(steps, t, free));
  }

  function onChange() {
    if (ours) return;
    draw();
    frame.say(told());
  }
  for (const name of CHANGING) model.on(`change:${name}`, onChange);
  draw();
  frame.say(told());

  return () => {
    for (const name of CHANGING) model.off(`change:${name}`, onChange);
    chart.destroy();
    output?.destroy();
    frame.destroy();
  };
}
