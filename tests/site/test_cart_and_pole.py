"""The cart and the pole on a page: pushed, frozen and let go, by hand, keyboard and finger."""

import re
import sys
from pathlib import Path

import pytest
from test_swipes import Finger
from visit import LIVE, PHONE, serious, spoken

pytest.importorskip("torch")

from rnncourse.figures import bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_cart import figure

SCREEN = {"width": 1280, "height": 900}
FIRST = "“GRU” has balanced the pole for 10\xa0s, with a push after 5\xa0s."
PUSHED = "Pushed to the right: 10\xa0N for 0.1\xa0s. The motor has 10\xa0N."


def hears(page, words: str | re.Pattern) -> str:
    """Wait until the live line says so: it speaks at most each 1.2 seconds."""
    line = page.locator(".rnnbook-says", has_text=words)
    line.wait_for()
    return line.inner_text()


def button(page, name: str):
    return page.get_by_role("button", name=name)


def choose(page, label: str) -> None:
    page.get_by_role("combobox", name="Who balances").select_option(label=label)


def freeze(page):
    return page.get_by_role("checkbox", name="Freeze its memory")


def clock(page) -> str:
    return page.locator(".rnnbook-cart-clock").text_content()


def column(page, number: int) -> list[str]:
    return page.locator(f".rnnbook-cart-table td:nth-child({number})").all_inner_texts()


def stands_still(page) -> bool:
    cart = page.locator(".rnnbook-cart-picture svg")
    before = cart.inner_html()
    page.wait_for_timeout(300)
    return cart.inner_html() == before


def test_a_whole_run_is_there_before_anything_is_touched(bare) -> None:
    shown = figure()
    visit = bare(shown, viewport=SCREEN)
    page = visit.page
    assert hears(page, FIRST).endswith("and carries 4 numbers from step to step.")
    assert clock(page) == "balanced for 10\xa0s"
    held = [shown.run(k, push=250) for k in range(4)]
    expected = [
        f"{len(one.actions) / 50:.1f}\xa0s" if one.fell else "10\xa0s, stands" for one in held
    ]
    assert column(page, 2) == expected
    assert column(page, 3) == ["–"] * 4
    assert page.locator(".rnnbook-marker").count() == 1
    assert page.locator(".rnnbook-cart-believed").count() == 1
    assert stands_still(page)
    seen = page.locator(".rnnbook-live :is(select, input, button, summary)").locator("visible=true")
    assert seen.count() == 9, "who, freeze, Start, two pushes, wipe, Reset; and two folds"
    assert page.locator(".rnnbook-live").bounding_box()["height"] <= 860
    assert visit.faults == []


def test_it_is_pushed_and_catches_itself(bare) -> None:
    visit = bare(figure())
    page = visit.page
    button(page, "Push right").click()
    hears(page, PUSHED)
    assert page.locator(".rnnbook-marker").count() == 2
    hears(page, "“GRU” has caught it, and stands 2\xa0s after the push.")
    assert not stands_still(page)
    button(page, "Pause").click()
    assert stands_still(page)
    assert int(re.search(r"\d+", clock(page))[0]) >= 12, "the same run goes on"
    assert column(page, 3)[2] == re.search(r"\d+\xa0s", clock(page))[0]
    assert visit.faults == []


def test_the_arrow_keys_push_where_the_cart_has_the_focus(bare) -> None:
    page = bare(figure()).page
    page.locator("body").press("ArrowRight")
    assert stands_still(page)
    page.get_by_role("group", name="The cart: arrow keys push it").press("ArrowLeft")
    hears(page, "Pushed to the left")
    button(page, "Reset").click()
    hears(page, FIRST)
    page.get_by_role("group", name="The cart: arrow keys push it").press("ArrowRight")
    hears(page, PUSHED)


def test_a_tap_pushes_away(bare) -> None:
    page = bare(figure(), viewport=PHONE, has_touch=True, is_mobile=True).page
    box = page.locator(".rnnbook-cart-box").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] + 10, box["y"])
    hears(page, "Pushed to the left")


