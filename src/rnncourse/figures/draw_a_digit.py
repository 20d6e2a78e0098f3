"""Draw a digit: a GRU reads it a row a step, and says after every row what it would answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import traitlets
from torch import Tensor

from rnncourse.figures import _digits
from rnncourse.figures._digits import CLASSES, INK, ORDERS, SIDE, checked_pixels, opened
from rnncourse.figures.base import Figure

_WIDTH, _CELL, _TOP, _PICTURE, _MAP, _STEPS = 600, 28, 24, 30, 268, 8  # of the still, in pixels
_FAINT = 0.005  # a probability that need not be drawn


class DrawADigit(Figure):
    """A digit of 8 × 8 pixels, and beside each of its rows what a network says once it is read.

    The reader draws a digit, or changes pixels by keyboard; the picture as the network reads it
    and the answers after every row follow at once. They read row by row, and try other orders of
    the rows, which the network was not trained for. Nothing leaves the page::

        DrawADigit(**shipped())

    Args:
        network: a trained `torch.nn.GRU` over 8 numbers, ``layer``, and a `torch.nn.Linear` to 10
            digits, ``readout``, after every step: its ``H``, and its ``parameters``, as
            `rnncourse.experiments.packing.pack_all` gives them. It reads pixels over 16.
        examples: pictures to choose from, at least one: each a dict of ``pixels``, 64 whole
            numbers from 0 to 16, row after row, and, if it is known, the ``label``.
        chosen: which of them is shown, from 0.
        row: after how many rows the network's answer is shown, 1 to 8.
        order: in which order the rows are read: ``"down"``, as it was trained; ``"up"``, from the
            bottom; or ``"shuffled"``.
        question: what the reader is asked to find out.

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.

    Attributes:
        network: as it was given; of each parameter ``levels``, the rows of
            `rnncourse.experiments.packing` in one line, and ``scales``, one a row.
    """

    name: ClassVar[str] = "draw_a_digit"

    network: Any = traitlets.Dict().tag(sync=True)
    examples: Any = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    row = traitlets.Int(SIDE).tag(sync=True)
    order = traitlets.Unicode("down").tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        network: Mapping[str, Any],
        examples: Sequence[Mapping[str, Any]],
        *,
        chosen: int = 0,
        row: int = SIDE,
        order: str = "down",
        question: str = "Draw a digit: after which row does the network know it?",
    ) -> None:
        self._model, packed = opened(network)
        pictures = [_checked(k, one) for k, one in enumerate(examples)]
        if not pictures:
            raise traitlets.TraitError("examples must hold one at least, got none")
        self._count = len(pictures)
        super().__init__(
            network=packed,
            examples=pictures,
            chosen=chosen,
            row=row,
            order=order,
            question=question,
        )

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: Any) -> int:
        return _between("chosen", proposal["value"], 0, self._count - 1)

    @traitlets.validate("row")
    def _check_row(self, proposal: Any) -> int:
        return _between("row", proposal["value"], 1, SIDE)

    @traitlets.validate("order")
    def _check_order(self, proposal: Any) -> str:
        if proposal["value"] not in ORDERS:
            some = ", ".join(map(repr, ORDERS))
            raise traitlets.TraitError(f"order must be one of {some}, got {proposal['value']!r}")
        return proposal["value"]

    @staticmethod
    def pixels_of(strokes: _digits.Strokes) -> list[int]:
        """A drawing as 64 numbers from 0 to 16, row after row: what the page makes of it.

        It follows how the set's own pictures were made, but of lines in place of ink. The drawing
        is fitted into 20 × 32 dots of a bitmap of 32 × 32, whatever its shape (but neither
        direction is stretched more than 2.5 times as much as the other), and drawn there with a
        round pen, by a dot wider where there is little ink and narrower where there is much. It
        is set upright: rows are shifted, so that the left edge near the top is above that near the
        bottom (Garris et al. 1994). A pixel is how many of its 4 × 4 dots have ink (Alpaydin &
        Kaynak 1998).

        Args:
            strokes: lists of points (x, y) in 0 to 1, from the left and from the top.

        Raises:
            ValueError: if they are none.
        """
        return _digits.pixels_of(strokes)

    def read(self, pixels: Any, *, order: str | None = None) -> Tensor:
        """What the network says after each row, in double precision, weights as the page has them.

        Args:
            pixels: 64 whole numbers from 0 to 16, row after row, flat or (8, 8).
            order: of the rows; the figure's own if not given.

        Returns:
            The probability of each digit after each row that is read, (8, 10).

        Raises:
            ValueError: if the pixels are none, or there is no such order.
        """
        wanted = self.order if order is None else order
        if wanted not in ORDERS:
            raise ValueError(f"order must be one of {', '.join(ORDERS)}, got {wanted!r}")
        return _digits.read(self._model, checked_pixels(pixels), wanted)

    def still(self) -> str:
        """The rows of the picture, and beside each what the network says once it is read."""
        example = self.examples[self.chosen]
        p = self.read(example["pixels"])[: self.row]
        digit, sure = int(p[-1].argmax()), float(p[-1].max())
        there = f" The digit is a {example['label']}." if "label" in example else ""
        return (
            f"{_picture(example['pixels'], p, ORDERS[self.order])}"
            f"<p>Left, a digit of {SIDE} × {SIDE} pixels, a row of which is read at each step; "
            "right, how likely each digit is once that row is read, with the likeliest of each row "
            f"framed. After {self.row} of {SIDE} rows it says {digit}, {_percent(sure)}.{there}</p>"
        )


def _picture(pixels: Sequence[int], p: Tensor, order: Sequence[int]) -> str:
    parts = [
        f'<text x="{_MAP + _CELL * (k + 0.5):g}" y="16" text-anchor="middle">{k}</text>'
        for k in range(CLASSES)
    ]
    for step, y in enumerate(order):
        top = _TOP + _CELL * y
        faint = "" if step < len(p) else ' opacity="0.3"'
        row = "".join(
            f'<rect x="{_PICTURE + _CELL * x}" y="{top}" width="{_CELL}" height="{_CELL}" '
            f'fill="currentColor" fill-opacity="{ink / INK:.3g}"/>'
            for x, ink in enumerate(pixels[SIDE * y : SIDE * (y + 1)])
            if ink
        )
        parts.append(f"<g{faint}>{row}</g>")
        middle = top + _CELL / 2 + 4
        parts.append(f'<text x="{_STEPS}" y="{middle:g}">{step + 1}</text>')
        if step < len(p):
            parts.append(_answers(p[step].tolist(), top))
    frames = "".join(
        f'<rect x="{x}" y="{_TOP}" width="{_CELL * n}" height="{_CELL * SIDE}"/>'
        for x, n in ((_PICTURE, SIDE), (_MAP, CLASSES))
    )
    parts.append(f'<g fill="none" stroke="currentColor" stroke-opacity="0.4">{frames}</g>')
    said = ", ".join(str(int(row.argmax())) for row in p)
    words = f"A digit row by row, and the likeliest digit after each of {len(p)} rows: {said}"
    height = _TOP + _CELL * SIDE + 4
    return (
        f'<svg class="rnnbook-chart rnnbook-digit-still" role="img" aria-label="{words}" '
        f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}">{"".join(parts)}</svg>'
    )


def _answers(p: Sequence[float], top: float) -> str:
    """A row of the map: shades, a frame around the likeliest, and how likely it is."""
    best = p.index(max(p))
    cells = "".join(
        f'<rect x="{_MAP + _CELL * k}" y="{top}" width="{_CELL}" height="{_CELL}" '
        f'fill-opacity="{one:.3f}"/>'
        for k, one in enumerate(p)
        if one > _FAINT
    )
    frame = (
        f'<rect x="{_MAP + _CELL * best + 1}" y="{top + 1}" width="{_CELL - 2}" '
        f'height="{_CELL - 2}" fill="none" stroke="currentColor" stroke-width="2"/>'
    )
    at = f'x="{_WIDTH}" y="{top + _CELL / 2 + 4:g}" text-anchor="end"'
    words = f"<text {at}>{_percent(p[best])}</text>"
    return f'<g fill="var(--rnnbook-gru)">{cells}</g>{frame}{words}'


def _percent(p: float) -> str:
    """In whole per cents, as HTML; never 100, since nothing is so certain."""
    return "&gt;\u00a099\u00a0%" if p >= 0.995 else f"{100 * p:.0f}\u00a0%"


def _checked(k: int, one: object) -> dict[str, Any]:
    """An example as the trait has it."""
    if not isinstance(one, Mapping) or "pixels" not in one:
        raise traitlets.TraitError(f"examples must be dicts with pixels, got {one!r} as number {k}")
    try:
        picture: dict[str, Any] = {"pixels": checked_pixels(one["pixels"])}
    except ValueError as wrong:
        raise traitlets.TraitError(f"example number {k}: {wrong}") from wrong
    label = one.get("label")
    if label is None:
        return picture
    if label not in range(CLASSES):
        raise traitlets.TraitError(f"label of example {k} must be 0 to 9, got {label!r}")
    return {**picture, "label": int(label)}


def _between(name: str, value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise traitlets.TraitError(f"{name} must be {least} to {most}, got {value!r}")
    return value
