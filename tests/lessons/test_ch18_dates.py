"""Chapter 18's dates: what is drawn has one meaning, and no date is in two parts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
import torch
from babel import Locale

from rnncourse.lessons.ch18 import dates, parser
from rnncourse.lessons.ch18.dates import FILLER, KINDS, LOCALES, PARTS, draw


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def every_day(*years):
    for year in years:
        day = date(year, 1, 1)
        while day.year == year:
            yield day
            day += timedelta(days=1)


class TestMeaning:
    def test_a_text_is_of_one_date(self):
        """Also where the year could be a day or a month, and at the window's ends."""
        means = defaultdict(set)
        for day in every_day(1950, 1999, 2000, 2001, 2011, 2012, 2049):
            for kind in KINDS:
                means[dates.write(day, *kind)].add(day)
        assert max(map(len, means.values())) == 1

    def test_what_is_left_out_would_be_ambiguous(self):
        assert len(KINDS) == len(LOCALES) * len(dates.FORMATS) - 3
        fourth_of_march = dates.format_date(date(2024, 3, 4), "short", locale="en")
        assert fourth_of_march == "3/4/24" == dates.write(date(2024, 4, 3), "es", "short")
        with pytest.raises(ValueError, match="locale and format must be one of KINDS, got"):
            dates.write(date(2024, 3, 4), "en", "short")

    def test_figures_alone_put_the_day_first(self):
        day = date(2033, 11, 22)
        for kind in KINDS:
            found = re.findall(r"\d+", dates.write(day, *kind))
            assert found[-1] in ("2033", "33")
            if len(found) == 3:
                assert found[:2] == ["22", "11"]

    @pytest.mark.draws
    def test_two_figures_are_of_one_century(self):
        for year in torch.randint(1950, 2050, (20,)).tolist():
            assert parser.parse(dates.write(date(year, 5, 6), "de", "short"))[:4] == str(year)

    def test_examples(self):
        day = date(2024, 3, 5)
        for locale, format, text in (
            ("en", "medium", "Mar 5, 2024"),
            ("de", "short", "05.03.24"),
            ("fr", "yMMMEd", "mar. 5 mars 2024"),
            ("it", "yMMMEd", "mar 5 mar 2024"),
            ("pt", "full", "terça-feira, 5 de março de 2024"),
        ):
            assert dates.write(day, locale, format) == text


class TestParts:
    def test_no_date_is_in_two_parts(self):
        parts = dates.days()
        assert sum(map(len, parts.values())) == (dates.LAST - dates.FIRST).days + 1
        assert not set(parts["train"]) & set(parts["test"])
        assert not set(parts["validation"]) & {*parts["train"], *parts["test"]}
        shares = [len(parts[part]) / sum(map(len, parts.values())) for part in PARTS]
        assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.01)

    def test_no_text_of_the_test_is_one_to_train_with(self):
        train, test = (draw(4000, generator(), part) for part in ("train", "test"))
        assert not {pair.iso for pair in train} & {pair.iso for pair in test}
        assert not {pair.text for pair in train} & {pair.text for pair in test}

    def test_all_that_a_date_is_made_of_can_be_learned(self):
        train, test = (dates.days()[part] for part in ("train", "test"))
        for of in ("year", "month", "day"):
            assert {getattr(day, of) for day in test} <= {getattr(day, of) for day in train}


