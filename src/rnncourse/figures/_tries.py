"""Recorded runs as a grid of tries, and what becomes of a comparison that draws from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

CELLS = ("simple", "lstm", "gru")
COLUMNS = ("task", "cell", "rate", "start", "seed", "validation", "test")
MOST = 2.0
"""The loss at which the record caps a run, as a share of the loss without memory."""
_DIGITS = 4

Runs = Mapping[str, Sequence[Any]]
"""Columns by name, all of one length; a table of pandas is read as well."""


def grids(runs: Runs | pd.DataFrame) -> dict[str, dict[str, list[list[list[float]]]]]:
    """For each task and cell, its settings: for each of them, by seed, validation and test loss.

    A setting is a rate with a start. They stand in the order in which they come, the same number
    everywhere, each with the same seeds; losses keep four significant digits.

    Raises:
        ValueError: if a column is missing or shorter than another, a cell is unknown, a loss is not
            from 0 to 2, or the runs are no full grid.
    """
    missing = [name for name in COLUMNS if name not in runs]
    if missing:
        raise ValueError(
            f"runs must have the columns {', '.join(COLUMNS)}; {', '.join(missing)} is missing"
        )
    found: dict[str, dict[str, dict[Any, dict[Any, list[float]]]]] = {}
    for row in zip_longest(*(runs[name] for name in COLUMNS)):
        task, cell, rate, start, seed, *losses = row
        if None in row:
            raise ValueError(f"the columns of runs must be of one length, got a row {row}")
        if cell not in CELLS:
            raise ValueError(f"cell must be one of {', '.join(CELLS)}, got {cell!r}")
        where = f"of task {task!r}, cell {cell!r}, rate {rate}, start {start!r}, seed {seed}"
        for name, loss in zip(("validation", "test"), losses, strict=True):
            if not 0 <= loss <= MOST:
                raise ValueError(f"{name} must be 0 to {MOST:g}, got {loss} {where}")
        by_seed = found.setdefault(task, {}).setdefault(cell, {}).setdefault((rate, start), {})
        if seed in by_seed:
            raise ValueError(f"runs must hold each run once, got a second {where}")
        by_seed[seed] = [float(f"{loss:.{_DIGITS}g}") for loss in losses]
    _check_full(found)
    return {
        task: {
            cell: [
                [by_seed[seed] for seed in sorted(by_seed)] for by_seed in by_cell[cell].values()
            ]
            for cell in CELLS
        }
        for task, by_cell in found.items()
    }


def _check_full(found: Mapping[str, Mapping[str, Mapping[Any, Mapping[Any, Any]]]]) -> None:
    """Raise ValueError unless each cell of each task has as many settings, with the same seeds."""
    if not found:
        raise ValueError("runs must hold at least one run, got none")
    for task, by_cell in found.items():
        if set(by_cell) != set(CELLS):
            raise ValueError(
                f"each task must have the cells {', '.join(CELLS)}, got {', '.join(by_cell)} "
                f"for {task!r}"
            )
    settings = {
        f"{task}, {cell}": len(by_setting)
        for task, by_cell in found.items()
        for cell, by_setting in by_cell.items()
    }
    if len(set(settings.values())) != 1:
        raise ValueError(f"each cell must have the same number of settings, got {settings}")
    all_seeds = {
        f"task {task!r}, cell {cell!r}, rate {rate}, start {start!r}": sorted(by_seed)
        for task, by_cell in found.items()
        for cell, by_setting in by_cell.items()
        for (rate, start), by_seed in by_setting.items()
    }
    usual = Counter(map(tuple, all_seeds.values())).most_common(1)[0][0]
    for where, seeds in all_seeds.items():
        if tuple(seeds) != usual:
            raise ValueError(
                f"each setting must have the same seeds, got {seeds} for {where}, "
                f"and {list(usual)} for most"
            )


def kept(validation: np.ndarray) -> np.ndarray:
    """How probably each run is the one that a cell's tries leave.

    Of ``S`` settings ``k`` are drawn without replacement, and of each of them one of its ``N``
    runs, all equally likely; the one with the smallest validation loss is kept, and of equal ones
    the first. A run is kept if its setting is drawn with it, and all other drawn settings with
    runs that come after it: over all draws, a sum of products of ``k − 1`` shares, which is a
    coefficient of the polynomial ``∏ (1 + share · x)`` over the other settings.

    Args:
        validation: shape (S, N).

    Returns:
        Probabilities, shape (S, S, N): first the number of tries, 1 … S. Each sums to 1.
    """
    S, N = validation.shape
    rank = np.argsort(np.argsort(validation, axis=None, kind="stable")).reshape(S, N)
    ways = np.zeros((S, S, N))
    ways[0] = 1
    for setting in range(S):
        after = (rank[setting] > rank[..., None]).mean(axis=-1)
        after[setting] = 0  # a setting is drawn once
        ways[1:] += after * ways[:-1]
    draws = np.array([comb(S, tries) for tries in range(1, S + 1)])
    return ways / (N * draws[:, None, None])
