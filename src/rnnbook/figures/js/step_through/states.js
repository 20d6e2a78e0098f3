// The states of a cell: before and after one step, and all of them over time.

import { element } from "../base/dom.js";
import { inNumbers } from "./formula.js";
import { spoken, entryName } from "./words.js";

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

/** The states so far, as a chart: all units' h, the chosen unit's c, and a single output. */
export function timeline(kind, steps, t, unit) {
  const H = steps[0].before.h.length;
  const taken = steps.slice(0, t);
  const over = (read) => taken.map((step, k) => [k + 1, read(step)]);
  const series = steps[0].before.h.map((_, k) => ({
    name: entryName("h", k, H),
    color: k === unit ? kind : "baseline",
    dashed: k !== unit,
    points: [[0, 0], ...over((step) => step.after.h[k])],
  }));
  if (kind === "lstm") {
    const points = [[0, 0], ...over((step) => step.after.c[unit])];
    series.push({ name: entryName("c", unit, H), color: "text", points });
  }
  if (steps[0].y.length === 1) {
    series.push({ name: "y", color: "accent", dots: true, points: over((step) => step.y[0]) });
  }
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const letter = entryName("h", unit, H);
  const said = over((step) => step.after.h[unit]).map(([, value]) => spoken(value));
  return {
    series,
    x: { label: "step t", domain: [0, steps.length] },
    y: { label: "state", domain: [Math.min(-1, ...values), Math.max(1, ...values)] },
    label: t ? `${letter} after each step so far: ${said.join(", ")}` : "No step is taken yet.",
  };
}
