// The lattice of CTC: all paths of a short word through a few frames, and one to walk.

import { button, choice, radios, textField } from "./base/controls.js";
import { element, uniqueId } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { followSettings } from "./base/settings.js";
import {
  bestSymbols,
  collapsePath,
  countPaths,
  framesNeeded,
  isAllowed,
  latticeOf,
  likeliestPath,
  prefixBeam,
  withBlanks,
} from "./lattice/ctc.js";
import { latticeGrid } from "./lattice/grid.js";
import {
  cellNumber,
  describeFrame,
  describeGreedy,
  describePath,
  describeState,
  describeTotal,
  nameOfState,
  shortNumber,
  whyNot,
} from "./lattice/words.js";

const MOST_LETTERS = 5;
const LISTED = 3; // labellings that a beam has found
const BEAM_WIDTH = 50;
const NUMBERS = [
  ["given", "the network’s"],
  ["counted", "paths counted"],
  ["weighted", "paths weighted (α)"],
  ["where", "where it was"],
];
const CALLED = { given: "probability", counted: "ways", weighted: "α", where: "occupancy" };

/** What a word and a path are worth in a recording: `y`, the probabilities, [t][symbol]. */
export function studyWord(y, symbols, word, path) {
  const ids = [...word].map((letter) => symbols.indexOf(letter));
  const labels = withBlanks(ids);
  const [T, needed] = [y.length, framesNeeded(ids)];
  const [lattice, counts] = [latticeOf(y, labels), countPaths(T, labels)];
  const way = path.map((s) => labels[s]);
  const spell = (some) => some.map((k) => symbols[k]);
  const { merged, labels: left } = collapsePath(way);
  return {
    ...{ symbols, word, y, labels, T, needed, lattice, counts, path },
    ...{ paths: counts.total, total: lattice.total, blank: symbols[0] },
    spelled: spell(way),
    merged: spell(merged),
    collapsed: spell(left).join(""),
    p: way.reduce((product, k, t) => product * y[t][k], 1),
  };
}

/** What reading each frame by itself finds in a recording, and what a beam finds. */
export function studyRecording(y, symbols) {
  const best = bestSymbols(y);
  const wordOf = (ids) => ids.map((k) => symbols[k]).join("");
  const found = prefixBeam(y, BEAM_WIDTH).slice(0, LISTED);
  return {
    ids: best,
    best: best.map((k) => symbols[k]),
    collapsed: wordOf(collapsePath(best).labels),
    found: found.map(({ labels, p }) => ({ word: wordOf(labels), p })),
    width: BEAM_WIDTH,
  };
}

/** Whether states are a path of the word, or the beginning of one. */
function isWay({ labels, counts }, path) {
  return path.every((s, t) => {
    const isLive = counts.alpha[t]?.[s] > 0 && counts.beta[t][s] > 0;
    return isLive && (t === 0 || isAllowed(labels, path[t - 1], s));
  });
}

