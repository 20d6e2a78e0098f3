// What is written, where attention looks, and what a change does, in words.

import { quotedLetter, wholePercent } from "../base/letters.js";
import { differences } from "./translate.js";

const LOOKED_AT = 2;
const LITTLE = 0.1; // a weight that is worth a word

/** The source letters with the largest weights, as `“M” (40 %) and “ä” (22 %)`. */
export function looksInWords(letters, weights) {
  const order = letters.map((_, s) => s).sort((a, b) => weights[b] - weights[a]);
  const strong = order.slice(0, LOOKED_AT).filter((s, place) => !place || weights[s] >= LITTLE);
  const named = strong.map((s) => `${quotedLetter(letters[s])} (${wholePercent(weights[s])})`);
  return named.join(" and ");
}

/** What stands over the candidates: the token of step `t`, from 0, and where it looks. */
export function placeInWords(result, t, nameOf) {
  if (result.steps.length === 0) return "Nothing is translated.";
  if (t < 0) return "Nothing is written yet.";
  const { k, p, weights } = result.steps[t];
  const looks = looksInWords(result.letters, weights);
  const what = nameOf(k) === "end" ? "The end" : `“${nameOf(k)}”`;
  const given = `${result.kind.unit} ${t + 1}: given ${wholePercent(p[k])}`;
  return `${what}, ${given}. It looks most at ${looks}.`;
}

/** What has been written up to step `t`, its last one, as that step is written. */
export function describeStep(result, t, nameOf) {
  if (t < 0) {
    const { kind, letters } = result;
    return (
      `The encoder has read ${letters.length} ${kind.token}${letters.length === 1 ? "" : "s"}, ` +
      `and nothing is written yet. “Next ${kind.unit}” writes the first.`
    );
  }
  const words = placeInWords(result, t, nameOf);
  const second = result.steps[t].order[1];
  const other = `Second comes “${nameOf(second)}”, ${wholePercent(result.steps[t].p[second])}.`;
  const isLast = t + 1 === result.steps.length;
  return `${words} ${isLast ? result.kind.verdict(result) : other}`;
}

/** What the network writes for a text, and what it does not know of it. */
export function describeTranslation(result, nameOf) {
  const { kind, note, steps } = result;
  if (steps.length === 0) return `Type a ${kind.name}, and it is translated. ${note}`.trim();
  const sure = steps.map(({ k, p }) => p[k]);
  const least = sure.indexOf(Math.min(...sure));
  const doubt =
    `It is least sure of ${kind.unit} ${least + 1}, “${nameOf(steps[least].k)}”: ` +
    `${wholePercent(sure[least])}.`;
  return [kind.verdict(result), doubt, note].filter(Boolean).join(" ");
}

/**
 * What blocking does.
 *
 * @param {object} free What is written where nothing is blocked.
 * @param {object} result
 * @param {number} s The letter that was blocked, or let through, just now.
 */
export function describeBlocking(free, result, s, nameOf) {
  const { token } = result.kind;
  const letter = quotedLetter(result.letters[s]).replace(/^t/, "T");
  if (!result.blocked.includes(s)) {
    const still = result.blocked.length ? whatChanges(free, result) : `It writes ${result.line}.`;
    return `${letter} may be looked at again. ${still}`;
  }
  const weights = free.steps.map((step) => step.weights[s]);
  const most = weights.indexOf(Math.max(...weights));
  const had = `it had at most ${wholePercent(weights[most])}, at “${nameOf(free.steps[most].k)}”`;
  const same = free.line === result.line;
  const means = same
    ? `The ${token} is not needed here, or what the encoder knows of it is found elsewhere too.`
    : `The encoder has read the ${token}, but attention could not look there.`;
  const words = `${letter} is blocked, its weight is 0 (${had}). ${whatChanges(free, result)}`;
  return `${words} ${means}`;
}

/** What a change of the text does, from one result to another. */
export function describeChange(before, result) {
  return `${whatChanges(before, result)} ${result.note}`.trim();
}

function whatChanges(before, result) {
  const { kind, line, units } = result;
  if (before.line === line) return `The output stays ${line}.`;
  const what = kind.changes(before, result, [...differences(units, before.units).keys()]);
  const fault = kind.fault(result, before);
  return `${before.line || "Nothing"} became ${line || "nothing"}${what}.${fault}`;
}
