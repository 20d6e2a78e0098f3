"""What of a built page is over the budget of its kind: words, code, equations, claims, time, order.

`python book/_tools/page_budget.py [FILES]` prints the counts of pages, and what is over.
"""

import sys
from pathlib import Path

from check_pages import HTML, ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))

from page_form import CHAPTER, CLOSE, Form, measure

LESSON = {
    "words of core": ("words", 2000),
    "visible lines of code in the core": ("lines", 120),
    "displayed equations in the core": ("equations", 5),
    "claims in the core": ("claims", 8),
    "minutes to read": ("read", 40),
}
SHORTER = {"01": {"read": 30, "words": 1500}, "10": {"read": 30}, "02": {"words": 1500}}
SHORTER["09"] = SHORTER["02"]


def over_budget(name: str, form: Form) -> list[str]:
    """What of a page is not in the form, a line each, with the numbers.

    Args:
        name: The document, such as ``chapters/05-vanishing-gradients``.
        form: Its counts.
    """
    match = CHAPTER.fullmatch(name)
    faults = []

    def at_most(words: str, value: int, most: int) -> None:
        if value > most:
            faults.append(f"{value} {words}, of at most {most}")

    at_most("lines in one visible code cell", form.longest_cell, 25)
    at_most("columns in a visible line of code", form.columns, 80)
    at_most("pictures without a caption", form.uncaptioned, 0)
    if match is None:
        at_most("words", form.all_words, 800)
        return faults
    if match["letter"]:
        at_most("minutes to read", form.read, 25)
        for section in ("What we found", "The best objection"):
            if section not in form.sections:
                faults.append(f"no section {section!r}")
        return faults
    limits = SHORTER.get(match["number"], {})
    for words, (attribute, most) in LESSON.items():
        at_most(words, getattr(form, attribute), limits.get(attribute, most))
    at_most("new terms in the core", len(form.terms), 6)
    at_most("interactive figures in the core", len(form.interactive), 1)
    if not 3 <= len(form.core) <= 5:
        faults.append(f"{len(form.core)} sections in the core, not 3 to 5: {form.core}")
    order = ["In one screen", "Goals", *CLOSE]
    there = [name for name in form.sections if name in order]
    if there != order:
        faults.append(f"its sections should be, around the core, {order}, and are {there}")
    for words, count, least, most in (
        ("goals", form.goals, 3, 3),
        ("lines to take along", form.take_with_you, 5, 5),
        ("rows of what people say", form.people_say, 2, 4),
        ("questions", form.questions, 8, 12),
    ):
        if not least <= count <= most:
            faults.append(f"{count} {words}, not {least} to {most}")
    if not form.prediction:
        faults.append("no prediction")
    if not form.own_network:
        faults.append("nothing to do with one's own network")
    return faults


def main(arguments: list[str]) -> int:
    """Print a line a page, and below it what is over budget; the exit code."""
    paths = [Path(name) for name in arguments] or sorted((HTML / "chapters").glob("*.html"))
    faulty = False
    print("words  lines  claims  read  do  page")
    for path in paths:
        name = path.resolve().relative_to(HTML).with_suffix("").as_posix()
        form = measure(path.read_text(encoding="utf-8"))
        print(
            f"{form.words:5}  {form.lines:5}  {form.claims:6}  {form.read:4}  {form.do:2}  {name}"
        )
        for fault in over_budget(name, form):
            faulty = True
            print(f"       {fault}")
    return int(faulty)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
