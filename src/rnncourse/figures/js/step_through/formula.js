// Equations as text of the page: they wrap on a phone, and need no typesetter in a notebook.

import { element, formatNumber } from "../base/dom.js";

const SMALLEST = 5e-5; // as in the words below the figure

const LETTER = /([A-Za-z]+)(?:\^\{([^}]*)\})?(?:_\{([^}]*)\})?/g;

/**
 * An equation: single letters in italics, `_{…}` below and `^{…}` above them (in this order: above,
 * then below), words such as tanh upright.
 */
export function formula(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LETTER)) {
    const [whole, letters, above, below] = match;
    parts.push(text.slice(end, match.index));
    parts.push(letters.length === 1 ? element("var", {}, letters) : letters);
    if (above) parts.push(element("sup", {}, above));
    if (below) parts.push(element("sub", {}, below));
    end = match.index + whole.length;
  }
  return element("span", { class: "rnnbook-formula" }, ...parts, text.slice(end));
}

/** A number as equations have it: four digits. What a shut gate lets through is shown as 0. */
export function inNumbers(value) {
  return formatNumber(Math.abs(value) < SMALLEST ? 0 : value, 4);
}

/** `w · x + …`, with parentheses around minus signs that follow another sign. */
export function writeProducts(products) {
  return products
    .map(([weight, number], index) => {
      const first = index === 0 ? inNumbers(weight) : inBrackets(weight);
      return `${first} · ${inBrackets(number)}`;
    })
    .join(" + ");
}

/** `10 + 9.95 − 5`: the signs between the numbers. */
export function writeSum(numbers) {
  return numbers.map((value, index) => (index === 0 ? inNumbers(value) : follow(value))).join(" ");
}

/** A number that follows a sign: in parentheses if it has one of its own. */
export function inBrackets(value) {
  return value < 0 ? `(${inNumbers(value)})` : inNumbers(value);
}

function follow(value) {
  return value < 0 ? `− ${inNumbers(-value)}` : `+ ${inNumbers(value)}`;
}
