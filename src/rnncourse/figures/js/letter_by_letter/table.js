// The guesses as a table: a row a letter, the likeliest classes beside it.

import { element } from "../base/dom.js";
import { visibleLetter, wholePercent } from "../base/letters.js";

const GUESSES = ["First guess", "Second", "Third"];

/** A table as that of Python's `LetterByLetter.still`; how probable a guess is also colours it. */
export function guessTable(word, rows, classes) {
  const heads = GUESSES.slice(0, classes.length);
  const heading = (words) => element("th", { scope: "col" }, words);
  return element(
    "table",
    { class: "rnnbook-letters" },
    element(
      "caption",
      {},
      `What the network takes “${word}” for, letter by letter. ⇄ it changes its mind`,
    ),
    element("thead", {}, element("tr", {}, ...["Read so far", ...heads].map(heading))),
    element("tbody", {}, ...rows.map((row) => letterRow(row, heads.length, classes))),
  );
}

function letterRow({ before, letter, known, p, order, turned }, shown, classes) {
  const newest = element("b", {}, visibleLetter(letter));
  const unknown = known ? [] : [" ", element("small", {}, "unknown letter")];
  const guesses = order.slice(0, shown).map((k, place) => {
    const share = `${Math.round(100 * p[k])}%`;
    const sign = turned && place === 0 ? [turnSign(), " "] : [];
    const words = [`${classes[k]} `, element("span", {}, wholePercent(p[k]))];
    return element("td", { style: { "--share": share } }, ...sign, ...words);
  });
  return element("tr", {}, element("th", { scope: "row" }, before, newest, ...unknown), ...guesses);
}

function turnSign() {
  const named = { role: "img", "aria-label": "changes its mind:" };
  return element("span", { class: "rnnbook-letters-turn", ...named }, "⇄");
}

/** All classes that were ever among the first three, the likeliest in the end first, in per cent. */
export function guessValues(word, rows, classes) {
  const met = new Set(rows.flatMap(({ order }) => order.slice(0, GUESSES.length)));
  const columns = rows.at(-1).order.filter((k) => met.has(k));
  return {
    caption: `“${word}”: how probable each class is after each letter.`,
    head: ["read so far", ...columns.map((k) => classes[k])],
    rows: rows.map(({ before, letter, p }) => [
      before + visibleLetter(letter),
      ...columns.map((k) => wholePercent(p[k])),
    ]),
  };
}
