"""How many tries: the chances of a comparison, against every draw that there is, and the page's."""

from __future__ import annotations

import json
import sys
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
import traitlets
from made_up_tries import made_up_tries

from rnncourse.figures import HowManyTries, bundle
from rnncourse.figures._tries import CELLS, kept

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node

FIND = """
const { tasks, solved_below, lead } = JSON.parse(readFileSync(0, "utf8"));
const found = tasks.map(({ cells }) => {
  const opened = CELLS.map(({ kind }) => keptRuns(cells[kind]));
  return cells.simple.map((_, i) => ({
    chances: opened.map(({ chances }) => [...chances[i]]),
    solved: opened.map((cell) => solvedShare(cell, i + 1, solved_below)),
    ahead: aheadShares(opened, i + 1, lead),
    counts: ofHundred(aheadShares(opened, i + 1, lead)),
    losses: opened.map((cell) => typicalLosses(cell, i + 1, DOTS)),
  }));
});
process.stdout.write(JSON.stringify(found));
"""
SAY = """
const cases = JSON.parse(readFileSync(0, "utf8"));
const say = (found) => describeComparison({ ...found, lead: 0.05, cells: CELLS });
process.stdout.write(JSON.stringify(cases.map(say)));
"""
SMALL = {  # three settings of two seeds: [validation, test]; some are equal
    "simple": [[[0.9, 0.95], [0.5, 0.45]], [[0.5, 0.06], [1.0, 1.0]], [[2.0, 2.0], [0.02, 0.11]]],
    "lstm": [[[0.3, 0.3], [0.05, 0.04]], [[1.0, 0.97], [0.05, 0.12]], [[0.7, 0.5], [0.7, 0.6]]],
    "gru": [[[0.02, 0.01], [0.6, 0.7]], [[0.6, 0.05], [0.9, 0.9]], [[0.4, 0.35], [0.03, 0.03]]],
}


def small() -> dict[str, list]:
    """The columns of the small grid."""
    columns = {name: [] for name in ("task", "cell", "rate", "start", "seed", "validation", "test")}
    for cell, settings in SMALL.items():
        for rate, runs in enumerate(settings):
            for seed, losses in enumerate(runs):
                row = ("toy", cell, rate, "usual", seed, *losses)
                for column, value in zip(columns.values(), row, strict=True):
                    column.append(value)
    return columns


def every_draw(cell: str, tries: int) -> list[tuple[int, int]]:
    """Which run is kept, as setting and seed, in each draw of so many tries of the small grid."""
    found = []
    for settings in combinations(range(3), tries):
        for seeds in product(range(2), repeat=tries):
            drawn = list(zip(settings, seeds, strict=True))
            found.append(min(drawn, key=lambda run: (SMALL[cell][run[0]][run[1]][0], run)))
    return found


def in_the_page(folder: Path, script: str, given: object) -> list:
    """What the page's functions make of it."""
    module = folder / "tries.mjs"
    start = 'import { readFileSync } from "node:fs";\n'
    module.write_text(start + bundle.live("how_many_tries") + script, encoding="utf-8")
    return json.loads(node(str(module), text=json.dumps(given)))


@pytest.mark.parametrize("cell", CELLS)
def test_a_run_is_kept_as_often_as_in_every_draw(cell):
    validation = np.array(SMALL[cell])[..., 0]
    for tries in (1, 2, 3):
        draws = every_draw(cell, tries)
        counted = [[draws.count((setting, seed)) for seed in range(2)] for setting in range(3)]
        np.testing.assert_allclose(kept(validation)[tries - 1], np.array(counted) / len(draws))


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_cells_solve_and_are_ahead_as_often_as_in_every_comparison(tries):
    figure = HowManyTries(small(), tries=tries)
    kept_tests = {
        cell: [SMALL[cell][setting][seed][1] for setting, seed in every_draw(cell, tries)]
        for cell in CELLS
    }
    for cell, tests in kept_tests.items():
        share = np.mean(np.array(tests) < 0.1)
        assert figure.solves(cell, tries) == pytest.approx(share)
    winners = []
    for tests in product(*kept_tests.values()):
        best, second, _ = sorted(tests)
        winners.append(CELLS[tests.index(best)] if second - best >= 0.05 else "level")
    assert figure.ahead(tries) == pytest.approx(
        {name: winners.count(name) / len(winners) for name in (*CELLS, "level")}
    )


