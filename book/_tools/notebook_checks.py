"""What a notebook of the book must be, and whether its prose says what its claims prove."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

import ties
from notebook_form import ROOT, changed, chapters, normalise, read, text

LARGEST = 1_000_000  # bytes
NEEDS = '# needs the book\'s packages: in a copy of the book, pip install -e ".[course]"'
LONGEST = 25  # lines of a code cell, more only with a warning

Claims = dict[str, dict[str, Any]]


def problems(files: Iterable[Path]) -> list[str]:
    """All that is wrong with some notebooks, a line each."""
    files = list(files)
    known = claims([*chapters(), *filter(Path.is_file, files)])
    found: list[str] = []
    for path in files:
        if path.is_file():
            notebook = read(path)
            raw = path.read_text(encoding="utf-8")
            found += [_at(path, problem) for problem in _form(path, raw, notebook)]
            found += [_at(path, problem) for problem in tie_problems(notebook, known)]
        else:
            found.append(_at(path, "there is no such file"))
    return found


def warnings(files: Iterable[Path]) -> list[str]:
    """What a second look would do good, a line each."""
    return [
        _at(path, f"cell {place}: {lines} lines of code; a reader holds about {LONGEST}")
        for path in files
        if path.is_file()
        for place, cell in enumerate(read(path).cells)
        if cell.cell_type == "code" and (lines := len(cell.source.splitlines())) > LONGEST
    ]


def book_problems() -> list[str]:
    """Ids that two claims of the book share, and pages that say something else than a claim."""
    found = []
    places: dict[str, Path] = {}
    for path in chapters():
        for record in claims_in(read(path)):
            if (id := record["id"]) in places:
                found.append(_at(path, f"claim {id} is made already, in {places[id].name}"))
            places.setdefault(id, path)
    known = claims(chapters())
    for path in pages():
        page = path.read_text(encoding="utf-8")
        found += [_at(path, problem) for problem in tie_problems(page, known)]
    return found


def write_results() -> list[Path]:
    """Write the claims' results into the prose that is tied to them; the files that changed."""
    known = claims(chapters())
    written = []
    for path in [*chapters(), *pages()]:
        before = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            after = ties.rewritten(before, known)
        else:
            notebook = read(path)
            for cell in notebook.cells:
                if cell.cell_type == "markdown":
                    cell.source = ties.rewritten(cell.source, known)
            after = text(notebook)
        if after != before:
            path.write_text(after, encoding="utf-8", newline="\n")
            written.append(path)
    return written


def pages() -> list[Path]:
    """The pages of the book that are no notebooks."""
    found = sorted((ROOT / "book").rglob("*.md"))
    return [path for path in found if {"_build", "_generated"}.isdisjoint(path.parts)]


def claims_in(notebook: NotebookNode) -> list[dict[str, Any]]:
    """The records of a notebook's claims, from its outputs' metadata, in their order."""
    return [
        output.metadata["rnnbook_claim"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "rnnbook_claim" in output.get("metadata", {})
    ]


def claims(files: Iterable[Path]) -> Claims:
    """The claims of some notebooks by their ids."""
    return {record["id"]: record for path in files for record in claims_in(read(path))}


def tie_problems(page: NotebookNode | str, known: Claims) -> list[str]:
    """Where a number in prose is not what the claim says that it is tied to (`ties.py`).

    Args:
        page: a notebook, whose Markdown is looked at, or Markdown itself.
        known: all claims of the book by their ids.
    """
    if isinstance(page, str):
        return ties.problems(page, known)
    return [
        f"cell {place}: {problem}"
        for place, cell in enumerate(page.cells)
        if cell.cell_type == "markdown"
        for problem in ties.problems(cell.source, known)
    ]


def _form(path: Path, raw: str, notebook: NotebookNode) -> Iterator[str]:
    if raw != text(normalise(copy.deepcopy(notebook))):
        yield "is not normalised: run `python book/_tools/notebooks.py normalise` on it"
    if (size := len(raw.encode())) > LARGEST:
        yield f"is {size / 1e6:.1f} MB large, and may be {LARGEST / 1e6:.0f}"
    if changed(path):
        yield "was changed since it was run, or never run: `make notebooks`"
    if "allow_errors" in str(notebook.metadata):
        yield "allows errors"
    code = [(place, cell) for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    counts = [cell.execution_count for _, cell in code]
    if counts != list(range(1, len(code) + 1)):
        yield f"its code cells were not run once each in their order, but as {counts}"
    for place, cell in code:
        yield from (f"cell {place}: {problem}" for problem in _code_problems(cell))
    lines = [line for _, cell in code for line in cell.source.splitlines()]
    ours = next(
        (n for n, x in enumerate(lines) if re.match(r"(from|import) rnn(book|course)", x)), 0
    )
    if ours and lines[ours - 1] != NEEDS:  # so near that a traceback shows it
        yield f"directly above its first import of the book's packages must stand {NEEDS!r}"
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            yield from (f"cell {place}: {p}" for p in _image_problems(cell.source))


def _code_problems(cell: NotebookNode) -> Iterator[str]:
    if "raises-exception" in cell.metadata.get("tags", []):
        yield "may raise an error, by its tag"
    for output in cell.outputs:
        data = output.get("data", {})
        page = "".join(data.get("text/html", ""))
        if output.output_type == "error":
            yield f"has an error: {output.ename}: {output.evalue}"
        if output.output_type == "stream" and output.name == "stderr":
            yield f"writes to stderr: {output.text.strip()[:60]!r}"
        if re.search(r"\bat 0x[0-9a-f]{6,}", "".join(data.get("text/plain", ""))):
            yield "shows an address in memory: nbval cannot compare it"
        if any(kind.startswith("image/") for kind in data):
            yield "shows an image without alt text: use plots.show(fig, alt=…)"
        for drawing in re.findall(r"<svg\b[^>]*>|<img\b[^>]*>", page):
            attribute = "aria-label" if drawing.startswith("<svg") else "alt"
            if not re.search(rf'\s{attribute}="[^"]|aria-hidden="true"', drawing):
                yield f"shows an image without alt text: {drawing[:60]}"


def _image_problems(source: str) -> Iterator[str]:
    for image in re.findall(r"!\[\s*\]\([^)]*\)", source):
        yield f"image without alt text: {image}"
    for image in re.findall(r"<img\b[^>]*>", source):
        if not re.search(r'\salt="[^"]', image):
            yield f"image without alt text: {image}"
    for fence, body in re.findall(r"^([`:]{3,})\{(?:figure|image)\}(.*?)^\1", source, re.M | re.S):
        if not re.search(r"^\s*:alt:\s*\S", body, re.M):
            yield f"image without alt text: {fence}{{figure}}{body.splitlines()[0]}"


def _at(path: Path, problem: str) -> str:
    where = path.resolve()
    return f"{where.relative_to(ROOT) if where.is_relative_to(ROOT) else where}: {problem}"
