"""Chapter 18's numbers: tokens that lose nothing, parts that share nothing, what German turns."""

from __future__ import annotations

import re

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from rnncourse.lessons.ch18 import numbers
from rnncourse.lessons.ch18.dates import END, PAD, PARTS, START
from rnncourse.lessons.ch18.numbers import DIGITS, LANGUAGES, LIMIT, TENS, draw, pieces, training

UNITS = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
STEMS = ("zwan", "drei", "vier", "fünf", "sech", "sieb", "acht", "neun")
OF_ALL = (*range(1000), *range(1000, LIMIT, 4999))
any_number = given(st.integers(0, LIMIT - 1))
every_language = pytest.mark.parametrize("language", LANGUAGES)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def exact(number):
    for language in ("en", *LANGUAGES):
        text = numbers.write(number, language)
        tokens = pieces(text, language)
        assert numbers.joined(tokens, language) == text
        if language == "de":
            assert "".join(tokens) == text
            assert set(tokens) <= set(numbers.MORPHEMES)
        else:
            assert [token for token in tokens if token != ","] == re.findall(r"\w+", text)
        assert len(tokens) < numbers.LONGEST


class TestPieces:
    def test_nothing_is_lost_in_a_sample(self):
        for number in OF_ALL:
            exact(number)

    @any_number
    @example(999_999)
    def test_nothing_is_lost(self, number):
        exact(number)

    def test_examples(self):
        for number, language, tokens in (
            (97_000, "de", "sieben und neun zig tausend"),
            (16, "de", "sech zehn"),
            (717, "de", "sieben hundert sieb zehn"),
            (636, "de", "sechs hundert sechs und drei ßig"),
            (61_001, "de", "ein und sech zig tausend eins"),
            (121, "de", "ein hundert ein und zwan zig"),
            (101_000, "de", "ein hundert eins tausend"),  # so num2words has it
            (80, "fr", "quatre vingts"),
            (97, "fr", "quatre vingt dix sept"),
            (71_080, "fr", "soixante et onze mille quatre vingts"),
            (1101, "en", "one thousand , one hundred and one"),
            (97_021, "en", "ninety seven thousand and twenty one"),
        ):
            assert pieces(numbers.write(number, language), language) == tuple(tokens.split())

    def test_what_is_wrong_can_be_written_too(self):
        assert numbers.joined(["zig", "und", "zig"]) == "zigundzig"
        assert numbers.joined(["vingt", "dix", "et"], "fr") == "vingt-dix et"
        assert numbers.joined([]) == ""

    def test_mistakes_are_named(self):
        for call, says in (
            (lambda: pieces("siebenunddreissig"), "text must be a number in words, in 'de', got"),
            (lambda: pieces("sieben und"), "text must be a number in words, in 'de', got"),
            (lambda: pieces("ninety seven", "en"), "text must be a number in words, in 'en', got"),
            (lambda: pieces("sieben", "nl"), "language must be one of en, de, fr, got 'nl'"),
            (lambda: numbers.translated(3, "en"), "language must be one of de, fr, got 'en'"),
            (lambda: numbers.write(-1, "de"), "number must be from 0 to 999999, got -1"),
            (lambda: numbers.write(LIMIT, "de"), "number must be from 0 to 999999, got 1000000"),
            (lambda: numbers.write(3.0, "de"), "number must be an int, got 3.0"),
        ):
            with pytest.raises((TypeError, ValueError), match=re.escape(says)):
                call()


class TestCrossing:
    def test_ninety_seven(self):
        pair = numbers.translated(97)
        assert pair.source == ("ninety", "seven")
        assert pair.target == ("sieben", "und", "neun", "zig")
        crossing = numbers.Crossing(unit=0, tens=(2, 3), unit_from=1, tens_from=0)
        assert numbers.units_and_tens(pair) == [crossing]

    @any_number
    @example(97_097)
    @example(97_017)
    @example(40_021)
    @example(13)
    def test_the_words_are_those_of_the_digits(self, number):
        pair = numbers.translated(number)
        two = [part % 100 for part in divmod(number, 1000)]
        turned = [divmod(part, 10) for part in two if part > 20 and part % 10]
        found = numbers.units_and_tens(pair)
        assert len(found) == len(turned)
        for (tens, unit), at in zip(turned, found, strict=True):
            assert pair.target[at.unit] == UNITS[unit - 1]
            assert pair.target[at.unit + 1] == "und"
            zig = "ßig" if tens == 3 else "zig"
            assert [pair.target[place] for place in at.tens] == [STEMS[tens - 2], zig]
            assert pair.source[at.unit_from] == DIGITS[unit - 1]
            assert pair.source[at.tens_from] == TENS[tens - 2]
            assert at.unit_from == at.tens_from + 1

    def test_french_has_none(self):
        with pytest.raises(ValueError, match="pair must be German, got 'fr'"):
            numbers.units_and_tens(numbers.translated(97, "fr"))


