// What a recording is read as: the likeliest symbol of each step, and what that collapses to.

import { logMel, stepsOf } from "./features.js";
import { openRecogniser } from "./network.js";
import { withNoise } from "./sound.js";

export const BLANK = 0; // the digit d is the symbol d + 1

/**
 * @param {object} network The trait.
 * @param {object} statistics Of each band, `mean` and `deviation`.
 * @returns {(sound: object, noise: number, backwards: boolean) => object} From a recording, with the
 *   places of its digits, if known: `samples` as they are heard, `mel`, `p` of each step, the `path`,
 *   its `runs` and the `digits` they collapse to; `said`, the digits that are there.
 */
export function createReader(network, statistics) {
  const bands = statistics.mean.length;
  const read = openRecogniser(network, 4 * bands);
  return ({ samples, said }, noise, backwards) => {
    const clean = backwards ? samples.slice().reverse() : samples;
    const heard = withNoise(clean, noise);
    const mel = logMel(heard, bands);
    const { T, x } = stepsOf(mel, statistics);
    const p = read(x, T);
    const path = p.map((row) => row.indexOf(Math.max(...row)));
    const runs = runsOf(path, p);
    const turn = ({ digit, begin, end }) =>
      backwards ? { digit, begin: samples.length - end, end: samples.length - begin } : { digit, begin, end };
    return {
      samples: heard,
      mel: { ...mel, bands },
      p,
      path,
      runs,
      digits: runs.filter(({ symbol }) => symbol !== BLANK).map(({ symbol }) => symbol - 1),
      said: said && (backwards ? said.slice().reverse() : said).map(turn),
      noise,
      backwards,
    };
  };
}

/** Steps of one symbol after the other: from the step `from` to the one before `to`; `peak` is where
 *  the symbol is likeliest, and `p` how likely there. */
function runsOf(path, p) {
  const runs = [];
  path.forEach((symbol, t) => {
    const sure = p[t][symbol];
    const last = runs.at(-1);
    if (last?.symbol !== symbol) runs.push({ symbol, from: t, to: t + 1, peak: t, p: sure });
    else {
      last.to = t + 1;
      if (sure > last.p) Object.assign(last, { peak: t, p: sure });
    }
  });
  return runs;
}

/** The fewest digits to put in, take out or change to make one list of the other. */
export function distance(found, said) {
  let row = Array.from({ length: said.length + 1 }, (_, j) => j);
  found.forEach((one, i) => {
    const last = row;
    row = [i + 1];
    said.forEach((other, j) => {
      row.push(Math.min(last[j + 1] + 1, row[j] + 1, last[j] + (one === other ? 0 : 1)));
    });
  });
  return row.at(-1);
}
