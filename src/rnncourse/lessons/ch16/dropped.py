"""A recurrence whose state loses units while it learns: a new mask a step, or one a sequence."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from rnncourse.lessons.ch16.networks import LockedDropout

PLACES = ("nowhere", "in and out, fresh", "in and out, locked", "state, fresh", "state, locked")


class Dropped(nn.Module):
    """An LSTM between two linear maps or tables, with dropout in one of five places.

    ``fresh`` draws a mask a step, as `torch.nn.Dropout` does over (T, B, D); ``locked`` one a
    sequence. ``in and out`` is what the recurrence and what the read-out get; ``state`` are units,
    between one step and the next: those that are away lose h and c. What is left of h is divided
    by 1 − p, so that the gates' sums keep their mean; what is left of c is kept as it is, or it
    would grow at every step.

    Args:
        reads: from inputs to (T, B, E).
        input_size: ``E``.
        hidden_size: ``H``.
        scores: how many the read-out gives.
        place: one of `PLACES`.
        p: the share that is taken away.

    Raises:
        ValueError: if there is no such place.
    """

    def __init__(
        self, reads: nn.Module, input_size: int, hidden_size: int, scores: int, place: str, p: float
    ) -> None:
        super().__init__()
        if place not in PLACES:
            raise ValueError(f"place must be one of {'; '.join(PLACES)}, got {place!r}")
        self.reads, self.place, self.p = reads, place, p
        self.layer = nn.LSTM(input_size, hidden_size)
        self.readout = nn.Linear(hidden_size, scores)
        where, _, how = place.partition(", ")
        drop = LockedDropout(p) if how == "locked" else nn.Dropout(p)
        self.around = drop if where == "in and out" else nn.Identity()

    def forward(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """From inputs of T steps to scores (T, B, K), and the last state."""
        read = self.around(self.reads(x))
        if self.place.startswith("state") and self.training:
            output, state = self._stepwise(read, state)
        else:
            output, state = self.layer(read, state)
        return self.readout(self.around(output)), state

    def _stepwise(self, x: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Step by step, as the state is masked between two steps."""
        h, c = (x.new_zeros(1, x.shape[1], self.layer.hidden_size),) * 2 if state is None else state
        kept, outputs = self._mask(h), []
        for x_t in x:
            output, (h, c) = self.layer(x_t[None], (h, c))
            if self.place == "state, fresh":
                kept = self._mask(h)
            h, c = h * kept / (1 - self.p), c * kept
            outputs.append(output)
        return torch.cat(outputs), (h, c)

    def _mask(self, h: Tensor) -> Tensor:
        """Which units of each sequence are left, shape (1, B, H)."""
        return torch.full_like(h, 1 - self.p).bernoulli()
