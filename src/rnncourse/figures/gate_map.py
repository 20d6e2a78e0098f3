"""What becomes of a network without one of its parts: variants by tasks, in three layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import isfinite
from statistics import median
from typing import Any, ClassVar, NamedTuple

import traitlets

from rnncourse.figures.base import Figure

_MOST = 9.99
"""What is lost is shown up to here: less a part, a network may be far worse than without memory."""


class Scale(NamedTuple):
    """What a task's results are measured in.

    Attributes:
        title: of the column.
        unit: what is measured, smaller being better.
        whole: what the network with all its parts reaches.
        none: what is reached without memory.
        axis: what is counted while it learns: updates, epochs.
        budget: how many of them there are at most.
    """

    title: str
    unit: str
    whole: float
    none: float
    axis: str
    budget: float


class Runs(NamedTuple):
    """The runs of one variant on one task.

    Attributes:
        ends: what each run ends with, in the task's unit.
        curves: what each run had on the way, at equal distances, the first after one of them.
    """

    ends: Sequence[float]
    curves: Sequence[Sequence[float]]


Layer = Mapping[str, Mapping[str, Runs]]
"""For each variant by its title, its runs on each task by its name."""


class GateMap(Figure):
    """A map of variants by tasks: how much of what memory is worth each of them loses.

    A cell shows ``(median − whole) / (none − whole)``: 0 where the variant does as well as the
    network with all its parts, 1 where it does no better than without memory. A cell that is
    chosen opens its runs.

    Args:
        tasks: a `Scale` a task, by the task's name.
        layers: by its title, what is shown where this layer is chosen. Not every variant need be in
            each layer, nor each task.
        question: what the reader is asked to find out.
        layer: the title of the layer that is shown first; the first one if not given.
        cell: the variant's and the task's name whose runs are opened first.

    Raises:
        ValueError: if a layer has a task that is not among ``tasks``, or none; or if there is no
            such layer, or nothing in its cell.
    """

    name: ClassVar[str] = "gate_map"

    question = traitlets.Unicode().tag(sync=True)
    tasks: traitlets.List[dict[str, Any]] = traitlets.List(traitlets.Dict()).tag(sync=True)
    titles: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    layers: traitlets.List[dict[str, Any]] = traitlets.List(traitlets.Dict()).tag(sync=True)
    layer = traitlets.Int().tag(sync=True)
    cell: traitlets.List[int] = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        tasks: Mapping[str, Scale],
        layers: Mapping[str, Layer],
        *,
        question: str,
        layer: str | None = None,
        cell: tuple[str, str],
    ) -> None:
        names = list(tasks)
        titles = list(dict.fromkeys(title for one in layers.values() for title in one))
        strange = {task for one in layers.values() for row in one.values() for task in row}
        if not strange or not strange <= set(names):
            raise ValueError(
                f"layers must have results on the tasks {', '.join(names)}, got "
                f"{', '.join(sorted(strange)) or 'none'}"
            )
        layer = next(iter(layers)) if layer is None else layer
        if layer not in layers:
            raise ValueError(f"layer must be one of {', '.join(layers)}, got {layer!r}")
        variant, task = cell
        if task not in layers[layer].get(variant, {}):
            raise ValueError(f"cell must name a variant and a task of the layer, got {cell!r}")
        super().__init__(
            question=question,
            tasks=[tasks[name]._asdict() for name in names],
            titles=titles,
            layers=[
                {
                    "title": title,
                    "rows": [
                        [_cell(found.get(row, {}).get(name), tasks[name]) for name in names]
                        for row in titles
                    ],
                }
                for title, found in layers.items()
            ],
            layer=list(layers).index(layer),
            cell=[titles.index(variant), names.index(task)],
        )

    def lost(self, layer: str, variant: str, task: str) -> float | None:
        """What a variant loses on a task, by the titles; None where there is no result."""
        rows = next(one["rows"] for one in self.layers if one["title"] == layer)
        place = [one["title"] for one in self.tasks].index(task)
        found = rows[self.titles.index(variant)][place]
        return None if found is None else found["lost"]

    def still(self) -> str:
        """A table: for each variant and task what is lost in each layer."""
        head = "".join(f"<th scope='col'>{escape(task['title'])}</th>" for task in self.tasks)
        body = ""
        for row, title in enumerate(self.titles):
            cells = ""
            for task in range(len(self.tasks)):
                found = [one["rows"][row][task] for one in self.layers]
                words = [escape(_percent(one["lost"])) if one else "–" for one in found]
                cells += f"<td>{' / '.join(words)}</td>"
            body += f"<tr><th scope='row'>{escape(title)}</th>{cells}</tr>"
        order = " / ".join(escape(one["title"]) for one in self.layers)
        return (
            f'<table class="rnnbook-gate-map-still"><caption>Per cent lost of what memory is '
            f"worth: {order}</caption><thead><tr><td></td>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )


def _cell(runs: Runs | None, scale: Scale) -> dict[str, Any] | None:
    if runs is None:
        return None
    share = (median(runs.ends) - scale.whole) / (scale.none - scale.whole)
    return {
        "lost": round(min(share, _MOST) if share == share else _MOST, 3),
        "ends": [_rounded(end) for end in runs.ends],
        "curves": [[_rounded(value) for value in curve] for curve in runs.curves],
    }


def _rounded(value: float) -> float | None:
    return float(f"{value:.3g}") if isfinite(value) else None


def _percent(share: float) -> str:
    if share >= _MOST:
        return "> 900"
    return f"{round(100 * share)}".replace("-", "−")
