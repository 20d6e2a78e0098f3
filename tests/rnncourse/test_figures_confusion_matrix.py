"""The confusion matrix: counted alike in Python and in the page, and said in words."""

from __future__ import annotations

import gzip
import html
import json
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import traitlets

from rnncourse.figures import ConfusionMatrix, bundle
from rnncourse.figures.confusion_matrix import Pair, percent

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node
from made_up_guesses import CLASSES, GUESSES, figure, large

COUNT = """
import { readFileSync } from "node:fs";
const { settings, shares } = JSON.parse(readFileSync(0, "utf8"));
const counted = countGuesses(settings.texts, settings.guessed);
const words = matrixWords(settings.classes, counted);
const all = settings.classes.map((_, k) => k);
process.stdout.write(JSON.stringify({
  counts: all.map((truth) => all.map((guess) => counted.count(truth, guess))),
  names: all.map((truth) => all.map((guess) => counted.textsOf(truth, guess))),
  pairs: counted.pairsOf(-1),
  own: all.map((k) => counted.pairsOf(k).length),
  says: words.all(),
  classes: all.map((k) => words.ofClass(k)),
  cells: all.map((truth) => all.map((guess) => words.cell(truth, guess))),
  opened: all.map((truth) => all.map((guess) => words.ofCell(truth, guess))),
  shades: [true, false].map((only) => words.ofShade(only)),
  values: classValues(settings.classes, counted),
  percents: shares.map(percent),
}));
"""
SHARES = [0, 1e-9, 0.0049, 0.005, 0.4449, 0.9949, 0.9951, 0.99999, 1]


@pytest.fixture(scope="module")
def in_the_page(tmp_path_factory):
    """A function that tells what the figure's JavaScript makes of a figure."""
    module = tmp_path_factory.mktemp("page") / "confusion_matrix.mjs"
    module.write_text(bundle.live("confusion_matrix") + COUNT, encoding="utf-8")

    def run(shown):
        text = json.dumps({"settings": shown.settings(), "shares": SHARES})
        found = json.loads(
            node(str(module), text=text).replace("\\u00a0", " ").replace("\xa0", " ")
        )
        return found

    return run


def test_what_was_taken_for_what():
    shown = figure()
    counts = shown.counts()
    assert counts.tolist() == [
        [5, 1, 0, 0, 0],
        [1, 2, 3, 0, 0],
        [0, 2, 4, 0, 0],
        [0, 0, 0, 4, 0],
        [0, 0, 0, 0, 0],
    ]
    assert shown.pairs() == [Pair(1, 2, 3, 6), Pair(2, 1, 2, 6), Pair(0, 1, 1, 6), Pair(1, 0, 1, 6)]
    assert shown.names("Danish", "Norwegian <b>") == [f"dan-{n} & co" for n in (8, 9, 10)]
    assert shown.names("Breton", "German") == []
    assert (shown.true_class, shown.taken_for) == ("Danish", "Norwegian <b>")
    assert (shown.lit_class, shown.only_mistakes) == ("", False)


@pytest.mark.parametrize("make", [figure, large, lambda: large(2, 5), lambda: large(40, 50)])
def test_the_page_counts_what_python_counts(in_the_page, make):
    shown = make()
    found = in_the_page(shown)
    assert found["counts"] == shown.counts().tolist()
    some = shown.classes
    assert found["names"] == [[shown.names(row, column) for column in some] for row in some]
    pairs = [tuple(pair[name] for name in ("truth", "guess", "count")) for pair in found["pairs"]]
    assert pairs == [pair[:3] for pair in shown.pairs()]
    off = (shown.counts() > 0) & ~np.eye(len(some), dtype=bool)
    assert found["own"] == (off.sum(axis=0) + off.sum(axis=1)).tolist()
    words = html.unescape(re.match("<p>(.*?)</p>", shown.still())[1]).replace("\xa0", " ")
    assert found["says"].startswith(words)
    assert found["percents"] == [html.unescape(percent(p)).replace("\xa0", " ") for p in SHARES]


def test_ties_are_settled_by_the_share(in_the_page):
    taken = [*"aab", *"bc", *"cca", *"ddbb"]
    of = "aaabbcccdddd"
    rows = [
        {"text": str(n), "true": true, "guess": guess}
        for n, (true, guess) in enumerate(zip(of, taken, strict=True))
    ]
    shown = ConfusionMatrix(["a", "b", "c", "d"], rows)
    assert [pair[:2] for pair in shown.pairs()] == [(3, 1), (1, 2), (0, 1), (2, 0)]
    found = in_the_page(shown)["pairs"]
    assert [(pair["truth"], pair["guess"]) for pair in found] == [(3, 1), (1, 2), (0, 1), (2, 0)]


