"""Letter by letter: the page computes what torch computes, and says what it finds."""

from __future__ import annotations

import gzip
import html
import json
import re
import sys
from pathlib import Path

import pytest
import torch
import traitlets

from rnncourse.experiments.packing import round_weights
from rnncourse.experiments.reader import Reader
from rnncourse.figures import bundle
from rnncourse.figures._reader import CELLS, network
from rnncourse.figures.letter_by_letter import percent

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node
from made_up_letters import ALPHABET, CLASSES, EXAMPLES, figure, made_up

GUESS = """
import { readFileSync } from "node:fs";
const { settings, words } = JSON.parse(readFileSync(0, "utf8"));
const { asRead, guess } = createGuesser(settings.reader, settings.alphabet);
const truth = settings.examples[0]?.class;
const found = words.map((word) => {
  const rows = guess(word);
  return {
    read: asRead(word),
    p: rows.map(({ p }) => p),
    percents: rows.map(({ p, order }) =>
      order.map((k) => [settings.classes[k], wholePercent(p[k])]),
    ),
    letters: rows.map(({ before, letter, known, turned }) => [before, letter, known, turned]),
    says: describeGuesses(rows, settings.classes),
    judges: describeGuesses(rows, settings.classes, truth),
    values: rows.length ? guessValues(word, rows, settings.classes) : null,
  };
});
process.stdout.write(JSON.stringify(found));
"""
WORDS = ["Frankreich", "nowy dom", "zażółć", "E\u0301TE\u0301", "x😀\u0308y", "a" * 30, "?", "İ"]
CELL = re.compile(r"<td.*?>(?:<span class=.*?</span> )?(.*?) <span>(.*?)</span></td>")


def in_the_page(shown, words, folder):
    """What the figure's JavaScript makes of words."""
    module = folder / "letter_by_letter.mjs"
    module.write_text(bundle.live("letter_by_letter") + GUESS, encoding="utf-8")
    text = json.dumps({"settings": shown.settings(), "words": words})
    return json.loads(node(str(module), text=text))


@pytest.mark.parametrize("kind", list(CELLS))
def test_the_page_guesses_what_torch_guesses(tmp_path, kind):
    shown = figure(reader=made_up(kind))
    for word, found in zip(WORDS, in_the_page(shown, WORDS, tmp_path), strict=True):
        p = shown.guesses(word)
        torch.testing.assert_close(torch.tensor(found["p"]).double(), p, rtol=0, atol=1e-5)
        assert len(p) == len(found["read"])
        shown.word = word
        cells = CELL.findall(shown.still())
        ours = [[cells[k] for k in range(row, row + 3)] for row in range(0, len(cells), 3)]
        theirs = [[(name, html.escape(p)) for name, p in row[:3]] for row in found["percents"]]
        assert ours == [[*map(tuple, row)] for row in theirs], (kind, word)


@pytest.mark.parametrize("kind", list(CELLS))
def test_guesses_are_the_reader_s_softmax(kind):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = Reader(CELLS[kind], len(ALPHABET), 5, classes=len(CLASSES))
    trait = {"kind": kind, "H": 5, "parameters": model.pack()}
    ids = torch.tensor([ALPHABET.index(letter) for letter in "haus? "])
    p = round_weights(model.double())(ids[:, None])[:, 0].softmax(dim=1)
    shown = figure(reader=trait)
    torch.testing.assert_close(shown.guesses("Hausß "), p)
    assert shown.guesses("Haus").dtype == torch.float64
    torch.testing.assert_close(shown.guesses("haus"), p[:4])
    assert shown.guesses("").shape == (0, len(CLASSES))


def test_a_word_is_read_in_small_letters_if_there_are_no_others(tmp_path):
    shown = figure()
    assert torch.equal(shown.guesses("HAUS"), shown.guesses("haus"))
    (found,) = in_the_page(shown, ["HAUS E\u0301"], tmp_path)
    assert found["read"] == "haus é"
    capitals = ALPHABET.replace("z", "H")
    shown = figure(alphabet=capitals, reader=made_up(alphabet=capitals))
    assert not torch.equal(shown.guesses("Haus"), shown.guesses("haus"))
    (found,) = in_the_page(shown, ["HAUS"], tmp_path)
    assert found["read"] == "HAUS"
    assert [known for _, _, known, _ in found["letters"]] == [True, False, False, False]


