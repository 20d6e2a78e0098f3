// Who balances: a network that reads some of the four numbers and says left or right.

import { createCell } from "../engine/cells.js";
import { unpackWeights } from "../engine/packed.js";

/**
 * A trained network, whose weights are written as text: see `CartAndPole` in Python.
 *
 * @returns `fresh()`, the memory of one that has seen nothing, and `act(frame, memory)`, which
 *   returns `action`, −1 or 1, the memory `after` it, and what its probe reads, `believed`, in
 *   radians a second. `carried(memory)`: the numbers that it holds.
 */
export function openPolicy(policy) {
  return policy.kind === "gru" ? recurrent(policy) : framed(policy);
}

function recurrent({ H, sees, parameters, probe }) {
  const weights = (name) => unpackWeights(parameters[name]);
  const [b, b_hh] = [weights("layer.bias_ih_l0"), weights("layer.bias_hh_l0")];
  for (let k = 0; k < 2 * H; k++) b[k] += b_hh[k]; // two biases that only ever add up
  const [W, U] = [weights("layer.weight_ih_l0"), weights("layer.weight_hh_l0")];
  const cell = createCell({ kind: "gru", inputSize: sees.length + 1, hiddenSize: H });
  cell.load({ W, U, b, b_U: b_hh.subarray(2 * H) });
  const [V, c] = [weights("readout.weight"), weights("readout.bias")];
  let trace = null;
  return {
    fresh: () => new Float32Array(H),
    act(frame, memory) {
      trace = cell.forward(Float32Array.from(frame), 1, 1, { h0: memory, into: trace });
      const after = trace.h.slice();
      const believed = probe ? linear(probe.weights, [probe.bias], after)[0] : NaN;
      return { action: Math.sign(linear(V, c, after)[0]), after, believed };
    },
    carried: (memory) => [...memory],
  };
}

function framed({ frames, parameters }) {
  const [W, b, V, c] = ["0.weight", "0.bias", "2.weight", "2.bias"].map((name) =>
    unpackWeights(parameters[`net.${name}`]),
  );
  return {
    fresh: () => null,
    act(frame, memory) {
      const seen = [...(memory ?? Array(frames - 1).fill(frame)), frame];
      const action = Math.sign(linear(V, c, linear(W, b, seen.flat()).map(Math.tanh))[0]);
      return { action, after: seen.slice(1), believed: NaN };
    },
    carried: (memory) => memory?.flat() ?? [],
  };
}

/** W x + b, in double precision. */
function linear(W, b, x) {
  const y = [];
  for (let row = 0, at = 0; row < b.length; row++) {
    let sum = b[row];
    for (let k = 0; k < x.length; k++) sum += W[at++] * x[k];
    y.push(sum);
  }
  return y;
}
