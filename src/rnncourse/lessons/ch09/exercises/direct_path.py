"""Exercise: what the direct path of an LSTM's cell state keeps, lag by lag."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class GateExercise(Exercise):
    """Draws arguments that are sigmoids' outputs: numbers between 0 and 1."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw every argument uniform in (0, 1)."""
        return [tuple((1 + t) / 2 for t in call) for call in super().draw(generator)]


def kept(f: Tensor) -> Tensor:
    """``∂c_T/∂c_{T−lag}`` along the cell state alone, for lags 0 … T − 1, ``(T, H) -> (T, H)``."""
    # lag 0: no gate; lag 1: f_T; lag 2: f_T f_{T-1}; …
    last_first = f.flip(0)
    ones = torch.ones_like(f[:1])
    factors = torch.cat([ones, last_first[:-1]])
    return factors.cumprod(dim=0)


FACTORS = "torch.cat([ones, last_first[:-1]])"
PRODUCTS = "factors.cumprod(dim=0)"
ACROSS = (
    "the product runs over the units. Each unit has a cell state and a path of its own; which "
    "axis is time?"
)

EXERCISE = GateExercise(
    name="direct-path",
    title="What the direct path keeps",
    level="write",
    minutes=10,
    starred=True,
    objective="09.1",
    hints=(
        "On the direct path a step from c_{t-1} to c_t contributes f_t, and factors along a path "
        "multiply. Which gates lie between c_{T-lag} and c_T?",
        "For lag 0 none, so the row is 1. For lag 1 it is f_T. Each further lag takes in one gate "
        "more, from the end of f towards its front.",
        "Turn f round, put a row of ones before it, leave off the row too many at the end, and "
        "take the running product over the first axis: cumprod makes it.",
    ),
    notice="f_1 is in none of the products: it is the step from c_0 to c_1, and the longest lag "
    "ends at c_1.",
    takes={"f": "T H"},
    returns={"kept": "T H"},
    reference=kept,
    places={"T": "lag {i}"},
    mistakes=(
        Mistake(
            "one-gate-too-many",
            "every product has one gate too many. From c_T to c_T itself there is no step, so "
            "kept[0] is 1; f_T is the step from c_{T-1}.",
            {FACTORS: "last_first"},
        ),
        Mistake(
            "one-row-too-many",
            "kept has T + 1 rows, one too many. The longest lag is T - 1; f_1, the step from c_0 "
            "to c_1, is in no product.",
            {"last_first[:-1]": "last_first"},
        ),
        Mistake(
            "from-the-front",
            "these are products of the first gates, from f_1 on. A gradient of c_T meets the last "
            "gate first.",
            {"last_first[:-1]": "f[:-1]"},
        ),
        Mistake(
            "from-the-second",
            "these are products of the first gates, from f_2 on. A gradient of c_T meets the last "
            "gate first.",
            {"last_first[:-1]": "f[1:]"},
        ),
        Mistake(
            "running-product",
            "this is the running product from f_1 on: what has become of c_0. Asked is what c_T "
            "has of each earlier c: the products end at f_T.",
            {FACTORS: "f"},
        ),
        Mistake(
            "longest-lag-first",
            "the longest lag stands first, and lag 0 last. kept[0] is for lag 0.",
            {PRODUCTS: "factors.cumprod(dim=0).flip(0)"},
        ),
        Mistake(
            "running-product-turned",
            "these products begin with f_1 and lose a gate at each lag: they are what each c has "
            "of c_0. Asked is what c_T has of each earlier c: the products end at f_T.",
            {FACTORS: "f", PRODUCTS: "factors.cumprod(dim=0).flip(0)"},
        ),
        Mistake(
            "last-gate-left-out",
            "f_T is in no product. It is the step from c_{T-1} to c_T, so kept[1] is f_T and "
            "every longer lag has it too.",
            {"last_first[:-1]": "last_first[1:]"},
        ),
        Mistake(
            "minus-zero",
            "kept[0] is the product of all gates. In Python f[-0:] is the whole of f; count from "
            "the front, f[T - lag:].",
            {PRODUCTS: "torch.stack([f[-lag:].prod(dim=0) for lag in range(len(f))])"},
        ),
        Mistake(
            "lag-0-is-zero",
            "kept[0] is 0. Lag 0 asks how c_T depends on itself.",
            {PRODUCTS: "torch.cat([0 * ones, factors.cumprod(dim=0)[1:]])"},
        ),
        Mistake(
            "every-gate-always",
            "every row is the product of all gates. Is one tensor kept at every lag, and changed "
            "afterwards? Lag by lag one more gate comes in.",
            {PRODUCTS: "f.prod(dim=0).expand_as(f).clone()"},
        ),
        Mistake(
            "longest-lag-always",
            "every row is that of the longest lag. Is one tensor kept at every lag, and changed "
            "afterwards? Lag by lag one more gate comes in.",
            {PRODUCTS: "factors.prod(dim=0).expand_as(f).clone()"},
        ),
        Mistake(
            "still-logarithms",
            "these are logarithms: sums of log f. What turns a sum of logarithms into a product?",
            {PRODUCTS: "factors.log().cumsum(dim=0)"},
        ),
        Mistake(
            "powers-of-the-last",
            "the last gate is used at every step. The gates are computed anew at each one.",
            {PRODUCTS: "f[-1] ** torch.arange(len(f))[:, None]"},
        ),
        Mistake(
            "no-chain",
            "there is one gate for each lag. What has happened on the way there multiplies.",
            {PRODUCTS: "factors"},
        ),
        Mistake(
            "added-up",
            "the gates are added up. The chain rule multiplies along a path; it adds over paths.",
            {"cumprod": "cumsum"},
        ),
        Mistake(
            "forgets-for-keeps",
            "this multiplies 1 - f. In this book, as in torch, f = 1 keeps.",
            {"f.flip(0)": "1 - f.flip(0)"},
        ),
        Mistake(
            "squashed-twice",
            "a sigmoid is applied to f. These are gates already, between 0 and 1.",
            {"f.flip(0)": "f.flip(0).sigmoid()"},
        ),
        Mistake("across-units", ACROSS, {PRODUCTS: "f.cumprod(dim=1)"}),
        Mistake(
            "lags-across-units",
            ACROSS,
            {
                "f.flip(0)": "f.flip(1)",
                "f[:1]": "f[:, :1]",
                "last_first[:-1]]": "last_first[:, :-1]], dim=1",
                "dim=0": "dim=1",
            },
        ),
    ),
)
