// The picture of a race: a thin line a run, a thick one for the median of each cell.

import { lineChart } from "../base/line_chart.js";
import { SOLVED_BELOW, updatesOf } from "./run.js";
import { medianShares } from "./standing.js";
import { racerColor, racerName } from "./words.js";

const X_LABELS = { updates: "updates", seconds: "seconds of computing, one run" };
const Y_LABEL = "held-out loss ÷ baseline";
const MOST = [1e-4, 3]; // of the y axis: what lies beyond runs along its edge
const ROUND_ENDS = [1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10]; // where an axis of seconds may end

/** A chart; `update(race, axis, label, recorded)`: its y axis holds the recorded race too. */
export function raceTrack() {
  const x = { label: "", domain: [0, 1] };
  const y = { label: Y_LABEL, domain: [0.01, 2], log: true };
  const chart = lineChart({ height: 300, x, y, labels: 88 });
  return {
    root: chart.root,
    destroy: chart.destroy,
    values: chart.values,
    update(race, axis, label, recorded) {
      const { cells, every, updates } = race;
      const scaleOf = ({ ms }) => every * (axis === "seconds" ? ms / 1000 : 1);
      const points = (shares, cell) => shares.map((share, at) => [at * scaleOf(cell), share]);
      const medians = cells.map((cell) => medianShares(cell.shares));
      const runs = cells.flatMap((cell) =>
        cell.shares.map((shares) => ({
          name: "",
          color: racerColor(cell),
          thin: true,
          points: points(shares, cell),
        })),
      );
      const middles = cells.map((cell, index) => ({
        name: racerName(cell),
        color: racerColor(cell),
        points: points(medians[index], cell),
        tip: updatesOf(race) < updates,
      }));
      const ends = cells.map((cell) => (updates / every) * scaleOf(cell)).filter(Number.isFinite);
      const end = axis === "seconds" ? roundEnd(Math.max(0.1, ...ends)) : updates;
      const all = [...medians, ...recorded.cells.map((cell) => medianShares(cell.shares))].flat();
      const low = Math.max(MOST[0], 10 ** Math.floor(Math.log10(Math.min(0.05, ...all))));
      const high = Math.min(MOST[1], 1.2 * Math.max(1.5, ...all));
      chart.update({
        label,
        series: [...runs, ...middles],
        levels: [
          { value: 1, name: "baseline" },
          { value: SOLVED_BELOW, name: "solved" },
        ],
        x: { label: X_LABELS[axis], domain: [0, end] },
        y: { label: Y_LABEL, domain: [low, high], log: true },
      });
    },
  };
}

function roundEnd(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * ROUND_ENDS.find((end) => end * unit >= value);
}
