"""The figures of chapter 07 in a browser: they compute what Python computes, and answer."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("torch")

from rnncourse.figures import BuildGates, Cobweb, bundle
from rnncourse.figures.build_gates import PUZZLES, RIGHT, run
from rnncourse.figures.cobweb import walk


@pytest.fixture
def show(browser, tmp_path: Path):
    """A function that shows a figure on a page of its own."""
    pages = []

    def show(figure, width: int = 900):
        static = tmp_path / "_static" / "figures"
        static.mkdir(parents=True, exist_ok=True)
        (static / "core.js").write_text(bundle.static_core(), encoding="utf-8")
        script = bundle.static_figure(figure.name)
        (static / f"{figure.name}.js").write_text(script, encoding="utf-8")
        host = Path(__file__).parents[2] / "book" / "_static" / "host.js"
        (static.parent / "host.js").write_text(host.read_text("utf-8"), encoding="utf-8")
        (tmp_path / "page.html").write_text(
            '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<style>{bundle.style()}</style><title>A figure</title>"
            f'<script defer src="_static/host.js"></script><main>{figure.page()}</main>',
            encoding="utf-8",
        )
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.faults = faults
        page.goto((tmp_path / "page.html").as_uri())
        page.locator(".rnnbook-live").wait_for()
        return page

    yield show
    for page in pages:
        assert page.faults == []
        page.close()


def compute(browser, module: str, call: str):
    """What an expression gives where one of the figures' modules without imports is loaded."""
    source = (bundle.JS / module).read_text(encoding="utf-8").replace("export ", "")
    page = browser.new_page()
    try:
        return json.loads(
            page.evaluate(f"(() => {{ {source}\nreturn JSON.stringify({call}); }})()")
        )
    finally:
        page.close()


@pytest.mark.parametrize("gate", [False, True])
def test_the_page_walks_as_python_does(browser, gate):
    figure = Cobweb(u=1.3, b=0.2, noise=0.6, gate=gate)
    sign = dict(map(tuple, figure.pulses))
    x = [0.6 * draw + 2 * sign.get(t, 0) for t, draw in enumerate(figure.draws, 1)]
    alpha = [float(not gate or t in sign) for t in range(1, len(x) + 1)]
    unit = json.dumps({"u": 1.3, "b": 0.2, "x": x, "alpha": alpha})
    theirs = compute(browser, "cobweb/unit.js", f"walkUnit({unit})")
    ours = walk(1.3, 0.2, x, alpha)
    assert theirs["h"] == pytest.approx(ours.h, abs=1e-12)
    assert theirs["slopes"] == pytest.approx(ours.slopes, abs=1e-12)
    slopes, pulses = json.dumps(ours.slopes), json.dumps(list(sign))
    gradient = compute(browser, "cobweb/unit.js", f"gradientSincePulse({slopes}, {pulses})")
    assert gradient == pytest.approx(figure.gradient(), rel=1e-9)


def test_the_page_finds_where_the_unit_rests(browser):
    assert len(compute(browser, "cobweb/unit.js", "fixedPoints(0.9, 0)")) == 1
    low, middle, high = compute(browser, "cobweb/unit.js", "fixedPoints(1.25, 0)")
    assert (low["stable"], middle["stable"], high["stable"]) == (True, False, True)
    assert high["h"] == pytest.approx(0.7104, abs=1e-4)  # h = tanh(1.25 h)
    assert len(compute(browser, "cobweb/unit.js", "fixedPoints(1.25, 0.5)")) == 1


def test_the_page_runs_the_memory_as_python_does(browser):
    runs = []
    for number in range(0, 2**15, 1237):
        bits = [(number >> place) & 1 for place in range(15)]
        switches = {c: bits[3 * k : 3 * k + 3] for k, c in enumerate(RIGHT)}
        runs += [(stream, switches, there) for _, _, there, stream in PUZZLES]
    given = json.dumps([[[list(s) for s in stream], *rest] for stream, *rest in runs])
    theirs = compute(browser, "build_gates/memory.js", f"{given}.map((a) => runMemory(...a))")
    assert len(theirs) == len(runs) > 80
    for found, arguments in zip(theirs, runs, strict=True):
        assert (found["c"], found["y"]) == tuple(run(*arguments))


