"""How many tries? in a real browser: by keyboard, by link, on a phone, in the dark."""

import sys
from pathlib import Path

import pytest
from visit import PHONE, serious

pytest.importorskip("torch")

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_tries import made_up_tries

from rnncourse.figures import HowManyTries

TASKS = {"adding": "Adding <b>", "copy": "Copying over 20 steps"}
OPENING = "With 1 try each, the GRU comes out ahead in 34 of 100 comparisons, the LSTM in 25,"
SCREEN = {"width": 1280, "height": 900}


@pytest.fixture
def tries(bare):
    return lambda **options: bare(HowManyTries(made_up_tries(), tasks=TASKS), **options)


def counts(page) -> list[int]:
    """What the bar's key says: of a hundred, simple, LSTM, GRU, level."""
    return [int(one) for one in page.locator(".rnnbook-tries-keys b").all_inner_texts()]


def picture(page) -> str:
    """What the dots show, in words."""
    return page.locator(".rnnbook-live svg[role=img]").first.get_attribute("aria-label")


def hears(page, words: str) -> None:
    page.locator(".rnnbook-says[aria-live]").get_by_text(words).wait_for()


def dots(page) -> int:
    paths = page.locator(".rnnbook-tries-dots").evaluate_all(
        "all => all.map(path => path.getAttribute('d')).join('')"
    )
    return paths.count("M")


def test_a_slider_by_keyboard_changes_who_is_ahead(tries) -> None:
    visit = tries(viewport=SCREEN)
    page = visit.page
    hears(page, OPENING)
    assert counts(page) == [10, 25, 34, 31]
    assert dots(page) == 300
    before = picture(page)
    assert "simple: 6 solved; LSTM: 35 solved; GRU: 44 solved" in before
    assert page.locator(".rnnbook-live").bounding_box()["height"] <= SCREEN["height"]

    page.get_by_label("Tries for each cell").focus()
    page.keyboard.press("ArrowRight")
    hears(page, "With 2 tries each, the GRU comes out ahead in 28 of 100 comparisons")
    page.keyboard.press("End")
    hears(page, "With 12 tries each, the best two are within 0.05 of each other in all 100")
    assert counts(page) == [0, 0, 0, 100]
    widths = [
        part.bounding_box()["width"] for part in page.locator(".rnnbook-tries-bar span").all()
    ]
    assert widths[:3] == [0, 0, 0]
    assert widths[3] > 500
    assert dots(page) == 300

    page.get_by_role("button", name="Reset").press("Enter")
    hears(page, OPENING)
    assert counts(page) == [10, 25, 34, 31]
    assert picture(page) == before
    assert visit.faults == []


def test_another_task_has_another_winner(tries) -> None:
    visit = tries()
    page = visit.page
    assert page.get_by_label("Adding <b>").is_checked()
    page.get_by_label("Adding <b>").focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("Copying over 20 steps").is_checked()
    hears(page, "With 1 try each, the LSTM comes out ahead in 30 of 100 comparisons")
    assert visit.faults == []


def test_one_task_needs_no_choice(bare) -> None:
    page = bare(HowManyTries(made_up_tries(), tasks={"copy": "Copying"})).page
    assert page.locator(".rnnbook-live input").count() == 1
    hears(page, "the LSTM comes out ahead in 30 of 100")


def test_links_set_it_as_far_as_they_can(tries) -> None:
    visit = tries()
    page = visit.page
    for query, words in (
        ("task=copy&tries=2", "With 2 tries each, the LSTM"),
        ("tries=13", "With 2 tries each, the LSTM"),  # there are twelve: all as it was
        ("tries=1.5", "With 2 tries each, the LSTM"),
        ("task=none", "With 2 tries each, the LSTM"),
        ("task=adding&tries=1", OPENING),
    ):
        page.evaluate("query => { location.hash = `how_many_tries?${query}` }", query)
        hears(page, words)
    assert page.get_by_label("Tries for each cell").input_value() == "1"
    assert visit.faults == []


def test_it_fits_a_phone(tries) -> None:
    page = tries(viewport=PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    stage = page.locator(".rnnbook-stage")
    assert stage.evaluate("e => e.scrollWidth <= e.clientWidth")
    edge = stage.bounding_box()
    for words in page.locator(".rnnbook-stage :is(text, p, .rnnbook-key)").all():
        box = words.bounding_box()
        assert edge["x"] <= box["x"]
        assert box["x"] + box["width"] <= edge["x"] + edge["width"]


def test_it_is_accessible_in_light_and_dark(tries) -> None:
    page = tries().page
    hears(page, OPENING)
    assert serious(page) == []


def test_high_contrast_keeps_the_colours_of_the_bar(tries) -> None:
    colours = [
        tries(**options)
        .page.locator(".rnnbook-tries-bar span, .rnnbook-swatch")
        .evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
        for options in ({}, {"forced_colors": "active"})
    ]
    assert colours[0] == colours[1]
    assert len(set(colours[0])) == 4


def test_the_still_picture_is_printed(tries) -> None:
    page = tries().page
    page.emulate_media(media="print")
    assert page.locator(".rnnbook-still svg").is_visible()
    assert page.locator(".rnnbook-live:visible").count() == 0
