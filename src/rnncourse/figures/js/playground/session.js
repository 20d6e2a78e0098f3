// The state of a playground, without its pictures: settings, cells in training, and the way on.

import { TrainingRun } from "./run.js";
import { cellsOf, settingsFromLink, storyWith, tidySettings } from "./settings.js";
import { STORIES } from "./stories.js";

const OWN_STEPS = 500; // after which training of the reader's own settings rests
const LONGEST_LINK = 5000; // steps that a link may ask for
const PACES = { slow: 100, watch: 16, fast: 0 }; // ms from one step to the next

/** Settings, and a run for each cell that they name. */
export class PlaygroundSession {
  constructor() {
    this.quantity = "x";
    this.sample = 0;
    this.pace = "watch";
    this.lastStep = -Infinity;
    this.left = null; // the run that a change of settings has taken from the screen
  }

  /** Stand before training with these settings. A run that was begun is kept: `bringBack`. */
  begin(settings) {
    if (this.runs && this.steps > 0) this.left = this.#run;
    this.settings = tidySettings(settings);
    this.story = storyWith(this.settings);
    this.runs = cellsOf(this.settings).map((cell) => new TrainingRun(this.settings, cell));
    this.budget = this.story ? STORIES[this.story].steps : OWN_STEPS;
    this.until = this.budget;
  }

  /** Exchange the run with the one that was left. */
  bringBack() {
    const left = this.left;
    this.left = this.steps > 0 ? this.#run : null;
    Object.assign(this, left);
  }

  get #run() {
    const { settings, story, runs, budget, until, sample } = this;
    return { settings, story, runs, budget, until, sample };
  }

  /** The steps that the cells have made: the most of them, where one has stopped. */
  get steps() {
    return Math.max(...this.runs.map((run) => run.steps));
  }

  /** If training has come to its end, let it go on. */
  extend() {
    if (this.steps >= this.until) this.until = this.steps + OWN_STEPS;
  }

  /** One update of each cell. */
  stepOnce() {
    this.runs.forEach((run) => run.train());
  }

  /** A short piece of work, for `frameLoop`: one update of the cell that is behind. */
  work() {
    const now = performance.now();
    if (this.lastStep + PACES[this.pace] - now > 2) return "rest";
    const training = this.runs.filter((run) => !run.diverged);
    const fewest = Math.min(...training.map((run) => run.steps));
    if (fewest >= this.until) return false;
    const behind = training.filter((run) => run.steps === fewest);
    behind[0].train();
    if (behind.length === 1) this.lastStep = now;
    return true;
  }

  /** What the pictures show; `span` is the length of the axis of training. */
  get view() {
    let span = this.budget;
    while (span < this.steps) span *= 2;
    const { settings, runs, sample, quantity } = this;
    return { settings, runs, sample, quantity, span };
  }

  /** What a kernel may read back, by cell. */
  get results() {
    return Object.fromEntries(this.runs.map((run) => [run.cell, run.result]));
  }

  /** The whole state, as a link holds it. */
  get link() {
    return {
      ...(this.story ? { story: this.story } : {}),
      ...this.settings,
      ...(this.quantity === "x" ? {} : { show: this.quantity }),
      ...(this.sample === 0 ? {} : { sample: this.sample }),
      ...(this.steps === 0 ? {} : { step: this.steps }),
    };
  }

  /** Take over a link's state, before training. Returns the steps that are still to be trained. */
  follow(link) {
    this.quantity = ["x", "h", "c"].includes(link.show) ? link.show : "x";
    this.begin(settingsFromLink(link));
    this.sample = wholeNumber(link.sample, this.runs[0].trainer.heldOut.B - 1);
    const steps = wholeNumber(link.step, LONGEST_LINK);
    if (steps > 0) this.until = steps;
    return steps;
  }
}

function wholeNumber(text, most) {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? Math.min(number, most) : 0;
}
