// What becomes of a network without one of its parts: variants by tasks, in three layers.

import { radios } from "./base/controls.js";
import { element, uniqueId } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { lineChart } from "./base/line_chart.js";
import { followSettings } from "./base/settings.js";
import { shade } from "./gate_map/shade.js";
import { cellInWords, lossInWords, percent } from "./gate_map/words.js";

/** See `GateMap` in Python for the traits. */
export function render({ model, el }) {
  const [tasks, titles, layers] = ["tasks", "titles", "layers"].map((name) => model.get(name));
  const { begin, change, now, release } = followSettings(model, ["layer", "cell"], update);
  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => change(begin),
    values: () => [mapValues(), ...runValues()],
  });
  const layerChoice = radios({
    label: "The part is taken away …",
    options: layers.map(({ title }, place) => [String(place), title]),
    value: String(begin.layer),
    onChange: (place) => change({ layer: Number(place) }),
  });
  frame.controls.append(layerChoice.root);

  const group = uniqueId("gate-map");
  const cells = titles.map((_, row) =>
    tasks.map((_, task) => {
      const input = element("input", {
        type: "radio",
        name: group,
        onchange: () => change({ cell: [row, task] }),
      });
      const shown = element("span", {});
      return { input, shown, root: element("label", { class: "rnnbook-gate-cell" }, input, shown) };
    }),
  );
  const head = tasks.map(({ title }) => element("th", { scope: "col" }, title));
  const body = titles.map((title, row) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, title),
      ...cells[row].map(({ root }) => element("td", {}, root)),
    ),
  );
  const map = element(
    "div",
    { role: "radiogroup", "aria-label": "Variant and task: per cent lost of what memory is worth" },
    element(
      "table",
      { class: "rnnbook-gate-map" },
      element("thead", {}, element("tr", {}, element("td", {}), ...head)),
      element("tbody", {}, ...body),
    ),
  );
  const heading = element("p", { class: "rnnbook-gate-heading" });
  const axis = { label: "", domain: [0, 1] };
  const curves = lineChart({ height: 280, labels: 90, x: axis, y: axis });
  const opened = element("div", {}, heading, curves.root);
  frame.stage.append(
    element(
      "div",
      { class: "rnnbook-gate" },
      element("div", { class: "rnnbook-gate-both" }, map, opened),
    ),
  );

  function update() {
    const { layer, cell } = now();
    const [row, task] = cell;
    if (!layers[layer]) throw new RangeError(`layer must be 0 to ${layers.length - 1}, got ${layer}`);
    layerChoice.value = String(layer);
    cells.forEach((places, line) => {
      places.forEach(({ input, shown, root }, column) => {
        const found = layers[layer].rows[line][column];
        shown.textContent = found ? percent(found.lost) : "–";
        root.style.setProperty("background", found ? shade(found.lost) : "none");
        root.classList.toggle("rnnbook-gate-none", !found);
        input.checked = line === row && column === task;
        const words = found ? lossInWords(found.lost) : "not tried";
        input.setAttribute("aria-label", `${titles[line]}, ${tasks[column].title}: ${words}`);
      });
    });
    const found = layers[layer].rows[row][task];
    heading.textContent = `“${titles[row]}” on ${tasks[task].title.toLowerCase()}, ${layers[layer].title}`;
    drawRuns(found, tasks[task]);
    frame.say(cellInWords({ title: titles[row], layer: layers[layer].title, found, task: tasks[task] }));
  }

  // Runs that were watched while they learned, or, of a part taken away later, before and after.
  function drawRuns(found, task) {
    const runs = found?.curves ?? [];
    const learned = runs.length > 0 && runs[0].length > 1;
    const at = (k, count) => (learned ? (task.budget * (k + 1)) / count : k);
    const series = runs.map((curve, run) => ({
      name: "",
      color: "accent",
      thin: true,
      points: learned
        ? curve.map((value, k) => [at(k, curve.length), value ?? NaN])
        : [...curve.map((value) => [0, value ?? NaN]), [1, found.ends[run] ?? NaN]],
    }));
    const top = Math.max(task.none * 1.1, ...(learned ? [] : [largest(found)]));
    curves.update({
      label: `${heading.textContent}: ${runs.length} runs, ${task.unit}.`,
      x: learned
        ? { label: task.axis, domain: [0, task.budget] }
        : { label: "0: as it was trained; 1: the part taken away", domain: [0, 1] },
      y: { label: task.unit, domain: [0, Math.min(top, 3 * task.none)] },
      series,
      levels: [
        { value: task.none, name: "no memory" },
        { value: task.whole, name: "all parts" },
      ],
    });
  }

  function largest(found) {
    return Math.max(0, ...(found?.ends ?? []).map((end) => end ?? 0)) * 1.05;
  }

  function runValues() {
    const { layer, cell } = now();
    const [row, task] = cell;
    const found = layers[layer].rows[row][task];
    if (!found) return [];
    const { axis, budget, unit } = tasks[task];
    const learned = found.curves[0].length > 1;
    const at = found.curves[0].map((_, k) => Math.round((budget * (k + 1)) / found.curves[0].length));
    return [
      {
        caption: `${heading.textContent}: ${unit}.`,
        head: ["run", ...(learned ? at.map((n) => `${n} ${axis}`) : ["as trained"]), "in the end"],
        rows: found.curves.map((curve, run) => [
          `run ${run}`,
          ...[...curve, found.ends[run]].map((value) => value ?? NaN),
        ]),
      },
    ];
  }

  function mapValues() {
    const { layer } = now();
    return {
      caption: `Per cent lost of what memory is worth, ${layers[layer].title}.`,
      head: ["variant", ...tasks.map(({ title }) => title)],
      rows: titles.map((title, row) => [
        title,
        ...layers[layer].rows[row].map((found) => (found ? percent(found.lost) : "–")),
      ]),
    };
  }

  update();
  return () => {
    release();
    curves.destroy();
    frame.destroy();
  };
}
