// Draw a digit: a GRU reads it a row a step, and says after every row what it would answer.

import { button, choice, radios, slider } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { wholePercent } from "./base/letters.js";
import { frameLoop } from "./base/loop.js";
import { followSettings } from "./base/settings.js";
import { INK, pixelsOf, rowOf, SIDE } from "./draw_a_digit/bitmap.js";
import { drawingBoard } from "./draw_a_digit/board.js";
import { openDigitReader, ORDERS } from "./draw_a_digit/network.js";
import { rowsAndAnswers } from "./draw_a_digit/rows.js";
import { describeAnswers, describeMap, likeliest } from "./draw_a_digit/words.js";

const OWN = "own";
const BEAT = 700; // ms a row
const LISTED_ORDERS = [
  ["down", "from the top down, as in training"],
  ["up", "from the bottom up"],
  ["shuffled", "in shuffled order"],
];
const BLANK_PICTURE = { strokes: [], pixels: pixelsOf([]) };

/** See `DrawADigit` in Python for the traits. */
export function render({ model, el }) {
  const examples = model.get("examples");
  const read = openDigitReader(model.get("network"));
  const { begin, change, now, quietly, release } = followSettings(
    model,
    ["chosen", "row", "order"],
    update,
  );
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let showsOwn = false;
  let own = BLANK_PICTURE;
  let before = []; // what the reader's own picture was, to be undone
  let [stepping, due] = [false, 0]; // of reading row by row
  let shown = null;

  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => show(false, { ...begin }),
    values,
  });
  const list = choice({
    label: "Digit",
    options: [...examples.map(({ label }, k) => [String(k), titleOf(label, k)]), [OWN, "Your own"]],
    value: begin.chosen,
    onChange: (k) => (k === OWN ? show(true, {}) : show(false, { chosen: Number(k) })),
  });
  const rows = slider({
    label: "Rows read",
    value: begin.row,
    min: 1,
    max: SIDE,
    step: 1,
    format: (row) => `${row} of ${SIDE}`,
    onInput: (row) => change({ row }),
  });
  const play = button({
    label: "Read it row by row",
    primary: true,
    onClick: () => (loop.running ? change({}) : readOn()),
  });
  const undo = button({ label: "Undo", onClick: takeBack });
  const clear = button({ label: "Clear", onClick: () => keep(BLANK_PICTURE) });
  const order = radios({
    label: "The network reads the rows",
    options: LISTED_ORDERS,
    value: begin.order,
    onChange: (wanted) => change({ order: wanted }),
  });
  const loop = frameLoop(el, {
    work() {
      if (performance.now() < due) return "rest";
      stepTo(now().row + 1);
      return now().row < SIDE && "rest";
    },
    onChange(running) {
      play.label = running ? "Stop" : "Read it row by row";
    },
  });
  const board = drawingBoard({
    onBegin() {
      const { strokes } = showsOwn ? own : BLANK_PICTURE;
      quietly({ row: SIDE });
      keep({ strokes: [...strokes, []], pixels: own.pixels });
    },
    onDraw(points) {
      const strokes = [...own.strokes.slice(0, -1), [...points]];
      own = { strokes, pixels: pixelsOf(strokes) };
      show(true, {});
    },
    onCancel: takeBack,
  });
  const picture = rowsAndAnswers((place) => {
    const pixels = [...shown.pixels];
    pixels[place] = nextInk(pixels[place]);
    keep({ strokes: [], pixels });
  });
  const buttons = element("div", { class: "rnnbook-buttons" }, undo.root, clear.root);
  frame.controls.append(list.root, rows.root);
  frame.buttons.prepend(play.root);
  frame.stage.append(
    element(
      "div",
      { class: "rnnbook-digit" },
      element("div", { class: "rnnbook-digit-own" }, board.root, buttons),
      picture.root,
    ),
    element("p", { class: "rnnbook-digit-key" }, KEY),
  );
  frame.values.before(
    element("details", {}, element("summary", {}, "The order of the rows"), order.root),
  );

  function show(ofOwn, wanted) {
    showsOwn = ofOwn;
    change(wanted);
  }
  /** Another picture of the reader's own; the one before it can be brought back. */
  function keep(next) {
    before.push(own);
    own = next;
    show(true, {});
  }
  function takeBack() {
    own = before.pop() ?? BLANK_PICTURE;
    show(true, {});
  }
  function stepTo(row) {
    due = performance.now() + BEAT;
    stepping = true;
    change({ row });
    stepping = false;
  }
  function readOn() {
    if (calm.matches) change({ row: SIDE });
    else {
      loop.start();
      stepTo(1);
    }
  }

  function update(changed) {
    if (!changed) showsOwn = false; // a link or a kernel asks for one
    const { chosen, row, order: wanted } = now();
    check(now(), examples.length);
    if (!stepping) loop.stop();
    const { pixels, label } = showsOwn ? own : examples[chosen];
    const isBlank = pixels.every((ink) => ink === 0);
    const p = isBlank ? null : read(pixels, wanted);
    const known = wanted === "down" ? null : score(wanted);
    shown = { pixels, p, row, order: wanted, label, score: known };
    list.value = showsOwn ? OWN : chosen;
    rows.value = row;
    order.value = wanted;
    undo.disabled = !before.length;
    clear.disabled = showsOwn && isBlank;
    board.update(showsOwn ? own.strokes.filter(({ length }) => length) : [], "Draw here");
    picture.update({ pixels, p, row, order: ORDERS[wanted], label: describeMap(p, row) });
    if (!stepping || row === SIDE) frame.say(describeAnswers(shown));
  }

  /** How many of the examples whose label is known are read right. */
  function score(wanted) {
    const known = examples.filter(({ label }) => label !== undefined);
    const right = (way) => {
      const hits = known.filter((one) => likeliest(read(one.pixels, way)[SIDE - 1]) === one.label);
      return hits.length;
    };
    return { right: right(wanted), down: right("down"), of: known.length };
  }

  function values() {
    const { p, row, pixels, order: wanted } = shown;
    const named = Array.from({ length: SIDE }, (_, k) => String(k + 1));
    return [
      {
        caption: "How likely each digit is after each row that is read.",
        head: ["rows read", ...Array.from({ length: 10 }, (_, k) => String(k))],
        rows: (p ?? []).slice(0, row).map((one, t) => [named[t], ...one.map(wholePercent)]),
      },
      {
        caption: `The picture: the ink of each pixel, 0 to ${INK}, rows in the order of reading.`,
        head: ["row", ...named],
        rows: ORDERS[wanted].map((y) => [named[y], ...rowOf(pixels, y).map(String)]),
      },
    ];
  }

  update([]);
  return () => {
    loop.destroy();
    release();
    frame.destroy();
  };
}

const KEY =
  "Numbers: the order in which rows are read. Right: how likely each digit is once that row is " +
  "read; a frame marks the likeliest. By keyboard, in the picture: arrow keys move, the space " +
  "bar adds ink.";

const titleOf = (label, k) =>
  label === undefined ? `Picture ${k + 1}` : `Test digit ${k + 1}: ${label}`;
const nextInk = (ink) => (ink < INK / 2 ? INK / 2 : ink < INK ? INK : 0);

function check({ chosen, row, order }, count) {
  const whole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;
  if (!whole(chosen, 0, count - 1)) throw new RangeError("chosen must be an example that there is");
  if (!whole(row, 1, SIDE)) throw new RangeError(`row must be 1 to ${SIDE}`);
  if (!Object.hasOwn(ORDERS, order)) throw new RangeError("order must be down, up or shuffled");
}
