// Learning curves by a setting: in a live kernel, moving the slider trains anew.

import { slider } from "./base/controls.js";
import { formatNumber } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { lineChart } from "./base/line_chart.js";

const LAST_UPDATES = 10; // the mean of their losses says how a run ended
const LEARNED = 0.5; // a loss below this share of the baseline's

/**
 * The figure. Its traits: `question`, `label`, `values`, `baseline`, `baseline_name` stay; `value`
 * is the reader's; `runs`, lists of losses by value, are the kernel's.
 */
export function render({ model, el }) {
  const started = model.get("value");
  const baseline = model.get("baseline");
  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => move(started),
    values: () => [chart.values()],
  });
  const label = model.get("label");
  const place = slider({
    label,
    value: started,
    values: model.get("values"),
    // What is recorded follows the hand; a run of a kernel starts when the hand lets go.
    onInput: (value) => (runsAt(value).length ? draw(value) : null),
  });
  place.input.addEventListener("change", () => move(place.value));
  const chart = lineChart({
    height: 220,
    labels: 92,
    x: { label: "update", domain: [0, 1] },
    y: { label: "loss", domain: [0, 1] },
  });
  frame.controls.append(place.root);
  frame.stage.append(chart.root);

  const runsAt = (value) => model.get("runs")[String(value)] ?? [];

  function move(value) {
    model.set("value", value);
    model.save_changes();
    show();
  }

  function show() {
    place.value = model.get("value");
    draw(place.value);
  }

  function draw(value) {
    const runs = runsAt(value);
    const words = endsInWords(value, runs);
    const series = runs.map((run, index) => {
      const newest = index === runs.length - 1;
      return {
        name: newest ? "newest run" : "",
        color: newest ? "simple" : "baseline",
        points: run.map((loss, update) => [update, loss]),
      };
    });
    const losses = runs.flat();
    chart.update({
      series,
      levels: [{ value: baseline, name: model.get("baseline_name") }],
      x: { label: "update", domain: [0, runs[0]?.length ?? 1] },
      y: { label: "loss", domain: [0, Math.max(1.2 * baseline, ...losses)] },
      label: words,
    });
    frame.say(words);
  }

  function endsInWords(value, runs) {
    const at = `${label}: ${formatNumber(value)}.`;
    if (runs.length === 0) return `${at} No run yet.`;
    const ends = runs.map((run) => mean(run.slice(-LAST_UPDATES)));
    const learned = ends.filter((end) => end < LEARNED * baseline).length;
    const said = ends.map((end) => formatNumber(end < 0.005 ? 0 : end, 2)).join(", ");
    return (
      `${at} After ${runs[0].length} updates the loss is ${said}: ${learned} of ${runs.length} ` +
      `below half of what ${model.get("baseline_name")} has (${formatNumber(baseline, 2)}).`
    );
  }

  model.on("change:value", show);
  model.on("change:runs", show);
  show();
  return () => {
    model.off("change:value", show);
    model.off("change:runs", show);
    chart.destroy();
    frame.destroy();
  };
}

function mean(numbers) {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
