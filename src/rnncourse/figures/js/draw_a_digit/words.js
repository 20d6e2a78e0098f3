// What the network says row by row, in words.

import { wholePercent } from "../base/letters.js";
import { SIDE } from "./bitmap.js";

const MOST_TURNS = 3; // changes of mind that are told one by one
const READ_AS = { up: "from the bottom up", shuffled: "in shuffled order" };

export const likeliest = (p) => p.indexOf(Math.max(...p));

/**
 * When it changes its mind, and where it ends.
 *
 * @param {object} reading
 * @param {number[][]|null} reading.p How likely each digit is after each row; null of no picture.
 * @param {number} reading.row How many rows are read.
 * @param {string} reading.order
 * @param {number} [reading.label] What the digit is, if it is known.
 * @param {object} [reading.score] Of all examples `of`, how many are read `right` so, and `down`.
 */
export function describeAnswers({ p, row, order, label, score }) {
  if (!p) return "The picture is blank: draw a digit on the board, or add ink by keyboard.";
  const said = p.slice(0, row).map(likeliest);
  const sure = (t) => wholePercent(p[t][said[t]]);
  const turns = said.flatMap((digit, t) => (t > 0 && digit !== said[t - 1] ? [t] : []));
  const after = (t) => (order === "down" ? `after row ${t + 1}` : `after ${t + 1} of ${SIDE} rows`);
  const first = `${after(0)} it says ${said[0]} (${sure(0)})`;
  const begin = order === "down" ? capital(first) : `Read ${READ_AS[order]}, ${first}`;
  return `${begin}${changes()}.${ending()}${scored()}`;

  function changes() {
    const to = (t) => `${after(t)} to ${said[t]} (${sure(t)})`;
    if (turns.length > MOST_TURNS) {
      return `; it changes its mind ${turns.length} times, at last ${to(turns.at(-1))}`;
    }
    const [t, ...more] = turns;
    if (t === undefined) return "";
    const told = [`; ${after(t)} it changes its mind to ${said[t]} (${sure(t)})`, ...more.map(to)];
    return told.join(", ");
  }

  function ending() {
    const last = row - 1;
    const stays = turns.length ? "" : "It stays with it: ";
    if (row < SIDE) {
      if (row === 1 || turns.at(-1) === last) return "";
      return stays
        ? ` ${stays}${after(last)}, ${sure(last)}.`
        : ` ${capital(after(last))}: ${sure(last)}.`;
    }
    const end = stays
      ? `${stays}in the end, ${sure(last)}`
      : `In the end it says ${said[last]}, ${sure(last)}`;
    if (label === undefined) return ` ${end}.`;
    return ` ${end}, ${said[last] === label ? "and it is" : "but it is"} ${aDigit(label)}.`;
  }

  function scored() {
    if (order === "down" || row < SIDE || !score?.of) return "";
    const { right, down, of } = score;
    return (
      ` It was trained from the top down: of ${of} examples it reads ${down} right in that ` +
      `order, and ${right} ${READ_AS[order]}.`
    );
  }
}

/** The map in words. */
export function describeMap(p, row) {
  if (!p) return "No answers: the picture is blank.";
  const told = (one) => `${likeliest(one)} (${wholePercent(Math.max(...one))})`;
  const said = p.slice(0, row).map(told);
  return `How likely each digit is after each row. The likeliest: ${said.join(", ")}.`;
}

export const aDigit = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;
const capital = (words) => words[0].toUpperCase() + words.slice(1);
