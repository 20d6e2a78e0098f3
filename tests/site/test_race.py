"""The race in a browser: it starts, pauses, and loses no run; by keyboard, on a phone, in words."""

import re

import pytest
from visit import LIVE, PHONE, serious

pytest.importorskip("torch")

from rnncourse.experiments import recorded
from rnncourse.figures import Race, bundle

FINISHED = recorded("finished_races").info
SHORT = {
    **FINISHED,
    "races": [
        {
            **race,
            "updates": 40,
            "cells": [
                {**cell, "hidden_size": 3, "shares": [shares[:3] for shares in cell["shares"]]}
                for cell in race["cells"]
            ],
        }
        for race in FINISHED["races"]
    ],
}
"""The same races, so short and small that they end in a moment."""
ENDS = """() => [...document.querySelectorAll(".rnnbook-race path.rnnbook-line")]
  .map((line) => line.getAttribute("d").split("L").length)"""


class Watched:
    """A reader at a race."""

    def __init__(self, visit) -> None:
        self.visit, self.page = visit, visit.page
        self.figure = visit.page.locator(".rnnbook-race")
        self.title = self.figure.locator(".rnnbook-race-title")

    def button(self, name: str):
        return self.figure.get_by_role("button", name=name, exact=True)

    def field(self, name: str):
        return self.figure.get_by_label(name, exact=True)

    def until(self, words: str | re.Pattern) -> str:
        """Wait until the figure says something with these words in it."""
        said = self.figure.locator("[aria-live]", has_text=words)
        said.wait_for()
        return said.inner_text()

    def until_title(self, words: str | re.Pattern) -> None:
        self.figure.locator(".rnnbook-race-title", has_text=words).wait_for()

    def column(self, number: int) -> list[str]:
        return self.figure.locator(f"tbody td:nth-child({number})").all_inner_texts()


@pytest.fixture
def race(bare):
    return lambda finished=SHORT, **options: Watched(bare(Race(finished), **options))


def test_a_finished_race_is_there_before_anything_is_touched(race) -> None:
    seen = race(FINISHED)
    words = seen.until("After 600 updates the GRU has solved it in 5 of 5 runs")
    assert "By updates the GRU leads: half of its runs were there after" in words
    assert "the simple RNN never." in words
    assert f"Recorded on {FINISHED['measured']}." in words
    assert seen.title.inner_text().endswith("recorded, seeds 0 to 4")
    assert seen.page.evaluate(ENDS) == [31] * 18, "15 runs and 3 medians"
    assert seen.figure.locator("path.rnnbook-thin").count() == 15
    controls = seen.figure.locator("select, input, button, summary").and_(
        seen.page.locator(":visible")
    )
    assert controls.count() == 8, "two pairs to choose of, Race, Reset; and two folds"
    assert seen.figure.bounding_box()["height"] <= 900, "it fits a screen"
    assert seen.visit.faults == []


def test_it_starts_and_pauses_and_goes_on_by_keyboard(race) -> None:
    seen = race(FINISHED)
    press = seen.page.keyboard.press
    seen.button("Race here").focus()
    press("Enter")
    seen.until_title(re.compile(r"raced here, seeds 5 to 9, update [1-9]"))
    press("Space")
    seen.button("Go on").wait_for()
    at = seen.title.inner_text()
    paused = int(re.search(r"update (\d+) of 600", at)[1])
    assert 0 < paused < 600
    seen.page.wait_for_timeout(300)
    assert seen.title.inner_text() == at
    press("Space")
    seen.until_title(re.compile(rf"update (?!{paused} )\d+ of 600"))
    press("Space")
    seen.button("Go on").wait_for()
    assert seen.visit.faults == []


def test_no_run_is_thrown_away(race) -> None:
    seen = race()
    seen.button("Race here").click()
    seen.until_title("update 40 of 40")
    raced = seen.until("After 40 updates")
    times = seen.column(5)
    assert seen.button("Five more seeds").is_visible()

    seen.field("number of weights").check()
    seen.until_title("recorded, seeds 0 to 4")
    assert not seen.button("Show the recorded race").is_visible(), "nothing was raced with these"
    seen.field("size H").check()
    seen.until_title("raced here, seeds 5 to 9, update 40 of 40")
    assert seen.column(5) == times

    seen.button("Show the recorded race").click()
    seen.until_title("recorded, seeds 0 to 4")
    seen.button("Show my race").click()
    seen.until_title("raced here")
    seen.button("Reset").click()
    seen.until_title("recorded, seeds 0 to 4")
    seen.until("Recorded on")
    seen.button("Show my race").click()
    assert seen.until(raced[:40])
    assert seen.visit.faults == []


