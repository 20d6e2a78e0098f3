// Ten runs a network, each a lamp: lit where it learned to remember for so long.

import { slider } from "./base/controls.js";
import { element, uniqueId } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { followSettings } from "./base/settings.js";
import { updatesStrip } from "./ten_lamps/strip.js";

/** See `TenLamps` in Python for the traits. */
export function render({ model, el }) {
  const [rows, lags] = [model.get("rows"), model.get("lags")];
  const { begin, change, now, release } = followSettings(model, ["lag", "run"], update);
  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => change(begin),
    values,
  });
  const place = slider({
    label: "Remember for how many steps?",
    value: begin.lag,
    values: lags,
    onInput: (lag) => change({ lag }),
  });
  frame.controls.append(place.root);

  const group = uniqueId("lamps");
  const shown = rows.map(({ title, runs }, row) => {
    const count = element("span", { class: "rnnbook-lamps-count" });
    const lamps = runs[0].map((_, seed) => {
      const lamp = element("input", { type: "radio", name: group, class: "rnnbook-lamp" });
      lamp.addEventListener("change", () => change({ run: [row, seed] }));
      return lamp;
    });
    const root = element(
      "div",
      { class: "rnnbook-lamps-row" },
      element("span", { class: "rnnbook-lamps-title" }, title),
      element("span", { class: "rnnbook-lamps-ten" }, ...lamps),
      count,
    );
    return { root, lamps, count };
  });
  const most = Math.max(...rows.flatMap(({ runs }) => runs.flat().map(([updates]) => updates)));
  const strip = updatesStrip(rows[0].runs[0].length, most);
  const label = "Runs: a filled lamp has learned it";
  frame.stage.append(
    element(
      "div",
      { class: "rnnbook-lamps", role: "radiogroup", "aria-label": label },
      ...shown.map(({ root }) => root),
    ),
    strip.root,
  );

  function update(changed) {
    const { lag, run } = now();
    place.value = lag;
    const at = lags.indexOf(lag);
    if (at < 0) throw new RangeError(`lag must be one of ${lags.join(", ")}, got ${lag}`);
    const counts = rows.map(({ title, runs }, row) => {
      const lit = runs[at].map(([, , learned]) => learned);
      const count = lit.filter(Boolean).length;
      shown[row].count.textContent = `${count} of ${lit.length}`;
      shown[row].lamps.forEach((lamp, seed) => {
        lamp.classList.toggle("rnnbook-lamp-lit", lit[seed]);
        lamp.checked = row === run[0] && seed === run[1];
        lamp.setAttribute("aria-label", `${title}, run ${seed}: ${lit[seed] ? "lit" : "dark"}`);
      });
      return count;
    });
    const [row, seed] = run;
    const { title, runs } = rows[row];
    strip.update({ title, runs: runs[at], opened: seed });
    const opened = runInWords(title, seed, runs[at][seed]);
    frame.say(changed?.[0] === "run" ? opened : `${countsInWords(counts, lag)} ${opened}`);
  }

  function values() {
    const { lag } = now();
    const after = ([updates, , learned]) => (learned ? String(updates) : "never");
    return [
      {
        caption: `Updates until each run had learned to remember ${lag} steps.`,
        head: ["network", ...rows[0].runs[0].map((_, seed) => `run ${seed}`)],
        rows: rows.map(({ title, runs }) => [title, ...runs[lags.indexOf(lag)].map(after)]),
      },
    ];
  }

  function countsInWords(counts, lag) {
    const said = rows.map(({ title }, row) => `${title}: ${counts[row]}`);
    return `Over ${lag} steps, of ${rows[0].runs[0].length} runs these learned it. ${said.join("; ")}.`;
  }

  function runInWords(title, seed, [updates, accuracy, learned]) {
    const right = `${(100 * accuracy).toFixed(accuracy >= 0.9995 ? 0 : 1)} % of its answers are right`;
    const run = `Run ${seed} of “${title}”`;
    return learned
      ? `${run} learned it within ${updates} updates; ${right}.`
      : `${run} did not learn it in ${updates} updates; ${right}.`;
  }

  update();
  return () => {
    release();
    frame.destroy();
  };
}
