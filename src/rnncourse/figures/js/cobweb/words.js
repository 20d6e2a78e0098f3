// What the cobweb figure says of a walk.

import { formatNumber, powerOfTen } from "../base/dom.js";

const ALIVE = 1e-3;

/** A gradient in words: `0.35`, or `10⁻¹⁴`. */
export function sizeInWords(gradient) {
  const size = Math.abs(gradient);
  if (size === 0) return "exactly 0";
  if (size >= ALIVE && size < 1e4) return formatNumber(gradient, 2);
  return `about ${powerOfTen(Math.round(Math.log10(size)))}`;
}

/**
 * @param {object} walk
 * @param {Array<{from: number, to: number, sign: number, lost: number|null}>} walk.held
 * @param {number[]} walk.gradient Since the last pulse, for t = 1 … T.
 * @param {boolean} walk.gate
 * @param {number} walk.noise
 */
export function walkInWords({ held, gradient, gate, noise }) {
  const last = held[held.length - 1];
  const kept = held.every(({ lost }) => lost === null);
  const size = gradient[gradient.length - 1];
  const steps = last.to - last.from;
  const memory = held
    .map(({ from, sign, lost }) => {
      const pulse = `the ${sign > 0 ? "+" : "−"} of step ${from}`;
      if (lost === from) return `${pulse} was not taken up`;
      return lost === null ? `${pulse} is held` : `${pulse} is lost at step ${lost}`;
    })
    .join("; ");
  const through = `Gradient over the last ${steps} steps: ${sizeInWords(size)}.`;
  return `${capital(memory)}. ${through} ${verdict(kept, held, Math.abs(size), gate, noise)}`;
}

function verdict(kept, held, size, gate, noise) {
  if (gate && kept) {
    return (
      "Between the pulses the gate is closed: noise is multiplied by 0, and each slope is " +
      "exactly 1, whatever u is."
    );
  }
  if (gate) {
    return (
      "The closed gate kept what it had. But at the pulse the gate is open, and there u times " +
      "the old state still speaks against the pulse: now that the gate does the keeping, u may " +
      "be small."
    );
  }
  const refused = held.some(({ from, lost }) => lost === from);
  if (refused) return "It holds so firmly that a pulse cannot turn it any more.";
  if (kept && size >= ALIVE) {
    return noise > 0
      ? "Held, and still some gradient: more steps or more noise would end it."
      : "Without noise nothing disturbs it. Let some in.";
  }
  if (kept) return "It stores safely, and so it has lost the gradient.";
  if (size >= ALIVE) return "The gradient lives, but so does the noise: it rewrites the memory.";
  return "Neither: the noise got in, and the gradient did not last.";
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
