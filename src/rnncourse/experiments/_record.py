"""What an experiment leaves behind, and how it is read."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rnncourse import rooms

if TYPE_CHECKING:
    import pandas as pd

INSTEAD: list[Path] = []
"""Folders whose results are read instead of those of the lessons' rooms, where they have them."""


class Summary(NamedTuple):
    """One column of an experiment over its seeds; or, if ``counted``, how many seeds did it.

    If ``middle``, what is said of it is said of the median alone, whatever the other seeds did.
    """

    median: float
    low: float
    high: float
    seeds: int
    experiment: str
    date: str
    counted: bool = False
    middle: bool = False

    @property
    def spoken_of(self) -> tuple[float, float]:
        """The smallest and the largest number that a bound is about."""
        return (self.median, self.median) if self.middle else (self.low, self.high)


@dataclass(frozen=True)
class Recorded:
    """The results of an experiment, as they stand beside its module.

    Attributes:
        name: the experiment.
        folder: where its files are.
    """

    name: str
    folder: Path

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a run: the point of the grid, the seed, and what was measured."""
        return _read(self.folder / f"{self.name}.csv")

    @cached_property
    def tuning(self) -> pd.DataFrame:
        """One row a run of the search for learning rates; empty if there was none."""
        return _read(self.folder / f"{self.name}.tuning.csv")

    @cached_property
    def info(self) -> dict[str, Any]:
        """Grid, seeds, versions, machine, wall time, command and date; or what else it keeps."""
        return json.loads((self.folder / f"{self.name}.json").read_text(encoding="utf-8"))

    def summary(self, column: str, **where: object) -> Summary:
        """Median and range of a column over the seeds.

        Args:
            column: what was measured.
            **where: values of the grid's parameters, as many as it takes to leave one run a seed.

        Raises:
            ValueError: if a name is not a column, or there is not exactly one run a seed.
        """
        values = self._one_run_a_seed(column, where)
        return self._summary(
            values, values.median(skipna=False), values.min(skipna=False), values.max(skipna=False)
        )

    def median(self, column: str, **where: object) -> Summary:
        """As `summary`, but a claim's bound is about the median, not about each seed."""
        return self.summary(column, **where)._replace(middle=True)

    def count(
        self, column: str, *, low: float = -inf, high: float = inf, **where: object
    ) -> Summary:
        """In how many seeds a column lies in ``low <= value < high``.

        Args:
            column: what was measured.
            low: the least value that counts.
            high: the least value that is too large to count.
            **where: as for `summary`.

        Raises:
            ValueError: if a name is not a column, or there is not exactly one run a seed.
        """
        values = self._one_run_a_seed(column, where)
        number = ((values >= low) & (values < high)).sum()
        return self._summary(values, number, number, number, counted=True)

    def _summary(
        self, values: pd.Series, median: float, low: float, high: float, counted: bool = False
    ) -> Summary:
        ends = (float(median), float(low), float(high))
        return Summary(*ends, len(values), self.name, self.info["date"], counted)

    def _one_run_a_seed(self, column: str, where: dict[str, object]) -> pd.Series:
        rows = self.table
        for key in (column, *where):
            if key not in rows.columns:
                known = ", ".join(rows.columns)
                raise ValueError(f"{self.name} has no column {key!r}; it has {known}")
        for key, value in where.items():
            rows = rows[rows[key] == value]
        if rows.empty:
            raise ValueError(f"{self.name} has no run with {where}")
        if rows["seed"].duplicated().any():
            open_ = [k for k in self.info["grid"] if k not in where and rows[k].nunique() > 1]
            raise ValueError(
                f"{self.name} has several runs a seed with {where}; also give {', '.join(open_)}"
            )
        return rows[column]


def recorded(name: str, folder: Path | None = None) -> Recorded:
    """The recorded results of an experiment.

    Args:
        name: the experiment.
        folder: where its files are; in a lesson's room if not given.

    Raises:
        FileNotFoundError: if it has none yet; says how to make them.
    """
    found = rooms.find("experiments/*.json") if folder is None else {}
    for place in INSTEAD if folder is None else [folder]:
        found |= {path.stem: path for path in sorted(place.glob("*.json"))}
    if name not in found:
        raise FileNotFoundError(
            f"no results are recorded for {name!r} (recorded: {', '.join(found) or 'none'}); "
            f"make them with: python -m rnncourse experiments run {name}"
        )
    return Recorded(name, found[name].parent)


def machine() -> dict[str, str]:
    """The versions and the hardware that results depend on."""
    return {
        "python": platform.python_version(),
        **{name: _version(name) for name in ("rnnbook", "torch", "numpy")},
        "platform": f"{platform.system()} {platform.machine()}",
        "processor": f"{_processor()}, {os.cpu_count()} cores",
    }


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(path) if path.is_file() else pd.DataFrame()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
