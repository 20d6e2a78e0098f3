// The GRU of Cho et al. (2014), with the reset gate after the product (`torch.nn.GRU`) or before.

import { sigmoidInPlace, tanhInPlace } from "./activations.js";
import { addRowSum } from "./products.js";
import { RecurrentCell } from "./recurrence.js";

/**
 * h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}. The candidate n has the reset gate after the product,
 * n = tanh(W_n x_t + b_n + r ⊙ (U_n h_{t−1} + b_U)), or before it,
 * n = tanh(W_n x_t + b_n + U_n (r ⊙ h_{t−1})).
 */
export class GRUCell extends RecurrentCell {
  constructor({ inputSize, hiddenSize, resetAfter = true }) {
    super({
      kind: "gru",
      blocks: ["r", "z", "n"],
      notes: ["reset"], // what r is multiplied with (after), or the product r ⊙ h_{t−1} (before)
      inputSize,
      hiddenSize,
    });
    this.resetAfter = resetAfter;
    if (resetAfter) {
      this.parameters.b_U = new Float32Array(hiddenSize);
      this.gradients.b_U = new Float32Array(hiddenSize);
    }
  }

  step(trace, t) {
    const { B, H, h, hBefore, r, z, n, reset } = trace;
    const at = t * B * H;
    const end = at + B * H;
    this.addRecurrent(r, at, 0, hBefore, at, B);
    this.addRecurrent(z, at, 1, hBefore, at, B);
    sigmoidInPlace(r, at, end);
    sigmoidInPlace(z, at, end);
    this.clampGates(trace, at, ["r", "z"]);
    if (this.resetAfter) {
      const { b_U } = this.parameters;
      for (let k = at; k < end; k += H) reset.set(b_U, k);
      this.addRecurrent(reset, at, 2, hBefore, at, B);
      for (let k = at; k < end; k++) n[k] += r[k] * reset[k];
    } else {
      for (let k = at; k < end; k++) reset[k] = r[k] * hBefore[k];
      this.addRecurrent(n, at, 2, reset, at, B);
    }
    tanhInPlace(n, at, end);
    this.clampGates(trace, at, ["n"]);
    for (let k = at; k < end; k++) h[k] = n[k] + z[k] * (hBefore[k] - n[k]);
  }

  stepBack(trace, back, t) {
    const { B, H, hBefore, r, z, n, reset } = trace;
    const { dh0: later, dhSteps, da, dReset } = back;
    const { dh } = back.direct;
    const { r: da_r, z: da_z, n: da_n } = da;
    const at = t * B * H;
    for (let j = 0, k = at; j < B * H; j++, k++) {
      const dh_t = dh[k] + later[j];
      dhSteps[k] = dh_t;
      da_n[k] = dh_t * (1 - z[k]) * (1 - n[k] * n[k]);
      da_z[k] = dh_t * (hBefore[k] - n[k]) * z[k] * (1 - z[k]);
      later[j] = dh_t * z[k];
    }
    this.clampBack(trace, back, at, ["n", "z"]);
    if (this.resetAfter) {
      for (let k = at; k < at + B * H; k++) {
        dReset[k] = da_n[k] * r[k];
        da_r[k] = da_n[k] * reset[k] * r[k] * (1 - r[k]);
      }
      this.clampBack(trace, back, at, ["r"]);
      this.addRecurrentBack(later, 2, dReset, at, B);
    } else {
      dReset.fill(0);
      this.addRecurrentBack(dReset, 2, da_n, at, B);
      for (let j = 0, k = at; j < B * H; j++, k++) {
        da_r[k] = dReset[j] * hBefore[k] * r[k] * (1 - r[k]);
        later[j] += dReset[j] * r[k];
      }
      this.clampBack(trace, back, at, ["r"]);
    }
    this.addRecurrentBack(later, 0, da_r, at, B);
    this.addRecurrentBack(later, 1, da_z, at, B);
  }

  recurrentFactors(trace, back, block) {
    if (block !== "n") return super.recurrentFactors(trace, back, block);
    return this.resetAfter ? [back.dReset, trace.hBefore] : [back.da.n, trace.reset];
  }

  sumGradients(trace, back) {
    super.sumGradients(trace, back);
    const { T, B, H } = trace;
    if (this.resetAfter) addRowSum(this.gradients.b_U, 0, back.dReset, T * B, H);
  }

  newWayBack(T, B) {
    const back = super.newWayBack(T, B);
    // After: the gradient at U_n h_{t−1} + b_U, of every step. Before: that at r ⊙ h_{t−1}, of one.
    back.dReset = new Float32Array((this.resetAfter ? T : 1) * B * this.hiddenSize);
    return back;
  }
}
