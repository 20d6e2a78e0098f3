"""Networks of equal weights that read sequences of several lengths, and how they are trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnbook.cells.modes import evaluating
from rnnbook.data import length_buckets, mask, pad
from rnnbook.training import History, fit

LAYERS: dict[str, Callable[..., nn.RNNBase]] = {
    "simple": nn.RNN,
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}
DEPTHS = {"two layers": 2, "four layers": 4}
SUMMARIES = ("mean", "max", "attention")
SPECIALS = ("", "two directions", *DEPTHS, "learned start", *SUMMARIES)
DROPOUT = 0.3
"""Of what the read-out gets."""
PATIENCE = 3
"""How many epochs without a better validation after which training stops."""


class Examples(NamedTuple):
    """Sequences and what is asked of each.

    Attributes:
        inputs: of shape (T, D) each, T of its own; or ids of shape (T), which become one-hot.
        targets: classes: one a sequence, shape (); or one a step, shape (T).
        symbols: D.
        classes: K.
    """

    inputs: list[Tensor]
    targets: list[Tensor]
    symbols: int
    classes: int


class Batch(NamedTuple):
    """Some examples side by side.

    Attributes:
        x: padded on the right, shape (T, B, D).
        lengths: shape (B).
        targets: shape (B); or (T, B), where a step of padding has -100, which no loss counts.
    """

    x: Tensor
    lengths: Tensor
    targets: Tensor


class Classifier(nn.Module):
    """Names the class of a sequence, or of each of its steps.

    Args:
        kind: a cell, with, after a comma, what makes it special: ``two directions``, ``two
            layers``, ``four layers``, ``learned start`` (of the state); or what the read-out gets
            in place of the last state: ``mean``, ``max`` or ``attention`` over the steps.
        examples: what it is for; their sizes are its own.
        budget: the hidden size is the largest with at most so many parameters.

    Raises:
        ValueError: if there is no such kind, or the examples have a target a step and the kind one
            answer a sequence.
    """

    def __init__(self, kind: str, examples: Examples, budget: int) -> None:
        super().__init__()
        self.cell, _, self.special = kind.partition(", ")
        if self.cell not in LAYERS or self.special not in SPECIALS:
            cells, specials = ", ".join(LAYERS), "; ".join(SPECIALS[1:])
            raise ValueError(f"kind must be one of {cells}, or one with {specials}, got {kind!r}")
        if kind == "lstm, learned start":
            raise ValueError(f"kind must have one state for a learned start, got {kind!r}")
        self.symbols, self.classes = examples.symbols, examples.classes
        self.at_every_step = examples.targets[0].ndim == 1
        if self.at_every_step and self.special in SUMMARIES:
            raise ValueError(f"kind must answer at every step, as the targets do, got {kind!r}")
        size = 1
        while self._build(size + 1) <= budget:
            size += 1
        self._build(size)

    def _build(self, H: int) -> int:
        """Make the layers of this size, and count their parameters."""
        both, depth = self.special == "two directions", DEPTHS.get(self.special, 1)
        self.layer = LAYERS[self.cell](self.symbols, H, depth, bidirectional=both)
        self.readout = nn.Linear((1 + both) * H, self.classes)
        self.scorer = nn.Linear(H, 1) if self.special == "attention" else None
        learned = self.special == "learned start"
        self.start = nn.Parameter(torch.zeros(1, 1, H)) if learned else None
        return sum(parameter.numel() for parameter in self.parameters())

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Scores (B, K) of sequences (T, B, D) of these lengths (B); or of all steps, (T, B, K)."""
        return self.readout(nn.functional.dropout(self.read(x, lengths), DROPOUT, self.training))

    def read(self, x: Tensor, lengths: Tensor) -> Tensor:
        """What the read-out gets: the states, the last, or one of the ways to take them all."""
        start = None if self.start is None else self.start.expand(-1, x.shape[1], -1).contiguous()
        packed, state = self.layer(pack_padded_sequence(x, lengths, enforce_sorted=False), start)
        output, _ = pad_packed_sequence(packed, total_length=len(x))  # zeros in the padding
        if self.at_every_step:
            return output
        own = mask(lengths, len(output))[:, :, None]
        if self.special == "mean":
            return output.sum(dim=0) / lengths[:, None]
        if self.special == "max":
            return output.masked_fill(~own, -1.0).amax(dim=0)  # no state is below −1
        if self.scorer is not None:
            weights = self.scorer(output).masked_fill(~own, float("-inf")).softmax(dim=0)
            return (weights * output).sum(dim=0)
        h_n = state[0] if isinstance(state, tuple) else state
        return torch.cat([h_n[-2], h_n[-1]], dim=1) if self.layer.bidirectional else h_n[-1]


