"""The forecast: what a network, the naive forecast and the truth say after a moved origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar

import torch
import traitlets

from rnncourse.figures._forecast import HORIZON, Look, Scores, Study, opened
from rnncourse.figures.base import Figure

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 260, 46, 10, 22, 24  # of the still picture
_BEFORE = 24  # values before the first origin that are shown


class Forecast(Figure):
    """A series up to an origin that can be moved, and the fan of a network's forecasts after it.

    Beside the fan are the seasonal naive forecast and what really came. The reader moves the
    origin; is told who wins over all origins, and how often the fan held; sees whether the next
    values as forecast are yesterday's, shifted; and drops a file of their own, on which a linear
    window is fitted and a small GRU can be trained. It is read in the page, and nothing leaves it::

        Forecast(shipped()["series"])

    An *origin* is how many values of the whole series are known. A network is a GRU that reads the
    last ``window`` values minus the first of them, over ``scale``, and forecasts three quantiles
    (0.1, 0.5, 0.9) of the next 24 values minus the last, over ``scale``; with a ``centre``, that is
    what is taken away from both.

    Args:
        series: at least one, each a dict of

            ``name``;
            ``values``, as they are here, and ``start``, how many of the series came before them;
            ``first``, the first origin that is tested, with a window of values before it, and
            ``origin``, where the figure begins;
            ``season``, steps, 1 for none; ``error``, what errors are divided by: the mean absolute
            error of the seasonal naive forecast before ``first``;
            ``step`` and ``unit``, what the axes say; ``why``, a sentence on who wins;
            ``network``: ``H``, ``window``, ``scale``, ``centre`` if there is one, and
            ``parameters``, as `rnncourse.experiments.packing.pack_all` gives those of a
            `torch.nn.GRU`, ``gru``, and a `torch.nn.Linear` to 24 · 3 numbers, ``readout``.
        chosen: which series is shown, from 0.
        origin: how many values are known, held within the origins that are tested; 0 for where the
            series begins.
        shifted: whether the next values as forecast are shown, as they are and moved by a step.
        question: what the reader is asked to find out.

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.
    """

    name: ClassVar[str] = "forecast"

    series: Any = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    origin = traitlets.Int(0).tag(sync=True)
    shifted = traitlets.Bool(False).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        series: Sequence[Mapping[str, Any]],
        *,
        chosen: int = 0,
        origin: int = 0,
        shifted: bool = False,
        question: str = "Move the origin: where does the network know more than the last value?",
    ) -> None:
        pairs = [opened(k, one) for k, one in enumerate(series)]
        if not pairs:
            raise traitlets.TraitError("series must hold one at least, got none")
        self._studies = [study for study, _ in pairs]
        super().__init__(
            series=[trait for _, trait in pairs],
            chosen=chosen,
            origin=origin,
            shifted=shifted,
            question=question,
        )

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: Any) -> int:
        most = len(self._studies) - 1
        if not 0 <= proposal["value"] <= most:
            raise traitlets.TraitError(f"chosen must be 0 to {most}, got {proposal['value']!r}")
        return proposal["value"]

    @traitlets.validate("origin")
    def _check_origin(self, proposal: Any) -> int:
        if proposal["value"] < 0:
            raise traitlets.TraitError(f"origin must be 0 or more, got {proposal['value']!r}")
        return proposal["value"]

    def look(self, origin: int | None = None) -> Look:
        """What is forecast, in double precision, with the weights as the page has them.

        Args:
            origin: how many values are known; the figure's own if not given.
        """
        return self._study.look(self._held(self.origin if origin is None else origin))

    def scores(self) -> Scores:
        """How good the forecasts of the series that is shown are, over all origins."""
        return self._study.scores()

    def still(self) -> str:
        """The series up to the origin, the fan, the naive forecast and what came."""
        study, scores = self._study, self.scores()
        naive = "seasonal naive forecast" if study.season > 1 else "naive forecast"
        picture = _picture(study, self._held(self.origin), naive)
        return (
            f"{picture}<p>{escape(study.name)}. Up to the line, what is known; after it the "
            f"network's fan (coloured: 80 % promised), the {naive} (dashed) and what came (grey). "
            f"Mean absolute error over {scores.origins} origins, where 1 is that of the {naive} in "
            f"training: network {scores.own:.2f}, {naive} {scores.naive:.2f}. Inside the fan: "
            f"{100 * scores.inside:.0f} %.</p>"
        )

    @property
    def _study(self) -> Study:
        return self._studies[self.chosen]

    def _held(self, origin: int) -> int:
        """An origin that is tested."""
        study = self._study
        return min(max(origin, study.first), study.last) if origin else study.origin


def _picture(study: Study, origin: int, naive: str) -> str:
    look, values = study.look(origin), study.values
    reach = study.fans(torch.arange(study.first, study.last + 1))
    low = max(study.start, study.first - _BEFORE)
    shown = values[low - study.start :]
    least = min(shown.min().item(), reach.min().item())
    most = max(shown.max().item(), reach.max().item())
    room = 0.08 * (most - least) or 1.0
    bottom = _HEIGHT - _BOTTOM

    def at(t: float, y: float) -> str:
        x = _LEFT + (t - low) / (len(shown) - 1) * (_WIDTH - _LEFT - _RIGHT)
        high = (y - least + room) / (most - least + 2 * room)
        return f"{x:.1f} {min(max(bottom - high * (bottom - _TOP), _TOP), bottom):.1f}"

    def line(begin: int, numbers: Sequence[float] | torch.Tensor, style: str) -> str:
        points = " ".join(at(begin + k, float(y)) for k, y in enumerate(numbers))
        return f'<polyline points="{points}" fill="none" {style}/>'

    last = float(values[origin - 1 - study.start])
    edge = [at(origin - 1, last)]
    edge += [at(origin + k, float(y)) for k, y in enumerate(look.fan[:, 2])]
    edge += [at(origin + k, float(look.fan[k, 0])) for k in reversed(range(HORIZON))]
    network = "var(--rnnbook-gru)"
    x = at(origin - 1, least).split()[0]
    repeated = look.naive.tolist()
    begin = (origin, repeated) if study.season > 1 else (origin - 1, [last, *repeated])
    grey = 'stroke="currentColor" stroke-opacity="0.35" stroke-width="1.5"'
    parts = [
        f'<polygon points="{" ".join(edge)}" fill="{network}" fill-opacity="0.25"/>',
        line(origin - 1, shown[origin - 1 - low :], grey),
        line(low, shown[: origin - low], 'stroke="currentColor" stroke-width="1.5"'),
        line(*begin, 'stroke="var(--rnnbook-baseline)" stroke-width="2" stroke-dasharray="6 4"'),
        line(origin - 1, [last, *look.fan[:, 1]], f'stroke="{network}" stroke-width="2"'),
        f'<path d="M{x} {_TOP}V{bottom}" stroke="var(--rnnbook-accent)" stroke-width="2"/>',
        f'<path d="M{_LEFT} {bottom}H{_WIDTH - _RIGHT}" stroke="currentColor"/>',
        f'<text x="{float(x) - 8}" y="14" text-anchor="end">known</text>',
        f'<text x="{float(x) + 8}" y="14">next {HORIZON}</text>',
        f'<text x="{_LEFT}" y="{_HEIGHT - 6}">{low:,}</text>',
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 6}" text-anchor="end">'
        f"{low + len(shown) - 1:,}</text>",
    ]
    for y in (least, most):
        height = at(low, y).split()[1]
        parts.append(f'<text x="{_LEFT - 6}" y="{height}" text-anchor="end">{y:.4g}</text>')
    words = (
        f"{study.name}: {origin:,} values known, and for the next {HORIZON} the network's fan, the "
        f"{naive} and what came"
    )
    return (
        f'<svg class="rnnbook-chart rnnbook-forecast-still" role="img" '
        f'aria-label="{escape(words)}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(parts)}</svg>'
    )
