// Where each cell stands, in numbers.

import { element, formatNumber } from "../base/dom.js";
import { CELL_NAMES, sizeInWords } from "./words.js";

const COLUMNS_SHOWN = ["", "step", "loss", "baseline", "right", "reach", "length"];
const COLUMN_TITLES = {
  loss: "mean loss of 40 sequences that training never sees",
  baseline: "the least loss of an answer that looks at no input",
  right: "share of right answers to these sequences",
  reach: "the gradient that reaches the first input, as a share of that at the last",
  length: "length of the whole gradient before clipping",
};

/** A table with a row for each cell; `update(runs)`. */
export function standingTable() {
  const head = COLUMNS_SHOWN.map((words) =>
    words === ""
      ? element("td")
      : element("th", { scope: "col", title: COLUMN_TITLES[words] }, words),
  );
  const body = element("tbody");
  const root = element(
    "div",
    { class: "rnnbook-playground-standing" },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), body),
    element(
      "p",
      { class: "rnnbook-playground-key" },
      "Reach: the gradient at the first input, as a share of that at the last. ",
      "Length: of the whole gradient, before clipping.",
    ),
  );
  return {
    root,
    update(runs) {
      body.replaceChildren(...runs.map(rowOf));
    },
  };
}

function rowOf(run) {
  const numbers = [
    String(run.steps),
    run.diverged ? "not a number" : formatNumber(run.loss, 2),
    formatNumber(run.baseline, 2),
    run.accuracy === null ? "–" : `${Math.round(100 * run.accuracy)} %`,
    sizeInWords(run.reach()),
    sizeInWords(run.latest.gradNorm),
  ];
  const mark = `var(--rnnbook-${run.cell === "relu" ? "simple" : run.cell})`;
  return element(
    "tr",
    {},
    element("th", { scope: "row", style: { "--mark": mark } }, CELL_NAMES[run.cell]),
    ...numbers.map((words) => element("td", {}, words)),
  );
}
