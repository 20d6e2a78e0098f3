// The recorded races, and those that were run here. None is ever thrown away.

import { RaceHere, updatesOf } from "./run.js";

/** Races by their settings: `{ task, match, rate }`. */
export class Races {
  /** @param {object[]} finished One for each task and match, at the tuned rates. */
  constructor(finished) {
    Object.assign(this, { finished, here: new Map(), prefersFinished: true });
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
