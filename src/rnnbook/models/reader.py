"""A reader of Python, and what becomes of its answers when one character is another."""

from __future__ import annotations

from math import log
from typing import NamedTuple

import torch
from torch import Tensor, nn

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.data import KINDS
from rnnbook.unroll import Recurrent

SYMBOLS = 64
SIZES = {"simple": (SimpleCell, 44), "lstm": (LSTMCell, 16), "gru": (GRUCell, 20)}


class Reader(nn.Module):
    """A recurrent layer over 64 characters, and a read-out of the three kinds.

    The sizes are such that the three have about as many weights.

    Args:
        cell: ``"simple"`` (44 units, 4,931 weights), ``"lstm"`` (16, 5,235) or ``"gru"`` (20,
            5,183).

    Raises:
        ValueError: if there is no such cell.
    """

    def __init__(self, cell: str) -> None:
        super().__init__()
        if cell not in SIZES:
            raise ValueError(f"cell must be one of {', '.join(SIZES)}, got {cell!r}")
        kind, hidden_size = SIZES[cell]
        self.layer = Recurrent(kind, SYMBOLS, hidden_size)
        self.readout = nn.Linear(hidden_size, len(KINDS))

    def forward(self, x: Tensor) -> Tensor:
        """From characters to the kinds' scores, shape (T, B, 3).

        Args:
            x: ids (T, B), or one-hot characters (T, B, 64).
        """
        return self.readout(self.layer(self.one_hot(x) if x.dim() == 2 else x)[0])

    def one_hot(self, ids: Tensor) -> Tensor:
        """A 1 where the character is: from ids (…) to (…, 64), in the weights' precision."""
        return nn.functional.one_hot(ids, SYMBOLS).to(self.readout.weight.dtype)


def margin(scores: Tensor, kinds: Tensor) -> Tensor:
    """The log-odds of the true kind in bits, ``log2 p / (1 − p)``.

    Args:
        scores: the read-out, shape (…, 3).
        kinds: the true kinds, shape (…).

    Returns:
        Shape (…).
    """
    # From the scores: p itself is 1 in single precision where the odds are above 2^24.
    true = kinds.unsqueeze(-1)
    others = scores.scatter(-1, true, -torch.inf).logsumexp(-1)
    return (scores.gather(-1, true).squeeze(-1) - others) / log(2)


class Changes(NamedTuple):
    """What replacing a character does, in bits: a row a cursor, a column a character, (T, T).

    Attributes:
        real: how far the margin moves.
        foretold: how far it would move if the gradient held for the whole replacement.
        norm: the length of the gradient at that character.
    """

    real: Tensor
    foretold: Tensor
    norm: Tensor


def changes(model: Reader, ids: Tensor, kinds: Tensor, new: Tensor) -> Changes:
    """Replace each character of a passage, one at a time, and look from every cursor.

    The real change of the margin is ``|m(x with x_s = new_s) − m(x)|``; the foretold one, with
    one-hot characters, ``|∂m/∂x_s[new_s] − ∂m/∂x_s[old_s]|``.

    Args:
        model: the reader, which starts from a state of zeros.
        ids: the passage, shape (T).
        kinds: its true kinds, shape (T).
        new: what each character is replaced by, ids of shape (T).

    Returns:
        `Changes`; zero where the cursor stands before the character.

    Raises:
        ValueError: if the shapes differ.
    """
    if not ids.shape == kinds.shape == new.shape or ids.dim() != 1:
        shapes = ", ".join(str(tuple(t.shape)) for t in (ids, kinds, new))
        raise ValueError(f"ids, kinds and new must all have shape (T), got {shapes}")
    T = len(ids)
    each, true = torch.arange(T), kinds[:, None].expand(T, T)
    copies = ids[:, None].repeat(1, T)  # (T, B): copy b has character b replaced
    copies[each, each] = new
    # Copy b holds the margin of step b alone: one way back gives the gradients of all cursors.
    x = model.one_hot(ids)[:, None].repeat(1, T, 1).requires_grad_()
    margins = margin(model(x), true)
    (gradient,) = torch.autograd.grad(margins.diagonal().sum(), x)
    foretold = gradient[each, :, new] - gradient[each, :, ids]  # (characters, cursors)
    with torch.no_grad():
        real = margin(model(copies), true) - margins[:, :1]
    return Changes(real.abs().tril(), foretold.abs().t(), gradient.norm(dim=2).t())
