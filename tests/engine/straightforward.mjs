// The benchmark's baseline: the equations as loops, one after the other, as one writes them first.
//
// The same layouts and results as the engine's cells; a test holds that. Every step allocates what
// it needs, the input's product stands inside the loop over time, and weight gradients are summed
// step by step.

const sigma = (a) => 1 / (1 + Math.exp(-a));

const BLOCKS = { simple: ["h"], lstm: ["i", "f", "g", "o"], gru: ["r", "z", "n"] };

export class StraightforwardCell {
  constructor({ kind, inputSize, hiddenSize }) {
    Object.assign(this, { kind, inputSize, hiddenSize });
    const rows = BLOCKS[kind].length * hiddenSize;
    const zeros = () => ({
      W: new Float32Array(rows * inputSize),
      U: new Float32Array(rows * hiddenSize),
      b: new Float32Array(rows),
      ...(kind === "gru" && { b_U: new Float32Array(hiddenSize) }),
    });
    this.parameters = zeros();
    this.gradients = zeros();
  }

  static like(cell) {
    const plain = new StraightforwardCell(cell);
    for (const name of Object.keys(cell.parameters)) {
      plain.parameters[name].set(cell.parameters[name]);
    }
    return plain;
  }

  forward(x, T, B) {
    const { hiddenSize: H } = this;
    const trace = { x, T, B, H, steps: [], h: new Float32Array(T * B * H) };
    let state = { h: new Float32Array(B * H), c: new Float32Array(B * H) };
    for (let t = 0; t < T; t++) {
      const step = this[this.kind](x, t, B, state);
      trace.steps.push({ ...step, before: state });
      trace.h.set(step.h, t * B * H);
      state = { h: step.h, c: step.c };
    }
    return trace;
  }

  // W x_t + b and U h_{t−1}, (B, rows) each
  products(x, t, B, h) {
    const { inputSize: D, hiddenSize: H } = this;
    const { W, U, b } = this.parameters;
    const rows = b.length;
    const fromInput = new Float32Array(B * rows);
    const fromState = new Float32Array(B * rows);
    for (let n = 0; n < B; n++) {
      for (let row = 0; row < rows; row++) {
        let sum = b[row];
        for (let d = 0; d < D; d++) sum += W[row * D + d] * x[(t * B + n) * D + d];
        fromInput[n * rows + row] = sum;
        sum = 0;
        for (let k = 0; k < H; k++) sum += U[row * H + k] * h[n * H + k];
        fromState[n * rows + row] = sum;
      }
    }
    return [fromInput, fromState];
  }

  simple(x, t, B, before) {
    const [fromInput, fromState] = this.products(x, t, B, before.h);
    return { h: fromInput.map((a, k) => Math.tanh(a + fromState[k])) };
  }

  lstm(x, t, B, before) {
    const H = this.hiddenSize;
    const [fromInput, fromState] = this.products(x, t, B, before.h);
    const step = {};
    for (const name of ["i", "f", "g", "o", "c", "h"]) step[name] = new Float32Array(B * H);
    for (let n = 0; n < B; n++) {
      for (let unit = 0; unit < H; unit++) {
        const k = n * H + unit;
        const a = (block) => {
          const at = n * 4 * H + block * H + unit;
          return fromInput[at] + fromState[at];
        };
        step.i[k] = sigma(a(0));
        step.f[k] = sigma(a(1));
        step.g[k] = Math.tanh(a(2));
        step.o[k] = sigma(a(3));
        step.c[k] = step.f[k] * before.c[k] + step.i[k] * step.g[k];
        step.h[k] = step.o[k] * Math.tanh(step.c[k]);
      }
    }
    return step;
  }

  gru(x, t, B, before) {
    const H = this.hiddenSize;
    const { b_U } = this.parameters;
    const [fromInput, fromState] = this.products(x, t, B, before.h);
    const step = {};
    for (const name of ["r", "z", "q", "n", "h"]) step[name] = new Float32Array(B * H);
    for (let n = 0; n < B; n++) {
      for (let unit = 0; unit < H; unit++) {
        const k = n * H + unit;
        const at = n * 3 * H + unit;
        step.r[k] = sigma(fromInput[at] + fromState[at]);
        step.z[k] = sigma(fromInput[at + H] + fromState[at + H]);
        step.q[k] = fromState[at + 2 * H] + b_U[unit];
        step.n[k] = Math.tanh(fromInput[at + 2 * H] + step.r[k] * step.q[k]);
        step.h[k] = (1 - step.z[k]) * step.n[k] + step.z[k] * before.h[k];
      }
    }
    return step;
  }

