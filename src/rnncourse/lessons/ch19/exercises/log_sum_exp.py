"""Exercise: the logarithm of a sum of probabilities that are too small to be numbers."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (3, 7), (4, 6), (5, 3), (2, 5), (1, 4), (6, 1)
"""``K, S`` of each call."""


class LogExercise(Exercise):
    """Draws logarithms: ordinary ones, very small and very large ones, and those of 0."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; the first and the second have columns of all sorts."""
        trials: list[Tensors] = []
        for k, size in enumerate(_SIZES):
            x = 4 * torch.rand(size, generator=generator, dtype=torch.float64, device="cpu") - 3
            if k < 2:
                x[:, 1] -= 1500  # e to this is 0
                x[:, 2] += 1500  # and to this, too large for a float
                x[0, 3] = x[-1, 4] = -torch.inf
                x[0, 5] += (1500, 900)[k]  # a wide range
            if k == 0:
                x[:, 6] = -torch.inf
            trials.append((x,))
        return trials

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the first state of disagreement, and what its number may come from."""
        (a,), (b,) = mine, expected
        wrong = ~torch.isclose(a, b, *self.tolerance)
        i = int(wrong.nonzero()[0])
        yours, right = a[i].item(), b[i].item()
        if yours != yours:
            why = " Minus infinity minus itself is no number; nor is the logarithm of one below 0."
        elif right == -torch.inf:
            why = " All ways have the probability 0 there, and its logarithm is minus infinity."
        elif yours == torch.inf:
            why = " e to the power of 710 is more than a float can hold."
        elif yours == -torch.inf:
            why = " e to the power of -746 is rounded to 0, and the logarithm of 0 is taken."
        else:
            why = ""
        how_many = f"{int(wrong.sum())} of {a.numel()} numbers differ"
        return (
            f"log_p first differs at state {i}: yours {yours:.9g}, expected {right:.9g} "
            f"({how_many}).{why}"
        )


def log_sum_exp(x: Tensor) -> Tensor:
    """The logarithm of the sum of ``exp(x)`` over K ways into each state, (K, S) -> (S)."""
    largest = x.max(dim=0).values
    finite = torch.where(largest == -torch.inf, 0.0, largest)
    total = torch.exp(x - finite).sum(dim=0)
    return finite + torch.log(total)


LARGEST = "x.max(dim=0).values"
FINITE = "torch.where(largest == -torch.inf, 0.0, largest)"
RESULT = "finite + torch.log(total)"

EXERCISE = LogExercise(
    name="log-sum-exp",
    title="Add probabilities, given their logarithms",
    level="write",
    minutes=10,
    objective="19.2",
    hints=(
        "What are exp(-1500) and exp(1500) in floating point? And how could you make the largest "
        "of the exponents 0, without changing the result?",
        "log Σ exp(x) = m + log Σ exp(x - m) for any m. With m the largest x of a column, one "
        "exponential is 1, and none is larger. What is m where all x are minus infinity?",
        "m = x.max(dim=0).values, and 0 where that is -torch.inf, by torch.where. Then m + "
        "torch.log(torch.exp(x - m).sum(dim=0)), where the logarithm of 0 is -inf, as it should.",
    ),
    notice="a path of a hundred frames at 1 % each has the probability 1e-200, and of two hundred "
    "it is 0 in a float. Its logarithm, -921, is a number like any other.",
    takes={"x": "K S"},
    returns={"log_p": "S"},
    places={"K": "way {i}", "S": "state {i}"},
    reference=log_sum_exp,
    mistakes=(
        Mistake(
            "no-maximum",
            "it is the formula as it stands, and right for ordinary numbers. But e to -1500 is 0, "
            "and e to 1500 infinite. What can be taken out of the sum first?",
            {RESULT: "torch.log(torch.exp(x).sum(dim=0))"},
        ),
        Mistake(
            "nothing-gives-nan",
            "it is right, but where all x of a column are minus infinity: there the largest is "
            "minus infinity, too, and their difference is no number.",
            {FINITE: "largest"},
        ),
        Mistake(
            "one-for-nothing",
            "where all x are minus infinity you say 0, the logarithm of 1: certain, where nothing "
            "is possible. What is the logarithm of 0?",
            {FINITE: "largest", RESULT: "(finite + torch.log(total)).nan_to_num(nan=0.0)"},
        ),
        Mistake(
            "maximum-not-added",
            "the largest x is taken out, and not put back: log Σ exp(x - m) is short by m.",
            {RESULT: "torch.log(total)"},
        ),
        Mistake(
            "one-maximum-for-all",
            "one maximum serves for all states, so that where all x are much smaller everything is "
            "0. Each state needs its own.",
            {LARGEST: "x.max()"},
        ),
        Mistake(
            "one-maximum-a-way",
            "the maximum is taken over the states, one for each way. Which of the two axes of x is "
            "added up?",
            {
                LARGEST: "x.max(dim=1, keepdim=True).values",
                RESULT: "(finite[:, 0] + torch.log(torch.exp(x - finite).sum(dim=1)))",
            },
        ),
        Mistake(
            "mean-for-maximum",
            "the mean is taken out, not the maximum. Where the x are far apart, the largest still "
            "gets too large; and one minus infinity makes the mean so.",
            {LARGEST: "x.mean(dim=0)"},
        ),
        Mistake(
            "minimum",
            "the smallest x is taken out, so that the others become large: e to the power of what "
            "is left can still be infinite.",
            {LARGEST: "x.min(dim=0).values"},
        ),
        Mistake(
            "likeliest-way",
            "that is the largest x alone: the likeliest way into a state. The others are "
            "probabilities, too, and are to be added.",
            {RESULT: LARGEST},
        ),
        Mistake(
            "logarithms-added",
            "you add up the logarithms, which multiplies the probabilities. Added are the "
            "probabilities themselves: the ways exclude each other.",
            {RESULT: "x.sum(dim=0)"},
        ),
        Mistake(
            "log-of-the-mean",
            "it is short by log K everywhere: the probabilities are averaged, not added.",
            {"(x - finite).sum": "(x - finite).mean"},
        ),
        Mistake(
            "probability-returned",
            "that is the probability, not its logarithm; it is 0 or infinite where only a "
            "logarithm could say what it is.",
            {RESULT: "torch.exp(finite) * total"},
        ),
        Mistake(
            "log-softmax",
            "these are the shares of the ways, (K, S), as log_softmax gives them. Asked is what it "
            "takes away from x, (S).",
            {RESULT: "x - (finite + torch.log(total))"},
        ),
        Mistake(
            "over-all",
            "that is one number: the ways into all states together. Each state is asked for by "
            "itself.",
            {RESULT: "x.flatten().logsumexp(dim=0)"},
        ),
        Mistake(
            "in-twos",
            "it is a logarithm to the base 2, or a power of 2. Here all are natural: exp and log.",
            {RESULT: "finite + torch.log2(total)"},
        ),
        Mistake(
            "log1p",
            "log1p adds 1 before it takes the logarithm. That is right only where the largest "
            "itself was left out of the sum.",
            {RESULT: "finite + torch.log1p(total)"},
        ),
    ),
)
