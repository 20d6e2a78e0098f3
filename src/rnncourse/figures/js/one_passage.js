// One passage, three readers: what each answer hangs on, by the gradient and in truth.

import { choice, radios, slider } from "./base/controls.js";
import { figureFrame } from "./base/frame.js";
import { frameLoop } from "./base/loop.js";
import { followSettings } from "./base/settings.js";
import { bandLegend, hangsTable } from "./one_passage/legend.js";
import { passagePicture } from "./one_passage/picture.js";
import { createStudy } from "./one_passage/study.js";
import {
  describeReading,
  describeReplacement,
  nameOf,
  openPassage,
  placeText,
} from "./one_passage/words.js";

const SETTINGS = ["passage", "letter", "at", "origin", "shows"];

/** See `OnePassage` in Python for the readers. */
export function render({ model, el }) {
  const readers = model.get("readers");
  const alphabet = [...model.get("alphabet")];
  const passages = model.get("passages").map(openPassage);
  const study = createStudy(alphabet, readers, passages);
  const { begin, change, now, release } = followSettings(model, SETTINGS, update);
  const shown = () => passages[model.get("passage")];
  const frame = figureFrame(el, {
    question: "Does it remember the quote or the #, or only see that the last letters are English?",
    onReset: () => change(begin),
  });
  const places = (label, name) =>
    slider({
      label,
      value: begin[name],
      min: 1,
      max: shown().characters.length,
      step: 1,
      format: (t) => placeText(shown(), t - 1),
      onInput: (t) => change({ [name]: t }),
    });
  const controls = {
    passage: choice({
      label: "Passage",
      options: passages.map(({ title, source }, index) => [String(index), `${title} (${source})`]),
      value: begin.passage,
      onChange(index) {
        const { at, origin } = passages[index];
        change({ passage: Number(index), at, origin });
      },
    }),
    letter: choice({
      label: "Replace by",
      options: alphabet.map((character) => [character, nameOf(character)]),
      value: begin.letter,
      onChange: (letter) => change({ letter }),
    }),
    shows: radios({
      label: "Upper band",
      options: [
        ["forecast", "the gradient’s forecast"],
        ["norm", "its norm"],
      ],
      value: begin.shows,
      onChange: (shows) => change({ shows }),
    }),
    at: places("Read up to character", "at"),
    origin: places("Replace character", "origin"),
  };
  frame.controls.append(...Object.values(controls).map(({ root }) => root));
  const legend = bandLegend(readers);
  const tap = (t, shift) => change({ [shift ? "origin" : "at"]: t + 1 });
  const picture = passagePicture(readers, tap);
  const table = hangsTable();
  frame.stage.append(legend.root, picture.root, table.root);

  let told = "";
  let laid = false;
  // A link may ask for more than there is, and a kernel sends the passage first.
  const within = (t) => Math.min(Math.max(Math.round(t), 1), shown().characters.length) - 1;
  const place = () => {
    const { at, origin, ...rest } = now();
    return { ...rest, at: within(at), origin: within(origin) };
  };
  const loop = frameLoop(el, {
    work() {
      if (!laid) {
        laid = true; // the first frame has enough to do with the text and the controls
        return "rest";
      }
      const more = study.work(place());
      if (!more) draw();
      return more;
    },
  });

  function update([changed] = []) {
    if (!alphabet.includes(model.get("letter"))) throw new RangeError("letter is not in alphabet");
    told = changed;
    const last = shown().characters.length;
    for (const name of ["at", "origin"]) controls[name].input.max = String(last);
    for (const name of SETTINGS) controls[name].value = model.get(name);
    legend.update(model.get("letter"), model.get("shows") === "norm");
    // The marks at once; the bands when they are known.
    picture.update(shown().title, shown(), null, place().at, place().origin);
    loop.start();
  }

  function draw() {
    const { letter, shows, at, origin } = place();
    const isNorm = shows === "norm";
    const found = study.findings(place(), isNorm);
    const become = study.becomes(shown().characters[origin], letter);
    const reading = describeReading(shown(), at, found, isNorm);
    const replacement = describeReplacement(shown(), at, origin, become, found);
    picture.update(reading, shown(), found, at, origin);
    table.update(shown(), at, found, isNorm);
    frame.say(told === "origin" ? replacement : `${reading} ${replacement}`);
  }

  update();
  return () => {
    release();
    loop.destroy();
    frame.destroy();
  };
}
