// What is forecast, and how well, in words.

import { formatNumber } from "../base/dom.js";
import { wholePercent } from "../base/letters.js";
import { HORIZON } from "./baselines.js";

const ALIKE = 0.05; // how near to 1 a ratio of errors says nothing

export const nameOf = ({ kind }) => (kind === "linear" ? "the linear window" : "the network");
export const naiveName = ({ season }) =>
  season > 1 ? "the seasonal naive forecast" : "the naive forecast";

/** From this origin; over all of them, with who wins and why; how often the fan held. */
export function describeFan(study, origin, { off, naiveOff, inside }, others = []) {
  const { start, scores, why } = study;
  const [own, other] = [nameOf(study), naiveName(study)];
  const more = others.map((one) => `, ${nameOf(one)} ${two(one.scores.own)}`).join("");
  return (
    `With ${(start + origin).toLocaleString("en")} values known, ${own} is off by ${two(off)} on ` +
    `average, ${other} by ${two(naiveOff)}; ${inside} of ${HORIZON} values lie in the fan. Over all ` +
    `${scores.origins} origins: ${two(scores.own)} against ${two(scores.naive)}${more}, so ` +
    `${winner(study, others)}. ` +
    `${why ? `${why} ` : ""}Of all values, ${wholePercent(scores.inside)} lay in the fan that ` +
    "promises 80\u00a0%."
  );
}

/** Who is nearest, over all origins. */
export function winner(study, others = []) {
  const [best, next] = [
    [naiveName(study), study.scores.naive],
    ...[study, ...others].map((one) => [nameOf(one), one.scores.own]),
  ].sort(([, a], [, b]) => a - b);
  if (next[1] / best[1] > 1 + ALIKE) return `${best[0]} wins`;
  return others.length ? `${best[0]} and ${next[0]} are alike` : "neither wins";
}

/** Whether the forecasts of the next value are the last value. */
export function describeShift(study) {
  const { there, moved } = study.shift;
  const own = nameOf(study);
  const seen =
    `One step ahead, ${own} is off by ${two(there)} on average. Moved one step to the left, its ` +
    `line is off by ${two(moved)}: `;
  if (moved < 0.5 * there) return `${seen}it is yesterday, shifted. It says the last value again.`;
  if (moved < there) return `${seen}nearer, so much of it is yesterday, shifted.`;
  return `${seen}no nearer. It is not yesterday, shifted: it knows more than the last value.`;
}

/** The picture in words. */
export function describePicture({ name, ...study }, origin, shifted) {
  return shifted
    ? `${name}: the values around the origin, the forecast of each from the one before it, and ` +
        "the same line moved one step to the left."
    : `${name}: what is known up to the origin, and after it a fan of quantiles from ` +
        `${nameOf(study)}, ${naiveName(study)}, and what came.`;
}

export function two(value) {
  return Number.isFinite(value) ? value.toFixed(2) : formatNumber(value);
}