def test_more_seeds_join_the_fan(race) -> None:
    seen = race()
    seen.button("Race here").click()
    seen.until_title("update 40 of 40")
    seen.button("Five more seeds").click()
    seen.until_title("seeds 5 to 14, update 40 of 40")
    assert [words.partition(" of ")[2] for words in seen.column(6)] == ["10"] * 3
    assert seen.page.evaluate(ENDS) == [3] * 33
    assert seen.visit.faults == []


def test_the_axis_changes_and_nothing_else(race) -> None:
    seen = race(FINISHED)
    head = seen.figure.locator("thead")
    lines = seen.page.evaluate(ENDS)
    assert "half by update" in head.inner_text()
    axis = seen.field("updates")
    axis.focus()
    seen.page.keyboard.press("ArrowRight")
    assert seen.field("seconds").is_checked()
    words = seen.until("By the clock the GRU leads")
    assert re.search(r"after 0\.\d+ s; the LSTM after", words)
    assert "half by second" in head.inner_text()
    assert "seconds of computing, one run" in seen.figure.locator("svg").text_content()
    assert seen.page.evaluate(ENDS) == lines
    assert seen.visit.faults == []


def test_while_it_runs_the_axis_may_change_but_another_task_pauses_it(race) -> None:
    seen = race(FINISHED)
    seen.button("Race here").click()
    seen.field("seconds").check()
    assert seen.button("Pause").is_visible()
    seen.figure.locator("summary").first.click()
    seen.field("Task").select_option("echo")
    seen.until("the simple RNN leads")
    assert seen.button("Race here").is_visible()
    seen.field("Task").select_option("adding")
    assert seen.button("Go on").is_visible()
    assert seen.visit.faults == []


def test_a_kernel_reads_what_was_raced(bare) -> None:
    page = bare(Race(SHORT)).page
    page.evaluate(LIVE, [bundle.live("race"), Race(SHORT, task="echo").settings()])
    live = page.locator(".rnnbook-live").last
    live.get_by_role("button", name="Race here").click()
    live.get_by_role("button", name="Five more seeds").wait_for()
    (begun, *_, ended) = page.evaluate("sent")
    assert begun["updates"] == 0
    assert ended["updates"] == 40
    assert list(ended["results"]) == ["simple", "lstm", "gru"]
    for cell in SHORT["races"][2]["cells"]:
        found = ended["results"][cell["cell"]]
        assert found["lr"] == cell["lr"]
        assert found["ms"] > 0
        assert len(found["solved"]) == len(found["share"]) == 5
    page.evaluate("model.set('axis', 'seconds')")  # as `figure.axis = …` in a kernel does
    assert live.get_by_label("seconds").is_checked()


def test_other_rates_have_no_recorded_race(race) -> None:
    seen = race()
    tuned = [float(rate) for rate in seen.column(4)]
    seen.figure.locator("summary").first.click()
    seen.field("Learning rates").select_option("twice the tuned ones")
    seen.until("All stand at the start.")
    seen.until_title("not raced yet at these learning rates")
    assert [float(rate) for rate in seen.column(4)] == [2 * rate for rate in tuned]
    seen.button("Race here").click()
    seen.until_title("update 40 of 40")
    assert not seen.button("Show the recorded race").is_visible()
    assert seen.visit.faults == []


def test_it_fits_a_phone_and_the_dark(race) -> None:
    seen = race(FINISHED, viewport=PHONE)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    table = seen.figure.locator(".rnnbook-race-table")
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert serious(seen.page, ".rnnbook-race") == []


def test_a_link_sets_it(bare) -> None:
    visit = bare(Race(FINISHED), fragment="#race?task=echo&match=weights&axis=seconds")
    seen = Watched(visit)
    seen.until("By the clock the simple RNN leads")
    assert seen.field("number of weights").is_checked()
    assert seen.field("seconds").is_checked()
    assert visit.faults == []


def test_a_guest_runs_beside_the_three(bare) -> None:
    plan = FINISHED["races"][0]
    points = plan["updates"] // plan["every"] + 1
    guest = {
        "name": "mine <b>",
        "task": plan["task"]["name"],
        **{"hidden_size": 20, "weights": 1000, "lr": 0.03, "ms": 5.0},
        "shares": [[1.0, *[0.01] * (points - 1)]] * 5,
    }
    seen = Watched(bare(Race(FINISHED, guest=guest)))
    words = seen.until("“mine <b>” has solved it in 5 of 5 runs")
    assert f"“mine <b>” leads: half of its runs were there after {plan['every']} updates" in words
    assert seen.figure.locator("path.rnnbook-thin").count() == 20
    assert seen.figure.locator("tbody th").last.inner_text() == "mine <b>"
    seen.figure.locator("summary").first.click()
    seen.field("Task").select_option("echo")
    seen.until("the simple RNN leads")
    assert seen.figure.locator("path.rnnbook-thin").count() == 15
    assert seen.visit.faults == []
