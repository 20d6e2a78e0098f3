"""The forecasters that chapter 17's figure carries: four series, a small GRU for each.

A GRU reads a window of values and a linear layer forecasts the quantiles 0.1, 0.5 and 0.9 of the
next 24. It is trained on the values before `Kind.tested` alone, the last seventh of which decide
when it was best; scaled by them; and small, so that a page stays light. Its weights are rounded as
`rnncourse.experiments.packing` says. ``forecasters.json`` holds ``series``: what
`rnncourse.figures.Forecast` is made of. To train them anew and replace the file, in a minute and a
half:

    python -m rnncourse.lessons.ch17.forecasters
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from math import cos, pi
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn

from rnnbook.training import fit
from rnncourse.experiments.files import write_atomically
from rnncourse.experiments.packing import pack_all
from rnncourse.lessons.ch17.series import co2_monthly, cue_response, random_walk, seasonal

SHIPPED = Path(__file__).with_name("forecasters.json")
HORIZON, QUANTILES = 24, (0.1, 0.5, 0.9)
BATCH, RATE, SEED, SERIES_SEED = 32, 1e-2, 0, 17
HELD_OUT = 1 / 7
"""What part of the values to train with decides when a network was best."""
_SIGNIFICANT = 6


class Kind(NamedTuple):
    """One of the series, and how its network is trained.

    Attributes:
        name: as the figure's list has it.
        make: all its values.
        tested: how many of the last values the network never saw.
        season: steps; 1 for none.
        begin: the origin that the figure begins with, so many values after the first.
        digits: decimals that its values are rounded to.
        step: what the axis of time says.
        unit: what the other axis says.
        why: who wins, and why, in a sentence.
        H: units.
        window: how many values the network reads.
        skip: of these, from how many on a forecast is asked for while it learns.
        centred: whether values are taken from their mean, and not from the window's first.
        updates: how many.
        squares: how much the squared error of the next value's median adds to the loss. What comes
            seldom, and is large, is learned by it and not by quantiles alone.
    """

    name: str
    make: Callable[[], Tensor]
    tested: int
    season: int
    begin: int
    digits: int
    step: str
    unit: str
    why: str
    H: int = 16
    window: int = 64
    skip: int = 48
    centred: bool = False
    updates: int = 400
    squares: float = 0.0


def _drawn(make: Callable[[int, Generator], Tensor], count: int) -> Callable[[], Tensor]:
    return lambda: make(count, Generator().manual_seed(SERIES_SEED))


KINDS = (
    Kind(
        "Random walk",
        _drawn(random_walk, 3168),
        tested=168,
        season=1,
        begin=76,
        digits=2,
        step="step",
        unit="",
        why="Its next step is drawn anew, so nothing can beat the last value.",
        updates=300,
    ),
    Kind(
        "Seasonal",
        _drawn(seasonal, 600),
        tested=120,
        season=12,
        begin=48,
        digits=2,
        step="step",
        unit="",
        why="It is last season and noise: the network must learn what the other is told.",
        H=24,
        updates=800,
    ),
    Kind(
        "Cue and response",
        _drawn(cue_response, 20_240),
        tested=240,
        season=1,
        begin=106,
        digits=2,
        step="step",
        unit="",
        why="The naive one repeats noise; the network leaves it out, and after a bell it knows "
        "which response is due.",
        H=24,
        window=128,
        skip=40,
        centred=True,
        updates=1500,
        squares=1.0,
    ),
    Kind(
        "Carbon dioxide, monthly",
        co2_monthly,
        tested=168,
        season=12,
        begin=60,
        digits=2,
        step="months since March 1958",
        unit="ppm",
        why="The naive forecast has the season but not the rise; the network has both.",
        updates=500,
    ),
)


class QuantileNetwork(nn.Module):
    """A GRU over a window, and the quantiles of the next 24 values after each step of it.

    Args:
        hidden_size: units.
    """

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.gru = nn.GRU(1, hidden_size)
        self.readout = nn.Linear(hidden_size, HORIZON * len(QUANTILES))

    def forward(self, x: Tensor, skip: int = 0) -> Tensor:
        """Quantiles (T − skip, B, 24, 3) after each of the steps (T, B, 1) from ``skip`` on."""
        return self.readout(self.gru(x)[0][skip:]).unflatten(-1, (HORIZON, len(QUANTILES)))


class Windows(NamedTuple):
    """Windows as the network reads them, and what is to be forecast.

    Attributes:
        x: scaled values, shape (T, B, 1).
        due: the next values, scaled, after each step that counts, (T − skip, B, 24).
    """

    x: Tensor
    due: Tensor


@cache
def shipped() -> dict[str, Any]:
    """What the file holds: `rnncourse.figures.Forecast` is made of its ``series``."""
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def scale(kind: Kind, known: Tensor) -> tuple[float, float | None]:
    """What values are divided by, and what is taken away first: None for a window's first value."""
    if kind.centred:
        return _short(known.std()), _short(known.mean())
    windows = known.unfold(0, kind.window, 1)
    return _short((windows - windows[:, :1]).std()), None


