// Fields for what the reader may change: the inputs, the weights, the clamps.

import { numberField, radios, slider, toggle } from "../base/controls.js";
import { element } from "../base/dom.js";
import { CELL_PARTS, clampRanges } from "./numbers.js";
import { clampInWords, spoken } from "./words.js";

/** A field in a table: its label is said, not shown. */
function cellField(label, value, onChange) {
  const field = numberField({ label, value: shortly(value), onChange });
  field.input.removeAttribute("id");
  field.input.setAttribute("aria-label", label);
  return field;
}

/** Few enough digits for a field; the number itself stays exact until it is edited. */
function shortly(value) {
  return Number(value.toPrecision(3));
}

/** Show a number, unless the reader is about to write one there. */
function refresh(field, value) {
  if (field.input !== document.activeElement) field.value = shortly(value);
}

/** What an input is called; undefined where there is one, without a name. */
function inputName(names, d, D) {
  return names[d] ?? (D > 1 ? `input ${d + 1}` : undefined);
}

const headed = (words) => element("th", { scope: "col" }, words);

/**
 * The inputs, a column a step.
 *
 * @param {object} options
 * @param {string[]} options.names D words for the inputs, or none.
 * @param {(t: number, d: number, value: number, said: string) => void} options.onChange With t
 *   and d from 0, and what a sentence calls the field.
 * @returns `root`, and `update(x, t, rows)`: T steps of D numbers, how many steps were taken, and
 *   rows of T words below the inputs, each `{ name, words, clamped }`.
 */
export function inputTable({ names, onChange }) {
  const table = element("table", { class: "rnnbook-step-inputs" });
  const root = element("div", { class: "rnnbook-step-wide" }, table);
  const computed = element("tbody", { class: "rnnbook-step-computed" });
  let fields = [];
  let columns = [];

  function build(x) {
    const D = x[0].length;
    columns = x.map((_, t) => headed(String(t + 1)));
    fields = x.map((x_t, t) =>
      x_t.map((value, d) => {
        const name = inputName(names, d, D) ?? "input";
        const label = `${name[0].toUpperCase()}${name.slice(1)} at step ${t + 1}`;
        const said = names.length || D === 1 ? `The ${name} at step ${t + 1}` : label;
        return cellField(label, value, (next) => onChange(t, d, next, said));
      }),
    );
    const rows = x[0].map((_, d) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, inputName(names, d, D) ?? "input x"),
        ...fields.map((field) => element("td", {}, field[d].input)),
      ),
    );
    const head = element("tr", {}, element("th", { scope: "row" }, "step t"), ...columns);
    table.replaceChildren(element("tbody", {}, head, ...rows), computed);
  }

  return {
    root,
    update(x, t, below = []) {
      computed.replaceChildren(
        ...below.map(({ name, words, clamped }) =>
          element(
            "tr",
            { class: clamped ? "rnnbook-step-clamped" : null },
            element("th", { scope: "row" }, element("var", {}, name), clamped ? " clamped" : ""),
            ...words.map((word, k) =>
              element(
                "td",
                { class: k === t - 1 ? "rnnbook-step-now" : null },
                k < t ? word : "",
              ),
            ),
          ),
        ),
      );
      if (fields.length !== x.length) build(x);
      x.forEach((x_t, k) => x_t.forEach((value, d) => refresh(fields[k][d], value)));
      columns.forEach((column, k) => {
        if (k === t - 1) column.setAttribute("aria-current", "step");
        else column.removeAttribute("aria-current");
      });
      // Where not all steps fit, the one on show and its neighbours.
      const [start, now] = [columns[0], columns[Math.max(t - 2, 0)]];
      root.scrollLeft = now.offsetLeft - start.offsetLeft;
    },
  };
}

/**
 * Every weight: a table a part, a row a unit; and one for the read-out.
 *
 * @param {object} options
 * @param {string} options.kind
 * @param {string[]} options.inputNames D words for the inputs, or none.
 * @param {object} options.weights As `runCell` takes them.
 * @param {(place: {name: string, row: number, column: number|null, label: string},
 *   value: number) => void} options.onChange With places from 0; no column in a bias.
 * @returns `root`, and `update(weights)`.
 */
