"""The form of a page: its number, its figures' numbers, its time, and how full it is.

A chapter's number comes from its file (`05-…` is 5, `05b-…` is 5b), its figures are numbered in
their order, and `<!--time-->` in the prose becomes the time that its words, code, figures,
questions and exercises take. What is counted is what a reader sees: no folds, no outputs. A ★
behind an exercise's minutes says that an evening is planned with it.

What is too much of anything is said by book/_tools/page_budget.py.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from docutils import nodes

CHAPTER = re.compile(r"chapters/(?P<number>\d\d)(?P<letter>[a-z]?)-[^/]+")
TIME = "<!--time-->"
ASKING = ("quiz", "prediction", "try_it")  # figures that are questions

WORDS_A_MINUTE, LINES_A_MINUTE = 140, 7
LOOKED_AT = "figure.rnnbook-picture, .rnnbook-try-still"  # a minute each
PROSE = ("p", "li", "td", "th", "caption", "figcaption", "dt", "dd", "h2", "h3", "h4")

WORD = re.compile(r"\S*\w\S*")
DRAWN = re.compile(r"(<svg\b[^>]*>).*?(</svg>)", re.DOTALL)
CODE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
COLOURED = re.compile(r"</?span\b[^>]*>")
MINUTES = re.compile(r"\b(\d+) minutes\b")
STARRED = re.compile(r"\b(\d+) minutes\.\s*★")
STAR = re.compile(r"(?<=minutes\.</em>) ★")
STAR_NAMED = ' <span class="rnnbook-star" role="img" aria-label="starred">★</span>'

CORE_ENDS = ("Going deeper", "Quiz")
CLOSE = ("Quiz", "Take with you", "People say", "Your own network", "Exercises", "Further reading")


@dataclass
class Form:
    """What is counted on one page."""

    words: int = 0
    """Of the core; a formula is a word."""
    lines: int = 0
    """Of visible code in the core."""
    longest_cell: int = 0
    columns: int = 0
    """Of the widest visible line of code on the page."""
    terms: list[str] = field(default_factory=list)
    equations: int = 0
    claims: int = 0
    """Distinct ones in the core; a table counts as one."""
    core: list[str] = field(default_factory=list)
    """The sections of the core."""
    sections: list[str] = field(default_factory=list)
    goals: int = 0
    questions: int = 0
    interactive: list[str] = field(default_factory=list)
    """Figures of the core that answer."""
    uncaptioned: int = 0
    take_with_you: int = 0
    people_say: int = 0
    prediction: bool = False
    own_network: bool = False
    read: int = 0
    """Minutes."""
    do: int = 0
    """Minutes of all exercises."""
    starred: list[int] = field(default_factory=list)
    """Minutes of each exercise with a star."""
    all_words: int = 0


def measure(body: str) -> Form:
    """Count what stands on a page.

    Args:
        body: The page's HTML, whole or its article alone.
    """
    page = BeautifulSoup(_without_strokes(body), "html.parser")
    top = page.select_one("section:has(> h1)") or page
    sections = list(top.find_all("section", recursive=False))
    names = [_heading(section) for section in sections]
    form = Form(sections=names)
    first = names.index("Goals") + 1 if "Goals" in names else 0
    last = next((k for k, name in enumerate(names) if name in CORE_ENDS), len(names))
    core = sections[first:last]

    form.core = names[first:last]
    form.words = sum(_words(section) for section in core)
    cells = [cell for section in core for cell in _visible_code(section)]
    form.lines = sum(sum(1 for line in cell if line.strip()) for cell in cells)
    visible = _visible_code(top)
    form.longest_cell = max((len(cell) for cell in visible), default=0)
    form.columns = max((len(line) for cell in visible for line in cell), default=0)
    bold = [
        strong.get_text()
        for section in core
        for strong in section.select("p > strong")
        if not strong.find_parent(["details", "figure"])
    ]
    # A sentence may be bold too, and so may the first words of a paragraph.
    form.terms = [words for words in bold if len(words.split()) <= 4 and words[0].islower()]
    form.equations = sum(len(section.select("div.math")) for section in core)
    form.claims = len({claim for section in core for claim in _claims(section)})
    form.interactive = [
        host["data-figure"]
        for section in core
        for host in section.select(".rnnbook-host")
        if host["data-figure"] not in ASKING
    ]
    form.uncaptioned = sum(
        1
        for picture in top.select(".cell_output svg[role=img], .cell_output .rnnbook-host")
        if picture.get("data-figure") not in ASKING
        and not picture.find_parent(class_="rnnbook-host")
        and not picture.find_parent("details")
        and picture.find_parent("figure", class_="rnnbook-picture") is None
    )
    form.questions = len(top.select(".rnnbook-quiz-still > li"))
    form.prediction = bool(top.select('[data-figure="prediction"]'))
    close = {name: section for name, section in zip(names, sections, strict=True) if name in CLOSE}
    if "Goals" in names:
        form.goals = len(sections[names.index("Goals")].select("li"))
    if section := close.get("Take with you"):
        form.take_with_you = len(section.select("li"))
    if section := close.get("People say"):
        form.people_say = len(section.select("tbody tr"))
    if section := close.get("Your own network"):
        form.own_network = bool(section.select(".cell_input, .highlight"))

    form.all_words = _words(top)
    lines = sum(sum(1 for line in cell if line.strip()) for cell in visible)
    looked_at = len(top.select(LOOKED_AT)) + form.questions
    if section := close.get("Exercises"):
        form.all_words -= _words(section)
        looked_at -= len(section.select(LOOKED_AT))
        lines -= sum(sum(1 for line in c if line.strip()) for c in _visible_code(section))
        # What `check` prints names the minutes once more.
        said = "".join(
            text
            for text in section.find_all(string=True)
            if not text.find_parent(class_="cell_output")
        )
        form.do = sum(int(found) for found in MINUTES.findall(said))
        form.starred = [int(found) for found in STARRED.findall(said)]
    form.read = round(form.all_words / WORDS_A_MINUTE + lines / LINES_A_MINUTE + looked_at)
    return form


def _without_strokes(body: str) -> str:
    """A page without what is drawn and without code's colours: most of its elements, no word."""
    return CODE.sub(lambda code: COLOURED.sub("", code[0]), DRAWN.sub(r"\1\2", body))


