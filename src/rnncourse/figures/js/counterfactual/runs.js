// Two runs that differ in one token, and what the gradient makes of the same change.

import { createCell } from "../engine/cells.js";
import { Readout } from "../engine/readout.js";
import { preciseOutputs } from "./precise.js";

const SINGLE_TELLS = 1e-3; // a difference in y above this has all its digits in single precision

/**
 * A network at work on its sequence: its read-out at every step, and every gradient of it.
 *
 * @param {object} network One of the trait `networks`.
 * @returns `{ network, cell, readout, x, T, D, H, slopes }`; `slopes[t][later]` is how fast
 *   y_later rises when the token at t (both from 0) moves along `network.direction`.
 */
export function prepareNetwork(network) {
  const { kind, weights, nonlinearity, reset_after: resetAfter, direction } = network;
  const T = network.x.length;
  const D = network.x[0].length;
  const H = weights.U[0].length;
  const cell = createCell({ kind, inputSize: D, hiddenSize: H, nonlinearity, resetAfter });
  cell.load(weights);
  const readout = new Readout({ hiddenSize: H, outputSize: 1 }).load(network.readout);
  const x = Float32Array.from(network.x.flat());

  // The same sequence T times: in copy b the loss is y at step b, so one way back has them all.
  const copies = new Float32Array(T * T * D);
  const dh = new Float32Array(T * T * H);
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < T; b++) copies.set(x.subarray(t * D, (t + 1) * D), (t * T + b) * D);
    dh.set(readout.parameters.V, (t * T + t) * H);
  }
  const { dx } = cell.backward(cell.forward(copies, T, T), dh);
  const along = (from) => direction.reduce((sum, part, d) => sum + part * dx[from + d], 0);
  const each = Array.from({ length: T }, (_, index) => index);
  const slopes = each.map((t) => each.map((later) => along((t * T + later) * D)));
  return { network, cell, readout, x, T, D, H, slopes };
}

/**
 * Run a network as it is and with one token changed.
 *
 * @param {object} prepared What `prepareNetwork` returned.
 * @param {number} t Which token, from 0.
 * @param {number} size How far it moves along the network's direction.
 * @returns `y` and `changed`, the read-out in both runs; sizes of the differences between them,
 *   `dy`, `dh` and, where there is a cell state, `dc`; `forecast`, the size of dy that the gradient
 *   foretells. (T) each.
 */
export function compareRuns(prepared, t, size) {
  const { network, cell, readout, x, T, D, H, slopes } = prepared;
  const both = new Float32Array(T * 2 * D);
  for (let step = 0; step < T; step++) {
    const token = x.subarray(step * D, (step + 1) * D);
    both.set(token, 2 * step * D);
    both.set(token, (2 * step + 1) * D);
  }
  network.direction.forEach((part, d) => {
    both[(2 * t + 1) * D + d] += size * part;
  });
  const trace = cell.forward(both, T, 2);
  const read = readout.forward(trace.h);
  const each = Array.from({ length: T }, (_, step) => step);
  const apart = (state) => each.map((step) => distance(state, 2 * step * H, H));
  const tokens = network.x.map((token, step) =>
    step === t ? token.map((value, d) => value + size * network.direction[d]) : token,
  );
  const [exact, exactlyChanged] = [network.x, tokens].map((way) => preciseOutputs(network, way));
  const differenceOf = (step) => {
    const single = distance(read, 2 * step, 1);
    return single > SINGLE_TELLS ? single : Math.abs(exactlyChanged[step] - exact[step]);
  };
  return {
    y: each.map((step) => read[2 * step]),
    changed: each.map((step) => read[2 * step + 1]),
    dy: each.map(differenceOf),
    dh: apart(trace.h),
    dc: trace.c ? apart(trace.c) : null,
    forecast: slopes[t].map((slope) => Math.abs(size * slope)),
  };
}

/** The distance between two neighbouring vectors of `length` numbers, the first one at `at`. */
function distance(values, at, length) {
  let sum = 0;
  for (let k = at; k < at + length; k++) sum += (values[k + length] - values[k]) ** 2;
  return Math.sqrt(sum);
}
