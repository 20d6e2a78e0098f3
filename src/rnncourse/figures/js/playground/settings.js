// What the reader can set, how it is shown, and what it means to the engine.

import { PLAIN_SETTINGS, STORIES, settingsOf } from "./stories.js";

// Sizes are bounded so that no piece of work comes near 100 ms.
const BATCH_SIZE = 16;
const HELD_OUT = 40;
const ECHOES = 20;
const SYMBOLS = 3;

const COPY_EXTRA = 2 * SYMBOLS;
const TASKS = {
  cue: { options: (lag) => ({ lag }), steps: (lag) => lag + 1 },
  adding: { options: (lag) => ({ length: lag }), steps: (lag) => lag },
  order: { options: (lag) => ({ length: Math.max(lag, 10) }), steps: (lag) => Math.max(lag, 10) },
  echo: { options: (lag) => ({ lag, echoes: ECHOES }), steps: (lag) => lag + ECHOES },
  copy: {
    options: (lag) => ({ length: lag, symbols: SYMBOLS }),
    steps: (lag) => lag + COPY_EXTRA,
  },
};

/** By trait: `options` of a list, or a slider's `values` or `min`, `max`, `step`. */
export const FIELDS = {
  cell: {
    label: "Cell",
    options: [
      ["simple", "simple RNN, tanh"],
      ["relu", "simple RNN, ReLU"],
      ["lstm", "LSTM"],
      ["gru", "GRU"],
    ],
  },
  task: {
    label: "Task",
    options: [
      ["cue", "cue: which sign came first?"],
      ["adding", "adding: two marked numbers"],
      ["order", "order: which symbols came?"],
      ["echo", "echo: repeat each bit later"],
      ["copy", "copy: repeat 3 symbols later"],
    ],
  },
  lag: {
    label: "Lag",
    min: 4,
    max: 80,
    step: 1,
    format: (lag, { task }) => {
      const T = TASKS[task].steps(lag);
      return task === "adding" || task === "order" ? `T = ${T}` : `${lag} (T = ${T})`;
    },
  },
  hidden_size: { label: "Hidden size H", min: 2, max: 24, step: 1 },
  initialisation: {
    label: "Initial weights",
    options: [
      ["torch", "torch's: within ±1/√H"],
      ["orthogonal", "U orthogonal, b = 0"],
      ["identity", "U = identity, b = 0"],
      ["chrono", "torch's, gates by chrono"],
    ],
  },
  forget_bias: {
    label: "Bias of f (LSTM), z (GRU)",
    min: -2,
    max: 6,
    step: 0.5,
    format: (bias) => `${bias}`.replace("-", "−"),
  },
  optimizer: {
    label: "Optimiser",
    options: [
      ["sgd", "gradient descent"],
      ["adam", "Adam"],
    ],
  },
  learning_rate: {
    label: "Learning rate",
    values: [0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1, 3],
  },
  clip: {
    label: "Clip at length",
    values: [0, 0.1, 0.3, 1, 3, 10, 100],
    format: (clip) => (clip === 0 ? "never" : String(clip)),
  },
  seed: { label: "Seed", min: 0, max: 9999, step: 1 },
  compare: { label: "Compare the three cells" },
};

/** Complete settings that the controls can show, from some that came from elsewhere. */
export function tidySettings(wanted) {
  const settings = { ...PLAIN_SETTINGS };
  for (const [name, { options, values, min, max, step }] of Object.entries(FIELDS)) {
    if (wanted[name] === undefined || wanted[name] === null) continue;
    if (name === "compare") settings.compare = wanted.compare === true || wanted.compare === "true";
    else if (options) {
      if (options.some(([key]) => key === wanted[name])) settings[name] = wanted[name];
    } else {
      const number = Number(wanted[name]);
      if (!Number.isFinite(number) || wanted[name] === "") continue;
      const places = values ?? [Math.min(Math.max(Math.round(number / step) * step, min), max)];
      settings[name] = nearest(places, number);
    }
  }
  return settings;
}

function nearest(places, number) {
  const gaps = places.map((place) => Math.abs(place - number));
  return places[gaps.indexOf(Math.min(...gaps))];
}

/** The story that has these settings, or null. The seed is the reader's. */
export function storyWith(settings) {
  const same = (story) =>
    Object.entries({ ...settingsOf(story), seed: settings.seed }).every(
      ([name, value]) => settings[name] === value,
    );
  return Object.keys(STORIES).find(same) ?? null;
}

/** The settings in a link: those of its story, changed as it says. */
export function settingsFromLink({ story, ...changes }) {
  const start = Object.hasOwn(STORIES, story ?? "") ? settingsOf(story) : {};
  return tidySettings({ ...start, ...changes });
}

/** The cells that these settings train, by their names in the list. */
export function cellsOf({ cell, compare }) {
  return compare ? ["simple", "lstm", "gru"] : [cell];
}

/** What the engine's `Trainer` is given for one cell. */
export function trainerOptions(settings, cell) {
  const { task, lag, initialisation, optimizer, seed } = settings;
  const chrono = initialisation === "chrono";
  return {
    cell: {
      kind: cell === "relu" ? "simple" : cell,
      hiddenSize: settings.hidden_size,
      nonlinearity: cell === "relu" ? "relu" : "tanh",
    },
    task: { name: task, ...TASKS[task].options(lag) },
    initialisation: {
      recurrent: chrono ? "torch" : initialisation,
      forgetBias: chrono ? null : settings.forget_bias,
      chrono: chrono ? TASKS[task].steps(lag) : null,
    },
    optimizer,
    lr: settings.learning_rate,
    clip: settings.clip || null,
    batchSize: BATCH_SIZE,
    heldOutSize: HELD_OUT,
    seed,
  };
}
