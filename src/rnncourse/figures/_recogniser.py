"""A trained recogniser as a figure is given it, and what it makes of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import cos, log, pi, sin, sqrt
from typing import Any, NamedTuple

import torch
import traitlets
from torch import Tensor, nn

from rnnbook.data import log_mel, stack
from rnnbook.models.ctc import collapse
from rnncourse.experiments.packing import unpack_all
from rnncourse.figures._reader import in_one_line
from rnncourse.figures._sampler import Random

RATE = 8000  # samples a second
HOP, WINDOW, STACKED = 80, 200, 4  # a frame's hop and length, in samples; frames in a step
STEP = HOP * STACKED
MIDDLE = (HOP * (STACKED - 1) + WINDOW) // 2  # of a step, from its first sample on
BLANK, SYMBOLS = 0, 11  # the digit d is the symbol d + 1
_LEVEL = 0.05  # root mean square of what is said
_SEED = 19  # of the noise


class Reading(NamedTuple):
    """What a recording is recognised as.

    Attributes:
        samples: as they are heard, with noise, shape (T).
        p: the probability of the blank and of each digit at each step, (steps, ``SYMBOLS``).
        path: the likeliest symbol of each step.
        digits: what the path collapses to.
        said: each digit that is there, with the samples it begins at and ends before.
    """

    samples: Tensor
    p: Tensor
    path: list[int]
    digits: list[int]
    said: list[tuple[int, int, int]]


def opened(network: Mapping[str, Any], bands: int) -> tuple[nn.ModuleDict, dict[str, Any]]:
    """A network that a figure was given: in double precision, and as the trait for the page.

    Raises:
        traitlets.TraitError: if it is none that reads steps of so many bands.
    """
    if not isinstance(network, Mapping):
        raise traitlets.TraitError(f"network must be a dict, got {network!r}")
    try:
        H = network["H"]
        with torch.random.fork_rng(devices=[]):
            gru = nn.GRU(bands * STACKED, H, bidirectional=True)
            model = nn.ModuleDict({"gru": gru, "readout": nn.Linear(2 * H, SYMBOLS)}).double()
        return unpack_all(model, network["parameters"]), in_one_line(network)
    except KeyError as missing:
        raise traitlets.TraitError(f"network must have {missing}, got none") from missing
    except (TypeError, ValueError, RuntimeError) as wrong:
        raise traitlets.TraitError(
            f"network must be a GRU in both directions over {bands * STACKED} numbers and a linear "
            f"layer to {SYMBOLS} symbols, its parameters as pack_all gives them: {wrong}"
        ) from wrong


def with_noise(samples: Tensor, decibels: float) -> Tensor:
    """Samples (T) with white noise over them, so much softer than speech: the page's own noise."""
    amplitude = _LEVEL * 10 ** (-decibels / 20)
    return samples + amplitude * torch.tensor(_normals(len(samples))).double()


@torch.no_grad()
def read(model: nn.ModuleDict, samples: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """The probability of each symbol at each step, (steps, ``SYMBOLS``), of samples (T)."""
    frames = (log_mel(samples, RATE, bands=len(mean)) - mean) / deviation
    return model["readout"](model["gru"](stack(frames, STACKED))[0]).softmax(dim=1)


def reading(
    samples: Tensor, p: Tensor, said: list[tuple[int, int, int]], backwards: bool
) -> Reading:
    """What the probabilities say; where a recording is turned, so are the places of its digits."""
    if backwards:
        said = [(one, len(samples) - end, len(samples) - begin) for one, begin, end in said[::-1]]
    path = p.argmax(dim=1).tolist()
    return Reading(samples, p, path, [k - 1 for k in collapse(path, BLANK)], said)


@cache
def _normals(count: int) -> list[float]:
    """The page's standard normal numbers, by Box & Muller (1958)."""
    random, found = Random(_SEED), []
    for _ in range(-(-count // 2)):
        radius = sqrt(-2 * log(1 - random.uniform()))
        angle = 2 * pi * random.uniform()
        found += [radius * cos(angle), radius * sin(angle)]
    return found[:count]
