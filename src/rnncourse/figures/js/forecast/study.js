// A series with the forecasts from every origin, and how good they are.

import { HORIZON, linearFans, naive, naiveError } from "./baselines.js";
import { networkFans } from "./network.js";

/**
 * @param {object} series `name`, `values` and their place in the whole series, `start`; `first`, the
 *   first origin that is tested, `origin`, where it begins, `season`, `error`, the scale of errors.
 * @param {"network"|"linear"} kind Whose forecasts they are.
 * @param {object} [network] As `openNetwork` or a trainee gives it.
 * @returns The series with `fans`: of each origin from `first` on, so also of those whose next
 *   values are not all there; `last`, the last one whose next values are; `reach`, the lowest and
 *   the highest number of a fan; and `scores`.
 */
export function createStudy(series, kind, network = null) {
  const { values, first, season } = series;
  const origins = Array.from({ length: values.length - first }, (_, n) => first + n);
  const fans = network
    ? networkFans(network, values, origins)
    : linearFans(values, first, season, origins);
  const study = { ...series, kind, fans, last: values.length - HORIZON };
  const all = fans.slice(0, study.last - first + 1).flat(2);
  const reach = [Math.min, Math.max].map((pick) => all.reduce((a, b) => pick(a, b)));
  return { ...study, reach, scores: scoresOf(study), shift: shiftOf(study) };
}

/** What came after an origin. */
export const futureOf = ({ values }, origin) => values.slice(origin, origin + HORIZON);

/** The fan and the naive forecast from an origin, and the mean absolute error of both, scaled. */
export function lookFrom(study, origin) {
  const { values, season, error, fans, first } = study;
  const [fan, plain, came] = [fans[origin - first], naive(values, origin, season), futureOf(study, origin)];
  const off = (forecast) =>
    came.reduce((sum, y, k) => sum + Math.abs(y - forecast[k]), 0) / HORIZON / error;
  const inside = came.filter((y, k) => y >= fan[k][0] && y <= fan[k][2]).length;
  return { fan, naive: plain, came, off: off(fan.map(([, y]) => y)), naiveOff: off(plain), inside };
}

/** Over all origins whose next values are there: mean absolute scaled errors, by steps ahead too. */
function scoresOf(study) {
  const { values, first, last, season, error, fans } = study;
  const count = last - first + 1;
  const [own, plain, inside] = [0, 1, 2].map(() => new Array(HORIZON).fill(0));
  for (let origin = first; origin <= last; origin++) {
    const repeated = naive(values, origin, season);
    fans[origin - first].forEach(([low, y, high], k) => {
      const came = values[origin + k];
      own[k] += Math.abs(came - y) / error / count;
      plain[k] += Math.abs(came - repeated[k]) / error / count;
      if (came >= low && came <= high) inside[k] += 1 / count;
    });
  }
  const mean = (some) => some.reduce((sum, one) => sum + one, 0) / HORIZON;
  return {
    origins: count,
    own: mean(own),
    naive: mean(plain),
    inside: mean(inside),
    steps: own.map((_, k) => ({ own: own[k], naive: plain[k], inside: inside[k] })),
  };
}

/** How far the forecasts of the next value are from it, scaled, and from the value before it. */
function shiftOf({ values, first, error, fans }) {
  const off = (earlier) =>
    fans.reduce((sum, [[, y]], n) => sum + Math.abs(y - values[first + n - earlier]), 0) /
    fans.length /
    error;
  return { there: off(0), moved: off(1) };
}

/** A reader's own numbers as a series: errors are scaled, and all is fitted, by the first 70 %. */
export function ownSeries(name, values, season) {
  const first = Math.max(Math.floor(0.7 * values.length), values.length - 300);
  const error = naiveError(values, first, season);
  if (!(error > 0)) throw new RangeError("Its numbers repeat without an error: nothing is left to forecast.");
  const origin = first + Math.floor((values.length - HORIZON - first) / 3);
  return { name, start: 0, values, first, origin, season, error, why: "" };
}
