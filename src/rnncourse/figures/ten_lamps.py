"""Ten runs a network, each a lamp: lit where it learned to remember for so long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import traitlets

from rnncourse.figures.base import Figure

Run = tuple[int, float, bool]
"""How many updates it made, its accuracy on fresh sequences, and whether it has learned it."""


class TenLamps(Figure):
    """A row of lamps a network, a lamp a seed, and a slider for the lag.

    Args:
        rows: for each network, by its title, its runs by lag: a list of `Run`, the same number
            everywhere.
        question: what the reader is asked to find out.
        lag: where the slider stands at the start; at the first lag if not given.
        run: the lamp that is chosen at the start: row and seed, both from 0.

    Raises:
        ValueError: If the rows differ in their lags or numbers of runs, or `lag` is none of them.
    """

    name = "ten_lamps"

    question = traitlets.Unicode().tag(sync=True)
    rows: traitlets.List[dict[str, Any]] = traitlets.List(traitlets.Dict()).tag(sync=True)
    lags: traitlets.List[int] = traitlets.List(traitlets.Int()).tag(sync=True)
    lag = traitlets.Int().tag(sync=True)
    run: traitlets.List[int] = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        rows: Mapping[str, Mapping[int, Sequence[Run]]],
        *,
        question: str,
        lag: int | None = None,
        run: tuple[int, int] = (0, 0),
    ) -> None:
        lags = list(next(iter(rows.values())))
        sizes = {len(runs) for by_lag in rows.values() for runs in by_lag.values()}
        if any(list(by_lag) != lags for by_lag in rows.values()) or len(sizes) != 1:
            raise ValueError(
                f"rows must have the same lags and numbers of runs, got the lags "
                f"{[list(by_lag) for by_lag in rows.values()]} and {sorted(sizes)} runs"
            )
        lag = lags[0] if lag is None else lag
        if lag not in lags:
            raise ValueError(f"lag must be one of {lags}, got {lag}")
        super().__init__(
            question=question,
            rows=[
                {
                    "title": title,
                    "runs": [
                        [
                            [int(n), round(float(accuracy), 3), bool(lit)]
                            for n, accuracy, lit in runs
                        ]
                        for runs in by_lag.values()
                    ],
                }
                for title, by_lag in rows.items()
            ],
            lags=lags,
            lag=lag,
            run=list(run),
        )

    def learned(self, row: int, lag: int) -> list[bool]:
        """Which runs of a row have learned the task over a lag."""
        return [lit for _, _, lit in self.rows[row]["runs"][self.lags.index(lag)]]

    def _updates(self, row: int, lag: int) -> str:
        made = sorted({n for n, _, lit in self.rows[row]["runs"][self.lags.index(lag)] if lit})
        return f"{made[0]} to {made[-1]}" if len(made) > 1 else "".join(map(str, made))

    def still(self) -> str:
        """A table: all rows, all lags, a dot for each run, when the first and last learned it."""
        head = "".join(f"<th scope='col'>{lag} steps</th>" for lag in self.lags)
        body = ""
        for place, row in enumerate(self.rows):
            cells = ""
            for lag in self.lags:
                lit = self.learned(place, lag)
                lamps = "".join("●" if one else "○" for one in sorted(lit, reverse=True))
                dots = f'<span aria-hidden="true">{lamps}</span>'
                cells += f"<td>{sum(lit)}<br>{dots}<br>{self._updates(place, lag)}</td>"
            body += f"<tr><th scope='row'>{escape(row['title'])}</th>{cells}</tr>"
        count = len(self.learned(0, self.lags[0]))
        return (
            f'<table class="rnnbook-lamps-still"><caption>Runs of {count} that learned it, by lag, '
            f"and the updates of the first and last to do so</caption><thead><tr><td></td>{head}"
            f"</tr></thead><tbody>{body}</tbody></table>"
        )
