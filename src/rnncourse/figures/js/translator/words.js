// What is written, where attention looks, and what a change does, in words.

import { quotedLetter, wholePercent } from "../base/letters.js";
import { differences, isDate } from "./translate.js";

const PARTS = [
  ["year", 0, 4],
  ["month", 5, 7],
  ["day", 8, 10],
];
const LOOKED_AT = 2;
const LITTLE = 0.1; // a weight that is worth a word

/** The source letters with the largest weights, as `“M” (40 %) and “ä” (22 %)`. */
export function looksInWords(letters, weights) {
  const order = letters.map((_, s) => s).sort((a, b) => weights[b] - weights[a]);
  const strong = order.slice(0, LOOKED_AT).filter((s, place) => !place || weights[s] >= LITTLE);
  const named = strong.map((s) => `${quotedLetter(letters[s])} (${wholePercent(weights[s])})`);
  return named.join(" and ");
}

/** What stands over the candidates: the character of step `t`, from 0, and where it looks. */
export function placeInWords(result, t, nameOf) {
  if (result.steps.length === 0) return "Nothing is translated.";
  if (t < 0) return "Nothing is written yet.";
  const { k, p, weights } = result.steps[t];
  const looks = looksInWords(result.letters, weights);
  const what = nameOf(k) === "end" ? "The end" : `“${nameOf(k)}”`;
  return `${what}, character ${t + 1}: given ${wholePercent(p[k])}. It looks most at ${looks}.`;
}

/** What has been written up to step `t`, its last one, as that step is written. */
export function describeStep(result, t, nameOf) {
  if (t < 0) {
    const count = result.letters.length;
    return (
      `The encoder has read ${count} letters, and nothing is written yet. ` +
      "“Next character” writes the first."
    );
  }
  const words = placeInWords(result, t, nameOf);
  const second = result.steps[t].order[1];
  const other = `Second comes “${nameOf(second)}”, ${wholePercent(result.steps[t].p[second])}.`;
  return t + 1 < result.steps.length ? `${words} ${other}` : `${words} ${verdict(result.line)}`;
}

/** What the network writes for a text, and what it does not know of it. */
export function describeTranslation(result, unknown, nameOf) {
  const left = leftOut(unknown);
  if (result.steps.length === 0) return `Type a date, and it is translated. ${left}`.trim();
  const { line, steps } = result;
  const sure = steps.map(({ k, p }) => p[k]);
  const least = sure.indexOf(Math.min(...sure));
  const doubt =
    `It is least sure of character ${least + 1}, “${nameOf(steps[least].k)}”: ` +
    `${wholePercent(sure[least])}.`;
  return [verdict(line), doubt, left].filter(Boolean).join(" ");
}

/**
 * What blocking does.
 *
 * @param {object} free What is written where nothing is blocked.
 * @param {object} result
 * @param {number} s The letter that was blocked, or let through, just now.
 */
export function describeBlocking(free, result, s, nameOf) {
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
    ? "The letter is not needed here, or what the encoder knows of it is found elsewhere too."
    : "The encoder has read the letter, but attention could not look there.";
  const words = `${letter} is blocked, its weight is 0 (${had}). ${whatChanges(free, result)}`;
  return `${words} ${means}`;
}

/** What a change of the text does, from one result to another. */
export function describeChange(before, result, unknown) {
  return `${whatChanges(before, result)} ${leftOut(unknown)}`.trim();
}

function leftOut(unknown) {
  if (unknown.length === 0) return "";
  const named = new Intl.ListFormat("en-GB").format(unknown.map(quotedLetter));
  return `It does not know ${named}, which ${unknown.length > 1 ? "are" : "is"} left out.`;
}

function whatChanges(before, { line }) {
  const places = differences(line, before.line);
  if (places.length === 0) return `The output stays ${line}.`;
  const changed = PARTS.filter(([, from, to]) => places.some((at) => at >= from && at < to));
  const named = new Intl.ListFormat("en-GB").format(changed.map(([name]) => `the ${name}`));
  const what = isDate(before.line) && isDate(line) ? `: ${named} changed` : "";
  const no = isDate(line) ? "" : " That is no day of the calendar.";
  return `${before.line || "Nothing"} became ${line || "nothing"}${what}.${no}`;
}

function verdict(line) {
  if (isDate(line)) return `It writes ${line}.`;
  return `It writes ${line}, which is no day of the calendar: no rule holds its characters together.`;
}
