// What a recording is recognised as, in words.

import { BLANK, distance } from "./reading.js";

/** The likeliest symbols one after the other: “11 blanks, 3 twice, …”. */
export function pathInWords({ runs }) {
  const named = runs.map(({ symbol, from, to }) => {
    const count = to - from;
    if (symbol === BLANK) return count === 1 ? "a blank" : `${count} blanks`;
    return count === 1 ? `a ${symbol - 1}` : `${symbol - 1}, ${count} times`;
  });
  return `The likeliest symbol of each step: ${named.join("; ")}.`;
}

/** What is recognised, and whether that was said. */
export function describeReading({ digits, said, noise, backwards }) {
  const found = digits.length ? digits.join(" ") : "no digit: the blank is always likeliest";
  const loud = `Speech is ${noise} dB louder than the noise.`;
  if (backwards) return `Backwards, it recognises ${found}. It was trained on nothing backwards. ${loud}`;
  if (!said) return `In your recording it recognises ${found}. ${loud}`;
  const right = said.map(({ digit }) => digit);
  const wrong = distance(digits, right);
  if (wrong === 0) return `It recognises ${found}, as is said. ${loud}`;
  const faults = wrong === 1 ? "one digit is wrong" : `${wrong} digits are wrong`;
  return `It recognises ${found}, but ${right.join(" ")} is said: ${faults}. ${loud}`;
}

/** The picture in words. */
export function describePicture({ digits, said, samples, p }) {
  const there = said ? `the digits ${said.map(({ digit }) => digit).join(" ")}` : "your recording";
  return (
    `${(samples.length / 8000).toFixed(1)} seconds of sound, ${there}, its bands of frequencies, and ` +
    `the probability of the blank and of each digit over ${p.length} steps: ` +
    (digits.length ? `digits rise for ${digits.join(", ")}.` : "the blank stays the likeliest.")
  );
}
