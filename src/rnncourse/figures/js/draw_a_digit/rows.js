// The picture row by row, and beside each row how likely each digit is once it is read.

import { element } from "../base/dom.js";
import { INK, SIDE } from "./bitmap.js";
import { likeliest } from "./words.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const CLASSES = Array.from({ length: 10 }, (_, k) => k);
const PLACES = Array.from({ length: SIDE }, (_, k) => k);

/**
 * @param {(place: number) => void} onInk Ink is to be added to a pixel.
 * @returns `root`, and `update({ pixels, p, row, order, label })`: `p` is null of a blank picture;
 *   `order`, the rows as they are read; `label`, the map in words.
 */
export function rowsAndAnswers(onInk) {
  const cells = PLACES.map((y) =>
    PLACES.map((x) => element("span", { role: "gridcell", tabindex: x + y ? "-1" : "0" })),
  );
  const rows = cells.map((some) => element("div", { role: "row" }, ...some));
  const name = "The picture, 8 rows of 8 pixels. Arrow keys move, the space bar adds ink";
  const grid = element(
    "div",
    { class: "rnnbook-digit-pixels", role: "grid", "aria-label": name },
    ...rows,
  );
  const steps = PLACES.map(() => element("span"));
  const lines = PLACES.map(() => ({
    shades: CLASSES.map(() => element("span")),
    says: element("b"),
  }));
  const answers = lines.map(({ shades, says }) => element("div", {}, ...shades, says));
  const map = element(
    "div",
    { class: "rnnbook-digit-map", role: "img" },
    element("div", {}, ...CLASSES.map((k) => element("i", {}, String(k)))),
    ...answers,
  );
  const root = element(
    "div",
    { class: "rnnbook-digit-rows" },
    element("div", { class: "rnnbook-digit-steps", "aria-hidden": "true" }, ...steps),
    grid,
    map,
  );
  let at = [0, 0];

  const placeOf = (cell) => {
    const place = cells.flat().indexOf(cell);
    return place < 0 ? null : [Math.floor(place / SIDE), place % SIDE];
  };
  function look(to) {
    cells[at[0]][at[1]].tabIndex = -1;
    at = to;
    cells[at[0]][at[1]].tabIndex = 0;
    cells[at[0]][at[1]].focus({ preventScroll: true });
  }
  grid.addEventListener("click", ({ target }) => {
    const to = placeOf(target);
    if (!to) return;
    look(to);
    onInk(SIDE * to[0] + to[1]);
  });
  grid.addEventListener("keydown", (event) => {
    const { key, altKey, metaKey, ctrlKey } = event;
    if (altKey || metaKey || ctrlKey || (key !== " " && !ARROWS[key])) return;
    event.preventDefault();
    if (key === " ") onInk(SIDE * at[0] + at[1]);
    else look(at.map((value, k) => Math.min(Math.max(value + ARROWS[key][k], 0), SIDE - 1)));
  });

  return {
    root,
    update({ pixels, p, row, order, label }) {
      map.setAttribute("aria-label", label);
      order.forEach((y, t) => {
        const isRead = p !== null && t < row;
        for (const one of [rows[y], answers[y]]) {
          one.toggleAttribute("data-later", !isRead);
          one.toggleAttribute("data-now", isRead && t === row - 1);
        }
        steps[y].textContent = String(t + 1);
        PLACES.forEach((x) => {
          const ink = pixels[SIDE * y + x];
          cells[y][x].style.setProperty("--part", `${(100 * ink) / INK}%`);
          const words = `row ${y + 1}, column ${x + 1}: ${ink} of ${INK}`;
          cells[y][x].setAttribute("aria-label", words);
        });
        const { shades, says } = lines[y];
        const best = isRead ? likeliest(p[t]) : -1;
        shades.forEach((shade, k) => {
          shade.style.setProperty("--part", `${isRead ? (100 * p[t][k]).toFixed(1) : 0}%`);
          shade.toggleAttribute("data-best", k === best);
        });
        says.textContent = isRead ? String(best) : "";
      });
    },
  };
}
