// How often each class was taken for each.

const FIRST_LETTER = "A".charCodeAt(0); // class 0

/**
 * @param {string[]} texts For each true class its names, a line each.
 * @param {string[]} guessed For each true class the guesses, a letter each.
 * @returns `K`, `total` and `right`; `count(truth, guess)`, `ofClass(k)`, how many names are of a
 *   class, and `called(k)`, how many were taken for it; `textsOf(truth, guess)`, the names of a
 *   cell; `pairsOf(k)`, the confused pairs with class k, or all for −1, the most confused first.
 */
export function countGuesses(texts, guessed) {
  const K = guessed.length;
  const cells = guessed.map(() => Array.from({ length: K }, () => []));
  guessed.forEach((letters, truth) => {
    const lines = texts[truth].split("\n");
    [...letters].forEach((letter, n) => {
      cells[truth][letter.charCodeAt(0) - FIRST_LETTER].push(lines[n]);
    });
  });
  const count = (truth, guess) => cells[truth][guess].length;
  const all = [...cells.keys()];
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const ofClass = (k) => sum(all.map((guess) => count(k, guess)));
  const pairs = all
    .flatMap((truth) => all.map((guess) => ({ truth, guess, count: count(truth, guess) })))
    .filter((pair) => pair.truth !== pair.guess && pair.count > 0)
    .map((pair) => ({ ...pair, share: pair.count / ofClass(pair.truth) }))
    .sort((a, b) => b.count - a.count || b.share - a.share);
  return {
    K,
    total: sum(all.map(ofClass)),
    right: sum(all.map((k) => count(k, k))),
    count,
    ofClass,
    called: (k) => sum(all.map((truth) => count(truth, k))),
    textsOf: (truth, guess) => cells[truth][guess],
    pairsOf: (k) => pairs.filter(({ truth, guess }) => k < 0 || truth === k || guess === k),
  };
}

/** The class that a class is mixed up with most, both ways taken together; −1 if with none. */
export function mixedMost({ K, count }, k) {
  const both = Array.from({ length: K }, (_, j) => (j === k ? 0 : count(k, j) + count(j, k)));
  const most = Math.max(...both);
  return most > 0 ? both.indexOf(most) : -1;
}
