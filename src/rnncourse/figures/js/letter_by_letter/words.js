// What a network guessed of a word, in words.

import { quotedLetter, unknownInWords, wholePercent } from "../base/letters.js";

/**
 * What the network ends with, and how it came there.
 *
 * @param {object[]} rows What `guess` returned.
 * @param {string[]} classes
 * @param {string} [truth] The true class, where it is known.
 */
export function describeGuesses(rows, classes, truth) {
  if (rows.length === 0) return "Type a word, and see what the network takes it for.";
  const { order, p } = rows.at(-1);
  const last = classes[order[0]];
  let verdict = "";
  if (truth) verdict = last === truth ? ": right" : `: wrong, it is ${truth}`;
  const unknown = [...new Set(rows.filter(({ known }) => !known).map(({ letter }) => letter))];
  return [
    `Its last guess is ${last}, ${wholePercent(p[order[0]])}${verdict}.`,
    turnsInWords(rows),
    ...(unknown.length ? [unknownInWords(unknown)] : []),
  ].join(" ");
}

function turnsInWords(rows) {
  const turns = rows.filter(({ turned }) => turned);
  if (turns.length === 0) return "It never changed its mind.";
  const at = rows.indexOf(turns.at(-1)) + 1;
  const place = `at letter ${at}, ${quotedLetter(turns.at(-1).letter)}`;
  if (turns.length === 1) return `It changed its mind once, ${place}.`;
  return `It changed its mind ${turns.length === 2 ? "twice" : `${turns.length} times`}, last ${place}.`;
}
