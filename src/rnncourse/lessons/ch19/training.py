"""Train a recogniser of digits with CTC, and measure what it says, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi
from statistics import fmean

import jiwer
import torch
from torch import Generator, Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.optim import Adam

from rnncourse.lessons.ch19.digits import (
    BLANK,
    CLASSES,
    SIZE,
    SpeechBatch,
    Statistics,
    Utterance,
    batch,
    digit_at,
    draw,
    middle_of,
)
from rnncourse.lessons.ch19.recordings import RATE, Recording

LAYERS: dict[str, Callable[..., nn.RNNBase]] = {"simple": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
HIDDEN = 64
"""Units of each direction."""
BATCH_SIZE = 16
SPEEDS = (0.85, 0.92, 1.0, 1.08, 1.17)
"""At which each recording is trained on: more different voices."""


class DigitRecogniser(nn.Module):
    """Reads log-mels, and says at each step which digit was spoken, or the blank.

    Args:
        cell: one of ``LAYERS``.
        hidden_size: units of each direction.
        bidirectional: whether it also reads backwards.
        size: numbers in a step.
    """

    def __init__(
        self,
        cell: str = "gru",
        hidden_size: int = HIDDEN,
        *,
        bidirectional: bool = True,
        size: int = SIZE,
    ) -> None:
        super().__init__()
        self.layer = LAYERS[cell](size, hidden_size, bidirectional=bidirectional)
        self.readout = nn.Linear((1 + bidirectional) * hidden_size, CLASSES)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Log-probabilities (T, B, ``CLASSES``) of features (T, B, size)."""
        packed = pack_padded_sequence(features, lengths, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.layer(packed)[0])
        return self.readout(output).log_softmax(dim=2)


def step_of(model: DigitRecogniser, optimizer: torch.optim.Optimizer, heard: SpeechBatch) -> float:
    """One update, clipped at 1.

    Returns:
        The loss before it, nats a digit, the mean over strings.
    """
    log_p = model(heard.features, heard.lengths)
    loss = nn.CTCLoss()(log_p, heard.targets, heard.lengths, heard.target_lengths)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.item())


def learn(
    model: DigitRecogniser,
    recordings: Sequence[Recording],
    fixed: Statistics,
    seed: int,
    *,
    lr: float,
    updates: int,
    falling: bool = False,
) -> None:
    """Train a model on strings that are drawn as they are needed.

    Args:
        model: the recogniser.
        recordings: what strings are made of.
        fixed: statistics of the features.
        seed: of the strings.
        lr: learning rate of Adam.
        updates: how many, each on ``BATCH_SIZE`` strings.
        falling: whether the rate falls to nothing along a cosine.
    """
    optimizer, generator = Adam(model.parameters(), lr=lr), Generator().manual_seed(seed)
    for update in range(updates):
        if falling:
            optimizer.param_groups[0]["lr"] = lr * (1 + cos(pi * update / updates)) / 2
        strings = draw(BATCH_SIZE, recordings, generator)
        step_of(model, optimizer, batch(strings, fixed))


def listen(model: nn.Module, strings: Sequence[Utterance], fixed: Statistics) -> list[list[int]]:
    """The likeliest symbol at each step of each string: ids, ``BLANK`` or a digit and 1."""
    return likeliest(model, batch(strings, fixed))


@torch.no_grad()
def likeliest(model: nn.Module, heard: SpeechBatch) -> list[list[int]]:
    """The same of a batch."""
    features = heard.features.to(next(model.parameters()))
    best = model(features, heard.lengths).argmax(dim=2)
    return [ids[:count] for ids, count in zip(best.T.tolist(), heard.lengths, strict=True)]


def spikes(ids: Sequence[int]) -> list[tuple[int, int]]:
    """Where a path says a digit anew: the step, and the digit."""
    before = [BLANK, *ids]
    return [
        (step, one - 1)
        for step, (one, last) in enumerate(zip(ids, before, strict=False))
        if one not in (BLANK, last)
    ]


def word_error_rate(strings: Sequence[Utterance], paths: Sequence[Sequence[int]]) -> float:
    """Digits wrong, missed and too many, for one digit spoken, where these paths were heard."""
    return errors(strings, [[digit for _, digit in spikes(path)] for path in paths])


def errors(strings: Sequence[Utterance], heard: Sequence[Sequence[int]]) -> float:
    """The same, where these digits were heard."""
    said = [" ".join(map(str, string.digits)) for string in strings]
    return float(jiwer.wer(said, [" ".join(map(str, digits)) for digits in heard]))


def inside(strings: Sequence[Utterance], paths: Sequence[Sequence[int]]) -> float:
    """Of the spikes, the share in a digit that is the one they say; 0 where there is none."""
    found = [
        (place := digit_at(string, step)) is not None and string.digits[place] == digit
        for string, path in zip(strings, paths, strict=True)
        for step, digit in spikes(path)
    ]
    return fmean(found) if found else 0.0


def blank(paths: Sequence[Sequence[int]]) -> float:
    """The share of all steps at which the blank is likeliest."""
    return fmean(one == BLANK for path in paths for one in path)


def delays(strings: Sequence[Utterance], paths: Sequence[Sequence[int]]) -> list[float]:
    """How long after its digit's middle each spike comes, in seconds, of strings that are right.

    Args:
        strings: what was spoken.
        paths: what was heard; a string with a digit wrong, missed or too many is left out.
    """
    found = []
    for string, path in zip(strings, paths, strict=True):
        heard = spikes(path)
        if tuple(digit for _, digit in heard) == string.digits:
            for (step, _), begin, end in zip(heard, string.begins, string.ends, strict=True):
                found.append((middle_of(step) - (begin + end) / 2) / RATE)
    return found
