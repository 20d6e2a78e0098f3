// When the runs of one network learned it: a mark a run on an axis of updates, the others at "never".

import { element } from "../base/dom.js";

const AXIS = 80; // per cent of the width; "never" is beyond it
const NEVER = 95;

/**
 * @param {number} count How many runs a row has.
 * @param {number} most The updates that a run makes at most.
 * @returns `root` and `update({ title, runs, opened })`, with `[updates, accuracy, learned]` a run.
 */
export function updatesStrip(count, most) {
  const marks = Array.from({ length: count }, () =>
    element("span", { class: "rnnbook-lamps-mark" }),
  );
  const tick = (at, words) =>
    element("span", { class: "rnnbook-lamps-tick", style: { left: `${at}%` } }, words);
  const ticks = [0, most / 2, most].map((n) => tick((AXIS * n) / most, String(n)));
  const strip = element(
    "div",
    { class: "rnnbook-lamps-strip", role: "img" },
    ...marks,
    ...ticks,
    tick(NEVER, "never"),
  );
  const heading = element("p", { class: "rnnbook-lamps-heading" });
  return {
    root: element("div", { class: "rnnbook-lamps-updates" }, heading, strip),
    update({ title, runs, opened }) {
      heading.textContent = `“${title}”: updates until a run had learned it. Ringed: the opened run.`;
      strip.setAttribute("aria-label", stripInWords(title, runs));
      const above = new Map(); // how many marks a place has already
      runs.forEach(([updates, , learned], seed) => {
        const at = learned ? (AXIS * updates) / most : NEVER;
        const place = above.get(at) ?? 0;
        above.set(at, place + 1);
        marks[seed].style.setProperty("--at", `${at}%`);
        marks[seed].style.setProperty("--place", place);
        marks[seed].classList.toggle("rnnbook-lamps-mark-lit", learned);
        marks[seed].classList.toggle("rnnbook-lamps-mark-opened", seed === opened);
      });
    },
  };
}

function stripInWords(title, runs) {
  const after = runs.filter(([, , learned]) => learned).map(([updates]) => updates);
  const never = runs.length - after.length;
  const list = after.toSorted((a, b) => a - b).join(", ");
  const learned = list ? `learned it after ${list} updates; ` : "";
  return `“${title}”: ${learned}never, ${never} of ${runs.length} runs.`;
}
