"""What must be beaten: constant predictors, n-grams, and guessing weights at random."""

from __future__ import annotations

from math import log
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnbook.cells import checks
from rnnbook.cells.checks import positive_int
from rnnbook.tasks import Classification, draws


class Constant(NamedTuple):
    """The best answer that is always the same, and its loss."""

    prediction: Tensor
    loss: float


def constant_value(target: Tensor) -> Constant:
    """The constant with the least mean squared error: the mean; its error is the variance.

    Args:
        target: any shape.
    """
    mean = target.double().mean()
    return Constant(mean, (target.double() - mean).square().mean().item())


def constant_distribution(target: Tensor, classes: int) -> Constant:
    """The distribution with the least cross-entropy: the frequencies; its loss is their entropy.

    Args:
        target: class numbers, any shape.
        classes: how many classes there are.

    Returns:
        Frequencies of shape (classes), and nats an answer.

    Raises:
        TypeError: if the target is no tensor of ints.
        ValueError: if a target is none of the classes.
    """
    target = checks.ids("target", target, None, positive_int("classes", classes))
    frequencies = torch.bincount(target.flatten(), minlength=classes).double() / target.numel()
    return Constant(frequencies, torch.special.entr(frequencies).sum().item())


class CharacterNgram:
    """Counts of what followed each context, smoothed by interpolation after Witten and Bell.

    With ``c(h, w)`` how often ``w`` followed the context ``h``, ``c(h)`` their sum and ``n(h)``
    how many different characters followed it,
    ``p(w | h) = (c(h, w) + n(h) p(w | h')) / (c(h) + n(h))``, where ``h'`` is ``h`` without its
    oldest character. Below the empty context stands the uniform distribution; a context that was
    never seen leaves ``p(w | h')`` as it is.

    Args:
        ids: the training text, ints of shape (N).
        context: the most characters of context; all shorter contexts are counted too.
        size: ``V``, the number of different characters.

    Raises:
        ValueError: if an id or a size is out of range.

    Source: Witten & Bell (1991), The zero-frequency problem, method C.
    """

    def __init__(self, ids: Tensor, context: int, size: int) -> None:
        self.size = positive_int("size", size)
        if isinstance(context, bool) or not isinstance(context, int) or context < 0:
            raise ValueError(f"context must be an int of at least 0, got {context!r}")
        if (context + 1) * log(size) >= log(2**63):
            raise ValueError(f"context must be shorter: {size}^{context + 1} exceeds 64 bits")
        self.context = context
        text = self._checked(ids)
        if len(text) <= context:
            raise ValueError(f"ids must hold more than context = {context} steps, got {len(text)}")
        self._tables = [_Counts.of(_codes(text, k + 1, size), size) for k in range(context + 1)]

    def probabilities(self, history: Tensor) -> Tensor:
        """What may come next, shape (V), float64; only the last ``context`` ids matter.

        Args:
            history: ids so far, shape (N); may be empty.
        """
        text = self._checked(history)
        p = np.full(self.size, 1 / self.size)
        for k, table in enumerate(self._tables[: len(text) + 1]):
            context = _codes(text[len(text) - k :], k, self.size)[-1] if k else 0
            p = table.smooth(context * self.size + np.arange(self.size), p)
        return torch.from_numpy(p)

    def bits(self, ids: Tensor) -> list[float]:
        """Bits a character on a text, for contexts of 0, 1, … ``context`` characters.

        Args:
            ids: the text, shape (N). Its first ``context`` characters serve as context only, so
                that every entry is a mean over the same characters.
        """
        text = self._checked(ids)
        if len(text) <= self.context:
            raise ValueError(
                f"ids must hold more than context = {self.context} steps, got {len(text)}"
            )
        p, bits = np.full(len(text) - self.context, 1 / self.size), []
        for k, table in enumerate(self._tables):
            p = table.smooth(_codes(text, k + 1, self.size)[self.context - k :], p)
            bits.append(float(-np.log2(p).mean()))
        return bits

    def _checked(self, ids: Tensor) -> NDArray[np.int64]:
        return checks.ids("ids", ids, "N", self.size).cpu().numpy()


