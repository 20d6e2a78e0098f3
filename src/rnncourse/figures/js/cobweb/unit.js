// One unit, h_t = (1 − α_t) h_{t−1} + α_t tanh(u h_{t−1} + b + x_t): its path and its slopes.

/**
 * Walk along the inputs from h_0 = 0.
 *
 * @param {{u: number, b: number, x: number[], alpha: number[]}} unit Inputs and gates, T each;
 *   with α_t = 1 there is no gate.
 * @returns {{h: number[], slopes: number[]}} h_0 … h_T, and ∂h_t/∂h_{t−1} for t = 1 … T.
 */
export function walkUnit({ u, b, x, alpha }) {
  const h = [0];
  const slopes = [];
  x.forEach((input, t) => {
    const n = Math.tanh(u * h[t] + b + input);
    h.push((1 - alpha[t]) * h[t] + alpha[t] * n);
    slopes.push(1 - alpha[t] + alpha[t] * u * (1 - n * n));
  });
  return { h, slopes };
}

/**
 * ∂h_t/∂h_k for t = 1 … T, where k is the last step with a pulse up to t (1 at the pulse itself).
 *
 * @param {number[]} slopes
 * @param {number[]} pulses The steps with a pulse, counted from 1.
 */
export function gradientSincePulse(slopes, pulses) {
  let product = 1;
  return slopes.map((slope, index) => {
    product = pulses.includes(index + 1) ? 1 : product * slope;
    return product;
  });
}

/** Where h = tanh(u h + b), each with whether the unit comes back to it: `{ h, stable }`. */
export function fixedPoints(u, b) {
  const gap = (h) => Math.tanh(u * h + b) - h;
  const cells = 401; // odd: 0 lies inside a cell, not on its edge
  const found = [];
  for (let cell = 0; cell < cells; cell++) {
    let low = -1 + (2 * cell) / cells;
    let high = -1 + (2 * (cell + 1)) / cells;
    if (gap(low) * gap(high) > 0) continue;
    const sign = Math.sign(gap(low)) || 1;
    for (let halving = 0; halving < 50; halving++) {
      const middle = (low + high) / 2;
      if (gap(middle) * sign > 0) low = middle;
      else high = middle;
    }
    const h = (low + high) / 2;
    found.push({ h, stable: u * (1 - h * h) < 1 });
  }
  return found;
}

/**
 * How each pulse's sign is held until the next pulse or the end.
 *
 * @param {number[]} h h_0 … h_T.
 * @param {Array<[number, number]>} pulses Step and sign of each.
 * @returns {Array<{from: number, to: number, sign: number, lost: number|null}>} `lost` is the first
 *   step at which the state does not have the pulse's sign.
 */
export function heldSigns(h, pulses) {
  return pulses.map(([from, sign], place) => {
    const to = place + 1 < pulses.length ? pulses[place + 1][0] - 1 : h.length - 1;
    let lost = null;
    for (let t = from; t <= to && lost === null; t++) if (h[t] * sign <= 0) lost = t;
    return { from, to, sign, lost };
  });
}
