"""`make chapter`: what it writes, and that it writes over nothing."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_tools"))

import new_chapter  # noqa: E402

LISTS = ("_toc.yml", "book/index.md", "CHANGELOG.md")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A root with the pages that list the chapters, and none of the chapters."""
    (tmp_path / "chapters").mkdir()
    for name in LISTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_it_makes_notebook_room_tests_and_entries(book: Path) -> None:
    before = {name: (book / name).read_text(encoding="utf-8") for name in LISTS}
    places = {place.as_posix() for place in new_chapter.make("98-fuzzy-gates", book)}
    assert places == {
        "chapters/98-fuzzy-gates.ipynb",
        "src/rnncourse/lessons/ch98/exercises/ch98_step.py",
        "src/rnncourse/lessons/ch98/experiments/ch98_states.py",
        "src/rnncourse/lessons/ch98/quiz.toml",
        "tests/lessons/test_ch98_exercises.py",
        *LISTS,
    }
    made = {place: (book / place).read_text(encoding="utf-8") for place in places}
    assert not [place for place, text in made.items() if re.search(r"ch(apter )?00", text)]
    notebook = "\n".join(
        "".join(cell["source"])
        for cell in json.loads(made["chapters/98-fuzzy-gates.ipynb"])["cells"]
    )
    for words in (
        "(fuzzy-gates)=",
        'Prediction("98", "will-it-settle")',
        'Try("98", "third-step")',
        'Quiz("98")',
        'check("ch98-step", my_step)',
        "ch98-equals-torch",
    ):
        assert words in notebook
    assert "template-equals-torch" not in notebook
    for name in LISTS:  # a line more, and nothing else
        added = [line for line in made[name].splitlines() if "98" in line]
        assert len(added) == 1
        assert made[name].replace(f"{added[0]}\n", "") == before[name]
    rows = re.findall(r"file: chapters/(\d\d)", made["_toc.yml"])
    assert rows == sorted(rows)


def test_a_chapter_in_between_stands_between_its_neighbours(book: Path) -> None:
    toc = book / "_toc.yml"
    toc.write_text(re.sub(r".*chapters/05.*\n", "", toc.read_text("utf-8")), encoding="utf-8")
    new_chapter.make("05-fuzzy", book)
    rows = re.findall(r"file: chapters/(\d\d)", toc.read_text(encoding="utf-8"))
    assert rows == sorted(rows)
    assert "05" in rows


@pytest.mark.parametrize("name", ["fuzzy", "9-fuzzy", "98_fuzzy", "98-Fuzzy", "98-", "../98-fuzzy"])
def test_a_name_of_another_form_is_refused(book: Path, name: str) -> None:
    with pytest.raises(ValueError, match="NAME must be like 11-rnn-lstm-gru, got"):
        new_chapter.make(name, book)


def test_nothing_is_written_over(book: Path) -> None:
    taken = book / "chapters" / "98-other.ipynb"
    taken.touch()
    with pytest.raises(ValueError, match="and 98 is 98-other"):
        new_chapter.make("98-fuzzy", book)
    taken.unlink()
    quiz = book / "src/rnncourse/lessons/ch98/quiz.toml"
    quiz.parent.mkdir(parents=True)
    quiz.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"quiz\.toml is there already"):
        new_chapter.make("98-fuzzy", book)
    assert quiz.read_text(encoding="utf-8") == "mine"
    assert not (book / "chapters" / "98-fuzzy.ipynb").exists()
