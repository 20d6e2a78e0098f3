// The last ten seconds: the angle of the pole, its angular velocity, and what the state says of it.

import { svgChart } from "../base/chart.js";
import { svgElement } from "../base/dom.js";
import { scaleTo } from "../base/scale.js";
import { DEGREES, straightLine, wordsAt } from "./parts.js";
import { SECONDS } from "./world.js";

export const KEPT = 500; // steps
const [STRIP_LEFT, STRIP_RIGHT, BELOW] = [34, 8, 20]; // pixels beside and below the strips
const NARROW = 440; // pixels
const STRIPS = [
  { name: "angle of the pole, °", of: "angle", top: 18, bottom: 74, reach: 12 },
  { name: "its angular velocity, °/s", of: "turn", top: 96, bottom: 166, reach: 90 },
];
const LOWEST = STRIPS[1].bottom;

/** `root`, `update({ history, color, label })`, with what there was at each step, `destroy()`. */
export function stripChart() {
  return svgChart({
    height: LOWEST + BELOW,
    draw({ history, color }, width) {
      const toX = scaleTo([-KEPT, 0], [STRIP_LEFT, width - STRIP_RIGHT]);
      const at = (k) => toX(k - history.length);
      const isPush = (k) => history[k].pushed && !history[k - 1]?.pushed;
      const pushes = [...history.keys()].filter(isPush);
      return [
        ...STRIPS.flatMap((strip) => stripParts(strip, history, color, at, width)),
        ...pushes.map((k) => straightLine(at(k), STRIPS[0].top, at(k), LOWEST, "rnnbook-marker")),
        ...secondsAgo(toX, width),
      ];
    },
  });
}

function stripParts({ name, of, top, bottom, reach }, history, color, at, width) {
  const toY = scaleTo([-reach, reach], [bottom, top]);
  const line = (key, style) => {
    let pen = false;
    const points = history.map((entry, k) => {
      const value = entry[key] * DEGREES;
      if (!Number.isFinite(value)) return "";
      const y = toY(Math.min(Math.max(value, -reach), reach));
      const goesOn = pen && !entry.begins;
      pen = true;
      return `${goesOn ? "L" : "M"}${at(k).toFixed(1)} ${y.toFixed(1)}`;
    });
    return svgElement("path", { d: points.join(""), class: `rnnbook-cart-${key}`, style });
  };
  return [
    ...[-reach, 0, reach].flatMap((value) => [
      straightLine(STRIP_LEFT, toY(value), width - STRIP_RIGHT, toY(value), "rnnbook-grid"),
      wordsAt(STRIP_LEFT - 5, toY(value) + 4, "end", `${value}`.replace("-", "−")),
    ]),
    wordsAt(STRIP_LEFT, top - 6, "start", name),
    ...(of === "turn" ? [line("believed", { stroke: color })] : []),
    line(of, {}),
  ];
}

function secondsAgo(toX, width) {
  const places = width < NARROW ? [0, 5, 10] : [0, 2, 4, 6, 8, 10];
  return places.map((ago) => {
    const anchor = { 0: "end", 10: "start" }[ago] ?? "middle";
    return wordsAt(toX(-ago / SECONDS), LOWEST + 16, anchor, ago ? `${ago} s ago` : "now");
  });
}
