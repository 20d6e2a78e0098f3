// What a trained network guesses after each letter of a word.

import { asReadBy } from "../base/letters.js";
import { openReader } from "../engine/packed.js";
import { softmax } from "../engine/readout.js";

/**
 * @param {object} reader The trait.
 * @param {string} alphabet The last character stands for all others.
 * @returns `asRead(word)`, the word as the network reads it: an accent typed apart as one character
 *   with its letter, and small letters where the alphabet has no capitals; and `guess(word)`, a row
 *   a letter: what was read `before`, the `letter`, whether it is `known`, the probabilities `p`
 *   (K), the classes in their `order`, the likeliest first, and whether the first one `turned`.
 */
export function createGuesser(reader, alphabet) {
  const characters = [...alphabet];
  const D = characters.length;
  const { K, read } = openReader(reader, D);
  const asRead = (word) => asReadBy(alphabet, word);

  function guess(word) {
    const letters = [...asRead(word)];
    if (letters.length === 0) return [];
    const ids = letters.map((letter) => (characters.indexOf(letter) + D) % D); // −1 is the last
    const { y } = read(ids);
    let first = null;
    return letters.map((letter, t) => {
      const p = softmax(y.subarray(t * K, (t + 1) * K));
      const order = p.map((_, k) => k).sort((a, b) => p[b] - p[a]);
      const turned = t > 0 && order[0] !== first;
      first = order[0];
      const before = letters.slice(0, t).join("");
      return { before, letter, known: ids[t] < D - 1, p, order, turned };
    });
  }
  return { asRead, guess };
}