def test_a_finger_that_scrolls_does_not_push(bare) -> None:
    page = bare(figure(), viewport=PHONE, has_touch=True, is_mobile=True).page
    box = page.locator(".rnnbook-cart-box").bounding_box()
    place = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    top = page.evaluate("scrollY")
    Finger(page).swipe(place, down=-150)
    page.wait_for_function("top => scrollY > top + 50", arg=top)
    assert stands_still(page)


def test_another_balances(bare) -> None:
    visit = bare(figure())
    page = visit.page
    choose(page, "One frame")
    assert hears(page, "“One frame” fell after 1.3").endswith("of this step alone.")
    assert stands_still(page), "its first run is shown, and nothing moves by itself"
    assert page.locator(".rnnbook-cart-believed").get_attribute("d") == ""
    button(page, "Start").click()
    hears(page, re.compile("“One frame” fell after .* It begins again."))
    page.wait_for_function(
        "() => document.querySelector('.rnnbook-cart-clock').textContent.startsWith('balanced')"
    )
    choose(page, "One frame, with velocities")
    hears(page, "“One frame, with velocities” balances. It sees positions and velocities")
    assert not stands_still(page)
    button(page, "Reset").click()
    hears(page, FIRST)
    assert column(page, 3) == ["–"] * 4
    assert stands_still(page)
    assert visit.faults == []


def test_its_memory_is_frozen_and_wiped(bare) -> None:
    visit = bare(figure())
    page = visit.page
    button(page, "Start").click()
    hears(page, "“GRU” balances.")
    button(page, "Wipe its memory").click()
    hears(page, "Its memory is wiped")
    freeze(page).check()
    hears(page, "Its memory is frozen")
    assert page.locator(".rnnbook-cart-frozen").count() == 1
    assert ", with its memory frozen: " in hears(page, "“GRU” fell after")
    freeze(page).uncheck()
    hears(page, "Its memory is its own again.")
    assert page.locator(".rnnbook-cart-frozen").count() == 0
    button(page, "Reset").click()
    freeze(page).check()
    assert "with its memory frozen" in hears(page, "“GRU” fell after 5.")
    assert page.locator(".rnnbook-cart-table th").nth(1).inner_text() == "frozen at 5\xa0s"
    assert visit.faults == []


def test_settings_make_the_first_runs_anew_and_leave_a_run_alone(bare) -> None:
    page = bare(figure()).page
    before = column(page, 2)
    page.get_by_text("Settings", exact=True).click()
    page.get_by_role("slider", name="Noise").press("Home")
    page.get_by_role("slider", name="Pole").press("End")
    assert page.get_by_role("slider", name="Pole").get_attribute("aria-valuetext") == "2\xa0m long"
    assert column(page, 2) != before
    button(page, "Start").click()
    page.wait_for_timeout(300)
    page.get_by_role("slider", name="Noise").press("ArrowRight")
    page.get_by_label("Slow motion").check()
    assert int(re.search(r"\d+", clock(page))[0]) >= 10, "the run goes on"
    button(page, "Let it begin again").click()
    hears(page, "“GRU” begins again.")
    page.wait_for_timeout(800)
    button(page, "Pause").click()
    seconds = float(re.search(r"[\d.]+", clock(page))[0])
    assert 0 < seconds < 2, "a quarter as fast"


def test_it_rests_while_it_is_not_in_sight(bare) -> None:
    below = '<div style="height: 3000px"></div>'
    page = bare(figure()).page
    page.evaluate("below => document.body.insertAdjacentHTML('beforeend', below)", below)
    button(page, "Start").click()
    page.wait_for_timeout(300)
    page.evaluate("scrollTo(0, 2900)")
    page.wait_for_timeout(300)
    assert stands_still(page)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    assert not stands_still(page)