export function weightTables({ kind, inputNames, weights, onChange }) {
  const H = weights.U[0].length;
  const fields = [];
  const field = (label, name, row, column = null) => {
    const made = cellField(label, 0, (value) => onChange({ name, row, column, label }, value));
    fields.push({ made, name, row, column });
    return element("td", {}, made.input);
  };
  const across = (label, name, row) =>
    weights[name][row].map((_, column) => {
      const named = name === "W" ? inputNames[column] : undefined;
      return field(`${label}, ${named ?? `column ${column + 1}`}`, name, row, column);
    });

  const tables = CELL_PARTS[kind].map((part, block) => {
    const of = kind === "simple" ? "" : ` of ${part}`;
    const inner = part === "n" && weights.b_U;
    const rows = Array.from({ length: H }, (_, unit) => {
      const row = block * H + unit;
      const whose = `${of}, unit ${unit + 1}`;
      return [
        ...across(`W${whose}`, "W", row),
        ...across(`U${whose}`, "U", row),
        field(`b${whose}`, "b", row),
        ...(inner ? [field(`b inside the reset${whose}`, "b_U", unit)] : []),
      ];
    });
    const head = [
      ...weights.W[0].map((_, d) => `W ${inputNames[d] ?? numbered(d, weights.W[0])}`),
      ...weights.U[0].map((_, k) => `U ${numbered(k, weights.U[0])}`),
      "b",
      ...(inner ? ["inner b"] : []),
    ];
    return weightTable(kind === "simple" ? "h" : part, head, rows, "unit");
  });
  if (weights.V?.length) {
    const rows = weights.V.map((_, k) => [
      ...across(`V, output ${k + 1}`, "V", k),
      field(`Bias of output ${k + 1}`, "c", k),
    ]);
    const head = [...weights.V[0].map((_, k) => `V ${numbered(k, weights.V[0])}`), "bias"];
    tables.push(weightTable("y", head, rows, "output"));
  }

  const update = (now) => {
    for (const { made, name, row, column } of fields) {
      refresh(made, column === null ? now[name][row] : now[name][row][column]);
    }
  };
  update(weights);
  return { root: element("div", { class: "rnnbook-step-weights rnnbook-step-wide" }, ...tables), update };
}

const numbered = (index, row) => (row.length > 1 ? String(index + 1) : "");

function weightTable(part, head, rows, what) {
  return element(
    "table",
    {},
    element("caption", {}, "Weights of ", element("var", {}, part)),
    element("thead", {}, element("tr", {}, headed(what), ...head.map(headed))),
    element(
      "tbody",
      {},
      ...rows.map((cells, index) =>
        element("tr", {}, element("th", { scope: "row" }, String(index + 1)), ...cells),
      ),
    ),
  );
}

/**
 * For each gate a tick box that clamps it, and a slider that says at what.
 *
 * @param {object} options
 * @param {string} options.kind
 * @param {(clamps: object, words: string) => void} options.onChange
 * @returns `root`, or null where there are no gates, and `update(clamps)`.
 */
export function clampControls({ kind, onChange }) {
  const gates = Object.entries(clampRanges(kind)).map(([name, [min, max]]) => {
    const meaning = element("p", { class: "rnnbook-step-meaning" });
    const tick = toggle({ label: `clamp ${name}`, onChange: () => tell() });
    const range = slider({
      label: `${name} is`,
      value: min === 0 ? 1 : 0, // where it stands before it is clamped
      min,
      max,
      step: 0.05,
      format: spoken,
      onInput: () => tell(),
    });
    const tell = () => onChange(read(), tick.value ? clampInWords(name, range.value) : FREED(name));
    return { name, tick, range, meaning };
  });
  const read = () =>
    Object.fromEntries(
      gates.filter(({ tick }) => tick.value).map(({ name, range }) => [name, range.value]),
    );
  const boxes = gates.map(({ tick, range, meaning }) =>
    element("div", {}, tick.root, range.root, meaning),
  );
  const root = element("details", {}, element("summary", {}, "Clamp a gate"));
  root.append(element("div", { class: "rnnbook-step-clamps" }, ...boxes));
  return {
    root: gates.length ? root : null,
    update(clamps) {
      for (const { name, tick, range, meaning } of gates) {
        const on = Object.hasOwn(clamps, name);
        tick.value = on;
        range.disabled = !on;
        if (on && range.input !== document.activeElement) range.value = clamps[name];
        meaning.textContent = on ? clampInWords(name, clamps[name]) : "";
        if (on) root.open = true;
      }
    },
  };
}

/**
 * One gate to clamp, chosen in a row, and a slider that says at what: what is in sight is two
 * controls. Options and result as for `clampControls`.
 */
export function oneClamp({ kind, onChange }) {
  const ranges = clampRanges(kind);
  if (Object.keys(ranges).length === 0) return { root: null, update() {} };
  const which = radios({
    label: "Clamp",
    options: [["", "no gate"], ...Object.keys(ranges).map((name) => [name, name])],
    value: "",
    onChange: (name) => choose(name),
  });
  const place = element("div");
  let gate = "";
  let range = null;
  function choose(name) {
    const freed = gate;
    show(name, 1);
    if (name) onChange({ [name]: range.value }, clampInWords(name, range.value));
    else onChange({}, FREED(freed));
  }
  function show(name, value) {
    if (name === gate) {
      if (range && range.input !== document.activeElement) range.value = value;
      return;
    }
    gate = name;
    const [min, max] = name ? ranges[name] : [0, 1];
    range = slider({
      label: name ? `${name} is` : "at",
      value,
      min,
      max,
      step: 0.05,
      format: spoken,
      onInput: () => onChange({ [gate]: range.value }, clampInWords(gate, range.value)),
    });
    range.disabled = name === "";
    place.replaceChildren(range.root);
  }
  gate = null; // so that the slider is made
  show("", 1);
  return {
    root: element("div", { class: "rnnbook-step-one" }, which.root, place),
    update(clamps) {
      const [name = "", value = 1] = Object.entries(clamps)[0] ?? [];
      which.value = name;
      show(name, value);
    },
  };
}

const FREED = (name) => `${name} is free again: the network computes it.`;
