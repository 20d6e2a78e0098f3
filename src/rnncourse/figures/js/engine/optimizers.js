// Optimisers, as torch.optim computes them.

import { checkLength } from "./recurrence.js";

/** v ← μ v + ∂ℓ/∂θ, θ ← θ − lr v. */
export class SGD {
  /**
   * @param {Float32Array[]} parameters θ, changed by `step`.
   * @param {Float32Array[]} gradients ∂ℓ/∂θ, in the same order.
   * @param {object} [options]
   * @param {number} [options.lr]
   * @param {number} [options.momentum] μ
   */
  constructor(parameters, gradients, { lr = 1e-3, momentum = 0 } = {}) {
    checkPairs(parameters, gradients);
    Object.assign(this, { parameters, gradients, lr, momentum });
    this.velocities = parameters.map((parameter) => new Float32Array(parameter.length));
  }

  /** One update. */
  step() {
    const { lr, momentum } = this;
    this.parameters.forEach((parameter, index) => {
      const gradient = this.gradients[index];
      const velocity = this.velocities[index];
      for (let k = 0; k < parameter.length; k++) {
        velocity[k] = momentum * velocity[k] + gradient[k];
        parameter[k] -= lr * velocity[k];
      }
    });
  }
}

/** Adam (Kingma & Ba 2015). */
export class Adam {
  /**
   * @param {Float32Array[]} parameters Changed by `step`.
   * @param {Float32Array[]} gradients In the same order.
   * @param {object} [options]
   * @param {number} [options.lr]
   * @param {[number, number]} [options.betas]
   * @param {number} [options.eps]
   */
  constructor(parameters, gradients, { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8 } = {}) {
    checkPairs(parameters, gradients);
    Object.assign(this, { parameters, gradients, lr, betas, eps, updates: 0 });
    this.means = parameters.map((parameter) => new Float32Array(parameter.length));
    this.squares = parameters.map((parameter) => new Float32Array(parameter.length));
  }

  /** One update. */
  step() {
    this.updates += 1;
    const { lr, eps } = this;
    const [beta1, beta2] = this.betas;
    // Both averages start at zero; this undoes it.
    const rate = lr / (1 - beta1 ** this.updates);
    const scale = 1 / Math.sqrt(1 - beta2 ** this.updates);
    this.parameters.forEach((parameter, index) => {
      const gradient = this.gradients[index];
      const mean = this.means[index];
      const square = this.squares[index];
      for (let k = 0; k < parameter.length; k++) {
        mean[k] = beta1 * mean[k] + (1 - beta1) * gradient[k];
        square[k] = beta2 * square[k] + (1 - beta2) * gradient[k] * gradient[k];
        parameter[k] -= (rate * mean[k]) / (Math.sqrt(square[k]) * scale + eps);
      }
    });
  }
}

function checkPairs(parameters, gradients) {
  checkLength("gradients", gradients, parameters.length, "one for each parameter");
  parameters.forEach((parameter, index) => {
    checkLength(`gradients[${index}]`, gradients[index], parameter.length, "as its parameter");
  });
}
