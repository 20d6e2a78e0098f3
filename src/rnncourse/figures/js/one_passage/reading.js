// One passage read by a trained cell: what its answer hangs on, in truth and by the gradient.
//
// The answer at a cursor is its margin, the log-odds of the true kind in bits, log₂ p / (1 − p).

import { createCell } from "../engine/cells.js";
import { Readout } from "../engine/readout.js";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const COPIES = 8; // at once: some milliseconds of work

/** Weights from one character each, row after row, and a scale a row: a Float32Array. */
export function unpackWeights({ levels, scales }) {
  const length = levels.length / scales.length;
  const level = (digit) => DIGITS.indexOf(digit) - (DIGITS.length - 1) / 2;
  return Float32Array.from(levels, (digit, k) => level(digit) * scales[Math.floor(k / length)]);
}

/**
 * A reader at work on a passage.
 *
 * @param {object} reader One of the trait `readers`.
 * @param {number} D How many characters the alphabet has.
 * @param {number[]} ids Of the passage's characters, (T).
 * @param {number[]|null} kinds The true ones, (T); where they are not known, the reader's own
 *   answers are taken for them.
 * @returns `{ cell, readout, D, H, K, T, ids, kinds, trace, y }`; `y` are the scores of the kinds,
 *   (T, K).
 */
export function readPassage({ kind, H, parameters }, D, ids, kinds) {
  const weights = {};
  for (const [name, packed] of Object.entries(parameters)) weights[name] = unpackWeights(packed);
  const K = weights.c.length;
  const cell = createCell({ kind, inputSize: D, hiddenSize: H }).load(weights);
  const readout = new Readout({ hiddenSize: H, outputSize: K });
  readout.load({ V: weights.V, b: weights.c });
  const T = ids.length;
  const x = new Float32Array(T * D);
  ids.forEach((id, t) => (x[t * D + id] = 1));
  const trace = cell.forward(x, T, 1);
  const y = readout.forward(trace.h);
  const own = () => ids.map((_, t) => likeliestIn(y, t, K).kind);
  return { cell, readout, D, H, K, T, ids, kinds: kinds ?? own(), trace, y };
}

/** The likeliest kind, and its probability, by the scores from place `row` · K on. */
export function likeliestIn(y, row, K) {
  const { p } = answerIn(y, row, K, 0);
  const most = Math.max(...p);
  return { kind: p.indexOf(most), p: most };
}

/**
 * What the scores say that stand in `y` from place `row` · K on.
 *
 * @returns The probabilities `p` (K), that of all `others` but `kind`, and the margin of `kind`.
 */
export function answerIn(y, row, K, kind) {
  const scores = Array.from(y.subarray(row * K, (row + 1) * K));
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const add = (total, power) => total + power;
  const sum = powers.reduce(add);
  // Not 1 − p, which would lose the digits of what is nearly certain.
  const others = powers.filter((_, k) => k !== kind).reduce(add);
  const margin = Math.log2(powers[kind] / others);
  return { p: powers.map((power) => power / sum), others: others / sum, margin };
}

/** Take the gradient of the margin at a cursor (from 0): `reading.gradient`. */
export function takeGradient(reading, at) {
  const { cell, readout, H, K, T, kinds, trace, y } = reading;
  const kind = kinds[at];
  const { p, others } = answerIn(y, at, K, kind);
  const dh = new Float32Array(T * H);
  for (let k = 0; k < K; k++) {
    // ∂m/∂y: 1 for the true kind, and for the others their shares of what is not true.
    const dy = (k === kind ? 1 : -p[k] / others) / Math.LN2;
    for (let j = 0; j < H; j++) dh[at * H + j] += dy * readout.parameters.V[k * H + j];
  }
  reading.gradient = { at, dx: cell.backward(trace, dh).dx };
}

/**
 * What the gradient that was taken last says of each character up to its cursor.
 *
 * @param {object} reading
 * @param {number[]} become What each character would become: ids, (T).
 * @returns `{ forecast, norm }`, (T) each, NaN behind the cursor: how far the margin would move, in
 *   bits, were the gradient true of the whole replacement; the gradient's norm at that input.
 */
export function foretell({ ids, T, D, gradient: { at, dx } }, become) {
  const [forecast, norm] = [new Float32Array(T).fill(NaN), new Float32Array(T).fill(NaN)];
  for (let t = 0; t <= at; t++) {
    const row = dx.subarray(t * D, (t + 1) * D);
    forecast[t] = Math.abs(row[become[t]] - row[ids[t]]);
    norm[t] = Math.hypot(...row);
  }
  return { forecast, norm };
}

/**
 * Run the passage again with one character replaced, for the next few characters.
 *
 * Copies start from the state before the first of those; all cursors behind come at once.
 *
 * @param {object} reading
 * @param {object} changes `become`, what each character becomes, ids (T); `y`, room for the scores
 *   (T, T, K), a row a replaced character, a column a cursor; `done`, how many have been replaced.
 */
export function rerunSome({ cell, readout, D, H, K, T, ids, trace }, changes) {
  const from = changes.done;
  const B = Math.min(COPIES, T - from);
  const steps = T - from;
  const x = new Float32Array(steps * B * D);
  for (let step = 0; step < steps; step++) {
    for (let b = 0; b < B; b++) {
      x[(step * B + b) * D + (step === b ? changes.become : ids)[from + step]] = 1;
    }
  }
  const start = {};
  for (const state of cell.states) {
    const before = Array.from(trace[`${state}Before`].subarray(from * H, (from + 1) * H));
    start[`${state}0`] = Float32Array.from({ length: B * H }, (_, k) => before[k % H]);
  }
  const y = readout.forward(cell.forward(x, steps, B, start).h);
  for (let b = 0; b < B; b++) {
    for (let step = b; step < steps; step++) {
      const row = (step * B + b) * K;
      changes.y.set(y.subarray(row, row + K), ((from + b) * T + from + step) * K);
    }
  }
  changes.done += B;
}

/** How far the margin at a cursor really moves with each character, in bits: (T), NaN unknown. */
export function realChanges({ kinds, K, T, y }, changes, at) {
  const { margin } = answerIn(y, at, K, kinds[at]);
  return Float32Array.from({ length: T }, (_, t) =>
    Math.abs(answerIn(changes.y, t * T + at, K, kinds[at]).margin - margin),
  );
}
