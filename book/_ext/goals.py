"""`{goals-table}`: what each lesson is for, and which questions, exercises and claims are about it.

A lesson's goals are the list under its heading "Goals" (or in its box of what one will be able to
do); the first of chapter 05 is `05.1`. Questions and claims name it in `quiz.toml`, exercises by
`objective`. Nothing of the packages is imported.
"""

import json
import re
import tomllib
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

LESSONS = Path("src/rnncourse/lessons")
LIST = re.compile(
    r"(?:^## Goals\n+|What you will be able to do\n(?::class: tip\n)?)((?:- .*\n)+)", re.M
)
OBJECTIVE = re.compile(r'objective="([\d.]+)"')
NAME = re.compile(r'\bname="([a-z0-9-]+)"')
ASKING = ("question", "prediction", "try")
NONE = "*none yet*"


def goals(notebook: Path) -> list[str]:
    """The goals of a lesson, from its Markdown, in their order."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "markdown" and (
            found := LIST.search("".join(cell["source"]) + "\n")
        ):
            return [line.removeprefix("- ").rstrip(";.") for line in found[1].splitlines()]
    return []


def tested(root: Path, chapter: str) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """By goal: the questions, exercises and claims of a chapter that are about it."""
    room = root / LESSONS / f"ch{chapter}"
    found: dict[str, tuple[list[str], list[str], list[str]]] = {}

    def of(goal: str) -> tuple[list[str], list[str], list[str]]:
        return found.setdefault(goal, ([], [], []))

    if (room / "quiz.toml").is_file():
        file = tomllib.loads((room / "quiz.toml").read_text(encoding="utf-8"))
        for goal in file.get("goal", []):
            of(goal["id"])[2].extend(goal.get("claims", []))
        for kind in ASKING:
            for question in file.get(kind, []):
                if "goal" in question:
                    of(question["goal"])[0].append(question["id"])
    for path in sorted(room.glob("exercises/*.py")):
        text = path.read_text(encoding="utf-8")
        if (goal_of := OBJECTIVE.search(text)) and (name := NAME.search(text)):
            of(goal_of[1])[1].append(name[1])
    return found


def lessons(root: Path) -> dict[str, Path]:
    """The notebooks of the lessons by their two-digit numbers."""
    return {path.name[:2]: path for path in sorted(root.glob("chapters/[0-9][0-9]-*.ipynb"))}


def rows(root: Path, chapter: str, notebook: Path) -> list[str]:
    """The table of one lesson, in MyST."""
    known = tested(root, chapter)
    lines = ["| goal | questions | exercises | claims |", "|---|---|---|---|"]
    for place, goal in enumerate(goals(notebook), start=1):
        cells = known.get(f"{chapter}.{place}", ([], [], []))
        shown = (", ".join(f"`{id}`" for id in ids) or NONE for ids in cells)
        lines.append(f"| {goal} | {' | '.join(shown)} |")
    return lines


class GoalsTable(SphinxDirective):
    """The directive. It takes no argument and no content."""

    def run(self) -> list[nodes.Node]:
        """Return a heading and a table for every lesson."""
        root, box = Path(self.env.srcdir), nodes.container()
        lines: list[str] = []
        for chapter, notebook in lessons(root).items():
            for path in (notebook, *(root / LESSONS / f"ch{chapter}").rglob("*")):
                self.env.note_dependency(str(path))
            lines += [
                f"**{{doc}}`/chapters/{notebook.stem}`**",
                "",
                *rows(root, chapter, notebook),
                "",
            ]
        self.state.nested_parse(StringList(lines, "goals"), 0, box)
        for table in box.findall(nodes.table):
            table["classes"].append("rnnbook-ledger")
        box["classes"].append("rnnbook-scroll")
        return [box]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_directive("goals-table", GoalsTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
