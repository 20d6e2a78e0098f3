// The LSTM with a forget gate: Hochreiter & Schmidhuber (1997), Gers et al. (2000).

import { sigmoidInPlace, tanh, tanhInPlace } from "./activations.js";
import { RecurrentCell } from "./recurrence.js";

/** c_t = f ⊙ c_{t−1} + i ⊙ g, h_t = o ⊙ tanh(c_t), as `torch.nn.LSTM`. */
export class LSTMCell extends RecurrentCell {
  constructor({ inputSize, hiddenSize }) {
    super({
      kind: "lstm",
      blocks: ["i", "f", "g", "o"],
      states: ["h", "c"],
      notes: ["tanhC"],
      inputSize,
      hiddenSize,
    });
  }

  step(trace, t) {
    const { B, H, h, hBefore, c, cBefore, i, f, g, o, tanhC } = trace;
    const at = t * B * H;
    const end = at + B * H;
    this.addRecurrent(i, at, 0, hBefore, at, B);
    this.addRecurrent(f, at, 1, hBefore, at, B);
    this.addRecurrent(g, at, 2, hBefore, at, B);
    this.addRecurrent(o, at, 3, hBefore, at, B);
    sigmoidInPlace(i, at, end);
    sigmoidInPlace(f, at, end);
    tanhInPlace(g, at, end);
    sigmoidInPlace(o, at, end);
    this.clampGates(trace, at);
    for (let k = at; k < end; k++) {
      c[k] = f[k] * cBefore[k] + i[k] * g[k];
      tanhC[k] = tanh(c[k]);
      h[k] = o[k] * tanhC[k];
    }
  }

  stepBack(trace, back, t) {
    const { B, H, cBefore, i, f, g, o, tanhC } = trace;
    const { dh0: laterH, dc0: laterC, dhSteps, dcSteps, da } = back;
    const { dh, dc } = back.direct;
    const { i: da_i, f: da_f, g: da_g, o: da_o } = da;
    const at = t * B * H;
    for (let j = 0, k = at; j < B * H; j++, k++) {
      const dh_t = dh[k] + laterH[j];
      const s = tanhC[k];
      const dc_t = laterC[j] + dh_t * o[k] * (1 - s * s) + (dc ? dc[k] : 0);
      dhSteps[k] = dh_t;
      dcSteps[k] = dc_t;
      da_i[k] = dc_t * g[k] * i[k] * (1 - i[k]);
      da_f[k] = dc_t * cBefore[k] * f[k] * (1 - f[k]);
      da_g[k] = dc_t * i[k] * (1 - g[k] * g[k]);
      da_o[k] = dh_t * s * o[k] * (1 - o[k]);
      laterC[j] = dc_t * f[k];
    }
    this.clampBack(trace, back, at);
    laterH.fill(0);
    this.addRecurrentBack(laterH, 0, da_i, at, B);
    this.addRecurrentBack(laterH, 1, da_f, at, B);
    this.addRecurrentBack(laterH, 2, da_g, at, B);
    this.addRecurrentBack(laterH, 3, da_o, at, B);
  }
}
