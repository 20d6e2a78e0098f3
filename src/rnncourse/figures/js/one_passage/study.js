// The readers' findings on passages, worked out piece by piece and kept.

import {
  answerIn,
  foretell,
  readPassage,
  realChanges,
  rerunSome,
  takeGradient,
} from "./reading.js";
import { KIND_NAMES } from "./words.js";

/**
 * @param {string[]} alphabet The last character stands for all others.
 * @param {Array<object>} readers The trait.
 * @param {Array<object>} passages What `openPassage` returned for each.
 *
 * A place is `{ passage, letter, at, origin }`: the passage by its number, what characters become,
 * the cursor and the character that is replaced, both from 0.
 */
export function createStudy(alphabet, readers, passages) {
  const readings = passages.map(() => []);
  const D = alphabet.length;
  const idOf = (character) => (alphabet.indexOf(character) + D) % D; // −1 is the last
  const becomes = (character, letter) => {
    if (idOf(character) !== idOf(letter)) return letter;
    return letter === "e" ? "a" : "e";
  };

  return {
    /** What a character becomes: the letter, or another where it is that letter already. */
    becomes,
    /** One short piece of work for a place; whether there was any left to do. */
    work({ passage, letter, at }) {
      const { characters, kinds } = passages[passage];
      const reading = readings[passage];
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
     * `says`, `p` and `then`, the answer as it is and with the character `origin` replaced; `lower`
     * and `upper`, (T), the real changes and what the gradient foretells, or its norm; `top` and
     * `first`, the strongest of each; `foretold`, what is foretold of `top`; `moved` and `named`,
     * what `origin` really does, and what is foretold of it.
     */
    findings({ passage, at, origin }, isNorm) {
      return readings[passage].map((one, r) => {
        const { changes, y, T, K } = one;
        const { forecast, norm } = foretell(one, changes.become);
        const [lower, upper] = [realChanges(one, changes, at), isNorm ? norm : forecast];
        const [top, first] = [strongestOf(lower), strongestOf(upper)];
        const [says, p] = likeliest(y, at, K);
        const [then] = likeliest(changes.y, origin * T + at, K);
        const bits = { foretold: forecast[top.t], moved: lower[origin], named: forecast[origin] };
        return { ...readers[r], says, p, then, lower, upper, top, first, ...bits };
      });
    },
  };
}

function likeliest(y, row, K) {
  const { p } = answerIn(y, row, K, 0);
  const most = Math.max(...p);
  return [KIND_NAMES[p.indexOf(most)], most];
}

/** The largest of the numbers that are known, and its place. */
function strongestOf(values) {
  const bits = Math.max(...values.filter((value) => value >= 0));
  return { t: values.indexOf(bits), bits };
}
