// The linear read-out, y_t = V h_t + b.

import {
  addProduct,
  addRowSum,
  addTransposedProduct,
  fillRows,
  transposeInto,
} from "./products.js";
import { allocate, checkLength, loadParameters, positiveInteger } from "./recurrence.js";

/** Scores as probabilities, which add up to 1. */
export function softmax(scores) {
  const largest = Math.max(...scores);
  const powers = Array.from(scores, (score) => Math.exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** As `torch.nn.Linear`, whose `weight` is V (outputSize, H) and whose `bias` is b. */
export class Readout {
  constructor({ hiddenSize, outputSize }) {
    this.hiddenSize = positiveInteger("hiddenSize", hiddenSize);
    this.outputSize = positiveInteger("outputSize", outputSize);
    const sizes = { V: outputSize * hiddenSize, b: outputSize };
    this.parameters = allocate(sizes);
    this.gradients = allocate(sizes);
    this.transposed = new Float32Array(sizes.V);
  }

  /** Copy weights in, flat or as rows: `{ V, b }`. */
  load(weights) {
    loadParameters(this.parameters, weights);
    return this;
  }

  /**
   * @param {Float32Array} h (rows, H); rows are T·B, or any other number.
   * @param {Float32Array} [into] Of rows · outputSize numbers, to be overwritten.
   * @returns {Float32Array} (rows, outputSize)
   */
  forward(h, into = null) {
    const { hiddenSize: H, outputSize: O } = this;
    const rows = h.length / H;
    const output = into ?? new Float32Array(rows * O);
    checkLength("into", output, rows * O, "(rows, outputSize)");
    transposeInto(this.transposed, this.parameters.V, 0, O, H);
    fillRows(output, this.parameters.b, 0, rows, O);
    addProduct(output, 0, h, 0, this.transposed, 0, rows, O, H);
    return output;
  }

  /**
   * Back from the output; `gradients` are overwritten.
   *
   * @param {Float32Array} h What `forward` had.
   * @param {Float32Array} dOutput (rows, outputSize)
   * @param {Float32Array} [into] Of rows · H numbers, to be overwritten.
   * @returns {Float32Array} ∂ℓ/∂h (rows, H): what comes through the read-out.
   */
  backward(h, dOutput, into = null) {
    const { hiddenSize: H, outputSize: O, gradients } = this;
    const rows = h.length / H;
    checkLength("dOutput", dOutput, rows * O, "(rows, outputSize)");
    const dh = into ?? new Float32Array(rows * H);
    gradients.V.fill(0);
    gradients.b.fill(0);
    dh.fill(0);
    addTransposedProduct(gradients.V, 0, dOutput, h, rows, O, H);
    addRowSum(gradients.b, 0, dOutput, rows, O);
    addProduct(dh, 0, dOutput, 0, this.parameters.V, 0, rows, H, O);
    return dh;
  }
}
