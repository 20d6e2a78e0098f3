// Gates and states of one sequence: a strip each, units over time, all on one time axis.

import { followWidth } from "../base/chart.js";
import { element, formatNumber } from "../base/dom.js";
import { divergingColor, scaleTo, sequentialColor, ticks } from "../base/scale.js";
import { onThemeChange, paletteColor } from "../base/theme.js";
import { colorOf } from "./panel.js";

const GAP = 7;
const STRIP_FOOT = 36;

/**
 * Strips, as wide as their place, aligned with the line charts.
 *
 * `update` takes `label` (in words), `T`, and `rows`: `{ name, color?, height, units, values,
 * signed, limit?, note }`, values (T, units); not signed: 0 … 1, signed: −limit … limit.
 */
export function timeStrips({ right }) {
  const canvas = element("canvas", { role: "img", class: "rnnbook-canvas" });
  const legend = element(
    "p",
    { class: "rnnbook-playground-key" },
    "A row is a unit. Gates: dark 0, bright 1. States and candidates: ",
    "blue below 0, red above. On the right: the mean, or the largest size.",
  );
  const root = element("div", {}, canvas, legend);
  const pixels = document.createElement("canvas");
  let state = { label: "", rows: [], T: 1 };
  let width = 0;

  function draw() {
    if (!width) return;
    const height = 4 + STRIP_FOOT + state.rows.reduce((sum, row) => sum + row.height + GAP, 0);
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    canvas.setAttribute("aria-label", state.label);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.imageSmoothingEnabled = false;
    context.font = "12px system-ui, sans-serif";
    const ink = getComputedStyle(root).color;
    const box = { left: 52, right: width - right };
    let top = 4;
    for (const row of state.rows) {
      paintStrip(pixels, row, state.T);
      context.drawImage(pixels, box.left, top, box.right - box.left, row.height);
      const middle = top + row.height / 2 + 4;
      context.fillStyle = ink;
      context.textAlign = "right";
      context.fillText(row.name, box.left - 10, middle);
      context.textAlign = "left";
      context.fillText(row.note, box.right + 11, middle);
      if (row.color) {
        context.fillStyle = paletteColor(root, row.color);
        context.fillRect(box.left - 5, top, 3, row.height);
      }
      top += row.height + GAP;
    }
    drawTime(context, state.T, box, top, ink);
  }

  const endWidth = followWidth(root, (next) => {
    width = next;
    draw();
  });
  const endTheme = onThemeChange(draw);
  return {
    root,
    values: () => ({
      caption: "One held-out sequence: the mean of each gate, the largest size of each state.",
      head: ["strip", "over time"],
      rows: state.rows.map(({ name, note }) => [name, note]),
    }),
    update(change) {
      state = change;
      draw();
    },
    destroy() {
      endWidth();
      endTheme();
    },
  };
}

function paintStrip(pixels, { values, units, signed, limit }, T) {
  pixels.width = T;
  pixels.height = units;
  const context = pixels.getContext("2d");
  const image = context.createImageData(T, units);
  for (let t = 0; t < T; t++) {
    for (let unit = 0; unit < units; unit++) {
      const value = values[t * units + unit];
      if (!Number.isFinite(value)) continue; // after an explosion: left empty
      const color = signed ? divergingColor(value / limit) : sequentialColor(value);
      const at = 4 * (unit * T + t);
      image.data.set(color, at);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

function drawTime(context, T, box, top, ink) {
  context.fillStyle = ink;
  context.textAlign = "center";
  const toX = scaleTo([0.5, T + 0.5], [box.left, box.right]);
  const across = Math.max(2, Math.floor((box.right - box.left) / 70));
  for (const { value, words } of ticks([1, T], across)) {
    if (Number.isInteger(value)) context.fillText(words, toX(value), top + 10);
  }
  context.fillText("time t", (box.left + box.right) / 2, top + 28);
}

const GATES = { lstm: ["i", "f", "g", "o"], gru: ["r", "z", "n"], simple: [], relu: [] };
const CANDIDATES = ["g", "n"];

/** The rows of one cell over a sequence: its gates and states, or those of `names`. */
export function rowsOf({ cell, sample, names = null }) {
  const { trace, T } = sample;
  const H = trace.H;
  const all = names ?? [...GATES[cell], ...(cell === "lstm" ? ["c", "h"] : ["h"])];
  return all.map((name) => {
    const values = trace[name];
    const isGate = GATES[cell].includes(name) && !CANDIDATES.includes(name);
    const size = largestSize(values);
    const mean = values.reduce((sum, value) => sum + value, 0) / (T * H);
    return {
      name,
      color: GATES[cell].includes(name) && !names ? name : colorOf(cell),
      height: names ? 34 : 28,
      units: H,
      values,
      signed: !isGate,
      limit: name === "c" || cell === "relu" ? Math.max(size, 1e-6) : 1,
      note: isGate ? `mean ${formatNumber(mean, 2)}` : `≤ ${formatNumber(size, 2)}`,
    };
  });
}

/** The strip of the inputs. */
export function inputRow({ x, T }) {
  const units = x.length / T;
  const size = largestSize(x);
  const height = Math.max(14, Math.min(units * 6, 48));
  return { name: "x", height, units, values: x, signed: true, limit: size || 1, note: "input" };
}

function largestSize(values) {
  return values.reduce((most, value) => {
    const size = Math.abs(value);
    return size > most && size < Infinity ? size : most;
  }, 0);
}
