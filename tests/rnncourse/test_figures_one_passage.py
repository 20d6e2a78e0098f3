"""One passage, three readers: the page computes what torch computes, and says what it finds."""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import traitlets

from rnnbook.data import KINDS
from rnncourse.experiments.packing import unpack
from rnncourse.figures import OnePassage, bundle
from rnncourse.lessons.three_readers.readers import reader, shipped, vocabulary

sys.path.insert(0, str(Path(__file__).parent))
from one_passage_page import CELLS, FIND, WEIGHTS, in_the_page, place

OUTPUTS, GRADIENTS = 1e-5, 1e-4


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


@pytest.mark.parametrize(
    "text",
    ['say("is this # a remark or not', "x = 'Größe 7'  # B!\n\ndef f(x):\n\treturn x\n", "e"],
)
def test_a_text_that_is_typed_is_read_as_torch_reads_it(tmp_path, text):
    cases = [place(at=at, text=text) for at in range(1, len(text) + 1)]
    found = in_the_page(FIND, cases, tmp_path)
    figure = OnePassage(**shipped(), text=text)
    assert (figure.at, figure.origin) == (len(text), 1)
    for cell, number in zip(CELLS, range(3), strict=True):
        y = reader(cell)(vocabulary().encode(text)[:, None])[:, 0]
        kinds = y.argmax(dim=1)
        ours = [one["readers"][number] for one in found]
        assert [one["says"] for one in ours] == [KINDS[int(kind)] for kind in kinds]
        likeliest = y.softmax(dim=1).max(dim=1).values.tolist()
        np.testing.assert_allclose([one["p"] for one in ours], likeliest, atol=OUTPUTS)
        expected = figure.changes(cell)
        assert relative(table(found, cell, "lower"), expected.real.numpy()) < OUTPUTS
        assert relative(table(found, cell, "upper"), expected.foretold.numpy()) < GRADIENTS
        # What moves is the margin of its own answer.
        was, _ = bits_of(reader(cell), text, kinds.tolist(), len(text) - 1)
        changed = ("a" if text[0] == "e" else "e") + text[1:]
        now, _ = bits_of(reader(cell), changed, kinds.tolist(), len(text) - 1)
        assert abs(ours[-1]["lower"][0] - (now - was).abs().item()) < OUTPUTS * 25
    assert found[0]["unknown"] == [c for c in dict.fromkeys(text) if c not in shipped()["alphabet"]]


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
    assert "the simple network really hangs on “#” 29 back" in alt
    assert "the GRU really hangs on “#” 29 back" in OnePassage(**shipped(), reader="gru").still()
    assert OnePassage(**shipped(), shows="norm").still() != still
    assert "norm of its gradient" in OnePassage(**shipped(), shows="norm").still()


def test_it_is_light():
    def weight(text):
        return len(gzip.compress(text.encode()))

    assert weight(bundle.static_figure("one_passage")) <= 7 * 1024
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
    figure.set_state({"text": "x = 1  # so", "at": 11, "origin": 8})
    assert (figure.at, figure.origin) == (11, 8)
    figure.text = "x = 1"
    assert (figure.at, figure.origin) == (5, 5)
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
        ({"reader": "rnn"}, "reader must be 'simple' or 'lstm' or 'gru', got 'rnn'"),
        ({"text": "x" * 201}, "text must have at most 200 characters, got 201"),
        ({"text": "# so", "at": 5}, "at must be 1 to 4, got 5"),
        ({"shows": "sign"}, "shows must be 'forecast' or 'norm', got 'sign'"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        OnePassage(**shipped(), **options)
