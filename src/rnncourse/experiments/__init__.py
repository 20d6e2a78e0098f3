"""Experiments too long for a notebook: how they are run, and how their results are read.

An experiment is a module of a lesson's room, ``lessons/chNN/experiments/NAME.py``, that declares

- `DESCRIPTION`: one sentence;
- `GRID`: a dict from the name of a parameter to the list of its values (may be empty);
- `run(seed, **point)`: one run, returning a dict from the name of a column to a number.

It may also declare `RATES`, a list of learning rates, and `TUNE_ON`, a column to make small. Then
every point of the grid first tries every rate, on the budget of `run` itself and with seeds of its
own, and the rate chosen is passed to `run` as `lr`. The search is recorded beside the results.

`python -m rnncourse experiments run NAME --seeds 10 --jobs 2` writes `NAME.csv`, `NAME.json` and,
where rates were tuned, `NAME.tuning.csv` beside the module.
"""

from __future__ import annotations

from rnncourse import rooms
from rnncourse.experiments._record import Recorded, Summary, machine, recorded
from rnncourse.experiments._runner import Experiment, StaleResults, run_experiment

__all__ = [
    "Experiment",
    "Recorded",
    "StaleResults",
    "Summary",
    "load",
    "machine",
    "names",
    "recorded",
    "run_experiment",
]


def names() -> list[str]:
    """The names of all experiments, lesson after lesson."""
    return list(rooms.find("experiments/*.py"))


def load(name: str) -> Experiment:
    """The module of an experiment.

    Raises:
        ValueError: if there is no experiment of this name.
    """
    found = rooms.find("experiments/*.py")
    if name not in found:
        raise ValueError(f"name must be one of {', '.join(found)}, got {name!r}")
    return rooms.module(found[name])  # type: ignore[return-value]
