// What the unrolled row asks, and what it says of itself.

import { formatNumber, powerOfTen } from "../base/dom.js";

export const QUESTIONS = {
  forwards: "Eight units, or one with a loop? Fold the row, and read it step by step.",
  backwards:
    "How much of the gradient at the last state arrives at the first? Change u, then the inputs.",
  clipped: "When does the gradient of the bias b explode, and what does clipping leave of it?",
};

const WAY_BACK =
  "Bars: what is left of the gradient. Boxes: the states, dashed where negative. " +
  "×: the factor of a step, u (1 − h²). Below: the inputs.";
export const LEGENDS = {
  backwards: WAY_BACK,
  clipped: `${WAY_BACK} A bias b, now 0, is added at each step.`,
};

/** A number in few characters: `0.35`, `12`, and beyond that its power of ten. */
export function shortNumber(value) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size === 0) return "0";
  if (size >= 0.005 && size < 1000) return sign + size.toFixed(size < 9.995 ? 2 : 0);
  return sign + powerOfTen(Math.round(Math.log10(size)));
}

/**
 * Forwards: the step that was read last; then what the loop does, or what the first input still does.
 *
 * @param {object} row `u`, `x`, and `h`: h_0 … h_T.
 * @param {number} steps How many were read.
 * @param {boolean} folded Whether there is one unit, with a loop.
 */
export function stepInWords({ u, x, h }, steps, folded) {
  if (steps === 0) return "The state begins at 0. Read the first input.";
  const number = (value) => value.toFixed(2).replace("-", "−");
  const fine = (value) => value.toFixed(3).replace("-", "−");
  const input = x[steps - 1];
  const sum = u * h[steps - 1] + input;
  const words =
    `Step ${steps}: ${formatNumber(u, 2)} · ${number(h[steps - 1])} ${input < 0 ? "−" : "+"} ` +
    `${number(Math.abs(input))} = ${number(sum)}, and the tanh makes ${fine(h[steps])} of it.`;
  if (folded) {
    const next = steps < x.length ? "The loop brings it back for the next step." : "That was the last input.";
    return `${words} ${next} One unit, used ${steps === 1 ? "once" : `${steps} times`}.`;
  }
  if (steps === 1) return words;
  const without = x.slice(0, steps).reduce((state, v, t) => Math.tanh(u * state + (t ? v : 0)), 0);
  const moved = Math.abs(h[steps] - without);
  const size = moved < 0.0005 ? "less than 0.001" : moved.toFixed(3);
  return `${words} Without the first input it would be ${fine(without)}: a difference of ${size}.`;
}

/**
 * Backwards: what of the gradient has arrived, and what that means.
 *
 * @param {object} row `h`: h_0 … h_T.
 * @param {number[]} left What of the gradient at the last state is left at each of h_1 … h_T.
 * @param {number} back How many steps it has gone back.
 */
export function rowInWords({ h: [, ...h] }, left, back) {
  const last = h.length - 1;
  if (back === 0) return "The gradient is at the last state. Let it go back.";
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

/** What the steps sum to for a bias b that is 0, ∂h_T/∂b, and what clipping leaves: see `rowInWords`. */
export function clippedInWords({ h }, left, clip) {
  // ∂h_T/∂b = Σ_t left_t (1 − h_t²)
  const gradient = left.reduce((sum, share, t) => sum + share * (1 - h[t + 1] ** 2), 0);
  const arrived = `At the first state, ${shortNumber(left[0])} of the gradient is left.`;
  const whole = `The steps sum to a gradient of ${shortNumber(gradient)} for b.`;
  if (Math.abs(gradient) <= clip) {
    return `${arrived} ${whole} That is below ${formatNumber(clip, 2)}: clipping does nothing.`;
  }
  const kept = formatNumber(Math.sign(gradient) * clip, 2);
  return `${arrived} ${whole} Clipping leaves ${kept}: the same way, and a step of bounded length.`;
}
