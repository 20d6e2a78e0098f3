"""The race: its finished races come of this code, its traits are traits."""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from statistics import median_low
from typing import Any

import ipywidgets
import pytest
import torch
import traitlets
from torch import nn

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.unroll import Recurrent
from rnncourse.experiments import recorded
from rnncourse.figures import Race

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node

RECORD = recorded("finished_races")
FINISHED = RECORD.info
RACES = {(race["task"]["name"], race["match"]): race for race in FINISHED["races"]}
CELLS = {"simple": SimpleCell, "lstm": LSTMCell, "gru": GRUCell}
SHAPES = {"adding": (2, 1), "echo": (1, 1)}  # inputs and outputs
races = pytest.mark.parametrize(("task", "match"), RACES)


def solved(race: dict[str, Any]) -> dict[str, list[int]]:
    """For each cell and run, the updates after which it had solved the task; never: 10⁶."""
    return {
        cell["cell"]: [
            next((race["every"] * n for n, share in enumerate(run) if share < 0.1), 10**6)
            for run in cell["shares"]
        ]
        for cell in race["cells"]
    }


def halves(race: dict[str, Any]) -> dict[str, int]:
    return {cell: median_low(times) for cell, times in solved(race).items()}


@races
def test_the_record_is_of_this_code(task, match):
    """Seed 0 anew, as far as rounding elsewhere has had no time to grow."""
    race = RACES[task, match]
    fresh = json.loads(node("race.mjs", "again", task, match, "60", text=RECORD_TEXT))
    for new, kept in zip(fresh, race["cells"], strict=True):
        assert new["cell"] == kept["cell"]
        assert new["shares"] == pytest.approx(kept["shares"][0][:4], rel=0.01)


RECORD_TEXT = json.dumps(FINISHED)


@races
def test_weights_are_counted_as_torch_counts_them(task, match):
    torch.manual_seed(0)  # modules are made to be counted
    for cell in RACES[task, match]["cells"]:
        D, outputs = SHAPES[task]
        H = cell["hidden_size"]
        modules = [Recurrent(CELLS[cell["cell"]], D, H), nn.Linear(H, outputs)]
        count = sum(p.numel() for module in modules for p in module.parameters())
        assert cell["weights"] == count


@pytest.mark.parametrize("task", ["adding", "echo"])
def test_the_races_are_fair(task):
    same, weights = RACES[task, "size"], RACES[task, "weights"]
    assert {cell["hidden_size"] for cell in same["cells"]} == {16}
    counts = [cell["weights"] for cell in weights["cells"]]
    assert 1100 < min(counts) <= max(counts) <= 1250
    for race in (same, weights):
        assert {len(cell["shares"]) for cell in race["cells"]} == {len(race["seeds"])} == {5}
        for cell in race["cells"]:
            tried = next(
                one["outcomes"]
                for one in FINISHED["tuning"]
                if (one["task"], one["match"], one["cell"])
                == (race["task"]["name"], race["match"], cell["cell"])
            )
            best = min(tried, key=lambda one: (-one["solved"], one["until"], one["share"]))
            assert cell["lr"] == best["lr"]
            rates = sorted(one["lr"] for one in tried)
            assert rates[0] < best["lr"] < rates[-1], "the best was not looked for further"
            assert {0.003, 0.01, 0.03, 0.1} <= set(rates)


@pytest.mark.parametrize("match", ["size", "weights"])
def test_the_task_decides_who_is_first(match):
    adding, echo = halves(RACES["adding", match]), halves(RACES["echo", match])
    assert adding["gru"] < adding["lstm"] < adding["simple"]
    assert 2 * echo["simple"] < min(echo["gru"], echo["lstm"]) < 600


def test_the_clock_may_put_another_cell_ahead():
    race = RACES["echo", "size"]
    ms = {cell["cell"]: cell["ms"] for cell in race["cells"]}
    half = halves(race)
    assert half["lstm"] < half["gru"]
    assert half["gru"] * ms["gru"] < half["lstm"] * ms["lstm"]


def test_as_many_weights_take_about_as_long():
    for race in FINISHED["races"]:
        times = [cell["ms"] for cell in race["cells"]]
        assert (max(times) < 1.5 * min(times)) == (race["match"] == "weights")


def in_words(shares: dict[str, list[list[float]]], axis: str = "updates", **more: Any) -> str:
    """What the figure says of a race that was judged after every 10 of 30 updates."""
    ms = {"simple": 100, "lstm": 500, "gru": 300}
    cells = [{"cell": cell, "ms": ms[cell], "shares": runs} for cell, runs in shares.items()]
    race = {"updates": 30, "every": 10, "waiting": [], "cells": cells, **more}
    return node("race.mjs", "say", axis, text=json.dumps(race)).strip()


NEVER, LATE, SOON = [1.0, 0.9, 0.8, 0.7], [1.0, 0.5, 0.4, 0.04], [1.0, 0.5, 0.04, 0.3]


