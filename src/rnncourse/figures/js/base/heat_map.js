// A grid of numbers as colours, on a canvas.

import { followWidth } from "./chart.js";
import { element, formatNumber, powerOfTen } from "./dom.js";
import { divergingColor, scaleTo, sequentialColor, ticks } from "./scale.js";
import { onThemeChange, paletteColor } from "./theme.js";

/**
 * A heat map, as wide as its place, with its legend below.
 *
 * @param {object} options
 * @param {number} [options.height] In pixels.
 * @param {number} [options.right] Pixels kept on the right; 76 to stand below a `lineChart`.
 * @param {{label: string, domain: [number, number]}} options.x From the left edge to the right one.
 * @param {{label: string, domain: [number, number]}} options.y From the bottom edge to the top.
 * @param {"log"|"signed"} options.colors "log": positive numbers by their power of ten, from
 *   `range[0]` to `range[1]`; exact zeros are marked as underflow, what is not finite as overflow.
 *   "signed": from −range[1] to range[1].
 * @param {[number, number]} options.range
 * @param {(place: {column, row, value}|null) => void} [options.onPoint] Under the pointer.
 *
 * `update` takes `label` (what the picture shows, in words), `values` (row-major, `rows` × `columns`,
 * row 0 at the bottom; NaN is left empty), `rows`, `columns`, new axes `x`, `y`, a new `range`, and
 * `cursor`, `{ column?, row? }`, a column or row that is outlined.
 */
export function heatMap({ height = 200, right = 16, x, y, colors, range, onPoint }) {
  const canvas = element("canvas", { role: "img", class: "rnnbook-canvas" });
  const legend = element("div", { class: "rnnbook-legend" });
  const root = element("div", { class: "rnnbook-heat" }, canvas, legend);
  const state = { label: "", values: [], rows: 0, columns: 0, x, y, range, cursor: null };
  const pixels = document.createElement("canvas");
  let width = 0;
  let legendFor = "";

  const box = () => ({ left: 52, right: width - right, top: 20, bottom: height - 36 });

  function draw() {
    if (!width) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    canvas.setAttribute("aria-label", state.label);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const area = box();
    if (state.rows && state.columns) {
      fillPixels(pixels, state, colorOf);
      context.imageSmoothingEnabled = false;
      const size = [area.right - area.left, area.bottom - area.top];
      context.drawImage(pixels, area.left, area.top, ...size);
    }
    drawAxes(context, state, area, getComputedStyle(root).color);
    drawCursor(context, state, area, paletteColor(root, "accent"));
    drawLegend();
  }

  function colorOf(value) {
    if (colors === "signed") return divergingColor(value / state.range[1]);
    if (value === 0) return UNDERFLOW;
    if (!Number.isFinite(value)) return OVERFLOW;
    const [low, high] = state.range.map(Math.log10);
    return sequentialColor((Math.log10(value) - low) / (high - low));
  }

  function drawLegend() {
    if (legendFor === String(state.range)) return;
    legendFor = String(state.range);
    const [low, high] = state.range;
    const samples = Array.from({ length: 9 }, (_, index) => index / 8);
    const shades = samples.map((part) =>
      colors === "signed" ? divergingColor(2 * part - 1) : sequentialColor(part),
    );
    const bar = element("span", {
      class: "rnnbook-bar",
      style: { background: `linear-gradient(90deg, ${shades.map(css).join(", ")})` },
    });
    const words =
      colors === "signed"
        ? [formatNumber(-high), formatNumber(high)]
        : [low, high].map((end) => powerOfTen(Math.round(Math.log10(end))));
    legend.replaceChildren(words[0], bar, words[1]);
    if (colors === "log") {
      legend.append(swatch(UNDERFLOW, "exactly 0 (underflow, or no path)"), swatch(OVERFLOW, "overflow"));
    }
  }

  function point(event) {
    const area = box();
    const across = (event.offsetX - area.left) / (area.right - area.left);
    const up = (area.bottom - event.offsetY) / (area.bottom - area.top);
    const column = Math.floor(across * state.columns);
    const row = Math.floor(up * state.rows);
    const inside = across >= 0 && across < 1 && up >= 0 && up < 1 && state.columns && state.rows;
    const value = state.values[row * state.columns + column];
    onPoint(inside ? { column, row, value } : null);
  }
  if (onPoint) {
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("pointerleave", () => onPoint(null));
  }

  const endWidth = followWidth(root, (next) => {
    width = next;
    draw();
  });
  const endTheme = onThemeChange(draw);
  return {
    root,
    update(change) {
      Object.assign(state, change);
      draw();
    },
    destroy() {
      endWidth();
      endTheme();
    },
  };
}

const UNDERFLOW = [214, 80, 160]; // not on the way from dark violet to yellow
const OVERFLOW = [230, 60, 30];

function css(color) {
  return `rgb(${color.map(Math.round).join(" ")})`;
}

function swatch(color, words) {
  const patch = element("span", { class: "rnnbook-swatch", style: { background: css(color) } });
  return element("span", { class: "rnnbook-key" }, patch, words);
}

function fillPixels(pixels, { values, rows, columns }, colorOf) {
  pixels.width = columns;
  pixels.height = rows;
  const context = pixels.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column];
      const at = 4 * ((rows - 1 - row) * columns + column);
      if (value === undefined || Number.isNaN(value)) continue;
      image.data.set(colorOf(value), at);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

function drawAxes(context, { x, y }, area, ink) {
  context.fillStyle = ink;
  context.strokeStyle = ink;
  context.font = "12px system-ui, sans-serif";
  context.lineWidth = 1;
  context.globalAlpha = 0.4;
  context.strokeRect(area.left - 0.5, area.top - 0.5, area.right - area.left + 1, area.bottom - area.top + 1);
  context.globalAlpha = 1;
  const toX = scaleTo(x.domain, [area.left, area.right]);
  const toY = scaleTo(y.domain, [area.bottom, area.top]);
  context.textAlign = "center";
  const across = Math.max(2, Math.floor((area.right - area.left) / 80));
  for (const { value, words } of ticks(x.domain, across)) {
    context.fillText(words, toX(value), area.bottom + 15);
  }
  context.fillText(x.label, (area.left + area.right) / 2, area.bottom + 31);
  context.textAlign = "right";
  for (const { value, words } of ticks(y.domain, 4)) {
    context.fillText(words, area.left - 5, toY(value) + 4);
  }
  context.textAlign = "left";
  context.fillText(y.label, 2, 12);
}

function drawCursor(context, { cursor, rows, columns }, area, color) {
  if (!cursor) return;
  const width = (area.right - area.left) / columns;
  const height = (area.bottom - area.top) / rows;
  context.strokeStyle = color;
  context.lineWidth = 2;
  if (cursor.column !== undefined && cursor.column !== null) {
    const left = area.left + cursor.column * width;
    context.strokeRect(left, area.top, Math.max(width, 2), area.bottom - area.top);
  }
  if (cursor.row !== undefined && cursor.row !== null) {
    const top = area.bottom - (cursor.row + 1) * height;
    context.strokeRect(area.left, top, area.right - area.left, Math.max(height, 2));
  }
}
