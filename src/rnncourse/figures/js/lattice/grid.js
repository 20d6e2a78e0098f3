// The lattice itself: a row a state, a column a frame, and between them the arrows.

import { followWidth } from "../base/chart.js";
import { element, svgElement } from "../base/dom.js";
import { BLANK, cameFrom, missingJump } from "./ctc.js";
import { nameOfState } from "./words.js";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const HEAD = -1; // the row of the frames' numbers
const TIP = 5; // pixels of an arrow's head
const LABEL =
  "Lattice: a row a state, a column a frame. Arrow keys move, Enter walks the path there, " +
  "Backspace takes one frame back";

/**
 * A grid, one cell of which the keyboard reaches.
 *
 * @param {object} options
 * @param {string} options.describedBy The id of what is said of the cell that is pointed at.
 * @param {(at: {t, s}|null) => void} options.onPoint A cell is pointed at; s is −1 for a frame.
 * @param {(t: number, s: number) => void} options.onWalk The path is to go there.
 * @param {() => void} options.onBack It is to be one frame shorter.
 *
 * `update` takes what the figure shows: `labels`, `symbols`, `counts`, `path`, the `best` symbols,
 * the `shades` (0 to 1) and `texts` of the cells, [t][s], and what the cells' numbers are called.
 */
export function latticeGrid({ describedBy, onPoint, onWalk, onBack }) {
  const head = element("tr");
  const body = element("tbody");
  const foot = ["path", "best"].map((name) => element("tr", { class: `rnnbook-lattice-${name}` }));
  const parts = [element("thead", {}, head), body, element("tfoot", {}, ...foot)];
  const looks = { class: "rnnbook-lattice-grid", role: "grid", "aria-label": LABEL };
  const table = element("table", looks, ...parts);
  const arrows = svgElement("svg", { class: "rnnbook-lattice-arrows", "aria-hidden": "true" });
  const within = element("div", { class: "rnnbook-lattice-within" }, arrows, table);
  const root = element("div", { class: "rnnbook-lattice-scroll" }, within);
  let [shown, at, pointed, size] = [null, { t: 0, s: 0 }, null, ""];

  const rowOf = (s) => (s === HEAD ? head : body.rows[s]);
  const cellOf = ({ t, s }) => rowOf(s)?.cells[t + 1];
  const placeOf = (target) => {
    const cell = target.closest("td, th");
    const s = [head, ...body.rows].indexOf(cell?.parentElement) - 1;
    return cell && s >= HEAD && cell.cellIndex > 0 ? { t: cell.cellIndex - 1, s } : null;
  };
  const point = (to) => {
    pointed = to;
    onPoint(to);
    drawArrows();
  };

  table.addEventListener("click", ({ target }) => {
    const to = placeOf(target);
    if (!to) return;
    look(to);
    if (to.s !== HEAD) onWalk(to.t, to.s);
  });
  table.addEventListener("mouseover", ({ target }) => {
    const to = placeOf(target);
    if (to && (to.t !== pointed?.t || to.s !== pointed?.s)) point(to);
  });
  table.addEventListener("mouseleave", () => point(hasFocus() ? at : null));
  table.addEventListener("focusin", ({ target }) => {
    const to = placeOf(target);
    if (to) point(to);
  });
  table.addEventListener("focusout", () => point(null));
  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const { key } = event;
    const [T, S] = [head.cells.length - 1, body.rows.length];
    const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
    if (key === "Enter" || key === " ") {
      if (at.s !== HEAD) onWalk(at.t, at.s);
    } else if (key === "Backspace") onBack();
    else if (MOVES[key] || key === "Home" || key === "End") {
      const [down, right] = MOVES[key] ?? [0, key === "Home" ? -T : T];
      look({ t: clamp(at.t + right, 0, T - 1), s: clamp(at.s + down, HEAD, S - 1) });
    } else return;
    event.preventDefault();
  });

  function hasFocus() {
    return table.contains(document.activeElement);
  }

  function look(to) {
    point(to);
    reach(to);
    cellOf(at).focus({ preventScroll: true });
    reveal();
  }

  /** Tab leads to this cell. */
  function reach(to) {
    cellOf(at)?.setAttribute("tabindex", "-1");
    cellOf(at)?.removeAttribute("aria-describedby");
    at = to;
    cellOf(at).setAttribute("tabindex", "0");
    cellOf(at).setAttribute("aria-describedby", describedBy);
  }

  /** Scroll the grid, and never the page, so far that the cell is seen beside the rows' heads. */
  function reveal() {
    const [box, cell] = [root.getBoundingClientRect(), cellOf(at).getBoundingClientRect()];
    const left = box.left + head.cells[0].offsetWidth;
    const air = cell.width / 2;
    if (cell.left < left + air) root.scrollLeft -= left + air - cell.left;
    else if (cell.right > box.right - air) root.scrollLeft += cell.right - box.right + air;
  }

  function lay({ labels, symbols, counts }) {
    const T = counts.alpha.length;
    const cells = (tag, more) => Array.from({ length: T }, () => element(tag, more));
    table.style.setProperty("--frames", T);
    head.replaceChildren(
      element("td", {}, element("span", { class: "rnnbook-hidden" }, "state")),
      ...cells("th", { scope: "col", tabindex: "-1" }),
    );
    [...head.cells].slice(1).forEach((cell, t) => {
      cell.textContent = String(t + 1);
      cell.setAttribute("aria-label", `frame ${t + 1}`);
    });
    const rows = labels.map((k, s) => {
      const name = nameOfState({ labels, symbols }, s);
      const title = element("th", { scope: "row", "aria-label": name }, symbols[k]);
      return element("tr", {}, title, ...cells("td", { tabindex: "-1" }));
    });
    body.replaceChildren(...rows);
    foot.forEach((row, place) => {
      const title = element("th", { scope: "row" }, ["path", "best"][place]);
      row.replaceChildren(title, ...cells("td"));
    });
  }

  function drawCells() {
    const { labels, symbols, counts, path, best, shades, texts, called } = shown;
    counts.alpha.forEach((row, t) => {
      row.forEach((ways, s) => {
        const cell = cellOf({ t, s });
        const [isLive, isOn] = [ways > 0 && counts.beta[t][s] > 0, path[t] === s];
        cell.textContent = ways ? texts[t][s] : "";
        cell.style.setProperty("--shade", `${isLive ? (45 * shades[t][s]).toFixed(1) : 0}%`);
        cell.classList.toggle("rnnbook-lattice-out", !isLive);
        cell.classList.toggle("rnnbook-lattice-on", isOn);
        const what = ways ? `${called} ${texts[t][s]}` : "no path comes here";
        const where = `frame ${t + 1}, ${nameOfState(shown, s)}`;
        cell.setAttribute("aria-label", `${where}: ${what}${isOn ? ", on the path" : ""}`);
      });
      const named = (cell, symbol, k) => {
        cell.textContent = symbol ?? "";
        if (k === BLANK) cell.setAttribute("aria-label", "blank");
        else cell.removeAttribute("aria-label");
      };
      const k = t < path.length ? labels[path[t]] : null;
      named(foot[0].cells[t + 1], symbols[k], k);
      named(foot[1].cells[t + 1], symbols[best[t]], best[t]);
    });
  }

  function drawArrows() {
    if (!shown || !table.offsetWidth) return;
    const { labels, counts, path } = shown;
    arrows.style.left = `${table.offsetLeft}px`;
    arrows.setAttribute("width", table.offsetWidth);
    arrows.setAttribute("height", table.offsetHeight);
    const box = ({ t, s }) => {
      const { offsetLeft: left, offsetTop: top, offsetWidth: wide, offsetHeight: high } = cellOf({ t, s });
      return { left, right: left + wide, middle: top + high / 2 };
    };
    const lines = { dead: "", arrow: "", into: "", walk: "" };
    const arrowTo = (t, from, s) => {
      const [a, b] = [box({ t: t - 1, s: from }), box({ t, s })];
      return `M${a.right} ${a.middle}L${b.left - TIP} ${b.middle}`;
    };
    const tip = (t, s) => {
      const { left, middle } = box({ t, s });
      return `M${left - TIP - 1} ${middle - 4}l${TIP} 4l${-TIP} 4`;
    };
    counts.alpha.forEach((row, t) => {
      if (t === 0) return;
      row.forEach((ways, s) => {
        if (ways === 0) return;
        const isLive = counts.beta[t][s] > 0;
        for (const from of cameFrom(labels, s)) {
          if (counts.alpha[t - 1][from] === 0) continue;
          const line = arrowTo(t, from, s);
          lines[isLive ? "arrow" : "dead"] += line;
          if (pointed?.t === t && pointed.s === s) lines.into += line;
          if (path[t] === s && path[t - 1] === from) lines.walk += line + tip(t, s);
        }
        if (isLive) lines.arrow += tip(t, s);
      });
    });
    const drawn = Object.entries(lines).map(([name, d]) =>
      svgElement("path", { d, class: `rnnbook-lattice-${name}` }),
    );
    arrows.replaceChildren(...drawn, ...missing());

    /** The arrows from and to the cell that is pointed at which equal letters forbid. */
    function missing() {
      const { t, s } = pointed ?? { s: HEAD };
      if (s === HEAD) return [];
      const found = [];
      if (t > 0 && missingJump(labels, s) >= 0) found.push([t, s - 2, s]);
      if (t + 1 < counts.alpha.length && missingJump(labels, s + 2) === s) found.push([t + 1, s, s + 2]);
      return found.flatMap(([to, from, end]) => {
        const [a, b] = [box({ t: to - 1, s: from }), box({ t: to, s: end })];
        const [x, y] = [(a.right + b.left) / 2, (a.middle + b.middle) / 2];
        const cross = `M${x - 5} ${y - 5}l10 10m0 -10l-10 10`;
        return [
          svgElement("path", { d: arrowTo(to, from, end), class: "rnnbook-lattice-missing" }),
          svgElement("path", { d: cross, class: "rnnbook-lattice-cross" }),
        ];
      });
    }
  }

  const unfollow = followWidth(root, drawArrows);
  return {
    root,
    destroy: unfollow,
    update(next) {
      const focused = hasFocus();
      shown = next;
      const wanted = `${next.symbols}|${next.labels}|${next.counts.alpha.length}`;
      if (wanted !== size) {
        size = wanted;
        lay(next);
        const [T, S] = [next.counts.alpha.length, next.labels.length];
        reach({ t: Math.min(at.t, T - 1), s: Math.min(at.s, S - 1) });
        pointed = null;
      }
      drawCells();
      if (focused && !hasFocus()) cellOf(at).focus({ preventScroll: true });
      drawArrows();
    },
  };
}
