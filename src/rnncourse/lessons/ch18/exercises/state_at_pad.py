"""Exercise: the state after each text's own last token, from the output of a padded batch."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_DRAWN = (
    *((7, 5, 4, 0, 0), (6, 4, 3, 3, 0), (5, 7, 2, 1, 1), (8, 3, 5, 0, 2)),
    *((1, 4, 3, 2, 0), (6, 1, 3, 0, 0), (5, 4, 1, 4, 0)),
)
"""``S, B, H``, the number of PAD, and by how much even the longest text is shorter than S."""
_TOKENS = 6


class PaddedTexts(Exercise):
    """Draws texts of different lengths, filled up at the end with a token of their own."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; one text is short, and states go on at PAD, as a layer's do."""
        trials: list[Tensors] = []
        for S, B, H, pad, spare in _DRAWN:
            longest = S - spare
            lengths = torch.randint(1, longest + 1, (B,), generator=generator, device="cpu")
            if B > 1:
                lengths[0] = max(1, longest - 3)
            lengths[-1] = longest
            source = torch.randint(_TOKENS - 1, (S, B), generator=generator, device="cpu")
            source = source + (source >= pad)
            source[torch.arange(S, device="cpu")[:, None] >= lengths] = pad
            output = torch.rand(S, B, H, generator=generator, dtype=torch.float64, device="cpu")
            trials.append((source, 2 * output - 1, torch.tensor(pad, device="cpu")))
        return trials


def last_read(source: Tensor, output: Tensor, pad: Tensor) -> Tensor:
    """The state of each text after its own last token, (B, H).

    Args:
        source: ids (S, B), each text filled up at its end with ``pad``.
        output: the states after each of them, (S, B, H).
        pad: the number that stands for no token.
    """
    lengths = (source != pad).sum(dim=0)
    rows = torch.arange(source.shape[1])
    return output[lengths - 1, rows]


COUNTS = "source != pad"
STATE = "output[lengths - 1, rows]"

EXERCISE = PaddedTexts(
    name="state-at-pad",
    title="Never a state taken at PAD",
    level="write",
    minutes=10,
    objective="18.1",
    hints=(
        "How long is each text? The ids tell: in a column, what is not PAD is a token.",
        "lengths = (source != pad).sum(dim=0), (B). Places are counted from 0, so a text of n "
        "tokens has its last state at n - 1.",
        "A place for each text is output[lengths - 1, rows], with rows = torch.arange(B): two "
        "lists of indices that go side by side.",
    ),
    notice="no shape and no error tells a state at PAD from a right one. What tells is the same "
    "text read alone and in company: its state must not depend on its neighbours.",
    takes={"source": "S B", "output": "S B H", "pad": ""},
    returns={"state": "B H"},
    places={"S": "source token {i}"},
    reference=last_read,
    mistakes=(
        Mistake(
            "end-of-the-batch",
            "that is output[-1], the state at the end of the batch. Short texts end before, and "
            "their states have gone on through PAD.",
            {STATE: "output[-1]"},
        ),
        Mistake(
            "first-states",
            "these are the states after the first token. They have read nothing else.",
            {STATE: "output[0]"},
        ),
        Mistake(
            "one-too-far",
            "places are counted from 0: a text of n tokens has its last at n - 1, and at n there "
            "is PAD, or nothing.",
            {"lengths - 1": "lengths"},
        ),
        Mistake(
            "at-the-first-pad",
            "that is the state at the first PAD, one place too far; and in a text without any PAD "
            "argmax finds none and says 0.",
            {"lengths - 1": "(source == pad).int().argmax(dim=0)"},
        ),
        Mistake(
            "one-too-early",
            "the last token of each text has not been read yet: of n tokens the last is at n - 1. "
            "(For n = 1 yours counts from the end of the batch.)",
            {"lengths - 1": "lengths - 2"},
        ),
        Mistake(
            "pad-taken-for-0",
            "it is right where PAD is 0, and only there. PAD may have any number, and then 0 is a "
            "token like others: compare with pad.",
            {COUNTS: "source != 0"},
        ),
        Mistake(
            "pad-counted",
            "you count what is PAD, not what is a token.",
            {COUNTS: "source == pad"},
        ),
        Mistake(
            "counted-over-the-batch",
            "you count along the batch: how many texts have a token at each place. Asked is how "
            "many tokens each text has: which axis of (S, B) is to be added up?",
            {"sum(dim=0)": "sum(dim=1)"},
        ),
        Mistake(
            "longest-for-all",
            "all states are those at the end of the longest text. Each text has an end of its own.",
            {"lengths - 1": "lengths.max() - 1"},
        ),
        Mistake(
            "shortest-for-all",
            "all states are those at the end of the shortest text, and longer ones go on. Each "
            "text has an end of its own.",
            {"lengths - 1": "lengths.min() - 1"},
        ),
        Mistake(
            "counted-from-the-end",
            "a negative index counts from the end of the batch, where the padding is. Count from "
            "the beginning.",
            {"lengths - 1": "-lengths"},
        ),
        Mistake(
            "every-with-every",
            "each length has picked a place of *every* text, (B, B, H). Give the text as an index "
            "as well, so that the two go side by side.",
            {STATE: "output[lengths - 1]"},
        ),
        Mistake(
            "batch-for-time",
            "the two indices have changed places: output is (S, B, H), so the place in the text "
            "comes first, then the text.",
            {STATE: "output[rows, lengths - 1]"},
        ),
        Mistake(
            "zeroed-not-chosen",
            "the padding is set to 0, and then the last place is taken: a short text's state is "
            "all zeros. It stands at an earlier place.",
            {STATE: "(output * (source != pad)[:, :, None])[-1]"},
        ),
        Mistake(
            "mean",
            "that is the mean of all states of a text. Asked is the one after its last token.",
            {STATE: "(output * (source != pad)[:, :, None]).sum(dim=0) / lengths[:, None]"},
        ),
        Mistake(
            "mean-with-pad",
            "that is the mean over all S places, PAD included. Asked is one state a text, the one "
            "after its last token.",
            {STATE: "output.mean(dim=0)"},
        ),
        Mistake(
            "all-of-them",
            "these are the states after all tokens of all texts, one below the other. Asked is "
            "one a text, (B, H).",
            {STATE: "output[source != pad]"},
        ),
    ),
)
