// A text as the translator reads it, what it writes, and in what two writings differ.

import { softmax } from "../engine/readout.js";
import { beamSearch } from "./beam.js";
import { openEncoderDecoder } from "./network.js";

const [START, END] = [1, 2]; // after what targets are padded with
const NAMED = { 0: "padding", [START]: "start", [END]: "end" };
export const STEPS = 11; // characters of a date, and its end
export const BEAM = 4;

/**
 * @param {object} network The trait.
 * @param {string} reads The characters of the sources; the first pads them, and is never read.
 * @param {string} writes Those of the targets, after padding, start and end.
 */
export function createTranslator(network, reads, writes) {
  const characters = [...writes];
  const ids = new Map([...reads].slice(1).map((letter, k) => [letter, k + 1]));
  const { encode, step } = openEncoderDecoder(network);
  const begin = (letters) => encode(letters.map((letter) => ids.get(letter)));
  const inLine = (tokens) => tokens.filter((k) => k !== END).map((k) => characters[k]).join("");

  return {
    knows: (letter) => ids.has(letter),

    /** A character of a target in words: its end has a name. */
    nameOf: (k) => NAMED[k] ?? characters[k],

    /** The letters of a text that the network knows, and those that are left out. */
    asRead(text) {
      const all = [...text.normalize("NFC")];
      const unknown = new Set(all.filter((letter) => !ids.has(letter)));
      return { letters: all.filter((letter) => ids.has(letter)), unknown: [...unknown] };
    },

    /**
     * Write the likeliest character at each step, up to the end.
     *
     * @param {string[]} letters
     * @param {number[]} blocked Places in the source that attention must not look at.
     * @returns `steps`, each with the character `k`, the probabilities `p` of all, their `order`,
     *   and the `weights` of the letters; and `line`, what is written.
     */
    translate(letters, blocked) {
      if (letters.length === 0) return { letters, blocked, steps: [], line: "" };
      const [barred, steps] = [new Set(blocked), []];
      let { memory, h } = begin(letters);
      for (let token = START; token !== END && steps.length < STEPS; ) {
        const next = step([token], h, memory, barred);
        const p = softmax(next.logits[0]);
        const order = p.map((_, k) => k).sort((a, b) => p[b] - p[a]);
        [token] = order;
        steps.push({ k: token, p, order, weights: next.weights[0] });
        h = next.h;
      }
      return { letters, blocked, steps, line: inLine(steps.map(({ k }) => k)) };
    },

    /** The likeliest whole targets that a beam finds, as `{ line, p }`. */
    search(letters, blocked) {
      if (letters.length === 0) return [];
      const { memory, h } = begin(letters);
      const barred = new Set(blocked);
      const options = { start: START, end: END, width: BEAM, steps: STEPS };
      const found = beamSearch((tokens, state) => step(tokens, state, memory, barred), h, options);
      return found.map(({ tokens, logP }) => ({ line: inLine(tokens), p: Math.exp(logP) }));
    },
  };
}

/** The places at which two lines have another character, or one of them has none. */
export function differences(line, other) {
  const length = Math.max(line.length, other.length);
  const places = Array.from({ length }, (_, place) => place);
  return places.filter((place) => line[place] !== other[place]);
}

/** Whether a line is a day of the calendar, in ISO 8601. */
export function isDate(line) {
  if (!/^\d{4}-\d\d-\d\d$/.test(line)) return false;
  const day = new Date(`${line}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(line);
}
