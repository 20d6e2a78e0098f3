// The most confused pairs, and the names of the cell that is open.

import { button } from "../base/controls.js";
import { element, uniqueId } from "../base/dom.js";
import { capital } from "./words.js";

const PAIRS = 5;

/** The most confused pairs, a button each; `update` takes them, the lit class, the open cell. */
export function pairButtons(words, onOpen) {
  const id = uniqueId("pairs");
  const heading = element("p", { id });
  const list = element("div", { role: "group", "aria-labelledby": id });
  const root = element("div", { class: "rnnbook-confusion-pairs" }, heading, list);
  let [shown, buttons] = [[], []];
  return {
    root,
    update(pairs, lit, { truth, guess }) {
      const some = pairs.slice(0, PAIRS);
      // The focus stays on a button while the same pairs are shown.
      if (some.length !== shown.length || some.some((pair, n) => pair !== shown[n])) {
        shown = some;
        buttons = some.map(
          (pair) => button({ label: words.pair(pair), onClick: () => onOpen(pair) }).root,
        );
        list.replaceChildren(...buttons);
      }
      const none = lit < 0 ? "No two classes are confused." : "It is confused with no other.";
      const most = lit < 0 ? "Most confused" : "Where it is confused most";
      heading.textContent = some.length ? most : none;
      buttons.forEach((root, n) => {
        const pressed = shown[n].truth === truth && shown[n].guess === guess;
        root.setAttribute("aria-pressed", String(pressed));
      });
    },
  };
}

/** The names of a cell; `update` takes its row, its column and them. */
export function namesList(words) {
  const id = uniqueId("names");
  const heading = element("p", { id });
  const list = element("ul", { role: "list", "aria-labelledby": id });
  const scroller = { role: "group", tabindex: "0", "aria-labelledby": id };
  const root = element(
    "div",
    { class: "rnnbook-confusion-names" },
    heading,
    element("div", scroller, list),
  );
  return {
    root,
    update(truth, guess, texts) {
      heading.textContent = capital(words.cell(truth, guess));
      list.replaceChildren(
        ...texts.map((text) => element("li", {}, element("bdi", {}, text))),
      );
      list.parentElement.hidden = texts.length === 0;
      list.parentElement.scrollTop = 0;
    },
  };
}
