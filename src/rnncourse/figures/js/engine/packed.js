// A trained reader, whose weights are written as text: see `rnncourse.experiments.packing`.

import { createCell } from "./cells.js";
import { Readout } from "./readout.js";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/** Weights from one character each, row after row, and a scale a row: a Float32Array. */
export function unpackWeights({ levels, scales }) {
  const length = levels.length / scales.length;
  const level = (digit) => DIGITS.indexOf(digit) - (DIGITS.length - 1) / 2;
  return Float32Array.from(levels, (digit, k) => level(digit) * scales[Math.floor(k / length)]);
}

/**
 * A cell over one-hot characters, with a read-out after each of them.
 *
 * @param {object} reader `{ kind, H, parameters }`, as a figure's trait has it.
 * @param {number} D How many characters there are.
 * @returns `{ cell, readout, D, H, K, read }`. `read(ids, start)` runs it over characters, (T), from
 *   the state `start`, `{ h0, c0 }`, of zeros if not given: `trace`, and `y`, the scores of the K
 *   classes, (T, K).
 */
export function openReader({ kind, H, parameters }, D) {
  const weights = {};
  for (const [name, packed] of Object.entries(parameters)) weights[name] = unpackWeights(packed);
  const K = weights.c.length;
  const cell = createCell({ kind, inputSize: D, hiddenSize: H }).load(weights);
  const readout = new Readout({ hiddenSize: H, outputSize: K });
  readout.load({ V: weights.V, b: weights.c });
  const read = (ids, start = {}) => {
    const x = new Float32Array(ids.length * D);
    ids.forEach((id, t) => (x[t * D + id] = 1));
    const trace = cell.forward(x, ids.length, 1, start);
    return { trace, y: readout.forward(trace.h) };
  };
  return { cell, readout, D, H, K, read };
}
