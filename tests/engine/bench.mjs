// Milliseconds a training step of one kind of cell, the engine beside straightforward loops. They
// take turns, so that both meet the same machine. `node bench.mjs lstm` writes medians as JSON.

import { performance } from "node:perf_hooks";
import { createCell } from "../../src/rnncourse/figures/js/engine/cells.js";
import { clipByNorm } from "../../src/rnncourse/figures/js/engine/clip.js";
import { initialiseCell } from "../../src/rnncourse/figures/js/engine/initialise.js";
import { Adam } from "../../src/rnncourse/figures/js/engine/optimizers.js";
import { Random } from "../../src/rnncourse/figures/js/engine/random.js";
import { Readout } from "../../src/rnncourse/figures/js/engine/readout.js";
import { createTask } from "../../src/rnncourse/figures/js/engine/tasks.js";
import { StraightforwardCell } from "./straightforward.mjs";

const [T, B, H] = [50, 16, 16]; // as in bench_engine.py
const WARM_UP = 100;
const ROUNDS = 300;

/** One training step, the same around either cell: forward, loss, back, clip, Adam. */
function trainingStep(cell, task) {
  const readout = new Readout({ hiddenSize: H, outputSize: task.outputSize });
  const modules = [cell, readout];
  const gradients = modules.flatMap((module) => Object.values(module.gradients));
  const parameters = modules.flatMap((module) => Object.values(module.parameters));
  const optimizer = new Adam(parameters, gradients, { lr: 1e-3 });
  const random = new Random(2);
  let into = null;
  return () => {
    const batch = task.sample(B, random);
    const trace = (into = cell.forward(batch.x, T, B, { into }));
    const { dOutput } = task.loss(readout.forward(trace.h), batch);
    cell.backward(trace, readout.backward(trace.h, dOutput));
    clipByNorm(gradients, 1);
    optimizer.step();
  };
}

function median(times) {
  return times.sort((a, b) => a - b)[times.length >> 1];
}

const kind = process.argv[2];
const task = createTask({ name: "adding", length: T });
const options = { kind, inputSize: task.inputSize, hiddenSize: H };
const cell = createCell(options);
initialiseCell(cell, {}, new Random(1));
const plain = StraightforwardCell.like(cell);
const runs = { engine: trainingStep(cell, task), straightforward: trainingStep(plain, task) };
const times = { engine: [], straightforward: [] };
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  for (const [name, run] of Object.entries(runs)) {
    const start = performance.now();
    run();
    if (round >= WARM_UP) times[name].push(performance.now() - start);
  }
}
const [engine, straightforward] = Object.values(times).map(median);
process.stdout.write(JSON.stringify({ engine, straightforward, node: process.version }));
