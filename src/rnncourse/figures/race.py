"""A race in the page: simple RNN, LSTM and GRU train on the same data, several seeds each."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median_low
from typing import Any

import matplotlib.pyplot as plt
import traitlets
from matplotlib.axes import Axes

from rnncourse import plots
from rnncourse.figures.base import Figure

NAMES = {"simple": "simple RNN", "lstm": "LSTM", "gru": "GRU"}
SOLVED_BELOW = 0.1
"""Of the baseline: a run whose held-out loss is below it has solved its task."""

_MATCHES = ("size", "weights")
_FEWEST = 5
"""Runs that a median is drawn of; `standing.js` has the same number."""
_RACE = {"task", "title", "match", "updates", "every", "batch", "seeds", "cells"}
_CELL = {"cell", "hidden_size", "weights", "lr", "ms", "shares"}
_GUEST = (_CELL - {"cell"}) | {"name", "task"}


class Race(Figure):
    """Three cells that race in the page, over several seeds; finished races are there at once.

        Race(recorded("finished_races").info)
        Race(recorded("finished_races").info, task="echo", match="weights", axis="seconds")

    The network has one layer and a linear read-out and is computed in single precision by the
    book's JavaScript. A race in the page has the sizes and learning rates of the finished one, and
    other seeds. Its clock runs while updates are computed, and rests while anything is judged or
    drawn.

    Args:
        finished: what was recorded. ``measured``: where, in words. ``races``: for each task one
            where the cells have the same size and one where they have as many weights, each with
            ``task`` (as the engine takes it), ``title``, ``match``, ``updates``, ``every``,
            ``batch``, ``seeds`` and ``cells``. A cell has ``cell``, ``hidden_size`` (H),
            ``weights``, ``lr``, ``ms`` (milliseconds an update) and ``shares``: for each seed the
            held-out loss over its baseline, before training and after every ``every`` updates.
        guest: one more cell, raced by whoever made it: as a cell's entry, with ``name`` and the
            ``task``'s name in place of ``cell``. Five runs at least, judged as often as the others.
        **settings: where it starts: any of the attributes down to ``axis``.

    Attributes:
        task: the name of a task among the finished races; the first one's, if not given.
        match: what the cells have in common: ``"size"`` or ``"weights"``.
        rate: what every learning rate is multiplied by: 0.25, 0.5, 1, 2 or 4.
        axis: ``"updates"``, or ``"seconds"`` of computing.
        updates: those that every run of the reader's race has made. Read it; the figure writes it.
        results: of the reader's race, for each cell ``lr``, ``ms``, and for each run ``share`` and
            ``solved``, the updates after which it had solved the task, or None. Written when the
            race starts, pauses and ends.

    Raises:
        ValueError: if what was recorded is not as described.
        traitlets.TraitError: if a setting is none of its choices.
    """

    name = "race"

    finished = traitlets.Dict().tag(sync=True)
    guest = traitlets.Dict().tag(sync=True)
    task = traitlets.Unicode().tag(sync=True)
    match = traitlets.Enum(_MATCHES, "size").tag(sync=True)
    rate = traitlets.Enum([0.25, 0.5, 1.0, 2.0, 4.0], 1.0).tag(sync=True)
    axis = traitlets.Enum(["updates", "seconds"], "updates").tag(sync=True)
    updates = traitlets.Int(0).tag(sync=True)
    results = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        finished: Mapping[str, Any],
        *,
        guest: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        races = finished["races"]
        for race in races:
            _check(race)
        pairs = sorted((race["task"]["name"], race["match"]) for race in races)
        tasks = {task for task, _ in pairs}
        if pairs != sorted((task, match) for task in tasks for match in _MATCHES):
            raise ValueError(
                f"finished must hold one race for each task and each of {_MATCHES}, got {pairs}"
            )
        if guest is not None:
            _check_guest(guest, races)
        kept = {"measured": finished["measured"], "races": races}
        start = {"task": races[0]["task"]["name"], **settings}
        super().__init__(finished=kept, guest=dict(guest or {}), **start)

    @traitlets.validate("task")
    def _is_recorded(self, proposal: Any) -> str:
        tasks = sorted({race["task"]["name"] for race in self.finished["races"]})
        if proposal["value"] not in tasks:
            raise traitlets.TraitError(
                f"task must be one of {', '.join(tasks)}, got {proposal['value']!r}"
            )
        return str(proposal["value"])

    def still(self) -> str:
        """The finished race of this task and match by updates, and its medians by seconds."""
        race = next(
            race
            for race in self.finished["races"]
            if (race["task"]["name"], race["match"]) == (self.task, self.match)
        )
        fig, axes = plots.figure(width=7.2, height=3.2, ncols=2, sharey=True)
        for ax, axis in zip(axes, ("updates", "seconds"), strict=True):
            _draw(ax, race, axis)
        axes[0].set_ylabel("held-out loss ÷ baseline")
        axes[0].set_title(race["title"], loc="left")
        try:
            return plots.to_svg(fig, _alt(race))
        finally:
            plt.close(fig)


def _check(race: Mapping[str, Any]) -> None:
    if set(race) != _RACE:
        raise ValueError(f"a finished race must have {sorted(_RACE)}, got {sorted(race)}")
    cells = [cell["cell"] for cell in race["cells"]]
    if cells != list(NAMES):
        raise ValueError(f"a finished race must have the cells {list(NAMES)}, got {cells}")
    points = race["updates"] // race["every"] + 1
    for cell in race["cells"]:
        if set(cell) != _CELL:
            raise ValueError(
                f"a finished race's cell must have {sorted(_CELL)}, got {sorted(cell)}"
            )
        lengths = [len(shares) for shares in cell["shares"]]
        if lengths != [points] * len(race["seeds"]):
            raise ValueError(
                f"shares of {cell['cell']} must be {points} numbers for each of "
                f"{len(race['seeds'])} seeds, got {lengths}"
            )


def _check_guest(guest: Mapping[str, Any], races: list[Mapping[str, Any]]) -> None:
    if set(guest) != _GUEST:
        raise ValueError(f"guest must have {sorted(_GUEST)}, got {sorted(guest)}")
    race = next((race for race in races if race["task"]["name"] == guest["task"]), None)
    if race is None:
        tasks = sorted({race["task"]["name"] for race in races})
        raise ValueError(f"guest's task must be one of {', '.join(tasks)}, got {guest['task']!r}")
    points = race["updates"] // race["every"] + 1
    lengths = [len(shares) for shares in guest["shares"]]
    if len(lengths) < _FEWEST or set(lengths) != {points}:
        raise ValueError(
            f"guest's shares must be {points} numbers for each of {_FEWEST} runs or more, "
            f"got {lengths}"
        )


def _draw(ax: Axes, race: Mapping[str, Any], axis: str) -> None:
    for cell in race["cells"]:
        scale = race["every"] * (cell["ms"] / 1000 if axis == "seconds" else 1)
        color = plots.COLORS[cell["cell"]]
        middle = [median_low(shares) for shares in zip(*cell["shares"], strict=True)]
        x = [scale * at for at in range(len(middle))]
        for shares in cell["shares"] if axis == "updates" else ():
            ax.semilogy(x, shares, color=color, linewidth=0.6, alpha=0.6)
        ax.semilogy(x, middle, color=color, linewidth=2.2)
        plots.end_label(ax, x[-1], middle[-1], NAMES[cell["cell"]], color)
    for level in (1, SOLVED_BELOW):
        ax.axhline(level, color=plots.COLORS["baseline"], linestyle="--", linewidth=1)
    ax.set_xlabel("updates" if axis == "updates" else "seconds of computing, one run")
    ax.set_xlim(left=0)


def _alt(race: Mapping[str, Any]) -> str:
    said = []
    for cell in race["cells"]:
        times = [_solved(shares, race["every"]) for shares in cell["shares"]]
        known = [time for time in times if time is not None]
        half = median_low([time if time is not None else race["updates"] + 1 for time in times])
        when = f", half of them after {half} updates" if half <= race["updates"] else ""
        ms = f"{cell['ms']:.2g} ms an update"
        said.append(
            f"{NAMES[cell['cell']]} ({cell['weights']} weights, {ms}): solved in "
            f"{len(known)} of {len(times)} runs{when}"
        )
    return f"{race['title']}, {race['updates']} updates. {'; '.join(said)}."


def _solved(shares: list[float], every: int) -> int | None:
    """The updates after which a run had solved its task for the first time."""
    return next((every * at for at, share in enumerate(shares) if share < SOLVED_BELOW), None)
