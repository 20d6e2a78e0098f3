"""The capstone's calls load what they say, offline, and no part holds what another does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from rnncourse.experiments import recorded

CAPSTONE = (Path(__file__).parents[2] / "book" / "capstone.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^\*\*(.+?)\*\*.*?^```python\n(.*?)^```$", CAPSTONE, re.M | re.S)
DOORS = ("Names", "Text", "Series", "Number words", "Speech", "Images", "A pole on a cart")


def loaded(door: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a call has made; nothing may be fetched."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a call of the capstone wants to download something")

    monkeypatch.setattr("pooch.retrieve", refused)
    monkeypatch.setattr("socket.socket.connect", refused)
    made: dict[str, Any] = {}
    exec(dict(BLOCKS)[door], made)
    return made


def count(part: Any) -> int:
    return len(part.labels) if hasattr(part, "labels") else len(part)


def test_a_block_a_door_and_no_other():
    assert tuple(name for name, _ in BLOCKS) == DOORS
    assert CAPSTONE.count("```python") == len(DOORS)
    assert len(re.findall(r"^\| \{ref\}", CAPSTONE, re.M)) == len(DOORS)
    assert all(CAPSTONE.count(f"**{door}**") == 1 for door in DOORS)


def test_the_page_is_short():
    prose = re.sub(r"^```.*?^```$|<!--.*?-->|^[|:-]+$", "", CAPSTONE, flags=re.M | re.S)
    assert len(re.findall(r"\w[\w’'-]*", prose)) <= 900
    template = re.search(r"^```text\n(.*?)^```$", CAPSTONE, re.M | re.S)
    assert template
    assert len(template[1].splitlines()) <= 20


@pytest.mark.parametrize("door", DOORS)
def test_the_call_loads_three_parts(door, monkeypatch):
    code = dict(BLOCKS)[door]
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= 6
    assert max(map(len, lines)) <= 80
    made = loaded(door, monkeypatch)
    train, validation, test = (count(made[part]) for part in ("train", "validation", "test"))
    assert min(train, validation, test) >= 30
    assert train >= max(validation, test)


def test_no_part_holds_what_another_does(monkeypatch):
    names = loaded("Names", monkeypatch)
    numbers = loaded("Number words", monkeypatch)
    speech = loaded("Speech", monkeypatch)
    poles = loaded("A pole on a cart", monkeypatch)
    for held in (
        [set(names[part].concepts) for part in ("train", "validation", "test")],
        [{one.number for one in numbers[part]} for part in ("train", "validation", "test")],
        [{one.speaker for one in speech[part]} for part in ("train", "validation", "test")],
        [{tuple(one) for one in poles[part].tolist()} for part in ("train", "validation", "test")],
    ):
        assert not held[0] & held[1]
        assert not held[0] & held[2]
        assert not held[1] & held[2]
    assert len({one.speaker for one in speech["test"]}) == 3
    assert len({one.speaker for one in speech["validation"]}) == 3


def test_what_comes_in_order_stays_in_order(monkeypatch):
    from rnncourse.lessons.ch16.texts import characters
    from rnncourse.lessons.ch17.experiments.real_series import SPLITS

    series = loaded("Series", monkeypatch)
    kept = SPLITS["sunspots"]
    assert len(series["train"]) == kept.validation
    assert len(series["train"]) + len(series["validation"]) == kept.test
    parts = [series[part] for part in ("train", "validation", "test")]
    assert torch.equal(torch.cat(parts), kept.make()[: kept.end])
    text = loaded("Text", monkeypatch)
    assert all(
        torch.equal(text[part], getattr(characters(), part))
        for part in ("train", "validation", "test")
    )


def test_the_voices_to_test_on_are_the_hardest():
    table = recorded("unheard_voices").table
    assert table.groupby("fold")["unheard"].median().idxmax() == 3
    assert "voices[3::6]" in dict(BLOCKS)["Speech"]
    assert "claim:fold-3:" in CAPSTONE