def test_what_is_said(tmp_path):
    shown = figure()
    found = in_the_page(shown, WORDS, tmp_path)
    for word, one in zip(WORDS, found, strict=True):
        p = shown.guesses(word)
        first = p.argmax(dim=1).tolist()
        turns = [t for t in range(1, len(first)) if first[t] != first[t - 1]]
        assert [t for t, (*_, turned) in enumerate(one["letters"]) if turned] == turns
        last, sure = CLASSES[first[-1]], html.unescape(percent(float(p[-1].max())))
        assert one["says"].startswith(f"Its last guess is {last}, {sure}. ")
        end = ": right. " if last == "German" else ": wrong, it is German. "
        assert f"{last}, {sure}{end}" in one["judges"]
        if not turns:
            assert "It never changed its mind." in one["says"]
            continue
        often = {1: "once,", 2: "twice, last"}.get(len(turns), f"{len(turns)} times, last")
        assert f"It changed its mind {often} at letter {turns[-1] + 1}, " in one["says"]
    assert len({one["says"].split(". ")[1] for one in found}) > 3, "seen in some variety"
    assert "It does not know “ż”, “ó”, “ł” and “ć”, and reads them all alike." in found[2]["says"]
    assert "It does not know “😀” and “◌\u0308”, and reads them all alike." in found[4]["says"]
    assert found[6]["says"].endswith("It does not know “?”.")
    assert found[1]["letters"][4][:3] == ["nowy", " ", True]


def test_nothing_is_said_of_an_empty_word(tmp_path):
    (found,) = in_the_page(figure(word=""), [""], tmp_path)
    assert found["says"] == "Type a word, and see what the network takes it for."
    assert found["p"] == []
    still = figure(word="").still()
    assert "<table" not in still
    assert "type a word" in still


def test_the_values_are_of_all_classes_that_were_among_the_first_three(tmp_path):
    shown = figure()
    (found,) = in_the_page(shown, ["Frankreich"], tmp_path)
    p = shown.guesses("Frankreich")
    met = {CLASSES[k] for k in p.topk(3, dim=1).indices.flatten().tolist()}
    head, *columns = found["values"]["head"]
    order = [CLASSES[k] for k in p[-1].argsort(descending=True).tolist()]
    assert head == "read so far"
    assert columns == [name for name in order if name in met]
    name, *percents = found["values"]["rows"][3]
    assert name == "fran"
    expected = [html.unescape(percent(float(p[3, CLASSES.index(one)]))) for one in columns]
    assert percents == expected


def test_the_still_table():
    shown = figure()
    assert shown.word == "Frankreich"
    still = shown.still()
    assert still == figure().still()
    assert "“Frankreich” for, letter by letter. In truth: German. ⇄ it changes its mind" in still
    assert '<th scope="row">fran<b>k</b></th>' in still
    assert still.count("<tr>") == 11
    turns = shown.guesses("Frankreich").argmax(dim=1).diff().ne(0).sum()
    assert still.count('aria-label="changes its mind:"') == int(turns) > 0
    own = figure(word="<b>ß d").still()
    assert "In truth" not in own
    assert "<b>&lt;</b> <small>unknown letter</small></th>" in own
    assert "&lt;b&gt;ß<b>␣</b></th>" in own
    assert "<b>◌\u0308</b> <small>unknown letter</small>" in figure(word="q\u0308").still()
    two = figure(reader=made_up(classes=2), classes=["A & B", "C"], examples=[], word="x").still()
    assert "Third" not in two
    assert "A &amp; B <span>" in two


def test_per_cents_never_say_that_all_is_certain():
    assert percent(0.0) == percent(0.0049) == "&lt;\u00a01\u00a0%"
    assert percent(0.9951) == percent(1.0) == "&gt;\u00a099\u00a0%"
    assert (percent(0.005), percent(0.4449)) == ("1\u00a0%", "44\u00a0%")


