"""Draw a digit: the page makes of strokes, and reads, what Python does, and says what is so."""

from __future__ import annotations

import gzip
import random
import re
import sys
from pathlib import Path

import pytest
import torch
import traitlets

from rnncourse.figures import DrawADigit, bundle
from rnncourse.figures._digits import ORDERS

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from made_up_digits import (
    DRAWN,
    EXAMPLES,
    PIXELS,
    READ,
    figure,
    in_the_page,
    network,
)

DESCRIBE = """
import { readFileSync } from "node:fs";
const sure = (digit, p) =>
  Array.from({ length: 10 }, (_, k) => (k === digit ? p : (1 - p) / 9));
const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(({ said, label, ...rest }) => {
  const p = said && said.map((one) => sure(...one));
  const known = label === undefined ? {} : { label };
  return [describeAnswers({ row: 8, order: "down", ...rest, ...known, p }), describeMap(p, 3)];
})));
"""


def rows(pixels: list[int]) -> list[list[int]]:
    return [pixels[8 * y : 8 * y + 8] for y in range(8)]


def test_the_page_makes_of_strokes_what_python_makes(tmp_path):
    draws = random.Random(21)
    scribbles = [
        [
            [(round(draws.random(), 4), round(draws.random(), 4)) for _ in range(count)]
            for count in (draws.randint(1, 9), draws.randint(0, 5))
        ]
        for _ in range(60)
    ]
    drawings = [*DRAWN.values(), *scribbles]
    ours = [DrawADigit.pixels_of(strokes) for strokes in drawings]
    assert in_the_page(PIXELS, tmp_path, drawings) == ours
    assert len({tuple(one) for one in ours}) == len(ours)


def test_a_zero_is_as_high_as_the_picture_and_alike_on_both_sides():
    zero = rows(DrawADigit.pixels_of(DRAWN["0"]))
    assert zero == [row[::-1] for row in zero] == zero[::-1]
    assert zero[0][3] > 0
    assert all(row[0] == row[7] == 0 for row in zero), "20 of 32 dots are the most"
    assert zero[3][3] == zero[4][4] == 0, "it is open in the middle"


def test_where_and_how_large_a_digit_is_drawn_changes_nothing():
    whole = [[(x / 128, y / 128) for x, y in ((20, 10), (60, 30), (40, 110), (90, 120))]]
    small = [[(0.5 + x / 4, 0.25 + y / 4) for x, y in whole[0]]]
    assert DrawADigit.pixels_of(small) == DrawADigit.pixels_of(whole)


def test_a_digit_that_leans_is_set_upright():
    pixels = rows(DrawADigit.pixels_of(DRAWN["a slanted line"]))
    middles = [sum(x * ink for x, ink in enumerate(row)) / sum(row) for row in pixels]
    assert max(middles) - min(middles) < 0.5  # of a column; as drawn, four


def test_little_ink_gets_a_wider_pen_and_much_a_narrower_one():
    thin = DrawADigit.pixels_of(DRAWN["a slanted line"])
    assert 250 < sum(thin) < 330, "5.2 of 32 dots would be 170"
    scribble = [[(x / 10, y) for x in range(10) for y in (0.0, 1.0)]]
    assert DrawADigit.pixels_of(scribble)[3] == 12, "one of the dots that 2.6 reach is free"


def test_more_dots_make_no_other_line():
    coarse, fine = (
        [(0.25, 0.125), (0.75, 0.875)],
        [(0.25 + k / 16, 0.125 + 1.5 * k / 16) for k in range(9)],
    )
    assert DrawADigit.pixels_of([coarse]) == DrawADigit.pixels_of([fine])


