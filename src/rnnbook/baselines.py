"""What must be beaten: constant predictors, n-grams, and guessing weights at random."""

from __future__ import annotations

from math import log
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnbook.cells import checks
from rnnbook.cells.checks import positive_int, positive_number
from rnnbook.tasks import Classification, draws


class Constant(NamedTuple):
    """The best answer that is always the same, and its loss."""

    prediction: Tensor
    loss: float


def constant_value(target: Tensor) -> Constant:
    """The constant with the least mean squared error: the mean; its error is the variance.

    Args:
        target: any shape.

    Raises:
        TypeError: if the target is no tensor.
        ValueError: if it is empty, or complex.
    """
    if not checks.tensor("target", target).numel() or target.is_complex():
        kind = f"{target.dtype} of shape {tuple(target.shape)}"
        raise ValueError(f"target must hold one real number at least, got {kind}")
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
        ValueError: if a target is none of the classes, or there is none.
    """
    target = checks.ids("target", target, None, positive_int("classes", classes))
    if not target.numel():
        raise ValueError(f"target must hold one answer at least, got shape {tuple(target.shape)}")
    frequencies = torch.bincount(target.flatten(), minlength=classes).double() / target.numel()
    return Constant(frequencies, torch.special.entr(frequencies).sum().item())


class CharacterNgram:
    """Counts of what followed each context, smoothed by interpolated modified Kneser–Ney.

    With ``c(h, w)`` how often ``w`` followed the context ``h``, and ``c(h)`` their sum,
    ``p(w | h) = max(c(h, w) − D, 0) / c(h) + γ(h) p(w | h')``: each count gives up a discount
    ``D`` (of its own for counts of 1, 2, and 3 or more), ``γ(h)`` is what was given up, and ``h'``
    is ``h`` without its oldest character. Below the longest context it is not counted how often
    ``w`` followed ``h'``, but after how many different characters ``h' w`` was seen. Below the
    empty context stands the uniform distribution; a context that was never seen leaves
    ``p(w | h')`` as it is.

    Args:
        ids: the training text, ints of shape (N).
        context: the most characters of context; all shorter contexts are counted too.
        size: ``V``, the number of different characters.

    Raises:
        ValueError: if an id or a size is out of range.

    Source: Chen & Goodman (1999), An empirical study of smoothing techniques for language
    modeling.
    """

    def __init__(self, ids: Tensor, context: int, size: int) -> None:
        self.size = positive_int("size", size)
        if isinstance(context, bool) or not isinstance(context, int) or context < 0:
            raise ValueError(f"context must be an int of at least 0, got {context!r}")
        if (context + 1) * log(size) >= log(2**63):
            raise ValueError(f"context must be shorter: {size}^{context + 1} exceeds 64 bits")
        self.context = context
        text = self._checked("ids", ids)
        if len(text) <= context:
            raise ValueError(f"ids must hold more than context = {context} steps, got {len(text)}")
        self._often = [_occurrences(text, k + 1, size) for k in range(context + 1)]
        self._varied = [
            _continuations(longer, k + 1, size) for k, longer in enumerate(self._often[1:])
        ]

    def probabilities(self, history: Tensor) -> Tensor:
        """What may come next, shape (V), float64; only the last ``context`` ids matter.

        Args:
            history: ids so far, shape (N); may be empty.
        """
        text = self._checked("history", history)
        p = np.full(self.size, 1 / self.size)
        for k, table in enumerate([*self._varied, self._often[-1]][: len(text) + 1]):
            context = _codes(text[len(text) - k :], k, self.size)[-1] if k else 0
            p = table.smooth(context * self.size + np.arange(self.size), p)
        return torch.from_numpy(p)

    def bits(self, ids: Tensor) -> list[float]:
        """Bits a character on a text, for contexts of 0, 1, … ``context`` characters.

        Args:
            ids: the text, shape (N). Its first ``context`` characters serve as context only, so
                that every entry is a mean over the same characters.
        """
        text = self._checked("ids", ids)
        if len(text) <= self.context:
            raise ValueError(
                f"ids must hold more than context = {self.context} steps, got {len(text)}"
            )
        shorter, bits = np.full(len(text) - self.context, 1 / self.size), []
        for k, often in enumerate(self._often):
            codes = _codes(text, k + 1, self.size)[self.context - k :]
            bits.append(float(-np.log2(often.smooth(codes, shorter)).mean()))
            if k < self.context:
                shorter = self._varied[k].smooth(codes, shorter)
        return bits

    def _checked(self, name: str, ids: Tensor) -> NDArray[np.int64]:
        return checks.ids(name, ids, "N", self.size).cpu().numpy()


class _Counts(NamedTuple):
    """Counts of the strings of one length, and what each context's counts give up."""

    strings: NDArray[np.int64]  # codes of context and character, sorted
    kept: NDArray[np.float64]  # their counts, discounted
    contexts: NDArray[np.int64]  # codes of contexts, sorted
    sums: NDArray[np.float64]  # of the counts, before
    given: NDArray[np.float64]  # what the counts gave up, summed
    size: int

    @classmethod
    def of(cls, strings: NDArray[np.int64], counts: NDArray[np.int64], size: int) -> _Counts:
        discount = _discounts(counts)[np.minimum(counts, 3)]
        contexts, first = np.unique(strings // size, return_index=True)
        sums, given = (np.add.reduceat(n.astype(float), first) for n in (counts, discount))
        return cls(strings, counts - discount, contexts, sums, given, size)

    def smooth(self, codes: NDArray[np.int64], shorter: NDArray[np.float64]) -> NDArray[np.float64]:
        """p(w | h) of each string, from ``shorter``, its p(w | h')."""
        kept = _look_up(codes, self.strings, self.kept)
        total = _look_up(codes // self.size, self.contexts, self.sums)
        given = _look_up(codes // self.size, self.contexts, self.given)
        # p(w | h) = (c(h, w) − D) / c(h) + γ(h) p(w | h')
        smoothed = (kept + given * shorter) / np.maximum(total, 1)
        return np.where(total > 0, smoothed, shorter)


def _occurrences(text: NDArray[np.int64], length: int, size: int) -> _Counts:
    """How often each string of a length occurs."""
    strings, counts = np.unique(_codes(text, length, size), return_counts=True)
    return _Counts.of(strings, counts, size)


def _continuations(longer: _Counts, length: int, size: int) -> _Counts:
    """After how many different characters each string of a length, one less, was seen."""
    strings, counts = np.unique(longer.strings % size**length, return_counts=True)
    return _Counts.of(strings, counts, size)


def _discounts(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """What a count of 0, 1, 2, and of 3 or more gives up; after Chen and Goodman."""
    once, twice, thrice, four = (int((counts == n).sum()) for n in (1, 2, 3, 4))
    if once and twice and thrice:
        Y = once / (once + 2 * twice)
        D = (1 - 2 * Y * twice / once, 2 - 3 * Y * thrice / twice, 3 - 4 * Y * four / thrice)
        if min(D) > 0:
            return np.array([0.0, *D])
    return np.array([0.0, 0.5, 1.0, 1.5])  # too little text to tell


def _codes(text: NDArray[np.int64], length: int, size: int) -> NDArray[np.int64]:
    """Each string of ``length`` ids as one number, oldest id first."""
    codes = np.zeros(len(text) - length + 1, dtype=np.int64)
    for i in range(length):
        codes = codes * size + text[i : i + len(codes)]
    return codes


def _look_up(
    keys: NDArray[np.int64], sorted_keys: NDArray[np.int64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
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
        TypeError: if the task has no classes.
        ValueError: if a size is not a positive int, or another argument out of range.
    """
    N, H = positive_int("networks", networks), positive_int("hidden_size", hidden_size)
    checks.instance("task", task, Classification, "a task with classes")
    positive_int("sequences", sequences)
    positive_number("scale", scale)
    checks.finite_number("threshold", threshold, "a finite number", lambda _: True)
    checks.whole_number("seed", seed)
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
