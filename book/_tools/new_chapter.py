"""Make a chapter that is green from the start: notebook, room, tests and entries.

    python book/_tools/new_chapter.py 11-rnn-lstm-gru

What it is made of stands in `chapters/_template.ipynb` and in `chapter_template/` beside this file,
where the chapter is number 00. Nothing is overwritten.
"""

from __future__ import annotations

import argparse
import copy
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

import notebooks
from notebook_form import CHAPTERS, ROOT, TEMPLATE, normalise, read, text

PIECES = Path(__file__).parent / "chapter_template"
NAME = re.compile(r"(?P<number>\d\d)-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)")


def pieces(number: str) -> dict[Path, str]:
    """What the chapter's room and its tests hold, by place."""
    room = Path("src/rnncourse/lessons") / f"ch{number}"
    places = {
        "exercise.py": room / "exercises" / f"ch{number}_step.py",
        "experiment.py": room / "experiments" / f"ch{number}_states.py",
        "quiz.toml": room / "quiz.toml",
        "test_exercises.py": Path("tests/lessons") / f"test_ch{number}_exercises.py",
    }
    return {
        place: _numbered((PIECES / name).read_text(encoding="utf-8"), number)
        for name, place in places.items()
    }


def notebook(number: str, slug: str) -> NotebookNode:
    """The template's notebook as the chapter's own, not run yet."""
    made = copy.deepcopy(read(TEMPLATE))
    for cell in made.cells:
        for old, new in (
            ("(template)=", f"({slug})="),
            ("template-equals-torch", f"ch{number}-equals-torch"),
            ("exercise-template-step", f"exercise-ch{number}-step"),
            ('Prediction("05", "forty-back")', f'Prediction("{number}", "will-it-settle")'),
            ('Try("05", "factor-at-rest")', f'Try("{number}", "third-step")'),
            ('Quiz("05")', f'Quiz("{number}")'),
            ('check("simple-step"', f'check("ch{number}-step"'),
        ):
            cell.source = cell.source.replace(old, new)
        cell.source = re.sub(r"<!-- .*?-->\n\n", "", cell.source, flags=re.DOTALL)
    place = next(
        place
        for place, cell in enumerate(made.cells)
        if "nbval-ignore-output" in str(cell.metadata)
    )
    recorded = new_code_cell(_numbered(_CLAIM, number), metadata={"tags": ["hide-cell"]})
    made.cells.insert(place + 1, recorded)
    return normalise(made)


_CLAIM = """\
claim(
    "ch00-states",
    "Mean size of a state in an untrained simple network of 16 units",
    recorded("ch00_states").summary("size", units=16),
    bound=(0, 1),
)"""


def entered(name: str) -> dict[Path, Callable[[str], str]]:
    """How the pages that list the chapters change."""
    number = name[:2]

    def in_toc(page: str) -> str:
        lines = page.splitlines(True)
        before = [
            place
            for place, line in enumerate(lines)
            if (found := re.search(r"file: chapters/(\d\d)-", line)) and found[1] < number
        ]
        indent = re.match(r"\s*", lines[before[-1]])
        assert indent
        place = before[-1] + 1
        while place < len(lines) and lines[place].startswith(f"{indent[0]} "):
            place += 1  # behind its workbench pages
        lines.insert(place, f"{indent[0]}- file: chapters/{name}\n")
        return "".join(lines)

    def in_index(page: str) -> str:
        row = f"| later | {{doc}}`/chapters/{name}` | <!--evening--> | <!--evening:all--> |\n"
        rows = [
            m for m in re.finditer(r"^\|.*/chapters/(\d\d)-.*\|\n", page, re.M) if m[1] < number
        ]
        return page[: rows[-1].end()] + row + page[rows[-1].end() :]

    def in_changelog(page: str) -> str:
        return page.replace("### Added\n\n", f"### Added\n\n- Chapter {number}, {name[3:]}.\n", 1)

    return {
        Path("_toc.yml"): in_toc,
        Path("book/index.md"): in_index,
        Path("CHANGELOG.md"): in_changelog,
    }


def make(name: str, root: Path = ROOT) -> list[Path]:
    """Write all of it below a root; the places.

    Raises:
        ValueError: if the name is not like ``11-rnn-lstm-gru``, or the number is taken.
        FileExistsError: if something is there already.
    """
    match = NAME.fullmatch(name)
    if not match:
        raise ValueError(f"NAME must be like 11-rnn-lstm-gru, got {name!r}")
    number = match["number"]
    if taken := sorted((root / "chapters").glob(f"{number}-*.ipynb")):
        raise ValueError(f"NAME must have a number of its own, and {number} is {taken[0].stem}")
    files = pieces(number)
    files[Path("chapters") / f"{name}.ipynb"] = text(notebook(number, match["slug"]))
    for place in files:
        if (root / place).exists():
            raise FileExistsError(f"{place} is there already")
    for place, change in entered(name).items():
        files[place] = change((root / place).read_text(encoding="utf-8"))
    for place, content in files.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(content, encoding="utf-8", newline="\n")
    return list(files)


def main(arguments: list[str] | None = None) -> int:
    """Make a chapter, record its experiment and run its notebook; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", metavar="NAME", help="such as 11-rnn-lstm-gru")
    name = parser.parse_args(arguments).name
    try:
        places = make(name)
    except (ValueError, FileExistsError) as error:
        print(error, file=sys.stderr)
        return 2
    record = [sys.executable, "-m", "rnncourse", "experiments", "run", f"ch{name[:2]}_states"]
    subprocess.run(record, check=True, stdout=subprocess.DEVNULL)
    path = CHAPTERS / f"{name}.ipynb"
    notebooks.record_time(path, notebooks.execute(path))
    for place in places:
        print(place)
    return 0


def _numbered(piece: str, number: str) -> str:
    """A piece of chapter 00 as one of another chapter."""
    return re.sub(
        r"\b(ch|chapter |objective=\"|goal = \"|id = \")00(?!\d)", rf"\g<1>{number}", piece
    )


if __name__ == "__main__":
    sys.exit(main())
