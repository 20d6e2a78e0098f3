"""Networks that read an image as a sequence, and two that see it whole."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from math import cos, isfinite, log, pi

import torch
from torch import Generator, Tensor, nn

from rnnbook.cells import checks
from rnnbook.cells.modes import evaluating
from rnnbook.tasks import draws
from rnnbook.training import History, fit
from rnncourse.lessons.ch21.images import CLASSES, Images

Reads = Callable[[Tensor], Tensor]


class ImageReader(nn.Module):
    """Reads a sequence, and says after each step which digit it would answer.

    Args:
        cell: one of ``CELLS``.
        input_size: numbers of a step.
        hidden_size: units.
        steps: of a sequence; what ``chrono`` expects as the longest dependency.
    """

    def __init__(self, cell: str, input_size: int, hidden_size: int, steps: int) -> None:
        super().__init__()
        if cell not in tuple(CELLS):
            raise ValueError(f"cell must be one of {', '.join(CELLS)}, got {cell!r}")
        self.layer = CELLS[cell](input_size, hidden_size, steps)
        self.readout = nn.Linear(hidden_size, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (T, B, 10) of sequences (T, B, D)."""
        return self.readout(self.layer(x)[0])


def _simple(D: int, H: int, _: int) -> nn.RNNBase:
    return nn.RNN(D, H)


def _lstm(D: int, H: int, _: int) -> nn.RNNBase:
    return nn.LSTM(D, H)


def _gru(D: int, H: int, _: int) -> nn.RNNBase:
    return nn.GRU(D, H)


@torch.no_grad()
def _irnn(D: int, H: int, _: int) -> nn.RNNBase:
    """Rectified linear units that begin by keeping their state (Le, Jaitly & Hinton 2015)."""
    layer = nn.RNN(D, H, nonlinearity="relu")
    weights = dict(layer.named_parameters())
    weights["weight_hh_l0"].copy_(torch.eye(H))
    weights["weight_ih_l0"].normal_(std=0.001)
    weights["bias_ih_l0"].zero_()
    weights["bias_hh_l0"].zero_()
    return layer


@torch.no_grad()
def _chrono(D: int, H: int, steps: int) -> nn.RNNBase:
    """An LSTM whose units begin with time constants up to ``steps`` (Tallec & Ollivier 2018)."""
    layer = nn.LSTM(D, H)
    bias = dict(layer.named_parameters())
    bias["bias_ih_l0"].zero_()
    bias["bias_hh_l0"].zero_()
    keep = torch.empty(H).uniform_(1, steps - 1).log()
    bias["bias_hh_l0"][:H] = -keep  # torch's order of gates is i f g o
    bias["bias_hh_l0"][H : 2 * H] = keep
    return layer


CELLS: dict[str, Callable[[int, int, int], nn.RNNBase]] = {
    "simple": _simple,
    "irnn": _irnn,
    "lstm": _lstm,
    "chrono": _chrono,
    "gru": _gru,
}


def linear(side: int) -> nn.Module:
    """One linear layer on all pixels: what must be beaten."""
    return nn.Sequential(nn.Flatten(), nn.Linear(side * side, CLASSES))


def convolution(side: int, channels: int = 16) -> nn.Module:
    """Two convolutions of 3 × 3, each with a pooling, and a linear layer."""
    return nn.Sequential(
        nn.Unflatten(1, (1, side)),
        nn.Conv2d(1, channels, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(channels, 2 * channels, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(2 * channels * (side // 4) ** 2, CLASSES),
    )


def learn(
    model: nn.Module,
    train: Images,
    validation: Images,
    reads: Reads,
    *,
    updates: int,
    lr: float,
    batch_size: int = 64,
    every: int = 50,
    seed: int = 0,
    every_step: bool = False,
) -> History:
    """Train a model on what it says, and leave it as it was when validation was best.

    The rate falls to nothing along a cosine, and gradients are clipped at 1.

    Args:
        model: logits (T, B, 10) of sequences, or (B, 10) of images; changed in place.
        train: images to learn from.
        validation: images to choose by.
        reads: makes of pixels (N, rows, columns) what the model reads.
        updates: how many.
        lr: the learning rate of Adam that is begun with.
        batch_size: images of an update.
        every: updates between validations.
        seed: of the batches.
        every_step: whether it learns from what it says after every step; else from the last.
    """
    checks.instance("model", model, nn.Module, "a module")
    adam, done = torch.optim.Adam(model.parameters(), lr=lr), count()

    def sample(generator: Generator) -> Images:
        adam.param_groups[0]["lr"] = lr * (1 + cos(pi * next(done) / updates)) / 2
        which = draws.ints(0, len(train.labels), (batch_size,), generator)
        return Images(train.pixels[which], train.labels[which])

    def loss(model: nn.Module, batch: Images) -> Tensor:
        if not every_step:
            return nn.functional.cross_entropy(last(model, reads(batch.pixels)), batch.labels)
        logits = model(reads(batch.pixels))
        labels = batch.labels.expand(len(logits), -1)
        return nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())

    return fit(
        model,
        sample,
        loss,
        steps=updates,
        optimizer=lambda _: adam,
        validate=lambda model: cross_entropy(model, validation, reads),
        every=every,
        patience=updates,
        seed=seed,
    )


def last(model: nn.Module, x: Tensor) -> Tensor:
    """What a model says in the end: logits (B, 10)."""
    logits = model(x)
    return logits[-1] if logits.dim() == 3 else logits


@torch.no_grad()
def cross_entropy(model: nn.Module, images: Images, reads: Reads) -> float:
    """The mean loss, in nats an image, 10 log 10 at most; log 10 is that of knowing nothing."""
    with evaluating(model):
        logits = torch.cat([last(model, reads(part)) for part in images.pixels.split(1000)])
    loss, most = nn.functional.cross_entropy(logits, images.labels).item(), 10 * log(10)
    return min(loss, most) if isfinite(loss) else most


@torch.no_grad()
def accuracy(model: nn.Module, images: Images, reads: Reads) -> float:
    """The share that is right in the end."""
    with evaluating(model):
        logits = torch.cat([last(model, reads(part)) for part in images.pixels.split(1000)])
    return float((logits.argmax(dim=1) == images.labels).double().mean())


@torch.no_grad()
def accuracy_by_step(model: ImageReader, images: Images, reads: Reads) -> Tensor:
    """The share that is right after each step, shape (T)."""
    with evaluating(model):
        logits = torch.cat([model(reads(part)) for part in images.pixels.split(1000)], dim=1)
    return (logits.argmax(dim=2) == images.labels).double().mean(dim=1)
