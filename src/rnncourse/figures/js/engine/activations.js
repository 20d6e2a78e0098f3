// The sigmoid and the hyperbolic tangent, several times as fast as with Math.exp and Math.tanh.

const FRACTIONS = 256;
const PER_UNIT = FRACTIONS / Math.LN2;
const STEP_OF_TABLE = Math.LN2 / FRACTIONS;
const FRACTIONAL_POWERS = Float64Array.from({ length: FRACTIONS }, (_, j) => 2 ** (j / FRACTIONS));
const LOWEST_POWER = -1022;
const WHOLE_POWERS = Float64Array.from({ length: 2046 }, (_, k) => 2 ** (k + LOWEST_POWER));

/**
 * exp(x) for |x| ≤ 700, with a relative error below 1e-12.
 *
 * x = (k + j/256) ln 2 + r, so exp(x) = 2ᵏ · 2^(j/256) · exp(r), and |r| ≤ 0.0014 needs few terms.
 */
function quickExp(x) {
  const n = Math.floor(x * PER_UNIT + 0.5) | 0;
  const r = x - n * STEP_OF_TABLE;
  const power = WHOLE_POWERS[(n >> 8) - LOWEST_POWER] * FRACTIONAL_POWERS[n & 255];
  return power * (1 + r * (1 + r * (0.5 + r / 6)));
}

/** σ(x) = 1 / (1 + e⁻ˣ). */
export function sigmoid(x) {
  return 1 / (1 + quickExp(x > 700 ? -700 : x < -700 ? 700 : -x));
}

/** tanh(x). */
export function tanh(x) {
  // e²ˣ − 1 would lose the digits of a small x.
  if (x < 1e-3 && x > -1e-3) return x - (x * x * x) / 3;
  const e = quickExp(x > 20 ? 40 : x < -20 ? -40 : x + x);
  return (e - 1) / (e + 1);
}

/** Put σ in the place of each number of `values`, from place `at` up to `end`. */
export function sigmoidInPlace(values, at, end) {
  for (let place = at; place < end; place++) values[place] = sigmoid(values[place]);
}

/** The same with tanh. */
export function tanhInPlace(values, at, end) {
  for (let place = at; place < end; place++) values[place] = tanh(values[place]);
}
