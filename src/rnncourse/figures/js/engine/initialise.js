// How a cell and a read-out start.

/**
 * Draw a cell's weights anew.
 *
 * @param {RecurrentCell} cell
 * @param {object} options
 * @param {"torch"|"orthogonal"|"identity"} [options.recurrent] `torch`: all weights and biases
 *   uniform on ±1/√H. Otherwise each block of U is orthogonal (Saxe et al. 2013) or the identity
 *   (Le et al. 2015), and the biases are zero.
 * @param {number|null} [options.forgetBias] The bias of the gate that keeps: b_f, and in a GRU b_z.
 *   A simple cell has no such gate; for it, this and `chrono` say nothing.
 * @param {number|null} [options.chrono] The longest dependency T_max, above 2 (Tallec & Ollivier
 *   2018): for each unit b_f = ln u with u uniform on [1, T_max − 1], and b_i = −b_f; b_z = ln u.
 * @param {Random} random
 */
export function initialiseCell(
  cell,
  { recurrent = "torch", forgetBias = null, chrono = null } = {},
  random,
) {
  const { parameters, hiddenSize: H, blocks } = cell;
  if (!["torch", "orthogonal", "identity"].includes(recurrent)) {
    throw new RangeError(`recurrent must be torch, orthogonal or identity, got ${recurrent}`);
  }
  if (chrono !== null && !(chrono > 2 && chrono < Infinity)) {
    throw new RangeError(`chrono must be a number above 2, got ${chrono}`);
  }
  for (const values of Object.values(parameters)) drawUniform(values, H, random);
  if (recurrent !== "torch") {
    parameters.b.fill(0);
    parameters.b_U?.fill(0);
    blocks.forEach((_, index) => {
      const matrix = recurrent === "identity" ? identityMatrix(H) : orthogonalMatrix(H, random);
      parameters.U.set(matrix, index * H * H);
    });
  }
  if (cell.kind === "simple") return;
  const bias = (name) => {
    const index = blocks.indexOf(name);
    return parameters.b.subarray(index * H, (index + 1) * H);
  };
  const keeping = cell.kind === "lstm" ? bias("f") : bias("z");
  if (forgetBias !== null) keeping.fill(forgetBias);
  if (chrono !== null) {
    for (let unit = 0; unit < H; unit++) {
      keeping[unit] = Math.log(1 + (chrono - 2) * random.uniform());
      if (cell.kind === "lstm") bias("i")[unit] = -keeping[unit];
    }
  }
}

/** Draw a read-out's weights anew, uniform on ±1/√H, as `torch.nn.Linear` does. */
export function initialiseReadout(readout, random) {
  for (const values of Object.values(readout.parameters)) {
    drawUniform(values, readout.hiddenSize, random);
  }
}

/**
 * A random orthogonal matrix (H, H), uniform among all: Gram and Schmidt's method on normal rows.
 *
 * @returns {Float64Array}
 */
export function orthogonalMatrix(H, random) {
  const matrix = Float64Array.from({ length: H * H }, () => random.normal());
  for (let row = 0; row < H; row++) {
    const own = matrix.subarray(row * H, (row + 1) * H);
    // Twice, as the first pass leaves rounding of the size of what it took away.
    for (let earlier = 0; earlier < 2 * row; earlier++) {
      const other = matrix.subarray((earlier % row) * H, ((earlier % row) + 1) * H);
      const along = own.reduce((sum, value, k) => sum + value * other[k], 0);
      own.forEach((value, k) => {
        own[k] = value - along * other[k];
      });
    }
    const length = Math.hypot(...own);
    own.forEach((value, k) => {
      own[k] = value / length;
    });
  }
  return matrix;
}

function identityMatrix(H) {
  return Float64Array.from({ length: H * H }, (_, place) => (place % (H + 1) === 0 ? 1 : 0));
}

function drawUniform(values, H, random) {
  const bound = 1 / Math.sqrt(H);
  for (let place = 0; place < values.length; place++) {
    values[place] = bound * (2 * random.uniform() - 1);
  }
}
