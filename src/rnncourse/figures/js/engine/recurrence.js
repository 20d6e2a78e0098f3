// What all cells share: weights, running forwards over time, and the way back.
//
// Arrays are row-major Float32Arrays, time first: (T, B, ·). A cell has blocks of H rows of
// weights, one for each gate, and each block's activations are an array of their own, (T, B, H).

import {
  addProduct,
  addRowSum,
  addTransposedProduct,
  fillRows,
  transposeInto,
} from "./products.js";

/** A cell over time; a subclass is an architecture and implements `step` and `stepBack`. */
export class RecurrentCell {
  /**
   * @param {object} options
   * @param {string} options.kind
   * @param {string[]} options.blocks Names of the activations, one for each block of weights.
   * @param {string[]} [options.gates] Those blocks that can be clamped.
   * @param {string[]} [options.states] `["h"]` or `["h", "c"]`.
   * @param {string[]} [options.notes] What else `step` writes down for `stepBack`, (T, B, H) each.
   * @param {number} options.inputSize D
   * @param {number} options.hiddenSize H
   */
  constructor({ kind, blocks, gates = blocks, states = ["h"], notes = [], inputSize, hiddenSize }) {
    const D = positiveInteger("inputSize", inputSize);
    const H = positiveInteger("hiddenSize", hiddenSize);
    const G = blocks.length;
    Object.assign(this, { kind, blocks, gates, states, notes, inputSize, hiddenSize });
    this.sizes = { W: G * H * D, U: G * H * H, b: G * H };
    this.parameters = allocate(this.sizes);
    this.gradients = allocate(this.sizes);
    this.transposed = { W: new Float32Array(G * H * D), U: new Float32Array(G * H * H) };
  }

  /**
   * Copy weights in: of every name that the cell has, flat or as rows (`cell.W.tolist()`).
   *
   * @param {Object<string, ArrayLike>} weights
   */
  load(weights) {
    loadParameters(this.parameters, weights);
    return this;
  }

  /**
   * Run over a sequence.
   *
   * @param {Float32Array} x (T, B, D)
   * @param {number} T
   * @param {number} B
   * @param {object} [options]
   * @param {Float32Array} [options.h0] (B, H); zero if not given. So is `c0`.
   * @param {Float32Array} [options.c0]
   * @param {Object<string, number|ArrayLike<number>>} [options.clamps] Values, one or H, that
   *   replace an activated gate at every step; the gate then passes no gradient.
   * @param {object} [options.into] A trace of the same sizes, to be overwritten.
   * @returns The trace: `T`, `B`, `H`, `x`, the states and every gate by name, each (T, B, H).
   */
  forward(x, T, B, { h0 = null, c0 = null, clamps = {}, into = null } = {}) {
    const { inputSize: D, hiddenSize: H } = this;
    checkLength("x", x, T * B * D, "(T, B, D)");
    this.checkClamps(clamps);
    const fits = into && into.cell === this && into.T === T && into.B === B;
    const trace = fits ? into : this.newTrace(T, B);
    trace.x = x;
    trace.clamps = clamps;
    for (const [state, start] of Object.entries({ h: h0, c: c0 })) {
      if (start && !this.states.includes(state)) {
        throw new RangeError(`${state}0 is given, but a cell of kind ${this.kind} has no ${state}`);
      }
      if (start) checkLength(`${state}0`, start, B * H, "(B, H)");
      if (start) trace[`${state}Before`].set(start);
      else trace[`${state}Before`]?.fill(0, 0, B * H);
    }
    const { W, U, b } = this.parameters;
    this.blocks.forEach((block, index) => {
      // The input's part of every gate, for all steps at once.
      transposeInto(this.transposed.W, W, index * H * D, H, D);
      transposeInto(this.transposed.U, U, index * H * H, H, H);
      fillRows(trace[block], b, index * H, T * B, H);
      addProduct(trace[block], 0, x, 0, this.transposed.W, index * H * D, T * B, H, D);
    });
    for (let t = 0; t < T; t++) this.step(trace, t);
    return trace;
  }

  /**
   * Back through time. `gradients` are overwritten, and so is what an earlier call returned for
   * the same trace.
   *
   * @param {object} trace What `forward` returned.
   * @param {Float32Array} dh The loss's direct gradient at each h_t, (T, B, H).
   * @param {object} [options]
   * @param {Float32Array} [options.dc] The same at each c_t.
   * @returns `dx` (T, B, D); `dhSteps` and, where there is a cell state, `dcSteps` (T, B, H): the
   *   whole gradient that arrives at h_t and c_t; `dh0` and `dc0` (B, H).
   */
  backward(trace, dh, { dc = null } = {}) {
    const { T, B, H } = trace;
    checkLength("dh", dh, T * B * H, "(T, B, H)");
    if (dc) checkLength("dc", dc, T * B * H, "(T, B, H)");
    if (dc && !this.states.includes("c")) {
      throw new RangeError(`dc is given, but a cell of kind ${this.kind} has no c`);
    }
    const back = (trace.back ??= this.newWayBack(T, B));
    back.direct = { dh, dc };
    back.dh0.fill(0);
    back.dc0?.fill(0);
    // dh0 and dc0 hold what later steps pass on to step t, and in the end to the initial state.
    for (let t = T - 1; t >= 0; t--) this.stepBack(trace, back, t);
    this.sumGradients(trace, back);
    return back;
  }

