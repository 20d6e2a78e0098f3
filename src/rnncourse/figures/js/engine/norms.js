// Norms of gradients.

/**
 * The Euclidean norm of `length` numbers from `at` on. It is 0 only if every number is: squares
 * are summed in double precision, where none of a float32 can underflow or overflow.
 */
export function norm(values, at = 0, length = values.length - at) {
  let sum = 0;
  for (let place = at; place < at + length; place++) sum += values[place] * values[place];
  return Math.sqrt(sum);
}

/**
 * How much of a loss arrives at each step: for every t the sum over sequences of ‖∂ℓ/∂v_t‖.
 *
 * Of a loss that is a mean over the sequences, this is the mean over sequences of the norm that
 * each one's own loss has, whatever the batch size.
 *
 * @param {Float32Array} gradient (T, B, width)
 * @returns {Float32Array} (T)
 */
export function stepNorms(gradient, T, B, width) {
  const norms = new Float32Array(T);
  for (let t = 0; t < T; t++) {
    let sum = 0;
    for (let b = 0; b < B; b++) sum += norm(gradient, (t * B + b) * width, width);
    norms[t] = sum;
  }
  return norms;
}
