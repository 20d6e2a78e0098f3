// One passage, three readers: what an answer hangs on, by the gradient and in truth.

import { choice, radios, slider, textArea } from "./base/controls.js";
import { element } from "./base/dom.js";
import { figureFrame } from "./base/frame.js";
import { frameLoop } from "./base/loop.js";
import { followSettings } from "./base/settings.js";
import { bandLegend, hangsTable } from "./one_passage/legend.js";
import { passagePicture } from "./one_passage/picture.js";
import { createStudy } from "./one_passage/study.js";
import {
  describeOwn,
  describeReading,
  describeReplacement,
  nameOf,
  openPassage,
  placeText,
} from "./one_passage/words.js";

const SETTINGS = ["reader", "passage", "text", "letter", "at", "origin", "shows"];
const MOST_TYPED = 200; // characters
const OWN = "own";
const FOR_EXAMPLE = 'say("is this # a remark or not';

/** See `OnePassage` in Python for the readers. */
export function render({ model, el }) {
  const readers = model.get("readers");
  const alphabet = [...model.get("alphabet")];
  const passages = model.get("passages").map(openPassage);
  const study = createStudy(alphabet, readers);
  const { begin, change, now, release } = followSettings(model, SETTINGS, update);
  let own = openOwn(begin.text || FOR_EXAMPLE);
  const shown = () => {
    const text = model.get("text");
    if (!text) return passages[model.get("passage")];
    if (text !== own.text) own = openOwn(text);
    return own;
  };
  // A link may ask for more than there is, and a kernel sends the passage first.
  const within = (t) => Math.min(Math.max(Math.round(t), 1), shown().characters.length) - 1;
  const frame = figureFrame(el, {
    question: "Does it remember the quote or the #, or only see that the last letters are English?",
    onReset: () => change(begin),
    values: () => picture.values(),
  });
  const controls = {
    reader: radios({
      label: "Reader",
      options: readers.map(({ kind, title }) => [kind, title]),
      value: begin.reader,
      onChange: (reader) => change({ reader }),
    }),
    passage: choice({
      label: "Passage",
      options: [
        ...passages.map(({ title, source }, index) => [String(index), `${title} (${source})`]),
        [OWN, "Your own text"],
      ],
      value: begin.passage,
      onChange(index) {
        if (index === OWN) {
          more.open = true;
          readOwn(own.text, own.characters.length);
        } else readPassageAt(Number(index));
      },
    }),
    at: places("Read up to character", "at"),
    text: textArea({
      label: "Your own text",
      value: begin.text,
      maxLength: MOST_TYPED,
      hint:
        `At most ${MOST_TYPED} characters, read while you type, as far as the caret. Empty it, and ` +
        "the passage is back.",
      onInput: (text, before) => (text ? readOwn(text, before) : readPassageAt(model.get("passage"))),
    }),
    origin: places("Replace character", "origin"),
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
  };
  const { reader, passage, at: cursor, ...folded } = controls;
  frame.controls.append(reader.root, passage.root, cursor.root);
  const more = element(
    "details",
    { class: "rnnbook-passage-more" },
    element("summary", {}, "Read your own text; choose what is replaced, and by what"),
    element("div", { class: "rnnbook-controls" }, ...Object.values(folded).map(({ root }) => root)),
  );
  frame.buttons.append(more);
  const legend = bandLegend();
  const picture = passagePicture((t, shift) => change({ [shift ? "origin" : "at"]: t + 1 }));
  const table = hangsTable();
  frame.stage.append(legend.root, picture.root, table.root);

  let told = "";
  let laid = false;
  const place = () => {
    const { letter, at, origin } = now();
    return { passage: shown(), letter, at: within(at), origin: within(origin) };
  };
  const loop = frameLoop(el, {
    work() {
      if (!laid) {
        laid = true; // the first frame has enough to do with the text and the controls
        return "rest";
      }
      const left = study.work(place());
      if (!left) draw();
      return left;
    },
  });

  function places(label, name) {
    return slider({
      label,
      value: begin[name],
      min: 1,
      max: shown().characters.length,
      step: 1,
      format: (t) => placeText(shown(), within(t)),
      onInput: (t) => change({ [name]: t }),
    });
  }

  function readPassageAt(index) {
    const { at, origin } = passages[index];
    change({ passage: index, text: "", at, origin });
  }

  /** Read a text that was typed, up to a character; the first # or quotation mark is replaced. */
  function readOwn(text, at) {
    change({ text, at: Math.max(at, 1), origin: firstMark([...text]) + 1 });
  }

  function update([changed] = []) {
    if (!alphabet.includes(model.get("letter"))) throw new RangeError("letter is not in alphabet");
    if ([...model.get("text")].length > MOST_TYPED) throw new RangeError("text is too long");
    told = changed;
    const last = shown().characters.length;
    for (const name of ["at", "origin"]) controls[name].input.max = String(last);
    for (const name of SETTINGS) controls[name].value = model.get(name);
    if (shown() === own) passage.value = OWN;
    const { kind } = theReader(readers);
    legend.update(theReader(readers), model.get("letter"), isNorm(), shown() === own);
    // The marks at once; the bands when they are known.
    picture.update(shown().title, shown(), kind, null, place().at, place().origin);
    loop.start();
  }

  function draw() {
    const { letter, at, origin } = place();
    const found = study.findings(place(), isNorm());
    const one = theReader(found);
    const become = (t) => study.becomes(shown().characters[t], letter);
    const reading = describeReading(shown(), at, one, become, isNorm());
    const replacement = describeReplacement(shown(), at, origin, become(origin), one);
    const said = told === "origin" ? [] : [reading];
    const chosen = shown() !== own || origin !== firstMark(own.characters);
    if (told === "origin" || (chosen && origin !== one.top.t)) said.push(replacement);
    if (shown() === own) said.push(describeOwn(study.unknownIn(own)));
    picture.update(reading, shown(), one.kind, one, at, origin);
    table.update(shown(), at, found, one.kind, isNorm());
    frame.say(said.join(" "));
  }

  function theReader(all) {
    return all.find(({ kind }) => kind === model.get("reader"));
  }
  function isNorm() {
    return model.get("shows") === "norm";
  }

  update();
  return () => {
    release();
    loop.destroy();
    frame.destroy();
  };
}

function openOwn(text) {
  return openPassage({ title: "Your own text", text, kinds: null });
}

/** Where the first # or quotation mark is, from 0; 0 where there is none. */
function firstMark(characters) {
  return Math.max(
    characters.findIndex((character) => "#\"'".includes(character)),
    0,
  );
}
