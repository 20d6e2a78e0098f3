// Write with it: a character language model goes on with what a person types.

import { button, choice, textArea } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { visibleLetter, wholePercent } from "./base/letters.js";
import { frameLoop } from "./base/loop.js";
import { followSettings } from "./base/settings.js";
import { chanceInWords, letterName, nextTable } from "./write_with_it/next.js";
import { writtenPage } from "./write_with_it/page.js";
import { drawSettings } from "./write_with_it/settings.js";
import { Tape } from "./write_with_it/tape.js";
import { unitStrip, unitValues } from "./write_with_it/units.js";
import {
  describeSettings,
  describeTakingBack,
  describeTyping,
  describeWriting,
  drawnInWords,
  placeInWords,
} from "./write_with_it/words.js";

const OF_DRAWS = ["temperature", "top_p", "top_k", "seed"];
const MOST_TYPED = 500; // characters
const MOST_WRITTEN = 1000;
const AT_ONCE = 200; // characters that it writes before it stops
const OWN = "own";
const BARS = "Framed: what the network gives a character. Filled: how often it is drawn.";
const FULL =
  `It has written ${MOST_WRITTEN} characters, and stops here. ` + "“Take it back” makes room.";

/** See `WriteWithIt` in Python for the traits. */
export function render({ model, el }) {
  const examples = model.get("examples");
  const tape = new Tape(model.get("reader"), model.get("alphabet"));
  const traits = ["text", "written", ...OF_DRAWS];
  const { begin, change, now, quietly, release } = followSettings(model, traits, update);
  const exampleFor = (text) =>
    examples.findIndex((one) => tape.asRead(one).join("") === tape.asRead(text).join(""));
  let own = exampleFor(begin.text) < 0 ? begin.text : "";
  let caret = Infinity; // letters before it in the text
  let at = 0; // the letter that is looked at; behind the last one, the next
  let from = 0; // the first letter of what is being written, or was last
  let shown = { text: null, written: "" };

  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => halted(reset),
    values,
  });
  const field = textArea({
    label: "Your text, which it goes on with",
    value: begin.text,
    maxLength: MOST_TYPED,
    hint: `At most ${MOST_TYPED} characters. They do not leave this page.`,
    onInput: retype,
  });
  const list = choice({
    label: "Examples",
    options: [...examples.map((one, k) => [String(k), titleOf(one)]), [OWN, "Your own text"]],
    value: OWN,
    onChange: (k) => retype(k === OWN ? own : examples[k], Infinity),
  });
  const settings = drawSettings(begin, tape.other, (draws) => change(draws));
  const more = button({ label: "Go on", primary: true, onClick: goOnOrStop });
  const one = button({ label: "One character", onClick: () => halted(writeOne) });
  const back = button({ label: "Take it back", onClick: () => halted(takeBack) });
  const loop = frameLoop(el, { work, afterFrame: draw, onChange: onRunning });

  const page = writtenPage((t) => halted(() => look(t)));
  const place = element("p", { class: "rnnbook-write-place" });
  const ways = [-1, 1].map((way) => {
    const onClick = () => halted(() => look(at + way));
    return button({ label: way < 0 ? "← Earlier" : "Later →", onClick });
  });
  const next = nextTable(tape.characters);
  const units = unitStrip(tape.reader.H);
  const side = element("div", { class: "rnnbook-write-side" }, place, next.root);
  const path = element("div", { class: "rnnbook-write-ways" }, ...ways.map(({ root }) => root));
  side.append(path);
  const both = element("div", { class: "rnnbook-write-both" }, page.root, side);
  frame.controls.append(field.root, ...(examples.length ? [list.root] : []), settings.temperature);
  frame.buttons.prepend(more.root, one.root, back.root);
  frame.buttons.append(settings.folded);
  frame.stage.append(element("div", { class: "rnnbook-write" }, both, units.root));

  /** Whatever else a person does ends the writing first. */
  function halted(act) {
    loop.stop();
    act();
  }

  function takeBack() {
    change({ written: "" });
  }

  function reset() {
    [shown, caret] = [{ text: null, written: "" }, Infinity];
    change({ ...begin });
  }

  function retype(text, before) {
    loop.stop();
    caret = tape.asRead([...text].slice(0, before).join("")).length;
    change({ text, written: "" });
    caret = Infinity;
  }

  function goOnOrStop() {
    if (loop.running) return loop.stop();
    from = tape.letters.length;
    if (from - tape.typed >= MOST_WRITTEN) return frame.say(FULL);
    return loop.start();
  }

  function work() {
    write();
    const count = tape.letters.length - tape.typed;
    if (tape.letters.length - from >= AT_ONCE || count >= MOST_WRITTEN) return false;
    // A character a frame can be followed; where motion is not wanted, it comes at once.
    return matchMedia("(prefers-reduced-motion: reduce)").matches || "rest";
  }

  function write() {
    const { text: _, written: __, ...draws } = now();
    tape.write(draws);
    at = tape.letters.length;
  }

  function writeOne() {
    from = tape.letters.length;
    if (from - tape.typed >= MOST_WRITTEN) return frame.say(FULL);
    write();
    return keep();
  }

  function onRunning(running) {
    more.label = running ? "Stop" : "Go on";
    if (!running) keep();
  }

  /** What has been written goes into the trait, and is spoken of. */
  function keep() {
    shown = { ...shown, written: tape.written };
    quietly({ written: tape.written });
    draw();
    frame.say(describeWriting(tape, from));
  }

  function look(t) {
    at = Math.min(Math.max(t, 0), tape.letters.length);
    draw();
    frame.say(`${placeInWords(tape, at)}${drawnInWords(tape, at)}.`);
  }

  function update(changed) {
    loop.stop();
    check(now(), tape.other);
    // What follows another text is not what the network would write after this one.
    if (now().text !== shown.text && shown.text !== null && now().written === shown.written) {
      quietly({ written: "" });
    }
    const { text, written, ...draws } = now();
    const same = text === shown.text && written === shown.written;
    const gone = tape.letters.length - tape.typed;
    if (!same) {
      tape.takeBack();
      tape.set(text, written, draws);
      at = Math.min(caret, tape.letters.length);
      from = tape.typed;
    } else if (tape.settings[at]) at = tape.letters.length; // what was drawn, was drawn
    shown = { text, written };
    const known = exampleFor(text);
    if (known < 0) own = text;
    field.value = text;
    list.value = known < 0 ? OWN : known;
    settings.show(draws);
    draw();
    frame.say(inWords(changed, same, gone));
  }

  function inWords(changed, same, gone) {
    const [first, ...more] = changed ?? [];
    if (first === "written" && !more.length) return describeTakingBack(gone);
    if (same) return describeSettings(tape, at, now(), first);
    return now().written ? describeWriting(tape, from) : describeTyping(tape, at);
  }

  function draw() {
    const { h, p, order, chances } = tape.after(at);
    const drawn = chances(tape.settings[at] ?? now());
    const came = at < tape.letters.length ? tape.idOf(tape.letters[at]) : -1;
    const words = placeInWords(tape, at);
    page.update(tape, at);
    place.textContent = words;
    next.update({ caption: BARS, p, order, chances: drawn, came });
    units.update(h);
  }

  function values() {
    const { h, p, order, chances } = tape.after(at);
    const drawn = chances(tape.settings[at] ?? now());
    const row = (k) => [
      letterName(tape.characters, k),
      wholePercent(p[k]),
      chanceInWords(tape.characters, drawn, k),
    ];
    const caption = `${placeInWords(tape, at)}. All characters, the likeliest first.`;
    return [{ caption, head: ["next", "given", "drawn"], rows: order.map(row) }, unitValues(h)];
  }

  update();
  return () => {
    loop.destroy();
    release();
    frame.destroy();
  };
}

function titleOf(text) {
  const letters = [...text].map((letter) => (letter === " " ? letter : visibleLetter(letter)));
  return letters.length > 40 ? `${letters.slice(0, 39).join("")}…` : letters.join("");
}

function check({ text, temperature, top_p: share, top_k: most, seed }, K) {
  if ([...text].length > MOST_TYPED) throw new RangeError("text is too long");
  const within = (value, low, high) => value >= low && value <= high;
  const whole = Number.isSafeInteger(seed) && Number.isInteger(most);
  if (!whole || seed < 0 || !within(most, 1, K)) throw new RangeError("no such seed or top_k");
  if (!within(temperature, 0.1, 2) || !within(share, 0.1, 1)) {
    throw new RangeError("no such temperature or top_p");
  }
}
