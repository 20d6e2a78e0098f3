// What is right, and what is said about what is not. No page in sight, so that it runs anywhere.
//
// A question is what Python's `Quiz` seals: `{ id, kind, text, … }` with
//   single    options: [{ text, why, right }]
//   multiple  options, why
//   numeric   answer, tolerance, unit, mistakes: [{ answer, why }], hint, why
//   order     steps: [{ text, early, place }], in the order shown; `place` is the right one; why
//   weights   cell, x, wanted: [[least, most]], W, U, b, weights: [{ name, place, block, … }]
//   own words model, points
// An answer is the index of an option, a list of the indices ticked, a number, the indices of the
// steps in the reader's order, the weights that were set, or the indices of the points ticked.

import { formatNumber } from "../base/dom.js";
import { createCell } from "../engine/cells.js";

const ROUNDING = 1e-9; // 0.1 + 0.2 is as good as 0.3

/** Whether `answer` has the form of an answer to `question`; stored ones need not have it. */
export function isAnswer(question, answer) {
  if (question.kind === "numeric") return Number.isFinite(answer);
  if (question.kind === "weights") {
    const { weights } = question;
    const fits = (value, index) => value >= weights[index].least && value <= weights[index].most;
    return Array.isArray(answer) && answer.length === weights.length && answer.every(fits);
  }
  const count = (question.options ?? question.steps ?? question.points).length;
  const isIndex = (value) => Number.isInteger(value) && value >= 0 && value < count;
  if (question.kind === "single") return isIndex(answer);
  if (!Array.isArray(answer) || !answer.every(isIndex)) return false;
  if (new Set(answer).size !== answer.length) return false;
  if (question.kind === "own words") return true; // an honest reader may tick none
  return question.kind === "order" ? answer.length === count : answer.length > 0;
}

/** What the unit of a question of weights holds at each step, with the weights that are set. */
export function states({ cell: kind, x, W, U, b, weights }, answer) {
  const parameters = { W: [...W], U: [...U], b: [...b] };
  weights.forEach(({ place, block }, index) => {
    parameters[place][block] = answer[index];
  });
  if (kind === "gru") parameters.b_U = [0]; // the bias inside the reset gate is left out
  const cell = createCell({ kind, inputSize: 1, hiddenSize: 1 }).load(parameters);
  return Array.from(cell.forward(Float32Array.from(x), x.length, 1).h);
}

/**
 * Grade one answer.
 *
 * @returns {{ right: boolean, notes: Array<{ about: string, why: string }> }} What is said: `why`,
 *   with what it is about in front ("" where that goes without saying).
 */
export function gradeAnswer(question, answer) {
  return GRADERS[question.kind](question, answer);
}

const GRADERS = {
  single({ options }, answer) {
    const { right, why } = options[answer];
    return { right: Boolean(right), notes: [{ about: "", why }] };
  },

  multiple({ options, why }, answer) {
    const notes = [];
    options.forEach((option, index) => {
      const ticked = answer.includes(index);
      if (ticked === Boolean(option.right)) return;
      const about = `${ticked ? "Ticked" : "Left out"}: “${option.text}”`;
      notes.push({ about, why: option.why });
    });
    if (notes.length === 0) return { right: true, notes: [{ about: "", why }] };
    return { right: false, notes };
  },

  numeric({ answer: exact, tolerance, mistakes, hint, why }, answer) {
    const equals = (value) => Math.abs(answer - value) <= tolerance + ROUNDING * Math.abs(value);
    if (equals(exact)) return { right: true, notes: [{ about: "", why }] };
    const mistake = mistakes.find((candidate) => equals(candidate.answer));
    return { right: false, notes: [{ about: "", why: mistake ? mistake.why : hint }] };
  },

  order({ steps, why }, answer) {
    const place = answer.findIndex((index, position) => steps[index].place !== position);
    if (place < 0) return { right: true, notes: [{ about: "", why }] };
    // All before it are right, so what stands here belongs to a later place.
    const { text, early } = steps[answer[place]];
    const about = `Too early as step ${place + 1}: “${text}”`;
    return { right: false, notes: [{ about, why: early }] };
  },

  "own words"({ points }, answer) {
    const missing = points.filter((_, index) => !answer.includes(index));
    if (missing.length === 0) return { right: true, notes: [{ about: "", why: "By your own word." }] };
    return { right: false, notes: missing.map((why) => ({ about: "Still to be said:", why })) };
  },

  weights(question, answer) {
    const { wanted, hint, why } = question;
    const h = states(question, answer);
    const t = h.findIndex((value, step) => !(value >= wanted[step][0] && value <= wanted[step][1]));
    if (t < 0) return { right: true, notes: [{ about: "", why }] };
    const [least, most] = wanted[t].map((value) => formatNumber(value));
    const about = `At step ${t + 1} h is ${formatNumber(h[t])}, and should lie from ${least} to ${most}.`;
    return { right: false, notes: [{ about, why: hint }] };
  },
};

/**
 * The result of the whole quiz in a line.
 *
 * @param {Array<boolean|null>} grades For each question right, wrong, or null: still open.
 */
export function resultLine(grades) {
  const numbers = (wanted) => grades.flatMap((grade, i) => (grade === wanted ? [i + 1] : []));
  const right = numbers(true).length;
  const parts = [`${right === grades.length ? "All" : `${right} of`} ${grades.length} right`];
  for (const [wanted, words] of [
    [false, "not right yet"],
    [null, "still open"],
  ]) {
    const found = numbers(wanted);
    if (found.length === 0) continue;
    if (wanted === null && found.length === grades.length) parts.push(`all are ${words}`);
    else if (found.length === 1) parts.push(`question ${found[0]} is ${words}`);
    else parts.push(`questions ${found.slice(0, -1).join(", ")} and ${found.at(-1)} are ${words}`);
  }
  return `${parts.join("; ")}.`;
}
