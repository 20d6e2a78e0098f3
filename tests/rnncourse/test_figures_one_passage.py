"""One passage, three readers: the page computes what torch computes, and says what it finds."""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import traitlets

from rnnbook.data import KINDS
from rnnbook.models.packing import unpack
from rnncourse.figures import OnePassage, bundle
from rnncourse.lessons.three_readers.readers import reader, shipped, vocabulary

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node

OUTPUTS, GRADIENTS = 1e-5, 1e-4
CELLS = ["simple", "lstm", "gru"]
START = """
import { readFileSync } from "node:fs";
const { settings, cases } = JSON.parse(readFileSync(0, "utf8"));
const passages = settings.passages.map(openPassage);
const study = createStudy([...settings.alphabet], settings.readers, passages);
"""
WEIGHTS = """
const found = settings.readers.map(({ parameters }) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, packed]) => [name, Array.from(unpackWeights(packed))]),
  ),
);
"""
FIND = """
const found = cases.map((place) => {
  let pieces = 0;
  while (study.work(place)) pieces += 1;
  const { passage, letter, at, origin, isNorm } = place;
  const all = study.findings(place, isNorm);
  const become = study.becomes(passages[passage].characters[origin], letter);
  return {
    pieces,
    readers: all.map(({ parameters, upper, lower, ...rest }) => ({
      ...rest,
      upper: Array.from(upper.slice(0, at + 1)),
      lower: Array.from(lower.slice(0, at + 1)),
      later: [...upper.slice(at + 1), ...lower.slice(at + 1)].filter((bits) => bits >= 0).length,
    })),
    words: describeReading(passages[passage], at, all, isNorm),
    replaced: describeReplacement(passages[passage], at, origin, become, all),
  };
});
"""
SAY = """
const found = cases.map(({ text, kinds, at, isNorm, found: readers }) =>
  describeReading(openPassage({ text, kinds }), at, readers, isNorm),
);
"""


def in_the_page(script, cases, folder):
    """What the figure's JavaScript makes of some cases."""
    module = folder / "one_passage.mjs"
    write = "process.stdout.write(JSON.stringify(found));\n"
    module.write_text(bundle.live("one_passage") + START + script + write, encoding="utf-8")
    text = json.dumps({"settings": OnePassage(**shipped()).settings(), "cases": cases})
    return json.loads(node(str(module), text=text))


def place(passage=0, at=1, origin=1, letter="e", norm=False):
    """A place as the page has it, from a cursor and an origin that count from 1."""
    return {
        "passage": passage,
        "letter": letter,
        "at": at - 1,
        "origin": origin - 1,
        "isNorm": norm,
    }


def every_cursor(passage, letter, norm=False):
    length = len(shipped()["passages"][passage]["text"])
    return [place(passage, at, letter=letter, norm=norm) for at in range(1, length + 1)]


def table(results, cell, name):
    """(T, T): a row a cursor, a column a character, zero behind the cursor."""
    rows = [found["readers"][CELLS.index(cell)][name] for found in results]
    return np.array([row + [0.0] * (len(rows) - len(row)) for row in rows])


