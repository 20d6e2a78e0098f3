// Milliseconds a training step, the engine beside straightforward loops: JSON to stdout.

import { performance } from "node:perf_hooks";
import { createCell } from "/work/main/src/rnnbook/figures/js/engine/cells.js";
import { clipByNorm } from "/work/main/src/rnnbook/figures/js/engine/clip.js";
import { initialiseCell } from "/work/main/src/rnnbook/figures/js/engine/initialise.js";
import { Adam } from "/work/main/src/rnnbook/figures/js/engine/optimizers.js";
import { Random } from "/work/main/src/rnnbook/figures/js/engine/random.js";
import { Readout } from "/work/main/src/rnnbook/figures/js/engine/readout.js";
import { createTask } from "/work/main/src/rnnbook/figures/js/engine/tasks.js";
import { StraightforwardCell } from "/work/main/tests/engine/straightforward.mjs";

const [T, B, H] = [50, 16, 16];
const WARM_UP = 60;
const ROUNDS = 200;

/** One training step, the same around either cell: forward, loss, back, clip, Adam. */
function trainingStep(cell, task) {
  initialiseCell(Object.assign(cell, { blocks: cell.blocks ?? [] }), {}, new Random(1));
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
  return times.sort((a, b) => a - b)[times.length >> 5];
}

const task = createTask({ name: "adding", length: T });
const results = { shape: [T, B, H], rounds: ROUNDS, node: process.version, milliseconds: {} };
for (const kind of ["simple"]) {
  const options = { kind, inputSize: task.inputSize, hiddenSize: H };
  const runs = {
    engine: trainingStep(createCell(options), task),
    straightforward: trainingStep(new StraightforwardCell(options), task),
  };
  const times = { engine: [], straightforward: [] };
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const [name, run] of Object.entries(runs)) {
      const start = performance.now();
      run();
      if (round >= WARM_UP) times[name].push(performance.now() - start);
    }
  }
  results.milliseconds[kind] = {
    engine: median(times.engine),
    straightforward: median(times.straightforward),
  };
}
process.stdout.write(`${JSON.stringify(results)}\n`);
