// Products of row-major matrices.
//
// The kernels hold two rows by four columns of the result in local variables, so that six numbers
// read from memory serve eight multiplications. Sums are in double precision.

/**
 * out += A · M: (rows, inner) · (inner, columns).
 *
 * @param {Float32Array} out (rows, columns) from `outAt` on.
 * @param {number} outAt
 * @param {Float32Array} A (rows, inner) from `aAt` on.
 * @param {number} aAt
 * @param {Float32Array} M (inner, columns) from `mAt` on.
 * @param {number} mAt
 * @param {number} rows
 * @param {number} columns
 * @param {number} inner
 */
export function addProduct(out, outAt, A, aAt, M, mAt, rows, columns, inner) {
  const evenRows = rows - (rows % 2);
  const wholeColumns = columns - (columns % 4);
  for (let row = 0; row < evenRows; row += 2) {
    const a0 = aAt + row * inner;
    const a1 = a0 + inner;
    for (let column = 0; column < wholeColumns; column += 4) {
      const o0 = outAt + row * columns + column;
      const o1 = o0 + columns;
      let s00 = out[o0];
      let s01 = out[o0 + 1];
      let s02 = out[o0 + 2];
      let s03 = out[o0 + 3];
      let s10 = out[o1];
      let s11 = out[o1 + 1];
      let s12 = out[o1 + 2];
      let s13 = out[o1 + 3];
      for (let k = 0, m = mAt + column; k < inner; k++, m += columns) {
        const x0 = A[a0 + k];
        const x1 = A[a1 + k];
        const y0 = M[m];
        const y1 = M[m + 1];
        const y2 = M[m + 2];
        const y3 = M[m + 3];
        s00 += x0 * y0;
        s01 += x0 * y1;
        s02 += x0 * y2;
        s03 += x0 * y3;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s12 += x1 * y2;
        s13 += x1 * y3;
      }
      out[o0] = s00;
      out[o0 + 1] = s01;
      out[o0 + 2] = s02;
      out[o0 + 3] = s03;
      out[o1] = s10;
      out[o1 + 1] = s11;
      out[o1 + 2] = s12;
      out[o1 + 3] = s13;
    }
  }
  // What the tiles leave: the last row, and the last columns.
  for (let column = 0; evenRows < rows && column < wholeColumns; column++) {
    const a = aAt + evenRows * inner;
    let sum = out[outAt + evenRows * columns + column];
    for (let k = 0, m = mAt + column; k < inner; k++, m += columns) sum += A[a + k] * M[m];
    out[outAt + evenRows * columns + column] = sum;
  }
  for (let column = wholeColumns; column < columns; column++) {
    addColumn(out, outAt + column, A, aAt, M, mAt + column, rows, columns, inner);
  }
}

/** One column of `addProduct`: with few inputs, it is all there is. */
function addColumn(out, outAt, A, aAt, M, mAt, rows, columns, inner) {
  let row = 0;
  for (; row < rows - 3; row += 4) {
    const o0 = outAt + row * columns;
    const a0 = aAt + row * inner;
    const a1 = a0 + inner;
    const a2 = a1 + inner;
    const a3 = a2 + inner;
    let s0 = out[o0];
    let s1 = out[o0 + columns];
    let s2 = out[o0 + 2 * columns];
    let s3 = out[o0 + 3 * columns];
    for (let k = 0, m = mAt; k < inner; k++, m += columns) {
      const y = M[m];
      s0 += A[a0 + k] * y;
      s1 += A[a1 + k] * y;
      s2 += A[a2 + k] * y;
      s3 += A[a3 + k] * y;
    }
    out[o0] = s0;
    out[o0 + columns] = s1;
    out[o0 + 2 * columns] = s2;
    out[o0 + 3 * columns] = s3;
  }
  for (; row < rows; row++) {
    const a = aAt + row * inner;
    let sum = out[outAt + row * columns];
    for (let k = 0, m = mAt; k < inner; k++, m += columns) sum += A[a + k] * M[m];
    out[outAt + row * columns] = sum;
  }
}

/**
 * out += Aᵀ · M: the sum over all rows of the outer products of A's row and M's row.
 *
 * @param {Float32Array} out (height, width) from `outAt` on.
 * @param {number} outAt
 * @param {Float32Array} A (rows, height).
 * @param {Float32Array} M (rows, width).
 * @param {number} rows
 * @param {number} height
 * @param {number} width
 */
