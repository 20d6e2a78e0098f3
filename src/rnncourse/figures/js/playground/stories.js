// The playground's stories: settings under which something worth seeing happens within seconds.
//
// They were found by a sweep, and a test runs each over ten seeds. `steps` is where the training
// stops by itself; what is not named in `settings` is as in PLAIN_SETTINGS.

export const PLAIN_SETTINGS = {
  cell: "simple",
  task: "cue",
  lag: 40,
  hidden_size: 16,
  initialisation: "torch",
  forget_bias: 0,
  optimizer: "adam",
  learning_rate: 0.005,
  clip: 1,
  seed: 2, // a typical one: of ten, its gradient falls off about as far as the median
  compare: false,
};

export const STORIES = {
  vanishes: {
    name: "It vanishes",
    watch:
      "A simple RNN reads a sign, then 40 steps of noise, and has to say which sign it was. It " +
      "goes down the gradient, step by step. Will the loss leave the dashed line?",
    steps: 200,
    settings: { optimizer: "sgd", learning_rate: 0.3 },
  },
  lucky: {
    name: "It learns all the same",
    watch:
      "The same network with the same gradient. Only the optimiser is another: Adam, whose steps " +
      "do not shrink with the gradient. Will the loss leave the dashed line now?",
    steps: 150,
    settings: { learning_rate: 0.03 },
  },
  shut: {
    name: "An LSTM, half shut",
    watch:
      "An LSTM on the same task. Its forget gates start at about one half. Is it enough to have " +
      "gates?",
    steps: 150,
    settings: { cell: "lstm" },
  },
  opens: {
    name: "A forget bias of 3",
    watch:
      "The same LSTM but for one number: the forget gate's bias is 3, so that f starts near " +
      "0.95. Compare the gradient before the first step. Will it learn?",
    steps: 150,
    settings: { cell: "lstm", forget_bias: 3 },
  },
  succeeds: {
    name: "The simple RNN succeeds",
    watch:
      "No gate at all, but U starts as an orthogonal matrix, which changes no length. How far " +
      "back does the gradient reach, and how soon is the task learned?",
    steps: 100,
    settings: { initialisation: "orthogonal", learning_rate: 0.01 },
  },
  explodes: {
    name: "It explodes",
    watch:
      "ReLU, and U starts as the identity: the gradient gets through. Nothing limits its length. " +
      "Watch that length, and then the loss. What is left of the gradient afterwards?",
    steps: 150,
    settings: {
      cell: "relu",
      initialisation: "identity",
      optimizer: "sgd",
      learning_rate: 0.03,
      clip: 0,
    },
  },
  clipped: {
    name: "Clipped",
    watch:
      "The same network at the same learning rate, but a gradient that is longer than 1 is cut " +
      "to a length of 1. Will it be thrown again?",
    steps: 150,
    settings: {
      cell: "relu",
      initialisation: "identity",
      optimizer: "sgd",
      learning_rate: 0.03,
      clip: 1,
    },
  },
  nevertheless: {
    name: "Less gradient, more learning",
    watch:
      "Three cells on the adding problem, all with orthogonal U. Look at the gradients before " +
      "you press Train: in which cell does most arrive at the first steps? Which will learn first?",
    steps: 200,
    settings: {
      task: "adding",
      lag: 20,
      initialisation: "orthogonal",
      learning_rate: 0.02,
      compare: true,
    },
  },
  first: {
    name: "Gates are not always first",
    watch:
      "Three cells have to repeat each bit five steps later. Nothing needs to be kept for long. " +
      "Which one is first?",
    steps: 200,
    settings: { task: "echo", lag: 5, learning_rate: 0.01, compare: true },
  },
};

/** A story's settings, complete. */
export function settingsOf(story) {
  return { ...PLAIN_SETTINGS, ...STORIES[story].settings };
}
