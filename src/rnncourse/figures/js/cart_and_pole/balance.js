// A pole that is balanced from where it begins until it falls, step by step.

import { Random } from "../engine/random.js";
import { howFallen, moved, SECONDS, tumbled, upright } from "./world.js";

export const MOTOR = 10; // N
export const PUSHED_FOR = 5; // steps
const [STEPS, HALFWAY] = [500, 250]; // of the run that is shown first, and where it is pushed

/**
 * @param {object} options
 * @param {object} options.policy From `openPolicy`.
 * @param {number[]} options.sees Which of the four numbers it reads.
 * @param {number[]} options.scale What each of them is divided by.
 * @param {Random} options.random
 * @param {number} options.noise What is added to what is seen: its standard deviation.
 * @param {number} options.length Of half the pole, in metres.
 * @param {number} options.push_force Of a push, in newtons.
 * @param {boolean} options.frozen Whether what it carries stays as it is.
 */
export function balance({ policy, sees, scale, random, ...given }) {
  let action = 0;
  let left = 0; // steps that a push still lasts
  const run = {
    ...given, // they may be changed while it runs
    state: upright(random),
    memory: policy.fresh(),
    steps: 0,
    pushedAt: -Infinity,
    pushedTo: 0,
    fell: "",
    /** One step; what there was before it. */
    step() {
      const [x, , angle, turn] = run.state;
      const seen = sees.map((k) => run.state[k] / scale[k] + run.noise * random.normal());
      const answer = policy.act([...seen, action], run.memory);
      if (!run.frozen) run.memory = answer.after;
      action = answer.action;
      const pushed = left > 0 ? run.pushedTo : 0;
      left -= 1;
      run.state = moved(run.state, MOTOR * action + run.push_force * pushed, run.length);
      const begins = run.steps === 0;
      run.steps += 1;
      run.fell = howFallen(run.state);
      return { x, angle, turn, action, believed: answer.believed, pushed, begins };
    },
    push(direction) {
      left = PUSHED_FOR;
      Object.assign(run, { pushedAt: run.steps, pushedTo: direction });
    },
    wipe() {
      run.memory = policy.fresh();
    },
    /** After a fall: the pole falls on, and nobody does anything. */
    tumble() {
      run.state = tumbled(run.state, run.length);
    },
    get seconds() {
      return run.steps * SECONDS;
    },
    get carried() {
      return policy.carried(run.memory);
    },
  };
  return run;
}

/** The run that is there before anything is touched; halfway it is pushed, or its memory frozen. */
export function firstRun({ seed, frozen, ...options }) {
  const random = new Random(seed);
  const run = balance({ ...options, random, frozen: false });
  const history = [];
  while (!run.fell && run.steps < STEPS) {
    if (run.steps === HALFWAY && frozen) run.frozen = true;
    else if (run.steps === HALFWAY) run.push(1);
    history.push(run.step());
  }
  run.frozen = frozen;
  return { run, history, random };
}
