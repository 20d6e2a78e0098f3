"""Chapter 18's translators: what the pages carry, how they were made, how well they translate."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from rnnbook.models import EncoderDecoder
from rnncourse.figures import Translator
from rnncourse.lessons.ch18 import dates, numbers, translator

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_translator import in_the_page

KINDS = pytest.mark.parametrize("kind", translator.KINDS)
SPREAD = (*range(1200), *range(1200, numbers.LIMIT, 997), *range(0, numbers.LIMIT, 1000), 999_999)
SPELL = """
import { readFileSync } from "node:fs";
const numbers = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(numbers.map((number) => kindOf([]).cut(String(number)))));
"""
TRANSLATE = """
import { readFileSync } from "node:fs";
const { settings, cases } = JSON.parse(readFileSync(0, "utf8"));
const { asRead, translate } = createTranslator(settings.network, settings.reads, settings.writes);
process.stdout.write(JSON.stringify(cases.map(([text, blocked]) => {
  const { line, steps } = translate(asRead(text), blocked);
  return { line, p: steps.map(({ p }) => p), weights: steps.map(({ weights }) => weights) };
})));
"""


def figure(kind: str, text: str) -> Translator:
    content = translator.shipped(kind)
    return Translator(content["network"], content["reads"], content["writes"], text=text)


@KINDS
def test_it_translates_as_well_as_it_says(kind):
    content = translator.shipped(kind)
    assert content["exact"].keys() == {str(on) for on in translator.KINDS[kind].tested}
    assert min(content["exact"].values()) >= 0.97 * content["pairs"]
    model = translator.translator(kind)
    for on in translator.KINDS[kind].tested:
        found = translator.exact(model, on, kind=kind)
        assert found == pytest.approx(content["exact"][str(on)], abs=2)


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [("date", "7. März 2024", "2024-03-07"), ("number", "97", "siebenundneunzig")],
)
def test_what_the_page_carries_is_what_python_reads(kind, text, line):
    content = translator.shipped(kind)
    assert translator.KINDS[kind].shipped.stat().st_size <= 45_000
    known = dates.vocabularies() if kind == "date" else numbers.vocabularies()
    for name, side in zip(("reads", "writes"), known, strict=True):
        assert tuple(content[name]) == tuple(side.decode(range(len(side))))
    shown = figure(kind, text)
    assert shown.translation().line == line
    own = dict(translator.translator(kind).named_parameters())
    for name, parameter in shown._network.named_parameters():
        assert torch.equal(parameter, own[name])
    assert len(shown.page().encode()) < 60_000


def test_short_numbers_and_round_ones_are_right():
    shown = figure("number", "97")
    for number in (0, 3, 7, 16, 21, 97, 100, 101, 1000, 2000, 80_000, 101_000, 300_000, 777_777):
        assert shown.translation(f"{number:,}").line == numbers.write(number, "de")


def test_no_number_to_test_on_is_trained_with_and_short_ones_are():
    found = translator.KINDS["number"].sample(torch.Generator().manual_seed(3))
    words = numbers.vocabularies()[0].words
    test, others = set(), set()
    for number in (*range(1000), *range(1000, numbers.LIMIT, 1000)):
        held = test if numbers.part_of(number) == "test" else others
        held.add(numbers.translated(number).source)
    drawn = [
        tuple(words[k] for k in column[:length].tolist())
        for column, length in zip(found.source.T, found.lengths, strict=True)
    ]
    assert len(drawn) == translator.BATCH
    assert not set(drawn) & test
    assert sum(one in others for one in drawn) >= 16, "short or round"


def test_the_page_spells_numbers_as_the_lesson_does(tmp_path):
    for number, page in zip(SPREAD, in_the_page(SPELL, tmp_path, SPREAD), strict=True):
        english = numbers.write(number, "en")
        assert page["tokens"] == list(numbers.pieces(english, "en"))
        assert page["spelled"] == english
        assert page["right"] == numbers.write(number, "de")


def test_the_figure_reads_numbers_as_the_lesson_does():
    shown = figure("number", "97")
    for number in SPREAD[::40]:
        assert shown.translation(str(number)).letters == numbers.translated(number).source


def test_python_and_page_agree(tmp_path):
    shown = figure("number", "97")
    cases = [
        ["97", []],
        ["97", [1]],
        ["431297", []],
        ["431297", [8]],
        ["300000", []],
        ["777777", []],
    ]
    made = in_the_page(TRANSLATE, tmp_path, {"settings": shown.settings(), "cases": cases})
    for (text, blocked), page in zip(cases, made, strict=True):
        ours = shown.translation(text, blocked)
        assert page["line"] == ours.line
        for name in ("p", "weights"):
            one, other = torch.tensor(page[name]).double(), getattr(ours, name)
            assert (one - other).abs().max() / other.abs().max() <= 1e-5
    assert made[1]["line"] != made[0]["line"], "blocked, seven is not written"


@KINDS
def test_it_learns_the_same_every_time(kind):
    def once() -> EncoderDecoder:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = translator.new(kind)
        translator.learn(model, updates=2, kind=kind)
        return model

    first, again = once().state_dict(), once().state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        start = translator.new(kind).state_dict()
    assert not torch.equal(first["readout.weight"], start["readout.weight"])


def test_it_leaves_the_reader_s_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    translator.translator()
    assert torch.equal(torch.rand(1), expected)