def test_a_link_or_a_kernel_sets_it(bare) -> None:
    page = bare(figure(), fragment="#cart_and_pole?chosen=0&noise=0.2").page
    hears(page, "“One frame” fell after")
    for wrong in ("chosen=4", "noise=1", "length=3", "push_force=0", "chosen=0.5"):
        page = bare(figure(), fragment=f"#cart_and_pole?{wrong}").page
        hears(page, FIRST)
    page = bare().page
    page.evaluate(LIVE, [bundle.live("cart_and_pole"), figure().settings()])
    hears(page, FIRST)
    page.evaluate("model.set('chosen', 0)")
    hears(page, "“One frame” fell after")
    freeze(page).check()
    assert page.evaluate("sent.at(-1).frozen") is True


def test_by_keyboard_alone(bare) -> None:
    page = bare(figure()).page
    names = []
    for _ in range(10):
        page.keyboard.press("Tab")
        named = "(e => e.labels?.[0]?.textContent ?? e.ariaLabel ?? e.textContent)"
        names.append(page.evaluate(f"{named}(document.activeElement)").strip())
    start = names.index("Who balances")
    expected = ["Who balances", "Freeze its memory", "Start", "← Push left", "Push right →"]
    expected += ["Wipe its memory", "Reset", "The cart: arrow keys push it", "Settings", "Values"]
    assert [*names[start:], *names[:start]][: len(expected)] == expected


def test_what_is_seen_can_be_read_off(bare) -> None:
    page = bare(figure()).page
    page.get_by_text("Values", exact=True).click()
    tables = page.locator(".rnnbook-values tbody")
    tables.first.wait_for()
    assert tables.nth(0).locator("tr").count() == 4
    assert tables.nth(1).locator("tr").count() == 10
    ago, *numbers = tables.nth(1).locator("tr").last.locator("th, td").all_inner_texts()
    run = figure().run(2, push=250)
    x, _, angle, turn = run.states[-2].tolist()
    expected = [x, *(57.29578 * one for one in (angle, turn, float(run.believed[-1])))]
    found = [float(one.replace("−", "-")) for one in numbers]
    assert ago == "0"
    assert found == pytest.approx(expected, rel=6e-3)


@pytest.mark.parametrize("options", [{}, {"forced_colors": "active"}])
def test_everybody_can_read_it(bare, options) -> None:
    page = bare(figure(), **options).page
    page.get_by_text("Values", exact=True).click()
    page.get_by_text("Settings", exact=True).click()
    assert serious(page) == []


@pytest.mark.parametrize("touch", [False, True])
def test_it_fits_a_phone(bare, touch) -> None:
    page = bare(figure(), viewport=PHONE, has_touch=touch, is_mobile=touch).page
    page.get_by_text("Values", exact=True).click()
    page.get_by_text("Settings", exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    parts = ".rnnbook-live :is(input, select, button, p, svg, .rnnbook-cart-table)"
    for part in page.locator(parts).all():
        box = part.bounding_box()
        assert box is None or box["x"] + box["width"] <= edge["x"] + edge["width"]


@pytest.mark.parametrize("size", [SCREEN, PHONE])
def test_nothing_below_the_picture_moves(bare, size) -> None:
    page = bare(figure(), viewport=size).page
    page.evaluate("document.querySelector('main').style.maxWidth = '760px'")
    fold = page.get_by_text("Values", exact=True)
    before = page.evaluate("scrollY") + fold.bounding_box()["y"]
    for act in (lambda: choose(page, "One frame"), lambda: freeze(page).check()):
        act()
        spoken(page)
        assert page.evaluate("scrollY") + fold.bounding_box()["y"] == before


def test_without_javascript_there_are_the_strips(bare) -> None:
    page = bare(figure(), viewport=PHONE, fragment="#x", java_script_enabled=False).page
    assert page.locator(".rnnbook-live").count() == 0
    still = page.locator(".rnnbook-still")
    assert still.locator("polyline").count() == 3
    sizes = still.locator("text").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)"
    )
    assert min(sizes) >= 11
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert "GRU: 10 s, and stands" in still.inner_text()
