// Drawing the next character: the twin of `_sampler.py`, and as pure.

import { softmax } from "../engine/readout.js";

/**
 * How probably each character is drawn: tempered, then cut twice, and adding up to 1.
 *
 * Of the `top_k` likeliest characters, whose probabilities are made to add up to 1, the fewest stay
 * that have at least `top_p` together, the likeliest first; of equal ones the earlier.
 *
 * @param {ArrayLike<number>} scores Those of the characters that may be drawn, (K).
 * @param {object} settings
 * @param {number} settings.temperature What the scores are divided by.
 * @param {number} settings.top_k How many characters stay.
 * @param {number} settings.top_p Which share of the probability they must have; 1: all stay.
 * @returns {number[]} (K); 0 where a character is cut out.
 */
export function drawChances(scores, { temperature, top_k, top_p }) {
  const p = softmax(Array.from(scores, (score) => score / temperature));
  const order = p.map((_, k) => k).sort((a, b) => scores[b] - scores[a]);
  let kept = order.slice(0, top_k);
  if (top_p < 1) {
    const whole = sumOf(kept, p);
    let sum = 0;
    const enough = kept.findIndex((k) => (sum += p[k] / whole) >= top_p);
    if (enough >= 0) kept = kept.slice(0, enough + 1);
  }
  const whole = sumOf(kept, p);
  const chances = p.map(() => 0);
  for (const k of kept) chances[k] = p[k] / whole;
  return chances;
}

/** The first character at which the chances, added up in their order, are above `uniform`. */
export function drawFrom(chances, uniform) {
  let sum = 0;
  const found = chances.findIndex((chance) => (sum += chance) > uniform);
  return found >= 0 ? found : chances.findLastIndex((chance) => chance > 0);
}

function sumOf(kept, p) {
  return kept.reduce((total, k) => total + p[k], 0);
}
