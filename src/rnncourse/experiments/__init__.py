"""Experiments too long for a notebook: how they are run, and how their results are read.

An experiment is a module of a lesson's room, ``lessons/chNN/experiments/NAME.py``, that declares

- `DESCRIPTION`: one sentence;
- `GRID`: a dict from the name of a parameter to the list of its values (may be empty);
- `run(seed, **point)`: one run, returning a dict from the name of a column to a number;
- `CHEAP`: the arguments, but for the seed, of a run that takes a second or two.

It may also declare `RATES`, a list of learning rates, and `TUNE_ON`, a column to make small. Then
every point of the grid first tries every rate, on the budget of `run` itself and with seeds of its
own (three, or as many as `TUNING_SEEDS` says where runs of one rate end very differently), and the
rate chosen is passed to `run` as `lr`. Rates within two per cent of the best count as equally good
(or within the share that `AS_GOOD` says, where two per cent are much), and the one furthest from
the edge is taken. Where the best one lies at the edge, the search goes on beyond it; where none is
better than another, at both ends. It is recorded beside the results. `SEEDS` says with how many
seeds it is recorded, where that is fewer than ten, and why.

`python -m rnncourse experiments run NAME --seeds 10 --jobs 2` writes `NAME.csv`, `NAME.json` and,
where rates were tuned, `NAME.tuning.csv` beside the module. The record holds what the cheap point
measured, the points at which a run is chaotic (its first seed ends elsewhere once the rate is moved
by a millionth), and a hash of the functions that it ran with their modules' constants;
`python -m rnncourse experiments verify NAME` runs it again. Where other code runs and measures the
same, it stamps the record anew; where it measures something else, the experiment is to be run.
"""

from __future__ import annotations

from rnncourse import rooms
from rnncourse.experiments._record import INSTEAD, Recorded, Summary, machine, recorded
from rnncourse.experiments._runner import Experiment, StaleResults, rerun, run_experiment
from rnncourse.experiments._verify import Verdict, stamp, verify

__all__ = [
    "INSTEAD",
    "Experiment",
    "Recorded",
    "StaleResults",
    "Summary",
    "Verdict",
    "load",
    "machine",
    "names",
    "recorded",
    "rerun",
    "run_experiment",
    "stamp",
    "verify",
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
