"""How long an evening takes: what its lessons take, summed when all pages are there.

In a row of a table that links to lessons, `<!--evening-->` becomes the minutes of reading them and
doing their starred exercises, `<!--evening:all-->` those with all exercises.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

from page_form import Form, measure

ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
LESSON = re.compile(r'href="[./]*(chapters/\d\d-[\w-]+)\.html')
PLANNED, WHOLE = "<!--evening-->", "<!--evening:all-->"


@dataclass
class Evening:
    """What a row of the table asks of a reader, in minutes."""

    lessons: list[str]
    read: int
    starred: list[int]
    do: int

    @property
    def planned(self) -> int:
        """With the starred exercises alone."""
        return self.read + sum(self.starred)

    @property
    def whole(self) -> int:
        """With all exercises."""
        return self.read + self.do


def evening(row: str, html: Path, forms: dict[str, Form]) -> Evening:
    """What the lessons take together that a row of a table links to.

    Args:
        row: Its HTML.
        html: The folder of the built pages.
        forms: Pages that have been measured, by name.

    Raises:
        ExtensionError: If it links to none, or to a page that is not there.
    """
    lessons = list(dict.fromkeys(LESSON.findall(row)))
    if not lessons:
        raise ExtensionError(f"the time of an evening without a lesson is asked for: {row}")
    for name in lessons:
        if name not in forms and not (html / f"{name}.html").is_file():
            raise ExtensionError(f"the time of {name} is asked for, and there is no such page")
    found = [
        forms.get(name) or measure((html / f"{name}.html").read_text(encoding="utf-8"))
        for name in lessons
    ]
    return Evening(
        lessons,
        sum(form.read for form in found),
        [minutes for form in found for minutes in form.starred],
        sum(form.do for form in found),
    )


def complete_evenings(app: Any, exception: Exception | None) -> None:
    """Write the times into the built pages of front and back matter."""
    if exception or app.builder.format != "html":
        return
    html = Path(app.outdir)

    def with_times(row: re.Match[str]) -> str:
        if PLANNED not in row[0] and WHOLE not in row[0]:
            return row[0]
        its = evening(row[0], html, app.rnnbook_forms)
        return row[0].replace(PLANNED, str(its.planned)).replace(WHOLE, str(its.whole))

    for path in sorted((html / "book").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        if PLANNED in text or WHOLE in text:
            path.write_text(ROW.sub(with_times, text), encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.setup_extension("page_form")
    app.connect("build-finished", complete_evenings, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
