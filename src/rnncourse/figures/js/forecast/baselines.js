// Forecasts without a network: the last value, the last season, and a line through a window.

export const HORIZON = 24; // how many steps are forecast
const LEAST_PEAK = 0.3; // of an autocorrelation that speaks for a season
const NEARLY = 0.85; // of the highest

/** The values of the last season, again and again; with a season of 1 the last value. */
export function naive(values, origin, season = 1) {
  return Array.from({ length: HORIZON }, (_, k) => values[origin - season + (k % season)]);
}

/** The mean absolute error of the naive forecast a season ahead, over the first values. */
export function naiveError(values, known, season = 1) {
  let sum = 0;
  for (let t = season; t < known; t++) sum += Math.abs(values[t] - values[t - season]);
  return sum / (known - season);
}

/**
 * The season of the first values, if they have one, else 1: the first peak of the autocorrelation,
 * of what a parabola leaves of them, that is nearly its highest.
 */
export function guessSeason(values, known) {
  const x = detrended(values.slice(0, known));
  const most = Math.min(400, Math.floor(known / 3));
  const product = (lag) => x.reduce((sum, one, t) => sum + one * (x[t + lag] ?? 0), 0);
  const r = Array.from({ length: most + 2 }, (_, lag) => product(lag) / (product(0) || 1));
  const peaks = [...r.keys()].slice(2, -1).filter((k) => r[k] > r[k - 1] && r[k] >= r[k + 1]);
  const highest = Math.max(...peaks.map((lag) => r[lag]), 0);
  return highest > LEAST_PEAK ? peaks.find((lag) => r[lag] > NEARLY * highest) : 1;
}

/** What is left of values when the nearest parabola is taken away. */
function detrended(values) {
  const { length } = values;
  const A = Array.from({ length: 3 }, () => new Float64Array(4));
  const powers = (k) => [1, k / length, (k / length) ** 2];
  values.forEach((y, t) => {
    const x = powers(t);
    A.forEach((row, i) => [...x, y].forEach((one, j) => (row[j] += x[i] * one)));
  });
  solveInPlace(A, 3);
  return values.map((y, t) => powers(t).reduce((left, one, i) => left - one * A[i][3], y));
}

const RIDGE = 1e-3; // of the mean of the diagonal
const MOST_WINDOWS = 1000; // that are fitted: more take long

/** How many values a linear window reads. */
export function linearLength(known, season) {
  return Math.max(8, Math.min(Math.max(24, 2 * season), 104, Math.floor(known / 6)));
}

/**
 * A linear window by least squares: the last k values minus the last of them, and for each step
 * ahead weights and a constant.
 *
 * @returns {(origin: number) => number[]} The next values.
 */
export function fitLinear(values, known, k) {
  const inputs = (origin) => {
    const last = values[origin - 1];
    const x = Array.from({ length: k }, (_, j) => values[origin - k + j] - last);
    x[k - 1] = 1; // the constant, where the last value itself would be 0
    return x;
  };
  const A = Array.from({ length: k }, () => new Float64Array(k + HORIZON));
  const every = Math.ceil((known - HORIZON - k + 1) / MOST_WINDOWS);
  for (let origin = k; origin + HORIZON <= known; origin += every) {
    const x = inputs(origin);
    const last = values[origin - 1];
    for (let i = 0; i < k; i++) {
      const row = A[i];
      for (let j = 0; j < k; j++) row[j] += x[i] * x[j];
      for (let h = 0; h < HORIZON; h++) row[k + h] += x[i] * (values[origin + h] - last);
    }
  }
  const ridge = (RIDGE * A.slice(0, -1).reduce((sum, row, i) => sum + row[i], 0)) / (k - 1);
  for (let i = 0; i < k - 1; i++) A[i][i] += ridge || 1;
  solveInPlace(A, k);
  return (origin) => {
    const x = inputs(origin);
    return Array.from({ length: HORIZON }, (_, h) =>
      x.reduce((sum, one, i) => sum + one * A[i][k + h], values[origin - 1]),
    );
  };
}

/** Gauss and Jordan: after it, the columns from k on hold the solutions. */
function solveInPlace(A, k) {
  for (let i = 0; i < k; i++) {
    let best = i;
    for (let r = i + 1; r < k; r++) if (Math.abs(A[r][i]) > Math.abs(A[best][i])) best = r;
    [A[i], A[best]] = [A[best], A[i]];
    const pivot = A[i][i];
    for (let j = i; j < A[i].length; j++) A[i][j] /= pivot;
    for (let r = 0; r < k; r++) {
      const factor = A[r][i];
      if (r === i || factor === 0) continue;
      for (let j = i; j < A[r].length; j++) A[r][j] -= factor * A[i][j];
    }
  }
}

/**
 * A linear window with a fan: fitted on four sevenths of the first values, it is tried on those
 * after them; its errors at each step ahead make the fan of the one that is fitted on all of them.
 *
 * @returns {number[][][]} For each origin and step the 10th percentile, the forecast, and the 90th.
 */
export function linearFans(values, known, season, origins) {
  const early = Math.floor((known * 4) / 7);
  const tried = fitLinear(values, early, linearLength(early, season));
  const errors = Array.from({ length: HORIZON }, () => []);
  for (let origin = early; origin < known; origin++) {
    const forecast = tried(origin);
    for (let h = 0; origin + h < known && h < HORIZON; h++) {
      errors[h].push(values[origin + h] - forecast[h]);
    }
  }
  const [low, high] = [0.1, 0.9].map((p) => errors.map((some) => quantileOf(some, p)));
  const fitted = fitLinear(values, known, linearLength(known, season));
  return origins.map((origin) =>
    fitted(origin).map((y, h) => [y + Math.min(low[h], 0), y, y + Math.max(high[h], 0)]),
  );
}

function quantileOf(numbers, p) {
  const sorted = numbers.slice().sort((a, b) => a - b);
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
