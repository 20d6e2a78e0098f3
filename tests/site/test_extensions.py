"""Our Sphinx extensions, on scratch books."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from sphinx.errors import ExtensionError, SphinxWarning

import claims_ledger
import from_notebooks
import launch
import pictures
from check_pages import ROOT

TITLE = {"cell_type": "markdown", "source": "# A chapter\n\nText."}
CLAIM = {
    "id": "cue-lag",
    "statement": "The cue is kept over lag 5 & 20",
    "bound": [None, 0.01],
    "measured": 0.0012345,
    "recorded": {
        "median": 0.002,
        "low": 0.001,
        "high": 0.009,
        "seeds": 10,
        "experiment": "cue",
        "date": "2026-01-31",
    },
    "published": "0.02",
    "source": "Elman 1990",
    "kind": "live",
}


def notebook(*cells: dict) -> str:
    """The text of a notebook made of `cells`."""
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
    }
    for number, cell in enumerate(cells):
        cell |= {"id": f"cell-{number}", "metadata": {}}
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content)


def claim_cell(record: dict) -> dict:
    html = f'<div class="rnnbook-claim" id="claim-{record["id"]}">{record["statement"]}</div>'
    output = {
        "output_type": "display_data",
        "data": {"text/html": html, "text/plain": "claim"},
        "metadata": {"rnnbook_claim": record},
    }
    return {"cell_type": "code", "source": "", "execution_count": 1, "outputs": [output]}


def toctree(*names: str) -> str:
    return "\n".join(["# Book", "", "```{toctree}", *names, "```", ""])


def test_claims_are_gathered_from_the_outputs(tmp_path: Path) -> None:
    plain = {"cell_type": "code", "source": "", "execution_count": 1,
             "outputs": [{"output_type": "stream", "name": "stdout", "text": "hello"}]}  # fmt: skip
    path = tmp_path / "a.ipynb"
    second = CLAIM | {"id": "second"}
    path.write_text(notebook(TITLE, claim_cell(CLAIM), plain, claim_cell(second)))
    assert claims_ledger.records(path) == [CLAIM, second]


def test_ledger_shows_each_claim_and_links_to_it(scratch_book) -> None:
    html = scratch_book(
        {
            "index.md": toctree("book/claims", "chapters/01-a", "chapters/02-b"),
            "book/claims.md": "# Claims\n\n```{claims-ledger}\n```\n",
            "book/fresh-seeds.csv": "chapter,claim,block,held,of,lowest,highest\n"
            "01-a,cue-lag,200,9,10,0.001,0.02\n",
            "chapters/01-a.ipynb": notebook(TITLE, claim_cell(CLAIM)),
            "chapters/02-b.ipynb": notebook(TITLE),
        },
        ["claims_ledger"],
    )
    page = (html / "book" / "claims.html").read_text(encoding="utf-8")
    assert 'href="../chapters/01-a.html#claim-cue-lag"' in page
    assert "The cue is kept over lag 5 &amp; 20" in page
    for text in ("&lt; 0.01", "0.00123", "median 0.002 (0.001 … 0.009), 10 seeds; cue, 2026-01-31"):
        assert text in page
    assert "0.02 (Elman 1990)" in page
    assert "9 of 10 (from 200)" in page
    assert page.count("rnnbook-ledger") == 1


TIE = "<!--claim:cue-lag:median-->"


def book_with_prose(scratch_book, prose: str) -> str:
    """The page of a chapter that makes the claim and says some prose."""
    said = {"cell_type": "markdown", "source": prose}
    files = {
        "index.md": toctree("chapters/01-a"),
        "chapters/01-a.ipynb": notebook({**TITLE}, said, claim_cell(CLAIM)),
    }
    html = scratch_book(files, ["claims_ledger", "evidence"])
    return (html / "chapters" / "01-a.html").read_text(encoding="utf-8")


def test_a_tie_becomes_a_mark_that_opens_the_evidence(scratch_book) -> None:
    prose = f"It errs by 0.002{TIE}, once more 0.002{TIE}, and **0.01<!--claim:cue-lag-->**."
    table = f"\n\n| a | b |\n|---|---|\n| 0.002{TIE} | $x$ 0.002{TIE} |\n\n- a list: 0.002{TIE}"
    page = book_with_prose(scratch_book, prose + table)
    assert page.count('popovertarget="evidence-cue-lag" aria-label') == 4  # a paragraph each
    assert page.count('<li id="evidence-cue-lag" popover>') == 1
    note = page.partition('id="evidence-cue-lag"')[2].partition("</li>")[0]
    for text in ("The cue is kept over lag 5 &amp; 20", "&lt; 0.01", "0.00123", "10 seeds; cue"):
        assert text in note
    assert "0.02 (Elman 1990)" in note
    assert 'href="#claim-cue-lag"' in note
    assert "<!--claim" not in page


@pytest.mark.parametrize(
    "prose",
    [
        f"## It errs by 0.002{TIE}",
        f"In a link: [0.002{TIE}](https://example.org).",
        f"A line break before it: 0.002\n{TIE}",
        f"<p>In raw HTML: 0.002{TIE}</p>",
        "Of no claim: 0.002<!--claim:lost-->.",
    ],
)
def test_a_tie_that_would_be_lost_fails_the_build(scratch_book, prose) -> None:
    with pytest.raises(
        (SphinxWarning, AssertionError), match=r"would be lost here|no chapter makes"
    ):
        book_with_prose(scratch_book, prose)


def test_ledger_of_a_book_without_claims(scratch_book) -> None:
    html = scratch_book({"index.md": "# Claims\n\n```{claims-ledger}\n```\n"}, ["claims_ledger"])
    assert "No chapter has made a claim yet." in (html / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "value",
    [0, 7, -3, 12345, 999999, 1e6, 1234.5, 3.14159, 0.1, 1e-12, 5e9]
    + [
        sign * 10**power * digits
        for sign in (1, -1)
        for power in range(-3, 8)
        for digits in (0.9994, 0.9995, 0.9996, 0.99999, 1.0, 1.0004)
    ],
)
def test_numbers_read_as_in_the_chapters(value: float) -> None:
    claims = pytest.importorskip("rnncourse.claims")
    assert claims_ledger.number(value) == claims.format_number(value)


@pytest.mark.parametrize(
    "ends",
    [
        (None, 0.01),
        (None, -1 / 3),
        (3, None),
        (1e3, None),
        (-1e10, None),
        (0.9, 1.0),
        (-2, -1.5),
        (2, 2),
        (0.1 + 0.2, 1 / 3),
    ],
)
def test_bounds_read_as_in_the_chapters(ends: tuple) -> None:
    claims = pytest.importorskip("rnncourse.claims")
    assert claims_ledger.bound(ends) == claims.format_bound(*ends)


def test_timings_are_shown_with_their_sum(scratch_book) -> None:
    timing = {"seconds": 21.34, "date": "2026-01-31", "machine": "2 cores"}
    gone = timing | {"seconds": 99.0}
    times = {"chapters/01-a.ipynb": timing, "chapters/00-gone.ipynb": gone}
    html = scratch_book(
        {
            "index.md": toctree("chapters/01-a") + "\n```{timings}\n```\n",
            "chapters/01-a.ipynb": notebook(TITLE),
            "book/timings.json": json.dumps(times),
        },
        ["timings"],
    )
    page = (html / "index.html").read_text(encoding="utf-8")
    assert page.count("21.3") == 2
    assert "2 cores" in page
    assert "99.0" not in page


def test_timings_of_a_book_that_was_not_timed(scratch_book) -> None:
    html = scratch_book({"index.md": "# Times\n\n```{timings}\n```\n"}, ["timings"])
    assert "No notebook has been timed yet." in (html / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://github.com/someone/rnn-book.git", "https://github.com/someone/rnn-book"),
        ("https://github.com/someone/rnn.book", "https://github.com/someone/rnn.book"),
        ("git@github.com:someone/rnn-book.git", "https://github.com/someone/rnn-book"),
        ("https://example.org/someone/rnn-book.git", None),
        (None, None),
    ],
)
def test_repository_is_known_from_its_remote(tmp_path: Path, remote: str, url: str) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    if remote:
        command = ["git", "-C", str(tmp_path), "remote", "add", "origin", remote]
        subprocess.run(command, check=True)
    assert launch.repository_url(tmp_path, {}) == url


def test_repository_is_known_from_the_environment(tmp_path: Path) -> None:
    environment = {"GITHUB_REPOSITORY": "someone/rnn-book"}
    assert launch.repository_url(tmp_path, environment) == "https://github.com/someone/rnn-book"


@pytest.mark.parametrize("known", [True, False])
def test_buttons_only_where_the_repository_is_known(scratch_book, monkeypatch, known) -> None:
    monkeypatch.setattr(
        launch, "repository_url", lambda root: "https://github.com/someone/book" if known else None
    )
    html = scratch_book(
        {
            "index.md": toctree("chapters/01-a"),
            "chapters/01-a.ipynb": notebook({**TITLE}, {**claim_cell(CLAIM), "source": "x = 1"}),
        },
        ["launch"],
    )
    chapter = (html / "chapters" / "01-a.html").read_text(encoding="utf-8")
    colab = "https://colab.research.google.com/github/someone/book/blob/main/chapters/01-a.ipynb"
    assert (colab in chapter) is known
    assert ("https://mybinder.org/v2/gh/someone/book/main" in chapter) is known
    command = "rnnbook[course] @ git+https://github.com/someone/book"
    assert (command in chapter) is known
    copy = (html / "_sources" / "chapters" / "01-a.ipynb").read_text(encoding="utf-8")
    code = [cell for cell in nbformat.reads(copy, 4).cells if cell.cell_type == "code"]
    assert [command in cell.source for cell in code] == ([True, False] if known else [False])
    front = (html / "index.html").read_text(encoding="utf-8")
    assert "%pip" not in front
    assert "colab" not in front


def test_the_install_line_leaves_the_first_screen_alone(scratch_book, monkeypatch) -> None:
    monkeypatch.setattr(launch, "repository_url", lambda root: "https://github.com/someone/book")
    text = "# A chapter\n\nWhy?\n\n## In one screen\n\nThis is it.\n\n## Goals\n\nTo run it."
    pages = {"01-a": text, "one": "# One section\n\nText."}
    files = {
        f"{name}.ipynb": notebook({**TITLE, "source": source}) for name, source in pages.items()
    }
    html = scratch_book({"index.md": toctree(*pages), **files}, ["launch"])
    page = (html / "01-a.html").read_text(encoding="utf-8").partition("<article")[2]
    assert page.index("This is it.") < page.index("%pip install") < page.index("To run it.")
    page = (html / "one.html").read_text(encoding="utf-8").partition("<article")[2]
    assert page.index("%pip install") < page.index("Text.")


def test_folds_are_named_by_what_they_show(scratch_book) -> None:
    text = "# Book\n\n```{admonition} Compare *both*\n:class: note dropdown\nThe answer.\n```\n"
    code = {"cell_type": "code", "source": "x = 1", "execution_count": 1, "outputs": []}
    page = json.loads(notebook({**TITLE}, code))
    page["cells"][1]["metadata"] = {"tags": ["hide-input"], "mystnb": {"code_prompt_show": "Why"}}
    files = {"index.md": f"{text}\n{toctree('a')}", "a.ipynb": json.dumps(page)}
    html = scratch_book(files, ["folds"])
    prose = (html / "index.html").read_text(encoding="utf-8")
    assert re.search(
        r'<details class="note dropdown admonition">\s*'
        r'<summary class="admonition-title">Compare <em>both</em></summary>\s*'
        r"<p>The answer.</p>\s*</details>",
        prose,
    )
    folded = (html / "a.html").read_text(encoding="utf-8")
    assert re.search(r"<summary>\s*<p [^>]*>Why</p>", folded)


def test_a_picture_shrinks_no_further_than_its_words_can_be_read() -> None:
    svg = '<svg viewBox="0 0 400 200" style="fill:red"><text style="font:{}px x">a</text></svg>'
    start = '<div class="rnnbook-scroll"><svg viewBox="0 0 400 200" style="min-width:{}px;'
    assert pictures.legible(svg.format(11)).startswith(start.format(400))
    assert pictures.legible(svg.format(8)).startswith(start.format(550))
    without = svg.replace("text", "path")
    assert pictures.legible(without) == without


def test_a_build_that_imports_torch_fails(scratch_book, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", ModuleType("torch"))
    with pytest.raises(ExtensionError, match="the build imported torch"):
        scratch_book({"index.md": "# Book\n"}, ["offline"])


def test_built_pages_have_no_trace_of_thebe_or_of_a_widget_manager(site: Path) -> None:
    pages = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    assert len(pages) > 9
    for path in pages:
        page = path.read_text(encoding="utf-8")
        for word in ("thebe", "THEBE_JS_URL", "html-manager", "require.min.js", "fontawesome.js"):
            assert word not in page, f"{word} in {path.relative_to(site)}"


def test_extensions_need_no_torch(without_torch: dict[str, str]) -> None:
    names = [path.stem for path in (ROOT / "book" / "_ext").glob("*.py")]
    assert "claims_ledger" in names
    folder = str(ROOT / "book" / "_ext")
    code = f"import sys; sys.path.insert(0, {folder!r}); import autoapi, {', '.join(names)}"
    subprocess.run([sys.executable, "-c", code], env=without_torch, check=True)
    blocked = subprocess.run(
        [sys.executable, "-c", "import torch"], env=without_torch, capture_output=True, text=True
    )
    assert "must be built without torch" in blocked.stderr


def test_a_page_takes_figures_and_lines_from_notebooks(tmp_path: Path) -> None:
    lesson = json.loads(
        notebook({"cell_type": "markdown", "source": "## Take with you\n\n1. One\n2. Two"})
    )
    host = '<div class="rnnbook-host" data-figure="lamps"></div>'
    output = {"output_type": "display_data", "data": {"text/html": host}, "metadata": {}}
    lesson["cells"].append({"cell_type": "code", "source": "", "outputs": [output]})
    path = tmp_path / "01-a.ipynb"
    path.write_text(json.dumps(lesson), encoding="utf-8")
    assert from_notebooks.figure(path, "lamps") == host
    assert from_notebooks.to_take_along(path) == "1. One\n2. Two\n"
    with pytest.raises(ExtensionError, match=r"01-a.ipynb has no figure 'lights'"):
        from_notebooks.figure(path, "lights")
