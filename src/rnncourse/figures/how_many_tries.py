"""How many tries? Three cells compared, each by the best of so many settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from rnncourse import plots
from rnncourse.figures._tries import CELLS, Runs, grids, kept
from rnncourse.figures.base import Figure

if TYPE_CHECKING:
    import pandas as pd

_TITLES = {"simple": "simple", "lstm": "LSTM", "gru": "GRU", "level": "level"}


class HowManyTries(Figure):
    """What a comparison of three cells says when each is given ``k`` tries.

    A try is one of a cell's settings (a learning rate with a start), drawn at random, and one of
    its recorded runs. Of ``k`` different settings the try with the smallest validation loss is
    kept, and its test loss counts. The reader chooses a task and ``k``, and sees how often each
    cell solves it, the losses of a hundred comparisons, and how often each cell comes out ahead.
    All chances are computed from the recorded runs, none is drawn.

        HowManyTries(recorded("tries").table, tasks={"adding": "Adding, 100 steps"})

    Args:
        runs: a run a row, with the columns ``task``, ``cell`` (simple, lstm or gru), ``rate``,
            ``start``, ``seed``, ``validation`` and ``test``: two losses as shares of the loss
            without memory, 0 to 2. A full grid: each cell of each task has as many settings, and
            each setting the same seeds.
        tasks: the title of each task that is shown, by its name in ``runs``; all of them, by their
            names, if not given.
        task: the name of the task that is shown first; the first one if not given.
        tries: how many tries each cell has at the start.
        solved_below: the test loss below which a task is solved.
        lead: a cell is ahead if its loss is smaller than both others' by at least so much.

    Raises:
        ValueError: if ``runs`` are no such grid, or ``tasks`` names one that is not among them.
        traitlets.TraitError: if there is no such ``task`` or number of ``tries``.
    """

    name: ClassVar[str] = "how_many_tries"

    tasks: Any = traitlets.List().tag(sync=True)
    task = traitlets.Unicode().tag(sync=True)
    tries = traitlets.Int(1).tag(sync=True)
    solved_below = traitlets.Float().tag(sync=True)
    lead = traitlets.Float().tag(sync=True)

    def __init__(
        self,
        runs: Runs | pd.DataFrame,
        *,
        tasks: Mapping[str, str] | None = None,
        task: str | None = None,
        tries: int = 1,
        solved_below: float = 0.1,
        lead: float = 0.05,
    ) -> None:
        found = grids(runs)
        titles = {name: name for name in found} if tasks is None else dict(tasks)
        if not titles or not titles.keys() <= found.keys():
            raise ValueError(
                f"tasks must name one or more of {', '.join(found)}, got "
                f"{', '.join(titles) or 'none'}"
            )
        super().__init__(
            tasks=[
                {"name": name, "title": title, "cells": found[name]}
                for name, title in titles.items()
            ],
            task=next(iter(titles)) if task is None else task,
            tries=tries,
            solved_below=solved_below,
            lead=lead,
        )

    @traitlets.validate("task")
    def _check_task(self, proposal: Any) -> str:
        known = [task["name"] for task in self.tasks]
        if proposal["value"] not in known:
            raise traitlets.TraitError(
                f"task must be one of {', '.join(known)}, got {proposal['value']!r}"
            )
        return proposal["value"]

    @traitlets.validate("tries")
    def _check_tries(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= self.most:
            raise traitlets.TraitError(f"tries must be 1 to {self.most}, got {proposal['value']}")
        return proposal["value"]

    @property
    def most(self) -> int:
        """How many settings a cell has, and so how many tries at most."""
        return len(self.tasks[0]["cells"]["simple"])

    def losses(self, cell: str, tries: int) -> tuple[np.ndarray, np.ndarray]:
        """The test losses of a cell's runs on the task, and how probably each is the kept one.

        Returns:
            Two arrays of shape (settings, seeds).
        """
        runs = np.array(self._cells()[cell])
        return runs[..., 1], kept(runs[..., 0])[tries - 1]

    def solves(self, cell: str, tries: int) -> float:
        """How probably the kept try of a cell has solved the task."""
        test, chance = self.losses(cell, tries)
        return float(chance[test < self.solved_below].sum())

    def ahead(self, tries: int) -> dict[str, float]:
        """How probably each cell comes out ahead, by its name; and ``level``, that none does."""
        by_cell = {cell: self.losses(cell, tries) for cell in CELLS}
        found = {}
        for cell, (test, chance) in by_cell.items():
            for other_test, other_chance in (by_cell[one] for one in CELLS if one != cell):
                worse = other_test - test[..., None, None] >= self.lead
                chance = chance * (worse * other_chance).sum(axis=(-2, -1))
            found[cell] = float(chance.sum())
        return found | {"level": 1 - sum(found.values())}

    def _cells(self) -> dict[str, list[list[list[float]]]]:
        return next(task["cells"] for task in self.tasks if task["name"] == self.task)

    def still(self) -> str:
        """For the task that is shown, by tries: how often it is solved, and who is ahead."""
        tries = range(1, self.most + 1)
        solved = {cell: [100 * self.solves(cell, k) for k in tries] for cell in CELLS}
        outcomes = [self.ahead(k) for k in tries]
        ahead = {name: [100 * one[name] for one in outcomes] for name in (*CELLS, "level")}

        fig, axes = plots.figure(height=5.2, nrows=2, sharex=True)
        for ax, lines, label in zip(
            axes, (solved, ahead), ("solved, of 100", "ahead, of 100"), strict=True
        ):
            for name, values in lines.items():
                color = plots.COLORS["baseline" if name == "level" else name]
                ax.plot(tries, values, color=color, linestyle="--" if name == "level" else "-")
                plots.end_label(ax, tries[-1], values[-1], _TITLES[name], color)
            ax.axvline(self.tries, color=plots.COLORS["accent"], linewidth=1.5)
            ax.set(ylabel=label, ylim=(0, 100))
            ax.margins(x=0)
        axes[1].set(xlabel="tries each", xticks=list(tries))
        counts = ", ".join(
            f"{_TITLES[cell]} {values[0]:.0f} with one try and {values[-1]:.0f} with {self.most}"
            for cell, values in solved.items()
        )
        level = ahead["level"]
        alt = (
            f"Of 100 comparisons, solved: {counts}. The best two are level in {level[0]:.0f} with "
            f"one try and in {level[-1]:.0f} with {self.most}."
        )
        html = plots.to_svg(fig, alt)
        plt.close(fig)
        return html
