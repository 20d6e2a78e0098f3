// Tasks, drawn by the same rules as those of the Python package (`rnnbook.tasks`).

import { sigmoid } from "./activations.js";
import { binaryCrossEntropy, crossEntropy, largestAt, meanSquaredError } from "./losses.js";
import { positiveInteger } from "./recurrence.js";

const TASK_MAKERS = {
  cue: cueTask,
  adding: addingTask,
  copy: copyTask,
  echo: echoTask,
  order: orderTask,
};

// What kind of answer a task asks for decides its loss, and what an output says.
const ANSWERS = {
  bit: { lossOf: binaryCrossEntropy, read: (y, at) => (y[at] > 0 ? 1 : 0) },
  class: { lossOf: crossEntropy, read: (y, at, size) => largestAt(y, at, size) - at },
  number: { lossOf: meanSquaredError, read: (y, at) => y[at] },
};

/**
 * A task by its name, with the options of the Python class: cue (`lag`, `noise`), adding
 * (`length`), copy (`length`, `symbols`), echo (`lag`, `echoes`), order (`length`).
 *
 * @returns `inputSize`, `outputSize`, `steps` (T), `metric`, `answers`: "bit", "class" or "number";
 *   `baseline()`, the best loss of an answer that looks at no input;
 *   `sample(B, random)`, a batch: x (T, B, D), target (T, B), mask (T, B) of the steps that count;
 *   `loss(output, batch, into)`, `{ loss, dOutput }` of the mean over what counts;
 *   `accuracy(output, batch)`, the fraction of what counts that is right, null for numbers;
 *   `predictions(output)` (T, B): bits, classes or numbers;
 *   `probabilities(output)` (T, B): of the bit 1, only where answers are bits.
 */
export function createTask({ name, ...options }) {
  if (!Object.hasOwn(TASK_MAKERS, name)) {
    const known = Object.keys(TASK_MAKERS).join(", ");
    throw new RangeError(`name must be one of ${known}, got ${name}`);
  }
  const task = TASK_MAKERS[name](options);
  const { answers, outputSize, steps, inputSize } = task;
  const { lossOf, read } = ANSWERS[answers];
  return {
    name,
    ...task,
    sample(B, random) {
      positiveInteger("B", B);
      const x = new Float32Array(steps * B * inputSize);
      const target = new Float32Array(steps * B);
      const mask = new Uint8Array(steps * B);
      task.fill({ x, target, mask, T: steps, B }, random);
      return { x, target, mask, T: steps, B };
    },
    loss(output, { target, mask }, into = null) {
      const dOutput = into ?? new Float32Array(output.length);
      return { loss: lossOf(output, target, mask, dOutput), dOutput };
    },
    accuracy(output, { target, mask }) {
      if (answers === "number") return null;
      let right = 0;
      let count = 0;
      for (let row = 0; row < mask.length; row++) {
        if (!mask[row]) continue;
        count += 1;
        if (read(output, row * outputSize, outputSize) === target[row]) right += 1;
      }
      return right / count;
    },
    predictions(output) {
      const rows = output.length / outputSize;
      return Float32Array.from({ length: rows }, (_, row) =>
        read(output, row * outputSize, outputSize),
      );
    },
    probabilities: (output) => output.map((y) => sigmoid(y)),
  };
}

/** A sign at the first step, noise after it, and at the end: which sign was it? */
function cueTask({ lag = 20, noise = 0.2 }) {
  positiveInteger("lag", lag);
  if (!(noise >= 0 && noise < Infinity)) {
    throw new RangeError(`noise must be a number of at least 0, got ${noise}`);
  }
  return {
    inputSize: 1,
    outputSize: 1,
    steps: lag + 1,
    answers: "bit",
    metric: "cross-entropy (nats an answer)",
    baseline: () => Math.LN2,
    fill({ x, target, mask, T, B }, random) {
      for (let place = 0; place < T * B; place++) x[place] = noise * random.normal();
      for (let b = 0; b < B; b++) {
        const bit = random.integer(2);
        x[b] = 2 * bit - 1;
        askAtTheEnd({ target, mask, T, B }, b, bit);
      }
    },
  };
}

