// The gradient through an LSTM's cell state, split by how often its paths pass through h.
//
// In double precision: the terms span more than a Float32Array holds.

import { addProduct } from "../engine/products.js";

/**
 * The terms of ∂c_T/∂c_{T−lag}, for every lag from 0 to `longest`.
 *
 * Scale the gradient through every h by ε, and ∂c_T/∂c_{T−lag} becomes a polynomial in ε. The
 * coefficient of εᵐ sums all paths that pass through h m times; m = 0 is the product of the forget
 * gates. P below is that polynomial. Q, its companion, is ∂c_T/∂h_t without the passage through
 * h_t itself. Going one step back, from step t to step t − 1,
 *
 *     Q ← P A_t + ε Q O_t           A_t, O_t: what h_{t−1} does to c_t, and to h_t through o_t
 *     P ← P diag(f_t) + ε Q diag(o_{t−1} ⊙ (1 − tanh² c_{t−1}))
 *
 * @param {LSTMCell} cell Of the engine; only its U is needed.
 * @param {object} trace What `forward` returned for one sequence (B = 1).
 * @param {number} longest The largest lag, below T.
 * @returns {Float64Array[][]} `terms[lag][m]`, m from 0 to lag: (H, H), rows the later state.
 */
export function splitPaths(cell, trace, longest) {
  const { T, B, H } = trace;
  if (B !== 1) throw new RangeError(`trace must be of one sequence, got ${B}`);
  if (longest >= T) throw new RangeError(`longest must be below T = ${T}, got ${longest}`);
  const size = H * H;
  // A polynomial's matrices stand below each other, m = 0 first: times ε is to move down by one.
  let P = Float64Array.from({ length: size }, (_, k) => (k % (H + 1) === 0 ? 1 : 0));
  let Q = new Float64Array(0);
  const terms = [matrices(P, size)];
  for (let lag = 1; lag <= longest; lag++) {
    const { f, A, O, S } = stepFactors(cell, trace, T - lag);
    const nextQ = new Float64Array(P.length);
    addProduct(nextQ, 0, P, 0, A, 0, lag * H, H, H);
    addProduct(nextQ, size, Q, 0, O, 0, (lag - 1) * H, H, H);
    const nextP = new Float64Array(P.length + size);
    for (let k = 0; k < P.length; k++) {
      nextP[k] += P[k] * f[k % H];
      nextP[k + size] += nextQ[k] * S[k % H];
    }
    [P, Q] = [nextP, nextQ];
    terms.push(matrices(P, size));
  }
  return terms;
}

function matrices(stacked, size) {
  const count = stacked.length / size;
  return Array.from({ length: count }, (_, m) => stacked.subarray(m * size, (m + 1) * size));
}

/** The sum of εᵐ times the terms: ∂c_T/∂c_{T−lag} with the gradient through h scaled, (H, H). */
export function sumOfPaths(terms, epsilon) {
  const sum = new Float64Array(terms[0].length);
  terms.forEach((term, m) => {
    const weight = epsilon ** m;
    for (let k = 0; k < sum.length; k++) sum[k] += weight * term[k];
  });
  return sum;
}

const TOO_SMALL_TO_SEE = 1 / 500; // of the longest bar

/**
 * What each term adds to the sum J: its part along J, ⟨εᵐ P⁽ᵐ⁾, J⟩ / ‖J‖_F, by √H as in `stretch`.
 *
 * The parts add up to the size of J. What of a term lies across J cancels against the others.
 *
 * @returns `whole`, the size of J; `parts`, m from 0 to the lag; `shown`, how many of them there
 *   is anything to be seen of, at least 2.
 */
export function partsOfWhole(terms, epsilon) {
  const sum = sumOfPaths(terms, epsilon);
  const whole = stretch(sum);
  const scale = whole > 0 ? 1 / (Math.sqrt(sum.length) * whole) : 0;
  const parts = terms.map((term, m) => {
    let along = 0;
    for (let k = 0; k < sum.length; k++) along += term[k] * sum[k];
    return epsilon ** m * along * scale;
  });
  const least = TOO_SMALL_TO_SEE * Math.max(whole, ...parts.map(Math.abs));
  let shown = parts.length;
  let left = 0; // what those add that are not shown
  while (shown > 2 && (left += Math.abs(parts[shown - 1])) <= least) shown -= 1;
  return { whole, parts, shown };
}

/** ‖J‖_F / √H: how much a matrix (H, H) stretches, in root mean square over all directions. */
export function stretch(matrix) {
  let sum = 0;
  for (const value of matrix) sum += value * value;
  return Math.sqrt(sum / Math.sqrt(matrix.length));
}

/** What the way back over step t (from 0) needs; t − 1 is the step before. */
function stepFactors(cell, { H, cBefore, tanhC, i, f, g, o }, t) {
  const { U } = cell.parameters;
  const A = new Float64Array(H * H);
  const O = new Float64Array(H * H);
  const S = new Float64Array(H);
  for (let row = 0; row < H; row++) {
    const k = t * H + row;
    const slopes = [
      g[k] * i[k] * (1 - i[k]),
      cBefore[k] * f[k] * (1 - f[k]),
      i[k] * (1 - g[k] * g[k]),
    ];
    const slopeO = tanhC[k] * o[k] * (1 - o[k]);
    for (let column = 0; column < H; column++) {
      const place = row * H + column;
      slopes.forEach((slope, block) => {
        A[place] += slope * U[block * H * H + place];
      });
      O[place] = slopeO * U[3 * H * H + place];
    }
    const before = k - H;
    S[row] = o[before] * (1 - tanhC[before] * tanhC[before]);
  }
  return { f: f.subarray(t * H, (t + 1) * H), A, O, S };
}
