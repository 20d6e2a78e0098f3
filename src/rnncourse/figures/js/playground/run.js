// One cell in training, and what is kept of it for the pictures.

import { Trainer } from "../engine/trainer.js";
import { trainerOptions } from "./settings.js";

/** The loss as a share of its baseline from which on the page calls a task learned. */
export const SOLVED_SHARE = 0.1;

const COLUMNS = 160; // of the heat map; when they are full, every second one is dropped

/** What happened in training, at most `COLUMNS` of its steps, evenly spread. */
class TrainingHistory {
  constructor() {
    this.stride = 1;
    this.length = 0;
    this.columns = []; // { x, h, c }: the norms (T) of one step
    this.points = []; // { step, loss, norm }: of each stride the mean loss and the longest gradient
  }

  push({ loss, gradNorm, dxNorms, dhNorms, dcNorms }) {
    const place = this.length % this.stride;
    this.length += 1;
    if (place > 0) {
      const last = this.points[this.points.length - 1];
      last.loss += (loss - last.loss) / (place + 1);
      last.norm = Math.max(last.norm, gradNorm);
      return;
    }
    if (this.columns.length === COLUMNS) this.halve();
    this.columns.push({ x: dxNorms, h: dhNorms, c: dcNorms });
    this.points.push({ step: this.length, loss, norm: gradNorm });
  }

  halve() {
    this.stride *= 2;
    this.columns = this.columns.filter((_, index) => index % 2 === 0);
    this.points = this.points
      .filter((_, index) => index % 2 === 0)
      .map((point, index) => {
        const other = this.points[2 * index + 1] ?? point;
        const norm = Math.max(point.norm, other.norm);
        return { step: point.step, loss: (point.loss + other.loss) / 2, norm };
      });
  }

  /** The norms of a quantity as `heatMap` takes them: (T, columns) over a span of steps. */
  map(quantity, T, span) {
    const columns = Math.ceil(span / this.stride);
    const values = new Float32Array(T * columns).fill(NaN);
    this.columns.slice(0, columns).forEach((norms, column) => {
      for (let t = 0; t < T; t++) values[t * columns + column] = norms[quantity]?.[t] ?? NaN;
    });
    return { values, rows: T, columns };
  }
}

/** A cell under the settings: its trainer, its history, and how it stands. */
export class TrainingRun {
  constructor(settings, cell) {
    const options = trainerOptions(settings, cell);
    this.cell = cell;
    this.trainer = new Trainer(options);
    this.T = this.trainer.task.steps;
    this.baseline = this.trainer.task.baseline();
    this.history = new TrainingHistory();
    this.steps = 0;
    this.diverged = false;
    // The first update's gradient, taken from a double, so that it can be seen before it is used.
    const first = new Trainer({ ...options, heldOutSize: 1 }).step();
    this.first = { x: first.dxNorms, h: first.dhNorms, c: first.dcNorms };
    this.history.push(first);
    this.latest = first;
    this.longest = first.gradNorm;
    this.judge();
  }

  /** One update. */
  train() {
    if (this.diverged) return;
    const record = this.trainer.step();
    this.diverged = record.diverged;
    if (record.diverged) return;
    this.steps += 1;
    if (this.steps > 1) this.history.push(record);
    this.latest = record;
    this.longest = Math.max(this.longest, record.gradNorm);
  }

  /** Look at the held-out sequences: `loss`, and `accuracy` (null where answers are numbers). */
  judge() {
    Object.assign(this, this.trainer.evaluate());
  }

  /** The norms (T) of the last gradient of x, h or c; null where the cell has no such state. */
  norms(quantity) {
    return this.latest[`d${quantity}Norms`];
  }

  /** What arrives at t = 1 of what arrives at t = T. */
  reach(quantity = "x") {
    const norms = this.norms(quantity);
    return norms ? norms[0] / norms[this.T - 1] : NaN;
  }

  /** The loss as a share of what is possible without memory. */
  get share() {
    return this.loss / this.baseline;
  }

  /** What a reader may read back. */
  get result() {
    const { loss, accuracy, diverged } = this;
    return { loss, accuracy, reach: this.reach(), gradient_norm: this.latest.gradNorm, diverged };
  }
}