def test_the_page_computes_what_python_computes(tmp_path):
    figure = HowManyTries(made_up_tries())
    for name, by_tries in zip(
        ("adding", "copy"), in_the_page(tmp_path, FIND, figure.settings()), strict=True
    ):
        figure.task = name
        for tries, found in enumerate(by_tries, start=1):
            for place, cell in enumerate(CELLS):
                test, chance = figure.losses(cell, tries)
                assert chance.sum() == pytest.approx(1)
                np.testing.assert_allclose(found["chances"][place], chance.ravel(), atol=1e-14)
                assert found["solved"][place] == pytest.approx(figure.solves(cell, tries))
                for dot, loss in enumerate(found["losses"][place]):
                    middle = (dot + 0.5) / 100
                    assert chance[test < loss].sum() - 1e-12 <= middle
                    assert middle <= chance[test <= loss].sum() + 1e-12
            ahead = figure.ahead(tries)
            assert found["ahead"] == pytest.approx(list(ahead.values()))
            assert sum(found["counts"]) == 100
            np.testing.assert_allclose(found["counts"], [100 * p for p in ahead.values()], atol=1)


def test_words_name_who_is_ahead_most_often_first(tmp_path):
    cases = [
        {"tries": 1, "counts": [20, 22, 31, 27], "another": 74},
        {"tries": 3, "counts": [0, 98, 2, 0], "another": 4},
        {"tries": 12, "counts": [0, 0, 0, 100], "another": 0},
    ]
    assert in_the_page(tmp_path, SAY, cases) == [
        "With 1 try each, the GRU comes out ahead in 31 of 100 comparisons, the LSTM in 22, the "
        "simple network in 20; in 27 the best two are within 0.05 of each other. Compare again, "
        "and it says something else 74 times in 100.",
        "With 3 tries each, the LSTM comes out ahead in 98 of 100 comparisons, the GRU in 2. "
        "Compare again, and it says something else 4 times in 100.",
        "With 12 tries each, the best two are within 0.05 of each other in all 100 comparisons. "
        "Compare again, and it says the same.",
    ]


def test_the_still_picture_says_both_ends():
    still = HowManyTries(made_up_tries()).still()
    assert "simple 6 with one try and 55 with 12, LSTM 35 with one try and 100 with 12" in still
    assert "The best two are level in 31 with one try and in 100 with 12." in still
    assert still == HowManyTries(made_up_tries()).still()


def test_a_table_is_read_as_columns_are():
    pandas = pytest.importorskip("pandas")
    runs = made_up_tries()
    figure = HowManyTries(pandas.DataFrame(runs), tasks={"copy": "Copying"})
    assert [task["title"] for task in figure.tasks] == ["Copying"]
    assert figure.page() == HowManyTries(runs, tasks={"copy": "Copying"}).page()


def changed(column: str, value: object, row: int = 0) -> dict[str, list]:
    """The small grid with one entry changed."""
    runs = small()
    runs[column][row] = value
    return runs


def without(cell: str, rates: int = 3, seeds: int = 2) -> dict[str, list]:
    """The small grid, with fewer rates or seeds for a cell."""
    runs = small()
    rows = zip(*runs.values(), strict=True)
    left = [row for row in rows if row[1] != cell or (row[2] < rates and row[4] < seeds)]
    return dict(zip(runs, map(list, zip(*left, strict=True)), strict=True))


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ({"task": [], "cell": []}, "rate, start, seed, validation, test is missing"),
        ({name: [] for name in small()}, "at least one run, got none"),
        ({**small(), "test": [1.0]}, "the columns of runs must be of one length"),
        (changed("cell", "rnn"), "cell must be one of simple, lstm, gru, got 'rnn'"),
        (
            changed("test", float("nan")),
            "test must be 0 to 2, got nan of task 'toy', cell 'simple'",
        ),
        (changed("validation", 2.5), "validation must be 0 to 2, got 2.5"),
        (changed("seed", 1), "each run once, got a second of task 'toy', cell 'simple', rate 0"),
        (changed("seed", 7), r"the same seeds, got \[1, 7\] for .* 'simple', rate 0"),
        (without("gru", rates=0), "the cells simple, lstm, gru, got simple, lstm for 'toy'"),
        (without("gru", rates=2), "the same number of settings, got .*'toy, gru': 2"),
        (
            without("lstm", seeds=1),
            r"the same seeds, got \[0\] for .*, cell 'lstm', rate 0, start 'usual'",
        ),
    ],
)
def test_runs_must_be_a_full_grid(runs, message):
    with pytest.raises(ValueError, match=message):
        HowManyTries(runs)


def test_settings_must_be_there():
    with pytest.raises(ValueError, match="tasks must name one or more of toy, got copy"):
        HowManyTries(small(), tasks={"copy": "Copying"})
    with pytest.raises(ValueError, match="tasks must name one or more of toy, got none"):
        HowManyTries(small(), tasks={})
    with pytest.raises(traitlets.TraitError, match="tries must be 1 to 3, got 4"):
        HowManyTries(small(), tries=4)
    with pytest.raises(traitlets.TraitError, match="task must be one of toy, got 'copy'"):
        HowManyTries(small(), task="copy")
    figure = HowManyTries(small())
    with pytest.raises(traitlets.TraitError, match="tries must be 1 to 3, got 0"):
        figure.tries = 0
