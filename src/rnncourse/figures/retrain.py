"""A slider that trains: in a live kernel each move starts a run, a page shows those recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import traitlets

from rnncourse import plots
from rnncourse.figures.base import Figure

LAST = 10  # updates: the mean of their losses says how a run ended


class Retrain(Figure):
    """Learning curves by a setting that a slider chooses.

    The figure trains nothing. Whoever shows it watches the slider and adds a run::

        figure.observe(lambda change: figure.add(losses(change.new)), "value")

    In a live kernel that happens whenever the reader moves the slider. A static page has no
    kernel, and shows the runs that were added when it was made.

    Args:
        values: where the slider can stand, at least two numbers in their order.
        label: what it sets.
        baseline: the loss that must be beaten.
        baseline_name: whose loss that is, for example "a coin".
        question: what the reader is asked to find out.

    Raises:
        ValueError: if there are fewer than two values.

    Attributes:
        value: where the slider stands; at the start at its first place.
        runs: the losses of all runs so far, a list of runs by `key` of the value.
    """

    name = "retrain"

    question = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    values: traitlets.List[float] = traitlets.List(traitlets.Float()).tag(sync=True)
    value = traitlets.Float().tag(sync=True)
    baseline = traitlets.Float().tag(sync=True)
    baseline_name = traitlets.Unicode().tag(sync=True)
    runs: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        values: Sequence[float],
        *,
        label: str,
        baseline: float,
        baseline_name: str,
        question: str,
    ) -> None:
        if len(values) < 2:
            raise ValueError(f"values must be at least two numbers, got {values!r}")
        super().__init__(
            question=question,
            label=label,
            values=list(values),
            value=values[0],
            baseline=baseline,
            baseline_name=baseline_name,
        )

    def add(self, losses: Sequence[float]) -> None:
        """Add a run, its loss at each update, to those at the slider's place."""
        here = [*self.runs_here, [float(f"{loss:.3g}") for loss in losses]]
        self.runs = {**self.runs, key(self.value): here}

    @property
    def runs_here(self) -> list[list[float]]:
        """The runs at the slider's place, the oldest first."""
        return self.runs.get(key(self.value), [])

    @traitlets.validate("value")
    def _check_value(self, proposal: dict[str, Any]) -> float:
        if proposal["value"] not in self.values:
            raise traitlets.TraitError(
                f"value must be one of {self.values}, got {proposal['value']}"
            )
        return proposal["value"]

    def still(self) -> str:
        """How each run ended, over the slider's values."""
        ends = {value: [end(run) for run in self.runs.get(key(value), [])] for value in self.values}
        fig, ax = plots.figure(height=2.6)
        for value, losses in ends.items():
            ax.plot([value] * len(losses), losses, "o", ms=5, color=plots.COLORS["simple"])
        ax.axhline(self.baseline, color=plots.COLORS["baseline"], ls="--", lw=1.5)
        plots.end_label(
            ax, 1, self.baseline, self.baseline_name, plots.COLORS["baseline"], edge=True
        )
        ax.set(xlabel=self.label, ylabel="loss at the end", ylim=(0, None))
        said = "; ".join(
            f"{key(value)}: {', '.join(f'{loss:.2f}' for loss in losses) or 'no run'}"
            for value, losses in ends.items()
        )
        try:
            return plots.to_svg(
                fig,
                f"The loss at the end of each run, by {self.label}: {said}. "
                f"The loss of {self.baseline_name} is {self.baseline:.2f}.",
            )
        finally:
            plt.close(fig)


def key(value: float) -> str:
    """What a value is called in `Retrain.runs`: its digits as JavaScript writes them."""
    return f"{value:g}"


def end(losses: Sequence[float]) -> float:
    """How a run ended: the mean of its last losses."""
    last = losses[-LAST:]
    return sum(last) / len(last)
