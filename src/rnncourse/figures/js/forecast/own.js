// A reader's own file: chosen or dropped, read in the page, forecast here, and learned by a GRU.

import { button, numberField } from "../base/controls.js";
import { element, uniqueId } from "../base/dom.js";
import { frameLoop } from "../base/loop.js";
import { guessSeason } from "./baselines.js";
import { numbersOf } from "./csv.js";
import { trainee, UNITS } from "./network.js";
import { createStudy, ownSeries } from "./study.js";

const UPDATES = 1200;
const LARGEST = 5e6; // bytes
const HOW = "It is read here; nothing leaves the page.";

/**
 * @param {HTMLElement} el The figure, on which a file may be dropped.
 * @param {object} options
 * @param {(afresh: boolean) => void} options.onStudy There are forecasts; `afresh`, of a new file.
 * @param {(words: string) => void} options.say What went wrong, for the live line.
 * @returns `root`; `study()`, the one to show, or null; `all()` of them; `stop()`; `destroy()`.
 */
export function ownFile(el, { onStudy, say }) {
  let found = null; // { name, values, period }
  let studies = {}; // by kind
  let learner = null;
  let updates = 0; // that it has made
  let trained = null;
  let leaves = false; // whether the reader has gone on to something else

  const [id, noteId] = [uniqueId("file"), uniqueId("note")];
  const file = element("input", {
    type: "file",
    id,
    accept: ".csv,.txt,.tsv,text/*",
    "aria-describedby": noteId,
    onchange: () => take(file.files[0]),
  });
  const season = numberField({
    label: "Season (steps; 1: none)",
    value: 1,
    min: 1,
    max: 1,
    step: 1,
    onChange(period) {
      attempt(() => {
        ownSeries("", found.values, period); // of errors of 0 nothing is a part
        found.period = period;
        compare();
      });
    },
  });
  const train = button({ label: "", onClick: () => (loop.running ? loop.stop() : learn()) });
  const note = element("p", { id: noteId });
  const root = element(
    "div",
    { class: "rnnbook-forecast-file", hidden: true },
    element("div", {}, element("label", { for: id }, "Your file (CSV)"), file),
    season.root,
    train.root,
    note,
  );
  const loop = frameLoop(el, {
    work: () => (updates = learner.step()) < UPDATES,
    afterFrame: tell,
    onChange(running) {
      name();
      if (!running && learner) ready();
    },
  });

  function name() {
    train.label = loop.running ? "Stop, and keep it" : "Train a GRU on it (20\u00a0s)";
    train.disabled = !found;
    season.disabled = !found;
  }
  function tell() {
    note.textContent = `The GRU learns: update ${updates} of ${UPDATES}. ${HOW}`;
  }
  function learn() {
    learner = trainee(found.values, study().first, UPDATES);
    updates = 0;
    loop.start();
  }
  function ready() {
    trained = learner.best();
    learner = null;
    const many = updates.toLocaleString("en");
    note.textContent = `A GRU of ${UNITS} units has made ${many} updates on it. ${HOW}`;
    compare();
  }
  /** Forecasts anew, and shows them; `afresh`, of another file. */
  function compare(afresh = false) {
    const series = ownSeries(found.name, found.values, found.period);
    studies = { linear: createStudy(series, "linear") };
    if (trained) studies.network = createStudy(series, "network", trained);
    if (!leaves) onStudy(afresh);
  }
  function stop() {
    leaves = true;
    loop.stop();
    leaves = false;
  }
  async function take(chosen) {
    if (!chosen) return;
    stop();
    await attempt(async () => {
      if (chosen.size > LARGEST) throw new RangeError("It is larger than 5 MB.");
      const { values, column } = numbersOf(await chosen.text());
      const { first } = ownSeries("", values, 1);
      const period = guessSeason(values, first);
      ownSeries("", values, period); // only one that is good takes the place of the file before
      [found, trained] = [{ name: column || chosen.name, values, period }, null];
      season.value = period;
      season.input.max = String(Math.floor(first / 3));
      const [all, known] = [values.length, first].map((count) => count.toLocaleString("en"));
      note.textContent =
        `${chosen.name}${column ? `, ${column}` : ""}: ${all} numbers, the first ${known} of them ` +
        `to learn from. ${HOW}`;
      name();
      compare(true);
    });
    file.value = "";
  }
  /** Do something with a reader's numbers, and say in a sentence what is wrong with them. */
  async function attempt(act) {
    try {
      await act();
    } catch (wrong) {
      if (!(wrong instanceof RangeError)) throw wrong;
      note.textContent = `${wrong.message} ${HOW}`;
      say(wrong.message);
    }
  }
  const drop = (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    if (event.type === "drop") take(event.dataTransfer.files[0]);
  };
  for (const type of ["dragover", "drop"]) el.addEventListener(type, drop);

  const study = () => studies.network ?? studies.linear ?? null;
  note.textContent =
    "One column of numbers, or the last such column, with a title or without: choose a file, or " +
    `drop it on the figure. ${HOW}`;
  name();
  return {
    root,
    study,
    all: () => Object.values(studies),
    stop,
    destroy() {
      leaves = true;
      loop.destroy();
      for (const type of ["dragover", "drop"]) el.removeEventListener(type, drop);
    },
  };
}
