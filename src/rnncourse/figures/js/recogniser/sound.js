// Recordings: read from text, brought to a level, with noise over them. Floats, 8,000 a second.

import { unpackWeights } from "../engine/packed.js";
import { Random } from "../engine/random.js";

export const SAMPLE_RATE = 8000;
const LEVEL = 0.05; // root mean square of what is said
const MU = 255;
const LARGEST_LEVEL = 31;
const NOISE_SEED = 19;
const FRAME = 200;
const LOUD = 0.01; // of the power of the loudest frame: 20 dB below it

/** The samples of a text: see `rnncourse.experiments.sounds`. */
export function unspell(text) {
  const levels = unpackWeights({ levels: text, scales: [1 / LARGEST_LEVEL] });
  return Float64Array.from(levels, (y) => (Math.sign(y) * ((1 + MU) ** Math.abs(y) - 1)) / MU);
}

/** Samples with white noise over them, the same at every call: `decibels` softer than speech. */
export function withNoise(samples, decibels) {
  const random = new Random(NOISE_SEED);
  const amplitude = LEVEL * 10 ** (-decibels / 20);
  return samples.map((sample) => sample + amplitude * random.normal());
}

/** A recording as loud as those to train with: what is louder than pauses is brought to a level. */
export function levelled(samples) {
  const powers = [];
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    const frame = samples.subarray(at, at + FRAME);
    powers.push(frame.reduce((sum, sample) => sum + sample * sample, 0) / FRAME);
  }
  const loudest = Math.max(...powers);
  if (!(loudest > 1e-9)) return null; // nothing is heard
  const loud = powers.filter((power) => power >= LOUD * loudest);
  const power = loud.reduce((sum, one) => sum + one, 0) / loud.length;
  return samples.map((sample) => sample * (LEVEL / Math.sqrt(power)));
}
