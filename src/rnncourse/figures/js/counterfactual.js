// Counterfactual memory: change one token; what stays different, and what says the gradient?

import { choice, slider, toggle } from "./base/controls.js";
import { element, formatNumber } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { followSettings } from "./base/settings.js";
import { lineChart } from "./base/line_chart.js";
import { compareRuns, prepareNetwork } from "./counterfactual/runs.js";
import { allNetworks } from "./counterfactual/together.js";
import { describeRuns } from "./counterfactual/words.js";

const SETTINGS = ["network", "position", "size", "states", "together"];
const SIZES = [0.001, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 1, 1.2, 1.5, 2, 3];
const LOWEST = 1e-40; // below this, float32 has no more numbers worth drawing

/** See `Counterfactual` in Python for the traits. */
export function render({ model, el }) {
  const networks = model.get("networks");
  const { begin, change, quietly, release } = followSettings(model, SETTINGS, update);
  const frame = figureFrame(el, {
    question:
      "Change one early token: what is still different at the end, and would the gradient know?",
    onReset: () => change(begin),
    values: () => [runs.values(), differences.values()],
  });
  const current = () => networks[model.get("network")];
  const controls = {
    network: choice({
      label: "Network",
      options: networks.map(({ title }, index) => [String(index), title]),
      value: begin.network,
      onChange(index) {
        const { position, size } = networks[Number(index)];
        change({ network: Number(index), position, size });
      },
    }),
    position: slider({
      label: "Which token: step t",
      value: begin.position,
      min: 1,
      max: current().x.length,
      step: 1,
      onInput: (position) => change({ position }),
    }),
    size: slider({
      label: "Size of the change",
      value: begin.size,
      values: SIZES,
      onInput: (size) => change({ size }),
    }),
  };
  frame.controls.append(...Object.values(controls).map(({ root }) => root));
  const about = element("p", { class: "rnnbook-counterfactual-about" });
  const runs = lineChart({
    height: 190,
    labels: 96,
    x: { label: "", domain: [0, 1] },
    y: { label: "", domain: [0, 1] },
  });
  const differences = lineChart({
    height: 240,
    labels: 96,
    x: { label: "", domain: [0, 1] },
    y: { label: "", domain: [0.1, 1], log: true },
  });
  const prepared = new Map();
  const prepare = (network) => {
    if (!prepared.has(network)) prepared.set(network, prepareNetwork(network));
    return prepared.get(network);
  };
  const all = allNetworks(prepare);
  const together = toggle({
    label: `All ${networks.length} networks at once`,
    onChange: (on) => change({ together: on }),
  });
  frame.buttons.append(together.root);
  const states = toggle({ label: "States too: h and c", onChange: (on) => change({ states: on }) });
  const one = element("div", {}, about, runs.root, states.root, differences.root);

  function update() {
    const network = current();
    if (!(model.get("size") > 0)) throw new RangeError("size must be above 0");
    keepPositionWithin(network.x.length);
    controls.position.input.max = String(network.x.length);
    controls.network.value = model.get("network");
    for (const name of ["position", "size"]) controls[name].value = model.get(name);
    about.textContent = network.about;
    about.hidden = network.about === "";
    const [t, size] = [model.get("position") - 1, model.get("size")];
    const found = compareRuns(prepare(network), t, size);
    drawRuns(found, network);
    drawDifferences(found, network, t);
    states.value = model.get("states");
    together.value = model.get("together");
    const shown = together.value ? all.root : one;
    if (frame.stage.firstChild !== shown) frame.stage.replaceChildren(shown);
    const places = networks.map((other) => (other === network ? t : other.position - 1));
    const alone = () => describeRuns(found, t, size, states.value);
    frame.say(together.value ? all.update(networks, places, size) : alone());
  }

  /** A link, or a kernel that is not Python's figure, may ask for a step that is not there. */
  function keepPositionWithin(T) {
    const asked = model.get("position");
    const position = Math.min(Math.max(Math.round(asked), 1), T);
    if (position !== asked) quietly({ position });
  }

  function drawRuns({ y, changed }, { kind, x }) {
    const [low, high] = [Math.min(...y, ...changed), Math.max(...y, ...changed)];
    const margin = Math.max(0.1 * (high - low), 0.05);
    runs.update({
      label:
        `The read-out over ${x.length} steps ends at ${formatNumber(y.at(-1), 2)} as it was, and ` +
        `at ${formatNumber(changed.at(-1), 2)} with the token changed.`,
      x: { label: "step", domain: [1, x.length] },
      y: { label: "read-out y in both runs", domain: [low - margin, high + margin] },
      series: [
        { name: "as it was", color: "baseline", points: numbered(y) },
        { name: "changed", color: kind, points: numbered(changed) },
      ],
      marker: model.get("position"),
    });
  }

  function drawDifferences(found, { kind, x }, t) {
    const { dy, dh, dc, forecast } = found;
    const since = (values) => numbered(values.map((value, step) => (step < t ? NaN : value)));
    const others = [];
    let name = "in y";
    if (model.get("states")) {
      // A single unit that is read out as it is needs no line of its own.
      const same = dh.every((value, step) => Math.abs(value - dy[step]) <= 1e-6);
      if (same) name = "in y and h";
      else others.push({ name: "in h", color: "text", dots: true, points: since(dh) });
      if (dc) others.push({ name: "in c", color: "text", dashed: true, points: since(dc) });
    }
    const series = [
      { name, color: kind, points: since(dy) },
      ...others,
      { name: "y, foretold", color: "accent", dashed: true, points: since(forecast) },
    ];
    const inStates = others.map(({ name: state, points }) => {
      const [from, to] = [t, points.length - 1].map((step) => formatNumber(points[step][1], 2));
      return `${state} it goes from ${from} to ${to}`;
    });
    const sizes = series.flatMap(({ points }) => points.map(([, size]) => size));
    const drawn = sizes.filter((size) => size >= LOWEST && Number.isFinite(size));
    const low = decade(Math.min(...drawn, 1e-2), Math.floor);
    differences.update({
      label:
        `The difference between the runs on a logarithmic scale. In y it starts at ` +
        `${formatNumber(dy[t], 2)} and ends at ${formatNumber(dy.at(-1), 2)}; ` +
        [...inStates, `the gradient foretells ${formatNumber(forecast.at(-1), 2)}.`].join("; "),
      x: { label: "step", domain: [1, x.length] },
      y: {
        label: "difference between the runs, and as foretold",
        domain: [low, decade(Math.max(...drawn, 1), Math.ceil)],
        log: true,
      },
      series: series.map((line) => ({
        ...line,
        points: line.points.map(([step, size]) => [step, size < low ? NaN : size]),
      })),
      marker: model.get("position"),
    });
  }

  update();
  return () => {
    release();
    runs.destroy();
    differences.destroy();
    all.destroy();
    frame.destroy();
  };
}

/** Values as points over steps counted from 1. */
function numbered(values) {
  return values.map((value, index) => [index + 1, value]);
}

function decade(value, round) {
  return 10 ** round(Math.log10(value));
}