def _heading(section: Tag) -> str:
    heading = section.find(["h1", "h2", "h3"])
    if heading is None:
        return ""
    for anchor in heading.select(".headerlink"):
        anchor.extract()
    return " ".join(heading.get_text().split())


def _words(root: Tag) -> int:
    """Words of prose that is not folded; a formula is a word."""
    return _words_in(root, prose=False, caption=False, math=False, barrier="")


def _words_in(tag: Tag, *, prose: bool, caption: bool, math: bool, barrier: str) -> int:
    """What `_words` counts below a tag, given what is around it; `barrier` hides what it holds."""
    count = 0
    # A caption counts wherever it stands, and so does a table that a code cell made.
    counted = not barrier or (caption and barrier != "details")
    for child in tag.children:
        if isinstance(child, Tag):
            classes = set(child.get("class", []))
            count += counted and "math" in classes
            hides = child.name in ("details", "script", "button") or bool(_UNCOUNTED & classes)
            count += _words_in(
                child,
                prose=prose or child.name in PROSE,
                caption=caption or child.name == "figcaption",
                math=math or "math" in classes,
                barrier=child.name if hides else barrier,
            )
        elif type(child) is NavigableString and prose and counted and not math:
            count += len(WORD.findall(child))
    return count


_UNCOUNTED = {"dropdown", "cell_input", "cell_output", "rnnbook-host", "rnnbook-notes"}
_UNCOUNTED |= {"headerlink", "rnnbook-install", "rnnbook-mark-print", "rnnbook-time"}


def _visible_code(root: Tag) -> list[list[str]]:
    """The lines of each code cell, and of each block of code in the prose, that is not folded."""
    found = []
    for block in root.select("div.highlight pre"):
        if block.find_parent("details") or block.find_parent(class_="cell_output"):
            continue
        if block.find_parent(class_=["dropdown", "rnnbook-install"]):
            continue
        found.append(block.get_text().rstrip("\n").split("\n"))
    return found


def _claims(section: Tag) -> set[str]:
    """The claims that are tied in a section; those of a table are one."""
    found = set()
    for mark in section.select(".rnnbook-mark"):
        if mark.find_parent("details"):
            continue
        table = mark.find_parent("table")
        found.add(f"table {id(table)}" if table else str(mark["popovertarget"]))
    return found


# Sphinx


def number_title(app: Any, doctree: nodes.document) -> None:
    """Put a chapter's number before its title, before titles are collected."""
    match = CHAPTER.fullmatch(app.env.docname)
    title = next(iter(doctree.findall(nodes.title)), None)
    if match and title is not None:
        title.insert(0, nodes.Text(f"{int(match['number'])}{match['letter']} · "))


def complete(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Number the figures and write the time that the page takes."""
    body = context.get("body", "")
    if page.startswith("chapters/"):
        match = CHAPTER.fullmatch(page)
        number = f"{int(match['number'])}{match['letter']}." if match else ""
        parts = body.split("<figcaption>")
        body = parts[0] + "".join(
            f'<figcaption><span class="rnnbook-figure-number">Figure {number}{place}</span> {part}'
            for place, part in enumerate(parts[1:], start=1)
        )
    if TIME in body:
        form = app.rnnbook_forms[page] = measure(body)
        body = body.replace(TIME, _time(form))
    context["body"] = STAR.sub(STAR_NAMED, body)


def _time(form: Form) -> str:
    words = f"Reading takes about {form.read} minutes"
    if form.starred:
        exercises = "exercise" if len(form.starred) == 1 else "exercises"
        words += f", the starred {exercises} {sum(form.starred)}, all exercises {form.do}"
    elif form.do:
        words += f", doing {form.do}"
    return f'<span class="rnnbook-time">{words}.</span>'


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.rnnbook_forms = {}
    app.connect("doctree-read", number_title, priority=400)
    app.connect("html-page-context", complete, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