def test_what_is_said(in_the_page):
    found = in_the_page(figure())
    assert found["says"] == (
        "15 of 22 names are right (68 %). Most confused: Danish, taken for Norwegian <b> (3 of 6)."
    )
    assert found["classes"][1] == (
        "Danish: 2 of its 6 names are found (recall 33 %). Of 5 taken for Danish, 2 are (precision "
        "40 %). It is mixed up most with Norwegian <b>: 3 taken for Norwegian <b>, 2 the other way "
        "round."
    )
    assert found["classes"][3].endswith("(precision 100 %). It is mixed up with no other.")
    assert found["classes"][4].startswith("Breton: no name is of this class. None is taken for Br")
    assert found["cells"][1][2] == "true Danish, taken for Norwegian <b>: 3 of 6"
    assert found["cells"][0][0] == "true German, taken for German, rightly: 5 of 6"
    assert found["opened"][1][2] == (
        "True Danish, taken for Norwegian <b>: 3 of 6 names (50 %). The other way round: 2 of 6."
    )
    assert found["opened"][0][0] == "True German, taken for German, rightly: 5 of 6 names (83 %)."
    assert found["opened"][4][1] == "No name is in truth Breton."
    assert found["shades"] == [
        "What is right is hidden: the strongest shade is 50 % of a row.",
        "What is right is shown again: the strongest shade is 100 % of a row.",
    ]
    assert found["values"]["rows"][1] == [
        *("Danish", "6", "2", "33 %", "5", "40 %", "Norwegian <b>"),
    ]
    assert found["values"]["rows"][4] == ["Breton", "0", "0", "–", "0", "–", "–"]


def test_recall_and_precision_of_many(in_the_page):
    shown = large()
    counts, found = shown.counts(), in_the_page(shown)
    for k, words in enumerate(found["classes"]):
        recall, precision = (
            percent(counts[k, k] / counts.sum(axis=axis)[k]).replace("\xa0", " ") for axis in (1, 0)
        )
        assert f"(recall {recall})" in words
        assert f"(precision {precision})" in words


def test_where_there_are_no_mistakes(in_the_page):
    shown = ConfusionMatrix(["a", "b"], [{"text": "x", "true": "b", "guess": "b"}] * 3)
    assert (shown.true_class, shown.taken_for) == ("a", "a")
    assert shown.pairs() == []
    found = in_the_page(shown)
    assert found["says"] == "3 of 3 names are right (100 %). No two classes are confused."
    assert found["shades"][0] == "There are no mistakes to be seen."
    still = shown.still()
    assert "No two classes are confused." in still
    assert "<table" not in still
    assert "<li>a 0\xa0of\xa00</li><li>b 3\xa0of\xa03</li>" in still


def test_the_still_tables():
    still = figure().still()
    assert still == figure().still()
    assert still.startswith("<p>15 of 22 names are right (68\xa0%).</p><table")
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>", still)
    assert rows[0] == ("Danish", "Norwegian &lt;b&gt;", "3\xa0of\xa06")
    assert len(rows) == 4
    assert "taken for Norwegian &lt;b&gt;: <bdi>dan-8 &amp; co</bdi>, <bdi>dan-9" in still
    assert still.count("<li>") == len(CLASSES)
    assert large().still().count('<th scope="row">') == 10


def test_a_table_and_more_columns_will_do():
    table = pd.DataFrame(GUESSES).assign(probability=0.5)
    assert (
        ConfusionMatrix(CLASSES, table).settings() == ConfusionMatrix(CLASSES, GUESSES).settings()
    )


def test_it_is_light():
    assert len(gzip.compress(bundle.static_figure("confusion_matrix").encode())) <= 5.5 * 1024
    shown = large()
    text = json.dumps(shown.settings(), ensure_ascii=False)
    assert "\n" not in text
    names = sum(len(line) + 1 for texts in shown.texts for line in texts.split("\n"))
    assert len(text.encode()) <= names + 3 * 31 * 44 + 2000


def row(**changed):
    return [*GUESSES, {"text": "x", "true": "German", "guess": "Danish", **changed}]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": "ab"}, "classes must be 2 to 40 different names, got 'ab'"),
        ({"classes": ["a"]}, "classes must be 2 to 40 different names, got ['a']"),
        ({"classes": ["a", "a"]}, "classes must be 2 to 40 different names, got ['a', 'a']"),
        ({"classes": ["a", " "]}, "classes must be 2 to 40 different names, got ['a', ' ']"),
        ({"classes": ["a", 1]}, "classes must be 2 to 40 different names, got ['a', 1]"),
        ({"classes": list(map(str, range(41)))}, "classes must be 2 to 40 different names, got ["),
        ({"classes": None}, "classes must be 2 to 40 different names, got None"),
        ({"guesses": []}, "guesses must be one row or more, got []"),
        ({"guesses": "abc"}, "guesses must be one row or more, got 'abc'"),
        ({"guesses": None}, "guesses must be one row or more, got None"),
        ({"guesses": ["abc"]}, "each of guesses must have text, true, guess, got 'abc'"),
        ({"guesses": [{"text": "x"}]}, "each of guesses must have text, true, guess, got {'text"),
        ({"guesses": row(text="")}, "text of guesses must be one line, got ''"),
        ({"guesses": row(text="a\nb")}, "text of guesses must be one line, got 'a\\nb'"),
        ({"guesses": row(text=7)}, "text of guesses must be one line, got 7"),
        ({"guesses": row(true="Dutch")}, "true of guesses must be one of classes, got 'Dutch'"),
        ({"guesses": row(guess=[2])}, "guess of guesses must be one of classes, got [2]"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        ConfusionMatrix(**{"classes": CLASSES, "guesses": GUESSES, **options})


def test_a_class_that_is_set_later_is_checked():
    shown = figure()
    shown.lit_class = shown.true_class = "Finnish"
    shown.lit_class = ""
    for name in ("true_class", "taken_for", "lit_class"):
        with pytest.raises(traitlets.TraitError, match=f"{name} must be one of classes.*'Dutch'"):
            setattr(shown, name, "Dutch")
    with pytest.raises(traitlets.TraitError, match="taken_for must be one of classes, got ''"):
        shown.taken_for = ""
    assert (shown.true_class, shown.lit_class) == ("Finnish", "")
