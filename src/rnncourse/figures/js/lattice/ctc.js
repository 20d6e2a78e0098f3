// Connectionist temporal classification: the twin of `rnnbook.models.ctc`, in probabilities and not
// in logarithms, since the frames are few. A symbol is its place among the symbols; 0 is the blank.

export const BLANK = 0;

/** The states of a word: a blank before, between and after its symbols. */
export function withBlanks(ids) {
  return [BLANK, ...ids.flatMap((id) => [id, BLANK])];
}

/** How many frames a word needs: one a letter, and one more between equal letters. */
export function framesNeeded(ids) {
  return Math.max(1, ids.length + ids.filter((id, u) => u > 0 && id === ids[u - 1]).length);
}

/** Whether a path may go from a state to another in a step: it stays, goes on, or jumps a blank. */
export function isAllowed(labels, from, to) {
  return to - from === 0 || to - from === 1 || (to - from === 2 && labels[to] !== labels[from]);
}

/** The states from which an arrow leads to `s`: stay, one on, and a jump, as far as there are such. */
export function cameFrom(labels, s) {
  return [s, s - 1, s - 2].filter((from) => from >= 0 && isAllowed(labels, from, s));
}

/** A state that would be left out two states before, were that not of the same letter; or −1. */
export function missingJump(labels, s) {
  return s >= 2 && labels[s] !== BLANK && labels[s] === labels[s - 2] ? s - 2 : -1;
}

/**
 * All paths of a word, added up forwards and backwards.
 *
 * @param {number[][]} y The probability of each symbol in each frame; of ones, paths are counted.
 * @param {number[]} labels The states.
 * @returns `alpha` of the frames up to t, `beta` of those after t, the `total`, and the `occupancy`
 *   of each state, [t][s].
 */
export function latticeOf(y, labels) {
  const [T, S] = [y.length, labels.length];
  const isStart = (s) => (s < 2 ? 1 : 0);
  const isEnd = (s) => (s >= S - 2 ? 1 : 0);
  const [alpha, beta] = [[], []];
  for (let t = 0; t < T; t++) {
    const before = (s) => cameFrom(labels, s).reduce((sum, from) => sum + alpha[t - 1][from], 0);
    alpha.push(labels.map((k, s) => y[t][k] * (t ? before(s) : isStart(s))));
  }
  for (let t = T - 1; t >= 0; t--) {
    const after = (s) =>
      [s, s + 1, s + 2]
        .filter((to) => to < S && isAllowed(labels, s, to))
        .reduce((sum, to) => sum + beta[t + 1][to] * y[t + 1][labels[to]], 0);
    beta[t] = labels.map((_, s) => (t < T - 1 ? after(s) : isEnd(s)));
  }
  const total = alpha[T - 1].slice(-2).reduce((sum, value) => sum + value, 0);
  const share = (t, s) => (total > 0 ? (alpha[t][s] * beta[t][s]) / total : 0);
  const occupancy = alpha.map((row, t) => row.map((_, s) => share(t, s)));
  return { alpha, beta, total, occupancy };
}

/** The same recursion with ones: how many ways lead to a state and on, and the number of paths. */
export function countPaths(T, labels) {
  const ones = Array(Math.max(...labels) + 1).fill(1);
  return latticeOf(Array(T).fill(ones), labels);
}

/**
 * The likeliest path of a word that begins with some states; of equal ones, that which stays longest.
 *
 * @returns {number[]} A state a frame; none if no path begins so.
 */
export function likeliestPath(y, labels, begun = []) {
  const S = labels.length;
  const best = []; // −1: not to be reached
  const from = [];
  y.forEach((row, t) => {
    const before = (s) => {
      if (t === 0) return [s < 2 ? 1 : -1, s];
      const ways = cameFrom(labels, s).map((r) => [best[t - 1][r], r]);
      return ways.reduce((most, way) => (way[0] > most[0] ? way : most));
    };
    const ways = labels.map((_, s) => (t < begun.length && begun[t] !== s ? [-1, s] : before(s)));
    best.push(ways.map(([value], s) => (value < 0 ? -1 : value * row[labels[s]])));
    from.push(ways.map(([, r]) => r));
  });
  const last = best.at(-1);
  let s = S > 1 && last[S - 2] >= last[S - 1] ? S - 2 : S - 1;
  if (last[s] < 0) return [];
  const path = [];
  for (let t = y.length - 1; t >= 0; t--) {
    path.unshift(s);
    s = from[t][s];
  }
  return path;
}

/** What symbols collapse to: `merged`, where repeats are one, and then without blanks. */
export function collapsePath(ids) {
  const merged = ids.filter((id, t) => t === 0 || id !== ids[t - 1]);
  return { merged, labels: merged.filter((id) => id !== BLANK) };
}

/** The best symbol of each frame. */
export function bestSymbols(y) {
  return y.map((row) => row.indexOf(Math.max(...row)));
}

/**
 * Likely labellings, best first, with their probabilities; the twin of `prefix_beam_search`.
 *
 * @param {number[][]} y
 * @param {number} width How many go on after each frame.
 * @returns {Array<{labels: number[], p: number}>}
 */
export function prefixBeam(y, width) {
  // Of each labelling: its paths that end in a blank, and those that end in a label.
  let beam = [{ labels: [], ends: [1, 0] }];
  for (const row of y) {
    const grown = new Map();
    const add = (labels, ending, p) => {
      const key = labels.join();
      if (!grown.has(key)) grown.set(key, { labels, ends: [0, 0] });
      grown.get(key).ends[ending] += p;
    };
    for (const { labels, ends } of beam) {
      const either = ends[0] + ends[1];
      row.forEach((p, k) => {
        if (k === BLANK) add(labels, 0, either * p);
        else if (labels.at(-1) === k) {
          add(labels, 1, ends[1] * p);
          add([...labels, k], 1, ends[0] * p);
        } else add([...labels, k], 1, either * p);
      });
    }
    const whole = ({ ends }) => ends[0] + ends[1];
    beam = [...grown.values()].sort((a, b) => whole(b) - whole(a)).slice(0, width);
    beam = beam.filter((one) => whole(one) > 0);
  }
  return beam.map(({ labels, ends }) => ({ labels, p: ends[0] + ends[1] }));
}
