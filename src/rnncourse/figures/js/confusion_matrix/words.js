// Cells, classes and all of the matrix in words.

import { mixedMost } from "./counts.js";

/** A share in whole per cents; 0 and 100 only where it is exactly that. */
export function percent(share) {
  if (share > 0 && share < 0.005) return "<\u00a01\u00a0%";
  if (share < 1 && share >= 0.995) return ">\u00a099\u00a0%";
  return `${Math.round(100 * share)}\u00a0%`;
}

/** What there is to say, in sentences, of `counted`, what `countGuesses` returned. */
export function matrixWords(classes, counted) {
  const { count, ofClass, called, pairsOf, right, total } = counted;
  const often = (truth, guess) => `${count(truth, guess)}\u00a0of\u00a0${ofClass(truth)}`;
  const cell = (truth, guess) => {
    const rightly = truth === guess ? ", rightly" : "";
    return `true ${classes[truth]}, taken for ${classes[guess]}${rightly}: ${often(truth, guess)}`;
  };
  const number = (value) => value.toLocaleString("en");
  return {
    cell,
    pair: ({ truth, guess }) => `${classes[truth]}, taken for ${classes[guess]}: ${often(truth, guess)}`,
    all() {
      const [most] = pairsOf(-1);
      const sum = `${number(right)} of ${number(total)} names are right (${percent(right / total)}).`;
      if (!most) return `${sum} No two classes are confused.`;
      const [truth, guess] = [classes[most.truth], classes[most.guess]];
      return `${sum} Most confused: ${truth}, taken for ${guess} (${often(most.truth, most.guess)}).`;
    },
    ofCell(truth, guess) {
      if (ofClass(truth) === 0) return `No name is in truth ${classes[truth]}.`;
      const share = percent(count(truth, guess) / ofClass(truth));
      const said = `${capital(cell(truth, guess))} names (${share}).`;
      if (truth === guess) return said;
      return `${said} The other way round: ${often(guess, truth)}.`;
    },
    ofClass(k) {
      const [name, hits] = [classes[k], count(k, k)];
      const found = ofClass(k)
        ? `${name}: ${hits} of its ${ofClass(k)} names are found (recall ${percent(hits / ofClass(k))}).`
        : `${name}: no name is of this class.`;
      const rightly = called(k)
        ? `Of ${called(k)} taken for ${name}, ${hits} are (precision ${percent(hits / called(k))}).`
        : `None is taken for ${name}.`;
      const j = mixedMost(counted, k);
      if (j < 0) return `${found} ${rightly} It is mixed up with no other.`;
      const ways = `${count(k, j)} taken for ${classes[j]}, ${count(j, k)} the other way round`;
      return `${found} ${rightly} It is mixed up most with ${classes[j]}: ${ways}.`;
    },
    ofShade(only) {
      const strongest = only ? strongestMistake(counted) : 1;
      if (!strongest) return "There are no mistakes to be seen.";
      const shown = only ? "What is right is hidden" : "What is right is shown again";
      return `${shown}: the strongest shade is ${percent(strongest)} of a row.`;
    },
  };
}

/** The largest share of a row that is off the diagonal. */
export function strongestMistake({ pairsOf }) {
  return Math.max(0, ...pairsOf(-1).map(({ share }) => share));
}

export function capital(words) {
  return words[0].toUpperCase() + words.slice(1);
}

/** Each class in numbers, as a table. */
export function classValues(classes, counted) {
  const { count, ofClass, called } = counted;
  const share = (part, whole) => (whole ? percent(part / whole) : "–");
  return {
    caption: "Each class: its names, those found, those taken for it, those of them that are.",
    head: ["class", "names", "found", "recall", "taken for it", "precision", "mixed up most with"],
    rows: classes.map((name, k) => {
      const [hits, other] = [count(k, k), mixedMost(counted, k)];
      const recall = [String(ofClass(k)), String(hits), share(hits, ofClass(k))];
      const precision = [String(called(k)), share(hits, called(k))];
      return [name, ...recall, ...precision, other < 0 ? "–" : classes[other]];
    }),
  };
}
