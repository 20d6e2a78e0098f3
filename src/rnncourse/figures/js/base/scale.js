// From numbers to places and colours.

import { formatNumber, powerOfTen } from "./dom.js";

/**
 * A map from a range of numbers to a range of pixels.
 *
 * @param {[number, number]} domain Two ends; with `log` both above 0.
 * @param {[number, number]} range In pixels.
 * @param {boolean} log
 * @returns {(value: number) => number} Not cut off at the ends; NaN stays NaN.
 */
export function scaleTo(domain, range, log = false) {
  const warp = log ? Math.log : (value) => value;
  const low = warp(domain[0]);
  const span = warp(domain[1]) - low || 1;
  return (value) => range[0] + ((warp(value) - low) / span) * (range[1] - range[0]);
}

/** Round numbers in a domain, at most about `count` of them, as `{ value, words }`. */
export function ticks(domain, count = 5, log = false) {
  const [low, high] = domain;
  const found = [];
  if (log) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const stride = Math.max(1, Math.ceil((last - first + 1) / count));
    for (let power = first; power <= last; power += stride) {
      found.push({ value: 10 ** power, words: powerOfTen(power) });
    }
    return found;
  }
  const rough = (high - low) / count;
  if (!(rough > 0)) return [{ value: low, words: formatNumber(low) }];
  const unit = 10 ** Math.floor(Math.log10(rough));
  const stride = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough * 0.999);
  for (let index = Math.ceil(low / stride - 1e-9); index * stride <= high + stride * 1e-9; index++) {
    const value = index * stride;
    found.push({ value, words: formatNumber(Number(value.toPrecision(12))) });
  }
  return found;
}

// Stops of viridis (van der Walt & Smith): even to the eye, in grey print too.
const VIRIDIS = [
  [68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141],
  [39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37],
];
// Blue, white, orange: minus, nought, plus.
const DIVERGING = [
  [33, 102, 172], [103, 169, 207], [209, 229, 240], [247, 247, 247],
  [253, 219, 199], [239, 138, 98], [178, 24, 43],
];

/** A colour `[r, g, b]` for 0 … 1, from dark to bright. */
export function sequentialColor(fraction) {
  return between(VIRIDIS, fraction);
}

/** A colour `[r, g, b]` for −1 … 1: blue below, orange above nought. */
export function divergingColor(value) {
  return between(DIVERGING, (value + 1) / 2);
}

function between(stops, fraction) {
  const place = Math.min(Math.max(fraction, 0), 1) * (stops.length - 1);
  const index = Math.min(Math.floor(place), stops.length - 2);
  const part = place - index;
  return stops[index].map((low, channel) => low + part * (stops[index + 1][channel] - low));
}
