// What else could have been written: the likeliest tokens of a step, and a beam's whole texts.

import { element } from "../base/dom.js";
import { wholePercent } from "../base/letters.js";

const SHOWN = 3;

/**
 * The three likeliest tokens of a step, as bars.
 *
 * `update` takes the `caption`, and the `names` and probabilities `p` of all, the likeliest first;
 * none, and the place is kept free.
 */
export function candidateTable() {
  const caption = element("caption");
  const rows = Array.from({ length: SHOWN }, () => {
    const parts = { name: element("th", { scope: "row" }), given: element("td") };
    return { root: element("tr", {}, parts.name, parts.given), ...parts };
  });
  const root = element(
    "table",
    { class: "rnnbook-translator-next" },
    caption,
    element("tbody", {}, ...rows.map((row) => row.root)),
  );
  return {
    root,
    update({ caption: words, names, p }) {
      caption.textContent = words;
      rows.forEach(({ root, name, given }, place) => {
        root.classList.toggle("rnnbook-translator-none", !names[place]);
        name.textContent = names[place] ?? "–";
        given.textContent = names[place] ? wholePercent(p[place]) : "–";
        given.style.setProperty("--given", p[place] ?? 0);
      });
    },
  };
}

/** A fold with what a beam finds; `update(search, line)` when the figure has changed. */
export function beamFold(width, unit) {
  const list = element("ol");
  const note = element("p");
  let search = () => [];
  let greedy = "";
  const root = element(
    "details",
    { class: "rnnbook-translator-beam", ontoggle: draw },
    element("summary", {}, `What a beam of ${width} finds`),
    list,
    note,
  );

  function draw() {
    if (!root.open) return;
    const found = search();
    const item = ({ line, p }) => element("li", {}, element("b", {}, line), ` ${wholePercent(p)}`);
    list.replaceChildren(...found.map(item));
    note.textContent = beamInWords(found, greedy, width, unit);
  }

  return {
    root,
    update(find, line) {
      [search, greedy] = [find, line];
      draw();
    },
  };
}

/** What a beam is, and whether its likeliest target is what the likeliest characters make. */
export function beamInWords(found, line, width, unit) {
  if (found.length === 0) return "There is nothing to translate.";
  const same = found[0].line === line;
  const sum = found.reduce((total, { p }) => total + p, 0);
  const all = found.length === 1 ? "It has" : "Together they have";
  return (
    `A beam keeps the ${width} likeliest beginnings at each step. ` +
    `The likeliest text is ${same ? "the one" : "not the one"} that the likeliest ${unit} at ` +
    `each step makes${same ? "" : `, ${line}`}. ${all} ${wholePercent(sum)} of the probability.`
  );
}
