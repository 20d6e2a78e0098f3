// Clipping of the gradient by its norm (Pascanu et al. 2013), as torch.nn.utils.clip_grad_norm_.

import { norm } from "./norms.js";

/**
 * Scale all gradients in place by one factor, so that their norm together is at most `maxNorm`.
 *
 * @param {Float32Array[]} gradients
 * @param {number} maxNorm Infinity: change nothing.
 * @returns {number} The norm before.
 */
export function clipByNorm(gradients, maxNorm = Infinity) {
  const total = Math.hypot(...gradients.map((gradient) => norm(gradient)));
  const factor = maxNorm / (total + 1e-6);
  if (factor < 1) {
    for (const gradient of gradients) {
      for (let place = 0; place < gradient.length; place++) gradient[place] *= factor;
    }
  }
  return total;
}
