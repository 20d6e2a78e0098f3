// How the cells of a race stand.

import { SOLVED_BELOW, updatesOf } from "./run.js";

const FEWEST = 5; // runs that a median is drawn of

/** The middle of the values; of an even number, the lower one of the two in the middle. */
export function middleOf(values) {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length / 2) - 1];
}

/** The median share of a cell's runs after each stretch of updates, as far as enough have come. */
export function medianShares(shares) {
  const medians = [];
  for (let at = 0; ; at++) {
    const come = shares.filter((each) => each.length > at).map((each) => each[at]);
    if (come.length < FEWEST) return medians;
    medians.push(middleOf(come));
  }
}

/**
 * The cells of a race, who is ahead first, after as many updates as all runs have made: `cell` (and
 * a guest's `name`), `of` (runs), `solved` (how many of them), `half` (updates until half of them had solved it, else
 * Infinity), `seconds` (the same, of computing) and `share` (the median then).
 *
 * @param {"updates"|"seconds"} axis What decides.
 */
export function standing(race, axis) {
  const { every } = race;
  const judged = 1 + Math.floor(updatesOf(race) / every);
  const places = race.cells.map(({ cell, name, ms, shares: all }) => {
    const shares = all.map((each) => each.slice(0, judged));
    const times = shares.map((each) => solvedAfter(each, every));
    const solved = times.filter(Number.isFinite).length;
    const half = middleOf(times) ?? Infinity;
    const share = medianShares(shares).at(-1) ?? 1;
    return { cell, name, of: times.length, solved, half, seconds: (half * ms) / 1000, share };
  });
  const time = axis === "seconds" ? "seconds" : "half";
  const before = (a, b) => (a[time] === b[time] ? 0 : a[time] - b[time]);
  return places.sort((a, b) => before(a, b) || b.solved - a.solved || a.share - b.share);
}

/** What a kernel may read back of a race: for each cell and run, how it stands. */
export function resultsOf(race) {
  const { cells, every } = race;
  const results = cells.map(({ cell, lr, ms, shares }) => {
    const solved = shares.map((each) => solvedAfter(each, every)).map((n) => (n < Infinity ? n : null));
    return [cell, { lr, ms, solved, share: shares.map((each) => each.at(-1)) }];
  });
  return { updates: updatesOf(race), results: Object.fromEntries(results) };
}

/** The updates after which a run had solved its task for the first time, else Infinity. */
function solvedAfter(shares, every) {
  const at = shares.findIndex((share) => share < SOLVED_BELOW);
  return at < 0 ? Infinity : at * every;
}
