// What the playground says: what happened, and what it means.

import { formatNumber, powerOfTen } from "../base/dom.js";
import { SOLVED_SHARE } from "./run.js";

export const CELL_NAMES = {
  simple: "simple RNN",
  relu: "simple RNN (ReLU)",
  lstm: "LSTM",
  gru: "GRU",
};

/** A share or a norm: in a few digits, or, where it is far from 1, as a power of ten. */
export function sizeInWords(value) {
  if (Number.isNaN(value)) return "not a number";
  if (value === 0) return "exactly 0";
  if (value === Infinity) return "infinite";
  if (value >= 0.00095 && value < 1000) return formatNumber(value, value < 0.095 ? 1 : 2);
  return powerOfTen(Math.round(Math.log10(value)));
}

/** The loss beside its baseline: "half the baseline". */
function shareInWords(share) {
  if (!Number.isFinite(share)) return "no longer a number";
  if (share > 1.15) return `${formatNumber(share, 2)} times the baseline`;
  if (share > 0.9) return "about the baseline, which takes no memory";
  if (share > 0.6) return "somewhat below the baseline";
  if (share > 0.4) return "about half the baseline";
  if (share > SOLVED_SHARE) return "well below the baseline";
  return `${share > 0.01 ? "below a tenth" : "below a hundredth"} of the baseline: learned`;
}

function reachInWords(run) {
  const reach = run.reach();
  if (run.norms("x")[run.T - 1] === 0) return "Not even the last input gets any gradient.";
  if (reach === 0) return "Exactly nothing of the gradient reaches the first input.";
  const size = `The gradient at the first input is ${sizeInWords(reach)} of that at the last`;
  if (reach < 1e-7) return `${size}: added to it, it would be lost in rounding.`;
  if (reach < 1e-3) return `${size}: next to nothing to learn the first steps from.`;
  if (reach < 0.1) return `${size}: little, but it is there.`;
  if (reach < 3) return `${size}: the first steps are within reach.`;
  return `${size}: it grows on its way back.`;
}

/** How one cell stands, in a sentence or three. */
export function runInWords(run) {
  if (run.diverged) {
    return (
      `Step ${run.steps + 1} has no gradient that is a number, so training ends here. ` +
      `The longest until then had a length of ${sizeInWords(run.longest)}.`
    );
  }
  if (run.steps === 0) return `Before training. ${reachInWords(run)}`;
  const loss = `loss ${formatNumber(run.loss, 2)}, ${shareInWords(run.share)}`;
  const right = run.accuracy === null ? "" : ` ${Math.round(100 * run.accuracy)} % right.`;
  return `Step ${run.steps}: ${loss}.${right} ${reachInWords(run)}`;
}

/** How several cells stand beside each other. */
export function runsInWords(runs) {
  if (runs.length === 1) return runInWords(runs[0]);
  const each = (words) => runs.map((run) => `${CELL_NAMES[run.cell]} ${words(run)}`).join(", ");
  const shares = each((run) => sizeInWords(run.reach()));
  const reach = `Of the gradient at the last input there reaches the first: ${shares}.`;
  if (runs[0].steps === 0) return `Before training. ${reach}`;
  const losses = each((run) => (run.diverged ? "no longer a number" : formatNumber(run.loss, 2)));
  const learned = runs.filter((run) => run.share <= SOLVED_SHARE);
  const names = learned.map((run) => CELL_NAMES[run.cell]).join(", ");
  const who = names ? `Learned by: ${names}.` : "None has learned it yet.";
  const baseline = formatNumber(runs[0].baseline, 2);
  return `Step ${runs[0].steps}: loss ${losses} (baseline ${baseline}). ${who} ${reach}`;
}

const ANSWER_WORDS = {
  cue: (bit) => (bit ? "plus" : "minus"),
  adding: (number) => formatNumber(number, 3),
  order: (which) => ["AA", "AB", "BA", "BB"][which],
  echo: String,
  copy: String,
};

/** What was asked for in a sequence, and what each cell answers. */
export function answersInWords(runs, samples) {
  const { task } = runs[0].trainer;
  const { mask, target } = samples[0];
  const due = [...mask.keys()].filter((t) => mask[t] && !(task.name === "copy" && target[t] === 0));
  const words = (values) => due.map((t) => ANSWER_WORDS[task.name](values[t])).join(" ");
  const each = runs.map((run, place) => {
    const who = runs.length > 1 ? CELL_NAMES[run.cell] : "Answered";
    return `${who}: ${words(samples[place].prediction)}`;
  });
  return `Asked for: ${words(target)}. ${each.join(". ")}.`;
}
