// Letters and guesses in words.

/** A probability in whole per cents: never 0 or 100, since nothing is so certain. */
export function percent(p) {
  const whole = Math.round(100 * p);
  if (whole === 0) return "<\u00a01\u00a0%";
  return whole === 100 ? ">\u00a099\u00a0%" : `${whole}\u00a0%`;
}

/** A letter that can be seen by itself: a space, and an accent without its letter. */
export function visibleLetter(letter) {
  if (letter === " ") return "␣";
  return /^\p{M}/u.test(letter) ? `◌${letter}` : letter;
}

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
    `Its last guess is ${last}, ${percent(p[order[0]])}${verdict}.`,
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

function unknownInWords(letters) {
  const some = new Intl.ListFormat("en-GB").format(letters.map(quotedLetter));
  return `It does not know ${some}${letters.length > 1 ? ", and reads them all alike" : ""}.`;
}

function quotedLetter(letter) {
  return letter === " " ? "the space" : `“${visibleLetter(letter)}”`;
}
