"""What the page makes of a passage: the JavaScript of `OnePassage`, in Node."""

import json
import sys
from pathlib import Path

from rnncourse.figures import OnePassage, bundle
from rnncourse.lessons.three_readers.readers import shipped

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node

CELLS = ["simple", "lstm", "gru"]
START = """
import { readFileSync } from "node:fs";
const { settings, cases } = JSON.parse(readFileSync(0, "utf8"));
const passages = settings.passages.map(openPassage);
const study = createStudy([...settings.alphabet], settings.readers);
const typed = new Map();
const passageOf = ({ passage, text }) => {
  if (!text) return passages[passage];
  if (!typed.has(text)) typed.set(text, openPassage({ text, kinds: null }));
  return typed.get(text);
};
"""
WEIGHTS = """
const found = settings.readers.map(({ parameters }) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, packed]) => [name, Array.from(unpackWeights(packed))]),
  ),
);
"""
FIND = """
const found = cases.map(({ letter, at, origin, isNorm, ...rest }) => {
  const place = { passage: passageOf(rest), letter, at, origin };
  let pieces = 0;
  while (study.work(place)) pieces += 1;
  const all = study.findings(place, isNorm);
  const become = (t) => study.becomes(place.passage.characters[t], letter);
  return {
    pieces,
    unknown: study.unknownIn(place.passage),
    readers: all.map(({ parameters, upper, lower, ...one }) => ({
      ...one,
      upper: Array.from(upper.slice(0, at + 1)),
      lower: Array.from(lower.slice(0, at + 1)),
      later: [...upper.slice(at + 1), ...lower.slice(at + 1)].filter((bits) => bits >= 0).length,
    })),
    words: all.map((one) => describeReading(place.passage, at, one, become, isNorm)),
    replaced: all.map((one) => describeReplacement(place.passage, at, origin, become(origin), one)),
  };
});
"""
SAY = """
const found = cases.map(({ text, kinds, at, isNorm, one }) =>
  describeReading(openPassage({ text, kinds }), at, one, () => "e", isNorm),
);
"""
OWN = "const found = cases.map(describeOwn);"


def in_the_page(script, cases, folder):
    """What the figure's JavaScript makes of some cases."""
    module = folder / "one_passage.mjs"
    write = "process.stdout.write(JSON.stringify(found));\n"
    module.write_text(bundle.live("one_passage") + START + script + write, encoding="utf-8")
    text = json.dumps({"settings": OnePassage(**shipped()).settings(), "cases": cases})
    return json.loads(node(str(module), text=text))


def place(passage=0, at=1, origin=1, letter="e", norm=False, text=""):
    """A place as the page has it, from a cursor and an origin that count from 1."""
    return {
        "passage": passage,
        "text": text,
        "letter": letter,
        "at": at - 1,
        "origin": origin - 1,
        "isNorm": norm,
    }
