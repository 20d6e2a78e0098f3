"""Studies too long for a notebook, one file each, with their recorded results.

A study is a module of this package that declares

- `DESCRIPTION`: one sentence;
- `GRID`: a dict from the name of a parameter to the list of its values (may be empty);
- `run(seed, **point)`: one run, returning a dict from the name of a column to a number.

It may also declare `RATES`, a list of learning rates, and `TUNE_ON`, a column to make small. Then
every point of the grid first tries every rate, on the budget of `run` itself and with seeds of its
own, and the rate chosen is passed to `run` as `lr`. The search is recorded beside the results.

`python -m rnnbook experiments run NAME --seeds 10 --jobs 2` writes `NAME.csv`, `NAME.json` and,
where rates were tuned, `NAME.tuning.csv` beside the study.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from rnnbook.experiments._record import RESULTS, Recorded, Summary, machine, recorded
from rnnbook.experiments._runner import StaleResults, Study, run_study

__all__ = [
    "RESULTS",
    "Recorded",
    "StaleResults",
    "Summary",
    "load",
    "machine",
    "names",
    "recorded",
    "run_study",
]


def names() -> list[str]:
    """The names of all studies, in alphabetical order."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(name: str) -> Study:
    """The module of a study.

    Raises:
        ValueError: if there is no study of this name.
    """
    if name not in names():
        raise ValueError(f"name must be one of {', '.join(names())}, got {name!r}")
    return import_module(f"{__name__}.{name}")  # type: ignore[return-value]
