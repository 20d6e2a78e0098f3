// Every story of the playground over the first seeds, ten or as many as the argument says, as JSON.
// With the argument `record`, what the playground keeps of them:
//   node tests/engine/playground.mjs record > src/rnncourse/lessons/playground/experiments/stories.json

import { TrainingRun } from "../../src/rnncourse/figures/js/playground/run.js";
import { cellsOf } from "../../src/rnncourse/figures/js/playground/settings.js";
import { STORIES, settingsOf } from "../../src/rnncourse/figures/js/playground/stories.js";

const BATCHES = 10; // the mean of so many losses says when a task is learned
const LEARNED = 0.1; // of the baseline

function trained(settings, cell, steps) {
  const run = new TrainingRun(settings, cell);
  const first = { reach: run.reach(), norms: run.first.x };
  const losses = [];
  let learned = null;
  for (let step = 1; step <= steps && !run.diverged; step++) {
    run.train();
    losses.push(run.latest.loss);
    const recent = losses.slice(-BATCHES);
    const mean = recent.reduce((sum, loss) => sum + loss, 0) / BATCHES;
    if (recent.length === BATCHES && mean < LEARNED * run.baseline) learned ??= step;
  }
  run.judge();
  return { run, first, learned };
}

/** Of the held-out answers, the share that is right if asked at each of the ten steps before. */
function rightEarlier({ trainer, T }) {
  const { heldOut, task } = trainer;
  const { target, B } = heldOut;
  const said = task.predictions(trainer.run(heldOut).output);
  return Array.from({ length: 10 }, (_, back) => {
    let right = 0;
    for (let b = 0; b < B; b++) {
      if (said[(T - 2 - back) * B + b] === target[(T - 1) * B + b]) right += 1;
    }
    return right / B;
  });
}

function outcome({ run, first, learned }) {
  const earlier = run.trainer.task.name === "cue" ? Math.min(...rightEarlier(run)) : null;
  return {
    learned,
    right_earlier: earlier,
    share: rounded(run.share),
    accuracy: run.accuracy,
    reach_first: rounded(first.reach),
    reach_last: rounded(run.reach()),
    longest: rounded(run.longest),
    diverged: run.diverged,
  };
}

function rounded(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : null;
}

/** What the still picture shows of the story's own seed. */
function picture({ run, first }) {
  return {
    baseline: rounded(run.baseline),
    first: Array.from(first.norms, rounded),
    last: Array.from(run.norms("x"), rounded),
    loss: run.history.points.map(({ step, loss }) => [step, rounded(loss)]),
  };
}

const record = process.argv[2] === "record";
const number = record ? 10 : Number(process.argv[2] ?? 10);
const stories = {};
for (const [story, { name, steps }] of Object.entries(STORIES)) {
  const settings = settingsOf(story);
  const over = (make, seed) =>
    Object.fromEntries(
      cellsOf(settings).map((cell) => [cell, make(trained({ ...settings, seed }, cell, steps))]),
    );
  const seeds = Array.from({ length: number }, (_, seed) => over(outcome, seed));
  stories[story] = { name, steps, settings, seeds };
  if (record) stories[story].picture = over(picture, settings.seed);
}
const lines = Object.entries(stories).map(([story, told]) => `"${story}": ${JSON.stringify(told)}`);
console.log(`{\n${lines.join(",\n")}\n}`);
