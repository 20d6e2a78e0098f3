// Additive attention, forwards: which of the encoder's outputs matter now.

import { tanh } from "../engine/activations.js";
import { matVec } from "../engine/products.js";
import { softmax } from "../engine/readout.js";

/**
 * e = v tanh(W q + U k), and the weights are the softmax of e; see `rnnbook.models.Attention`.
 *
 * @param {Float32Array} q The query, (H).
 * @param {object} memory What the encoder has left: `values` (S, E) and their `keys` U k (S, H).
 * @param {object} parameters `W` (H, H) and `v` (H).
 * @param {Set<number>} blocked Places whose score becomes −∞ before the softmax: their weight is 0.
 * @returns `weights` (S), and the `context` (E), the mean of the values by these weights.
 */
export function attend(q, { values, keys }, { W, v }, blocked) {
  const query = matVec(W, q);
  const [H, S] = [query.length, keys.length / query.length];
  const E = values.length / S;
  const scores = Array.from({ length: S }, (_, s) => {
    if (blocked.has(s)) return -Infinity;
    return query.reduce((sum, a, j) => sum + v[j] * tanh(a + keys[s * H + j]), 0);
  });
  const weights = softmax(scores);
  const context = new Float32Array(E);
  for (let j = 0; j < E; j++) {
    context[j] = weights.reduce((sum, weight, s) => sum + weight * values[s * E + j], 0);
  }
  return { weights, context };
}
