"""What pages say of themselves to search engines, and what is there for these and for the lost."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from test_extensions import TITLE, notebook, toctree

import address
import cards
import head
import launch
from check_pages import ROOT, toc_documents

UNLISTED = {"404.html", "search.html"}
ADDRESS = "https://someone.github.io/book/"
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="rnnbook-figure" viewBox="0 0 20 10" '
    'aria-label="A state &amp; its loop"><path d="M0 0h9" fill="var(--rnnbook-f, #C9689B)" /></svg>'
)
QUESTION = 'How far back? Only this? ↓ Here $x$ is one.\n\nIt reads & "keeps": 1 < 2.'
LESSON = [f"# A chapter\n\n{QUESTION}\n\n{PICTURE}", "## Goals\n\n- Say `why`;\n- count $n$ steps."]
BENCH = ["# Bench\n\nWhat else is to be said of it?"]
FILES = {
    "index.md": toctree(":caption: Part I", "", "chapters/01-a", "chapters/01b-b"),
    "chapters/01-a.ipynb": notebook(*({**TITLE, "source": text} for text in LESSON)),
    "chapters/01b-b.ipynb": notebook(*({**TITLE, "source": text} for text in BENCH)),
}


def head_of(path: Path) -> BeautifulSoup:
    text = path.read_text(encoding="utf-8")
    return BeautifulSoup(text[: text.index("</head>")], "html.parser")


def content(soup: BeautifulSoup, selector: str) -> str | None:
    found = soup.select(selector)
    assert len(found) <= 1, f"{len(found)} × {selector}"
    return found[0]["content"] if found else None


def data_of(soup: BeautifulSoup) -> dict:
    (script,) = soup.select('script[type="application/ld+json"]')
    return json.loads(script.get_text())


@pytest.fixture
def book(scratch_book, monkeypatch):
    """A function that builds a book for an address, or for none."""
    monkeypatch.setattr(launch, "repository_url", lambda root: None)

    def build(**settings) -> Path:
        return scratch_book(FILES, ["address", "head"], **settings)

    return build


# Of the built book


def test_every_page_describes_itself_and_no_two_alike(site: Path) -> None:
    described: dict[str, str] = {}
    pages = [p for p in site.rglob("*.html") if "_static" not in p.parts and p.name not in UNLISTED]
    assert len(pages) > 60
    for path in sorted(pages):
        soup, name = head_of(path), path.relative_to(site).as_posix()
        said = content(soup, 'meta[name="description"]')
        assert said, name
        assert head.SHORTEST <= len(said) <= head.LONGEST, (name, said)
        assert content(soup, 'meta[property="og:description"]') == said
        assert content(soup, 'meta[property="og:title"]'), name
        assert content(soup, 'meta[name="viewport"]'), name
        assert len(soup.title.get_text()) <= 75, name
        if name != "index.html":  # which leads to the book's first page, and says the same
            assert described.setdefault(said, name) == name, said
    for name in UNLISTED:
        assert content(head_of(site / name), 'meta[name="robots"]') == "noindex"


def test_each_lesson_says_what_it_teaches(site: Path) -> None:
    lessons = [n for n in toc_documents(ROOT / "_toc.yml") if re.match(r"chapters/\d\d-", n)]
    found = [data_of(head_of(site / f"{name}.html")) for name in lessons]
    assert [data["position"] for data in found] == [int(name[9:11]) for name in lessons]
    for data in found:
        assert data["@type"] == "LearningResource"
        assert len(data["teaches"]) == 3
        assert not re.search(r"[$`]", "".join(data["teaches"]))
        assert 20 <= int(re.fullmatch(r"PT(\d+)M", data["timeRequired"])[1]) <= 40
    course = data_of(head_of(site / "book" / "index.html"))
    assert course["@type"] == "Course"
    assert all(data["isPartOf"]["name"] == course["name"] for data in found)


def test_every_notebook_downloads_under_its_name_and_says_how_to_install(site: Path) -> None:
    for path in sorted((ROOT / "chapters").glob("[!_]*.ipynb")):
        page = site / "chapters" / f"{path.stem}.html"
        soup = BeautifulSoup(page.read_text(encoding="utf-8").split("<article")[0], "html.parser")
        (link,) = soup.select(".bd-header-article a[download]")
        assert link["download"] == path.name
        assert "notebook" in link["title"]
        cells = json.loads((page.parent / link["href"]).read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        assert any("pip install" in source for source in code[:2]), path.name


# Of scratch books


def test_without_an_address_no_page_has_one(book) -> None:
    html = book()
    for path in html.glob("**/*.html"):
        page = path.read_text(encoding="utf-8")
        for word in ("canonical", "og:url", "og:image", ADDRESS):
            assert word not in page, path
    assert not (html / "sitemap.xml").exists()
    assert "Sitemap" not in (html / "robots.txt").read_text(encoding="utf-8")
    lost = (html / "404.html").read_text(encoding="utf-8")
    assert 'href="chapters/01-a.html"' in lost
    assert "Part I" in lost


def test_with_an_address_pages_and_sitemap_agree(book) -> None:
    html = book(html_baseurl=ADDRESS.rstrip("/"))
    tree = ElementTree.parse(html / "sitemap.xml")
    listed = {element.text for element in tree.iter() if element.tag.endswith("loc")}
    own, images = set(), set()
    for path in (html / "index.html", *html.glob("chapters/*.html")):
        soup = head_of(path)
        own.add(soup.select_one('link[rel="canonical"]')["href"])
        assert content(soup, 'meta[property="og:url"]') in own
        image = content(soup, 'meta[property="og:image"]')
        drawn = (html / image.removeprefix(ADDRESS)).read_bytes()
        assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
        assert (int.from_bytes(drawn[16:20]), int.from_bytes(drawn[20:24])) == cards.SIZE
        images.add(drawn)
    names = ("index", "chapters/01-a", "chapters/01b-b")
    assert len(images) == 3  # a picture a page
    assert listed == own == {f"{ADDRESS}{name}.html" for name in names}
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (html / "robots.txt").read_text(encoding="utf-8")


def test_a_page_is_shared_with_its_first_picture_or_with_the_logo(book) -> None:
    html = book(html_baseurl=ADDRESS)
    lesson, bench = (head_of(html / "chapters" / f"{name}.html") for name in ("01-a", "01b-b"))
    assert content(lesson, 'meta[property="og:image:alt"]') == "A state & its loop"
    assert content(bench, 'meta[property="og:image:alt"]') == cards.LOGO_SAYS


def test_a_card_says_the_title_above_the_picture_as_large_as_fits() -> None:
    svg = ElementTree.fromstring(cards.drawing("8 · Two & more " + "words " * 9, "A book", PICTURE))
    said = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert said[:2] == ["A book", "8 – Two & more words words words words"]
    assert len(said) == 3
    picture = svg.find("{http://www.w3.org/2000/svg}svg")
    left, top, width, height = cards.PLACE
    x, y, wide, high = (float(picture.get(name)) for name in ("x", "y", "width", "height"))
    assert (wide / high, high) == (pytest.approx(2), height)
    assert (x + wide / 2, y) == (left + width / 2, top)
    assert "var(" not in ElementTree.tostring(svg, "unicode")


def test_a_page_that_is_lost_leads_back_from_any_depth(book) -> None:
    page = (book(html_baseurl=ADDRESS) / "404.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(page, "html.parser")
    assert soup.select_one('link[rel="canonical"]') is None
    for element in soup.select("link[href], script[src], img[src]"):
        url = element.get("href") or element["src"]
        assert url.startswith(("/book/", "data:", "#")), url
    links = {a["href"] for a in soup.select("a[href]")}
    assert f"{ADDRESS}chapters/01-a.html" in links
    assert all(link.startswith((ADDRESS, "#", "https://")) for link in links), links
    assert soup.select_one("article form")["action"] == f"{ADDRESS}search.html"


def test_a_description_is_the_pages_own_sentences(book) -> None:
    html = book()
    lesson, bench = (head_of(html / "chapters" / f"{name}.html") for name in ("01-a", "01b-b"))
    said = content(lesson, 'meta[name="description"]')
    assert said.startswith("1 · A chapter: How far back? It reads & “keeps”: 1 < 2. ")
    assert data_of(lesson)["teaches"] == ["Say why", "count n steps"]
    assert not bench.select('script[type="application/ld+json"]')


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("https://github.com/Someone/Book", "https://someone.github.io/Book/"),
        ("https://github.com/someone/someone.github.io", "https://someone.github.io/"),
        (None, ""),
    ],
)
def test_the_address_follows_from_the_repository(repository, expected) -> None:
    assert address.site_address(repository) == expected
