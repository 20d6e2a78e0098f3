// Every number of a small cell's equations, step by step: what the page writes out.
//
// The engine is made for speed and keeps what training needs; a reader also wants to see each sum
// before it is squashed, and what it is made of.

import { sigmoid } from "../engine/activations.js";

/** The parts that are computed from `W`, `U` and `b`, in the order of their blocks of rows. */
export const CELL_PARTS = { simple: ["h"], lstm: ["i", "f", "g", "o"], gru: ["r", "z", "n"] };

/** Parts that a tanh squashes (or, in the simple cell, what `nonlinearity` says). */
const SIGNED_PARTS = new Set(["h", "g", "n"]);

/** The gates of a cell that can be clamped, each with its range. */
export function clampRanges(kind) {
  if (kind === "simple") return {};
  const range = (name) => (SIGNED_PARTS.has(name) ? [-1, 1] : [0, 1]);
  return Object.fromEntries(CELL_PARTS[kind].map((name) => [name, range(name)]));
}

/** What squashes the part `name` of a cell: "σ", "tanh" or "relu". */
export function squashName({ kind, nonlinearity }, name) {
  if (!SIGNED_PARTS.has(name)) return "σ";
  return kind === "simple" ? nonlinearity : "tanh";
}

const SQUASHES = { σ: sigmoid, tanh: Math.tanh, relu: (value) => Math.max(0, value) };

/**
 * One unit's share of a part's sum, in products that can be written out.
 *
 * `input`, `recurrent`: pairs of a weight and the number it multiplies; `bias`; `inner` the bias
 * that belongs to `recurrent` (GRU, reset after), `factor` what multiplies the two (`r`, or 1);
 * `sum` before it is squashed, `free` after, `value` what the cell goes on with: the clamp, if any.
 *
 * @typedef {{ input: number[][], recurrent: number[][], bias: number, inner: number,
 *   factor: number, sum: number, free: number, value: number, clamped: boolean }} PartOfUnit
 */

/**
 * Run a cell over a sequence and keep everything.
 *
 * @param {object} cell
 * @param {"simple"|"lstm"|"gru"} cell.kind
 * @param {"tanh"|"relu"} cell.nonlinearity Of the simple cell.
 * @param {boolean} cell.resetAfter Of the GRU.
 * @param {object} cell.weights `W` (rows·H rows of D), `U` (rows·H rows of H), `b` (rows·H), for a
 *   GRU with its reset after the product `b_U` (H), and with a read-out `V` (K rows of H), `c` (K).
 * @param {object} cell.clamps A number for each clamped gate.
 * @param {number[][]} x T steps of D numbers.
 * @returns T steps, each `{ x, before: { h, c? }, after: { h, c? }, y, parts }`: H numbers a state,
 *   K numbers y, and in `parts` by name an array of H `PartOfUnit`.
 */
export function runCell(cell, x) {
  const H = cell.weights.U[0].length;
  let state = { h: Array(H).fill(0) };
  if (cell.kind === "lstm") state.c = Array(H).fill(0);
  return x.map((x_t) => {
    const before = state;
    const { parts, after } = RUN_STEP[cell.kind](cell, x_t, before);
    state = after;
    const { V = [], c = [] } = cell.weights;
    const y = V.map((row, k) => sumOfProducts(pairsOf(row, after.h)) + c[k]);
    return { x: x_t, before, after, y, parts };
  });
}

const RUN_STEP = {
  simple(cell, x, { h }) {
    const parts = { h: partOf(cell, "h", x, h) };
    return { parts, after: { h: valuesOf(parts.h) } };
  },
  lstm(cell, x, { h, c }) {
    const [i, f, g, o] = CELL_PARTS.lstm.map((name) => partOf(cell, name, x, h));
    // c_t = f ⊙ c_{t−1} + i ⊙ g
    const kept = c.map((old, j) => f[j].value * old + i[j].value * g[j].value);
    // h_t = o ⊙ tanh(c_t)
    const shown = kept.map((now, j) => o[j].value * Math.tanh(now));
    return { parts: { i, f, g, o }, after: { h: shown, c: kept } };
  },
  gru(cell, x, { h }) {
    const r = partOf(cell, "r", x, h);
    const z = partOf(cell, "z", x, h);
    const reset = valuesOf(r);
    const n = cell.resetAfter
      ? partOf(cell, "n", x, h, { factors: reset, inner: cell.weights.b_U })
      : partOf(cell, "n", x, h.map((old, j) => reset[j] * old));
    // h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}
    const mixed = h.map((old, j) => (1 - z[j].value) * n[j].value + z[j].value * old);
    return { parts: { r, z, n }, after: { h: mixed } };
  },
};

/** A part of all units: squash(W x + b + factor · (U h + inner)), or its clamp. */
function partOf(cell, name, x, h, { factors, inner } = {}) {
  const squash = SQUASHES[squashName(cell, name)];
  const clamp = cell.clamps[name];
  const first = CELL_PARTS[cell.kind].indexOf(name) * h.length;
  return h.map((_, j) => {
    const of = {
      input: pairsOf(cell.weights.W[first + j], x),
      recurrent: pairsOf(cell.weights.U[first + j], h),
      bias: cell.weights.b[first + j],
      inner: inner?.[j] ?? 0,
      factor: factors?.[j] ?? 1,
    };
    const fromState = of.factor * (sumOfProducts(of.recurrent) + of.inner);
    const sum = sumOfProducts(of.input) + of.bias + fromState;
    const free = squash(sum);
    return { ...of, sum, free, value: clamp ?? free, clamped: clamp !== undefined };
  });
}

/** The sum of products. */
export function sumOfProducts(products) {
  return products.reduce((sum, [weight, number]) => sum + weight * number, 0);
}

function pairsOf(row, numbers) {
  return row.map((weight, index) => [weight, numbers[index]]);
}

function valuesOf(units) {
  return units.map((unit) => unit.value);
}
