// The matrix: a grid of cells, one of which the keyboard reaches, and its key.

import { element } from "../base/dom.js";
import { strongestMistake, percent } from "./words.js";

const LEAST = 14; // percent: a single mistake is seen
const FINGER = 14; // pixels around a finger, in which a cell is meant
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const HELP =
  "A row is a true class, a column what it was taken for. Tap a cell to open it; by keyboard: " +
  "arrow keys and Enter.";

/**
 * The grid, with the classes' names where there is room, and what its shades mean.
 *
 * @param {string[]} classes
 * @param {object} counted What `countGuesses` returned.
 * @param {object} words What `matrixWords` returned.
 * @param {(cell: {truth, guess}) => void} onOpen
 *
 * `update` takes the open cell, `truth` and `guess`, the `lit` class or −1, and whether `only`
 * mistakes are shown.
 */
export function matrixGrid(classes, counted, words, onOpen) {
  const { K, count, ofClass } = counted;
  const places = Array.from({ length: K * K }, (_, n) => ({ truth: Math.floor(n / K), guess: n % K }));
  const cells = places.map(({ truth, guess }) =>
    element("div", {
      role: "gridcell",
      tabindex: "-1",
      class: truth === guess ? "rnnbook-confusion-right" : null,
      "aria-label": words.cell(truth, guess),
    }),
  );
  const heads = ["rows", "columns"].map((way) =>
    element(
      "div",
      { class: `rnnbook-confusion-${way}`, "aria-hidden": "true" },
      ...classes.map((name) => element("span", {}, name)),
    ),
  );
  const rows = classes.map((_, k) => element("div", { role: "row" }, ...cells.slice(k * K, (k + 1) * K)));
  const grid = element("div", { role: "grid", "aria-label": "Confusion matrix" }, ...rows);
  const bands = ["row", "column"].map((way) => element("div", { class: `rnnbook-confusion-${way}` }));
  const help = element("p", {}, HELP);
  const pointed = element("p", { "aria-hidden": "true" });
  const hint = element("div", { class: "rnnbook-confusion-hint" }, help, pointed);
  const key = element("div", { class: "rnnbook-legend" });
  const matrix = element("div", { class: "rnnbook-confusion-matrix" }, grid, ...bands);
  const table = element("div", { class: "rnnbook-confusion-table" }, heads[1], heads[0], matrix);
  const root = element("div", { style: { "--k": K } }, table, hint, key);
  let reached = 0; // the cell that the keyboard comes to

  const placeOf = (target) => cells.indexOf(target.closest("[role=gridcell]"));
  const reach = (n) => {
    cells[reached].tabIndex = -1;
    cells[n].tabIndex = 0;
    reached = n;
  };
  const point = (n) => {
    hint.classList.toggle("rnnbook-confusion-pointed", n >= 0);
    if (n >= 0) pointed.textContent = words.cell(places[n].truth, places[n].guess);
  };
  const pointAtFocus = () => point(placeOf(document.activeElement));

  grid.addEventListener("keydown", (event) => {
    const n = placeOf(event.target);
    if (n < 0 || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") onOpen(places[n]);
    else {
      const next = nextPlace(places[n], event, K);
      if (!next) return;
      const to = next.truth * K + next.guess;
      reach(to);
      cells[to].focus();
    }
    event.preventDefault();
  });
  grid.addEventListener("click", (event) => {
    const n = placeOf(event.target);
    if (n < 0) return;
    const meant = event.pointerType === "touch" ? nearFinger(event, n) : n;
    reach(meant);
    cells[meant].focus({ preventScroll: true });
    onOpen(places[meant]);
  });
  grid.addEventListener("focusin", pointAtFocus);
  grid.addEventListener("focusout", () => point(-1));
  grid.addEventListener("pointerover", ({ target }) => point(placeOf(target)));
  grid.addEventListener("pointerleave", pointAtFocus);

  /** The cell that a finger means: where it is empty, the nearest one that is not. */
  function nearFinger({ clientX, clientY }, n) {
    const isEmpty = (cell) => cell.style.getPropertyValue("--shade") === "0%";
    if (!isEmpty(cells[n])) return n;
    let [best, least] = [n, FINGER];
    cells.forEach((cell, other) => {
      if (isEmpty(cell)) return;
      const { left, top, width, height } = cell.getBoundingClientRect();
      const away = Math.hypot(left + width / 2 - clientX, top + height / 2 - clientY);
      if (away < least) [best, least] = [other, away];
    });
    return best;
  }

  return {
    root,
    update({ truth, guess, lit, only }) {
      const strongest = only ? strongestMistake(counted) || 1 : 1;
      grid.classList.toggle("rnnbook-confusion-only", only);
      cells.forEach((cell, n) => {
        const [row, column] = [places[n].truth, places[n].guess];
        const share = count(row, column) / ofClass(row) || 0;
        cell.style.setProperty("--shade", only && row === column ? "0%" : shadeOf(share / strongest));
        cell.setAttribute("aria-selected", String(row === truth && column === guess));
      });
      if (!grid.contains(document.activeElement)) reach(truth * K + guess);
      for (const band of bands) {
        band.hidden = lit < 0;
        band.style.setProperty("--lit", lit);
      }
      [truth, guess].forEach((open, way) => {
        [...heads[way].children].forEach((head, k) => {
          head.className = k === open || k === lit ? "rnnbook-confusion-here" : "";
        });
      });
      key.replaceChildren(...keyOf(only, strongest));
    },
  };
}

/** Where a key leads from a cell; nothing if it is none of ours. */
function nextPlace({ truth, guess }, { key, ctrlKey }, K) {
  const within = (k) => Math.min(Math.max(k, 0), K - 1);
  const step = STEPS[key];
  if (step && !ctrlKey) return { truth: within(truth + step[0]), guess: within(guess + step[1]) };
  if (key === "PageUp") return { truth: 0, guess };
  if (key === "PageDown") return { truth: K - 1, guess };
  if (key === "Home") return { truth: ctrlKey ? 0 : truth, guess: 0 };
  if (key === "End") return { truth: ctrlKey ? K - 1 : truth, guess: K - 1 };
  return null;
}

/** How strong the shade of a share is: by its root, or a single mistake would not be seen. */
function shadeOf(share) {
  return share > 0 ? `${(LEAST + (100 - LEAST) * Math.sqrt(share)).toFixed(1)}%` : "0%";
}

function keyOf(only, strongest) {
  const bar = (kind) => {
    const stops = [0, 0.01, 0.04, 0.09, 0.16, 0.25, 0.36, 0.49, 0.64, 0.81, 1].map((share) => {
      const mixed = `color-mix(in srgb, var(--hue) ${shadeOf(share)}, var(--none))`;
      return `${mixed} ${Math.round(100 * share)}%`;
    });
    const style = { background: `linear-gradient(90deg, ${stops.join(", ")})` };
    return element("span", { class: `rnnbook-bar rnnbook-confusion-${kind}`, style });
  };
  const kinds = only ? ["mistake"] : ["right", "mistake"];
  return [
    ...kinds.flatMap((kind) => [kind === "right" ? "right" : "mistaken", bar(kind)]),
    `0 to ${percent(strongest)} of a row`,
  ];
}
