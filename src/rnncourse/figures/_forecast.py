"""A trained forecaster as a figure is given it, and what it forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
import traitlets
from torch import Tensor, nn

from rnncourse.experiments.packing import unpack_all
from rnncourse.figures._reader import in_one_line

HORIZON = 24  # steps that are forecast
QUANTILES = (0.1, 0.5, 0.9)


class Look(NamedTuple):
    """What is forecast from an origin, and what came.

    Attributes:
        fan: quantiles of each of the next values, shape (``HORIZON``, 3), lowest first.
        naive: the last season again and again, shape (``HORIZON``).
        came: what came, shape (``HORIZON``).
    """

    fan: Tensor
    naive: Tensor
    came: Tensor


class Scores(NamedTuple):
    """Over all origins that are tested, and all steps ahead.

    Attributes:
        origins: how many.
        own: the network's mean absolute error, scaled.
        naive: the seasonal naive forecast's.
        inside: how often what came lay inside the fan.
    """

    origins: int
    own: float
    naive: float
    inside: float


class Study:
    """A series and the network that forecasts it, in double precision, from a dict as given.

    Attributes:
        name: of the series.
        start: how many values come before the first that is here.
        values: shape (T).
        first: the first origin that is tested; an origin is how many values are known.
        last: the last one, after which all of the next values are here.
        origin: where the figure begins.
        season: steps.
        error: what errors are divided by.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.name, self.start = str(given["name"]), int(given["start"])
        self.values = torch.tensor(given["values"], dtype=torch.float64)
        self.first, self.origin = int(given["first"]), int(given["origin"])
        self.season, self.error = int(given["season"]), float(given["error"])
        network = given["network"]
        self.window, self.scale = int(network["window"]), float(network["scale"])
        self.centre = network.get("centre")
        with torch.random.fork_rng(devices=[]):
            parts = {
                "gru": nn.GRU(1, network["H"]),
                "readout": nn.Linear(network["H"], HORIZON * len(QUANTILES)),
            }
            model = nn.ModuleDict(parts).double()
        self.model = unpack_all(model, network["parameters"])
        self.last = self.start + len(self.values) - HORIZON
        self._check()

    def _check(self) -> None:
        if not self.values.isfinite().all() or not self.error > 0 or not self.scale > 0:
            raise ValueError("values must be finite, and error and scale of the network above 0")
        if not 1 <= self.season <= self.first - self.start:
            raise ValueError(f"season must be 1 to {self.first - self.start}, got {self.season}")
        if not self.start + self.window <= self.first <= self.last:
            raise ValueError(
                f"first must be {self.start + self.window} to {self.last}, after a window and with "
                f"{HORIZON} values after it, got {self.first}"
            )
        if not self.first <= self.origin <= self.last:
            raise ValueError(f"origin must be {self.first} to {self.last}, got {self.origin}")

    @torch.no_grad()
    def fans(self, origins: Tensor) -> Tensor:
        """Quantiles of the values after each origin, shape (N, ``HORIZON``, 3), lowest first."""
        read = self.values[origins[:, None] - self.start + torch.arange(-self.window, 0)]
        base = read[:, :1] if self.centre is None else self.centre
        x = ((read - base) / self.scale).T[..., None]
        y = self.model["readout"](self.model["gru"](x)[0][-1])
        onto = read[:, -1:, None] if self.centre is None else self.centre
        return (onto + self.scale * y.view(-1, HORIZON, len(QUANTILES))).sort(dim=2).values

    def naive(self, origins: Tensor) -> Tensor:
        """The last season before each origin, again and again, shape (N, ``HORIZON``)."""
        steps = torch.arange(HORIZON) % self.season - self.season
        return self.values[origins[:, None] - self.start + steps]

    def came(self, origins: Tensor) -> Tensor:
        """What came after each origin, shape (N, ``HORIZON``)."""
        return self.values[origins[:, None] - self.start + torch.arange(HORIZON)]

    def look(self, origin: int) -> Look:
        """What is forecast from an origin."""
        one = torch.tensor([origin])
        return Look(self.fans(one)[0], self.naive(one)[0], self.came(one)[0])

    def scores(self) -> Scores:
        """How good the forecasts are."""
        origins = torch.arange(self.first, self.last + 1)
        fans, came = self.fans(origins), self.came(origins)
        inside = (came >= fans[..., 0]) & (came <= fans[..., 2])
        errors = [(f - came).abs().mean() / self.error for f in (fans[..., 1], self.naive(origins))]
        own, naive = (float(error) for error in errors)
        return Scores(len(origins), own, naive, inside.double().mean().item())


def opened(k: int, given: object) -> tuple[Study, dict[str, Any]]:
    """Series number k that a figure was given: what it forecasts, and the trait for the page.

    Raises:
        traitlets.TraitError: if something of it is missing or does not fit.
    """
    if not isinstance(given, Mapping):
        raise traitlets.TraitError(f"series must be dicts, got {given!r} as number {k}")
    try:
        study = Study(given)
        return study, {**given, "network": in_one_line(given["network"])}
    except KeyError as missing:
        raise traitlets.TraitError(f"series number {k} must have {missing}, got none") from missing
    except (TypeError, ValueError, RuntimeError) as wrong:
        raise traitlets.TraitError(f"series number {k}: {wrong}") from wrong