class Shuffled:
    """Draws each example once an epoch, in batches of similar lengths, so that little is padded.

    Args:
        examples: what is drawn from.
        batch_size: how many at once, at most.
    """

    def __init__(self, examples: Examples, batch_size: int) -> None:
        self.examples, self.batch_size = examples, batch_size
        self.lengths = torch.tensor([len(x) for x in examples.inputs])
        self.left: list[Tensor] = []

    def __call__(self, generator: Generator) -> Batch:
        """The next batch."""
        self.left = self.left or length_buckets(self.lengths, self.batch_size, generator)
        return batch(self.examples, self.left.pop())


def batch(examples: Examples, chosen: Tensor) -> Batch:
    """Some examples, by their indices."""
    x, lengths = pad([examples.inputs[k] for k in chosen])
    if x.ndim == 2:
        x = nn.functional.one_hot(x, examples.symbols).to(torch.get_default_dtype())
    targets = [examples.targets[k] for k in chosen]
    if targets[0].ndim == 0:
        return Batch(x, lengths, torch.stack(targets))
    of_steps = nn.utils.rnn.pad_sequence(targets, padding_value=-100)
    return Batch(x, lengths, of_steps)


def scored(model: nn.Module, batch: Batch) -> Tensor:
    """The cross-entropy of a batch, in nats a target."""
    scores = model(batch.x, batch.lengths)
    return nn.functional.cross_entropy(scores.flatten(end_dim=-2), batch.targets.flatten())


@torch.no_grad()
def guesses(model: nn.Module, examples: Examples) -> list[Tensor]:
    """The likeliest class of each example, or of each of its steps: shaped as its target."""
    found: list[Tensor] = []
    with evaluating(model):
        for chosen in torch.arange(len(examples.inputs)).split(1000):
            some = batch(examples, chosen)
            likeliest = model(some.x, some.lengths).argmax(dim=-1)
            if likeliest.ndim == 1:
                found += list(likeliest)
            else:
                pairs = zip(likeliest.t(), some.lengths, strict=True)
                found += [steps[:length] for steps, length in pairs]
    return found


def wrong(model: nn.Module, examples: Examples) -> float:
    """The share of targets that are not what the network guesses."""
    pairs = zip(guesses(model, examples), examples.targets, strict=True)
    return (
        torch.cat([(guess != target).flatten() for guess, target in pairs]).double().mean().item()
    )


def learn(
    model: nn.Module,
    train: Examples,
    validation: Examples,
    *,
    lr: float,
    seed: int,
    epochs: int,
    batch_size: int,
) -> History:
    """Train until `PATIENCE` epochs in a row bring no fewer errors on validation, or for so many.

    Args:
        model: a `Classifier`.
        train: what it learns from.
        validation: what decides when it stops, and which of its weights are kept.
        lr: learning rate.
        seed: of the order of the examples, and of dropout.
        epochs: at most so many.
        batch_size: examples an update.
    """
    updates = -(-len(train.inputs) // batch_size)
    return fit(
        model,
        sample=Shuffled(train, batch_size),
        loss=scored,
        steps=epochs * updates,
        lr=lr,
        validate=lambda model: wrong(model, validation),
        every=updates,
        patience=PATIENCE,
        seed=seed,
        progress=False,
    )