def test_it_says_who_is_ahead():
    shares = {"simple": [NEVER] * 5, "lstm": [SOON] * 3 + [NEVER] * 2, "gru": [LATE] * 5}
    assert in_words(shares) == (
        "After 30 updates the LSTM has solved it in 3 of 5 runs, the GRU in 5, the simple RNN in "
        "none. By updates the LSTM leads: half of its runs were there after 20 updates; the GRU "
        "after 30 updates, the simple RNN never."
    )
    by_seconds = in_words(shares, "seconds")
    assert "By the clock the GRU leads: half of its runs were there after 9 s" in by_seconds
    assert by_seconds.endswith("; the LSTM after 10 s, the simple RNN never.")
    assert in_words({cell: [NEVER] * 5 for cell in CELLS}) == (
        "After 30 updates no run has solved it. "
        "The simple RNN is ahead: its median loss is 0.7 of the baseline."
    )


def test_while_runs_catch_up_it_tells_what_all_have_come_to():
    runs = [{"racer": {"updates": made}} for made in [30] * 5 + [25] * 5]
    shares = {"simple": [NEVER] * 10, "lstm": [NEVER] * 10, "gru": [LATE] * 5 + [SOON[:3]] * 5}
    assert in_words(shares, "seconds", racers=runs) == (
        "After 25 updates the GRU has solved it in 5 of 10 runs, the simple RNN in none, the LSTM "
        "in none. By this browser's clock the GRU leads: half of its runs were there after 6 s; "
        "the simple RNN not yet, the LSTM not yet."
    )
    assert in_words(shares, racers=[]) == "All stand at the start."


@races
def test_it_starts_where_it_is_told_and_its_still_picture_says_so(task, match):
    figure = Race(FINISHED, task=task, match=match)
    assert (figure.task, figure.match, figure.rate, figure.axis) == (task, match, 1, "updates")
    assert set(figure.finished) == {"measured", "races"}, "the page need not know of the tuning"
    still = figure.still()
    assert still == Race(FINISHED, task=task, match=match).still()
    said = re.search(r'aria-label="([^"]*)"', still)[1]
    race = RACES[task, match]
    assert race["title"] in said
    half = halves(race)["gru"]
    assert f"half of them after {half} updates" in said


def test_without_settings_it_starts_with_the_first():
    assert Race(FINISHED).task == FINISHED["races"][0]["task"]["name"]


def test_what_is_no_setting_is_refused():
    with pytest.raises(traitlets.TraitError, match="task must be one of adding, echo, got 'copy'"):
        Race(FINISHED, task="copy")
    for wrong in ({"match": "depth"}, {"axis": "days"}, {"rate": 3.0}):
        with pytest.raises(traitlets.TraitError):
            Race(FINISHED, **wrong)
    figure = Race(FINISHED)
    with pytest.raises(traitlets.TraitError, match="task must be one of"):
        figure.task = "copy"


def spoilt(change) -> dict[str, Any]:
    finished = copy.deepcopy(FINISHED)
    change(finished["races"])
    return finished


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda races: races.pop(), "one race for each task and each of"),
        (lambda races: races[0].pop("every"), "a finished race must have"),
        (lambda races: races[0]["cells"].reverse(), r"must have the cells \['simple', 'lstm'"),
        (lambda races: races[0]["cells"][0].pop("ms"), "a finished race's cell must have"),
        (lambda races: races[0]["cells"][1]["shares"].pop(), r"shares of lstm must be 31 numbers"),
        (lambda races: races[0]["cells"][2]["shares"][3].pop(), r"shares of gru .* got \[31, 31"),
    ],
)
def test_what_is_no_finished_race_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        Race(spoilt(change))


def test_traits_can_be_watched_and_linked():
    figure, choice, seen = Race(FINISHED), ipywidgets.Dropdown(options=["size", "weights"]), []
    figure.observe(lambda change: seen.append(change["new"]), "results")
    figure.results = {"gru": {"solved": [120, None]}}
    assert seen == [{"gru": {"solved": [120, None]}}]
    ipywidgets.link((figure, "match"), (choice, "value"))
    choice.value = "weights"
    assert figure.match == "weights"


GUEST = {
    **{"name": "mine", "task": "adding", "hidden_size": 20, "weights": 1000, "lr": 0.03},
    **{"ms": 5.0, "shares": [[1.0] * 31] * 5},
}


def test_a_guest_is_a_trait():
    assert Race(FINISHED).guest == {}
    assert Race(FINISHED, guest=GUEST).guest == GUEST


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"task": "copy"}, "guest's task must be one of adding, echo, got 'copy'"),
        ({"shares": [[1.0] * 31] * 4}, r"31 numbers for each of 5 runs or more, got \[31, 31"),
        ({"shares": [[1.0] * 30] * 5}, r"31 numbers for each of 5 runs or more, got \[30, 30"),
        ({"speed": 1}, "guest must have .*'weights'.*, got .*'speed'"),
    ],
)
def test_a_guest_who_does_not_fit_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        Race(FINISHED, guest={**GUEST, **change})
