// A confusion matrix that opens: what each class was taken for, and which names these were.

import { choice, toggle } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { followSettings } from "./base/settings.js";
import { countGuesses } from "./confusion_matrix/counts.js";
import { matrixGrid } from "./confusion_matrix/grid.js";
import { namesList, pairButtons } from "./confusion_matrix/lists.js";
import { classValues, matrixWords } from "./confusion_matrix/words.js";

const SETTINGS = ["true_class", "taken_for", "lit_class", "only_mistakes"];

/** See `ConfusionMatrix` in Python for the traits. */
export function render({ model, el }) {
  const classes = model.get("classes");
  const counted = countGuesses(model.get("texts"), model.get("guessed"));
  const words = matrixWords(classes, counted);
  const { begin, change, now, release } = followSettings(model, SETTINGS, update);
  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => change({ ...begin }),
    values: () => [classValues(classes, counted)],
  });
  const lights = choice({
    label: "Class",
    options: [["", "All classes"], ...classes.map((name) => [name, name])],
    value: begin.lit_class,
    onChange: light,
  });
  const mistakes = toggle({
    label: "Only mistakes",
    value: begin.only_mistakes,
    onChange: (only) => change({ only_mistakes: only }),
  });
  lights.root.classList.add("rnnbook-confusion-class");
  frame.controls.append(lights.root, mistakes.root);
  const grid = matrixGrid(classes, counted, words, open);
  const pairs = pairButtons(words, open);
  const names = namesList(words);
  frame.stage.append(
    element("p", { class: "rnnbook-confusion-sum" }, words.all()),
    element(
      "div",
      { class: "rnnbook-confusion" },
      element(
        "div",
        { class: "rnnbook-confusion-both" },
        grid.root,
        element("div", { class: "rnnbook-confusion-side" }, pairs.root, names.root),
      ),
    ),
  );

  function open({ truth, guess }) {
    change({ true_class: classes[truth], taken_for: classes[guess] });
  }

  /** Light a class, and open where it is confused most. */
  function light(name) {
    const k = classes.indexOf(name);
    const own = Math.max(k, 0);
    const { truth, guess } = counted.pairsOf(k)[0] ?? { truth: own, guess: own };
    change({ lit_class: name, true_class: classes[truth], taken_for: classes[guess] });
  }

  function update(changed = SETTINGS) {
    const { true_class: row, taken_for: column, lit_class: lit, only_mistakes: only } = now();
    const [truth, guess, k] = [row, column, lit].map((name) => classes.indexOf(name));
    if (truth < 0 || guess < 0) throw new RangeError(`there is no class ${truth < 0 ? row : column}`);
    if (k < 0 && lit) throw new RangeError(`there is no class ${lit}`);
    lights.value = lit;
    mistakes.value = only;
    grid.update({ truth, guess, lit: k, only });
    pairs.update(counted.pairsOf(k), k, { truth, guess });
    names.update(truth, guess, counted.textsOf(truth, guess));
    const has = (name) => changed.includes(name);
    const all = changed.length === SETTINGS.length;
    const said = [];
    if (has("lit_class") && (k >= 0 || !all)) said.push(k < 0 ? words.all() : words.ofClass(k));
    if (has("true_class") && (all || !has("lit_class"))) said.push(words.ofCell(truth, guess));
    if (has("only_mistakes") && (only || !all)) said.push(words.ofShade(only));
    frame.say(said.join(" "));
  }

  update();
  return () => {
    release();
    frame.destroy();
  };
}
