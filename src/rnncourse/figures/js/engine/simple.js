// The simple recurrent cell of Elman (1990).

import { tanhInPlace } from "./activations.js";
import { RecurrentCell } from "./recurrence.js";

/** h_t = tanh(W x_t + U h_{t−1} + b), or relu in place of tanh. */
export class SimpleCell extends RecurrentCell {
  constructor({ inputSize, hiddenSize, nonlinearity = "tanh" }) {
    if (nonlinearity !== "tanh" && nonlinearity !== "relu") {
      throw new RangeError(`nonlinearity must be tanh or relu, got ${nonlinearity}`);
    }
    super({ kind: "simple", blocks: ["h"], gates: [], inputSize, hiddenSize });
    this.nonlinearity = nonlinearity;
  }

  step(trace, t) {
    const { B, H, h, hBefore } = trace;
    const at = t * B * H;
    const end = at + B * H;
    this.addRecurrent(h, at, 0, hBefore, at, B);
    if (this.nonlinearity === "tanh") tanhInPlace(h, at, end);
    else for (let k = at; k < end; k++) h[k] = h[k] < 0 ? 0 : h[k]; // NaN stays
  }

  stepBack(trace, back, t) {
    const { B, H, h } = trace;
    const { dh0: later, dhSteps, da } = back;
    const { dh } = back.direct;
    const at = t * B * H;
    const isTanh = this.nonlinearity === "tanh";
    for (let j = 0, k = at; j < B * H; j++, k++) {
      const dh_t = dh[k] + later[j];
      dhSteps[k] = dh_t;
      // The slope: 1 − h² for tanh, 0 or 1 for relu.
      da.h[k] = isTanh ? dh_t * (1 - h[k] * h[k]) : h[k] > 0 ? dh_t : 0;
    }
    later.fill(0);
    this.addRecurrentBack(later, 0, da.h, at, B);
  }
}
