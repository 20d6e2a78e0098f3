// A recording over time: its samples, its bands, and how likely each symbol is, on one canvas.

import { followWidth } from "../base/chart.js";
import { element } from "../base/dom.js";
import { scaleTo, sequentialColor, ticks } from "../base/scale.js";
import { onThemeChange, paletteColor } from "../base/theme.js";
import { HOP, MIDDLE, STEP, WINDOW } from "./features.js";
import { BLANK } from "./reading.js";
import { SAMPLE_RATE } from "./sound.js";

const [SAID, WAVE, MEL, CURVES, FOOT] = [16, 44, 72, 118, 20]; // heights, from the top
const LABELS = 20; // above the curves, for their digits
const HEIGHT = SAID + WAVE + MEL + LABELS + CURVES + FOOT + 8;
const [LEFT, RIGHT] = [40, 8];
const NARROW = 500; // pixels
const FAINT = 0.02; // a probability that need not be drawn
const RIVAL = 0.2; // one that is named, where another symbol is likelier

/** `update(reading, label)` draws; `light(sample)` veils what comes after it, or nothing if null. */
export function recordingPicture() {
  const canvas = element("canvas", { role: "img", class: "rnnbook-canvas" });
  const veil = element("div", { class: "rnnbook-recogniser-veil", hidden: true });
  const root = element("div", { class: "rnnbook-recogniser-picture" }, canvas, veil);
  const pixels = document.createElement("canvas");
  let reading = null;
  let width = 0;
  let toX = null;

  function draw() {
    if (!width || !reading) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT * ratio);
    canvas.style.height = `${HEIGHT}px`;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.font = "12px system-ui, sans-serif";
    const ink = getComputedStyle(root).color;
    const color = (name) => paletteColor(root, name);
    toX = scaleTo([0, reading.samples.length], [LEFT, width - RIGHT]);
    const melTop = SAID + WAVE;
    drawWave(context, reading.samples, toX, SAID + WAVE / 2, color("baseline"));
    drawMel(context, pixels, reading.mel, toX, melTop);
    const bottom = melTop + MEL + LABELS + CURVES;
    context.fillStyle = context.strokeStyle = ink;
    drawSaid(context, reading, toX, bottom);
    drawScales(context, reading, toX, bottom, width);
    drawCurves(context, reading, toX, bottom, color);
  }

  const endWidth = followWidth(root, (next) => {
    width = next;
    draw();
  });
  const endTheme = onThemeChange(draw);
  return {
    root,
    update(next, label) {
      reading = next;
      canvas.setAttribute("aria-label", label);
      draw();
    },
    light(sample) {
      veil.hidden = sample === null || !toX;
      if (!veil.hidden) veil.style.left = `${toX(Math.min(sample, reading.samples.length))}px`;
    },
    destroy() {
      endWidth();
      endTheme();
    },
  };
}

function drawWave(context, samples, toX, middle, color) {
  const largest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0.1);
  const scale = WAVE / 2 / largest;
  context.fillStyle = color;
  const [first, last] = [toX(0), toX(samples.length)];
  for (let x = first; x < last; x++) {
    const from = Math.floor(((x - first) / (last - first)) * samples.length);
    const to = Math.ceil(((x + 1 - first) / (last - first)) * samples.length);
    const piece = samples.subarray(from, to);
    const [low, high] = piece.reduce(([a, b], s) => [Math.min(a, s), Math.max(b, s)], [0, 0]);
    context.fillRect(x, middle - high * scale, 1, Math.max(1, (high - low) * scale));
  }
}

