// An encoder, attention and a decoder of GRUs, forwards: the twin of `rnnbook`'s `EncoderDecoder`.

import { createCell } from "../engine/cells.js";
import { unpackWeights } from "../engine/packed.js";
import { Readout } from "../engine/readout.js";
import { attend } from "./attention.js";

/**
 * A trained network, whose weights are written as text.
 *
 * @param {object} network The trait: `H`, `D`, and `parameters` by their names in Python.
 * @returns `encode(ids)` and `step(tokens, h, memory, blocked)`.
 */
export function openEncoderDecoder({ H, D, parameters }) {
  const weights = {};
  for (const [name, packed] of Object.entries(parameters)) weights[name] = unpackWeights(packed);
  const gru = (name, inputSize) => {
    const own = ["W", "U", "b", "b_U"].map((letter) => [letter, weights[`${name}.${letter}`]]);
    return createCell({ kind: "gru", inputSize, hiddenSize: H }).load(Object.fromEntries(own));
  };
  const linear = (name, hiddenSize, outputSize) => {
    const b = weights[`${name}.bias`] ?? new Float32Array(outputSize);
    return new Readout({ hiddenSize, outputSize }).load({ V: weights[`${name}.weight`], b });
  };
  const embed = (name, ids) => {
    const x = new Float32Array(ids.length * D);
    const table = weights[`${name}.weight`];
    ids.forEach((id, n) => x.set(table.subarray(id * D, (id + 1) * D), n * D));
    return x;
  };
  const E = 2 * H;
  const [forwards, backwards] = [0, 1].map((way) => gru(`encoder.cells.0.${way}`, D));
  const decoder = gru("decoder.cells.0.0", D + E);
  const toKeys = linear("attention.U", E, H);
  const join = linear("joins.0", E, H);
  const K = weights["readout.bias"].length;
  const readout = linear("readout", H + E, K);
  const score = { W: weights["attention.W.weight"], v: weights["attention.v.weight"] };

  return {
    /** From the ids of a source, (S): its `memory`, and the decoder's first state `h` (H). */
    encode(ids) {
      const S = ids.length;
      const there = forwards.forward(embed("source", ids), S, 1).h;
      const back = backwards.forward(embed("source", [...ids].reverse()), S, 1).h;
      const values = new Float32Array(S * E);
      for (let s = 0; s < S; s++) {
        values.set(there.subarray(s * H, (s + 1) * H), s * E);
        values.set(back.subarray((S - 1 - s) * H, (S - s) * H), s * E + H);
      }
      const ends = concatenated(there.subarray((S - 1) * H), back.subarray((S - 1) * H));
      return { memory: { values, keys: toKeys.forward(values) }, h: join.forward(ends) };
    },

    /**
     * Read a token of each of N targets, and score what may come next.
     *
     * @param {number[]} tokens (N)
     * @param {Float32Array} h The states before it, (N, H).
     * @param {object} memory
     * @param {Set<number>} blocked See `attend`.
     * @returns `logits`, N arrays (K); `weights`, N arrays (S); and `h` (N, H).
     */
    step(tokens, h, memory, blocked) {
      const N = tokens.length;
      const y = embed("target", tokens);
      const x = new Float32Array(N * (D + E));
      const looks = tokens.map((_, n) => {
        // The query is the state before the step.
        const look = attend(h.subarray(n * H, (n + 1) * H), memory, score, blocked);
        x.set(y.subarray(n * D, (n + 1) * D), n * (D + E));
        x.set(look.context, n * (D + E) + D);
        return look;
      });
      const after = decoder.forward(x, 1, N, { h0: h }).h;
      const logits = looks.map(({ context }, n) =>
        readout.forward(concatenated(after.subarray(n * H, (n + 1) * H), context)),
      );
      return { logits, weights: looks.map(({ weights }) => weights), h: after };
    },
  };
}

function concatenated(one, other) {
  const both = new Float32Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