def relative(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


def bits_of(model, text, kinds, t):
    """The log-odds of the true kind at the last character of a text, by the definition."""
    y = model(vocabulary().encode(text)[:, None])[-1, 0]
    p = y.softmax(dim=-1)
    others = p[torch.arange(len(KINDS)) != kinds[t]].sum()
    return (p[kinds[t]] / others).log2(), p


def test_the_page_reads_the_rounded_weights(tmp_path):
    found = in_the_page(WEIGHTS, [], tmp_path)
    for trait, ours in zip(shipped()["readers"], found, strict=True):
        model = reader(trait["kind"])
        theirs = dict(model.layer.cell.named_parameters())
        theirs |= {"V": model.readout.weight, "c": model.readout.bias}
        assert ours.keys() == theirs.keys()
        for name, weights in theirs.items():
            exact = weights.detach().float().flatten().tolist()
            assert ours[name] == exact, (trait["kind"], name)
            assert unpack(trait["parameters"][name]).float().flatten().tolist() == exact


@pytest.mark.parametrize(("passage", "letter"), [(0, "e"), (1, "e"), (2, "a"), (2, "#")])
def test_both_tables_are_those_of_torch(tmp_path, passage, letter):
    forecast = in_the_page(FIND, every_cursor(passage, letter), tmp_path)
    norm = in_the_page(FIND, every_cursor(passage, letter, norm=True), tmp_path)
    figure = OnePassage(**shipped(), passage=passage, letter=letter)
    for cell in CELLS:
        expected = figure.changes(cell)
        assert relative(table(forecast, cell, "lower"), expected.real.numpy()) < OUTPUTS
        assert relative(table(forecast, cell, "upper"), expected.foretold.numpy()) < GRADIENTS
        assert relative(table(norm, cell, "upper"), expected.norm.numpy()) < GRADIENTS
    assert all(one["later"] == 0 for found in forecast for one in found["readers"])


@pytest.mark.parametrize("passage", [0, 1, 2])
def test_real_changes_are_those_of_another_text(tmp_path, passage):
    shown = shipped()["passages"][passage]
    text, kinds = shown["text"], [int(kind) for kind in shown["kinds"]]
    draw = np.random.default_rng(passage)
    ats = draw.integers(2, len(text), 8).tolist()
    origins = [int(draw.integers(0, at)) for at in ats]
    cases = [place(passage, at + 1, t + 1) for at, t in zip(ats, origins, strict=True)]
    for found, at, t in zip(in_the_page(FIND, cases, tmp_path), ats, origins, strict=True):
        letter = "a" if text[t] == "e" else "e"
        changed = text[:t] + letter + text[t + 1 :]
        for cell, ours in zip(CELLS, found["readers"], strict=True):
            model = reader(cell)
            was, p = bits_of(model, text[: at + 1], kinds, at)
            now, q = bits_of(model, changed[: at + 1], kinds, at)
            assert ours["says"] == KINDS[int(p.argmax())]
            assert ours["then"] == KINDS[int(q.argmax())]
            assert abs(ours["p"] - p.max().item()) < OUTPUTS
            assert abs(ours["moved"] - (now - was).abs().item()) < OUTPUTS * 25


@pytest.mark.parametrize("cell", CELLS)
def test_the_forecast_is_the_slope_of_a_small_step(tmp_path, cell):
    shown, figure = shipped()["passages"][2], OnePassage(**shipped(), passage=2)
    at, t, step = figure.at - 1, figure.origin - 1, 1e-6
    model, ids = reader(cell), vocabulary().encode(shown["text"])
    x = model.one_hot(ids)[:, None]
    towards = x.clone()
    towards[t, 0] = model.one_hot(vocabulary().encode("e"))
    with torch.no_grad():
        y = [model(x + share * (towards - x))[at, 0].softmax(-1) for share in (step, -step)]
    bits = [torch.log2(p[2] / (p[0] + p[1])) for p in y]
    slope = ((bits[0] - bits[1]) / (2 * step)).abs().item()
    (found,) = in_the_page(FIND, [place(2, figure.at, figure.origin)], tmp_path)
    assert found["readers"][CELLS.index(cell)]["named"] == pytest.approx(slope, rel=1e-3)


def test_work_comes_in_many_pieces_and_is_kept(tmp_path):
    length = len(shipped()["passages"][0]["text"])
    cases = [place(0, 124), place(0, 124), place(0, 100), place(0, 100, letter="x")]
    first, same, moved, other = (found["pieces"] for found in in_the_page(FIND, cases, tmp_path))
    assert first >= 3 * length / 8
    assert same == 0
    assert moved == 3  # a way back for each reader
    assert other >= 3 * length / 8


def hangs(says, top, bits, first, foretold=0.0):
    """What the study finds of one reader, as far as words need it; characters from 0."""
    top, first = {"t": top, "bits": bits}, {"t": first, "bits": 1.0}
    return {"says": says, "top": top, "first": first, "foretold": foretold}


def said(folder, text, kinds, read, found, norm=False):
    """The words on three readers that were made up; the cursor is at the end of ``read``."""
    titles = ("simple", "LSTM", "GRU")
    case = {
        "text": text,
        "kinds": kinds,
        "at": text.index(read) + len(read) - 1,
        "isNorm": norm,
        "found": [one | {"title": title} for one, title in zip(found, titles, strict=True)],
    }
    return in_the_page(SAY, [case], folder)[0]


def test_words_say_who_remembers_and_whether_the_gradient_says_so(tmp_path):
    text, kinds = 'x = "as it is"  # so\n', "0" * 4 + "2" * 10 + "00" + "1" * 4 + "0"
    same = [hangs("string", 4, 7.21, 4, 6.0)] * 3
    assert said(tmp_path, text, kinds, "as i", same) == (
        "At i, line 1, in a string: all three say string. All three remember the quote that opens "
        "it, 4 characters back (7.2, 7.2 and 7.2 bits, foretold 6.0, 6.0 and 6.0). The gradient "
        "of all three names it too."
    )
    mixed = [
        hangs("code", 6, 3.0, 7),
        hangs("string", 4, 5.5, 4, 0.1),
        hangs("string", 2, 0.2, 8),
    ]
    assert said(tmp_path, text, kinds, "as i", mixed) == (
        "At i, line 1, in a string: simple says code, LSTM and GRU say string. Simple hangs on the "
        "“s” 2 characters back (3.0 bits, foretold 0.0). LSTM remembers the quote that opens it, 4 "
        "characters back (5.5 bits, foretold 0.1). No single character moves GRU by half a bit. "
        "The gradient of simple names the space 1 character back; that of LSTM names it too."
    )
    assert "foretold" not in said(tmp_path, text, kinds, "as i", mixed, norm=True)
    near = said(tmp_path, text, kinds, '"as', [hangs("string", 4, 5.0, 6)] * 3)
    assert "hang on the double quote 2 characters back" in near  # that needs no memory
    assert "The gradient of all three names the “s” just read" in near
    code = said(tmp_path, text, kinds, "x =", [hangs("code", 0, 5.0, 0)] * 3)
    assert "hang on the “x” 2 characters back" in code
    little = said(tmp_path, text, kinds, "# so\n", [hangs("code", 0, 0.4, 0)] * 3)
    assert little == (
        "At line end, line 1, in code: all three say code. No single character moves all three by "
        "half a bit."
    )


@pytest.mark.parametrize("opening", ['"""', 3 * "'", 'r"', "f'", "#"])
def test_words_know_what_opens_a_string_or_a_comment(tmp_path, opening):
    kind, mark = ("1", "#") if opening == "#" else ("2", "quote")
    text = f"x {opening}and so it is"
    kinds = "00" + kind * (len(text) - 2)
    for t in range(2, 2 + len(opening)):
        words = said(tmp_path, text, kinds, "it", [hangs("string", t, 5.0, t)] * 3)
        back = text.index("it") + 1 - t
        assert f"remember the {mark} that opens it, {back} characters back" in words
    after = said(tmp_path, text, kinds, "it", [hangs("string", 2 + len(opening), 5.0, 0)] * 3)
    assert "hang on the “a”" in after


def test_words_say_what_the_figure_has_found(tmp_path):
    figure = OnePassage(**shipped())
    cases = [place(0, figure.at, figure.origin), place(0, figure.at, figure.at + 1)]
    opening, ahead = in_the_page(FIND, cases, tmp_path)
    assert "At k, line 8, in a comment: all three say comment." in opening["words"]
    assert "All three remember the # that opens it, 29 characters back" in opening["words"]
    assert opening["replaced"].startswith("With “e” for the “#” 29 characters back, ")
    assert ahead["replaced"] == "The character to be replaced is not read yet."
    for one in opening["readers"]:
        assert one["top"]["bits"] == max(one["lower"]) == one["lower"][one["top"]["t"]]
        assert one["first"]["bits"] == max(one["upper"]) == one["upper"][one["first"]["t"]]
        assert one["moved"] == one["lower"][figure.origin - 1]
        assert one["named"] == one["upper"][figure.origin - 1]
        assert one["foretold"] == one["upper"][one["top"]["t"]]


def test_a_letter_that_stands_there_already_becomes_another(tmp_path):
    text = shipped()["passages"][0]["text"]
    e, a = text.index("e") + 1, text.index("a") + 1
    cases = [
        place(0, 60, e),
        place(0, 60, a),
        place(0, 60, a, letter="a"),
        place(0, 60, e, "\ufffd"),
    ]
    both, plain, same, rare = in_the_page(FIND, cases, tmp_path)
    assert both["replaced"].startswith("With “a” for the “e”")
    assert plain["replaced"].startswith("With “e” for the “a”")
    assert same["replaced"].startswith("With “e” for the “a”")
    assert rare["replaced"].startswith("With some other character for the “e”")


def test_the_still_picture_says_what_the_page_says(tmp_path):
    figure = OnePassage(**shipped())
    (found,) = in_the_page(FIND, [place(0, figure.at, figure.origin)], tmp_path)
    still = figure.still()
    assert still == figure.still()
    cells = re.findall(r"<td>(.*?)</td>", still)
    for (says, most, first), one in zip(np.reshape(cells, (3, 3)), found["readers"], strict=True):
        assert says == f"{one['says']}, {min(round(100 * one['p']), 99)}\u00a0%"
        for words, top in ((most, one["top"]), (first, one["first"])):
            character, back = figure.passages[0]["text"][top["t"]], figure.at - 1 - top["t"]
            named = {"'": "single quote", " ": "space"}.get(character, f"“{character}”")
            assert words == f"{named} {back} back: {top['bits']:.1f}\u00a0bits"
    (alt,) = re.findall(r'aria-label="(.*?)"', still)
    assert "GRU really hangs on “#” 29 back" in alt
    assert OnePassage(**shipped(), shows="norm").still() != still
    assert "norm of its gradient" in OnePassage(**shipped(), shows="norm").still()


def test_it_is_light():
    def weight(text):
        return len(gzip.compress(text.encode()))

    assert weight(bundle.static_figure("one_passage")) <= 6.5 * 1024
    assert weight(OnePassage(**shipped()).still()) <= 3_500
    assert weight(OnePassage(**shipped()).page()) <= 16_000


def test_places_are_kept_within_the_passage():
    figure = OnePassage(**shipped())
    opens = figure.passages[2]
    figure.set_state({"passage": 2, "at": opens["at"], "origin": opens["origin"]})
    assert (figure.at, figure.origin) == (opens["at"], opens["origin"])
    figure.passage = 0
    figure.at = 139
    figure.passage = 2
    assert figure.at == len(opens["text"])
    for passage in range(3):
        shown = OnePassage(**shipped(), passage=passage)
        assert 1 <= shown.origin < shown.at <= len(shown.passages[passage]["text"])


def test_drawing_leaves_the_reader_s_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    with torch.no_grad():
        OnePassage(**shipped()).page()
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"passage": 3}, "passage must be 0 to 2, got 3"),
        ({"passage": "a"}, "passage must be 0 to 2, got 'a'"),
        ({"at": 0}, "at must be 1 to 139, got 0"),
        ({"passage": 2, "at": 77}, "at must be 1 to 76, got 77"),
        ({"origin": 140}, "origin must be 1 to 139, got 140"),
        ({"letter": "ee"}, "letter must be one of alphabet, got 'ee'"),
        ({"letter": "€"}, "letter must be one of alphabet, got '€'"),
        ({"shows": "sign"}, "shows must be 'forecast' or 'norm', got 'sign'"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        OnePassage(**shipped(), **options)