def test_what_is_read_first():
    assert figure(word="nowy").word == "nowy"
    assert figure(examples=[]).word == ""
    assert figure(examples=EXAMPLES[1:]).word == "nowy dom"


def test_the_page_carries_the_network_in_one_line():
    trait = figure().settings()["reader"]
    assert (trait["kind"], trait["H"]) == ("gru", 6)
    assert trait["parameters"]["V"].keys() == {"levels", "scales"}
    assert len(trait["parameters"]["V"]["levels"]) == 6 * len(CLASSES)


def test_it_is_light():
    script = gzip.compress(bundle.static_figure("letter_by_letter").encode())
    assert len(script) <= 3 * 1024


def test_drawing_leaves_the_reader_s_random_numbers_alone():
    trait = made_up()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    figure(reader=trait).page()
    assert torch.equal(torch.rand(1), expected)


def test_a_reader_of_other_classes_is_packed_and_unpacked():
    trait = made_up(classes=7)
    assert len(trait["parameters"]["V"]["rows"]) == 7
    model = network(trait, len(ALPHABET), 7)
    assert model(torch.zeros(4, 2, dtype=torch.long)).shape == (4, 2, 7)
    assert model.pack() == trait["parameters"]
    assert Reader(CELLS["gru"], 3, 2).readout.out_features == 3
    for wrong in (0, -1, 2.5, True, "3", None):
        with pytest.raises((TypeError, ValueError), match="classes must be a positive int, got"):
            Reader(CELLS["gru"], 3, 2, classes=wrong)


def but(**changed):
    return {**made_up(), **changed}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"word": "x" * 31}, "word must be one line of at most 30 characters, got 'xxx"),
        ({"word": "a\nb"}, "word must be one line of at most 30 characters, got 'a\\nb'"),
        ({"classes": ["one"]}, "classes must be two or more different names, got ['one']"),
        ({"classes": ["one", "one"]}, "classes must be two or more different names"),
        ({"classes": "one"}, "classes must be two or more different names, got 'one'"),
        ({"alphabet": ""}, "alphabet must be different characters: characters must hold"),
        ({"alphabet": "aa"}, "alphabet must be different characters: characters must differ"),
        ({"alphabet": ALPHABET + "!"}, "reader must be a network of 30 characters and 5 classes"),
        ({"classes": CLASSES[1:]}, "reader must be a network of 29 characters and 4 classes"),
        ({"reader": but(H=5)}, "reader must be a network of 29 characters and 5 classes"),
        ({"reader": but(H=0)}, "hidden_size must be a positive int, got 0"),
        ({"reader": but(kind="rnn")}, "kind of reader must be 'simple' or 'lstm' or 'gru', got 'r"),
        ({"reader": None}, "kind of reader must be 'simple' or 'lstm' or 'gru', got None"),
        ({"reader": {"kind": "gru", "H": 6}}, "reader must have 'parameters', got none"),
        ({"reader": but(parameters={})}, "packed must have W, U, b, b_U, V, c, got"),
        ({"examples": [{"word": "a"}]}, "each of examples must have a word and its class, got {"),
        ({"examples": [{"word": "", "class": "German"}]}, "each of examples must have a word"),
        (
            {"examples": [{"word": "a", "class": "Dutch"}]},
            "class of an example must be one of classes, got 'Dutch'",
        ),
        (
            {"word": "", "examples": [{"word": "x" * 31, "class": "German"}]},
            "word of an example must be one line of at most 30 characters",
        ),
        (
            {"examples": [{"word": w, "class": "German"} for w in ("Ab", "aB")]},
            "examples must differ as they are read, got ['ab'] twice",
        ),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        figure(**options)


def test_a_word_that_is_set_later_is_checked():
    shown = figure()
    shown.word = "Haus"
    with pytest.raises(traitlets.TraitError, match="at most 30 characters"):
        shown.word = "x" * 31
    assert shown.word == "Haus"