class TestDraw:
    def test_everything_is_drawn_about_equally_often(self):
        pairs = draw(5300, generator())
        often = Counter((pair.locale, pair.format) for pair in pairs)
        assert set(often) == set(KINDS)
        assert min(often.values()) > 60
        assert max(often.values()) < 140

    def test_where_the_date_is(self):
        for pair in draw(300, generator(), filler=5):
            day = date.fromisoformat(pair.iso)
            said = dates.write(day, pair.locale, pair.format)
            assert pair.text[pair.begins : pair.ends] == said
            around = (pair.text[: pair.begins] + pair.text[pair.ends :]).split()
            assert len(around) == 5
            assert set(around) <= set(FILLER)
        begins = {pair.begins > 0 for pair in draw(50, generator(), filler=1)}
        assert begins == {True, False}

    def test_seeds(self):
        assert draw(20, generator(1)) == draw(20, generator(1))
        assert draw(20, generator(1)) != draw(20, generator(2))
        with_filler = draw(20, generator(1), filler=3)
        assert [pair.iso for pair in with_filler] == [pair.iso for pair in draw(20, generator(1))]

    def test_some_kinds(self):
        pairs = draw(50, generator(), kinds=[("de", "long"), ("fr", "full")])
        assert {pair.locale for pair in pairs} == {"de", "fr"}

    def test_no_filler_is_a_part_of_a_date(self):
        names = set(parser.months())
        for locale in map(Locale.parse, LOCALES):
            for context in ("format", "stand-alone"):
                for width in ("wide", "abbreviated"):
                    names |= {name.casefold() for name in locale.days[context][width].values()}
        parts = {part for name in names for part in re.findall(r"\w+", name)} | {"de"}
        assert not parts & set(FILLER)
        assert len(set(FILLER)) == len(FILLER)
        assert all(word.isalpha() for word in FILLER)

    def test_mistakes_are_named(self):
        for options, says in (
            ({"part": "tests"}, "part must be one of train, validation, test, got 'tests'"),
            ({"kinds": [("en", "short")]}, "kinds must be some of KINDS, got"),
            ({"kinds": []}, "kinds must be some of KINDS, got"),
            ({"filler": -1}, "filler must be 0 or more, got -1"),
            ({"filler": 0.5}, "filler must be an int, got 0.5"),
            ({"count": 0}, "count must be a positive int, got 0"),
        ):
            with pytest.raises(ValueError, match=re.escape(says)):
                draw(**{"count": 3, "generator": generator(), **options})


class TestBatch:
    def test_ids_are_the_pairs(self):
        pairs = draw(64, generator(), filler=2)
        batch = dates.batch(pairs)
        reads, writes = dates.vocabularies()
        assert batch.fed.shape == batch.wanted.shape == batch.mask.shape == (11, 64)
        assert batch.mask.all()
        for b, pair in enumerate(pairs):
            length = int(batch.lengths[b])
            assert reads.decode(batch.source[:length, b]) == pair.text
            assert (batch.source[length:, b] == 0).all()
            assert writes.decode(batch.fed[:, b]) == dates.START + pair.iso
            assert writes.decode(batch.wanted[:, b]) == pair.iso + dates.END
        assert dates.read_back(batch.wanted) == [pair.iso for pair in pairs]
        assert dates.read_back(batch.wanted[:4]) == [pair.iso[:4] for pair in pairs]

    def test_vocabularies_know_every_character(self):
        reads, writes = dates.vocabularies()
        assert reads.characters[0] == writes.characters[0] == dates.PAD
        seen = {c for pair in draw(20_000, generator(), filler=1) for c in pair.text}
        assert seen == set(reads.characters) - {dates.PAD}


class TestParser:
    def test_exact_match(self):
        """By rule everything is found: what is to be shown is that it can be learned from pairs."""
        for filler in (0, 8):
            pairs = draw(500, generator(), "test", filler=filler)
            hits = [parser.parse(pair.text) == pair.iso for pair in pairs]
            print(f"parser, {filler} words of filler: {sum(hits)} of {len(hits)}")
            assert sum(hits) >= 495

    def test_names_are_of_one_month(self):
        assert parser.months()["mar"] == parser.months()["mrt"] == 3
        assert parser.months()["września"] == 9
        names = {
            name.casefold().rstrip(".")
            for locale in map(Locale.parse, LOCALES)
            for width in ("wide", "abbreviated")
            for name in locale.months["format"][width].values()
        }
        assert names <= parser.months().keys()

    def test_what_is_no_date(self):
        for text in ("", "lorem ipsum", "31.2.2024", "32. März 2024", "5/13/2024", "12345"):
            assert parser.parse(text) is None

    def test_writings_that_are_not_drawn(self):
        for text in ("2024-03-07", "the 7 MARCH 24", "Don 7. März 2024", "7 De Março De 2024"):
            assert parser.parse(text) == "2024-03-07"
