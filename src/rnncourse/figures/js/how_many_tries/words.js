// What a comparison comes to, in words.

/** A cell in a sentence: `the simple network`, `the LSTM`. */
export function cellNamed({ kind, title }) {
  return `the ${title}${kind === "simple" ? " network" : ""}`;
}

export function triesEach(tries) {
  return `${tries} ${tries === 1 ? "try" : "tries"} each`;
}

/**
 * @param {object} found
 * @param {number} found.tries
 * @param {number} found.lead
 * @param {Array<{kind, title}>} found.cells
 * @param {number[]} found.counts Of a hundred comparisons, those in which each cell is ahead; last,
 *   those in which the best two are level.
 * @param {number} found.another Of a hundred, how often a second comparison says something else.
 */
export function describeComparison({ tries, lead, cells, counts, another }) {
  const again =
    another === 0
      ? "Compare again, and it says the same."
      : `Compare again, and it says something else ${another} times in 100.`;
  const ranked = cells
    .map((cell, i) => ({ name: cellNamed(cell), count: counts[i] }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
  const level = `the best two are within ${lead} of each other`;
  const opening = `With ${triesEach(tries)},`;
  if (ranked.length === 0) return `${opening} ${level} in all 100 comparisons. ${again}`;
  const [first, ...rest] = ranked;
  const others = rest.map(({ name, count }) => `, ${name} in ${count}`).join("");
  const none = counts.at(-1) > 0 ? `; in ${counts.at(-1)} ${level}` : "";
  const ahead = `${first.name} comes out ahead in ${first.count} of 100 comparisons`;
  return `${opening} ${ahead}${others}${none}. ${again}`;
}