class TestParts:
    def test_shares(self):
        parts = [numbers.part_of(number) for number in range(0, LIMIT, 97)]
        shares = [parts.count(part) / len(parts) for part in PARTS]
        assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.01)

    @every_language
    def test_no_number_is_in_two_parts(self, language):
        found = {part: draw(500, generator(), part, language) for part in PARTS}
        for part, pairs in found.items():
            assert {numbers.part_of(pair.number) for pair in pairs} == {part}
        assert {numbers.part_of(pair.number) for pair in training(500, language)} == {"train"}


class TestDraw:
    def test_seeds(self):
        german, french = (draw(30, generator(1), "test", language) for language in LANGUAGES)
        assert german == draw(30, generator(1), "test")
        assert german != draw(30, generator(2), "test")
        assert [pair.number for pair in german] == [pair.number for pair in french]
        assert [pair.source for pair in german] == [pair.source for pair in french]
        assert len(german) == 30

    @every_language
    def test_a_list_to_train_with(self, language):
        pairs = training(1000, language)
        assert len({pair.number for pair in pairs}) == 1000
        assert training(100, language) == pairs[:100]
        assert [pair.number for pair in pairs[:3]] == [208_122, 12_079, 197_725]
        _, writes = numbers.vocabularies(language)
        never = {PAD, START, END, "null", "zéro"}
        assert {token for pair in pairs for token in pair.target} == set(writes.words) - never

    def test_mistakes_are_named(self):
        for call, says in (
            (lambda: draw(3, generator(), "tests"), "part must be one of train, validation, test"),
            (lambda: draw(3, generator(), language="en"), "language must be one of de, fr, got"),
            (lambda: draw(0, generator()), "count must be a positive int, got 0"),
            (lambda: training(0), "count must be a positive int, got 0"),
            (lambda: training(100_001), "count must be at most 100000, got 100001"),
            (lambda: training(1, "nl"), "language must be one of de, fr, got 'nl'"),
        ):
            with pytest.raises(ValueError, match=re.escape(says)):
                call()


class TestBatch:
    @every_language
    def test_ids_are_the_pairs(self, language):
        pairs = [*draw(60, generator(), language=language), numbers.translated(7, language)]
        batch = numbers.batch(pairs)
        reads, writes = numbers.vocabularies(language)
        T = max(len(pair.target) for pair in pairs) + 1
        assert batch.fed.shape == batch.wanted.shape == batch.mask.shape == (T, 61)
        for b, pair in enumerate(pairs):
            length, steps = int(batch.lengths[b]), len(pair.target) + 1
            assert tuple(reads.decode(batch.source[:length, b])) == pair.source
            assert (batch.source[length:, b] == 0).all()
            assert batch.mask[:, b].tolist() == [step < steps for step in range(T)]
            assert tuple(writes.decode(batch.fed[:steps, b])) == (START, *pair.target)
            assert tuple(writes.decode(batch.wanted[:steps, b])) == (*pair.target, END)
        assert numbers.read_back(batch.wanted, language) == [pair.target for pair in pairs]
        short = numbers.read_back(batch.wanted[:2], language)
        assert short == [pair.target[:2] for pair in pairs]

    @every_language
    def test_vocabularies_know_every_token(self, language):
        reads, writes = numbers.vocabularies(language)
        assert reads.words[0] == writes.words[0] == PAD
        pairs = [numbers.translated(number, language) for number in OF_ALL]
        assert {token for pair in pairs for token in pair.source} == {*reads.words} - {PAD}
        assert {t for p in pairs for t in p.target} == {*writes.words} - {PAD, START, END}
        longest = max(len(pair.target) for pair in draw(3000, generator(), language=language))
        assert longest + 1 == numbers.LONGEST

    def test_one_language_at_a_time(self):
        both = [numbers.translated(7, language) for language in LANGUAGES]
        for pairs, got in ((both, ["de", "fr"]), ([], [])):
            with pytest.raises(ValueError, match=re.escape(f"must be of one language, got {got}")):
                numbers.batch(pairs)
