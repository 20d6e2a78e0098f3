// The equations of a cell, one below the other, with the numbers of one step and one unit put in.

import { element } from "../base/dom.js";
import { formula, inBrackets, inNumbers, writeProducts, writeSum } from "./formula.js";
import { CELL_PARTS, squashName, sumOfProducts } from "./numbers.js";

const PART_NAMES = {
  h: "New state",
  i: "Input gate",
  f: "Forget gate",
  g: "Candidate",
  o: "Output gate",
  r: "Reset gate",
  z: "Update gate",
  n: "Candidate",
};

/**
 * All equations of one step.
 *
 * @param {object} cell As `runCell` takes it.
 * @param {object} step One step of `runCell`.
 * @param {number} t Which one, from 1.
 * @param {number} unit The unit whose numbers are put in, from 0.
 */
export function equationLines(cell, step, t, unit) {
  const H = step.before.h.length;
  const names = { t, H, above: H > 1 ? `^{(${unit + 1})}` : "", ...weightLetters(step, H) };
  const lines = CELL_PARTS[cell.kind].map((name) => partLine(cell, step, unit, name, names));
  if (cell.kind === "lstm") lines.push(...lstmLines(step, unit, names));
  if (cell.kind === "gru") lines.push(gruLine(step, unit, names));
  step.y.forEach((_, k) => lines.push(outputLine(cell, step, k, names)));
  return element("ol", { class: "rnnbook-step-lines" }, ...lines);
}

/** Small letters where both matrices are single numbers, as in the text. */
function weightLetters(step, H) {
  const numbers = H === 1 && step.x.length === 1;
  return { W: numbers ? "w" : "W", U: numbers ? "u" : "U" };
}

function partLine(cell, step, unit, name, { t, above, W, U }) {
  const part = step.parts[name][unit];
  const squash = squashName(cell, name);
  const gate = cell.kind === "simple" ? "" : name;
  const below = gate && `_{${gate}}`;
  const inside = insideOf(cell, step, part, name, { W, U, below });
  const clamped = part.clamped
    ? [` = ${inNumbers(part.free)}, `, element("strong", {}, `clamped at ${inNumbers(part.value)}`)]
    : [" = ", element("strong", {}, inNumbers(part.value))];
  return line(
    gate || cell.kind,
    PART_NAMES[name],
    `${name}_{t} = ${squash}(${inside.letters})`,
    [formula(`${name}${above}_{${t}}`), ` = ${squash}( `, ...inside.chips, " )"],
    [`= ${squash}(${inside.sum}) = ${squash}(${inNumbers(part.sum)})`, ...clamped],
  );
}

/** What stands in the parentheses: in letters, in chips of numbers, and as a sum. */
function insideOf(cell, step, part, name, { W, U, below }) {
  const resets = cell.kind === "gru" && name === "n";
  const input = chip("from the input", writeProducts(part.input), "input");
  const bias = chip("bias", inBrackets(part.bias), "bias");
  if (resets && cell.resetAfter) {
    const state = `${writeProducts(part.recurrent)} + ${inBrackets(part.inner)}`;
    const words = `${inNumbers(part.factor)} · (${state})`;
    return {
      letters: `${W}${below} x_{t} + b${below} + r_{t} ⊙ (${U}${below} h_{t−1} + b_{U})`,
      chips: [input, " + ", bias, " + ", chip("from the old state, through r", words, "state")],
      sum: writeSum([
        sumOfProducts(part.input),
        part.bias,
        part.factor * (sumOfProducts(part.recurrent) + part.inner),
      ]),
    };
  }
  const from = resets ? "from r ⊙ the old state" : "from the old state";
  const state = chip(from, writeProducts(part.recurrent), "state");
  const old = resets ? "(r_{t} ⊙ h_{t−1})" : "h_{t−1}";
  return {
    letters: `${W}${below} x_{t} + ${U}${below} ${old} + b${below}`,
    chips: [input, " + ", state, " + ", bias],
    sum: writeSum([sumOfProducts(part.input), sumOfProducts(part.recurrent), part.bias]),
  };
}

function lstmLines({ before, after, parts }, unit, { t, above }) {
  const [i, f, g, o] = CELL_PARTS.lstm.map((name) => parts[name][unit].value);
  const [old, now] = [before.c[unit], after.c[unit]];
  return [
    line(
      "ui-text",
      "Cell state",
      "c_{t} = f_{t} ⊙ c_{t−1} + i_{t} ⊙ g_{t}",
      [
        formula(`c${above}_{${t}}`),
        " = ",
        chip("kept", writeProducts([[f, old]]), "state"),
        " + ",
        chip("written", writeProducts([[i, g]]), "input"),
      ],
      [`= ${writeSum([f * old, i * g])} = `, element("strong", {}, inNumbers(now))],
    ),
    line(
      "lstm",
      "Hidden state",
      "h_{t} = o_{t} ⊙ tanh(c_{t})",
      [formula(`h${above}_{${t}}`), ` = ${inNumbers(o)} · tanh(${inNumbers(now)})`],
      [
        `= ${inNumbers(o)} · ${inBrackets(Math.tanh(now))} = `,
        element("strong", {}, inNumbers(after.h[unit])),
      ],
    ),
  ];
}

function gruLine({ before, after, parts }, unit, { t, above }) {
  const [z, n] = [parts.z[unit].value, parts.n[unit].value];
  const old = before.h[unit];
  return line(
    "gru",
    "New state",
    "h_{t} = (1 − z_{t}) ⊙ n_{t} + z_{t} ⊙ h_{t−1}",
    [
      formula(`h${above}_{${t}}`),
      " = ",
      chip("new", `(1 − ${inNumbers(z)}) · ${inBrackets(n)}`, "input"),
      " + ",
      chip("kept", writeProducts([[z, old]]), "state"),
    ],
    [`= ${writeSum([(1 - z) * n, z * old])} = `, element("strong", {}, inNumbers(after.h[unit]))],
  );
}

function outputLine(cell, { after, y }, k, { t }) {
  const bias = cell.kind === "lstm" ? "b_{y}" : "c"; // an LSTM's c is its cell state
  const products = after.h.map((value, j) => [cell.weights.V[k][j], value]);
  const above = y.length > 1 ? `^{(${k + 1})}` : "";
  return line(
    "accent",
    y.length > 1 ? `Output ${k + 1}` : "Output",
    `y_{t} = V h_{t} + ${bias}`,
    [
      formula(`y${above}_{${t}}`),
      " = ",
      chip("from the new state", writeProducts(products), "state"),
      " + ",
      chip("bias", inBrackets(cell.weights.c[k]), "bias"),
    ],
    [
      `= ${writeSum([sumOfProducts(products), cell.weights.c[k]])} = `,
      element("strong", {}, inNumbers(y[k])),
    ],
  );
}

function line(color, name, letters, numbers, result) {
  return element(
    "li",
    { style: { "border-inline-start-color": `var(--rnnbook-${color})` } },
    element("p", { class: "rnnbook-step-name" }, name, ": ", formula(letters)),
    element("p", { class: "rnnbook-step-numbers" }, ...numbers),
    element("p", { class: "rnnbook-step-numbers" }, ...result),
  );
}

/** Some numbers and, below them, where they come from. */
function chip(caption, words, kind) {
  return element(
    "span",
    { class: `rnnbook-step-chip rnnbook-step-${kind}` },
    element("span", {}, words),
    element("small", {}, caption),
  );
}
