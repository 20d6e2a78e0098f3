// What the unrolled row says of itself.

import { powerOfTen } from "../base/dom.js";

/** A number in few characters: `0.35`, `12`, and beyond that its power of ten. */
export function shortNumber(value) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size === 0) return "0";
  if (size >= 0.005 && size < 1000) return sign + size.toFixed(size < 9.995 ? 2 : 0);
  return sign + powerOfTen(Math.round(Math.log10(size)));
}

/**
 * @param {object} row
 * @param {number} row.u
 * @param {number[]} row.h `h_1 … h_T`.
 * @param {number[]} row.left What of the gradient at the last state is left at each.
 * @param {number} row.back How many steps it has gone back.
 */
export function rowInWords({ h, left, back }) {
  const last = h.length - 1;
  if (back === 0) return "The gradient stands at the last state. Let it go back.";
  const arrived = left[last - back];
  const steps = back === 1 ? "1 step" : `${back} steps`;
  const words = [`${steps} back, ${shortNumber(arrived)} of the gradient is left.`];
  if (back < last) return words[0];
  const size = Math.abs(arrived);
  const kept = Math.abs(h[last]) > 0.5 && h.every((value) => value * h[last] > 0);
  if (size > 1.005) words.push("It grew: this is how gradients explode.");
  else if (kept && size < 0.01) {
    words.push("The unit still holds the sign of its first input, and learns next to nothing from it.");
  } else if (size < 0.01) words.push("The factors are below one, so their product vanishes.");
  else if (kept) words.push("It remembers, and some gradient arrives; over more steps it would not.");
  else words.push("Some of it arrives, over these few steps.");
  return words.join(" ");
}
