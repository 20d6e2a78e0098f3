// A GRU that reads a window of a series, and forecasts quantiles of the values after it.

import { createCell } from "../engine/cells.js";
import { clipByNorm } from "../engine/clip.js";
import { initialiseCell, initialiseReadout } from "../engine/initialise.js";
import { Adam } from "../engine/optimizers.js";
import { unpackWeights } from "../engine/packed.js";
import { Random } from "../engine/random.js";
import { Readout } from "../engine/readout.js";
import { HORIZON } from "./baselines.js";

export const QUANTILES = [0.1, 0.5, 0.9];
const OUTPUTS = HORIZON * QUANTILES.length;
export const UNITS = 16; // of one that is trained here
const [BATCH, RATE, CLIP] = [32, 1e-2, 1];

const parts = (H) => ({
  cell: createCell({ kind: "gru", inputSize: 1, hiddenSize: H }),
  readout: new Readout({ hiddenSize: H, outputSize: OUTPUTS }),
});

/** A trained network, whose weights are written as text: `torch.nn.GRU` and `torch.nn.Linear`. */
export function openNetwork({ H, window, scale, centre = null, parameters }) {
  const weights = (name) => unpackWeights(parameters[name]);
  const { cell, readout } = parts(H);
  const [b, b_hh] = [weights("gru.bias_ih_l0"), weights("gru.bias_hh_l0")];
  for (let k = 0; k < 2 * H; k++) b[k] += b_hh[k]; // two biases that only ever add up
  const [W, U] = [weights("gru.weight_ih_l0"), weights("gru.weight_hh_l0")];
  cell.load({ W, U, b, b_U: b_hh.subarray(2 * H) });
  readout.load({ V: weights("readout.weight"), b: weights("readout.bias") });
  return { cell, readout, window, scale, centre };
}

/**
 * What it forecasts at each origin: the window before it is read, minus its first value and scaled,
 * and the network says how far above its last value each quantile is. Where there is a `centre`,
 * that is taken away in place of the first value, and added in place of the last.
 *
 * @param {{cell, readout, window: number, scale: number, centre: number|null}} network
 * @param {number[]} values
 * @param {number[]} origins How many values are known; as many as a window at least.
 * @returns {number[][][]} For each origin and each of the next steps, the three quantiles in order.
 */
export function networkFans({ cell, readout, window, scale, centre = null }, values, origins) {
  const B = origins.length;
  const x = windowsOf(values, origins, window, scale, centre);
  const H = cell.hiddenSize;
  const { h } = cell.forward(x, window, B);
  const y = readout.forward(h.subarray((window - 1) * B * H, window * B * H));
  return origins.map((origin, n) =>
    Array.from({ length: HORIZON }, (_, k) => {
      const at = n * OUTPUTS + k * QUANTILES.length;
      const base = centre ?? values[origin - 1];
      const three = QUANTILES.map((_, q) => base + scale * y[at + q]);
      return three.sort((a, b) => a - b);
    }),
  );
}

/** (T, B, 1): each window before an origin, minus its first value or the centre, scaled. */
function windowsOf(values, origins, window, scale, centre = null) {
  const B = origins.length;
  const x = new Float32Array(window * B);
  origins.forEach((origin, n) => {
    const from = origin - window;
    const base = centre ?? values[from];
    for (let t = 0; t < window; t++) x[t * B + n] = (values[from + t] - base) / scale;
  });
  return x;
}

/**
 * The mean quantile loss (Koenker & Bassett 1978), and its gradient over `dY`.
 *
 * @param {Float32Array} y (rows, HORIZON, 3)
 * @param {Float32Array} target (rows, HORIZON)
 */
export function quantileLoss(y, target, dY) {
  let sum = 0;
  target.forEach((due, place) => {
    QUANTILES.forEach((q, k) => {
      const at = place * QUANTILES.length + k;
      const error = due - y[at];
      const slope = error > 0 ? q : q - 1;
      sum += slope * error;
      dY[at] = -slope / y.length;
    });
  });
  return sum / y.length;
}

/**
 * A GRU to be trained on the first values of a series, an update a call of `step()`. What it is
 * tested on while it learns are the last fifth of them, and `best()` is how it was when it did best.
 */
export function trainee(values, known, updates) {
  const window = Math.min(64, Math.floor(known / 3));
  const last = known - HORIZON; // the last origin
  const held = Math.max(window + 1, last - Math.floor(known / 5));
  const range = (from, to) => Array.from({ length: to - from }, (_, k) => from + k);
  const heldOut = range(held, last + 1);
  const read = windowsOf(values, range(window, held), window, 1);
  const scale = Math.sqrt(read.reduce((sum, x) => sum + x * x, 0) / read.length) || 1;
  const { cell, readout } = parts(UNITS);
  const random = new Random(17);
  initialiseCell(cell, {}, random);
  initialiseReadout(readout, random);
  const modules = [cell, readout];
  const parameters = modules.flatMap((one) => Object.values(one.parameters));
  const gradients = modules.flatMap((one) => Object.values(one.gradients));
  const adam = new Adam(parameters, gradients, { lr: RATE });
  let [done, least, best] = [0, Infinity, null];

  function run(origins, into) {
    const B = origins.length;
    const trace = cell.forward(windowsOf(values, origins, window, scale), window, B, { into });
    const h = trace.h.subarray((window - 1) * B * UNITS);
    const y = readout.forward(h);
    const target = new Float32Array(B * HORIZON);
    origins.forEach((origin, n) => {
      for (let k = 0; k < HORIZON; k++) {
        target[n * HORIZON + k] = (values[origin + k] - values[origin - 1]) / scale;
      }
    });
    const dY = new Float32Array(y.length);
    return { trace, h, dY, loss: quantileLoss(y, target, dY) };
  }
  let kept = null;
  return {
    window,
    get loss() {
      return least;
    },
    /** One update; how many have been made. */
    step() {
      adam.lr = (RATE * (1 + Math.cos((Math.PI * done) / updates))) / 2;
      const origins = Array.from({ length: BATCH }, () => window + random.integer(held - window));
      const { trace, h, dY } = run(origins, kept);
      kept = trace;
      const dh = new Float32Array(trace.h.length);
      dh.set(readout.backward(h, dY), (window - 1) * BATCH * UNITS);
      cell.backward(trace, dh);
      clipByNorm(gradients, CLIP);
      adam.step();
      done += 1;
      if (done % 25 === 0 || done === updates) {
        const { loss } = run(heldOut.filter((_, k) => k % Math.ceil(heldOut.length / 64) === 0));
        if (loss < least) {
          least = loss;
          best = parameters.map((one) => one.slice());
        }
      }
      return done;
    },
    best() {
      best?.forEach((one, k) => parameters[k].set(one));
      return { cell, readout, window, scale };
    },
  };
}