export function addTransposedProduct(out, outAt, A, M, rows, height, width) {
  const evenHeight = height - (height % 2);
  const wholeWidth = width - (width % 4);
  for (let i = 0; i < evenHeight; i += 2) {
    for (let j = 0; j < wholeWidth; j += 4) {
      const o0 = outAt + i * width + j;
      const o1 = o0 + width;
      let s00 = out[o0];
      let s01 = out[o0 + 1];
      let s02 = out[o0 + 2];
      let s03 = out[o0 + 3];
      let s10 = out[o1];
      let s11 = out[o1 + 1];
      let s12 = out[o1 + 2];
      let s13 = out[o1 + 3];
      for (let row = 0, a = i, m = j; row < rows; row++, a += height, m += width) {
        const x0 = A[a];
        const x1 = A[a + 1];
        const y0 = M[m];
        const y1 = M[m + 1];
        const y2 = M[m + 2];
        const y3 = M[m + 3];
        s00 += x0 * y0;
        s01 += x0 * y1;
        s02 += x0 * y2;
        s03 += x0 * y3;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s12 += x1 * y2;
        s13 += x1 * y3;
      }
      out[o0] = s00;
      out[o0 + 1] = s01;
      out[o0 + 2] = s02;
      out[o0 + 3] = s03;
      out[o1] = s10;
      out[o1 + 1] = s11;
      out[o1 + 2] = s12;
      out[o1 + 3] = s13;
    }
  }
  for (let j = 0; evenHeight < height && j < wholeWidth; j++) {
    let sum = out[outAt + evenHeight * width + j];
    for (let row = 0, a = evenHeight, m = j; row < rows; row++, a += height, m += width) {
      sum += A[a] * M[m];
    }
    out[outAt + evenHeight * width + j] = sum;
  }
  for (let j = wholeWidth; j < width; j++) {
    addTransposedColumn(out, outAt + j, A, M, j, rows, height, width);
  }
}

/** One column of `addTransposedProduct`. */
function addTransposedColumn(out, outAt, A, M, mAt, rows, height, width) {
  let i = 0;
  for (; i < height - 3; i += 4) {
    const o0 = outAt + i * width;
    let s0 = out[o0];
    let s1 = out[o0 + width];
    let s2 = out[o0 + 2 * width];
    let s3 = out[o0 + 3 * width];
    for (let row = 0, a = i, m = mAt; row < rows; row++, a += height, m += width) {
      const y = M[m];
      s0 += A[a] * y;
      s1 += A[a + 1] * y;
      s2 += A[a + 2] * y;
      s3 += A[a + 3] * y;
    }
    out[o0] = s0;
    out[o0 + width] = s1;
    out[o0 + 2 * width] = s2;
    out[o0 + 3 * width] = s3;
  }
  for (; i < height; i++) {
    let sum = out[outAt + i * width];
    for (let row = 0, a = i, m = mAt; row < rows; row++, a += height, m += width) {
      sum += A[a] * M[m];
    }
    out[outAt + i * width] = sum;
  }
}

/** out += the sum of the rows of A (rows, columns); `out` has `columns` numbers from `outAt` on. */
export function addRowSum(out, outAt, A, rows, columns) {
  for (let column = 0; column < columns; column++) {
    let sum = out[outAt + column];
    for (let row = 0, a = column; row < rows; row++, a += columns) sum += A[a];
    out[outAt + column] = sum;
  }
}

/** Write `row`, `columns` numbers from `rowAt` on, into each of the rows of out (rows, columns). */
export function fillRows(out, row, rowAt, rows, columns) {
  const length = rows * columns;
  out.set(row.subarray(rowAt, rowAt + columns));
  for (let filled = columns; filled < length; filled *= 2) {
    out.copyWithin(filled, 0, Math.min(filled, length - filled));
  }
}

/** Write the transpose of M (rows, columns) to `out` (columns, rows), both from `at` on. */
export function transposeInto(out, M, at, rows, columns) {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[at + column * rows + row] = M[at + row * columns + column];
    }
  }
}

/**
 * M v, for a matrix M (rows, columns) and a vector v (columns).
 *
 * @returns {Float32Array} (rows)
 */
export function matVec(M, v) {
  const columns = v.length;
  if (columns === 0 || M.length % columns !== 0) {
    throw new RangeError(`M must have rows of v.length = ${columns} numbers, got ${M.length}`);
  }
  const product = new Float32Array(M.length / columns);
  for (let row = 0; row < product.length; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += M[row * columns + column] * v[column];
    product[row] = sum;
  }
  return product;
}
