// The map of attention: a row a token that is written, a column a letter or word that is read.

import { element } from "../base/dom.js";
import { quotedLetter, visibleLetter, wholePercent } from "../base/letters.js";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const HEAD = -1; // the row of the letters themselves
const AIR = 4; // pixels beside a cell that is scrolled to

/**
 * A grid, one cell of which the keyboard reaches.
 *
 * @param {object} options
 * @param {object} options.kind What is typed, see `kindOf`.
 * @param {(at: {row, column}) => void} options.onLook Another cell is looked at; row −1 are the
 *   letters.
 * @param {(column: number) => void} options.onBlock A letter is to be blocked, or let through.
 * @param {(column: number, letter: string) => void} options.onReplace
 *
 * `update` takes the `letters`, the `blocked` ones, a `row` of words, weights and what was written
 * before for each token that is written, of the `total` that there will be; `at`, the cell that is looked at, and the step that
 * is `seen` while `at` is a letter.
 */
export function attentionMap({ kind, onLook, onBlock, onReplace }) {
  const label =
    `Attention: a row a ${kind.unit} that is written, a column a ${kind.token} that is read. ` +
    `Arrow keys move, Enter blocks a ${kind.token}` +
    (kind.isOfWords ? "" : ", and a character typed on a letter replaces it");
  const head = element("tr");
  const rows = Array.from({ length: kind.steps }, () => element("tr"));
  const parts = [element("thead", {}, head), element("tbody", {}, ...rows)];
  const table = element(
    "table",
    { class: "rnnbook-translator-map", role: "grid", "aria-label": label },
    ...parts,
  );
  const root = element("div", { class: "rnnbook-translator-scroll" }, table);
  let [shown, at, count] = [null, { row: HEAD, column: 0 }, 0];

  const cellOf = ({ row, column }) => (row === HEAD ? head : rows[row]).cells[column + 1];
  const placeOf = (target) => {
    const cell = target.closest("th, td");
    const row = rows.indexOf(cell?.parentElement);
    if (!cell || (row < 0 && cell.parentElement !== head)) return null;
    const column = cell.cellIndex - 1;
    return { row, column: column < 0 ? at.column : column };
  };

  table.addEventListener("click", ({ target }) => {
    const to = placeOf(target);
    if (!to || !shown?.letters.length) return;
    look({ row: Math.min(to.row, count - 1), column: to.column });
  });
  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.ctrlKey || !shown?.letters.length) return;
    const { key } = event;
    const last = shown.letters.length - 1;
    if (key === "Enter" || key === " ") onBlock(at.column);
    else if (MOVES[key] || key === "Home" || key === "End") {
      const [down, right] = MOVES[key] ?? [0, key === "Home" ? -last : last];
      const within = (value, low, high) => Math.min(Math.max(value, low), high);
      const row = within(at.row + down, HEAD, count - 1);
      look({ row, column: within(at.column + right, 0, last) });
    } else if (!kind.isOfWords && at.row === HEAD && [...key].length === 1) onReplace(at.column, key);
    else return;
    event.preventDefault();
  });

  function look(to) {
    onLook(to);
    cellOf(at)?.focus({ preventScroll: true });
  }

  /** Scroll the map, and never the page, so far that the cell is seen beside the rows' heads. */
  function reveal() {
    const [box, cell] = [root.getBoundingClientRect(), cellOf(at)?.getBoundingClientRect()];
    if (!cell) return;
    const left = box.left + head.cells[0].offsetWidth + AIR;
    if (cell.left < left) root.scrollLeft -= left - cell.left;
    else if (cell.right > box.right - AIR) root.scrollLeft += cell.right - box.right + AIR;
  }

  function lay({ letters }) {
    const cells = (tag, more) => letters.map(() => element(tag, { tabindex: "-1", ...more }));
    table.style.setProperty("--letters", Math.max(letters.length, 1));
    head.replaceChildren(element("td"), ...cells("th", { scope: "col" }));
    for (const row of rows) row.replaceChildren(element("th", { scope: "row" }), ...cells("td"));
  }

  return {
    root,
    update({ letters, blocked, lines, total, at: looked, seen }) {
      const focused = table.contains(document.activeElement);
      if (shown?.letters.length !== letters.length) lay({ letters });
      if (cellOf(at)) cellOf(at).tabIndex = -1;
      [shown, at, count] = [{ letters }, looked, lines.length];
      letters.forEach((letter, s) => {
        const isBlocked = blocked.includes(s);
        const cell = head.cells[s + 1];
        cell.textContent = visibleLetter(letter);
        cell.classList.toggle("rnnbook-translator-blocked", isBlocked);
        cell.classList.toggle("rnnbook-translator-here", s === at.column);
        cell.setAttribute("aria-label", `${quotedLetter(letter)}${isBlocked ? ", blocked" : ""}`);
      });
      rows.forEach((row, t) => {
        row.hidden = kind.isOfWords && t >= Math.max(total, 1); // a date has as many as there are
        drawRow(row, lines[t], t);
      });
      if (!letters.length) return;
      cellOf(at).tabIndex = 0;
      if (focused) cellOf(at).focus({ preventScroll: true });
      reveal();

      function drawRow(row, line, t) {
        row.classList.toggle("rnnbook-translator-here", t === seen);
        row.classList.toggle("rnnbook-translator-changed", Boolean(line?.before));
        const before = line?.before ? [" ", element("del", {}, line.before)] : [];
        row.cells[0].replaceChildren(line?.name ?? "", ...before);
        letters.forEach((letter, s) => {
          const cell = row.cells[s + 1];
          const weight = line?.weights[s] ?? 0;
          cell.style.setProperty("--weight", `${(100 * weight).toFixed(1)}%`);
          cell.classList.toggle("rnnbook-translator-blocked", blocked.includes(s));
          cell.classList.toggle("rnnbook-translator-here", t === seen && s === at.column);
          const words = weight > 0 ? wholePercent(weight) : "0";
          const name = line ? `${line.name}, ${quotedLetter(letter)}: ${words}` : "not written yet";
          cell.setAttribute("aria-label", name);
        });
      }
    },
  };
}
