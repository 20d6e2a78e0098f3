"""Formulas are set when the book is made, and one that cannot be set fails the build."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.errors import SphinxWarning


@pytest.fixture
def book_with_formulas(scratch_book) -> Callable[[str], Path]:
    """A function that builds a page with formulas."""

    def build(text: str) -> Path:
        return scratch_book(
            {"index.md": f"# Book\n\n{text}\n"}, ["formulas"], html_math_renderer="katex"
        )

    return build


def test_formulas_are_set_when_the_book_is_made(book_with_formulas) -> None:
    html = book_with_formulas("{math}`h_t < 1`\n\n```{math}\n:label: two\na &= 1 \\\\\nb &= 2\n```")
    page = BeautifulSoup((html / "index.html").read_text(encoding="utf-8"), "html.parser")
    inline, displayed = page.select("span.math, div.math")
    assert inline.select_one("math annotation").text == "h_t < 1"
    assert inline.select_one(".katex-html[aria-hidden=true]") is not None
    assert len(displayed.select("math mtable mtable > mtr")) == 2
    assert 'columnspacing=""' not in str(page)
    assert displayed.select_one(".eqno").text.startswith("(1)")
    assert "katex" in str(page.head)
    style = (html / "_static" / "katex" / "katex.min.css").read_text(encoding="utf-8")
    fonts = set(re.findall(r"url\((fonts/[\w-]+\.woff2)\)", style))
    assert fonts
    assert all((html / "_static" / "katex" / font).is_file() for font in fonts)
    assert "mathjax" not in str(page).lower()


@pytest.mark.parametrize("wrong", ["\\frac{1", "f = ½", "\\nosuch", "T_{\\max}"])
def test_a_formula_that_cannot_be_set_fails_the_build(book_with_formulas, wrong: str) -> None:
    with pytest.raises((SphinxWarning, AssertionError), match=r"index.md.*a formula cannot be set"):
        book_with_formulas(f"{{math}}`{wrong}`")
