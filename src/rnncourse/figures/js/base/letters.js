// Characters as a page shows and names them, and how probable something is.

const SEEN = { " ": "␣", "\n": "⏎", "\t": "⇥" };
const BY_NAME = { " ": "the space", "\n": "the line end", "\t": "the tab" };

/** A probability in whole per cents: never 0 or 100, since nothing is so certain. */
export function wholePercent(p) {
  const whole = Math.round(100 * p);
  if (whole === 0) return "<\u00a01\u00a0%";
  return whole === 100 ? ">\u00a099\u00a0%" : `${whole}\u00a0%`;
}

/** A letter that can be seen by itself: white space, and an accent without its letter. */
export function visibleLetter(letter) {
  return SEEN[letter] ?? (/^\p{M}/u.test(letter) ? `◌${letter}` : letter);
}

/** A letter in a sentence. */
export function quotedLetter(letter) {
  return BY_NAME[letter] ?? `“${visibleLetter(letter)}”`;
}

/** What must be said of letters that a network's alphabet lacks. */
export function unknownInWords(letters) {
  const some = new Intl.ListFormat("en-GB").format(letters.map(quotedLetter));
  return `It does not know ${some}${letters.length > 1 ? ", and reads them all alike" : ""}.`;
}

/** How a network reads a text: an accent typed apart is one character with its letter (NFC), and
 *  where the alphabet has no capitals, all letters are small. */
export function asReadBy(alphabet, text) {
  const small = alphabet === alphabet.toLowerCase();
  return (small ? text.toLowerCase() : text).normalize("NFC");
}
