// Training, a step at a time.

import { createCell } from "./cells.js";
import { clipByNorm } from "./clip.js";
import { initialiseCell, initialiseReadout } from "./initialise.js";
import { stepNorms } from "./norms.js";
import { Adam, SGD } from "./optimizers.js";
import { Random } from "./random.js";
import { Readout } from "./readout.js";
import { createTask } from "./tasks.js";

const OPTIMIZERS = { adam: Adam, sgd: SGD };

/** A cell, a read-out and a task; every call of `step` makes one update. */
export class Trainer {
  /**
   * Batches depend on the task, the batch size and the seed alone: two cells with the same seed see
   * the same data.
   *
   * @param {object} options
   * @param {object} options.cell As for `createCell`, without `inputSize`.
   * @param {object} options.task As for `createTask`.
   * @param {object} [options.initialisation] As for `initialiseCell`.
   * @param {"adam"|"sgd"} [options.optimizer]
   * @param {number} [options.lr] Learning rate.
   * @param {number|null} [options.clip] The largest norm of the gradient; null for any.
   * @param {object} [options.clamps] Gates held at a value, as for `RecurrentCell.forward`.
   * @param {number} [options.batchSize]
   * @param {number} [options.heldOutSize] How many sequences `evaluate` judges by.
   * @param {number} [options.seed]
   */
  constructor({
    cell,
    task,
    initialisation = {},
    optimizer = "adam",
    lr = 0.01,
    clip = 1,
    clamps = {},
    batchSize = 32,
    heldOutSize = 200,
    seed = 0,
  }) {
    if (!Object.hasOwn(OPTIMIZERS, optimizer)) {
      throw new RangeError(`optimizer must be adam or sgd, got ${optimizer}`);
    }
    this.task = createTask(task);
    const { inputSize, outputSize } = this.task;
    this.cell = createCell({ ...cell, inputSize });
    this.readout = new Readout({ hiddenSize: cell.hiddenSize, outputSize });
    const random = new Random(seed);
    initialiseCell(this.cell, initialisation, random);
    initialiseReadout(this.readout, random);
    this.batches = new Random(seed, 1);
    this.heldOut = this.task.sample(heldOutSize, new Random(seed, 2));
    Object.assign(this, { clip, clamps, batchSize, updates: 0 });
    const modules = [this.cell, this.readout];
    const parameters = modules.flatMap((module) => Object.values(module.parameters));
    this.gradients = modules.flatMap((module) => Object.values(module.gradients));
    this.optimizer = new OPTIMIZERS[optimizer](parameters, this.gradients, { lr });
    this.buffers = {};
  }

  /** Learning rate; it may be changed between steps. */
  get lr() {
    return this.optimizer.lr;
  }

  set lr(rate) {
    this.optimizer.lr = rate;
  }

  /**
   * One update on a new batch.
   *
   * @returns `loss`, and `gradNorm` before clipping, both before the update; `clipped`; `diverged`:
   *   one of the two is not finite, and the weights were left as they are; `dxNorms`, `dhNorms`
   *   and, of an LSTM, `dcNorms` (T): how much of the loss arrives at x_t, h_t and c_t, the mean
   *   over sequences as `stepNorms` gives it. A norm is 0 only where the gradient is, be it that no
   *   path leads there or that float32 has no smaller number (below 1e-45).
   */
  step() {
    const { cell, readout, task, buffers, clip } = this;
    const batch = task.sample(this.batchSize, this.batches);
    const { T, B } = batch;
    const options = { clamps: this.clamps, into: buffers.trace };
    const trace = (buffers.trace = cell.forward(batch.x, T, B, options));
    const output = (buffers.output = readout.forward(trace.h, buffers.output));
    const { loss, dOutput } = task.loss(output, batch, buffers.dOutput);
    buffers.dOutput = dOutput;
    buffers.dh = readout.backward(trace.h, dOutput, buffers.dh);
    const { dx, dhSteps, dcSteps } = cell.backward(trace, buffers.dh);
    const gradNorm = clipByNorm(this.gradients, clip ?? Infinity);
    const diverged = !Number.isFinite(loss) || !Number.isFinite(gradNorm);
    if (!diverged) {
      this.optimizer.step();
      this.updates += 1;
    }
    return {
      loss,
      gradNorm,
      clipped: clip !== null && gradNorm > clip,
      diverged,
      dxNorms: stepNorms(dx, T, B, cell.inputSize),
      dhNorms: stepNorms(dhSteps, T, B, cell.hiddenSize),
      dcNorms: dcSteps ? stepNorms(dcSteps, T, B, cell.hiddenSize) : null,
    };
  }

  /** `{ loss, accuracy }` on sequences that training never sees; accuracy null for numbers. */
  evaluate() {
    const { output } = this.run(this.heldOut);
    const { loss } = this.task.loss(output, this.heldOut);
    return { loss, accuracy: this.task.accuracy(output, this.heldOut) };
  }

  /**
   * One held-out sequence, run forwards.
   *
   * @param {number} [index] Which one.
   * @returns `x` (T, D), `target` and `mask` (T), `output` (T, outputSize), `prediction` (T), and
   *   `trace`: the states and every gate by name, (T, H).
   */
  runHeldOut(index = 0) {
    const { x, target, mask, T, B } = this.heldOut;
    if (!(Number.isInteger(index) && index >= 0 && index < B)) {
      throw new RangeError(`index must be from 0 to ${B - 1}, got ${index}`);
    }
    const D = this.task.inputSize;
    const one = {
      x: new Float32Array(T * D),
      target: Float32Array.from({ length: T }, (_, t) => target[t * B + index]),
      mask: Uint8Array.from({ length: T }, (_, t) => mask[t * B + index]),
      T,
      B: 1,
    };
    for (let t = 0; t < T; t++) {
      const at = (t * B + index) * D;
      one.x.set(x.subarray(at, at + D), t * D);
    }
    const { output, trace } = this.run(one);
    return { ...one, output, prediction: this.task.predictions(output), trace };
  }

  /** Run forwards over a batch: `{ output, trace }`, both new. */
  run({ x, T, B }) {
    const trace = this.cell.forward(x, T, B, { clamps: this.clamps });
    return { output: this.readout.forward(trace.h), trace };
  }
}
