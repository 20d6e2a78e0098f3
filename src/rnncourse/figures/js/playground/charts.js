// The playground's pictures, each with `parts(show)`, `values()` and `destroy()`: `parts` gives functions
// that bring one part up to date each, so that no frame has to draw everything; `values` gives tables.
//
// `show` is what there is to see: `{ settings, runs, sample, quantity, span }`: `sample` is the
// number of a held-out sequence, `span` how many training steps there are from left to right.

import { element } from "../base/dom.js";
import { heatMap } from "../base/heat_map.js";
import { lineChart } from "../base/line_chart.js";
import { LABELS, colorOf, panel, shortName } from "./panel.js";
import { CELL_NAMES, sizeInWords } from "./words.js";

const NORMS = [1e-10, 1]; // one range of colours for all stories, so that they can be compared
const QUANTITY_NAMES = { x: "‖∂ℓ/∂xₜ‖", h: "‖∂ℓ/∂hₜ‖", c: "‖∂ℓ/∂cₜ‖" };
const STEP_LABEL = "training step";

/** Where the gradient arrives, at every step of training: one map for each cell. */
export function reachMaps() {
  const root = element("div", { class: "rnnbook-playground-maps" });
  let maps = [];
  let made = "";

  function make(runs) {
    maps.forEach(({ picture }) => picture.destroy());
    const several = runs.length > 1;
    maps = runs.map(() => {
      const axis = { label: STEP_LABEL, domain: [0, 1] };
      const picture = heatMap({
        height: several ? 210 : 168,
        right: several ? 12 : LABELS,
        x: axis,
        y: { label: "time t", domain: [0, 1] },
        colors: "log",
        range: NORMS,
      });
      return { picture, ...panel("", picture) };
    });
    root.replaceChildren(...maps.map((map) => map.root));
    root.classList.toggle("rnnbook-playground-several", several);
  }

  return {
    root,
    parts({ runs, quantity, span }) {
      const key = runs.map((run) => run.cell).join();
      if (key !== made) make(runs);
      made = key;
      return runs.map((run, index) => () => {
        const { picture, heading } = maps[index];
        const name = CELL_NAMES[run.cell];
        const has = run.norms(quantity) !== null;
        heading.textContent = has
          ? `${name}: ${QUANTITY_NAMES[quantity]} at every step of training`
          : `The ${name} has no cell state c`;
        heading.style.setProperty("--mark", `var(--rnnbook-${colorOf(run.cell)})`);
        picture.update({
          label: mapInWords(run, quantity),
          ...run.history.map(quantity, run.T, span),
          x: { label: STEP_LABEL, domain: [0, span] },
          y: { label: "time t", domain: [0.5, run.T + 0.5] },
        });
      });
    },
    destroy: () => maps.forEach(({ picture }) => picture.destroy()),
  };
}

function mapInWords(run, quantity) {
  const name = CELL_NAMES[run.cell];
  if (run.norms(quantity) === null) return `The ${name} has no cell state to show.`;
  const { columns } = run.history;
  const first = columns[0][quantity];
  const last = run.norms(quantity);
  const part = (norms) => sizeInWords(norms[0] / norms[run.T - 1]);
  return (
    `${name}: of the gradient at t = ${run.T}, ${part(first)} arrives at t = 1 at the first ` +
    `step of training, and ${part(last)} at step ${Math.max(run.steps, 1)}.`
  );
}

