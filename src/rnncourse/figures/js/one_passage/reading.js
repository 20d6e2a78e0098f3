// One passage read by a trained cell: what its answer hangs on, in truth and by the gradient.
//
// The answer at a cursor is its margin, the log-odds of the true kind in bits, log₂ p / (1 − p).

import { openReader } from "../engine/packed.js";
import { softmax } from "../engine/readout.js";

const COPIES = 8; // at once: some milliseconds of work

/**
 * A reader at work on a passage.
 *
 * @param {object} reader One of the trait `readers`.
 * @param {number} D How many characters the alphabet has.
 * @param {number[]} ids Of the passage's characters, (T).
 * @param {number[]|null} kinds The true ones, (T); where they are not known, the reader's own
 *   answers are taken for them.
 * @returns What `openReader` returned, and `{ T, ids, kinds, trace, y }`; `y` are the scores of the
 *   kinds, (T, K).
 */
export function readPassage(reader, D, ids, kinds) {
  const opened = openReader(reader, D);
  const { trace, y } = opened.read(ids);
  const own = () => ids.map((_, t) => likeliestIn(y, t, opened.K).kind);
  return { ...opened, T: ids.length, ids, kinds: kinds ?? own(), trace, y };
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
  const p = softmax(y.subarray(row * K, (row + 1) * K));
  // Not 1 − p, which would lose the digits of what is nearly certain.
  const others = p.filter((_, k) => k !== kind).reduce((total, share) => total + share, 0);
  return { p, others, margin: Math.log2(p[kind] / others) };
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