  backward(trace, dhDirect) {
    const { inputSize: D, hiddenSize: H } = this;
    const { W, U } = this.parameters;
    const { W: dW, U: dU, b: db, b_U: db_U } = this.gradients;
    const { x, T, B, steps } = trace;
    const rows = db.length;
    for (const gradient of Object.values(this.gradients)) gradient.fill(0);
    const dx = new Float32Array(T * B * D);
    let dh = new Float32Array(B * H);
    let dc = new Float32Array(B * H);
    for (let t = T - 1; t >= 0; t--) {
      for (let k = 0; k < B * H; k++) dh[k] += dhDirect[t * B * H + k];
      const { before } = steps[t];
      const { da, daState, dhBefore, dcBefore } = this[`${this.kind}Back`](steps[t], dh, dc, B);
      for (let n = 0; n < B; n++) {
        for (let row = 0; row < rows; row++) {
          const here = da[n * rows + row];
          const hereState = daState[n * rows + row];
          db[row] += here;
          for (let d = 0; d < D; d++) {
            dW[row * D + d] += here * x[(t * B + n) * D + d];
            dx[(t * B + n) * D + d] += here * W[row * D + d];
          }
          for (let k = 0; k < H; k++) {
            dU[row * H + k] += hereState * before.h[n * H + k];
            dhBefore[n * H + k] += hereState * U[row * H + k];
          }
        }
        if (!db_U) continue;
        for (let unit = 0; unit < H; unit++) {
          db_U[unit] += daState[n * rows + 2 * H + unit];
        }
      }
      dh = dhBefore;
      dc = dcBefore;
    }
    return { dx, dh0: dh, dc0: dc };
  }

  simpleBack({ h }, dh, dc, B) {
    const da = dh.map((value, k) => value * (1 - h[k] * h[k]));
    return { da, daState: da, dhBefore: new Float32Array(B * this.hiddenSize), dcBefore: dc };
  }

  lstmBack({ i, f, g, o, c, before }, dh, dc, B) {
    const H = this.hiddenSize;
    const da = new Float32Array(B * 4 * H);
    const dcBefore = new Float32Array(B * H);
    for (let n = 0; n < B; n++) {
      for (let unit = 0; unit < H; unit++) {
        const k = n * H + unit;
        const at = n * 4 * H + unit;
        const tanhC = Math.tanh(c[k]);
        const dcHere = dc[k] + dh[k] * o[k] * (1 - tanhC * tanhC);
        da[at] = dcHere * g[k] * i[k] * (1 - i[k]);
        da[at + H] = dcHere * before.c[k] * f[k] * (1 - f[k]);
        da[at + 2 * H] = dcHere * i[k] * (1 - g[k] * g[k]);
        da[at + 3 * H] = dh[k] * tanhC * o[k] * (1 - o[k]);
        dcBefore[k] = dcHere * f[k];
      }
    }
    return { da, daState: da, dhBefore: new Float32Array(B * H), dcBefore };
  }

  gruBack({ r, z, q, n: candidate, before }, dh, dc, B) {
    const H = this.hiddenSize;
    const da = new Float32Array(B * 3 * H);
    const daState = new Float32Array(B * 3 * H);
    const dhBefore = new Float32Array(B * H);
    for (let n = 0; n < B; n++) {
      for (let unit = 0; unit < H; unit++) {
        const k = n * H + unit;
        const at = n * 3 * H + unit;
        const da_n = dh[k] * (1 - z[k]) * (1 - candidate[k] * candidate[k]);
        da[at] = da_n * q[k] * r[k] * (1 - r[k]);
        da[at + H] = dh[k] * (before.h[k] - candidate[k]) * z[k] * (1 - z[k]);
        da[at + 2 * H] = da_n;
        daState[at] = da[at];
        daState[at + H] = da[at + H];
        daState[at + 2 * H] = da_n * r[k];
        dhBefore[k] = dh[k] * z[k];
      }
    }
    return { da, daState, dhBefore, dcBefore: dc };
  }
}
