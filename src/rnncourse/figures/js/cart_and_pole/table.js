// Who balanced how long: in the run that is shown first, and at best since the reader began.

import { element } from "../base/dom.js";
import { inSeconds } from "./words.js";

/** `root`, and `update({ firsts, bests, chosen, frozen })`; what has not changed is left alone. */
export function standingsTable(policies) {
  const event = element("th", { scope: "col" });
  const rows = policies.map(({ name }) => {
    const [first, best] = [element("td"), element("td")];
    const root = element("tr", {}, element("th", { scope: "row" }, name), first, best);
    return { root, first, best };
  });
  const titles = [element("th", { scope: "col" }, "who balances"), event];
  const head = element("tr", {}, ...titles, element("th", { scope: "col" }, "your best"));
  const root = element(
    "table",
    { class: "rnnbook-cart-table" },
    element("caption", { class: "rnnbook-hidden" }, "How long each of them has balanced the pole."),
    element("thead", {}, head),
    element("tbody", {}, ...rows.map((row) => row.root)),
  );
  return {
    root,
    update({ firsts, bests, chosen, frozen }) {
      write(event, frozen ? "frozen at 5\u00a0s" : "pushed at 5\u00a0s");
      rows.forEach((row, k) => {
        row.root.classList.toggle("rnnbook-cart-chosen", k === chosen);
        write(row.first, heldFor(firsts[k]));
        write(row.best, bests[k] ? inSeconds(bests[k]) : "–");
      });
    },
  };
}

/** How long a first run was balanced. */
export function heldFor({ fell, seconds }) {
  return fell ? inSeconds(seconds) : `${inSeconds(seconds)}, stands`;
}

function write(cell, words) {
  if (cell.textContent !== words) cell.textContent = words;
}