  /** The weights served at every step: one product over all T·B rows for each block. */
  sumGradients(trace, back) {
    const { inputSize: D, hiddenSize: H, gradients } = this;
    const rows = trace.T * trace.B;
    for (const gradient of Object.values(gradients)) gradient.fill(0);
    back.dx.fill(0);
    this.blocks.forEach((block, index) => {
      const da = back.da[block];
      addTransposedProduct(gradients.W, index * H * D, da, trace.x, rows, H, D);
      addRowSum(gradients.b, index * H, da, rows, H);
      addProduct(back.dx, 0, da, 0, this.parameters.W, index * H * D, rows, D, H);
      const [left, right] = this.recurrentFactors(trace, back, block);
      addTransposedProduct(gradients.U, index * H * H, left, right, rows, H, H);
    });
  }

  /** What a block's gradient of U is the product of: at its output, and its input. */
  recurrentFactors(trace, back, block) {
    return [back.da[block], trace.hBefore];
  }

  /** out (B, H) += U_index h_{t−1}, where h_{t−1} is (B, H) in `h` from `hAt` on. */
  addRecurrent(out, outAt, index, h, hAt, B) {
    const H = this.hiddenSize;
    addProduct(out, outAt, h, hAt, this.transposed.U, index * H * H, B, H, H);
  }

  /** out (B, H) += U_indexᵀ da, where da is (B, H) in `da` from `at` on. */
  addRecurrentBack(out, index, da, at, B) {
    const H = this.hiddenSize;
    addProduct(out, 0, da, at, this.parameters.U, index * H * H, B, H, H);
  }

  /** Put the clamps of `names` in the place of what was activated at the B·H places from `at`. */
  clampGates(trace, at, names = this.gates) {
    for (const name of names) {
      const clamp = trace.clamps[name];
      if (clamp === undefined) continue;
      const end = at + trace.B * trace.H;
      if (typeof clamp === "number") trace[name].fill(clamp, at, end);
      else for (let place = at; place < end; place += trace.H) trace[name].set(clamp, place);
    }
  }

  /** A clamped gate passes no gradient: what came before it had no part in the loss. */
  clampBack(trace, back, at, names = this.gates) {
    for (const name of names) {
      if (name in trace.clamps) back.da[name].fill(0, at, at + trace.B * trace.H);
    }
  }

  checkClamps(clamps) {
    for (const [name, clamp] of Object.entries(clamps)) {
      if (!this.gates.includes(name)) {
        const known = this.gates.join(", ") || "none";
        throw new RangeError(`clamps must name gates (${known}), got ${name}`);
      }
      if (typeof clamp !== "number") {
        checkLength(`clamps.${name}`, clamp, this.hiddenSize, "(H) or a number");
      }
    }
  }

  newTrace(T, B) {
    const H = this.hiddenSize;
    const trace = { cell: this, T, B, H };
    for (const state of this.states) {
      // One step more than T: the state before each step, and after it, are views of one array.
      const all = new Float32Array((T + 1) * B * H);
      trace[state] = all.subarray(B * H);
      trace[`${state}Before`] = all.subarray(0, T * B * H);
    }
    for (const name of [...this.blocks, ...this.notes]) {
      trace[name] ??= new Float32Array(T * B * H);
    }
    return trace;
  }

  newWayBack(T, B) {
    const { inputSize: D, hiddenSize: H } = this;
    const back = { da: {}, dx: new Float32Array(T * B * D) };
    for (const block of this.blocks) back.da[block] = new Float32Array(T * B * H);
    for (const state of this.states) {
      back[`d${state}Steps`] = new Float32Array(T * B * H);
      back[`d${state}0`] = new Float32Array(B * H);
    }
    return back;
  }
}

/** A Float32Array of zeros for each name, of the size that `sizes` gives. */
export function allocate(sizes) {
  const entries = Object.entries(sizes).map(([name, size]) => [name, new Float32Array(size)]);
  return Object.fromEntries(entries);
}

/** Copy `weights`, flat or as rows, over the parameters of the same names. */
export function loadParameters(parameters, weights) {
  for (const name of Object.keys(parameters)) {
    if (!weights[name]) throw new RangeError(`weights must have ${name}, got none`);
    const flat = Array.from(weights[name]).flat();
    checkLength(name, flat, parameters[name].length, "the parameter's size");
    parameters[name].set(flat);
  }
}

export function positiveInteger(name, value) {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`${name} must be a positive whole number, got ${value}`);
  }
  return value;
}

export function checkLength(name, values, length, shape) {
  if (values.length !== length) {
    throw new RangeError(`${name} must have ${length} numbers, ${shape}; got ${values.length}`);
  }
}
