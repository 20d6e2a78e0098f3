"""Exercise: sort a batch by length, and put the answers back."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = ((7, 3), (6, 4), (8, 5), (5, 2), (4, 1), (1, 3))
"""``(B, H)`` of each call."""


class SortedExercise(Exercise):
    """Draws lengths, two of them alike, whose order is not its own inverse."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; ``lengths`` holds whole numbers from 1 to 9."""
        trials: list[Tensors] = []
        for B, H in _SIZES:
            h = torch.rand(B, H, generator=generator, dtype=torch.float64, device="cpu") * 2 - 1
            trials.append((self._lengths(B, generator), h))
        return trials

    @staticmethod
    def _lengths(B: int, generator: torch.Generator) -> Tensor:
        for _ in range(1000):
            lengths = torch.randint(1, 10, (B,), generator=generator, device="cpu")
            order = lengths.argsort(descending=True, stable=True)
            ties = B - len(lengths.unique())
            if B == 1 or (ties == 1 and not torch.equal(order, order.argsort())):
                break
        return lengths


def put_back(lengths: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    """Sort by ``lengths`` (B), longest first, and put ``h`` (B, H) back.

    Returns:
        The places of the sequences, longest first, (B), and the states in the reader's order.
    """
    order = lengths.argsort(descending=True, stable=True)
    back = order.argsort()
    return order, h[back]


SORTED = "lengths.argsort(descending=True, stable=True)"
INVERSE = "order.argsort()"
RESULT = "order, h[back]"

EXERCISE = SortedExercise(
    name="packed-order",
    title="Sorted, and back",
    level="transfer",
    minutes=15,
    objective="13.2",
    hints=(
        "Take three sequences of the lengths 2, 9 and 5 and write down by hand: order, the batch "
        "that the layer sees, its three answers, and whose each is.",
        "order[k] says whose answer stands in row k. Turned round: the answer of sequence b stands "
        "in the row k for which order[k] is b. That is the inverse, and not order itself.",
        "lengths.argsort(descending=True, stable=True) is order. Its inverse is order.argsort(), "
        "since it sorts the places into 0, 1, 2 …; or fill an empty tensor, with back[order] = h.",
    ),
    notice="pack_padded_sequence(enforce_sorted=False) does all this for you, and puts h_n back. "
    "Where you sort yourself, try a batch of three: of two, an order is its own inverse.",
    takes={"lengths": "B", "h": "B H"},
    returns={"order": "B", "h_back": "B H"},
    places={"B": "index {i}"},
    reference=put_back,
    mistakes=(
        Mistake(
            "sorted-once-more",
            "order is right. But h[order] sorts the answers once more, instead of putting them "
            "back: row k of h is of sequence order[k], so you need the inverse.",
            {RESULT: "order, h[order]"},
        ),
        Mistake(
            "not-put-back",
            "order is right. The states are still in the layer's order: row 0 is of the longest "
            "sequence, wherever that stands in the batch.",
            {RESULT: "order, h"},
        ),
        Mistake(
            "shortest-first",
            "your order begins with the shortest sequence. The layer wants the longest first.",
            {SORTED: "lengths.argsort(stable=True)"},
        ),
        Mistake(
            "shortest-first-not-put-back",
            "your order begins with the shortest sequence, and the states are not put back at all.",
            {SORTED: "lengths.argsort(stable=True)", RESULT: "order, h"},
        ),
        Mistake(
            "shortest-first-sorted-once-more",
            "your order begins with the shortest sequence, and h[order] sorts the answers once "
            "more, instead of putting them back.",
            {SORTED: "lengths.argsort(stable=True)", RESULT: "order, h[order]"},
        ),
        Mistake(
            "ties-turned-round",
            "sequences of the same length have changed places. To turn an ascending order round "
            "turns these round, too: sort descending, and stable.",
            {SORTED: "lengths.argsort(stable=True).flip(0)"},
        ),
        Mistake(
            "inverse-as-order",
            "h_back is right. But what you return as order is its inverse: the row in which each "
            "sequence's answer stands.",
            {RESULT: "back, h[back]"},
        ),
        Mistake(
            "exchanged",
            "order and its inverse have changed places, in both results. order[k] is the sequence "
            "that comes at place k.",
            {RESULT: "back, h[order]"},
        ),
        Mistake(
            "ascending-for-inverse",
            "order is right. To put back is not to sort by length the other way round: the rows "
            "have to go where their sequences came from.",
            {INVERSE: "lengths.argsort(stable=True)"},
        ),
        Mistake(
            "flipped-for-inverse",
            "order is right. order.flip(0) is the order read from its end, not its inverse.",
            {INVERSE: "order.flip(0)"},
        ),
        Mistake(
            "rows-turned-round",
            "order is right. h.flip(0) puts the shortest first; the reader's order is neither.",
            {RESULT: "order, h.flip(0)"},
        ),
        Mistake(
            "inverse-descending",
            "order is right. Its inverse sorts the places ascending: 0, 1, 2 …. Yours puts the "
            "batch back from its end.",
            {INVERSE: "order.argsort(descending=True)"},
        ),
        Mistake(
            "lengths-for-places",
            "h_back is right. But order holds the sorted lengths; asked are the places where the "
            "sequences stand. (`sort` returns both, argsort the places.)",
            {RESULT: "lengths[order], h[back]"},
        ),
        Mistake(
            "counted-from-one",
            "h_back is right. order counts the sequences from 1; Python counts from 0.",
            {RESULT: "order + 1, h[back]"},
        ),
        Mistake(
            "columns",
            "you put the columns of h in order, which are units. Sequences are its rows.",
            {RESULT: "order, h[:, back]"},
        ),
        Mistake(
            "sorted-by-the-states",
            "order sorts the sequences by their states. It is the lengths that the layer asks for.",
            {SORTED: "h[:, 0].argsort(descending=True, stable=True)"},
        ),
        Mistake(
            "left-as-it-was",
            "nothing is sorted: your order is 0, 1, 2 …. The longest sequence has to come first.",
            {SORTED: "torch.arange(len(lengths))"},
        ),
    ),
)
