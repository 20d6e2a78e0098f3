// Letter by letter: a network reads a word, and changes its mind about what it is.

import { choice, textField } from "./base/controls.js";
import { figureFrame } from "./base/frame.js";
import { followSettings } from "./base/settings.js";
import { createGuesser } from "./letter_by_letter/guessing.js";
import { guessTable, guessValues } from "./letter_by_letter/table.js";
import { describeGuesses } from "./letter_by_letter/words.js";

const LONGEST_WORD = 30; // characters
const OWN_WORD = "own";

/** See `LetterByLetter` in Python for the traits. */
export function render({ model, el }) {
  const [classes, examples] = ["classes", "examples"].map((name) => model.get(name));
  const guesser = createGuesser(model.get("reader"), model.get("alphabet"));
  const { begin, change, now, release } = followSettings(model, ["word"], update);
  const exampleFor = (word) =>
    examples.findIndex((example) => guesser.asRead(example.word) === guesser.asRead(word));
  let own = exampleFor(begin.word) < 0 ? begin.word : "";
  let rows = [];
  const frame = figureFrame(el, {
    question: model.get("question"),
    onReset: () => change(begin),
    values: () => (rows.length ? [guessValues(now().word, rows, classes)] : []),
  });
  const field = textField({
    label: "A word",
    value: begin.word,
    maxLength: LONGEST_WORD,
    hint: `At most ${LONGEST_WORD} characters, read while you type.`,
    onInput: (word) => change({ word }),
  });
  const list = choice({
    label: "Examples",
    options: [
      ...examples.map((example, k) => [String(k), `${example.word} (${example.class})`]),
      [OWN_WORD, "Your own word"],
    ],
    value: OWN_WORD,
    onChange: (k) => change({ word: k === OWN_WORD ? own : examples[k].word }),
  });
  frame.controls.append(field.root);
  if (examples.length) frame.controls.append(list.root);

  function update() {
    const { word } = now();
    if ([...word].length > LONGEST_WORD) throw new RangeError("word is too long");
    const known = exampleFor(word);
    if (known < 0) own = word;
    field.value = word;
    list.value = known < 0 ? OWN_WORD : known;
    rows = guesser.guess(word);
    frame.stage.replaceChildren(...(rows.length ? [guessTable(word, rows, classes)] : []));
    frame.say(describeGuesses(rows, classes, examples[known]?.class));
  }

  update();
  return () => {
    release();
    frame.destroy();
  };
}
