"""Names in many languages: each in one, and each concept in one part."""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbook import data
from rnnbook.data import names

ALL = data.country_names()


def test_what_is_in_them():
    assert ALL.languages == list(names.LANGUAGES)
    assert len(ALL.texts) == len(ALL.labels) == len(ALL.concepts) > 3500
    assert len({text.casefold() for text in ALL.texts}) == len(ALL.texts)
    found = dict(zip(ALL.texts, zip(ALL.labels, ALL.concepts, strict=True), strict=True))
    for text, language, concept in (
        ("Allemagne", "fr", "countries DE"),
        ("Saksamaa", "et", "countries DE"),
        ("poniedziałek", "pl", "days 0"),
        ("lipiec", "pl", "months 7"),
    ):
        assert found[text] == (names.LANGUAGES.index(language), concept)
    assert "Alemania" not in found  # Spanish and Basque
    assert "Angola" not in found
    assert {concept.split()[0] for concept in ALL.concepts} == set(names.KINDS_OF_NAMES)
    assert {len(c.split()[1]) for c in ALL.concepts if c.startswith("countries")} == {2}
    assert not {f"countries {code}" for code in names.NO_COUNTRIES} & set(ALL.concepts)
    assert min(Counter(ALL.labels).values()) >= 20


def test_they_are_in_latin_letters_as_unicode_composes_them():
    for text in ALL.texts:
        assert unicodedata.is_normalized("NFC", text)
        assert text == text.strip() != ""
        assert all("LATIN" in unicodedata.name(c) for c in text if c.isalpha() and c not in "ʻʼ")


def test_they_are_the_same_each_time():
    assert data.country_names() == ALL


@given(st.lists(st.sampled_from(names.LANGUAGES), min_size=1, max_size=4, unique=True))
def test_languages_of_ones_own(languages):
    found = data.country_names(languages, ["days", "months"])
    assert found.languages == languages
    assert set(found.labels) <= set(range(len(languages)))
    if len(languages) == 1:
        assert len(found.texts) == 19
    # More languages leave fewer names that are one's own: never another one.
    rows = set(zip(found.texts, found.concepts, strict=True))
    alone = {
        row
        for language in languages
        for row in zip(*data.country_names([language], ("days", "months"))[::3], strict=True)
    }
    assert rows <= alone


def test_a_concept_is_in_one_part():
    parts = data.split_names(ALL)
    assert sorted(t for part in parts for t in part.texts) == sorted(ALL.texts)
    for one, other in combinations(parts, 2):
        assert not set(one.concepts) & set(other.concepts)
    shares = [len(part.texts) / len(ALL.texts) for part in parts]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.04)
    for part in parts:
        assert part.languages == ALL.languages
        assert len(set(part.labels)) >= len(ALL.languages) - 3
    # The part depends on the concept alone: not on which languages and kinds there are.
    few = data.split_names(data.country_names(["pl", "fi"], ["countries"]))
    for part, whole in zip(few, parts, strict=True):
        assert set(part.concepts) & set(ALL.concepts) <= set(whole.concepts)
    held = [concept for concept in ("countries DE", "countries FR", "countries PL")
            if concept in parts[0].concepts]  # fmt: skip
    assert held == ["countries DE", "countries FR", "countries PL"]


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (("de",), TypeError, "languages must be a list, got str"),
        (([],), ValueError, r"languages must be codes of CLDR .*, each once, got \[\]"),
        ((["de", "de"],), ValueError, r"languages must be .* each once, got \['de', 'de'\]"),
        ((["klingon"],), ValueError, r"languages must be codes of CLDR .* got \['klingon'\]"),
        (([None],), ValueError, r"languages must be codes of CLDR .* got \[None\]"),
        (
            (None, ["rivers"]),
            ValueError,
            "kinds must be of countries, languages, days, mon.*, each once",
        ),
        ((None, None), TypeError, "kinds must be a list, got NoneType"),
    ],
)
def test_bad_arguments_are_named(arguments, error, says):
    with pytest.raises(error, match=says):
        data.country_names(*arguments)


def test_no_names():
    with pytest.raises(TypeError, match=r"names must be Names, as country_names gives them, got"):
        data.split_names([])


def test_without_babel(monkeypatch):
    monkeypatch.setitem(sys.modules, "babel", None)
    with pytest.raises(ModuleNotFoundError, match=r"need babel, .* rnnbook\[course\]"):
        data.country_names()
