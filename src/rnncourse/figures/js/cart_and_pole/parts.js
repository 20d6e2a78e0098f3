// What both pictures are made of.

import { svgElement } from "../base/dom.js";

export const DEGREES = 180 / Math.PI;

export function straightLine(x1, y1, x2, y2, name) {
  return svgElement("line", { x1, y1, x2, y2, class: name });
}

export function wordsAt(x, y, anchor, words, name = null) {
  return svgElement("text", { x, y, "text-anchor": anchor, class: name }, words);
}
