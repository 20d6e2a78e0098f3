// The networks in double precision. In single precision, the engine's, what is left of a small
// change is lost among the last digits of y.

/**
 * The read-out at every step.
 *
 * @param {object} network One of the trait `networks`.
 * @param {number[][]} x T steps of D numbers.
 * @returns {number[]} T numbers y.
 */
export function preciseOutputs(network, x) {
  const { kind, readout, nonlinearity, reset_after: resetAfter } = network;
  const { W, U, b, b_U: inner } = network.weights;
  const H = U[0].length;
  const squash = nonlinearity === "relu" ? (sum) => Math.max(0, sum) : Math.tanh;
  let h = Array(H).fill(0);
  let c = h;
  return x.map((x_t) => {
    const fromInput = (block) => h.map((_, j) => dot(W[block * H + j], x_t) + b[block * H + j]);
    const fromState = (block, state) => h.map((_, j) => dot(U[block * H + j], state));
    const sums = (block, state = h) => add(fromInput(block), fromState(block, state));
    if (kind === "simple") h = sums(0).map(squash);
    else if (kind === "lstm") {
      const [i, f, g, o] = [0, 1, 2, 3].map((block) => sums(block));
      c = c.map((old, j) => logistic(f[j]) * old + logistic(i[j]) * Math.tanh(g[j]));
      h = c.map((now, j) => logistic(o[j]) * Math.tanh(now));
    } else {
      const [r, z] = [0, 1].map((block) => sums(block).map(logistic));
      const n = resetAfter
        ? add(fromInput(2), times(r, add(fromState(2, h), inner)))
        : sums(2, times(r, h));
      h = h.map((old, j) => (1 - z[j]) * Math.tanh(n[j]) + z[j] * old);
    }
    return dot(readout.V[0], h) + readout.b[0];
  });
}

const add = (a, b) => a.map((value, j) => value + b[j]);
const times = (a, b) => a.map((value, j) => value * b[j]);
const dot = (a, b) => a.reduce((sum, value, j) => sum + value * b[j], 0);
// The engine's is faster, and right to 12 digits: not enough for a difference of 1e−13.
const logistic = (sum) => 1 / (1 + Math.exp(-sum));
