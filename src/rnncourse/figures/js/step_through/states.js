// The states of a cell: before and after one step, and all of them over time.

import { element } from "../base/dom.js";
import { inNumbers } from "./formula.js";
import { CELL_PARTS } from "./numbers.js";
import { spoken, entryName } from "./words.js";

const SMALLEST_MARGIN = 0.02; // what a shut gate lets through, 2e−9, is to look like 0

/** The states before and after the step, of all units. */
export function stateTable(steps, t, unit) {
  const { before, after } = t ? steps[t - 1] : { before: null, after: steps[0].before };
  const H = after.h.length;
  const mark = (k) => (k === unit && H > 1 ? "rnnbook-step-chosen" : null);
  const row = (letter, when, numbers) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, element("var", {}, letter), element("sub", {}, when)),
      ...numbers.map((value, k) => element("td", { class: mark(k) }, inNumbers(value))),
    );
  const rows = Object.keys(after).flatMap((letter) => [
    ...(before ? [row(letter, String(t - 1), before[letter])] : []),
    row(letter, String(t), after[letter]),
  ]);
  const head = (k) => element("th", { scope: "col" }, H > 1 ? `unit ${k + 1}` : "state");
  return element(
    "table",
    {},
    element("caption", {}, t ? `Before and after step ${t}` : "At the start"),
    element("thead", {}, element("tr", {}, element("td"), ...after.h.map((_, k) => head(k)))),
    element("tbody", {}, ...rows),
  );
}

/** Of one unit at all steps: gates, states and, if there is one, the output, in words for a table. */
export function traceRows(kind, steps, unit, clamps) {
  const row = (name, of) => ({
    name,
    words: steps.map((step) => inTable(of(step))),
    clamped: Object.hasOwn(clamps, name),
  });
  const rows = CELL_PARTS[kind]
    .filter((name) => kind !== "simple" || name !== "h")
    .map((name) => row(name, ({ parts }) => parts[name][unit].value));
  for (const letter of kind === "lstm" ? ["c", "h"] : ["h"]) {
    rows.push(row(letter, ({ after }) => after[letter][unit]));
  }
  if (steps[0].y.length === 1) rows.push(row("y", ({ y }) => y[0]));
  return rows;
}

/** Two digits after the point; nothing after it where all of them would be 0. */
function inTable(value) {
  const rounded = Math.round(value * 100) / 100 + 0;
  // What is not quite open is not said to be.
  if (Math.abs(rounded) === 1 && Math.abs(value - rounded) > 5e-5) {
    return value.toFixed(4).replace("-", "−");
  }
  const text = Number.isInteger(rounded) ? String(rounded) : rounded.toFixed(2);
  return text.replace("-", "−");
}

/** The states so far, as a chart: all units' h, and the chosen unit's c. */
export function stateLines(kind, steps, t, unit) {
  const H = steps[0].before.h.length;
  const series = steps[0].before.h.map((_, k) => ({
    name: entryName("h", k, H),
    color: k === unit ? kind : "baseline",
    dashed: k !== unit,
    values: [0, ...steps.map(({ after }) => after.h[k])],
  }));
  if (kind === "lstm") {
    const values = [0, ...steps.map(({ after }) => after.c[unit])];
    series.push({ name: entryName("c", unit, H), color: "text", values });
  }
  const said = steps.slice(0, t).map(({ after }) => spoken(after.h[unit]));
  const letter = entryName("h", unit, H);
  return {
    ...linesSoFar("state", series, 0, t),
    label: t ? `${letter} after each step so far: ${said.join(", ")}` : "No step is taken yet.",
  };
}

/**
 * A single output so far. It may be many times as large as the states. `free` is the run without
 * clamps, to be compared with, or null.
 */
export function outputLines(steps, t, free = null) {
  const values = steps.map(({ y }) => y[0]);
  const said = values.slice(0, t).map(spoken);
  const series = [{ name: "y", color: "accent", values }];
  if (free) {
    const before = free.map(({ y }) => y[0]);
    series.unshift({ name: "free", color: "baseline", dashed: true, values: before });
  }
  return {
    ...linesSoFar("output", series, 1, t),
    label: t ? `y at each step so far: ${said.join(", ")}` : "There is no output yet.",
  };
}

/** Lines up to step t, on axes that hold the whole run: they stay as they are while one steps. */
function linesSoFar(name, series, first, t) {
  const last = first + series[0].values.length - 1;
  return {
    series: series.map(({ values, ...line }) => ({
      ...line,
      tip: true,
      points: values.map((value, k) => [first + k, value]).slice(0, t + 1 - first),
    })),
    x: { label: "step t", domain: [0, last] },
    y: { label: name, domain: roomFor(series.flatMap(({ values }) => values)) },
  };
}

function roomFor(values) {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const margin = Math.max(0.08 * (high - low), SMALLEST_MARGIN);
  return [low - margin, high + margin];
}
