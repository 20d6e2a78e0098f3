// The recorded races, and those that were run here. None is ever thrown away.

import { RaceHere, updatesOf } from "./run.js";

/** Races by their settings: `{ task, match, rate }`. */
export class Races {
  /**
   * @param {object[]} finished One for each task and match, at the tuned rates.
   * @param {object} guest One more cell, which a kernel has raced; empty if there is none.
   */
  constructor(finished, guest = {}) {
    Object.assign(this, { finished, guest, here: new Map(), prefersFinished: true });
  }

  /** A race as it is seen: where a guest has run the same task, with the guest beside the others. */
  seen(race) {
    if (this.guest.task !== race.task.name) return race;
    const cells = { get: () => [...race.cells, { ...this.guest, cell: "guest" }] };
    return Object.create(race, { cells });
  }

  plan({ task, match }) {
    return this.finished.find((race) => race.task.name === task && race.match === match);
  }

  /** The reader's own race, which may still have to begin. */
  own(settings) {
    const key = `${settings.task} ${settings.match} ${settings.rate}`;
    if (!this.here.has(key)) this.here.set(key, new RaceHere(this.plan(settings), settings));
    return this.here.get(key);
  }

  /** Whether there is a recorded race and the reader's: one of them can be seen. */
  areTwo(settings) {
    return settings.rate === 1 && this.own(settings).seeds.length > 0;
  }

  shown(settings) {
    const own = this.own(settings);
    const recorded = settings.rate === 1 && (this.prefersFinished || !own.seeds.length);
    return recorded ? this.plan(settings) : own;
  }

  /** The reader's race, with more seeds if it has come to its end: seeds that nobody has seen. */
  goOn(settings) {
    const race = this.own(settings);
    if (updatesOf(race) === race.updates || !race.seeds.length) {
      const { seeds } = this.plan(settings);
      const next = Math.max(...seeds, ...race.seeds) + 1;
      race.join(seeds.map((_, index) => next + index));
    }
    this.prefersFinished = false;
    return race;
  }
}
