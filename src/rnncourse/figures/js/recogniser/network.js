// A GRU in both directions and a read-out: `torch.nn.GRU` and `torch.nn.Linear`, forwards.

import { createCell } from "../engine/cells.js";
import { unpackWeights } from "../engine/packed.js";
import { Readout, softmax } from "../engine/readout.js";

/**
 * A trained network, whose weights are written as text.
 *
 * @param {object} network The trait: `H`, and `parameters` by their names in Python.
 * @param {number} D Numbers in a step.
 * @returns {(x: Float32Array, T: number) => number[][]} From steps (T, D): the probability of each
 *   symbol at each of them.
 */
export function openRecogniser({ H, parameters }, D) {
  const weights = (name) => unpackWeights(parameters[name]);
  const gru = (way) => {
    const [b, b_hh] = [weights(`gru.bias_ih_l0${way}`), weights(`gru.bias_hh_l0${way}`)];
    for (let k = 0; k < 2 * H; k++) b[k] += b_hh[k]; // two biases that only ever add up
    const [W, U] = [weights(`gru.weight_ih_l0${way}`), weights(`gru.weight_hh_l0${way}`)];
    const own = { W, U, b, b_U: b_hh.subarray(2 * H) };
    return createCell({ kind: "gru", inputSize: D, hiddenSize: H }).load(own);
  };
  const [forwards, backwards] = ["", "_reverse"].map(gru);
  const [V, b] = [weights("readout.weight"), weights("readout.bias")];
  const readout = new Readout({ hiddenSize: 2 * H, outputSize: b.length }).load({ V, b });

  return (x, T) => {
    const turned = new Float32Array(x.length);
    for (let t = 0; t < T; t++) turned.set(x.subarray(t * D, (t + 1) * D), (T - 1 - t) * D);
    const there = forwards.forward(x, T, 1).h;
    const back = backwards.forward(turned, T, 1).h;
    return Array.from({ length: T }, (_, t) => {
      const h = new Float32Array(2 * H);
      h.set(there.subarray(t * H, (t + 1) * H));
      h.set(back.subarray((T - 1 - t) * H, (T - t) * H), H);
      return softmax(readout.forward(h));
    });
  };
}
