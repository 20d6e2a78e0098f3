// What a figure shows, in words and numbers: to be walked through, and read off.

import { element, formatNumber, uniqueId } from "./dom.js";

/**
 * A fold with tables, which are made while it is open.
 *
 * @param {() => Array<{caption: string, head: string[], rows: Array<Array<string|number>>}>} values
 *   What the figure shows now; a row begins with its name.
 * @returns `root`, and `update()` for when the figure has changed.
 */
export function valuesFold(values) {
  const place = element("div", { class: "rnnbook-values" });
  const root = element("details", { ontoggle: update }, element("summary", {}, "Values"), place);
  function update() {
    if (root.open) place.replaceChildren(...values().flatMap(captionedTable));
  }
  return { root, update };
}

function captionedTable({ caption, head, rows }) {
  const id = uniqueId("values");
  const named = { "aria-labelledby": id };
  const cell = (tag, scope, value) => element(tag, { scope }, inWords(value));
  const row = ([name, ...values]) =>
    element("tr", {}, cell("th", "row", name), ...values.map((value) => cell("td", null, value)));
  const titles = element("tr", {}, ...head.map((title) => cell("th", "col", title)));
  const parts = [element("thead", {}, titles), element("tbody", {}, ...rows.map(row))];
  // On a phone a table may scroll: for the keyboard too.
  const scroller = { ...named, role: "group", tabindex: "0" };
  return [
    element("p", { id }, caption),
    element("div", scroller, element("table", named, ...parts)),
  ];
}

/** A number as the book writes it; a dash where there is none. */
function inWords(value) {
  if (typeof value === "string") return value;
  return Number.isNaN(value) ? "–" : formatNumber(value);
}
