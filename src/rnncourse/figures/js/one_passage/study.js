// The readers' findings on passages, worked out piece by piece and kept.

import {
  foretell,
  likeliestIn,
  readPassage,
  realChanges,
  rerunSome,
  takeGradient,
} from "./reading.js";
import { KIND_NAMES } from "./words.js";

/**
 * @param {string[]} alphabet The last character stands for all others.
 * @param {Array<object>} readers The trait.
 *
 * A place is `{ passage, letter, at, origin }`: what `openPassage` returned, what characters
 * become, the cursor and the character that is replaced, both from 0.
 */
export function createStudy(alphabet, readers) {
  const readings = new WeakMap(); // by passage: what was typed is forgotten with its text
  const D = alphabet.length;
  const idOf = (character) => (alphabet.indexOf(character) + D) % D; // −1 is the last
  const becomes = (character, letter) => {
    if (idOf(character) !== idOf(letter)) return letter;
    return letter === "e" ? "a" : "e";
  };

  return {
    /** What a character becomes: the letter, or another where it is that letter already. */
    becomes,
    /** The characters of a passage that the readers do not know, each once. */
    unknownIn({ characters }) {
      return [...new Set(characters)].filter((character) => !alphabet.includes(character));
    },
    /** One short piece of work for a place; whether there was any left to do. */
    work({ passage, letter, at }) {
      const { characters, kinds } = passage;
      if (!readings.has(passage)) readings.set(passage, []);
      const reading = readings.get(passage);
      return readers.some((reader, r) => {
        const one = reading[r];
        if (!one) {
          reading[r] = readPassage(reader, D, characters.map(idOf), kinds);
        } else if (one.changes?.letter !== letter) {
          const become = characters.map((character) => idOf(becomes(character, letter)));
          const y = new Float32Array(one.T * one.T * one.K).fill(NaN);
          one.changes = { letter, become, y, done: 0 };
        } else if (one.changes.done < one.T) rerunSome(one, one.changes);
        else if (one.gradient?.at !== at) takeGradient(one, at);
        else return false;
        return true;
      });
    },
    /**
     * What is known at a place when its work is done. For each reader its `title` and `kind`;
     * `says` and `p`, the answer; `lower` and `upper`, (T), the real changes and what the gradient
     * foretells, or its norm; `top` and `first`, the strongest of each; `foretold` and `turns`, what
     * is foretold of `top`, and the answer with it replaced; `moved`, `named` and `then`, what
     * `origin` really does, what is foretold of it, and the answer with it replaced.
     */
    findings({ passage, at, origin }, isNorm) {
      return readings.get(passage).map((one, r) => {
        const { changes, y, T, K } = one;
        const { forecast, norm } = foretell(one, changes.become);
        const [lower, upper] = [realChanges(one, changes, at), isNorm ? norm : forecast];
        const [top, first] = [strongestOf(lower), strongestOf(upper)];
        const { kind, p } = likeliestIn(y, at, K);
        const answerWith = (t) => KIND_NAMES[likeliestIn(changes.y, t * T + at, K).kind];
        return {
          ...readers[r],
          says: KIND_NAMES[kind],
          p,
          lower,
          upper,
          top,
          first,
          foretold: forecast[top.t],
          turns: answerWith(top.t),
          moved: lower[origin],
          named: forecast[origin],
          then: answerWith(origin),
        };
      });
    },
  };
}

/** The largest of the numbers that are known, and its place. */
function strongestOf(values) {
  const bits = Math.max(...values.filter((value) => value >= 0));
  return { t: values.indexOf(bits), bits };
}
