// What the parts mean, in words.

import { formatNumber } from "../base/dom.js";
import { partsOfWhole, stretch } from "./paths.js";

const EXPLODES = 10;

/**
 * Two or three sentences on the gradient over a lag.
 *
 * @param {object} options
 * @param {Float64Array[]} options.terms Of one lag, as `splitPaths` gives them.
 * @param {number} options.lag
 * @param {number} options.epsilon
 */
export function describePaths({ terms, lag, epsilon }) {
  const size = (value) => formatNumber(value, 2);
  const start = `Over ${lag} ${lag === 1 ? "step" : "steps"} the direct path alone (m = 0)`;
  const alone = `${start} has size ${size(stretch(terms[0]))}.`;
  if (epsilon === 0) {
    return `${alone} With ε = 0 nothing passes through h: that is all that arrives.`;
  }
  const { whole, parts } = partsOfWhole(terms, epsilon);
  const all = epsilon === 1 ? "All paths together" : `With ε = ${formatNumber(epsilon)}, all paths`;
  if (whole === 0) return `${alone} ${all} bring nothing.`;
  const shares = parts.map((part) => part / whole);
  return `${alone} ${all} have size ${size(whole)}; ${adds(shares[0])}. ${verdict(shares, whole)}`;
}

function adds(share) {
  const percent = Math.round(100 * Math.abs(share));
  if (percent === 0) return "along that the direct path adds next to nothing";
  if (share < 0) return `along that the direct path takes ${percent}\u00a0% away`;
  return `along that the direct path adds ${percent}\u00a0%`;
}

function verdict(shares, whole) {
  const largest = shares.indexOf(Math.max(...shares));
  const most = largest === 1 ? "one detour" : `${largest} detours`;
  const above = shares.reduce((sum, share) => sum + Math.max(share, 0), 0);
  if (shares[0] > 0.9) return "Nearly all of it came straight along the cell state.";
  if (shares[0] > 0.6) return "Most of it came straight along the cell state, some by detours.";
  if (above > 2) {
    return (
      `The bars above zero add up to ${formatNumber(above, 2)} times the whole, and those below ` +
      "take the rest away: paths with opposite signs cancel."
    );
  }
  if (whole > EXPLODES) {
    return (
      "The gradient explodes. The direct path cannot do that, as forget gates are below 1: " +
      `the detours did, most of all those with ${most}.`
    );
  }
  if (shares[0] + shares[1] < 0.1) {
    return `Nearly all of it came by two or more detours through h, most of all by ${most}.`;
  }
  if (shares[0] < 0.1) {
    return `Nearly all of it came by detours through h, most of all by ${most}.`;
  }
  const bar = largest === 0 ? "direct path" : `paths with ${most}`;
  return `The direct path and the detours both matter: the largest bar is that of the ${bar}.`;
}
