// One held-out sequence: what comes in, gates and states over time, and the answer.

import { element } from "../base/dom.js";
import { lineChart } from "../base/line_chart.js";
import { LABELS, colorOf, panel, shortName } from "./panel.js";
import { inputRow, rowsOf, timeStrips } from "./strips.js";
import { answersInWords } from "./words.js";

const WHEN_SEVERAL = { simple: ["h"], relu: ["h"], lstm: ["f", "c"], gru: ["z", "h"] };

/** Pictures of one sequence; `parts`, `values` and `destroy` as in charts.js. */
export function samplePictures() {
  const strips = timeStrips({ right: LABELS });
  const x = { label: "time t", domain: [1, 2] };
  const chart = lineChart({ height: 130, x, y: { label: "", domain: [0, 1] }, labels: LABELS });
  const said = element("p", { class: "rnnbook-playground-key" });
  const above = panel("One held-out sequence: input, gates, states", strips);
  const below = panel("", chart);
  const root = element("div", {}, above.root, below.root, said);

  function drawStrips({ runs, samples }) {
    const several = runs.length > 1;
    const rows = runs.flatMap(({ cell }, place) =>
      rowsOf({ cell, sample: samples[place], names: several ? WHEN_SEVERAL[cell] : null }),
    );
    const words = rows.map(({ name, note }) => `${name}: ${note}`).join("; ");
    const label = `Over time, each row a unit. ${words}.`;
    strips.update({ T: samples[0].T, rows: [inputRow(samples[0]), ...rows], label });
  }

  function drawAnswer({ runs, samples }) {
    const { task } = runs[0].trainer;
    const numbers = task.answers === "number";
    const [{ T, target }] = samples;
    const series = runs.map((run, place) => ({
      name: runs.length > 1 ? shortName(run) : "answer",
      color: colorOf(run.cell),
      points: overTime(numbers ? samples[place].output : rightness(samples[place], task)),
    }));
    const level = numbers
      ? { value: target[T - 1], name: "asked for" }
      : { value: task.answers === "bit" ? 1 / 2 : 1 / task.outputSize, name: "chance" };
    below.heading.textContent = numbers
      ? "Its answer at each step; only the last counts"
      : "Probability that it gives to the right answer";
    said.textContent = answersInWords(runs, samples);
    chart.update({
      label: said.textContent,
      series,
      levels: [level],
      x: { label: "time t", domain: [0.5, T + 0.5] },
      y: { label: "", domain: numbers ? [-0.2, 2.2] : [0, 1.05] },
    });
  }

  return {
    root,
    values: () => [strips.values(), chart.values()],
    parts({ runs, sample }) {
      const withSamples = (draw) => () =>
        draw({ runs, samples: runs.map((run) => run.trainer.runHeldOut(sample)) });
      return [withSamples(drawStrips), withSamples(drawAnswer)];
    },
    destroy() {
      strips.destroy();
      chart.destroy();
    },
  };
}

function overTime(values) {
  return Array.from(values, (value, t) => [t + 1, value]);
}

/** The probability of the right answer (T); of one that is due at the end alone, before it too. */
function rightness({ output, target, mask, T }, { answers, outputSize }) {
  const once = mask.reduce((count, due) => count + due, 0) === 1;
  return Array.from({ length: T }, (_, t) => {
    if (!mask[t] && !once) return NaN;
    const right = once ? target[T - 1] : target[t];
    const scores = output.subarray(t * outputSize, (t + 1) * outputSize);
    if (answers === "bit") return 1 / (1 + Math.exp(right ? -scores[0] : scores[0]));
    const top = Math.max(...scores);
    const weights = Array.from(scores, (score) => Math.exp(score - top));
    return weights[right] / weights.reduce((sum, weight) => sum + weight, 0);
  });
}