/** Two of the numbers are marked, one in each half; their sum is due at the end. */
function addingTask({ length = 50 }) {
  atLeast("length", length, 2);
  const half = Math.floor(length / 2);
  return {
    inputSize: 2,
    outputSize: 1,
    steps: length,
    answers: "number",
    metric: "mean squared error (squared units of the sum)",
    baseline: () => 1 / 6, // the variance of a sum of two uniform numbers
    fill({ x, target, mask, T, B }, random) {
      for (let place = 0; place < T * B; place++) x[2 * place] = random.uniform();
      for (let b = 0; b < B; b++) {
        const first = 2 * (random.integer(half) * B + b);
        const second = 2 * ((half + random.integer(T - half)) * B + b);
        x[first + 1] = 1;
        x[second + 1] = 1;
        askAtTheEnd({ target, mask, T, B }, b, x[first] + x[second]);
      }
    },
  };
}

/** Symbols (1–8), blanks (0), a marker (9): repeat the symbols; every step counts. */
function copyTask({ length = 30, symbols = 5 }) {
  positiveInteger("length", length);
  positiveInteger("symbols", symbols);
  const alphabet = 8;
  const D = alphabet + 2;
  const steps = length + 2 * symbols;
  return {
    inputSize: D,
    outputSize: alphabet + 1,
    steps,
    answers: "class",
    metric: "cross-entropy (nats a step)",
    baseline: () => (symbols * Math.log(alphabet)) / steps,
    fill({ x, target, mask, T, B }, random) {
      mask.fill(1);
      for (let t = 0; t < T; t++) {
        for (let b = 0; b < B; b++) {
          const symbol = t < symbols ? 1 + random.integer(alphabet) : 0;
          const read = t === T - symbols - 1 ? alphabet + 1 : symbol;
          x[(t * B + b) * D + read] = 1;
          if (t < symbols) target[(T - symbols + t) * B + b] = symbol;
        }
      }
    },
  };
}

/** Coin tosses come in; the answer at t is the toss of t − lag. */
function echoTask({ lag = 3, echoes = 20 }) {
  positiveInteger("lag", lag);
  positiveInteger("echoes", echoes);
  return {
    inputSize: 1,
    outputSize: 1,
    steps: lag + echoes,
    answers: "bit",
    metric: "cross-entropy (nats a step)",
    baseline: () => Math.LN2,
    fill({ x, target, mask, T, B }, random) {
      for (let place = 0; place < T * B; place++) x[place] = random.integer(2);
      target.set(x.subarray(0, echoes * B), lag * B);
      mask.fill(1, lag * B);
    },
  };
}

/** Two symbols A or B among distractors c–f: which of AA, AB, BA, BB was it? */
function orderTask({ length = 50 }) {
  atLeast("length", length, 10);
  const D = 6;
  const between = (low, high, random) => {
    const from = Math.floor((low * length) / 10);
    return from + random.integer(Math.floor((high * length) / 10) - from + 1);
  };
  return {
    inputSize: D,
    outputSize: 4,
    steps: length,
    answers: "class",
    metric: "cross-entropy (nats an answer)",
    baseline: () => Math.log(4),
    fill({ x, target, mask, T, B }, random) {
      for (let b = 0; b < B; b++) {
        const places = [between(1, 2, random), between(4, 5, random)];
        const shown = [random.integer(2), random.integer(2)];
        for (let t = 0; t < T; t++) {
          const which = places.indexOf(t);
          const symbol = which < 0 ? 2 + random.integer(4) : shown[which];
          x[(t * B + b) * D + symbol] = 1;
        }
        askAtTheEnd({ target, mask, T, B }, b, 2 * shown[0] + shown[1]);
      }
    },
  };
}

function askAtTheEnd({ target, mask, T, B }, b, answer) {
  target[(T - 1) * B + b] = answer;
  mask[(T - 1) * B + b] = 1;
}

function atLeast(name, value, low) {
  if (!Number.isInteger(value) || value < low) {
    throw new RangeError(`${name} must be a whole number of at least ${low}, got ${value}`);
  }
}
