"""The check of the built pages finds what is planted."""

from pathlib import Path

import pytest

from check_pages import HTML, ROOT, check, toc_documents

POLICY = """<meta http-equiv="Content-Security-Policy" content="default-src 'self'">"""
GOOD = """<!DOCTYPE html><html><head>{policy}<link rel="stylesheet" href="a.css">
<link rel="canonical" href="https://example.org/"></head><body>
<h1 id="top">A page</h1> <a href="#top">up</a> <a href="https://example.org">elsewhere</a>
<a href="other.html#there">other</a> <a href="mailto:a@example.org">write</a> <a href="#">none</a>
<a href="other.html#cobweb?u=0.9&amp;gate=true">set it</a> <a href="other.html#cobweb-2?b=1">two</a>
<img src="a.png" alt="the loss falls"> <img src="b.png" aria-hidden="true">
<svg role="img" aria-label="the loss falls"></svg> {planted}
</body></html>"""

GOOD = GOOD.replace("{policy}", POLICY)
FIGURE = '<div data-figure="cobweb"><script type="application/json">{traits}</script></div>'
OTHER = f'{POLICY}<p id="there">There</p>' + "".join(
    FIGURE.replace("{traits}", traits) for traits in ('{"u": 1, "b": 0, "gate": false}', '{"b": 1}')
)


@pytest.fixture
def pages(tmp_path: Path):
    """A function that checks a site of two pages with something planted in the first."""

    def checked(planted: str = "", css: str = "") -> list[str]:
        (tmp_path / "page.html").write_text(GOOD.replace("{planted}", planted))
        (tmp_path / "other.html").write_text(OTHER)
        (tmp_path / "a.css").write_text(css)
        return check(tmp_path, ["page", "other"])

    return checked


def test_good_pages_pass(pages) -> None:
    assert pages() == []


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ('<div class="output traceback">ValueError</div>', "output is an error"),
        ('<div class="system-message">!</div>', "system message"),
        ('<a href="gone.html">x</a>', "dead link: gone.html"),
        ('<a href="../outside.html">x</a>', "dead link"),
        ('<a href="#gone">x</a>', "missing anchor: #gone"),
        ('<a href="other.html#gone">x</a>', "missing anchor: other.html#gone"),
        ('<a href="#gone?cell=lstm">x</a>', "missing figure: #gone?cell=lstm"),
        ('<a href="other.html#cobweb-3?u=1">x</a>', "missing figure: other.html#cobweb-3?u=1"),
        ('<a href="other.html#cobweb-2?u=1">x</a>', "sets no trait of its figure: other.html#"),
        ('<a href="other.html#cobweb?b=1&amp;v=1">x</a>', "sets no trait of its figure"),
        ('<img src="a.png">', "without alternative text: a.png"),
        ('<img src="a.png" alt="">', "without alternative text"),
        ('<img src="a.png" alt="a.png">', "without alternative text"),
        ('<svg role="img"></svg>', "without alternative text"),
        ('<script src="https://cdn.example/x.js"></script>', "another host: https://cdn"),
        ('<script src="//cdn.example/x.js"></script>', "another host: //cdn"),
        ('<img alt="x" src="http://cdn.example/x.png">', "another host"),
        ("<script>let x = 1</script>", "a script within the page"),
        ('<p onclick="x()">x</p>', "a script in the attribute onclick"),
        ('<a href="javascript:x()">x</a>', "a script in a link"),
        ('<iframe src="https://cdn.example/"></iframe>', "another host"),
        ('<link rel="preconnect" href="https://cdn.example">', "another host"),
        ('<p style="background: url(https://cdn.example/x.png)">x</p>', "another host"),
        ("<style>@import 'https://cdn.example/x.css';</style>", "another host"),
    ],
)
def test_planted_fault_is_found(pages, planted: str, fault: str) -> None:
    (found,) = pages(planted)
    assert found.startswith("page.html: ")
    assert fault in found


def test_style_sheet_from_elsewhere_is_found(pages) -> None:
    (found,) = pages(css='@font-face { src: url("https://cdn.example/x.woff2") }')
    assert found == "a.css: loads from another host: https://cdn.example/x.woff2"


def test_page_without_a_policy_is_found(pages, tmp_path: Path) -> None:
    pages()
    (tmp_path / "other.html").write_text(OTHER.replace(POLICY, ""))
    assert check(tmp_path, ["page"]) == ["other.html: no Content-Security-Policy"]


def test_missing_page_is_found(tmp_path: Path) -> None:
    assert check(tmp_path, ["gone"]) == ["gone: in the table of contents, but there is no page"]


def test_toc_is_read_at_every_depth(tmp_path: Path) -> None:
    toc = tmp_path / "_toc.yml"
    toc.write_text(
        "root: index\nparts:\n- caption: A\n  chapters:\n  - file: a\n    sections:\n"
        "    - file: b\n    - glob: c/*\n"
    )
    assert toc_documents(toc) == ["index", "a", "b"]


def test_built_book_passes(site: Path) -> None:
    assert check(HTML, toc_documents(ROOT / "_toc.yml")) == []
