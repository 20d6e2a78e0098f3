// A cell by its name.

import { GRUCell } from "./gru.js";
import { LSTMCell } from "./lstm.js";
import { SimpleCell } from "./simple.js";

const CELL_CLASSES = { simple: SimpleCell, lstm: LSTMCell, gru: GRUCell };

/**
 * @param {object} options
 * @param {"simple"|"lstm"|"gru"} options.kind
 * @param {number} options.inputSize D
 * @param {number} options.hiddenSize H
 * @param {"tanh"|"relu"} [options.nonlinearity] Of the simple cell.
 * @param {boolean} [options.resetAfter] Of the GRU.
 * @returns {RecurrentCell} With all weights zero.
 */
export function createCell({ kind, ...options }) {
  if (!Object.hasOwn(CELL_CLASSES, kind)) {
    throw new RangeError(`kind must be simple, lstm or gru, got ${kind}`);
  }
  return new CELL_CLASSES[kind](options);
}
