"""What is taken for "the last" of a padded batch that a layer reads in two directions."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from rnnbook.data import mask
from rnnbook.tasks import draws
from rnncourse.lessons.ch13.networks import LAYERS

TOKENS = 8
SHORTEST, LONGEST = 3, 30
PAD = 0
EMBEDDED, HIDDEN_SIZE = 8, 16
SLICES = (
    "output[-1], padded left",
    "output[-1], padded right",
    "output[lengths - 1]",
    "both ends of output",
    "h_n",
    "h_n, packed",
    "mean of output",
    "masked mean of output",
)
"""What may be read out of a layer in two directions; padded right, if nothing else is said."""


class Strings:
    """A batch of strings of tokens, of different lengths.

    Args:
        batch_size: ``B``.
        asked: which token is asked for, ``first`` or ``last``.
        left: whether short ones are padded on the left.
        generator: what is drawn from.

    Attributes:
        ids: tokens from 1 to 8, and 0 for padding, shape (T, B), T always 30.
        lengths: from 3 to 30, shape (B).
        target: the token that is asked for, from 0 to 7, shape (B).
    """

    def __init__(self, batch_size: int, asked: str, left: bool, generator: torch.Generator) -> None:
        self.lengths = draws.ints(SHORTEST, LONGEST + 1, (batch_size,), generator)
        drawn = draws.ints(1, TOKENS + 1, (LONGEST, batch_size), generator)
        steps, rows = torch.arange(LONGEST)[:, None], torch.arange(batch_size)
        begins = LONGEST - self.lengths if left else torch.zeros_like(self.lengths)
        ends = begins + self.lengths
        self.ids = torch.where((steps >= begins) & (steps < ends), drawn, PAD)
        self.target = self.ids[begins if asked == "first" else ends - 1, rows] - 1


class Namer(nn.Module):
    """Names a token of a string from one slice of what a layer in two directions gives.

    Args:
        cell: ``simple`` or ``gru``.
        slice_: one of `SLICES`.
    """

    def __init__(self, cell: str, slice_: str) -> None:
        super().__init__()
        self.slice = slice_
        self.embedding = nn.Embedding(TOKENS + 1, EMBEDDED, padding_idx=PAD)
        self.layer = LAYERS[cell](EMBEDDED, HIDDEN_SIZE, bidirectional=True)
        self.readout = nn.Linear(2 * HIDDEN_SIZE, TOKENS)

    def forward(self, batch: Strings) -> Tensor:
        """Scores (B, 8)."""
        return self.readout(self.features(batch))

    def features(self, batch: Strings) -> Tensor:
        """The slice, shape (B, 2H)."""
        x, lengths = self.embedding(batch.ids), batch.lengths
        if self.slice == "h_n, packed":
            _, h_n = self.layer(pack_padded_sequence(x, lengths, enforce_sorted=False))
            return torch.cat([h_n[0], h_n[1]], dim=1)
        output, h_n = self.layer(x)
        at_the_end = output[lengths - 1, torch.arange(len(lengths))]
        read = mask(lengths, len(x))[:, :, None]  # (T, B, 1)
        return {
            "output[-1], padded left": output[-1],
            "output[-1], padded right": output[-1],
            "output[lengths - 1]": at_the_end,
            "both ends of output": torch.cat(
                [at_the_end[:, :HIDDEN_SIZE], output[0, :, HIDDEN_SIZE:]], dim=1
            ),
            "h_n": torch.cat([h_n[0], h_n[1]], dim=1),
            "mean of output": output.mean(dim=0),
            "masked mean of output": (output * read).sum(dim=0) / lengths[:, None],
        }[self.slice]
