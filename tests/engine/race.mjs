// The races that the figure shows as finished, over five seeds, as JSON:
//   node tests/engine/race.mjs record > src/rnncourse/lessons/ch11/experiments/finished_races.json
// With other arguments it reads such a record from standard input. `clock`: the same with the time
// of an update measured anew. `again TASK MATCH UPDATES`: one of its races, as far as that, with
// seed 0 alone. `say AXIS`: what the figure says of a race.

import { readFileSync } from "node:fs";
import { createCell } from "../../src/rnncourse/figures/js/engine/cells.js";
import { Readout } from "../../src/rnncourse/figures/js/engine/readout.js";
import { createTask } from "../../src/rnncourse/figures/js/engine/tasks.js";
import { RaceHere, SOLVED_BELOW } from "../../src/rnncourse/figures/js/race/run.js";
import { raceInWords } from "../../src/rnncourse/figures/js/race/words.js";

const TASKS = {
  "Adding: the sum of two marked numbers among 20": { name: "adding", length: 20 },
  "Echo: each bit again, 8 steps later": { name: "echo", lag: 8 },
};
const CELLS = ["simple", "lstm", "gru"];
const SIZE = 16; // H, where all have the same size
const WEIGHTS = 1250; // at most, where all have as many weights
const BUDGET = { updates: 600, every: 20, batch: 16 };
const SEEDS = [0, 1, 2, 3, 4];
const TUNED_ON = [100, 101, 102, 103, 104];
const RATES = [0.003, 0.01, 0.03, 0.1];
const BEYOND = [0.0003, 0.001, ...RATES, 0.3, 1]; // where the best lies at the edge

/**
 * Write down the milliseconds that an update of each cell takes the processor: of 60 rounds of 20
 * updates the fastest, as the machine may have other work beside. All take turns.
 */
function measure(races) {
  const running = races.flatMap((plan) =>
    plan.cells.map((cell) => {
      const race = new RaceHere({ ...plan, cells: [cell], updates: Infinity, every: Infinity });
      race.join([0]);
      race.work();
      cell.ms = Infinity;
      return { cell, race };
    }),
  );
  for (let round = 0; round < 60; round++) {
    for (const { cell, race } of running) {
      const before = process.cpuUsage();
      for (let update = 0; update < 20; update++) race.work();
      const { user, system } = process.cpuUsage(before);
      cell.ms = Math.min(cell.ms, rounded((user + system) / 1000 / 20));
    }
  }
}

function weightsOf(kind, hiddenSize, { inputSize, outputSize }) {
  const modules = [
    createCell({ kind, inputSize, hiddenSize }),
    new Readout({ hiddenSize, outputSize }),
  ];
  const all = modules.flatMap((module) => Object.values(module.parameters));
  return all.reduce((sum, values) => sum + values.length, 0);
}

function planned(kind, task, match) {
  const shape = createTask(task);
  let hidden_size = SIZE;
  if (match === "weights") {
    while (weightsOf(kind, hidden_size + 1, shape) <= WEIGHTS) hidden_size += 1;
  }
  return { cell: kind, hidden_size, weights: weightsOf(kind, hidden_size, shape) };
}

function finished(plan, seeds) {
  const race = new RaceHere(plan);
  race.join(seeds);
  while (race.work());
  return race;
}

/** Updates until it is solved, the whole budget if it never is. */
function untilSolved(shares, { updates, every }) {
  const at = shares.findIndex((share) => share < SOLVED_BELOW);
  return at < 0 ? updates : at * every;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How a rate did: the runs that solved it, the mean updates until then, and the median loss. */
function tried(plan, cell, lr) {
  const [{ shares }] = finished({ ...plan, cells: [{ ...cell, lr }] }, TUNED_ON).cells;
  const solved = shares.filter((each) => each.some((share) => share < SOLVED_BELOW)).length;
  const until = mean(shares.map((each) => untilSolved(each, plan)));
  const ends = shares.map((each) => each.at(-1)).sort((a, b) => a - b);
  return { lr, solved, until, share: rounded(ends[Math.floor(ends.length / 2)]) };
}

function tuned(plan, cell) {
  const outcomes = new Map(RATES.map((lr) => [lr, tried(plan, cell, lr)]));
  for (;;) {
    const [best] = [...outcomes.values()].sort(
      (a, b) => b.solved - a.solved || a.until - b.until || a.share - b.share,
    );
    const place = BEYOND.indexOf(best.lr);
    const open = [place - 1, place + 1].map((at) => BEYOND[at]).filter((lr) => lr);
    const missing = open.filter((lr) => !outcomes.has(lr));
    if (!missing.length) return { best: best.lr, outcomes: [...outcomes.values()] };
    for (const lr of missing) outcomes.set(lr, tried(plan, cell, lr));
  }
}

function rounded(value, digits = 3) {
  return Number(value.toPrecision(digits));
}

function record() {
  const known = new Map(); // the LSTM has one size in both races
  const tuning = [];
  const races = [];
  for (const [title, task] of Object.entries(TASKS)) {
    for (const match of ["size", "weights"]) {
      const plan = { title, task, match, ...BUDGET };
      plan.cells = CELLS.map((kind) => {
        const cell = planned(kind, task, match);
        const key = [task.name, kind, cell.hidden_size].join();
        if (!known.has(key)) known.set(key, tuned(plan, cell));
        const { best, outcomes } = known.get(key);
        tuning.push({ task: task.name, match, cell: kind, outcomes });
        console.error(task.name, match, kind, best);
        return { ...cell, lr: best };
      });
      const { cells } = finished(plan, SEEDS);
      const kept = cells.map((cell) => ({
        ...cell,
        shares: cell.shares.map((each) => each.map((share) => rounded(share))),
      }));
      races.push({ ...plan, seeds: SEEDS, cells: kept });
    }
  }
  write({ races, tuning });
}

function write({ races, tuning }) {
  measure(races);
  const measured = `one core of a server, Node ${process.versions.node}`;
  const lines = (all) => `[\n${all.map((one) => JSON.stringify(one)).join(",\n")}\n]`;
  console.log(`{"measured": ${JSON.stringify(measured)},`);
  console.log(`"races": ${lines(races)},\n"tuning": ${lines(tuning)}}`);
}

function readRecord() {
  return JSON.parse(readFileSync(0, "utf8"));
}

function again(name, match, updates) {
  const { races } = readRecord();
  const plan = races.find((race) => race.task.name === name && race.match === match);
  const { cells } = finished({ ...plan, updates: Number(updates) }, [0]);
  console.log(JSON.stringify(cells.map(({ cell, shares: [shares] }) => ({ cell, shares }))));
}

const commands = {
  record,
  clock: () => write(readRecord()),
  again,
  say: (axis) => console.log(raceInWords(readRecord(), axis)),
};
const [what, ...rest] = process.argv.slice(2);
commands[what](...rest);
