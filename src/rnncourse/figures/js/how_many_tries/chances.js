// What a comparison says that gives each cell so many tries: chances, computed and not drawn.

/**
 * How probably each run is the one that a cell's tries leave.
 *
 * Of S settings k are drawn without replacement, and of each of them one of its N runs; the one
 * with the smallest validation loss is kept, and of equal ones the first. A run is kept if its
 * setting is drawn with it, and all other drawn settings with runs that come after it: over all
 * draws, a sum of products of k − 1 shares, which is a coefficient of ∏ (1 + share · x) over the
 * other settings.
 *
 * @param {number[][][]} settings Of each setting its runs, `[validation, test]`.
 * @returns `tests`, the test losses of all runs, and `chances[k - 1]`, how probable each is.
 */
export function keptRuns(settings) {
  const [S, N] = [settings.length, settings[0].length];
  const runs = settings.flatMap((seeds, setting) =>
    seeds.map(([validation, test]) => ({ setting, validation, test })),
  );
  const chances = settings.map(() => new Float64Array(runs.length));
  const draws = drawsOf(S);
  const after = new Float64Array(S); // of each setting, how many runs come after
  const order = [...runs.keys()].sort(
    (i, j) => runs[i].validation - runs[j].validation || i - j,
  );
  for (const i of order.reverse()) {
    const ways = new Float64Array(S); // to draw so many other settings and keep this run
    ways[0] = 1;
    after.forEach((count, setting) => {
      if (setting === runs[i].setting) return;
      for (let others = S - 1; others > 0; others--) ways[others] += (count / N) * ways[others - 1];
    });
    ways.forEach((way, others) => {
      chances[others][i] = way / (N * draws[others]);
    });
    after[runs[i].setting] += 1;
  }
  return { tests: runs.map(({ test }) => test), chances };
}

/** In how many ways 1, 2, … of S settings can be drawn. */
function drawsOf(S) {
  const draws = [S];
  for (let k = 1; k < S; k++) draws.push((draws[k - 1] * (S - k)) / (k + 1));
  return draws;
}

/** How probably the kept try has solved the task. */
export function solvedShare({ tests, chances }, tries, below) {
  return tests.reduce((sum, test, i) => sum + (test < below ? chances[tries - 1][i] : 0), 0);
}

/**
 * How probably each cell comes out ahead: its loss is smaller than all others' by at least `lead`.
 *
 * @param {Array} cells What `keptRuns` returned, a cell each.
 * @returns {number[]} A chance for each cell, and last, that none is ahead.
 */
export function aheadShares(cells, tries, lead) {
  const ahead = cells.map((cell) => {
    const others = cells.filter((other) => other !== cell);
    return cell.tests.reduce((sum, test, i) => {
      const chance = cell.chances[tries - 1][i];
      return sum + others.reduce((both, other) => both * worse(other, tries, test, lead), chance);
    }, 0);
  });
  return [...ahead, 1 - ahead.reduce((sum, share) => sum + share, 0)];
}

function worse({ tests, chances }, tries, test, lead) {
  const now = chances[tries - 1];
  return tests.reduce((sum, other, i) => sum + (other - test >= lead ? now[i] : 0), 0);
}

/** As many test losses as stand for all comparisons: the middles of equal parts, the best first. */
export function typicalLosses({ tests, chances }, tries, count) {
  const order = [...tests.keys()].sort((i, j) => tests[i] - tests[j]);
  let [place, sum] = [0, chances[tries - 1][order[0]]];
  return Array.from({ length: count }, (_, part) => {
    while (sum < (part + 0.5) / count && place < order.length - 1) {
      place += 1;
      sum += chances[tries - 1][order[place]];
    }
    return tests[order[place]];
  });
}

/** Shares as whole numbers that add up to a hundred: what is left goes to the largest rests. */
export function ofHundred(shares) {
  const whole = shares.map((share) => Math.floor(100 * share));
  const rests = shares.map((share, i) => 100 * share - whole[i]);
  const byRest = [...shares.keys()].sort((i, j) => rests[j] - rests[i] || i - j);
  const left = 100 - whole.reduce((sum, count) => sum + count, 0);
  for (const i of byRest.slice(0, left)) whole[i] += 1;
  return whole;
}
