"""A language model: a recurrence that says, at every step, what may come next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from rnnbook.cells import Cell
from rnnbook.cells.base import positive_int
from rnnbook.unroll import Recurrent


class LanguageModel(nn.Module):
    """Reads tokens as one-hot vectors and gives logits for the next token at every step.

    Args:
        cell: the class of the cell, for example `SimpleCell`.
        symbols: ``V``, the number of different tokens.
        hidden_size: ``H``, the number of hidden units.
        **options: passed on to `Recurrent`.

    Raises:
        ValueError: if a size is not a positive int, or ``bidirectional`` is True.

    Source: Mikolov et al. (2010), Recurrent neural network based language model.
    """

    def __init__(self, cell: type[Cell], symbols: int, hidden_size: int, **options: Any) -> None:
        super().__init__()
        if options.get("bidirectional"):
            raise ValueError(
                "bidirectional must be False, got True: reading backwards, a language model would "
                "see the tokens that it is to predict"
            )
        self.symbols = positive_int("symbols", symbols)
        self.layer = Recurrent(cell, symbols, hidden_size, **options)
        self.readout = nn.Linear(hidden_size, symbols)

    def forward(
        self,
        ids: Tensor,
        state: Any = None,
        lengths: Tensor | Sequence[int] | None = None,
    ) -> tuple[Tensor, Any]:
        """Read tokens, and say after each of them what may come next.

        Args:
            ids: token numbers, shape (T, B).
            state: the state before the first token, as returned; zero if not given.
            lengths: how many tokens of each sequence count, B ints; all of them if not given.

        Returns:
            Logits (T, B, V): row ``t`` is about token ``t + 1``. And the last state.

        Raises:
            ValueError: if a shape, an id or a length does not fit.
        """
        if ids.dim() != 2:
            raise ValueError(f"ids must have shape (T, B), got {tuple(ids.shape)}")
        # x_t is 1 at the token's place and 0 elsewhere, so W x_t is one column of W
        x = nn.functional.one_hot(ids, self.symbols).to(self.readout.weight.dtype)  # (T, B, V)
        h, state = self.layer(x, state, lengths)  # (T, B, H)
        return self.readout(h), state


def next_token_loss(logits: Tensor, target: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean cross-entropy of the next token, in nats; divide by ln 2 for bits.

    Args:
        logits: shape (T, B, V).
        target: the tokens that came, shape (T, B).
        mask: where the loss counts, bools of shape (T, B); everywhere if not given. The mean is
            over the steps that count.

    Raises:
        ValueError: if the shapes do not fit together, or the mask lets nothing through.
    """
    if logits.shape[:-1] != target.shape:
        raise ValueError(
            f"logits must have shape (T, B, V) for a target (T, B) = {tuple(target.shape)}, "
            f"got {tuple(logits.shape)}"
        )
    loss = nn.functional.cross_entropy(logits.flatten(0, -2), target.flatten(), reduction="none")
    if mask is None:
        return loss.mean()
    if mask.shape != target.shape or mask.dtype != torch.bool:
        raise ValueError(
            f"mask must be bools of shape (T, B) = {tuple(target.shape)}, "
            f"got {mask.dtype} of shape {tuple(mask.shape)}"
        )
    if not mask.any():
        raise ValueError("mask must let one step through at least, got none")
    return loss[mask.flatten()].mean()
