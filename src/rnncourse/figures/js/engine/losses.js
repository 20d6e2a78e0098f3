// Losses: the mean over what counts, and its gradient.
//
// Each takes the output (N, outputSize), the targets (N) and a mask (N) of what counts, writes the
// gradient over `dOutput` (N, outputSize) and returns the loss. N is T·B, or any other number.

import { sigmoid } from "./activations.js";

/** (y − target)², for outputSize = 1. */
export function meanSquaredError(output, target, mask, dOutput) {
  const count = countOf(mask);
  let sum = 0;
  dOutput.fill(0);
  for (let row = 0; row < mask.length; row++) {
    if (!mask[row]) continue;
    const error = output[row] - target[row];
    sum += error * error;
    dOutput[row] = (2 * error) / count;
  }
  return sum / count;
}

/** −ln p of the bit that was due (0 or 1), where p(1) = σ(y), for outputSize = 1; in nats. */
export function binaryCrossEntropy(output, target, mask, dOutput) {
  const count = countOf(mask);
  let sum = 0;
  dOutput.fill(0);
  for (let row = 0; row < mask.length; row++) {
    if (!mask[row]) continue;
    const y = output[row];
    // −ln σ(y) = ln(1 + e⁻ʸ), in a form whose power is never large
    sum += Math.max(y, 0) - y * target[row] + Math.log1p(Math.exp(-Math.abs(y)));
    dOutput[row] = (sigmoid(y) - target[row]) / count;
  }
  return sum / count;
}

/** −ln p of the class that was due, where p = softmax(y); in nats. */
export function crossEntropy(output, target, mask, dOutput) {
  const classes = output.length / mask.length;
  const count = countOf(mask);
  let sum = 0;
  dOutput.fill(0);
  for (let row = 0; row < mask.length; row++) {
    if (!mask[row]) continue;
    const at = row * classes;
    const due = at + target[row];
    const largest = output[largestAt(output, at, classes)];
    let total = 0;
    for (let k = at; k < at + classes; k++) total += Math.exp(output[k] - largest);
    sum += Math.log(total) + largest - output[due];
    for (let k = at; k < at + classes; k++) {
      dOutput[k] = Math.exp(output[k] - largest) / total / count;
    }
    dOutput[due] -= 1 / count;
  }
  return sum / count;
}

/** The place of the largest of `length` numbers from `at` on. */
export function largestAt(values, at, length) {
  let best = at;
  for (let place = at + 1; place < at + length; place++) {
    if (values[place] > values[best]) best = place;
  }
  return best;
}

/** How many steps count. */
function countOf(mask) {
  let count = 0;
  for (let row = 0; row < mask.length; row++) if (mask[row]) count += 1;
  return count;
}
