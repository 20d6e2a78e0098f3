"""Exercise: the nucleus of a distribution, of which a token is then drawn."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_DRAWN = ((8, 0.75), (12, 0.6), (5, 0.3), (10, 0.85), (1, 0.5))
"""How many tokens there are, and how much of the whole the nucleus has."""
_EXACT = (0.125, 0.5, 0.0625, 0.25, 0.0625), 0.75
"""Two likeliest that have just as much together: no rounding, since all are powers of 2."""


class DistributionExercise(Exercise):
    """Draws probabilities in no order, no two of them alike but for one input."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; in one the likeliest alone is enough, in one two reach it exactly."""
        trials: list[Tensors] = []
        for V, top_p in _DRAWN:
            y = torch.rand(V, generator=generator, dtype=torch.float64, device="cpu")
            trials.append((torch.softmax(3 * y, dim=-1), _number(top_p)))
        *drawn, last = trials
        likeliest, little = (torch.tensor([0.1, 0.45, 0.38, 0.07], dtype=torch.float64), 0.35)
        exact = torch.tensor(_EXACT[0], dtype=torch.float64), _number(_EXACT[1])
        return [*drawn, exact, (likeliest, _number(little)), last]

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Say whether a nucleus is right; NaN never is."""
        return super().alike(mine, expected)

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Say whether two are the same: an empty one is zeros, or 0 divided by 0."""
        return super().alike(*(tuple(q.nan_to_num(nan=0.0) for q in qs) for qs in (mine, other)))


def _number(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64, device="cpu")


def nucleus(p: Tensor, top_p: Tensor) -> Tensor:
    """The fewest likeliest of ``p`` (V) that have at least ``top_p`` together; others become 0."""
    order = p.argsort(descending=True)
    share = p[order].cumsum(dim=0)
    n = (share < top_p).sum() + 1
    kept = order[:n]
    q = torch.zeros_like(p)
    q[kept] = p[kept]
    return q / q.sum()


NUMBER = "(share < top_p).sum() + 1"
LIKELIEST = "order[:n]"
WHOLE = "q / q.sum()"
PUT = "q[kept] = p[kept]"
CROSSING = (
    "the token that crosses the line is missing, so that the others have less than top_p. At least "
    "top_p is asked: that token stays."
)
BUT_THE_FIRST = (
    "the token that crosses the line is missing, but where it is the very first. At least top_p is "
    "asked, so it stays, whatever its place."
)

EXERCISE = DistributionExercise(
    name="nucleus",
    title="The nucleus",
    level="write",
    minutes=15,
    starred=True,
    objective="16.3",
    hints=(
        "Which order shows how many of the likeliest it takes? And how do you get back from that "
        "order to the tokens' own?",
        "Sort from the likeliest down and add up with cumsum. As long as the share is below top_p, "
        "one more is needed: so count those places, and take one more.",
        "order = p.argsort(descending=True); share = p[order].cumsum(0); n = (share < top_p).sum() "
        "+ 1. Into zeros like p, write p at order[:n]; then divide by the sum.",
    ),
    notice="how many stay depends on the distribution: where the model is sure it may be one, and "
    "where it is not, hundreds. A top-k keeps the same number everywhere.",
    takes={"p": "V", "top_p": ""},
    returns={"q": "V"},
    places={"V": "token {i}"},
    reference=nucleus,
    mistakes=(
        Mistake("crossing-one-dropped", CROSSING, {NUMBER: "(share <= top_p).sum()"}),
        Mistake("reaching-one-dropped", CROSSING, {NUMBER: "(share < top_p).sum()"}),
        Mistake(
            "crossing-one-dropped-but-the-first",
            BUT_THE_FIRST,
            {NUMBER: "(share <= top_p).sum().clamp(min=1)"},
        ),
        Mistake(
            "reaching-one-dropped-but-the-first",
            BUT_THE_FIRST,
            {NUMBER: "(share < top_p).sum().clamp(min=1)"},
        ),
        Mistake(
            "one-too-many",
            "one token too many stays. Those before it have enough together already.",
            {NUMBER: "(share < top_p).sum() + 2"},
        ),
        Mistake(
            "more-than",
            "one token too many stays where the others have exactly top_p: at least top_p is "
            "asked, not more.",
            {NUMBER: "(share <= top_p).sum() + 1"},
        ),
        Mistake(
            "not-normalised",
            "the right tokens stay, but they do not add up to 1. What must they be divided by?",
            {WHOLE: "q"},
        ),
        Mistake(
            "divided-by-top-p",
            "the right tokens stay, but they are divided by top_p. They have a little more than "
            "that together: how much?",
            {WHOLE: "q / top_p"},
        ),
        Mistake(
            "softmax-again",
            "the right tokens stay, but a softmax of probabilities makes them nearly equal. "
            "Divide them by their sum.",
            {PUT: "q[kept] = torch.softmax(p[kept], dim=0)"},
        ),
        Mistake(
            "cut-at-top-p",
            "you keep what has more than top_p for itself. It is the sum of the likeliest that "
            "top_p speaks of, so look at shares, not at single probabilities.",
            {LIKELIEST: "p > top_p"},
        ),
        Mistake(
            "cut-at-top-p-not-normalised",
            "you keep what has more than top_p for itself, as it is. It is the sum of the "
            "likeliest that top_p speaks of; and what stays is to add up to 1.",
            {LIKELIEST: "p > top_p", WHOLE: "q"},
        ),
        Mistake(
            "cut-below-the-likeliest",
            "you keep what has at least the share top_p of the likeliest's probability. Here it is "
            "the sum that counts.",
            {LIKELIEST: "p >= top_p * p.max()"},
        ),
        Mistake(
            "share-of-the-tokens",
            "you keep a share top_p of the *number* of tokens. It is the sum of their "
            "probabilities that is to be at least top_p.",
            {NUMBER: "(top_p * len(p)).ceil().long()"},
        ),
        Mistake(
            "sorted",
            "the numbers are right, but come from the likeliest down. Token i's probability has "
            "to be at place i.",
            {PUT: "q[: len(kept)] = p[kept]"},
        ),
        Mistake(
            "back-by-the-same-order",
            "the numbers are right, but not put back to their tokens: to index with the order "
            "once more does not undo it. Write to the places instead of reading from them.",
            {PUT: "q[: len(kept)] = p[kept]", WHOLE: "(q / q.sum())[order]"},
        ),
        Mistake(
            "in-the-order-of-the-tokens",
            "you add up in the order of the tokens, so that the first ones stay, likely or not. "
            "Sort first.",
            {"p.argsort(descending=True)": "torch.arange(len(p))"},
        ),
        Mistake(
            "smallest-first",
            "you add up from the least likely, and keep those. Which way does the order go?",
            {"descending=True": "descending=False"},
        ),
        Mistake(
            "all-but-the-nucleus",
            "you keep all but the nucleus. Which side of the line stays?",
            {LIKELIEST: "order[n:]"},
        ),
        Mistake(
            "likeliest-only",
            "only the likeliest token stays: argmax, whatever top_p says.",
            {LIKELIEST: "order[:1]"},
        ),
        Mistake(
            "equal-shares",
            "the right tokens stay, but each is as likely as the others. Their probabilities keep "
            "their proportions.",
            {PUT: "q[kept] = 1.0"},
        ),
        Mistake(
            "nucleus-alone",
            "you return the nucleus without the other tokens, which have probability 0: token i's "
            "probability has to be at place i of V.",
            {WHOLE: "q[kept] / q.sum()"},
        ),
    ),
)
