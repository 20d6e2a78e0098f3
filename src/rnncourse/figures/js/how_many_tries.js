// How many tries? Three cells compared, each by the best of so many settings.

import { radios, slider } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { lineChart } from "./base/line_chart.js";
import { followSettings } from "./base/settings.js";
import {
  aheadShares,
  keptRuns,
  ofHundred,
  solvedShare,
  typicalLosses,
} from "./how_many_tries/chances.js";
import { dotRows } from "./how_many_tries/dots.js";
import { outcomeBar } from "./how_many_tries/outcome.js";
import { describeComparison, triesEach } from "./how_many_tries/words.js";

const CELLS = [
  { kind: "simple", title: "simple" },
  { kind: "lstm", title: "LSTM" },
  { kind: "gru", title: "GRU" },
];
const DOTS = 100;

/** See `HowManyTries` in Python for the traits. */
export function render({ model, el }) {
  const given = ["tasks", "solved_below", "lead"];
  const [tasks, solvedBelow, lead] = given.map((name) => model.get(name));
  const { begin, change, now, release } = followSettings(model, ["task", "tries"], update);
  const frame = figureFrame(el, {
    question: "How many tries must each cell get before you can believe who comes out ahead?",
    onReset: () => change(begin),
    values: () => [dots.values(), curves.values()],
  });
  const settings = tasks[0].cells.simple;
  const most = settings.length;
  const controls = {
    task: radios({
      label: "Task",
      options: tasks.map(({ name, title }) => [name, title]),
      value: begin.task,
      onChange: (task) => change({ task }),
    }),
    tries: slider({
      label: "Tries for each cell",
      value: begin.tries,
      min: 1,
      max: most,
      step: 1,
      onInput: (tries) => change({ tries }),
    }),
  };
  if (tasks.length > 1) frame.controls.append(controls.task.root);
  frame.controls.append(controls.tries.root);

  const bar = outcomeBar([
    ...CELLS.map(({ kind, title }) => ({ title, color: kind })),
    { title: `best two within ${lead}`, color: "baseline" },
  ]);
  const curves = lineChart({
    height: 348,
    labels: 58,
    x: { label: "tries for each cell", domain: [1, most] },
    y: { label: "comparisons of 100 in which it is solved", domain: [0, 100] },
  });
  const dots = dotRows(DOTS, CELLS.length);
  const headed = (words, chart) =>
    element("div", {}, element("p", { class: "rnnbook-tries-heading" }, words), chart.root);
  frame.stage.append(
    element(
      "p",
      { class: "rnnbook-tries-about" },
      `A try is one of ${most} settings, drawn at random, and one of its ${settings[0].length} ` +
        "recorded runs. Of a cell’s tries the one with the smallest validation loss is kept, and " +
        "its test loss is compared.",
    ),
    bar.root,
    element(
      "div",
      { class: "rnnbook-tries-charts" },
      headed("Each cell’s kept try: a dot a comparison", dots),
      headed("With more tries", curves),
    ),
  );

  const opened = new Map();
  function open(name) {
    const task = tasks.find((one) => one.name === name);
    if (!task) {
      const known = tasks.map((one) => one.name).join(", ");
      throw new RangeError(`task must be one of ${known}, got ${name}`);
    }
    if (!opened.has(name)) {
      opened.set(
        name,
        CELLS.map(({ kind }) => keptRuns(task.cells[kind])),
      );
    }
    return opened.get(name);
  }

  function update() {
    const { task, tries } = now();
    const cells = open(task);
    if (!Number.isInteger(tries) || tries < 1 || tries > most) {
      throw new RangeError(`tries must be 1 to ${most}, got ${tries}`);
    }
    controls.task.value = task;
    controls.tries.value = tries;
    const shares = aheadShares(cells, tries, lead);
    const counts = ofHundred(shares);
    bar.update({ heading: `Who is ahead in 100 comparisons, ${triesEach(tries)}`, counts });
    drawDots(cells, tries);
    drawCurves(cells, tries);
    const same = shares.reduce((sum, share) => sum + share ** 2, 0);
    const another = Math.round(100 * (1 - same));
    frame.say(describeComparison({ tries, lead, cells: CELLS, counts, another }));
  }

  function drawDots(cells, tries) {
    const rows = CELLS.map(({ kind, title }, k) => {
      const losses = typicalLosses(cells[k], tries, DOTS);
      const solved = losses.filter((loss) => loss < solvedBelow).length;
      return { color: kind, losses, words: `${title}: ${solved} solved` };
    });
    const said = rows.map(({ words }) => words).join("; ");
    const label = `Test losses of ${DOTS} comparisons with ${triesEach(tries)}. ${said}.`;
    dots.update({ label, solvedBelow, rows });
  }

  function drawCurves(cells, tries) {
    const solved = (cell, k) => 100 * solvedShare(cell, k, solvedBelow);
    const lines = CELLS.map(({ kind, title }, place) => ({
      name: title,
      color: kind,
      points: settings.map((_, i) => [i + 1, solved(cells[place], i + 1)]),
    }));
    const series = lines.flatMap((line) => [
      line,
      { ...line, name: "", points: [line.points[tries - 1]], tip: true },
    ]);
    const ends = lines.map(({ name, points }) => {
      const [first, last] = [points[0], points.at(-1)].map(([, count]) => Math.round(count));
      return `${name}: ${first} with 1 try, ${last} with ${most}`;
    });
    curves.update({
      label: `Comparisons of 100 in which the task is solved. ${ends.join("; ")}.`,
      series,
      marker: tries,
    });
  }

  update();
  return () => {
    release();
    dots.destroy();
    curves.destroy();
    frame.destroy();
  };
}
