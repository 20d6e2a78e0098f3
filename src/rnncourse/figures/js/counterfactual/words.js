// What two runs and a gradient say about memory and learning, in words.

import { formatNumber } from "../base/dom.js";

/**
 * A few sentences on what `compareRuns` returned.
 *
 * @param {object} found
 * @param {number} t Which token changed, from 0.
 * @param {number} size By how much.
 * @param {boolean} [states] Whether the states are spoken of too.
 */
export function describeRuns({ dy, dh, dc, forecast }, t, size, states = false) {
  const last = dy.length - 1;
  const number = (value) => formatNumber(Number(value.toPrecision(2)), 2);
  const lag = last - t;
  const later = lag === 0 ? "At once" : `${lag} ${lag === 1 ? "step" : "steps"} after the change`;
  const found = dy[last] === 0 ? "no difference in y is left" : `y differs by ${number(dy[last])}`;
  const slope = number(forecast[last] / size);
  const facts =
    `${later}, ${found}. The gradient ∂y/∂x from there back to step ${t + 1} is ${slope}: ` +
    `it foretells ${number(forecast[last])}.`;
  const peak = Math.max(...dh, ...(dc ?? []));
  const inC = dc ? `, and c by ${number(dc[last])}` : "";
  const apart = states ? ` By then h differs by ${number(dh[last])}${inC}.` : "";
  return `${facts}${apart} ${meaning(lag, peak, dy, forecast[last], size)}`;
}

function meaning(lag, peak, dy, foretold, size) {
  const left = dy.at(-1);
  if (lag === 0) return "That was the last token: nothing had to be remembered yet.";
  if (peak < 0.02 * size) {
    return "The network hardly took this token in: with or without the change, it did the same.";
  }
  const highest = Math.max(...dy);
  if (foretold > 10 * left && foretold > 0.01 * highest) {
    return (
      "The gradient promises far more than comes: it is large, and the memory is not robust. " +
      "Its forecast holds for far smaller changes only."
    );
  }
  if (left > 0.1 * highest) {
    if (foretold < 1e-6 * left) {
      return (
        "Memory without a gradient: the state holds the difference, but training would never " +
        "hear of it."
      );
    }
    if (foretold < 0.01 * left) {
      return (
        "Memory with little gradient: the state holds the difference, but from where it rests " +
        "now a small change would hardly move y."
      );
    }
    if (foretold > 0.5 * left && foretold < 2 * left) {
      return "The state remembers, and the gradient reports it.";
    }
    return "The state remembers; the change is too large for the gradient to say by how much.";
  }
  if (foretold < 0.1 * highest) {
    return "Forgotten, and the gradient says so: a change of this size leaves no trace.";
  }
  return "Mostly forgotten, though the gradient foretells more: it holds for small changes only.";
}
