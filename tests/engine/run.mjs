// Reads a list of cases (JSON) from standard input, writes what the engine makes of each.
//
// A case is `{ what, … }`; each function of `handlers` takes the rest.

import { readFileSync } from "node:fs";
import { createCell } from "../../src/rnncourse/figures/js/engine/cells.js";
import { clipByNorm } from "../../src/rnncourse/figures/js/engine/clip.js";
import {
  initialiseCell,
  initialiseReadout,
} from "../../src/rnncourse/figures/js/engine/initialise.js";
import * as losses from "../../src/rnncourse/figures/js/engine/losses.js";
import { norm, stepNorms } from "../../src/rnncourse/figures/js/engine/norms.js";
import { Adam, SGD } from "../../src/rnncourse/figures/js/engine/optimizers.js";
import { matVec } from "../../src/rnncourse/figures/js/engine/products.js";
import { sigmoid, tanh } from "../../src/rnncourse/figures/js/engine/activations.js";
import { Random } from "../../src/rnncourse/figures/js/engine/random.js";
import { Readout } from "../../src/rnncourse/figures/js/engine/readout.js";
import { createTask } from "../../src/rnncourse/figures/js/engine/tasks.js";
import { Trainer } from "../../src/rnncourse/figures/js/engine/trainer.js";
import { StraightforwardCell } from "./straightforward.mjs";

const floats = (numbers) => (numbers ? Float32Array.from(numbers.flat(Infinity)) : null);

