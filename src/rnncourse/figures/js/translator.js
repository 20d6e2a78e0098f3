// The translator: an encoder reads a date or a number, and a decoder with attention writes it.

import { button, choice, textField } from "./base/controls.js";
import { element, formatNumber } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { quotedLetter, visibleLetter, wholePercent } from "./base/letters.js";
import { followSettings } from "./base/settings.js";
import { letterPanel } from "./translator/letter.js";
import { attentionMap } from "./translator/map.js";
import { beamFold, candidateTable } from "./translator/steps.js";
import { BEAM, createTranslator, differences } from "./translator/translate.js";
import {
  describeBlocking,
  describeChange,
  describeStep,
  describeTranslation,
  placeInWords,
} from "./translator/words.js";

const MOST_TYPED = 60; // characters
const OWN = "own";
const KEPT = ["block", "replace", "type"]; // what leaves the cell that is looked at

/** See `Translator` in Python for the traits. */
export function render({ model, el }) {
  const [network, reads, writes, examples] = ["network", "reads", "writes", "examples"].map((name) =>
    model.get(name),
  );
  const made = createTranslator(network, reads, writes);
  const { kind, knows, nameOf, asRead, translate, search } = made;
  const { begin, change, now, release } = followSettings(model, ["text", "blocked", "written"], update);
  const lettersOf = (text) => asRead(text).letters.join("");
  const exampleFor = (text) => examples.findIndex((one) => lettersOf(one) === lettersOf(text));
  let own = exampleFor(begin.text) < 0 ? begin.text : "";
  let result = null; // what is written for the text
  let before = null; // what it is compared with: nothing blocked, or the text before
  let typedFrom = null; // what was written when a person began to type
  let did = null; // a person's last act, for the words
  let at = { row: -1, column: 0 }; // the cell of the map that is looked at
  let seen = -1; // the step whose candidates are shown

  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => act({ what: "reset" }, { ...begin }),
    values,
  });
  const field = textField({
    label: kind.label,
    value: begin.text,
    maxLength: MOST_TYPED,
    hint: kind.hint(MOST_TYPED),
    onInput: retype,
  });
  field.input.inputMode = kind.keyboard;
  const list = choice({
    label: "Examples",
    options: [...examples.map((one, k) => [String(k), one]), [OWN, "Your own"]],
    value: OWN,
    onChange: (k) => {
      const text = k === OWN ? own : examples[k];
      act({ what: "example" }, { text, blocked: [], written: kind.steps });
    },
  });
  const next = button({ label: "", primary: true, onClick: writeNext });
  const all = button({ label: "All", onClick: () => act({ what: "step" }, { written: kind.steps }) });
  const line = element("p", { class: "rnnbook-translator-line" });
  const spelled = element("p", { class: "rnnbook-translator-spelled" });
  const map = attentionMap({ kind, onLook: look, onBlock: block, onReplace: replace });
  const legend = element(
    "p",
    { class: "rnnbook-legend" },
    `Weight of a ${kind.token} (column) for a ${kind.unit} that is written (row): 0`,
    element("span", { class: "rnnbook-bar rnnbook-translator-bar", "aria-hidden": "true" }),
    "100\u00a0%",
  );
  const candidates = candidateTable();
  const letter = letterPanel(
    kind,
    () => block(at.column),
    (typed) => replace(at.column, typed),
  );
  const beam = beamFold(BEAM, kind.unit);
  const below = element("div", { class: "rnnbook-translator-below" }, candidates.root, letter.root);
  frame.controls.append(field.root, ...(examples.length ? [list.root] : []));
  frame.buttons.prepend(next.root, all.root);
  const parts = [line, map.root, legend, below];
  const stage = element("div", { class: "rnnbook-translator" }, ...parts);
  if (kind.isOfWords) {
    stage.classList.add("rnnbook-translator-of-words");
    stage.prepend(spelled);
  }
  frame.stage.append(stage);
  frame.values.before(beam.root);

  /** What a person does, and the settings that follow from it. */
  function act(done, settings) {
    did = done;
    if (done.what !== "type") typedFrom = null;
    change(settings);
  }

  function retype(text) {
    typedFrom ??= result;
    // Another number is another text; a date is changed letter by letter.
    act({ what: kind.isOfWords ? "example" : "type" }, { text, blocked: [], written: kind.steps });
  }

  function replace(s, typed) {
    if (!knows(typed)) return frame.say(`It does not know ${quotedLetter(typed)}.`);
    const text = result.letters.map((one, place) => (place === s ? typed : one)).join("");
    return act({ what: "replace" }, { text, written: kind.steps });
  }

  function block(s) {
    const kept = now().blocked.filter((one) => one < result.letters.length);
    const off = kept.includes(s) ? kept.filter((one) => one !== s) : [...kept, s];
    if (off.length === result.letters.length) {
      return frame.say(`One ${kind.token} must be left: the weights add up to 1.`);
    }
    off.sort((a, b) => a - b);
    return act({ what: "block", s }, { blocked: off, written: kind.steps });
  }

  function writeNext() {
    const done = now().written >= result.steps.length;
    act({ what: "step" }, { written: done ? 0 : now().written + 1 });
  }

  function look(to) {
    at = to;
    if (to.row >= 0) seen = to.row;
    draw();
  }

  function update() {
    const { text, blocked, written } = now();
    const { what, s } = did ?? {};
    did = null;
    const read = asRead(text);
    const { letters } = read;
    check(now(), letters, kind.steps);
    const last = result;
    const barred = blocked.filter((place) => place < letters.length);
    result = translate(read, barred);
    if (what === "block") before = barred.length ? translate(read, []) : null;
    else if (what === "replace") before = last;
    else if (what === "type") before = typedFrom;
    else if (what !== "step") before = barred.length ? translate(read, []) : null;
    const shown = Math.min(written, result.steps.length);
    if (what === "step") at = strongest(shown - 1);
    else if (!KEPT.includes(what) || last.letters.length !== letters.length) at = strongest(doubted());
    at.row = Math.min(at.row, shown - 1);
    const changed = what === "block" && before ? differences(result.units, before.units) : new Map();
    const [other = seen] = changed.keys();
    seen = Math.min(at.row < 0 ? other : at.row, shown - 1);
    const known = exampleFor(text);
    if (known < 0) own = text;
    field.value = text;
    list.value = known < 0 ? OWN : known;
    next.label = result.steps.length && shown === result.steps.length ? "Step by step" : `Next ${kind.unit}`;
    for (const control of [next, all]) control.disabled = result.steps.length === 0;
    draw();
    const isCompared = before?.steps.length && result.steps.length;
    if (what === "step") frame.say(describeStep(result, shown - 1, nameOf));
    else if (what === "block") {
      frame.say(describeBlocking(before ?? result, result, s, nameOf));
    } else if (["replace", "type"].includes(what) && isCompared) {
      frame.say(describeChange(before, result));
    } else frame.say(describeTranslation(result, nameOf));
  }

  /** The step that the network is least sure of. */
  function doubted() {
    const sure = result.steps.map(({ k, p }) => p[k]);
    return sure.indexOf(Math.min(...sure));
  }

  /** The cell with the largest weight of a step. */
  function strongest(row) {
    const weights = result.steps[row]?.weights ?? [0];
    return { row, column: weights.indexOf(Math.max(...weights)) };
  }

  function draw() {
    const steps = result.steps.slice(0, now().written);
    const changed = before ? differences(result.units, before.units) : new Map();
    const was = (t) => (changed.has(t) ? changed.get(t) || "–" : null);
    const lines = steps.map(({ k, weights }, t) => ({ name: nameOf(k), weights, before: was(t) }));
    const units = result.units.slice(0, steps.length).map((unit, t) => {
      return element(changed.has(t) ? "mark" : "span", {}, unit);
    });
    const compared = before?.line && before.line !== result.line && steps.length === result.steps.length;
    const then = compared ? [element("small", {}, ` before: ${before.line}`)] : [];
    line.replaceChildren(...units, ...then);
    spelled.textContent = result.spelled ?? "";
    const { blocked, letters } = result;
    map.update({ letters, blocked, lines, total: result.steps.length, at, seen });
    const step = steps[seen];
    candidates.update({
      caption: placeInWords(result, seen, nameOf),
      names: step ? step.order.map(nameOf) : [],
      p: step ? step.order.map((k) => step.p[k]) : [],
    });
    letter.update({ letters, s: at.column, blocked: blocked.includes(at.column) });
    beam.update(() => search(result, blocked), result.line);
  }

  function values() {
    const { letters, steps } = result;
    if (steps.length === 0) return [];
    const named = (t) => `${t + 1}. ${nameOf(steps[t].k)}`;
    const likeliest = ({ order, p }) =>
      order.slice(0, 3).map((k) => `${nameOf(k)}: ${wholePercent(p[k])}`);
    return [
      {
        caption: `Weights of the ${kind.token}s, in per cent.`,
        head: ["written", ...letters.map(visibleLetter)],
        rows: steps.map(({ weights }, t) => [
          named(t),
          ...weights.map((weight) => formatNumber(Math.round(100 * weight))),
        ]),
      },
      {
        caption: `The likeliest ${kind.unit}s of each step.`,
        head: ["written", "first", "second", "third"],
        rows: steps.map((step, t) => [named(t), ...likeliest(step)]),
      },
    ];
  }

  update();
  return () => {
    release();
    frame.destroy();
  };
}

function check({ text, blocked, written }, letters, steps) {
  const size = (value) => Number.isInteger(value) && value >= 0;
  if ([...text].length > MOST_TYPED) throw new RangeError("text is too long");
  if (!blocked.every(size)) throw new RangeError("blocked must be places");
  if (letters.length && letters.every((_, s) => blocked.includes(s))) {
    throw new RangeError("blocked must leave a letter");
  }
  if (!size(written) || written > steps) throw new RangeError(`written must be 0 to ${steps}`);
}
