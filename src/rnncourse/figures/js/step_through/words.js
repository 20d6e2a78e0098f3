// What a step did, in words: for the line that a screen reader reads out, and for everyone else.

import { formatNumber } from "../base/dom.js";
import { sumOfProducts } from "./numbers.js";

const FLAT = 2.5; // beyond this a tanh has less than 3 % of its slope left

/** A number in words: two digits, for a sentence. */
export function spoken(value) {
  return formatNumber(Math.abs(value) < 5e-5 ? 0 : value, 2);
}

/** A gate: what is not quite open or shut is not said to be. */
function gateSpoken(value) {
  const rounded = Number(value.toPrecision(2));
  const quite = Math.abs(value - rounded) < 5e-5;
  return rounded === 1 && !quite ? formatNumber(value, 4) : spoken(value);
}

const signed = (value) => (value > 0 ? `+${spoken(value)}` : spoken(value));

/** The name of one of `size` numbers of a vector: `h`, or `h⁽²⁾` where there are several. */
export function entryName(letter, index, size) {
  return size > 1 ? `${letter}⁽${"¹²³⁴"[index]}⁾` : letter;
}

/** One sentence or three on what step `t` did to a unit, and what it means. */
export function stepInWords(cell, step, t, unit) {
  const H = step.before.h.length;
  const carries = cell.kind === "lstm" ? "c" : "h";
  const [old, now] = [step.before[carries][unit], step.after[carries][unit]];
  const letter = entryName(carries, unit, H);
  const moved =
    spoken(old) === spoken(now)
      ? `${letter} stayed at ${spoken(now)}`
      : `${letter} went from ${spoken(old)} to ${spoken(now)}`;
  const K = step.y.length;
  const said = step.y.map((value, k) => `${entryName("y", k, K)} = ${spoken(value)}`).join(", ");
  const words = [`Step ${t}: ${moved}.`, MEANING[cell.kind](cell, step, unit)];
  if (said) words.push(`The output is ${said}.`);
  return words.join(" ");
}

const MEANING = {
  simple({ nonlinearity }, { parts }, unit) {
    const { input, recurrent, bias, sum } = parts.h[unit];
    const said = [
      pushInWords("The input", sumOfProducts(input)),
      `the old state contributed ${signed(sumOfProducts(recurrent))}`,
    ];
    if (bias !== 0) said.push(`the bias ${signed(bias)}`);
    const end =
      nonlinearity === "tanh" && Math.abs(sum) > FLAT
        ? " The tanh is nearly flat here: a little more or less would change next to nothing."
        : nonlinearity === "relu" && sum <= 0
          ? " The sum is not above zero, so the unit is off."
          : "";
    return `${said.join("; ")}.${end}`;
  },
  lstm(_, { before, after, parts }, unit) {
    const [i, f, g, o] = [parts.i, parts.f, parts.g, parts.o].map((part) => part[unit].value);
    const old = before.c[unit];
    const kept = ends(f)
      ? `${f < 0.5 ? "clears" : "keeps"} the old c, ${spoken(old)}`
      : `keeps ${spoken(f * old)} of the old c, ${spoken(old)}`;
    const written = ends(i)
      ? i < 0.5
        ? "writes nothing"
        : `writes the candidate, ${spoken(g)}`
      : `writes ${spoken(i * g)}, a part of the candidate ${spoken(g)}`;
    const shown =
      o < 5e-5 ? "shows nothing: h is 0" : `shows ${ends(o) ? "" : "a part of "}tanh(c): h is ${spoken(after.h[unit])}`;
    return (
      `f = ${gateSpoken(f)} ${kept}; i = ${gateSpoken(i)} ${written}; ` +
      `o = ${gateSpoken(o)} ${shown}.`
    );
  },
  gru(_, { before, parts }, unit) {
    const [r, z, n] = [parts.r, parts.z, parts.n].map((part) => part[unit].value);
    return (
      `z = ${gateSpoken(z)} keeps ${spoken(z * before.h[unit])} of the old h, ${spoken(before.h[unit])}, and ` +
      `${signed((1 - z) * n)} is new (the candidate is ${spoken(n)}). The reset gate, ` +
      `${gateSpoken(r)}, ${resetInWords(r)}.`
    );
  },
};

/** Whether a gate is shut or open, as far as one can see. */
function ends(value) {
  return value < 5e-5 || value > 1 - 5e-5;
}

function pushInWords(who, share) {
  if (Math.abs(share) < 5e-5) return `${who} pushed neither way`;
  return `${who} pushed it ${share > 0 ? "up" : "down"} (${signed(share)})`;
}

function resetInWords(r) {
  if (r > 0.95) return "lets the candidate see the old state";
  if (r < 0.05) return "hides the old state from the candidate";
  return "lets a part of the old state into the candidate";
}

const ENDS = {
  f: [
    "f = 0: the cell state forgets everything at every step.",
    "f = 1: the cell state keeps everything.",
  ],
  i: ["i = 0: nothing new is written.", "i = 1: every candidate is written in full."],
  o: [
    "o = 0: nothing is shown. h is 0, whatever the cell state holds.",
    "o = 1: h shows all of tanh(c).",
  ],
  r: [
    "r = 0: the candidate does not see the old state.",
    "r = 1: the candidate sees the old state in full.",
  ],
  z: [
    "z = 0: nothing is kept. The state is the candidate.",
    "z = 1: the state stays as it is for ever.",
  ],
};
const BETWEEN = {
  f: (v) => `f = ${v}: of the cell state, ${v} is kept at every step.`,
  i: (v) => `i = ${v}: of every candidate, ${v} is written.`,
  o: (v) => `o = ${v}: h shows ${v} of tanh(c).`,
  r: (v) => `r = ${v}: the candidate sees ${v} of what the old state would give it.`,
  z: (v) => `z = ${v}: of the old state, ${v} is kept; the rest comes from the candidate.`,
};

/** What a clamp on a gate means. */
export function clampInWords(name, value) {
  if (name === "g") return `g = ${spoken(value)}: the candidate is always this, whatever comes in.`;
  if (name === "n") return `n = ${spoken(value)}: the candidate is always this, whatever comes in.`;
  if (value === 0 || value === 1) return ENDS[name][value];
  return BETWEEN[name](spoken(value));
}