/** Loss, and length of the gradient, over training. */
export function trainingCharts() {
  const x = { label: STEP_LABEL, domain: [0, 1] };
  const loss = lineChart({ height: 140, x, y: { label: "", domain: [0.1, 1] }, labels: LABELS });
  const norm = lineChart({ height: 120, x, y: { label: "", domain: [0.1, 1] }, labels: LABELS });
  const root = element(
    "div",
    {},
    panel("Loss of each batch (a log scale)", loss).root,
    panel("Length of the whole gradient, before clipping", norm).root,
  );
  const linesOf = (runs, name, value) =>
    runs.map((run) => ({
      name: runs.length > 1 ? shortName(run) : name,
      color: colorOf(run.cell),
      points: run.history.points.map((point) => [point.step, value(point)]),
    }));
  return {
    root,
    values: () => [loss.values(), norm.values()],
    parts({ runs, settings, span }) {
      const axis = { label: STEP_LABEL, domain: [0, span] };
      const drawLoss = () => {
        const [{ baseline, trainer }] = runs;
        const series = linesOf(runs, "loss", (point) => point.loss);
        const domain = decades(series, [baseline / 100, 2 * baseline]);
        loss.update({
          label: lossInWords(runs),
          series,
          levels: [{ value: baseline, name: "baseline" }],
          x: axis,
          y: { label: trainer.task.metric, log: true, domain },
        });
      };
      const drawNorm = () => {
        const series = linesOf(runs, "length", (point) => point.norm);
        norm.update({
          label: `The longest gradient: ${runs.map((run) => sizeInWords(run.longest)).join(", ")}.`,
          series,
          levels: settings.clip ? [{ value: settings.clip, name: "clip" }] : [],
          x: axis,
          y: { label: "", log: true, domain: decades(series, [1e-2, 10]) },
        });
      };
      return [drawLoss, drawNorm];
    },
    destroy() {
      loss.destroy();
      norm.destroy();
    },
  };
}

function lossInWords(runs) {
  const each = runs.map((run) => `${CELL_NAMES[run.cell]} ${run.loss.toPrecision(2)}`);
  const [{ steps, baseline }] = runs;
  return `Loss at step ${steps}: ${each.join(", ")}; without memory ${baseline.toPrecision(2)}.`;
}

/** Whole decades that hold a range and the lines, as far as from a millionth to a million. */
function decades(lines, [from, to]) {
  const low = extreme(lines, from, (value, least) => value > 0 && value < least);
  const high = extreme(lines, to, (value, most) => value > most);
  const power = (value, round) => 10 ** round(Math.log10(value));
  return [power(Math.max(low, 1e-6), Math.floor), power(Math.min(high, 1e6), Math.ceil)];
}

function extreme(lines, start, beyond) {
  let found = start;
  for (const { points } of lines) {
    for (const [, value] of points) {
      if (Number.isFinite(value) && beyond(value, found)) found = value;
    }
  }
  return found;
}

/** The norms' range, opened downwards by fives of decades and upwards by twos. */
function profileRange(lines) {
  const low = extreme(lines, NORMS[0], (value, least) => value > 0 && value < least);
  const high = extreme(lines, NORMS[1], (value, most) => value > most);
  const by = (stride, value, round) => 10 ** (stride * round(Math.log10(value) / stride));
  return [Math.max(by(5, low, Math.floor), 1e-30), by(2, high, Math.ceil)];
}

/** How far back the gradient reaches now, beside where it began. */
export function profileChart() {
  const x = { label: "time t", domain: [1, 2] };
  const y = { label: "", domain: NORMS, log: true };
  const picture = lineChart({ height: 180, x, y, labels: LABELS });
  const { root, heading } = panel("", picture);
  const pairs = (norms) => Array.from(norms ?? [], (norm, t) => [t + 1, norm]);

  function draw({ runs, quantity }) {
    const { T, steps } = runs[0];
    const several = runs.length > 1;
    const name = steps ? "now" : "at first";
    const begun = several || steps === 0 ? [] : runs;
    const series = [
      ...begun.map((run) => ({
        name: "at first",
        color: "baseline",
        dashed: true,
        points: pairs(run.first[quantity]),
      })),
      ...runs.map((run) => ({
        name: several ? shortName(run) : name,
        color: colorOf(run.cell),
        points: pairs(run.norms(quantity)),
      })),
    ];
    heading.textContent =
      "How far back the gradient reaches" + (steps ? `, step ${steps}` : ", before training");
    picture.update({
      label: runs.map((run) => mapInWords(run, quantity)).join(" "),
      series,
      x: { label: "time t", domain: [0.5, T + 0.5] },
      y: { label: QUANTITY_NAMES[quantity], domain: profileRange(series), log: true },
    });
  }
  const { values, destroy } = picture;
  return { root, values: () => [values()], parts: (show) => [() => draw(show)], destroy };
}

