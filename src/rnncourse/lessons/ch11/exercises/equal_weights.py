"""Exercise: the largest hidden size that a budget of weights allows."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Mistake, Tensors
from rnncourse.lessons.ch11.exercises.weights_of import weights_of
from rnncourse.lessons.ch11.sizes import BLOCKS, SizesExercise, drawn


class BudgetExercise(SizesExercise):
    """Draws budgets that a network meets to the weight, one that lacks one weight, and others."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw sizes, and a budget for each: what lies between two hidden sizes."""
        return [self._networks(N, generator) for N in (9, 12, 1)]

    @staticmethod
    def _networks(N: int, generator: torch.Generator) -> Tensors:
        blocks = BLOCKS.repeat(4)[:N]
        D, H, O = (drawn(N, most, generator) for most in (40, 90, 10))
        least = weights_of(blocks, D, H, O)
        gap = weights_of(blocks, D, H + 1, O) - least
        part = torch.rand(N, generator=generator, device="cpu", dtype=torch.float32)
        part[: min(N, 3)], part[3:6] = 0.0, 1.0
        return blocks, D, O, least + (part * (gap - 1)).round().long()


def largest_size(blocks: Tensor, D: Tensor, O: Tensor, budget: Tensor) -> Tensor:
    """The largest hidden size with at most ``budget`` weights; all arguments (N)."""
    H = torch.arange(1, 100)[:, None]
    a_block = H * (D + H + 2)
    count = blocks * a_block + O * (H + 1)
    return (count <= budget).sum(dim=0)


A_BLOCK = "H * (D + H + 2)"
COUNT = "blocks * a_block + O * (H + 1)"
FOUND = "(count <= budget).sum(dim=0)"

EXERCISE = BudgetExercise(
    name="equal-weights",
    title="As many units as fit",
    level="write",
    minutes=10,
    objective="11.2",
    hints=(
        "You know how many weights a hidden size makes. More units, more weights: so try the "
        "sizes one after another, or all at once.",
        "A network at a time: begin with H = 1, and go on as long as the count of H + 1 is within "
        "the budget. A count that is equal to the budget is within it.",
        "All at once: let H be torch.arange(1, 100)[:, None], so that count has shape (99, N); "
        "count <= budget says which sizes fit, and the number of these is the largest one.",
    ),
    notice="beside an LSTM a GRU gets about 1.15 times as many units, a simple network twice as "
    "many: the roots of 4/3 and of 4, because U grows with the square of H.",
    takes={"blocks": "N", "D": "N", "O": "N", "budget": "N"},
    returns={"H": "N"},
    reference=largest_size,
    mistakes=(
        Mistake(
            "budget-not-used-up",
            "a network whose weights are exactly as many as the budget fits: at most, not fewer.",
            {"<=": "<"},
        ),
        Mistake(
            "one-too-large",
            "that is the first size that does not fit. The largest that fits is the one before.",
            {FOUND: f"{FOUND} + 1"},
        ),
        Mistake(
            "one-too-small",
            "one unit more would fit, always. With which size does your search begin, and which "
            "does it return?",
            {FOUND: f"{FOUND} - 1"},
        ),
        Mistake(
            "nearest",
            "that is the size whose count is nearest to the budget, and some go over it. At most "
            "so many are allowed.",
            {FOUND: "(count - budget).abs().argmin(dim=0) + 1"},
        ),
        Mistake(
            "no-readout",
            "the read-out's weights are not counted, and it needs some of the budget, too.",
            {" + O * (H + 1)": ""},
        ),
        Mistake(
            "readout-without-bias",
            "the read-out is counted without its biases. nn.Linear has one for each score.",
            {"O * (H + 1)": "O * H"},
        ),
        Mistake(
            "readout-in-each-block",
            "the read-out is counted once for each block. There is one, whatever the cell.",
            {COUNT: "blocks * (a_block + O * (H + 1))"},
        ),
        Mistake(
            "one-bias",
            "one bias is counted in each row of a block. torch keeps two.",
            {A_BLOCK: "H * (D + H + 1)"},
        ),
        Mistake(
            "no-bias",
            "the biases are not counted: torch has two in each row of a block.",
            {A_BLOCK: "H * (D + H)"},
        ),
        Mistake(
            "only-U",
            "of each block U alone is counted. W and the biases need weights as well.",
            {A_BLOCK: "H * H"},
        ),
        Mistake(
            "equal-units",
            "every network gets the size of an LSTM. How many blocks has each?",
            {COUNT: "4 * a_block + O * (H + 1)"},
        ),
        Mistake(
            "first-that-fits",
            "that is the smallest size that fits, one unit, for all networks: argmax finds the "
            "*first* True of a row.",
            {FOUND: "(count <= budget).int().argmax(dim=0) + 1"},
        ),
        Mistake(
            "until-none-fits",
            "all networks go on growing until the last of them is full. Each has its own budget, "
            "and stops by itself.",
            {FOUND: f"{FOUND}.amax().expand_as(D)"},
        ),
        Mistake(
            "until-one-is-full",
            "all networks stop growing when the first of them is full. Each has its own budget, "
            "and stops by itself.",
            {FOUND: f"{FOUND}.amin().expand_as(D)"},
        ),
        Mistake(
            "while-of-a-tensor",
            "`while` and `if` want one yes or no, and are given one for each network, (N). Take "
            "the networks one by one, or try all sizes at once.",
            {"return (": "return bool(count[0] <= budget) and ("},
        ),
    ),
)