class _Counts(NamedTuple):
    """How often each string of one length occurs, and what is known of its context."""

    strings: NDArray[np.int64]  # codes of context and character, sorted
    string_counts: NDArray[np.int64]
    contexts: NDArray[np.int64]  # codes of contexts, sorted
    context_counts: NDArray[np.int64]
    followers: NDArray[np.int64]  # how many different characters followed
    size: int

    @classmethod
    def of(cls, codes: NDArray[np.int64], size: int) -> _Counts:
        strings, string_counts = np.unique(codes, return_counts=True)
        contexts, first = np.unique(strings // size, return_index=True)
        followers = np.diff(first, append=len(strings))
        context_counts = np.add.reduceat(string_counts, first)
        return cls(strings, string_counts, contexts, context_counts, followers, size)

    def smooth(self, codes: NDArray[np.int64], shorter: NDArray[np.float64]) -> NDArray[np.float64]:
        """p(w | h) of each string, from ``shorter``, its p(w | h')."""
        count = _look_up(codes, self.strings, self.string_counts)
        total = _look_up(codes // self.size, self.contexts, self.context_counts)
        different = _look_up(codes // self.size, self.contexts, self.followers)
        # p(w | h) = (c(h, w) + n(h) p(w | h')) / (c(h) + n(h))
        smoothed = (count + different * shorter) / np.maximum(total + different, 1)
        return np.where(total > 0, smoothed, shorter)


def _codes(text: NDArray[np.int64], length: int, size: int) -> NDArray[np.int64]:
    """Each string of ``length`` ids as one number, oldest id first."""
    codes = np.zeros(len(text) - length + 1, dtype=np.int64)
    for i in range(length):
        codes = codes * size + text[i : i + len(codes)]
    return codes


def _look_up(
    keys: NDArray[np.int64], sorted_keys: NDArray[np.int64], values: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The value of each key, 0 where it is not among the sorted ones."""
    place = np.searchsorted(sorted_keys, keys).clip(max=len(sorted_keys) - 1)
    return np.where(sorted_keys[place] == keys, values[place], 0)


class Guesses(NamedTuple):
    """How networks with random weights did.

    Attributes:
        accuracy: of each network, shape (N).
        solved: how many reached the threshold.
    """

    accuracy: Tensor
    solved: int


@torch.no_grad()
def guess_weights(
    task: Classification,
    networks: int,
    hidden_size: int,
    *,
    scale: float = 10.0,
    sequences: int = 100,
    threshold: float = 0.99,
    seed: int = 0,
) -> Guesses:
    """Draw simple RNNs at random and see how many solve a task without learning.

    A task that luck solves shows nothing about learning (Hochreiter & Schmidhuber 1997).

    Args:
        task: one with classes.
        networks: ``N``, how many to draw; all run at once.
        hidden_size: ``H`` of each.
        scale: weights and biases are uniform on ±scale.
        sequences: how many sequences each is tested on; all are given the same.
        threshold: the accuracy from which a task counts as solved.
        seed: of weights and sequences.

    Raises:
        ValueError: if a size is not a positive int.
    """
    N, H = positive_int("networks", networks), positive_int("hidden_size", hidden_size)
    generator = torch.Generator().manual_seed(seed)
    x, target, mask = task.sample(sequences, generator)

    def draw(*shape: int) -> Tensor:
        return scale * (2 * draws.uniform((N, *shape), generator) - 1)

    W, U, b = draw(task.input_size, H), draw(H, H), draw(1, H)
    V, c = draw(H, task.output_size), draw(1, task.output_size)
    h, right = torch.zeros_like(b).expand(N, sequences, H), c.new_zeros(N, dtype=torch.float64)
    for x_t, target_t, mask_t in zip(x, target, mask, strict=True):
        # h_t = tanh(W x_t + U h_{t-1} + b), for each network and sequence
        h = torch.tanh(x_t @ W + torch.baddbmm(b, h, U))
        if mask_t.any():
            right += (task.correct(torch.baddbmm(c, h, V), target_t) & mask_t).sum(dim=1)
    accuracy = right / mask.sum()
    return Guesses(accuracy, int((accuracy >= threshold).sum()))
