"""Exercise: what the direct path of an LSTM's cell state keeps, lag by lag."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


@dataclass(frozen=True, kw_only=True)
class GateExercise(Exercise):
    """Draws arguments that are sigmoids' outputs: numbers between 0 and 1."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw every argument uniform in (0, 1)."""
        return [tuple((1 + t) / 2 for t in call) for call in super().draw(generator)]


def kept(f: Tensor) -> Tensor:
    """``∂c_T/∂c_{T−lag}`` along the cell state alone, for lags 0 … T − 1, shape (T, H).

    Args:
        f: the forget gates f_1 … f_T, shape (T, H).
    """
    # lag 0: no gate; lag 1: f_T; lag 2: f_T f_{T-1}; …
    return torch.cat([torch.ones_like(f[:1]), f.flip(0)[:-1]]).cumprod(dim=0)


def _lags(f: Tensor) -> Tensor:
    return torch.arange(len(f), dtype=f.dtype).unsqueeze(-1)


def _with_ones(rows: Tensor) -> Tensor:
    return torch.cat([torch.ones_like(rows[:1]), rows[:-1]])


MISTAKES = (
    Mistake(
        "one-gate-too-many",
        "every product has one gate too many. From c_T to c_T itself there is no step, so "
        "kept[0] is 1; f_T is the step from c_{T-1}.",
        lambda f: f.flip(0).cumprod(dim=0),
    ),
    Mistake(
        "from-the-front",
        "these are products of the first gates, from c_0 on. A gradient of c_T meets the last "
        "gate first.",
        lambda f: _with_ones(f).cumprod(dim=0),
    ),
    Mistake(
        "running-product",
        "this is the running product from f_1 on: what has become of c_0. Asked is what c_T "
        "has of each earlier c: the products end at f_T.",
        lambda f: f.cumprod(dim=0),
    ),
    Mistake(
        "longest-lag-first",
        "the products are right, but the longest lag stands first. kept[0] is for lag 0.",
        lambda f: kept(f).flip(0),
    ),
    Mistake(
        "running-product-turned",
        "these products begin with f_1 and lose a gate at each lag: they are what each c has of "
        "c_0. Asked is what c_T has of each earlier c: the products end at f_T.",
        lambda f: f.cumprod(dim=0).flip(0),
    ),
    Mistake(
        "last-gate-left-out",
        "f_T is in no product. It is the step from c_{T-1} to c_T, so kept[1] is f_T and every "
        "longer lag has it too.",
        lambda f: torch.cat([torch.ones_like(f[:1]), f.flip(0)[1:]]).cumprod(dim=0),
    ),
    Mistake(
        "minus-zero",
        "kept[0] is the product of all gates, and all else is right. In Python f[-0:] is the "
        "whole of f; count from the front, f[T - lag:].",
        lambda f: torch.stack([f[-lag:].prod(dim=0) for lag in range(len(f))]),
    ),
    Mistake(
        "lag-0-is-zero",
        "kept[0] is 0, and all else is right. Lag 0 asks how c_T depends on itself.",
        lambda f: torch.cat([torch.zeros_like(f[:1]), kept(f)[1:]]),
    ),
    Mistake(
        "every-gate-always",
        "every row is the product of all gates. Lag by lag one more gate comes in.",
        lambda f: f.prod(dim=0).expand_as(f).clone(),
    ),
    Mistake(
        "still-logarithms",
        "these are logarithms: sums of log f. What turns a sum of logarithms into a product?",
        lambda f: kept(f).log(),
    ),
    Mistake(
        "powers-of-the-last",
        "the last gate is used at every step. The gates are computed anew at each one.",
        lambda f: f[-1] ** _lags(f),
    ),
    Mistake(
        "powers-of-the-mean",
        "this is a power of the mean gate. One gate that closes empties the cell, and a mean "
        "does not notice; take the product.",
        lambda f: f.mean(dim=0) ** _lags(f),
    ),
    Mistake(
        "no-chain",
        "there is one gate for each lag. What has happened on the way there multiplies.",
        lambda f: _with_ones(f.flip(0)),
    ),
    Mistake(
        "added-up",
        "the gates are added up. The chain rule multiplies along a path; it adds over paths.",
        lambda f: _with_ones(f.flip(0)).cumsum(dim=0),
    ),
    Mistake(
        "forgets-for-keeps",
        "this multiplies 1 - f. In this book, as in torch, f = 1 keeps.",
        lambda f: kept(1 - f),
    ),
    Mistake(
        "squashed-twice",
        "a sigmoid is applied to f. These are gates already, between 0 and 1.",
        lambda f: kept(torch.sigmoid(f)),
    ),
    Mistake(
        "across-units",
        "the product runs over the units. Each unit has a cell state and a path of its own; "
        "which axis is time?",
        lambda f: f.cumprod(dim=1),
    ),
)

EXERCISE = GateExercise(
    name="direct-path",
    title="What the direct path keeps",
    takes={"f": "T H"},
    returns={"kept": "T H"},
    reference=kept,
    mistakes=MISTAKES,
)
