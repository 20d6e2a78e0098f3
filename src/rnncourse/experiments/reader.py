"""A reader of Python, and what becomes of its answers when one character is another."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import NamedTuple

import torch
from torch import Tensor, nn

from rnnbook.cells import Cell, checks
from rnnbook.cells.checks import positive_int
from rnnbook.cells.modes import evaluating
from rnnbook.data import KINDS
from rnnbook.tasks import draws
from rnnbook.training import History, fit
from rnnbook.unroll import Recurrent
from rnncourse.experiments.packing import Packed, pack, unpack


class Reader(nn.Module):
    """A recurrent layer over characters, and a read-out of the three kinds, or of other classes.

    Args:
        cell: the class of the cell, for example `SimpleCell`.
        symbols: how many characters there are.
        hidden_size: ``H``, the number of hidden units.
        classes: how many classes the read-out tells apart; the kinds of Python if not given, which
            `learn_kinds`, `margin` and `changes` are about.
    """

    def __init__(
        self, cell: type[Cell], symbols: int, hidden_size: int, *, classes: int = len(KINDS)
    ) -> None:
        super().__init__()
        self.symbols = positive_int("symbols", symbols)
        self.layer = Recurrent(cell, symbols, hidden_size)
        self.readout = nn.Linear(hidden_size, positive_int("classes", classes))

    def forward(self, x: Tensor) -> Tensor:
        """From characters to the kinds' or classes' scores, shape (T, B, classes).

        Args:
            x: ids (T, B), or one-hot characters (T, B, symbols).

        Raises:
            TypeError: if ``x`` is no tensor, or its ids are no ints.
            ValueError: if an id or the shape does not fit.
        """
        ids = checks.tensor("x", x).dim() == 2
        return self.readout(self.layer(self.one_hot(x) if ids else x)[0])

    def one_hot(self, ids: Tensor) -> Tensor:
        """A 1 where the character is: from ids (…) to (…, symbols), in the weights' precision."""
        ids = checks.ids("ids", ids, None, self.symbols)
        return nn.functional.one_hot(ids, self.symbols).to(self.readout.weight.dtype)

    def by_letter(self) -> dict[str, Tensor]:
        """The parameters by the letters of the book: W, U, b (and b_U), read-out V and c."""
        readout = {"V": self.readout.weight, "c": self.readout.bias}
        return {**dict(self.layer.cell.named_parameters()), **readout}

    def pack(self) -> dict[str, Packed]:
        """All weights as text, each parameter by its letter."""
        return {name: pack(parameter) for name, parameter in self.by_letter().items()}

    @torch.no_grad()
    def unpack(self, packed: Mapping[str, Packed]) -> Reader:
        """Take the weights from what `pack` gave; the reader itself.

        Raises:
            TypeError, ValueError: if it is not what a reader of these sizes gives.
        """
        own = self.by_letter()
        checks.instance("packed", packed, Mapping, "a dict of packed parameters")
        if packed.keys() != own.keys():
            raise ValueError(f"packed must have {', '.join(own)}, got {', '.join(packed)}")
        for name, parameter in own.items():
            shape = tuple(torch.atleast_2d(parameter).shape)
            read = checks.of_shape(f"packed {name}", unpack(packed[name]), "rows, columns", shape)
            parameter.copy_(read.view_as(parameter))
        return self


def learn_kinds(
    model: nn.Module,
    ids: Tensor,
    kinds: Tensor,
    *,
    lr: float,
    steps: int = 1500,
    window: int = 100,
    batch_size: int = 32,
    seed: int = 0,
) -> History:
    """Train on windows of a text that start anywhere, each with a state of zeros.

    Args:
        model: gives scores (T, B, 3) for ids (T, B).
        ids: the text's characters, shape (N).
        kinds: what each belongs to, shape (N).
        lr: learning rate.
        steps: updates to make.
        window: ``T``, characters of a window.
        batch_size: ``B``, windows of an update.
        seed: of the draws.

    Raises:
        TypeError: if ids or kinds are no ints.
        ValueError: if ids and kinds are not equally many and more than a window, an id is below 0,
            a kind is none, or a size is not a positive int.
    """
    ids = checks.ids("ids", ids, "N")
    kinds = checks.ids("kinds", checks.of_shape("kinds", kinds, "N", ids.shape), None, len(KINDS))
    positive_int("batch_size", batch_size)
    if len(ids) <= positive_int("window", window):
        raise ValueError(f"ids must hold more than window = {window} steps, got {len(ids)}")

    def sample(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        start = draws.ints(0, len(ids) - window, (batch_size,), generator)
        steps = start + torch.arange(window, device=start.device)[:, None]  # (T, B)
        return ids[steps], kinds[steps]

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        return nn.functional.cross_entropy(model(batch[0]).flatten(0, 1), batch[1].flatten())

    return fit(model, sample, loss, steps=steps, lr=lr, seed=seed, progress=False)


def margin(scores: Tensor, kinds: Tensor) -> Tensor:
    """The log-odds of the true kind in bits, ``log2 p / (1 − p)``.

    Args:
        scores: the read-out, shape (…, 3).
        kinds: the true kinds, shape (…).

    Returns:
        Shape (…).

    Raises:
        TypeError: if the scores are no tensor of floats, or the kinds none of ints.
        ValueError: if the shapes do not fit together, or a kind is none.
    """
    kinds = checks.ids("kinds", kinds, None, len(KINDS))
    expected = (*kinds.shape, len(KINDS))
    checks.floats("scores", checks.of_shape("scores", scores, "…, 3", expected))
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
        model: the reader, which starts from a state of zeros; it is asked in evaluation mode, and
            left in the mode it had.
        ids: the passage, shape (T).
        kinds: its true kinds, shape (T).
        new: what each character is replaced by, ids of shape (T).

    Returns:
        `Changes`; zero where the cursor stands before the character.

    Raises:
        TypeError: if the model is no reader, or ids or kinds are no ints.
        ValueError: if the shapes differ, or an id or a kind is none.
    """
    checks.instance("model", model, Reader, "a Reader")
    ids, new = (checks.ids(n, v, None, model.symbols) for n, v in (("ids", ids), ("new", new)))
    kinds = checks.ids("kinds", kinds, None, len(KINDS))
    if not ids.shape == kinds.shape == new.shape or ids.dim() != 1:
        shapes = ", ".join(str(tuple(t.shape)) for t in (ids, kinds, new))
        raise ValueError(f"ids, kinds and new must all have shape (T), got {shapes}")
    T = len(ids)
    each, true = torch.arange(T, device=ids.device), kinds[:, None].expand(T, T)
    copies = ids[:, None].repeat(1, T)  # (T, B): copy b has character b replaced
    copies[each, each] = new
    with evaluating(model):
        # Copy b holds the margin of step b alone: one way back gives all cursors' gradients.
        x = model.one_hot(ids)[:, None].repeat(1, T, 1).requires_grad_()
        margins = margin(model(x), true)
        (gradient,) = torch.autograd.grad(margins.diagonal().sum(), x)
        with torch.no_grad():
            real = margin(model(copies), true) - margins[:, :1]
    foretold = gradient[each, :, new] - gradient[each, :, ids]  # (characters, cursors)
    return Changes(real.abs().tril(), foretold.abs().t(), gradient.norm(dim=2).t())
