// The colour of a cell: dark letters can be read on every one of them, on a dark page too.

const WHOLE = [238, 243, 247];
const NONE = [240, 138, 75];
const BETTER = [150, 200, 240];

/** The colour for what is lost: 0 pale, 1 orange, and blue where a variant does better. */
export function shade(lost) {
  const end = lost < 0 ? BETTER : NONE;
  const part = Math.min(lost < 0 ? -5 * lost : lost, 1);
  const mixed = WHOLE.map((from, k) => Math.round(from + part * (end[k] - from)));
  return `rgb(${mixed.join(" ")})`;
}
