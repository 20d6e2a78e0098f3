// A race that is run here: one cell's runs beside those of the others, update by update.

import { Trainer } from "../engine/trainer.js";

/** The held-out loss as a share of its baseline from which on a run has solved its task. */
export const SOLVED_BELOW = 0.1;

const JUDGED_BY = 100; // held-out sequences

/** A cell in training, from one seed. */
class Racer {
  constructor({ task, batch, every }, { cell, hidden_size: hiddenSize, lr }, seed) {
    const layer = { kind: cell, hiddenSize };
    const sizes = { batchSize: batch, heldOutSize: JUDGED_BY };
    this.trainer = new Trainer({ cell: layer, task, lr, seed, ...sizes });
    Object.assign(this, { every, updates: 0, ms: 0, shares: [] });
    this.judge();
  }

  /** One update. Its time is counted, that of judging is not. */
  train() {
    const start = performance.now();
    this.trainer.step();
    this.ms += performance.now() - start;
    this.updates += 1;
    if (this.updates % this.every === 0) this.judge();
  }

  judge() {
    this.shares.push(this.trainer.evaluate().loss / this.trainer.task.baseline());
  }
}

/**
 * A race as the finished ones are: `task`, `updates`, `every` and, for each of `cells`, `cell`,
 * `hidden_size`, `weights`, `lr`, `ms` (of an update) and `shares`: for each seed the held-out loss
 * over its baseline, before training and after every `every` updates.
 */
export class RaceHere {
  /**
   * @param {object} plan A race whose task, cells and budget this one has.
   * @param {object} [options]
   * @param {number} [options.rate] What each cell's learning rate is multiplied by.
   */
  constructor(plan, { rate = 1 } = {}) {
    const begin = (cell) => ({ ...cell, lr: cell.lr * rate, ms: NaN, shares: [] });
    const cells = plan.cells.map(begin);
    Object.assign(this, plan, { cells, seeds: [], racers: [], waiting: [] });
  }

  /** Let more runs of each cell join, one a seed. They start at once and catch up. */
  join(seeds) {
    this.seeds.push(...seeds);
    this.waiting.push(...seeds.flatMap((seed) => this.cells.map((cell) => ({ cell, seed }))));
  }

  /** A short piece of work, for `frameLoop`: of the run that is behind, one update. */
  work() {
    if (this.waiting.length) {
      const { cell, seed } = this.waiting.shift();
      const racer = new Racer(this, cell, seed);
      this.racers.push({ racer, cell });
      cell.shares.push(racer.shares);
      return true;
    }
    const { racer, cell } = this.racers.reduce((behind, other) =>
      other.racer.updates < behind.racer.updates ? other : behind,
    );
    if (racer.updates >= this.updates) return false;
    racer.train();
    const own = this.racers.filter((other) => other.cell === cell).map((other) => other.racer);
    const sum = (name) => own.reduce((total, each) => total + each[name], 0);
    cell.ms = sum("ms") / sum("updates");
    return true;
  }
}

/** The updates that every run has made. */
export function updatesOf({ racers, updates, waiting }) {
  if (!racers) return updates; // a finished one
  if (waiting.length || !racers.length) return 0;
  return Math.min(...racers.map(({ racer }) => racer.updates));
}