const handlers = {
  // A network forwards and back. Buffers that held another run must leave no trace.
  network({ cell: options, weights, x, T, B, start, clamps, ...rest }) {
    const cell = createCell(options).load(weights);
    const outputSize = rest.readout.b.length;
    const readout = new Readout({ hiddenSize: options.hiddenSize, outputSize }).load(rest.readout);
    const input = floats(x);
    const filled = new Float32Array(B * options.hiddenSize).fill(1);
    const other = { h0: filled, ...(cell.states.includes("c") && { c0: filled }) };
    const into = cell.forward(input.map((value) => 1 - value), T, B, other);
    cell.backward(into, new Float32Array(into.h.length).fill(1));
    const [h0, c0] = [floats(start?.h), floats(start?.c)];
    const trace = cell.forward(input, T, B, { h0, c0, clamps: held(clamps), into });
    if (trace !== into) throw new Error("the trace was not reused");
    const output = readout.forward(trace.h);
    const dOutput = new Float32Array(output.length).fill(7);
    const target = floats(rest.target);
    const loss = losses[rest.loss](output, target, rest.mask.flat(), dOutput);
    const dh = readout.backward(trace.h, dOutput);
    const back = cell.backward(trace, dh, { dc: floats(rest.dc) });
    const names = [...cell.gates, ...cell.states];
    return {
      outputs: { ...pick(trace, names), output, loss: [loss] },
      gradients: {
        ...cell.gradients,
        V: readout.gradients.V,
        readoutBias: readout.gradients.b,
        dOutput,
        ...pick(back, ["dx", "dhSteps", "dcSteps", "dh0", "dc0"]),
      },
    };
  },

  // The same weights and data through the benchmark's two cells.
  straightforward({ cell: options, x, dh, T, B, seed }) {
    const cell = createCell(options);
    initialiseCell(cell, {}, new Random(seed));
    return [cell, StraightforwardCell.like(cell)].map((each) => {
      const trace = each.forward(floats(x), T, B);
      const { dx, dh0 } = each.backward(trace, floats(dh));
      return { h: trace.h, ...each.gradients, dx, dh0 };
    });
  },

  optimizer({ name, options, parameters, gradients }) {
    const values = parameters.map(floats);
    const slots = values.map((value) => new Float32Array(value.length));
    const optimizer = new { SGD, Adam }[name](values, slots, options);
    return gradients.map((step) => {
      step.forEach((gradient, index) => slots[index].set(gradient));
      optimizer.step();
      return values.map((value) => Array.from(value));
    });
  },

  clip({ gradients, maxNorm }) {
    const values = gradients.map(floats);
    return { norm: clipByNorm(values, maxNorm ?? undefined), gradients: values };
  },

  norms({ gradient, T, B, width }) {
    return { all: norm(floats(gradient)), steps: stepNorms(floats(gradient), T, B, width) };
  },

  product: ({ M, v }) => matVec(floats(M), floats(v)),

  activations: ({ x }) => ({ sigmoid: x.map(sigmoid), tanh: x.map(tanh) }),

  initialise({ cell: options, initialisation, seed }) {
    const cell = createCell(options);
    const readout = new Readout({ hiddenSize: options.hiddenSize, outputSize: 3 });
    const random = new Random(seed);
    initialiseCell(cell, initialisation, random);
    initialiseReadout(readout, random);
    return { ...cell.parameters, V: readout.parameters.V, readoutBias: readout.parameters.b };
  },

  random({ seed, stream, method, argument, count, state }) {
    const random = new Random(seed, stream);
    if (state) random.state.set(state);
    return Array.from({ length: count }, () => random[method](argument));
  },

  task({ task: options, B, seed, output }) {
    const task = createTask(options);
    const batch = task.sample(B, new Random(seed));
    const random = new Random(seed, 9);
    const size = task.steps * B * task.outputSize;
    const drawn = Float32Array.from({ length: size }, () => random.normal());
    const { loss, dOutput } = task.loss(drawn, batch);
    return {
      ...pick(task, ["inputSize", "outputSize", "steps", "metric"]),
      baseline: task.baseline(),
      batch,
      output: drawn,
      loss,
      dOutput,
      accuracy: task.accuracy(drawn, batch),
      predictions: task.predictions(drawn),
      probabilities: task.probabilities(drawn),
    };
  },

  // One step, with all that it was computed from.
  step({ trainer: options, heldOut }) {
    const trainer = new Trainer(options);
    const weights = copied(trainer.cell.parameters);
    const readout = copied(trainer.readout.parameters);
    const sample = trainer.task.sample.bind(trainer.task);
    let batch = null;
    trainer.task.sample = (B, random) => (batch = sample(B, random));
    const result = trainer.step();
    const after = copied(trainer.cell.parameters);
    return { weights, readout, batch, result, after, shown: shown(trainer, heldOut) };
  },

  train({ trainer: options, steps, every, enough }) {
    const trainer = new Trainer(options);
    const history = [];
    let judged = null;
    for (let step = 1; step <= steps; step++) {
      history.push(trainer.step());
      judged = step % every === 0 ? trainer.evaluate() : judged;
      if (judged?.accuracy >= enough) break;
    }
    const baseline = trainer.task.baseline();
    const { updates, cell } = trainer;
    return { history, judged, baseline, updates, weights: cell.parameters };
  },

  // Some updates, with the weights that they start from and the batches that they read.
  follow({ trainer: options, steps }) {
    const trainer = new Trainer(options);
    const weights = copied({ ...trainer.cell.parameters, ...named(trainer.readout) });
    const sample = trainer.task.sample.bind(trainer.task);
    const batches = [];
    trainer.task.sample = (B, random) => batches.at(batches.push(sample(B, random)) - 1);
    const losses = Array.from({ length: steps }, () => trainer.step().loss);
    return { weights, batches, losses, heldOut: trainer.heldOut, judged: trainer.evaluate() };
  },

  // The message of the error that a call should give.
  error({ call, options }) {
    const calls = {
      createCell,
      createTask,
      Trainer: (given) => new Trainer(given),
      Random: (given) => new Random(given),
      initialiseCell({ cell, initialisation }) {
        initialiseCell(createCell(cell), initialisation, new Random(0));
      },
      forward({ cell, length, T, B, ...given }) {
        createCell(cell).forward(new Float32Array(length), T, B, given);
      },
      backward({ cell, length, dc }) {
        const made = createCell(cell);
        const trace = made.forward(new Float32Array(2), 2, 1);
        made.backward(trace, new Float32Array(length), { dc });
      },
      load: ({ cell, weights }) => createCell(cell).load(weights),
      runHeldOut: (given) => new Trainer(given.trainer).runHeldOut(given.index),
    };
    try {
      calls[call](options);
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
    return "no error";
  },
};

function mapped(values, change) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

const held = (clamps = {}) => mapped(clamps, (value) => (value.length ? floats(value) : value));

const copied = (weights) => mapped(weights, (values) => values.slice());

const named = ({ parameters: { V, b } }) => ({ V, readoutBias: b });

function pick(source, names) {
  const present = names.filter((name) => source[name]);
  return Object.fromEntries(present.map((name) => [name, source[name]]));
}

function shown(trainer, index = 0) {
  const { x, target, mask, output, prediction, trace } = trainer.runHeldOut(index);
  return { x, target, mask, output, prediction, h: trace.h, heldOut: trainer.heldOut };
}

const cases = JSON.parse(readFileSync(0, "utf-8"));
const results = cases.map(({ what, ...rest }) => handlers[what](rest));
const plainArrays = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
process.stdout.write(JSON.stringify(results, plainArrays));
