// What the terms mean, in words.

import { formatNumber } from "../base/dom.js";
import { stretch, sumOfPaths } from "./paths.js";

const EXPLODES = 10;

/**
 * One or two sentences on the gradient over a lag.
 *
 * @param {object} options
 * @param {Float64Array[]} options.terms Of one lag, as `splitPaths` gives them.
 * @param {number} options.lag
 * @param {number} options.epsilon
 */
export function describePaths({ terms, lag, epsilon }) {
  const size = (value) => formatNumber(value, 2);
  const direct = stretch(terms[0]);
  const start = `Over ${lag} ${lag === 1 ? "step" : "steps"} the direct path alone (m = 0)`;
  const alone = `${start} keeps ${size(direct)} of the gradient.`;
  if (epsilon === 0) {
    return `${alone} With ε = 0 nothing passes through h: that is all that arrives.`;
  }
  const scaled = terms.map((term, m) => epsilon ** m * stretch(term));
  const sum = stretch(sumOfPaths(terms, epsilon));
  const all = epsilon === 1 ? "All paths together" : `With ε = ${formatNumber(epsilon)}, all paths`;
  const arrives = `${all} bring ${size(sum)}.`;
  return `${alone} ${arrives} ${verdict(terms, scaled, epsilon, sum, direct)}`;
}

function verdict(terms, scaled, epsilon, sum, direct) {
  // What would be missing without the paths of m detours or more, as a share of the sum.
  const share = (from) => {
    const part = terms.map((term, m) => (m < from ? new Float64Array(term.length) : term));
    return stretch(sumOfPaths(part, epsilon)) / sum;
  };
  const largest = scaled.indexOf(Math.max(...scaled));
  const most = largest === 1 ? "one detour" : `${largest} detours`;
  const uncut = scaled.reduce((total, value) => total + value, 0) / sum;
  if (share(1) < 0.1) return "Nearly all of it came straight along the cell state.";
  if (share(1) < 0.4) return "Most of it came straight along the cell state, some by detours.";
  if (uncut > 10) {
    return (
      `The terms add up to ${formatNumber(uncut, 2)} times the sum: paths with opposite signs ` +
      `cancel. The largest term has ${largest === 0 ? "no detour" : most}.`
    );
  }
  if (sum > EXPLODES) {
    return (
      "The gradient explodes. The direct path cannot do that, as forget gates are below 1: " +
      `the detours did, most of all those with ${most}.`
    );
  }
  if (direct < 0.1 * sum && share(2) > 0.9) {
    return (
      `Nearly all of it came by two or more detours through h; the largest term has ${most}.`
    );
  }
  const what = largest === 0 ? "no detour" : most;
  return `The direct path and the detours both matter: the largest term has ${what}.`;
}
