// A picture with its heading, and what the pictures agree on.

import { element } from "../base/dom.js";
import { CELL_NAMES } from "./words.js";

/** Pixels on the right of every picture, so that their axes stand below each other. */
export const LABELS = 76;

/** A picture below a heading. */
export function panel(title, picture) {
  const heading = element("p", { class: "rnnbook-playground-title" }, title);
  return { root: element("div", {}, heading, picture.root), heading };
}

/** The cell's colour in the palette. */
export function colorOf(cell) {
  return cell === "relu" ? "simple" : cell;
}

/** A name that fits beside a line. */
export function shortName({ cell }) {
  return CELL_NAMES[cell].replace("simple RNN", "simple");
}