def cut(kind: Kind, values: Tensor, starts: Tensor, scale: float, centre: float | None) -> Windows:
    """Windows of values (T) that begin at each of the starts (B)."""
    read = values[starts[:, None] + torch.arange(kind.window)]
    ends = starts[:, None] + torch.arange(kind.skip, kind.window)
    due = values[ends[..., None] + 1 + torch.arange(HORIZON)]
    base = read[:, :1] if centre is None else centre
    onto = read[:, kind.skip :, None] if centre is None else centre
    return Windows(((read - base) / scale).T[..., None], ((due - onto) / scale).transpose(0, 1))


def quantile_loss(forecast: Tensor, due: Tensor) -> Tensor:
    """The mean quantile loss (Koenker & Bassett 1978) of forecasts (…, 3) of what is due (…)."""
    error = due[..., None] - forecast
    q = torch.tensor(QUANTILES)
    return torch.maximum(q * error, (q - 1) * error).mean()


def learn(kind: Kind, known: Tensor, updates: int | None = None, seed: int = SEED) -> nn.Module:
    """Train a network on windows of the values (T) before the tested ones."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = QuantileNetwork(kind.H)
    fixed = scale(kind, known)
    most = len(known) - HORIZON - kind.window  # the last start
    held = most - int(HELD_OUT * len(known))
    later = torch.arange(held + HORIZON, most + 1)
    held_out = cut(kind, known, later[:: max(1, len(later) // 100)], *fixed)
    of = updates or kind.updates

    def loss(model: nn.Module, windows: Windows) -> Tensor:
        forecast = model(windows.x, kind.skip)
        squares = (windows.due[..., 0] - forecast[..., 0, 1]).square().mean()
        return quantile_loss(forecast, windows.due) + kind.squares * squares

    def optimizer(parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        adam = torch.optim.Adam(parameters, lr=RATE)
        falling = torch.optim.lr_scheduler.LambdaLR(
            adam, lambda n: (1 + cos(pi * min(n / of, 1))) / 2
        )
        adam.register_step_post_hook(lambda *_: falling.step())
        return adam

    fit(
        model,
        lambda generator: cut(
            kind, known, torch.randint(0, held + 1, (BATCH,), generator=generator), *fixed
        ),
        loss,
        steps=of,
        optimizer=optimizer,
        validate=lambda model: loss(model, held_out).item(),
        every=50,
        patience=of,
        seed=seed,
        progress=False,
    )
    return model


def described(kind: Kind, updates: int | None = None) -> dict[str, Any]:
    """One of the series, with a network trained on it, as the file has it."""
    values = kind.make().double()
    first = len(values) - kind.tested
    known = values[:first]
    model = learn(kind, known.float(), updates)
    by, centre = scale(kind, known.float())
    start = first - max(kind.window, HORIZON)
    error = (known[kind.season :] - known[: -kind.season]).abs().mean()
    network = {"H": kind.H, "window": kind.window, "scale": by, "parameters": pack_all(model)}
    return {
        "name": kind.name,
        "start": start,
        "values": [round(y, kind.digits) for y in values[start:].tolist()],
        "first": first,
        "origin": first + kind.begin,
        "season": kind.season,
        "error": _short(error),
        "step": kind.step,
        "unit": kind.unit,
        "why": kind.why,
        "network": network if centre is None else {**network, "centre": centre},
    }


def renew() -> None:
    """Train all, round their weights, and write them down."""
    content = {"series": [described(kind) for kind in KINDS]}
    write_atomically(SHIPPED, json.dumps(content, separators=(",", ":")) + "\n")


def _short(number: Tensor) -> float:
    return float(f"{number.item():.{_SIGNIFICANT}g}")


if __name__ == "__main__":
    renew()
