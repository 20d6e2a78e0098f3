// How loud each band of frequencies is, a hundred times a second: the twin of `rnnbook`'s `log_mel`.

import { SAMPLE_RATE } from "./sound.js";

export const WINDOW = 200; // samples: 25 ms
export const HOP = 80; // 10 ms
export const STACKED = 4; // frames in a step of the network
export const STEP = HOP * STACKED;
export const MIDDLE = (HOP * (STACKED - 1) + WINDOW) / 2; // of a step, in samples from its first
const SIZE = 256; // of the FFT
const FLOOR = 1e-10;

/**
 * The logarithm of the power in each band of the mel scale.
 *
 * @param {Float64Array} samples
 * @param {number} bands
 * @returns `K` frames, and `frames`, a Float64Array (K, bands).
 */
export function logMel(samples, bands) {
  const K = 1 + Math.floor((samples.length - WINDOW) / HOP);
  const frames = new Float64Array(K * bands);
  const filters = melFilters(bands);
  for (let k = 0; k < K; k++) {
    const [re, im] = [new Float64Array(SIZE), new Float64Array(SIZE)];
    for (let n = 0; n < WINDOW; n++) {
      re[n] = samples[k * HOP + n] * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW));
    }
    transform(re, im);
    filters.forEach((weights, band) => {
      const power = weights.reduce((sum, w, f) => sum + w * (re[f] * re[f] + im[f] * im[f]), 0);
      frames[k * bands + band] = Math.log(Math.max(power, FLOOR));
    });
  }
  return { K, frames };
}

/** Features of the network: four frames a step, each band at mean 0 and deviation 1. */
export function stepsOf({ K, frames }, { mean, deviation }) {
  const bands = mean.length;
  const T = Math.floor(K / STACKED);
  const kept = frames.subarray(0, T * STACKED * bands);
  const x = Float32Array.from(kept, (value, k) => (value - mean[k % bands]) / deviation[k % bands]);
  return { T, x };
}

/** Weights of the frequencies 0 … SIZE / 2, for each band. */
function melFilters(bands) {
  const top = 2595 * Math.log10(1 + SAMPLE_RATE / 2 / 700);
  const edge = (k) => 700 * (10 ** ((top * k) / (bands + 1) / 2595) - 1); // Hz
  return Array.from({ length: bands }, (_, band) => {
    const [low, middle, high] = [edge(band), edge(band + 1), edge(band + 2)];
    return Float64Array.from({ length: SIZE / 2 + 1 }, (_, k) => {
      const f = (k * SAMPLE_RATE) / SIZE;
      return Math.max(0, Math.min((f - low) / (middle - low), (high - f) / (high - middle)));
    });
  });
}

/** The FFT in place, of Cooley and Tukey (1965): `SIZE` complex numbers. */
function transform(re, im) {
  for (let n = 1, m = 0; n < SIZE; n++) {
    let bit = SIZE >> 1;
    for (; m & bit; bit >>= 1) m ^= bit;
    m ^= bit; // m is n with its bits in the other order
    if (n < m) [re[n], re[m], im[n], im[m]] = [re[m], re[n], im[m], im[n]];
  }
  for (let half = 1; half < SIZE; half *= 2) {
    for (let j = 0; j < half; j++) {
      const angle = (-Math.PI * j) / half;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let n = j; n < SIZE; n += 2 * half) {
        const m = n + half;
        const [a, b] = [re[m] * c - im[m] * s, re[m] * s + im[m] * c];
        [re[m], im[m]] = [re[n] - a, im[n] - b];
        re[n] += a;
        im[n] += b;
      }
    }
  }
}
