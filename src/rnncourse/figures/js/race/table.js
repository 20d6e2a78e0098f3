// The racers in numbers: what they are, and what came of them.

import { element, formatNumber } from "../base/dom.js";
import { standing } from "./standing.js";
import { halfOf, racerColor, racerName } from "./words.js";

const COLUMNS_OF_RACERS = ["H", "weights", "rate", "ms an update", "solved"];
const HALF = { updates: "half by update", seconds: "half by second" };

/** A table with a row for each cell; `update(race, axis)`. */
export function racersTable() {
  const column = (words) => element("th", { scope: "col" }, words);
  const half = column("");
  const head = element("tr", {}, element("td"), ...COLUMNS_OF_RACERS.map(column), half);
  const body = element("tbody");
  const table = element("table", {}, element("thead", {}, head), body);
  const root = element("div", { class: "rnnbook-race-table" }, table);
  return {
    root,
    update(race, axis) {
      const places = standing(race, axis);
      half.textContent = HALF[axis];
      body.replaceChildren(
        ...race.cells.map((cell) => rowOfRacer(cell, places.find((p) => p.cell === cell.cell), axis)),
      );
    },
  };
}

function rowOfRacer({ hidden_size, weights, lr, ms }, place, axis) {
  const ran = place.of > 0;
  const numbers = [
    String(hidden_size),
    formatNumber(weights, 4),
    formatNumber(lr),
    Number.isNaN(ms) ? "–" : formatNumber(ms, 2),
    ran ? `${place.solved} of ${place.of}` : "–",
    place.half < Infinity ? halfOf(place, axis) : "–",
  ];
  const mark = { "--mark": `var(--rnnbook-${racerColor(place)})` };
  const name = element("th", { scope: "row", style: mark }, racerName(place));
  return element("tr", {}, name, ...numbers.map((words) => element("td", {}, words)));
}
