"""The recogniser: recordings of spoken digits are read by a network that was trained by CTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar

import torch
import traitlets

from rnncourse.experiments.sounds import unspell
from rnncourse.figures._recogniser import (
    BLANK,
    MIDDLE,
    RATE,
    STACKED,
    STEP,
    SYMBOLS,
    WINDOW,
    Reading,
    opened,
    read,
    reading,
    with_noise,
)
from rnncourse.figures.base import Figure

LEAST_NOISE = 40  # dB that speech is louder
_WIDTH, _LEFT, _TOP, _CURVES = 640, 20, 38, 110  # of the still picture, in pixels
_FAINT = 0.02  # a probability that need not be drawn


class Recogniser(Figure):
    """A recording of spoken digits, and the probability of each digit and a blank over time.

    The reader sees where digits are said and where they are recognised, step by step; plays the
    recording, and sees the text come; puts noise over it or turns it backwards; and records digits
    of their own, where the browser has a microphone. Nothing leaves the page::

        content = shipped()
        Recogniser(content["network"], content["statistics"], content["recordings"])

    Features are those of `rnnbook.data.log_mel`, four frames a step of 40 ms, each band brought to
    mean 0 and deviation 1. The symbols are a blank and ten digits. Speech is expected at a root
    mean square of 0.05, and the noise is measured by that.

    Args:
        network: a trained `torch.nn.GRU` of one layer in both directions, ``gru``, and a
            `torch.nn.Linear` to 11 symbols, ``readout``: its ``H``, and its ``parameters``, as
            `rnncourse.experiments.packing.pack_all` gives them.
        statistics: ``mean`` and ``deviation`` of each band.
        recordings: what is read, at least one: each a dict of ``samples``, 8,000 a second, as
            `rnncourse.experiments.sounds.spell` gives them; ``digits``, and the samples that each
            of them ``begins`` at and ``ends`` before; and a ``speaker``.
        recording: which of them is shown, from 0.
        noise: how many decibels speech is louder than the white noise over it, 0 to 40.
        backwards: whether the recording is turned.
        trained_on: whose voices the network knows, as in “a synthesiser’s voices”; who wants to
            record themselves is told.
        question: what the reader is asked to find out.

    Raises:
        traitlets.TraitError: if one of them is none of those, here or when a trait is set later.

    Attributes:
        network: as it was given; of each parameter ``levels``, the rows of
            `rnncourse.experiments.packing` in one line, and ``scales``, one a row.
    """

    name: ClassVar[str] = "recogniser"

    network: Any = traitlets.Dict().tag(sync=True)
    statistics: Any = traitlets.Dict().tag(sync=True)
    recordings: Any = traitlets.List(traitlets.Dict()).tag(sync=True)
    recording = traitlets.Int(0).tag(sync=True)
    noise = traitlets.Int(30).tag(sync=True)
    backwards = traitlets.Bool(False).tag(sync=True)
    trained_on = traitlets.Unicode().tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        network: Mapping[str, Any],
        statistics: Mapping[str, Sequence[float]],
        recordings: Sequence[Mapping[str, Any]],
        *,
        recording: int = 0,
        noise: int = 30,
        backwards: bool = False,
        trained_on: str = "",
        question: str = "When does the network say a digit, and what does it say in between?",
    ) -> None:
        self._fixed = _numbers(statistics)
        self._network, packed = opened(network, len(self._fixed[0]))
        self._sounds = [_checked(k, one) for k, one in enumerate(recordings)]
        if not self._sounds:
            raise traitlets.TraitError("recordings must hold one at least, got none")
        super().__init__(
            network=packed,
            statistics={name: list(statistics[name]) for name in ("mean", "deviation")},
            recordings=[
                {**one, **{name: list(one[name]) for name in ("digits", "begins", "ends")}}
                for one in recordings
            ],
            recording=recording,
            noise=noise,
            backwards=backwards,
            trained_on=trained_on,
            question=question,
        )

    @traitlets.validate("recording")
    def _check_recording(self, proposal: Any) -> int:
        return _between("recording", proposal["value"], len(self._sounds) - 1)

    @traitlets.validate("noise")
    def _check_noise(self, proposal: Any) -> int:
        return _between("noise", proposal["value"], LEAST_NOISE)

    def reading(
        self,
        recording: int | None = None,
        *,
        noise: int | None = None,
        backwards: bool | None = None,
    ) -> Reading:
        """What is recognised, in double precision, with the weights as the page has them.

        Args:
            recording: which one; the figure's own if not given, and so are the others.
            noise: decibels that speech is louder.
            backwards: whether it is turned.
        """
        which = self.recording if recording is None else recording
        turned = self.backwards if backwards is None else backwards
        samples, said = self._sounds[which]
        heard = with_noise(
            samples.flip(0) if turned else samples, self.noise if noise is None else noise
        )
        return reading(heard, read(self._network, heard, *self._fixed), said, turned)

    def still(self) -> str:
        """The curves of a recording over its digits, the path, and what it collapses to."""
        made = self.reading()
        path = "".join(f"<span>{_symbol(k)}</span>" for k in made.path)
        text = " ".join(map(str, made.digits)) or "nothing"
        return (
            f"{_picture(made)}"
            "<p>The probability of each digit (coloured) and of the blank (grey, dashed) at each "
            "step of 40 ms; bands: where the digits are said. The likeliest symbols:</p>"
            f'<p class="rnnbook-recogniser-path">{path}</p>'
            f'<p class="rnnbook-recogniser-text">Collapsed: <b>{text}</b></p>'
        )


def _picture(made: Reading) -> str:
    scale = (_WIDTH - _LEFT - 5) / len(made.samples)
    bottom = _TOP + _CURVES

    def x(sample: float) -> str:
        return f"{_LEFT + scale * sample:.1f}"

    parts = []
    for digit, begin, end in made.said:
        parts.append(
            f'<rect x="{x(begin)}" y="16" width="{scale * (end - begin):.1f}" '
            f'height="{bottom - 16}" fill="currentColor" fill-opacity="0.1"/>'
            f'<text x="{x((begin + end) / 2)}" y="12" text-anchor="middle">“{digit}”</text>'
        )
    for p in (0, 1):
        y = bottom - p * _CURVES
        parts.append(
            f'<path d="M{_LEFT} {y}H{_WIDTH - 5}" stroke="currentColor" stroke-opacity="0.3"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{p}</text>'
        )
    for k in range(SYMBOLS):
        values = made.p[:, k].tolist()
        if max(values) > _FAINT:
            points = " ".join(
                f"{x(STEP * t + MIDDLE)} {bottom - p * _CURVES:.1f}" for t, p in enumerate(values)
            )
            look = (
                'stroke="var(--rnnbook-baseline)" stroke-width="1.5" stroke-dasharray="4 3"'
                if k == BLANK
                else 'stroke="var(--rnnbook-accent)" stroke-width="2"'
            )
            parts.append(f'<polyline points="{points}" fill="none" {look}/>')
    for t, k in enumerate(made.path):
        if k != BLANK and made.p[t, k] == _peak(made, t):
            above = bottom - float(made.p[t, k]) * _CURVES - 4
            parts.append(
                f'<text x="{x(STEP * t + MIDDLE)}" y="{above:.1f}" text-anchor="middle" '
                f'font-weight="700" style="fill: var(--rnnbook-accent)">{k - 1}</text>'
            )
    said = " ".join(str(digit) for digit, _, _ in made.said)
    seconds = len(made.samples) / RATE
    words = (
        f"The probability of each digit and of the blank over {seconds:.1f} seconds, in which "
        f"{said} is said"
    )
    return (
        f'<svg class="rnnbook-chart rnnbook-recogniser-still" role="img" '
        f'aria-label="{escape(words)}" width="{_WIDTH}" height="{bottom + 6}" '
        f'viewBox="0 0 {_WIDTH} {bottom + 6}">{"".join(parts)}</svg>'
    )


def _peak(made: Reading, t: int) -> float:
    """How likely the symbol of step t is at the best of the neighbours that say the same."""
    first, last = t, t
    while first and made.path[first - 1] == made.path[t]:
        first -= 1
    while last + 1 < len(made.path) and made.path[last + 1] == made.path[t]:
        last += 1
    return float(made.p[first : last + 1, made.path[t]].max())


def _symbol(k: int) -> str:
    return "–" if k == BLANK else str(k - 1)


def _numbers(statistics: object) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and deviation of each band, in double precision."""
    try:
        mean, deviation = (
            torch.tensor(list(statistics[name])).double()  # type: ignore[index]
            for name in ("mean", "deviation")
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise traitlets.TraitError(
            f"statistics must be a dict of mean and deviation, lists of numbers: {wrong}"
        ) from wrong
    if not len(mean) or mean.shape != deviation.shape or not (deviation > 0).all():
        raise traitlets.TraitError(
            "statistics must have a mean and a deviation above 0 of each band, got "
            f"{len(mean)} means and {len(deviation)} deviations"
        )
    return mean, deviation


def _checked(k: int, one: object) -> tuple[torch.Tensor, list[tuple[int, int, int]]]:
    """A recording's samples, and its digits with where they begin and end."""
    least = WINDOW + (STEP - STEP // STACKED)  # a step
    try:
        samples = unspell(one["samples"])  # type: ignore[index]
        said = list(
            zip(one["digits"], one["begins"], one["ends"], strict=True)  # type: ignore[index]
        )
        str(one["speaker"])  # type: ignore[index]
    except (KeyError, TypeError, ValueError) as wrong:
        raise traitlets.TraitError(
            f"recordings must be dicts of samples, digits, begins, ends and speaker; of number {k}:"
            f" {wrong}"
        ) from wrong
    if len(samples) < least:
        raise traitlets.TraitError(
            f"samples of recording {k} must be {least} at least, a step, got {len(samples)}"
        )
    marks = [mark for _, *pair in said for mark in pair]
    fit = marks == sorted(marks) and all(0 <= mark <= len(samples) for mark in marks)
    if not fit or any(digit not in range(10) for digit, _, _ in said):
        raise traitlets.TraitError(
            f"digits of recording {k} must be 0 to 9, one after the other within {len(samples)} "
            f"samples, got {said}"
        )
    return samples, said


def _between(name: str, value: int, most: int) -> int:
    if not 0 <= value <= most:
        raise traitlets.TraitError(f"{name} must be 0 to {most}, got {value!r}")
    return value
