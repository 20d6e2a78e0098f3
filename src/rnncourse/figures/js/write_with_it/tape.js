// A text as a network reads it, letter by letter, and what it writes after it.

import { asReadBy } from "../base/letters.js";
import { openReader } from "../engine/packed.js";
import { Random } from "../engine/random.js";
import { softmax } from "../engine/readout.js";
import { drawChances, drawFrom } from "./sampler.js";

/**
 * `letters` are the person's, so many as `typed`, and then the network's own. Before the first one
 * the state is zero, and the scores are the read-out's bias.
 */
export class Tape {
  /**
   * @param {object} reader The trait.
   * @param {string} alphabet The last character stands for all others, and is never written.
   */
  constructor(reader, alphabet) {
    this.alphabet = alphabet;
    this.characters = [...alphabet];
    this.places = new Map(this.characters.map((letter, id) => [letter, id]));
    this.other = this.characters.length - 1;
    this.reader = openReader(reader, this.characters.length);
    const h = new Float32Array(this.reader.H);
    this.steps = [{ h, y: this.reader.readout.forward(h) }]; // after 0, 1, 2, … letters
    Object.assign(this, { letters: [], typed: 0, settings: [], uniforms: { seed: null } });
  }

  /** The letters of a text, as the network reads them. */
  asRead(text) {
    return [...asReadBy(this.alphabet, text)];
  }

  get written() {
    return this.letters.slice(this.typed).join("");
  }

  /** The place of a letter in the alphabet; of one that it lacks, the last. */
  idOf(letter) {
    return this.places.get(letter) ?? this.other;
  }

  /**
   * Put a text in, and what was written after it with some `settings`. Only what comes after the
   * first letter that is another is read anew.
   */
  set(text, written = "", settings = null) {
    const typed = this.asRead(text);
    const letters = [...typed, ...written];
    const kept = sharedLength(letters, this.letters);
    this.shorten(kept);
    this.typed = typed.length;
    this.settings = letters.map((_, t) => (t < this.typed ? null : settings));
    this.read(letters.slice(kept));
  }

  /** Write one letter: the n-th is drawn with the n-th number of the seed. */
  write(settings) {
    const chances = this.after(this.letters.length).chances(settings);
    const k = drawFrom(chances, this.uniform(settings.seed, this.letters.length - this.typed));
    this.settings.push(settings);
    this.read([this.characters[k]]);
  }

  takeBack() {
    this.shorten(this.typed);
  }

  /**
   * What is known after `t` letters: the state `h`, the probabilities `p` (K), the likeliest first
   * in `order`, and `chances(settings)`, with which each is drawn (K, the last 0).
   */
  after(t) {
    const { h, y } = this.steps[t];
    const p = softmax(y);
    return {
      h,
      p,
      order: p.map((_, k) => k).sort((a, b) => y[b] - y[a]),
      chances: (settings) => [...drawChances(y.subarray(0, this.other), settings), 0],
    };
  }

  /** The probability that the network gave the letter at `t`, from 0. */
  given(t) {
    return softmax(this.steps[t].y)[this.idOf(this.letters[t])];
  }

  read(letters) {
    if (letters.length === 0) return;
    const { H, K, read } = this.reader;
    const { h, c = null } = this.steps.at(-1);
    const { trace, y } = read(letters.map((letter) => this.idOf(letter)), { h0: h, c0: c });
    letters.forEach((letter, t) => {
      const part = (values, size) => values.subarray(t * size, (t + 1) * size);
      const cellState = trace.c ? { c: part(trace.c, H) } : {};
      this.letters.push(letter);
      this.steps.push({ h: part(trace.h, H), y: part(y, K), ...cellState });
    });
  }

  shorten(length) {
    this.letters.length = length;
    this.settings.length = Math.min(this.settings.length, length);
    this.steps.length = length + 1;
  }

  uniform(seed, n) {
    if (this.uniforms.seed !== seed) {
      this.uniforms = { seed, random: new Random(seed), values: [] };
    }
    const { random, values } = this.uniforms;
    while (values.length <= n) values.push(random.uniform());
    return values[n];
  }
}

function sharedLength(one, other) {
  const differs = one.findIndex((letter, t) => letter !== other[t]);
  return differs < 0 ? one.length : differs;
}
