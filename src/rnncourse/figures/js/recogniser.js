// The recogniser: a recording of digits is read, step by step, as digits and blanks.

import { button, choice, slider, toggle } from "./base/controls.js";
import { element, formatNumber } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { wholePercent } from "./base/letters.js";
import { frameLoop } from "./base/loop.js";
import { followSettings } from "./base/settings.js";
import { MIDDLE, STEP } from "./recogniser/features.js";
import { recordingPicture } from "./recogniser/picture.js";
import { BLANK, createReader } from "./recogniser/reading.js";
import { levelled, SAMPLE_RATE, unspell } from "./recogniser/sound.js";
import { createPlayer, isLongEnough, ownVoice } from "./recogniser/voice.js";
import { describePicture, describeReading, pathInWords } from "./recogniser/words.js";

const OWN = "own";
const LEAST_NOISE = 40; // dB that speech is louder
const nameOf = (symbol) => (symbol === BLANK ? "–" : String(symbol - 1));

/** See `Recogniser` in Python for the traits. */
export function render({ model, el }) {
  const sounds = model.get("recordings").map(opened);
  const read = createReader(model.get("network"), model.get("statistics"));
  const settings = ["recording", "noise", "backwards"];
  const { begin, change, now, release } = followSettings(model, settings, update);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const player = createPlayer();
  let own = null; // the reader's own recording
  let showsOwn = false;
  let reading = null;

  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => show(false, { ...begin }),
    values,
  });
  const list = choice({
    label: "Recording",
    options: model.get("recordings").map(({ speaker }, k) => [String(k), `${k + 1}: ${speaker}`]),
    value: begin.recording,
    onChange: (k) => (k === OWN ? show(true, {}) : show(false, { recording: Number(k) })),
  });
  const noise = slider({
    label: "Noise: speech is louder by",
    value: begin.noise,
    values: Array.from({ length: LEAST_NOISE + 1 }, (_, k) => LEAST_NOISE - k),
    format: (decibels) => `${decibels}\u00a0dB`,
    onInput: (decibels) => change({ noise: decibels }),
  });
  const turned = toggle({
    label: "Backwards",
    value: begin.backwards,
    onChange: (backwards) => change({ backwards }),
  });
  const play = button({ label: "Play", primary: true, onClick: () => (loop.running ? loop.stop() : hear()) });
  const loop = frameLoop(el, {
    work: () => follow() && "rest",
    onChange: (running) => {
      play.label = running ? "Stop" : "Play";
      if (running) return;
      player.stop();
      light(null);
    },
  });
  const picture = recordingPicture();
  const path = element("p", { class: "rnnbook-recogniser-path", role: "img" });
  const text = element("b");
  const line = element("p", { class: "rnnbook-recogniser-text" }, "Collapsed: ", text);
  const voice = ownVoice({
    trainedOn: model.get("trained_on"),
    onBegin: loop.stop,
    onHeard: takeOwn,
    say: frame.say,
  });
  frame.controls.append(list.root, noise.root);
  frame.buttons.prepend(play.root);
  frame.buttons.append(turned.root);
  frame.stage.append(
    picture.root,
    element("p", { class: "rnnbook-recogniser-key" }, KEY),
    path,
    line,
  );
  frame.values.before(voice.root);

  function show(ofOwn, wanted) {
    showsOwn = ofOwn;
    change(wanted);
  }

  function takeOwn(samples) {
    const heard = isLongEnough(samples) ? levelled(samples) : null;
    if (!heard) return "Nothing was heard: it was silent, or too short.";
    if (!own) list.input.append(element("option", { value: OWN }, "Your own"));
    own = { samples: heard, said: null };
    show(true, {});
    return "";
  }

  function update(changed) {
    if (!changed) showsOwn = false; // a link or a kernel asks for one
    const { recording, noise: decibels, backwards } = now();
    check(now(), sounds.length);
    loop.stop();
    reading = read(showsOwn ? own : sounds[recording], decibels, backwards);
    list.value = showsOwn ? OWN : recording;
    noise.value = decibels;
    turned.value = backwards;
    picture.update(reading, describePicture(reading));
    path.replaceChildren(...reading.path.map((symbol) => element("span", {}, nameOf(symbol))));
    path.setAttribute("aria-label", pathInWords(reading));
    light(null);
    frame.say(describeReading(reading));
  }

  function hear() {
    player.start(reading.samples, loop.stop);
    loop.start();
  }

  function follow() {
    const at = player.now();
    if (at !== null) light(at);
    return at !== null;
  }

  /** Show what is read up to a sample; all, if null. */
  function light(sample) {
    const { path: symbols, runs } = reading;
    const done = sample === null ? symbols.length : Math.ceil((sample - MIDDLE) / STEP);
    [...path.children].forEach((one, t) => one.toggleAttribute("data-later", t >= done));
    const digits = runs.filter(({ symbol, from }) => symbol !== BLANK && from < done);
    const none = sample === null ? "nothing" : "\u00a0";
    const words = digits.map(({ symbol }) => nameOf(symbol)).join(" ") || none;
    if (text.textContent !== words) text.textContent = words;
    // Who wants no motion sees the text come, and no line that runs.
    picture.light(calm.matches ? null : sample);
  }

  function values() {
    const time = (t) => `${formatNumber((t * STEP) / SAMPLE_RATE)} s`;
    return [
      {
        caption: "The likeliest symbol of each step, where it changes; – is the blank.",
        head: ["symbol", "from", "to", "steps", "at most"],
        rows: reading.runs.map(({ symbol, from, to, p }) => [
          nameOf(symbol),
          time(from),
          time(to),
          to - from,
          wholePercent(p),
        ]),
      },
    ];
  }

  update();
  return () => {
    loop.destroy();
    player.stop();
    voice.destroy();
    picture.destroy();
    release();
    frame.destroy();
  };
}

const KEY =
  "Above: the sound, with the digits that are said, and how loud each band of frequencies is. Below: " +
  "the probability of each digit (coloured) and of the blank (grey, dashed). The network reads the " +
  "whole recording in both directions before anything is shown. The likeliest symbol of each step:";

function opened({ samples, digits, begins, ends }) {
  const said = digits.map((digit, k) => ({ digit, begin: begins[k], end: ends[k] }));
  return { samples: unspell(samples), said };
}

function check({ recording, noise, backwards }, count) {
  const whole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;
  if (!whole(recording, 0, count - 1)) throw new RangeError("recording must be one that there is");
  if (!whole(noise, 0, LEAST_NOISE)) throw new RangeError(`noise must be 0 to ${LEAST_NOISE} dB`);
  if (typeof backwards !== "boolean") throw new RangeError("backwards must be true or false");
}
