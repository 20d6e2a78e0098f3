"""Connectionist temporal classification (CTC): labels, where nobody says at which frame they are.

At each of T frames a network gives probabilities of V symbols: labels, and a blank, "nothing new".
A path is a symbol a frame, and `collapse` makes labels of it. The probability of a labelling is
the sum over all paths that collapse to it: there are too many to count, but a recursion adds them.

Source: Graves, Fernández, Gomez & Schmidhuber (2006).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from rnnbook.cells import checks

NEVER = -1e30
"""A log probability of 0 through which gradients can go: that of −∞ − (−∞) is no number."""


class CTCLattice(NamedTuple):
    """What `ctc_lattice` found: (T, S) tensors, whose S = 2U + 1 states are blanks and labels.

    ``alpha`` and ``beta`` are logarithms, of the probability of the frames up to ``t``, which end
    in a state, and of those after ``t``, which start from it. (In the source, both hold frame
    ``t``.) ``occupancy`` is the probability of being in a state at ``t``, given the labels: a row
    adds up to 1. ``labels`` (S) says which symbol a state is.
    """

    alpha: Tensor
    beta: Tensor
    labels: Tensor
    log_likelihood: Tensor
    occupancy: Tensor


@torch.no_grad()
def ctc_lattice(log_p: Tensor, target: Tensor, blank: int = 0) -> CTCLattice:
    """All paths of one sequence that collapse to its target, added up forwards and backwards.

    Args:
        log_p: log probabilities (T, V), as ``log_softmax`` gives them.
        target: the labels (U), without blanks; U may be 0.
        blank: the symbol that says nothing new.

    Raises:
        TypeError: if ``log_p`` holds no floats, or ``target`` no ints.
        ValueError: if a shape or a symbol does not fit, or there is no path: T is too short, say.
    """
    T, V = _log_probabilities(log_p, blank, "T, V").shape
    target = checks.ids("target", target, "U", V).to(log_p.device)
    _require_path("target", target[None], [len(target)], [T], blank, "log_p must have")
    labels = _with_blanks(target, blank)
    emitted = log_p[:, labels]  # (T, S)
    alpha, beta = torch.full_like(emitted, -torch.inf), torch.full_like(emitted, -torch.inf)
    alpha[0, :2] = emitted[0, :2]  # a path starts in the first blank or the first label
    beta[-1, -2:] = 0  # and ends in the last label or the last blank
    for t in range(1, T):
        # α_t(s) = y_t(s) [α_{t−1}(s) + α_{t−1}(s−1) + α_{t−1}(s−2)], the last not over equal labels
        alpha[t] = emitted[t] + _arrivals(alpha[t - 1], labels, -torch.inf)
    for t in range(T - 2, -1, -1):
        # β_t(s): the same from the other end, of the β_{t+1} y_{t+1} of s, s+1 and s+2
        after = beta[t + 1] + emitted[t + 1]
        beta[t] = _arrivals(after.flip(0), labels.flip(0), -torch.inf).flip(0)
    log_likelihood = alpha[-1, -2:].logsumexp(dim=0)
    if not log_likelihood.isfinite():
        raise ValueError("log_p must let a path to target be possible, got a probability of 0")
    return CTCLattice(alpha, beta, labels, log_likelihood, (alpha + beta - log_likelihood).exp())


def ctc_gradient(log_p: Tensor, target: Tensor, blank: int = 0) -> Tensor:
    """The gradient (T, V) of −log p(target) with respect to the logits; arguments as `ctc_lattice`.

    It is what the network says minus what it should: ``y_t(k)`` minus the occupancy of symbol k.
    """
    lattice = ctc_lattice(log_p, target, blank)
    # ∂ℓ/∂a_t(k) = y_t(k) − Σ_{s: label of s is k} occupancy_t(s)
    return log_p.detach().exp().index_add(1, lattice.labels, lattice.occupancy, alpha=-1)


def ctc_loss(
    logits: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: int = 0
) -> Tensor:
    """−log p(target) in nats a sequence, the mean over the batch: not divided by any length.

    Args:
        logits: before the softmax, (T, B, V).
        targets: the labels, (B, U), as ``torch.nn.CTCLoss`` has them; padded on the right.
        input_lengths: how many frames of each sequence count, B ints from 1 to T.
        target_lengths: how many labels of each target count, B ints from 0 to U.
        blank: the symbol that says nothing new.

    Raises:
        TypeError: if ``logits`` holds no floats, or another argument no ints.
        ValueError: if a shape or a symbol does not fit, or a sequence is too short for its labels.
    """
    T, B, V = _scores("logits", logits, blank, "T, B, V").shape
    targets = checks.ids("targets", targets, "B, U", V).to(logits.device)
    checks.of_shape("targets", targets, "B, U", (B, targets.shape[1]))
    frames = _counts("input_lengths", input_lengths, B, T).to(logits.device)
    counts = _counts("target_lengths", target_lengths, B, targets.shape[1]).to(logits.device)
    too_short = "input_lengths must give sequence {b}"
    _require_path("targets", targets, counts.tolist(), frames.tolist(), blank, too_short)
    labels = _with_blanks(targets, blank)  # (B, S)
    emitted = logits.log_softmax(dim=2).gather(2, labels.expand(T, -1, -1))  # (T, B, S)
    state = torch.arange(labels.shape[1], device=labels.device)
    alpha = emitted[0].where(state < 2, NEVER)
    alphas = [alpha]
    for emitted_t in emitted[1:]:
        alpha = emitted_t + _arrivals(alpha, labels, NEVER)
        alphas.append(alpha)
    last = torch.stack(alphas)[frames - 1, torch.arange(B, device=labels.device)]  # (B, S)
    is_end = (state <= 2 * counts[:, None]) & (state >= 2 * counts[:, None] - 1)
    return -last.where(is_end, NEVER).logsumexp(dim=1).mean()


def collapse(ids: Sequence[Any] | Tensor, blank: Any = 0) -> list[Any]:
    """The labels of a path: repeats become one, and *then* blanks go, so that ``a-a`` is ``aa``."""
    if isinstance(ids, Tensor):
        ids = checks.ids("ids", ids, "T").tolist()
    checks.instance("ids", ids, Sequence, "a list or a tensor of symbols, one a frame")
    return [symbol for symbol, _ in groupby(ids) if symbol != blank]


def greedy_decode(log_p: Tensor, lengths: Any, blank: int = 0) -> list[list[int]]:
    """The labels of the likeliest path of each sequence, from log_p (T, B, V) and B lengths.

    The likeliest labelling can be another, whose many paths are likelier together.
    """
    _log_probabilities(log_p, blank, "T, B, V")
    counts, best = checks.lengths(lengths, log_p).tolist(), log_p.argmax(dim=2)
    return [collapse(path[:n], blank) for path, n in zip(best.T, counts, strict=True)]


def prefix_beam_search(log_p: Tensor, width: int, blank: int = 0) -> list[tuple[list[int], float]]:
    """Likely labellings of log_p (T, V) with their log probabilities in nats, best first.

    The paths of one labelling are added up. After each frame the ``width`` likeliest go on, so that
    the probabilities are lower bounds; they are exact where the width is never reached.

    Source: Hannun, Maas, Jurafsky & Ng (2014), without their language model.
    """
    _log_probabilities(log_p, blank, "T, V")
    checks.positive_int("width", width)
    # of each labelling: its paths that end in a blank, and those that end in a label
    beam: dict[tuple[int, ...], list[float]] = {(): [0.0, -np.inf]}
    for row in log_p.detach().double().tolist():
        grown: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [-np.inf, -np.inf])
        for labels, (in_blank, in_label) in beam.items():
            either = np.logaddexp(in_blank, in_label)
            for k, log_y in enumerate(row):
                longer = (*labels, k)
                if k == blank:
                    ways = [(labels, 0, either)]
                elif labels[-1:] == (k,):  # the same label goes on, or comes again after a blank
                    ways = [(labels, 1, in_label), (longer, 1, in_blank)]
                else:
                    ways = [(longer, 1, either)]
                for found, ending, before in ways:
                    grown[found][ending] = np.logaddexp(grown[found][ending], before + log_y)
        scores = {labels: float(np.logaddexp(ends[0], ends[1])) for labels, ends in grown.items()}
        best = sorted(scores, key=lambda labels: scores[labels], reverse=True)[:width]
        beam = {labels: grown[labels] for labels in best if scores[labels] > -np.inf}
    return [(list(labels), scores[labels]) for labels in beam]


def _with_blanks(target: Tensor, blank: int) -> Tensor:
    """Labels (…, U) with a blank before, between and after them, (…, 2U + 1)."""
    U = target.shape[-1]
    labels = target.new_full((*target.shape[:-1], 2 * U + 1), blank)
    labels[..., 1::2] = target
    return labels


def _arrivals(log_a: Tensor, labels: Tensor, never: float) -> Tensor:
    """What comes into each state (…, S) in a step: log Σ of stay, one on, and a jump of two.

    A jump leaves out the blank between two labels. Between equal ones it is needed, else they would
    collapse to one; and so no jump goes from a blank to a blank.
    """
    padded, earlier = pad(log_a, (2, 0), value=never), pad(labels, (2, 0), value=-1)[..., :-2]
    jump = padded[..., :-2].where(labels != earlier, never)
    return torch.stack([padded[..., 2:], padded[..., 1:-1], jump]).logsumexp(dim=0)


def _log_probabilities(log_p: Tensor, blank: int, axes: str) -> Tensor:
    """Return ``log_p`` if it holds logarithms of probabilities, of ``blank`` among others."""
    whole = _scores("log_p", log_p, blank, axes).exp().sum(dim=-1)
    if not ((whole - 1).abs() < 1e-3).all():
        found = f"{whole.flatten()[(whole - 1).abs().argmax()]:.3g}"
        raise ValueError(f"log_p must be of probabilities that add up to 1, got a sum of {found}")
    return log_p


def _scores(name: str, value: Tensor, blank: int, axes: str) -> Tensor:
    """Return ``value`` if it holds a row of scores or more, of ``blank`` among other symbols."""
    if 0 in checks.floats(name, value, axes).shape:
        raise ValueError(f"{name} must not be empty, got shape {tuple(value.shape)}")
    checks.whole_number("blank", blank)
    checks.ids("blank", torch.tensor(blank), None, value.shape[-1])
    return value


def _counts(name: str, value: Any, B: int, most: int) -> Tensor:
    """Return B counts from 0 to ``most``, in a tensor or anything else that holds ints."""
    try:
        counts = torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"{name} must be B = {B} ints, got {value!r}") from None
    return checks.ids(name, checks.of_shape(name, counts, "B", (B,)), None, most + 1)


def _require_path(
    name: str, targets: Tensor, counts: list[int], frames: list[int], blank: int, too_short: str
) -> None:
    """Refuse a blank among labels, and labels that need more frames than there are."""
    for b, (target, U, T) in enumerate(zip(targets.tolist(), counts, frames, strict=True)):
        if blank in target[:U]:
            raise ValueError(f"{name} must hold labels without blanks, got {target[:U]}")
        # a frame a label, and a blank between equal neighbours; one frame where there is no label
        needed = max(1, U + sum(a == b for a, b in pairwise(target[:U])))
        if needed > T:
            each = "one a label and one more between equal neighbours"
            raise ValueError(f"{too_short.format(b=b)} {needed} frames or more, {each}, got {T}")