/** See `Lattice` in Python for the traits. */
export function render({ model, el }) {
  const names = ["word", "recording", "numbers", "path"];
  const { begin, change, now, quietly, release } = followSettings(model, names, update);
  const [recordings, words] = [model.get("recordings"), model.get("words")];
  const symbols = [...model.get("symbols")];
  const letters = symbols.slice(1).join("");
  const isSmall = letters === letters.toLowerCase();
  const heard = recordings.map(({ p }) => studyRecording(p, symbols));
  let shown = null;
  let pointed = null; // the cell whose sum is written out
  let last = now(); // what was drawn

  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => change(begin),
    values,
  });
  const list = choice({
    label: "Recording",
    options: recordings.map(({ name }, k) => [String(k), name]),
    value: begin.recording,
    onChange: (k) => listen(Number(k)),
  });
  const field = textField({
    label: "Word",
    value: begin.word,
    maxLength: MOST_LETTERS,
    hint: `Up to ${MOST_LETTERS} letters of ${[...letters].join(" ")}.`,
    onInput: type,
  });
  const cells = radios({
    label: "Numbers in the cells:",
    options: NUMBERS,
    value: begin.numbers,
    onChange: (numbers) => change({ numbers }),
  });
  const finish = button({
    label: "Finish the path",
    onClick: () => change({ path: likeliestPath(shown.y, shown.labels, now().path) }),
  });
  const clear = button({
    label: "Walk from the start",
    primary: true,
    onClick: () => change({ path: [] }),
  });
  frame.controls.append(...(recordings.length > 1 ? [list.root] : []), field.root);
  cells.root.classList.add("rnnbook-lattice-numbers");
  frame.controls.after(cells.root);
  frame.buttons.prepend(clear.root, finish.root);

  const total = element("p", { class: "rnnbook-lattice-total" });
  const detail = element("p", { class: "rnnbook-lattice-detail", id: uniqueId("state") });
  const grid = latticeGrid({
    describedBy: detail.id,
    onPoint: point,
    onWalk: walk,
    onBack: () => cut(now().path.length - 1),
  });
  const key = element("span");
  const bar = element("span", { class: "rnnbook-bar rnnbook-lattice-bar", "aria-hidden": "true" });
  const legend = element("p", { class: "rnnbook-legend" }, key, "0", bar, "1");
  const steps = element("p", { class: "rnnbook-lattice-steps" });
  const product = element("p", { class: "rnnbook-lattice-product" });
  const greedy = element("p", { class: "rnnbook-lattice-greedy" });
  const worth = element("div", { class: "rnnbook-lattice-worth" }, steps, product);
  const parts = [total, grid.root, legend, detail, worth, greedy];
  frame.stage.append(element("div", { class: "rnnbook-lattice" }, ...parts));

  function listen(recording) {
    const { p } = recordings[recording];
    const { word, recording: before } = now();
    const ids = [...word].map((letter) => symbols.indexOf(letter));
    // A word that was typed stays, where there is room for it.
    const stays = word !== words[before] && framesNeeded(ids) <= p.length;
    change({ recording, ...begun(recording, stays ? word : words[recording]) });
  }

  function type(text) {
    const typed = (isSmall ? text.toLowerCase() : text).normalize("NFC");
    if ([...typed].every((letter) => letters.includes(letter))) {
      return change(begun(now().recording, [...typed].slice(0, MOST_LETTERS).join("")));
    }
    field.input.setAttribute("aria-invalid", "true");
    return frame.say(`“${typed}” is not of these symbols: ${[...letters].join(" ")}.`);
  }

  /** A word, and its likeliest path. */
  function begun(recording, word) {
    const labels = withBlanks([...word].map((letter) => symbols.indexOf(letter)));
    return { word, path: likeliestPath(recordings[recording].p, labels) };
  }

  function walk(t, s) {
    const why = whyNot(shown, t, s);
    if (why) return frame.say(why);
    const { path } = now();
    if (path[t] === s) return cut(t === path.length - 1 ? t : t + 1);
    return change({ path: [...path.slice(0, t), s] });
  }

  function cut(length) {
    if (length >= 0) change({ path: now().path.slice(0, length) });
  }

  function point(to) {
    if (!to) detail.textContent = "Point at a cell for its sum, or at the number of a frame; by keyboard, use the arrow keys.";
    else if (to.s < 0) detail.textContent = describeFrame(shown, to.t, now().numbers);
    else detail.textContent = describeState(shown, to.t, to.s, now().numbers);
    pointed = to;
  }

  function update() {
    const { word, recording, numbers } = now();
    check(now());
    const { p: y } = recordings[recording];
    const isOther = word !== last.word || recording !== last.recording;
    shown = studyWord(y, symbols, word, []);
    if ((isOther && now().path === last.path) || !isWay(shown, now().path)) {
      quietly({ path: likeliestPath(y, shown.labels) });
    }
    last = now();
    shown = studyWord(y, symbols, word, last.path);
    draw(numbers, heard[recording], isOther);
  }

  function draw(numbers, { ids, ...reading }, isOther) {
    const { lattice, counts, labels, y, paths, T } = shown;
    const given = y.map((row) => labels.map((k) => row[k]));
    const values = { given, counted: counts.alpha, weighted: lattice.alpha, where: lattice.occupancy };
    const write = numbers === "counted" ? (value) => value.toLocaleString("en") : cellNumber;
    grid.update({
      ...shown,
      best: ids,
      shades: numbers === "where" ? lattice.occupancy : given,
      texts: values[numbers].map((row) => row.map(write)),
      called: CALLED[numbers],
    });
    list.value = last.recording;
    cells.value = numbers;
    if (field.value.normalize("NFC").toLowerCase() !== shown.word.toLowerCase()) field.value = shown.word;
    field.input.removeAttribute("aria-invalid");
    if (paths === 0) field.input.setAttribute("aria-invalid", "true");
    total.textContent = describeTotal(shown);
    total.classList.toggle("rnnbook-lattice-short", paths === 0);
    key.textContent =
      numbers === "where" ? "Shade, occupancy:" : "Shade, what the network gives the symbol:";
    drawPath();
    greedy.textContent = describeGreedy(reading);
    point(pointed && pointed.t < T && pointed.s < labels.length && !isOther ? pointed : null);
    frame.say(describePath(shown));
  }

  function drawPath() {
    const { spelled, merged, collapsed, p, y, labels, path, T } = shown;
    const step = (words) => element("small", {}, ` ${words} → `);
    const code = (symbols) => element("b", {}, symbols.join("") || "nothing");
    const rest = "·".repeat(Math.max(T - spelled.length, 0));
    steps.replaceChildren(
      element("b", {}, spelled.join(""), element("i", {}, rest)),
      step("merge repeats"),
      code(merged),
      step("drop blanks"),
      code([...collapsed]),
    );
    const factors = path.map((s, t) => shortNumber(y[t][labels[s]])).join(" × ");
    product.textContent = path.length ? `Probability: ${factors} = ${shortNumber(p)}` : "Probability: –";
  }

  function values() {
    if (!shown) return [];
    const { y, T, lattice, counts, labels } = shown;
    const head = ["", ...Array.from({ length: T }, (_, t) => `frame ${t + 1}`)];
    const ofStates = (caption, rows) => ({
      caption,
      head: ["state", ...head.slice(1)],
      rows: labels.map((_, s) => [nameOfState(shown, s), ...rows.map((row) => row[s])]),
    });
    return [
      {
        caption: "What the network gives each symbol.",
        head: ["symbol", ...head.slice(1)],
        rows: symbols.map((symbol, k) => [k ? symbol : "blank", ...y.map((row) => row[k])]),
      },
      ofStates("Paths counted: how many ways lead to a state.", counts.alpha),
      ofStates("Paths weighted, α: the probability of these ways.", lattice.alpha),
      ofStates("Where it was: the occupancy, which adds up to 1 in each frame.", lattice.occupancy),
    ];
  }

  function check({ word, recording, numbers }) {
    if (!recordings[recording]) throw new RangeError(`recording must be below ${recordings.length}`);
    if (!NUMBERS.some(([name]) => name === numbers)) throw new RangeError("numbers must be a name");
    const isWord = [...word].every((letter) => letters.includes(letter));
    if (!isWord || [...word].length > MOST_LETTERS) throw new RangeError("word must be of the symbols");
  }

  update();
  return () => {
    release();
    grid.destroy();
    frame.destroy();
  };
}