def hears(page, *words: str | re.Pattern) -> None:
    """The figure says all of it, sooner or later."""
    line = page.locator(".rnnbook-says")
    for part in words:
        line = line.filter(has_text=part)
    line.wait_for()


def test_cobweb_shows_the_dilemma_and_the_way_out(show):
    page = show(Cobweb())
    hears(page, "stores safely, and so it has lost the gradient")
    weight = page.get_by_label("Weight u")
    weight.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")  # u = 1
    assert weight.input_value() == "1"
    hears(page, "is lost at step")
    page.keyboard.press("Home")  # u = 0
    page.get_by_label("Let a gate set the slope").focus()
    page.keyboard.press("Space")
    hears(page, "each slope is exactly 1", "Gradient over the last 35 steps: 1.")
    page.get_by_role("button", name="Reset").click()
    assert weight.input_value() == "1.5"


def test_cobweb_opens_with_its_weight_and_its_gate_alone(show):
    page = show(Cobweb())
    sliders = page.locator("input[type=range]")
    assert sliders.locator("visible=true").count() == 1
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Size of the noise").focus()
    page.keyboard.press("End")
    hears(page, "is lost at step")
    page.get_by_role("button", name="Reset").click()
    hears(page, "stores safely")


def test_cobweb_curve_can_be_dragged(show):
    page = show(Cobweb())
    box = page.locator(".rnnbook-cobweb-diagram").bounding_box()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.45 * box["height"])
    page.mouse.up()
    assert float(page.get_by_label("Weight u").input_value()) < 0.5


def test_puzzles_are_solved_by_keyboard_alone(show):
    page = show(BuildGates())
    hears(page, re.compile("^Step 2 says 8, wanted 3."), "the number that came with skip got in")
    following = page.get_by_role("button", name="Next puzzle")
    names = {"i": "write i", "f": "keep f", "o": "read o"}
    for number, (_, _, there, stream) in enumerate(PUZZLES):
        assert following.is_disabled()
        for command in dict(stream):
            for name, wanted in zip("ifo", RIGHT[command], strict=True):
                if name not in there:
                    continue
                box = page.get_by_label(f"{names[name]} at {command}", exact=True)
                if box.is_checked() != bool(wanted):
                    box.focus()
                    page.keyboard.press("Space")
        assert page.locator(".rnnbook-gates-wrong").count() == 0
        if number + 1 < len(PUZZLES):
            following.focus()
            page.keyboard.press("Enter")
    hears(page, "You have built the three gates of an LSTM")
    page.get_by_role("button", name="Reset").click()
    hears(page, re.compile("^Step 2 says 8"))


def test_before_there_is_a_keep_nothing_is_said_to_replace(show):
    page = show(BuildGates())
    page.get_by_text("hold the number; so far nothing is held").wait_for()
    assert page.get_by_text("replaces what is held").count() == 0
    page = show(BuildGates(puzzle=1))
    page.get_by_text("the number replaces what is held").wait_for()


def test_first_mistake_is_named_by_its_switch(show):
    right = {command: list(row) for command, row in RIGHT.items()}
    page = show(BuildGates(puzzle=3, switches={**right, "clear": [0, 1, 0]}))
    hears(page, "what was held before was not forgotten")
    page = show(BuildGates(puzzle=3, switches={**right, "add": [1, 0, 0]}))
    hears(page, "what was held was thrown away")
    page = show(BuildGates(puzzle=3, switches={**right, "add": [0, 1, 0]}))
    hears(page, "the number was not written")
    page = show(BuildGates(puzzle=3, switches={**right, "ask": [0, 1, 0]}))
    hears(page, "it should be read")
    page = show(BuildGates(puzzle=3, switches={**right, "skip": [0, 1, 1]}))
    hears(page, "it should keep silent")


@pytest.mark.parametrize("figure", [Cobweb, BuildGates])
def test_figures_fit_a_phone_and_have_no_serious_fault(show, figure):
    from visit import serious

    page = show(figure(), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert serious(page) == []