/** High frequencies at the top, loud bands bright. */
function drawMel(context, pixels, { K, frames, bands }, toX, top) {
  const sorted = frames.slice().sort();
  const [low, high] = [sorted[Math.floor(0.02 * sorted.length)], sorted.at(-1)];
  pixels.width = K;
  pixels.height = bands;
  const inner = pixels.getContext("2d");
  const image = inner.createImageData(K, bands);
  frames.forEach((value, n) => {
    const [k, band] = [Math.floor(n / bands), n % bands];
    const at = 4 * ((bands - 1 - band) * K + k);
    image.data.set(sequentialColor((value - low) / (high - low || 1)), at);
    image.data[at + 3] = 255;
  });
  inner.putImageData(image, 0, 0);
  // A frame reads a window; it is drawn where its middle is, a hop wide.
  const from = toX((WINDOW - HOP) / 2);
  context.imageSmoothingEnabled = false;
  context.drawImage(pixels, from, top, toX((WINDOW - HOP) / 2 + K * HOP) - from, MEL);
}

/** Where digits begin and end, as faint bands, with their names above. */
function drawSaid(context, { said }, toX, bottom) {
  context.textAlign = "center";
  for (const { digit, begin, end } of said ?? []) {
    const [x, right] = [toX(begin), toX(end)];
    context.globalAlpha = 0.1;
    context.fillRect(x, SAID, right - x, WAVE);
    context.fillRect(x, SAID + WAVE + MEL, right - x, LABELS + CURVES);
    context.globalAlpha = 0.5;
    for (const edge of [x, right]) context.fillRect(edge, SAID, 1, bottom - SAID);
    context.globalAlpha = 1;
    context.fillText(`“${digit}”`, (x + right) / 2, SAID - 4);
  }
}

function drawScales(context, { samples }, toX, bottom, width) {
  context.textAlign = "right";
  for (const p of [0, 1]) {
    const y = bottom - p * CURVES;
    context.globalAlpha = p ? 0.15 : 0.5;
    context.fillRect(LEFT, y, width - LEFT - RIGHT, 1);
    context.globalAlpha = 1;
    context.fillText(String(p), LEFT - 6, y + 4);
  }
  context.fillText("p", LEFT - 6, bottom - CURVES / 2 + 4);
  context.fillText(width < NARROW ? "" : "4 kHz", LEFT - 4, SAID + WAVE + 10);
  context.fillText("0", LEFT - 4, SAID + WAVE + MEL - 1);
  context.textAlign = "center";
  const seconds = samples.length / SAMPLE_RATE;
  for (const { value, words } of ticks([0, seconds], width < NARROW ? 4 : 8)) {
    context.fillText(words, toX(value * SAMPLE_RATE), bottom + 15);
  }
  context.textAlign = "right";
  context.fillText("s", width - 1, bottom + 15);
}

function drawCurves(context, { p, path, runs }, toX, bottom, color) {
  const at = (t, value) => [toX(t * STEP + MIDDLE), bottom - value * CURVES];
  const curve = (symbol) => {
    context.beginPath();
    p.forEach((row, t) => context.lineTo(...at(t, row[symbol])));
    context.stroke();
  };
  context.lineJoin = "round";
  context.strokeStyle = color("baseline");
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  curve(BLANK);
  context.setLineDash([]);
  context.strokeStyle = context.fillStyle = color("accent");
  context.lineWidth = 2;
  p[0].forEach((_, symbol) => {
    if (symbol !== BLANK && p.some((row) => row[symbol] > FAINT)) curve(symbol);
  });
  context.font = "bold 15px system-ui, sans-serif";
  context.textAlign = "center";
  for (const { symbol, peak, p: sure } of runs) {
    const [x, y] = at(peak, sure);
    if (symbol !== BLANK) context.fillText(String(symbol - 1), x, y - 4);
  }
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "left";
  for (const { symbol, t } of rivals(p, path)) {
    const [x, y] = at(t, p[t][symbol]);
    context.fillText(String(symbol - 1), x + 5, y + 4);
  }
}

/** Where a digit is nearly likely enough: steps at which it is likeliest, but another symbol more. */
function rivals(p, path) {
  return p.flatMap((row, t) =>
    [...row.keys()]
      .filter((symbol) => symbol !== BLANK && symbol !== path[t] && row[symbol] > RIVAL)
      .filter((symbol) => [t - 1, t + 1].every((s) => !(p[s]?.[symbol] > row[symbol])))
      .map((symbol) => ({ symbol, t })),
  );
}