def test_its_ink_is_that_of_the_set():
    digits = pytest.importorskip("sklearn.datasets").load_digits()
    drawn = [sum(DrawADigit.pixels_of(DRAWN[name])) for name in "012478"]
    assert sum(drawn) / len(drawn) == pytest.approx(digits.data.sum(axis=1).mean(), rel=0.05)
    inked = (digits.images > 0).any(axis=1).mean(axis=0)  # how often a column has ink
    assert inked[0] < 0.02
    assert (inked[2:6] > 0.99).all()
    assert (digits.images[:, [0, 7]] > 0).any(axis=2).all(), "each fills the rows"


def test_nothing_is_blank_and_what_is_no_stroke_is_refused():
    assert DrawADigit.pixels_of([]) == DrawADigit.pixels_of([[]]) == [0] * 64
    for wrong, message in (
        ([[(0.5, 1.5)]], "points of strokes must lie in 0 to 1, got [[0.5, 1.5]]"),
        ([[(float("nan"), 0.5)]], "points of strokes must lie in 0 to 1"),
        ([[0.5]], "strokes must be lists of points (x, y)"),
        (["7"], "strokes must be lists of points (x, y)"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            DrawADigit.pixels_of(wrong)


def test_the_page_reads_what_python_reads(tmp_path):
    shown = figure()
    cases = [[one["pixels"], order] for one in EXAMPLES for order in ORDERS]
    page = in_the_page(READ, tmp_path, {"network": shown.settings()["network"], "cases": cases})
    said = set()
    for (pixels, order), found in zip(cases, page, strict=True):
        ours = shown.read(pixels, order=order)
        assert ours.shape == (8, 10)
        assert (torch.tensor(found).double() - ours).abs().max() < 1e-5
        said.add(tuple(ours.argmax(dim=1).tolist()))
    assert len(said) == len(cases), "a network that says the same of all would prove little"


def test_what_is_read_is_the_network_s_own():
    shown = figure()
    pixels = EXAMPLES[0]["pixels"]
    model = shown._model
    x = torch.tensor(pixels).view(8, 8).double() / 16
    expected = model["readout"](model["layer"](x.flip(0))[0]).softmax(dim=1)
    torch.testing.assert_close(shown.read(pixels, order="up"), expected)
    assert torch.equal(shown.read(x * 16), shown.read(pixels))
    shown.order = "shuffled"
    assert torch.equal(shown.read(pixels), shown.read(pixels, order="shuffled"))
    assert all(sorted(places) == list(range(8)) for places in ORDERS.values())
    for wrong, message in (
        ([1] * 63, "pixels must be 64 whole numbers, got 63"),
        ([17] * 64, "each of pixels must be a whole number, 0 to 16, got 17"),
        ([0.5] * 64, "each of pixels must be a whole number, 0 to 16, got 0.5"),
        ("seven", "pixels must be 64 whole numbers"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            shown.read(wrong)
    with pytest.raises(ValueError, match="order must be one of down, up, shuffled, got 'left'"):
        shown.read(pixels, order="left")


def test_what_is_said(tmp_path):
    told = [[7, 0.62]] * 3 + [[9, 0.5]] * 4 + [[9, 0.98]]
    wavers = [[k, 0.3] for k in (1, 2, 3, 4, 5, 5, 5, 5)]
    cases = [
        {"said": told, "label": 9},
        {"said": told, "label": 8},
        {"said": told},
        {"said": [[7, 0.62]] * 8, "label": 7},
        {"said": told, "row": 3},
        {"said": told, "row": 4},
        {"said": told, "row": 7},
        {"said": told, "row": 1},
        {"said": wavers},
        {"said": told, "order": "up", "score": {"right": 2, "down": 10, "of": 11}},
        {"said": None},
    ]
    says, maps = zip(*in_the_page(DESCRIBE, tmp_path, cases), strict=True)
    way = "After row 1 it says 7 (62 %); after row 4 it changes its mind to 9 (50 %)."
    assert [one.replace("\u00a0", " ") for one in says] == [
        f"{way} In the end it says 9, 98 %, and it is a 9.",
        f"{way} In the end it says 9, 98 %, but it is an 8.",
        f"{way} In the end it says 9, 98 %.",
        "After row 1 it says 7 (62 %). It stays with it: in the end, 62 %, and it is a 7.",
        "After row 1 it says 7 (62 %). It stays with it: after row 3, 62 %.",
        way,
        f"{way} After row 7: 50 %.",
        "After row 1 it says 7 (62 %).",
        "After row 1 it says 1 (30 %); it changes its mind 4 times, at last after row 5 to 5 "
        "(30 %). In the end it says 5, 30 %.",
        "Read from the bottom up, after 1 of 8 rows it says 7 (62 %); after 4 of 8 rows it changes "
        "its mind to 9 (50 %). In the end it says 9, 98 %. It was trained from the top down: of 11 "
        "examples it reads 10 right in that order, and 2 from the bottom up.",
        "The picture is blank: draw a digit on the board, or add ink by keyboard.",
    ]
    assert maps[0].replace("\u00a0", " ") == (
        "How likely each digit is after each row. The likeliest: 7 (62 %), 7 (62 %), 7 (62 %)."
    )
    assert maps[-1] == "No answers: the picture is blank."


def test_the_still():
    shown = figure(chosen=1, row=5)
    still, p = shown.still(), shown.read(EXAMPLES[1]["pixels"])
    assert still == figure(chosen=1, row=5).still()
    said = [str(int(row.argmax())) for row in p[:5]]
    assert f"the likeliest digit after each of 5 rows: {', '.join(said)}" in still
    assert still.count('stroke-width="2"') == 5
    assert still.count('<g opacity="0.3">') == 3, "rows that are not read are faint"
    assert f"After 5 of 8 rows it says {said[-1]}, " in still
    assert "The digit is a 7." in still
    unknown = figure(examples=[{"pixels": [16] * 64}]).still()
    assert "The digit is" not in unknown
    assert unknown.count('fill-opacity="1"/>') >= 64


def test_examples_are_kept_as_the_page_reads_them():
    pixels = torch.tensor(EXAMPLES[0]["pixels"])
    shown = figure(examples=[{"pixels": pixels.view(8, 8).double(), "label": None}])
    assert shown.examples == [{"pixels": EXAMPLES[0]["pixels"]}]
    assert figure().settings()["examples"] == EXAMPLES


def test_it_is_light():
    assert len(gzip.compress(bundle.static_figure("draw_a_digit").encode())) <= 8 * 1024


def test_drawing_leaves_the_reader_s_random_numbers_alone():
    network()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    figure().page()
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chosen": 3}, "chosen must be 0 to 2, got 3"),
        ({"row": 0}, "row must be 1 to 8, got 0"),
        ({"row": 9}, "row must be 1 to 8, got 9"),
        ({"order": "left"}, "order must be one of 'down', 'up', 'shuffled', got 'left'"),
        ({"examples": []}, "examples must hold one at least, got none"),
        ({"examples": [3]}, "examples must be dicts with pixels, got 3 as number 0"),
        ({"examples": [{"pixels": [0] * 60}]}, "example number 0: pixels must be 64 whole"),
        ({"examples": [{"pixels": [-1] * 64}]}, "0 to 16, got -1"),
        ({"examples": [{**EXAMPLES[0], "label": 10}]}, "label of example 0 must be 0 to 9, got 10"),
        ({"network": None}, "network must be a dict, got None"),
        ({"network": {}}, "network must have 'H', got none"),
        ({"network": {"H": 5}}, "network must have 'parameters', got none"),
        ({"network": {**network(), "H": 7}}, "network must be a GRU over 8 numbers, layer, and a"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        figure(**options)


def test_what_is_set_later_is_checked():
    shown = figure()
    for name, value in (("chosen", -1), ("row", 12), ("order", "around")):
        before = getattr(shown, name)
        with pytest.raises(traitlets.TraitError):
            setattr(shown, name, value)
        assert getattr(shown, name) == before
