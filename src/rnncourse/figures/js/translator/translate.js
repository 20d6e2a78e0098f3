// A text as the translator reads it, what it writes, and in what two writings differ.

import { quotedLetter } from "../base/letters.js";
import { softmax } from "../engine/readout.js";
import { beamSearch } from "./beam.js";
import { kindOf } from "./kinds.js";
import { openEncoderDecoder } from "./network.js";

const [START, END] = [1, 2]; // after what targets are padded with
const NAMED = { 0: "padding", [START]: "start", [END]: "end" };
export const BEAM = 4;

/**
 * @param {object} network The trait.
 * @param {string | string[]} reads The characters or words of the sources; the first pads them, and
 *   is never read.
 * @param {string | string[]} writes Those of the targets, after padding, start and end.
 */
export function createTranslator(network, reads, writes) {
  const [kind, units] = [kindOf(reads), [...writes]];
  const ids = new Map([...reads].slice(1).map((letter, k) => [letter, k + 1]));
  const { encode, step } = openEncoderDecoder(network);
  const begin = (letters) => encode(letters.map((letter) => ids.get(letter)));
  const unitsOf = (tokens) => tokens.filter((k) => k !== END).map((k) => units[k]);

  return {
    kind,

    knows: (letter) => ids.has(letter),

    /** A token of a target in words: its end has a name. */
    nameOf: (k) => NAMED[k] ?? units[k],

    /**
     * A text as it is read: its `letters` or words that the network knows; a `note` of what is left
     * out, or why nothing is read; of a number how it is `spelled`, and its `right` German.
     */
    asRead(text) {
      const { tokens, wrong = "", ...rest } = kind.cut(text);
      const unknown = new Set(tokens.filter((token) => !ids.has(token)));
      const note = wrong || leftOut([...unknown]);
      return { kind, letters: tokens.filter((token) => ids.has(token)), note, ...rest };
    },

    /**
     * Write the likeliest token at each step, up to the end.
     *
     * @param {object} read A text as it is read.
     * @param {number[]} blocked Places in the source that attention must not look at.
     * @returns What was read; `steps`, each with the token `k`, the probabilities `p` of all, their
     *   `order`, and the `weights` of the letters; and what is written, in `units` and as a `line`.
     */
    translate(read, blocked) {
      const { letters } = read;
      if (letters.length === 0) return { ...read, blocked, steps: [], units: [], line: "" };
      const [barred, steps] = [new Set(blocked), []];
      let { memory, h } = begin(letters);
      for (let token = START; token !== END && steps.length < kind.steps; ) {
        const next = step([token], h, memory, barred);
        const p = softmax(next.logits[0]);
        const order = p.map((_, k) => k).sort((a, b) => p[b] - p[a]);
        [token] = order;
        steps.push({ k: token, p, order, weights: next.weights[0] });
        h = next.h;
      }
      const written = unitsOf(steps.map(({ k }) => k));
      return { ...read, blocked, steps, units: written, line: written.join("") };
    },

    /** The likeliest whole targets that a beam finds, as `{ line, p }`. */
    search({ letters }, blocked) {
      if (letters.length === 0) return [];
      const { memory, h } = begin(letters);
      const barred = new Set(blocked);
      const options = { start: START, end: END, width: BEAM, steps: kind.steps };
      const found = beamSearch((tokens, state) => step(tokens, state, memory, barred), h, options);
      return found.map(({ tokens, logP }) => ({ line: unitsOf(tokens).join(""), p: Math.exp(logP) }));
    },
  };
}

/**
 * The places of one writing where another differs, with what that has there, or nothing.
 *
 * Two of one length are compared place by place. Of others, what both begin with and what both end
 * with is the same, and what is between them differs.
 *
 * @param {string[]} units
 * @param {string[]} other
 */
export function differences(units, other) {
  const places = [...units.keys()];
  const shorter = Math.min(units.length, other.length);
  if (units.length === other.length) {
    return new Map(places.filter((t) => units[t] !== other[t]).map((t) => [t, other[t]]));
  }
  const isOther = (_, t) => t >= shorter || units[t] !== other[t];
  const head = Array.from({ length: shorter + 1 }).findIndex(isOther);
  const isOtherFromEnd = (_, t) => t >= shorter - head || units.at(-1 - t) !== other.at(-1 - t);
  const tail = Array.from({ length: shorter + 1 }).findIndex(isOtherFromEnd);
  const between = places.slice(head, units.length - tail);
  return new Map(between.map((t) => [t, t < other.length - tail ? other[t] : ""]));
}

function leftOut(unknown) {
  if (unknown.length === 0) return "";
  const named = new Intl.ListFormat("en-GB").format(unknown.map(quotedLetter));
  return `It does not know ${named}, which ${unknown.length > 1 ? "are" : "is"} left out.`;
}
