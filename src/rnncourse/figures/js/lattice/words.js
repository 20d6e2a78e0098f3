// What a path, a state and a frame of the lattice mean, in words.

import { formatNumber } from "../base/dom.js";
import { wholePercent } from "../base/letters.js";
import { BLANK, cameFrom, isAllowed, missingJump } from "./ctc.js";

const MERGE = "without a blank between them, the two would merge into one";
const TOGETHER = "\u2060\u00a0"; // no line ends there, not even after a dash
const ARRIVALS = ["stay", "one on", "jump"];
const TOO_EARLY = "No path comes there so early.";
const TOO_LATE = "From there the word is no longer finished in time.";

/** A labelling in a sentence. */
export function quotedWord(word) {
  return word ? `“${word}”` : "nothing";
}

/** A probability as the figure writes it. */
export function shortNumber(p) {
  return formatNumber(p, 2);
}

/** What a cell has room for: `0.62`, `0.004`, `4·10⁻⁵`. */
export function cellNumber(p) {
  if (p === 0 || p >= 0.0095) return p ? p.toFixed(2) : "0";
  if (p >= 0.00095) return p.toFixed(3);
  return formatNumber(p, 1).replaceAll("\u00a0", "");
}

/** A word that needs more frames than there are. */
export function describeNeed(word, T, needed) {
  return (
    `${quotedWord(word)} needs at least ${frames(needed)}: one a letter, and one more between ` +
    `equal letters. Here there ${T === 1 ? "is" : "are"} ${T}.`
  );
}

/** How many paths a word has, and what they are worth. */
export function describeTotal({ word, T, paths, total, needed }) {
  if (paths === 0) return describeNeed(word, T, needed);
  const many = `${paths.toLocaleString("en")} path${paths === 1 ? "" : "s"}`;
  return `${quotedWord(word)}: ${many} through ${frames(T)}, together p\u00a0=\u00a0${shortNumber(total)}`;
}

/**
 * A path, or the beginning of one, what it collapses to, and what it is worth.
 *
 * @param {object} shown What the figure shows: `spelled`, the path in symbols; `collapsed`; `p`, of
 *   the path; and of the word `word`, `T`, `paths`, `total` and `needed`.
 */
export function describePath({ word, T, paths, total, needed, spelled, collapsed, p, blank }) {
  if (paths === 0) return describeNeed(word, T, needed);
  const named = quotedWord(word);
  if (spelled.length === 0) {
    const first = word ? ` or in “${[...word][0]}”, the second` : "";
    return `No path yet. It starts in the blank, the first row${first}, of frame 1.`;
  }
  const said = spelled.map((symbol) => (symbol === blank ? "blank" : symbol)).join(" ");
  const so = quotedWord(collapsed);
  if (spelled.length < T) {
    return `So far ${said}: it collapses to ${so}. Go on in frame ${spelled.length + 1} of ${T}.`;
  }
  const start = `The path ${said} collapses to ${so}.`;
  if (total === 0) return `${start} But these frames rule ${named} out: all its paths have 0.`;
  const each = `It has probability ${shortNumber(p)}`;
  if (paths === 1) return `${start} ${each}, and no other path does so.`;
  return (
    `${start} ${each}: ${wholePercent(p / total)} of the ${shortNumber(total)} that the ` +
    `${paths.toLocaleString("en")} paths of ${named} have together.`
  );
}

/** What reading frame by frame finds, and what a beam finds. */
export function describeGreedy({ best, collapsed, found, width }) {
  const other = found[0].word === collapsed ? "none that is likelier" : "a likelier one";
  const some = found.map(({ word, p }) => `${quotedWord(word)} ${shortNumber(p)}`).join(", ");
  return (
    `The best symbols of the frames, ${best.join(TOGETHER)}, collapse to ${quotedWord(collapsed)}. ` +
    `A beam of ${width} finds ${other}: ${some}.`
  );
}

/**
 * A state in a frame, and the sum that leads there.
 *
 * @param {object} shown What the figure shows: `labels`, `symbols`, `y`, the `lattice` and `counts`.
 * @param {number} t The frame, from 0.
 * @param {number} s The state, from 0.
 * @param {string} numbers What the cells show.
 */
