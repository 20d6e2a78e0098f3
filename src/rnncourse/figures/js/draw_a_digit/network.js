// A GRU that reads a picture a row a step, and a read-out after each of them.

import { createCell } from "../engine/cells.js";
import { unpackWeights } from "../engine/packed.js";
import { Readout, softmax } from "../engine/readout.js";
import { INK, rowOf, SIDE } from "./bitmap.js";

const DIGITS_KNOWN = 10;
export const ORDERS = {
  down: [0, 1, 2, 3, 4, 5, 6, 7],
  up: [7, 6, 5, 4, 3, 2, 1, 0],
  shuffled: [4, 1, 6, 3, 0, 7, 2, 5],
};

/**
 * A trained network, whose weights are written as text: `torch.nn.GRU` and `torch.nn.Linear`.
 *
 * @returns {(pixels: number[], order: string) => number[][]} How likely each digit is after each
 *   row that is read.
 */
export function openDigitReader({ H, parameters }) {
  const weights = (name) => unpackWeights(parameters[name]);
  const [b, b_hh] = [weights("layer.bias_ih_l0"), weights("layer.bias_hh_l0")];
  for (let k = 0; k < 2 * H; k++) b[k] += b_hh[k]; // two biases that only ever add up
  const [W, U] = [weights("layer.weight_ih_l0"), weights("layer.weight_hh_l0")];
  const cell = createCell({ kind: "gru", inputSize: SIDE, hiddenSize: H });
  cell.load({ W, U, b, b_U: b_hh.subarray(2 * H) });
  const readout = new Readout({ hiddenSize: H, outputSize: DIGITS_KNOWN });
  readout.load({ V: weights("readout.weight"), b: weights("readout.bias") });

  return (pixels, order) => {
    const rows = ORDERS[order].flatMap((y) => rowOf(pixels, y));
    const { h } = cell.forward(Float32Array.from(rows, (ink) => ink / INK), SIDE, 1);
    const y = readout.forward(h);
    const after = (t) => softmax(y.subarray(DIGITS_KNOWN * t, DIGITS_KNOWN * (t + 1)));
    return ORDERS[order].map((_, t) => after(t));
  };
}
