"""A language model: a recurrence that says, at every step, what may come next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from rnnbook.cells import Cell, checks
from rnnbook.cells.checks import positive_int
from rnnbook.unroll import Recurrent


class LanguageModel(nn.Module):
    """Reads tokens and gives logits for the next token at every step.

    A token is read as a one-hot vector; or, where there are many, through an embedding: a row of
    numbers a token, which is learned. That is a product with the one-hot vector, without the zeros.

    Args:
        cell: the class of the cell, for example `SimpleCell`.
        symbols: ``V``, the number of different tokens.
        hidden_size: ``H``, the number of hidden units.
        embedding_size: ``E``, how many numbers a token is read as; one-hot if not given.
        **options: passed on to `Recurrent`.

    Raises:
        ValueError: if a size is not a positive int, or ``bidirectional`` is True.

    Source: Mikolov et al. (2010), Recurrent neural network based language model.
    """

    def __init__(
        self,
        cell: type[Cell],
        symbols: int,
        hidden_size: int,
        *,
        embedding_size: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        if options.get("bidirectional"):
            raise ValueError(
                "bidirectional must be False, got True: reading backwards, a language model would "
                "see the tokens that it is to predict"
            )
        self.symbols = positive_int("symbols", symbols)
        self.embedding = None
        if embedding_size is not None:
            self.embedding = nn.Embedding(symbols, positive_int("embedding_size", embedding_size))
        self.layer = Recurrent(cell, embedding_size or symbols, hidden_size, **options)
        self.readout = nn.Linear(hidden_size, symbols)

    def forward(
        self,
        ids: Tensor,
        state: Any = None,
        lengths: Tensor | Sequence[int] | None = None,
    ) -> tuple[Tensor, Any]:
        """Read tokens, and say after each of them what may come next.

        Args:
            ids: token numbers from 0 to V − 1, of any integer dtype, shape (T, B).
            state: the state before the first token, as returned; zero if not given.
            lengths: how many tokens of each sequence count, B ints; all of them if not given.

        Returns:
            Logits (T, B, V): row ``t`` is about token ``t + 1``. And the last state.

        Raises:
            TypeError: if ids or lengths are no ints.
            ValueError: if a shape, an id or a length does not fit.
        """
        ids = checks.some("ids", checks.ids("ids", ids, "T, B", self.symbols), "T, B")
        if self.embedding is not None:
            x = self.embedding(ids)  # (T, B, E)
        else:
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
            over the steps that count; what stands at the others reaches nothing.

    Raises:
        TypeError: if the logits are no tensor of floats, or the target none of ints.
        ValueError: if the shapes do not fit together, a target is none of the V tokens, or the
            mask lets nothing through.
    """
    checks.floats("logits", logits)
    if logits.shape[:-1] != checks.tensor("target", target).shape:
        raise ValueError(
            f"logits must have shape (T, B, V) for a target (T, B) = {tuple(target.shape)}, "
            f"got {tuple(logits.shape)}"
        )
    scores, came = logits.flatten(0, -2), target.flatten()
    if mask is not None:
        counts = _which_count(mask, target)
        scores, came = scores[counts], came[counts]
    came = checks.ids("target", came, "N", logits.shape[-1])
    return nn.functional.cross_entropy(scores, came, reduction="none").mean()


def _which_count(mask: Tensor, target: Tensor) -> Tensor:
    """The mask of a target (T, B) in one row, if it fits."""
    checks.tensor("mask", mask)
    if mask.shape != target.shape or mask.dtype != torch.bool:
        raise ValueError(
            f"mask must be bools of shape (T, B) = {tuple(target.shape)}, "
            f"got {mask.dtype} of shape {tuple(mask.shape)}"
        )
    if not mask.any():
        raise ValueError("mask must let one step through at least, got none")
    return mask.flatten()