export function describeState(shown, t, s, numbers) {
  const { labels, y, lattice, counts } = shown;
  const [k, a] = [labels[s], numbers === "counted" ? counts.alpha : lattice.alpha];
  const where = `Frame ${t + 1}, ${nameOfState(shown, s)}: `;
  if (counts.alpha[t][s] === 0) return `${where}no path comes here so early.`;
  const late = counts.beta[t][s] === 0 ? ` ${TOO_LATE}` : "";
  const arrivals = cameFrom(labels, s).map((from) => [a[t - 1]?.[from], ARRIVALS[s - from]]);
  const parts = (write) =>
    arrivals.map(([value, how]) => `${write(value)}\u00a0(${how})`).join(" + ");
  let sum;
  if (numbers === "given") {
    sum = `the network gives ${k === BLANK ? "the blank" : `“${shown.symbols[k]}”`} ${shortNumber(y[t][k])}.`;
  } else if (numbers === "where") {
    const share = shortNumber(lattice.occupancy[t][s]);
    const [alpha, beta] = [lattice.alpha[t][s], lattice.beta[t][s]].map(shortNumber);
    sum = `α β / p = ${alpha} × ${beta} / ${shortNumber(lattice.total)} = ${share}.`;
  } else if (t === 0) {
    sum = numbers === "counted" ? "1 way, it starts here." : `α = y = ${shortNumber(a[t][s])}.`;
  } else if (numbers === "counted") {
    sum = `${parts(String)} = ${a[t][s]} way${a[t][s] === 1 ? "" : "s"} to here.`;
  } else {
    sum = `α = ${shortNumber(y[t][k])} × [${parts(shortNumber)}] = ${shortNumber(a[t][s])}.`;
  }
  return `${where}${sum}${late}${whyMissing(labels, s)}`;
}

/** A frame's sums over its states. */
export function describeFrame({ word, lattice, counts }, t, numbers) {
  const sum = (row) => row.reduce((all, value) => all + value, 0);
  const always = "in this frame as in every other";
  if (numbers === "counted") {
    const [here, all] = [sum(counts.alpha[t]), counts.total];
    return `Frame ${t + 1}: ${here} ways to its states; times the ways on, they make ${all}, ${always}.`;
  }
  return (
    `Frame ${t + 1}: α adds up to ${shortNumber(sum(lattice.alpha[t]))} over its states; ` +
    `Σ α β = ${shortNumber(lattice.total)} = p(${word || "nothing"}), ${always}.`
  );
}

/** Why a path cannot go on in state `s` of frame `t`; nothing if it can. */
export function whyNot({ word, T, needed, labels, counts, path }, t, s) {
  if (counts.total === 0) return describeNeed(word, T, needed);
  if (counts.alpha[t][s] === 0) return TOO_EARLY;
  if (counts.beta[t][s] === 0) return TOO_LATE;
  if (t > path.length) return `The path goes on in frame ${path.length + 1}.`;
  if (t === 0 || isAllowed(labels, path[t - 1], s)) return "";
  if (s < path[t - 1]) return "A path never goes back to a row above.";
  if (missingJump(labels, s) === path[t - 1]) return `No arrow between equal letters: ${MERGE}.`;
  return "No arrow: a path stays, goes one on, or jumps over the blank between different letters.";
}

/** A state by name: “e” (letter 2), or the blank after it. */
export function nameOfState({ labels, symbols }, s) {
  if (labels[s] !== BLANK) return `“${symbols[labels[s]]}” (letter ${(s + 1) / 2})`;
  if (labels.length === 1) return "the blank";
  return s === 0 ? "the first blank" : `the blank after letter ${s / 2}`;
}

function whyMissing(labels, s) {
  if (missingJump(labels, s) >= 0) return ` No jump from the equal letter above: ${MERGE}.`;
  if (missingJump(labels, s + 2) === s) return ` No jump to the equal letter below: ${MERGE}.`;
  return "";
}

function frames(count) {
  return `${count} frame${count === 1 ? "" : "s"}`;
}
