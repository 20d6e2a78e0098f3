// The letters that are likeliest to come next, as bars: what the network gives them, what is drawn.

import { element } from "../base/dom.js";
import { visibleLetter, wholePercent } from "../base/letters.js";

const SHOWN = 10;

/**
 * A table with a bar a letter: its outline is what the network gives, what fills it is how probably
 * it is drawn. What is cut out is struck, and its bar stays hollow.
 *
 * `update` takes the `caption`, the probabilities `p`, their `order`, the `chances`, and the letter
 * that `came`, by its number, or −1.
 */
export function nextTable(characters) {
  const caption = element("caption");
  const rows = Array.from({ length: Math.min(SHOWN, characters.length) }, () => {
    const parts = { name: element("span"), given: element("td"), drawn: element("td") };
    const heading = element("th", { scope: "row" }, parts.name);
    const root = element("tr", {}, heading, parts.given, parts.drawn);
    return { root, ...parts };
  });
  const head = ["Next", "Given", "Drawn"].map((words) => element("th", { scope: "col" }, words));
  const root = element(
    "table",
    { class: "rnnbook-write-next" },
    caption,
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows.map((row) => row.root)),
  );
  return {
    root,
    update({ caption: words, p, order, chances, came }) {
      caption.textContent = words;
      rows.forEach(({ root, name, given, drawn }, place) => {
        const k = order[place];
        const cut = chances[k] === 0;
        name.textContent = letterName(characters, k);
        root.classList.toggle("rnnbook-write-cut", cut);
        root.classList.toggle("rnnbook-write-came", k === came);
        given.textContent = wholePercent(p[k]);
        given.style.setProperty("--given", p[k].toFixed(4));
        given.style.setProperty("--drawn", chances[k].toFixed(4));
        drawn.textContent = chanceInWords(characters, chances, k);
      });
    },
  };
}

/** A letter of the alphabet by its number; the last stands for all that it lacks. */
export function letterName(characters, k) {
  return k === characters.length - 1 ? "any other" : visibleLetter(characters[k]);
}

export function chanceInWords(characters, chances, k) {
  if (chances[k] > 0) return wholePercent(chances[k]);
  return k === characters.length - 1 ? "never" : "cut";
}
