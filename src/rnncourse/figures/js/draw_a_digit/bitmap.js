// A drawing as 8 × 8 numbers: the twin of `DrawADigit.pixels_of`, which says how and why.

export const SIDE = 8;
export const INK = 16; // the most that a pixel holds
export const rowOf = (pixels, y) => pixels.slice(SIDE * y, SIDE * (y + 1));
const GRID = 32; // dots along a bitmap's side
const BLOCK = 4; // and along a pixel's
const WIDTH_IN_DOTS = 20; // of a digit
const PEN = 2.6; // half the width of its line, in dots
const STRETCH = 2.5; // how much more one direction may be stretched than the other
const [LITTLE, MUCH] = [256, 412]; // dots with ink: outside, the pen is a dot wider, or narrower
const EDGE_ROWS = 2; // at the top and the bottom, that do not tell how a digit leans

/**
 * @param {number[][][]} strokes Lists of points [x, y] in 0 … 1.
 * @returns {number[]} 64 numbers from 0 to 16, row after row.
 */
export function pixelsOf(strokes) {
  const pixels = Array(SIDE * SIDE).fill(0);
  const drawn = strokes.filter((points) => points.length);
  if (!drawn.length) return pixels;
  upright(bitmapOf(fitted(drawn))).forEach((row, y) => {
    row.forEach((on, x) => {
      pixels[SIDE * Math.floor(y / BLOCK) + Math.floor(x / BLOCK)] += Number(on);
    });
  });
  return pixels;
}

/** The same in dots, around the middle of the bitmap, with room for the pen. */
function fitted(strokes) {
  const [across, down] = [0, 1].map((axis) => {
    const all = strokes.flat().map((point) => point[axis]);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = (axis ? GRID : WIDTH_IN_DOTS) - 2 * PEN;
    return { middle: (low + high) / 2, scale: room / Math.max(high - low, 1e-9) };
  });
  const place = (value, { middle, scale }, other) =>
    (value - middle) * Math.min(scale, STRETCH * other.scale) + GRID / 2;
  return strokes.map((points) =>
    points.map(([x, y]) => [place(x, across, down), place(y, down, across)]),
  );
}

/** Which dots, [y][x], have ink: those that are no further than the pen from a line. */
function bitmapOf(strokes) {
  // Squares of distances.
  const nearest = Array.from({ length: GRID }, () => Array(GRID).fill(Infinity));
  for (const points of strokes) {
    points.slice(points.length > 1 ? 1 : 0).forEach(([bx, by], k) => {
      const [ax, ay] = points[k];
      const [dx, dy] = [bx - ax, by - ay];
      const square = dx * dx + dy * dy;
      nearest.forEach((row, j) => {
        const y = j + 0.5 - ay;
        for (let i = 0; i < GRID; i++) {
          const x = i + 0.5 - ax;
          const part = square ? Math.min(Math.max((x * dx + y * dy) / square, 0), 1) : 0;
          const [over, under] = [x - part * dx, y - part * dy];
          row[i] = Math.min(row[i], over * over + under * under);
        }
      });
    });
  }
  const inked = (pen) => nearest.map((row) => row.map((square) => square <= pen * pen));
  const count = inked(PEN).flat().filter(Boolean).length;
  return inked(PEN + (count < LITTLE) - (count > MUCH));
}

/** Shift rows so that a digit's left edge is in one column near its top and near its bottom. */
function upright(rows) {
  const inked = rows.flatMap((row, y) => (row.includes(true) ? [y] : []));
  const [top, bottom] = [inked[0] + EDGE_ROWS, inked.at(-1) - EDGE_ROWS];
  if (bottom - top < GRID / 2) return rows; // too flat to lean
  const [above, below] = [rows[top].indexOf(true), rows[bottom].indexOf(true)];
  if (above < 0 || below < 0) return rows;
  const lean = (above - below) / (bottom - top);
  return rows.map((row, y) => {
    const shift = Math.floor((y - GRID / 2) * lean + GRID + 0.5) - GRID;
    return row.map((_, x) => row[x - shift] ?? false);
  });
}
