"""The evenings: each as long as planned at most, and the front page says how long."""

import re

import pytest
from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError

import evenings

LONGEST, MOST_STARS = 90, 2  # minutes, exercises


def rows(site) -> dict[str, str]:
    """The rows of the front page's table that have lessons, by their evenings."""
    page = BeautifulSoup((site / "book/index.html").read_text(encoding="utf-8"), "html.parser")
    table = page.select_one("section#evening-by-evening table")
    found = {row.td.get_text(): str(row) for row in table.select("tbody tr")}
    return {number: row for number, row in found.items() if evenings.LESSON.search(row)}


def test_an_evening_takes_at_most_90_minutes_and_has_one_or_two_stars(site) -> None:
    found = {number: evenings.evening(row, site, {}) for number, row in rows(site).items()}
    written = sorted(path.stem for path in site.glob("chapters/[0-9][0-9]-*.html"))
    assert [name.removeprefix("chapters/") for its in found.values() for name in its.lessons] == (
        written
    )
    for number, its in found.items():
        assert 1 <= len(its.starred) <= MOST_STARS, number
        assert its.planned <= LONGEST, f"evening {number}: {its}"


def test_the_front_page_says_how_long_each_is(site) -> None:
    for number, row in rows(site).items():
        its = evenings.evening(row, site, {})
        said = [cell.get_text() for cell in BeautifulSoup(row, "html.parser").select("td")[-2:]]
        assert said == [str(its.planned), str(its.whole)], number


def test_a_star_has_a_name_and_its_lesson_says_what_it_takes(site) -> None:
    page = (site / "chapters/02-simple-rnn.html").read_text(encoding="utf-8")
    assert re.search(r'minutes\.</em> <span[^>]* role="img" aria-label="starred">★</span>', page)
    time = BeautifulSoup(page, "html.parser").select_one(".rnnbook-time").get_text()
    assert re.fullmatch(
        r"Reading takes about \d+ minutes, the starred exercise \d+, all exercises \d+\.", time
    )


def test_a_row_without_a_lesson_has_no_time(site) -> None:
    with pytest.raises(ExtensionError, match="without a lesson"):
        evenings.evening("<tr><td>1</td></tr>", site, {})
    with pytest.raises(ExtensionError, match="there is no such page"):
        evenings.evening('<a href="../chapters/99-gone.html">x</a>', site, {})
