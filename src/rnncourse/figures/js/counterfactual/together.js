// All networks at once: the real change of y across, the foretold one up.

import { element, formatNumber } from "../base/dom.js";
import { lineChart } from "../base/line_chart.js";
import { compareRuns } from "./runs.js";

const SMALLEST = 1e-15; // below this, double precision cannot tell two read-outs apart
const LIMIT = "10⁻¹⁵";
const LARGEST_SIZE = 3;

/**
 * A chart of dots, and the same numbers as a table.
 *
 * @param {(network: object) => object} prepare `prepareNetwork`, or what it returned before.
 * @returns `root`; `update(networks, places, size)` with the changed token of each network, from 0,
 *   returns what they come to in words; `destroy()`.
 */
export function allNetworks(prepare) {
  const axis = { label: "", domain: [0.1, 1], log: true };
  const chart = lineChart({ height: 320, labels: 56, x: axis, y: axis });
  const table = element("table", { class: "rnnbook-counterfactual-table" });

  function update(networks, places, size) {
    const ends = networks.map((network, k) => {
      const { dy, forecast } = compareRuns(prepare(network), places[k], size);
      return { real: dy.at(-1), foretold: forecast.at(-1) };
    });
    // Axes that hold every size: they stay as they are while the dots move.
    const most = ends.map(({ foretold }) => (LARGEST_SIZE / size) * foretold);
    const high = 10 ** Math.ceil(Math.log10(Math.max(10, ...most.filter(Number.isFinite))));
    const domain = [SMALLEST, high];
    const place = (value) => Math.min(Math.max(value, SMALLEST), high);
    const words = foreseenInWords(networks, ends, size);
    chart.update({
      label: `Real change of y against the foretold one, on logarithmic scales. ${words}`,
      x: { label: "real change of y after the last step", domain, log: true },
      y: { label: "change of y as the gradient foretells it", domain, log: true },
      series: [
        { name: "equal", color: "baseline", dashed: true, points: domain.map((end) => [end, end]) },
        ...ends.map(({ real, foretold }, k) => ({
          name: String(k + 1),
          color: networks[k].kind,
          tip: true,
          points: [[place(real), place(foretold)]],
        })),
      ],
    });
    const names = ["network", "real", "foretold"];
    const head = names.map((name) => element("th", { scope: "col" }, name));
    const rows = ends.map(({ real, foretold }, k) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, `${k + 1} · ${networks[k].title}`),
        ...[real, foretold].map((value) => element("td", {}, inTable(value))),
      ),
    );
    table.replaceChildren(
      element("caption", {}, "The change of y after the last step"),
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows),
    );
    return words;
  }

  const note = element(
    "p",
    { class: "rnnbook-counterfactual-about" },
    `Numbers below ${LIMIT}, where double precision ends, are drawn at the edge. In the chosen ` +
      "network the token is changed that is set above; in the others, the one they start with.",
  );
  return { root: element("div", {}, chart.root, note, table), update, destroy: chart.destroy };
}

/** Whether the gradient was right, to within a tenth: of nothing it always is. */
function foreseen({ real, foretold }) {
  const larger = Math.max(real, foretold);
  return larger < SMALLEST || Math.abs(real - foretold) <= 0.1 * larger;
}

function foreseenInWords(networks, ends, size) {
  const wrong = networks.filter((_, k) => !foreseen(ends[k]));
  const few = wrong.length > 0 && wrong.length < 3;
  const but = few ? `, not in “${wrong.map(({ title }) => title).join("” and “")}”` : "";
  return (
    `With a change of ${formatNumber(size)}, the gradient foretells what becomes of y, to within ` +
    `a tenth, in ${networks.length - wrong.length} of ${networks.length} networks${but}.`
  );
}

function inTable(value) {
  if (value < SMALLEST) return `< ${LIMIT}`;
  return formatNumber(Number(value.toPrecision(2)), 2);
}
