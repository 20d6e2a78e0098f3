// Who comes out ahead, of a hundred comparisons: one bar in as many parts as there are outcomes.

import { element } from "../base/dom.js";

/**
 * @param {Array<{title, color}>} outcomes
 * @returns `root` and `update({ heading, counts })`, the counts as the outcomes, adding up to 100.
 */
export function outcomeBar(outcomes) {
  const heading = element("p", { class: "rnnbook-tries-heading" });
  const background = ({ color }) => ({ background: `var(--rnnbook-${color})` });
  const parts = outcomes.map((one) => element("span", { style: background(one) }));
  const counts = outcomes.map(() => element("b"));
  const keys = outcomes.map((one, i) =>
    element(
      "span",
      { class: "rnnbook-key" },
      element("span", { class: "rnnbook-swatch", style: background(one) }),
      element("span", {}, `${one.title} `, counts[i]),
    ),
  );
  return {
    root: element(
      "div",
      { class: "rnnbook-tries-outcome" },
      heading,
      element("div", { class: "rnnbook-tries-bar", "aria-hidden": "true" }, ...parts),
      element("div", { class: "rnnbook-tries-keys" }, ...keys),
    ),
    update(now) {
      heading.textContent = now.heading;
      now.counts.forEach((count, i) => {
        parts[i].style.setProperty("width", `${count}%`);
        counts[i].textContent = String(count);
      });
    },
  };
}
