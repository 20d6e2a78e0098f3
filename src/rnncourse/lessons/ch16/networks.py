"""A language model, and what makes it better: each a rung that is switched on or left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import inf, log
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from rnnbook.cells.modes import evaluating
from rnnbook.data import carried_batches, stream
from rnnbook.models.chunks import each_part
from rnnbook.training import TrainingDiverged, fit
from rnncourse.lessons.ch16.texts import Text

LAYERS: dict[str, Callable[..., nn.RNNBase]] = {
    "simple": nn.RNN,
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}
RUNGS = ("stopping", "dropout", "tying", "schedule", "averaging", "size", "longer")
"""In the order in which the ladder puts one on the other."""
SMALL = "small start"
"""Tying's control: the embedding starts as small as a read-out must, and is not tied."""
LOOKS = 10
"""How often a run is measured on validation."""
DECAY = 0.99
"""Of the moving average of the weights: it is one of the last hundred updates or so."""


class Plan(NamedTuple):
    """How a text is read.

    Attributes:
        hidden_size: ``H``; twice that with the rung ``size``.
        dropout: the share of each vector that the rung ``dropout`` takes away.
        batch_size: ``B``, the strips read side by side.
        length: ``T``, the steps of a chunk.
        updates: how many are made; three times that with the rung ``longer``.
    """

    hidden_size: int
    dropout: float
    batch_size: int
    length: int
    updates: int


PLANS = {"characters": Plan(96, 0.1, 16, 64, 1000), "words": Plan(96, 0.4, 10, 35, 1200)}


class LockedDropout(nn.Module):
    """Dropout with one mask a sequence: what is taken away is away at every step.

    Args:
        p: the share that is taken away.

    Source: Gal & Ghahramani (2016), A theoretically grounded application of dropout in RNNs.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """From (T, B, D) to the same shape; nothing changes in evaluation mode."""
        if not self.training or not self.p:
            return x
        kept = x.new_full((1, *x.shape[1:]), 1 - self.p).bernoulli()
        return x * kept / (1 - self.p)


class NextToken(nn.Module):
    """Reads ids through an embedding, and scores after each what may come next.

    Args:
        cell: ``simple``, ``lstm`` or ``gru``.
        tokens: ``V``, how many there are.
        hidden_size: ``H``, of the embedding and of the state.
        dropout: of what the recurrence and what the read-out get, with locked masks.
        tied: whether the read-out's weights are the embedding's; then they start small.
        small: whether the embedding starts small though it is not tied.
    """

    def __init__(
        self,
        cell: str,
        tokens: int,
        hidden_size: int,
        dropout: float = 0.0,
        tied: bool = False,
        small: bool = False,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, hidden_size)
        if tied or small:
            nn.init.normal_(self.embedding.weight, std=hidden_size**-0.5)
        self.layer = LAYERS[cell](hidden_size, hidden_size)
        self.readout = nn.Linear(hidden_size, tokens)
        self.dropout = LockedDropout(dropout)
        if tied:
            self.readout.weight = self.embedding.weight

    def forward(self, ids: Tensor, state: object = None) -> tuple[Tensor, object]:
        """From ids (T, B) to scores (T, B, V), and the last state."""
        output, state = self.layer(self.dropout(self.embedding(ids)), state)
        return self.readout(self.dropout(output)), state


@torch.no_grad()
def bits(model: nn.Module, ids: Tensor, batch_size: int = 16, length: int = 32) -> float:
    """Bits a token on a text read in strips, with the state carried and the true text fed."""
    state, total, count = None, 0.0, 0
    with evaluating(model):
        for x, y in carried_batches(ids, batch_size, length):
            scores, state = model(x, state)
            total += cross_entropy(scores.flatten(0, 1), y.flatten(), reduction="sum").item()
            count += y.numel()
    return total / count / log(2)


@dataclass
class _Carried:
    """The loss of a chunk, with the state that the chunk before has left."""

    state: object = field(default=None)

    def __call__(self, model: nn.Module, chunk: tuple[Tensor, Tensor, bool]) -> Tensor:
        x, y, begins = chunk
        scores, state = model(x, None if begins else self.state)
        self.state = each_part(state, Tensor.detach)
        return cross_entropy(scores.flatten(0, 1), y.flatten())


def learn(
    model: nn.Module, text: Text, plan: Plan, rungs: Iterable[str], *, lr: float, seed: int
) -> tuple[nn.Module, list[float]]:
    """Train a model on a text.

    Args:
        model: a `NextToken`.
        text: what it reads.
        plan: how.
        rungs: of `RUNGS`, those that concern training: ``schedule``, the rate falls evenly to
            nothing; ``averaging``, what is measured has the moving average of the weights;
            ``stopping``, what is returned has the weights of the look with the fewest bits.
        lr: learning rate.
        seed: of dropout.

    Returns:
        The model to measure, and its bits on validation at each of the `LOOKS`; infinite from where
        training diverged, and then the model is as it was last.
    """
    rungs = set(rungs)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
    measured = average if "averaging" in rungs else model

    def optimizer(parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        adam = torch.optim.Adam(parameters, lr=lr)
        falling = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 1e-3, plan.updates)

        def after(*_: object) -> None:
            average.update_parameters(model)
            if "schedule" in rungs:
                falling.step()

        adam.register_step_post_hook(after)
        return adam

    looks: list[float] = []
    best: dict[str, Tensor] = {}

    def look(_: nn.Module) -> float:
        looks.append(bits(measured, text.validation))
        if "stopping" in rungs and looks[-1] == min(looks):
            best.update({name: w.clone() for name, w in measured.state_dict().items()})
        return looks[-1]

    chunks = stream(text.train, plan.batch_size, plan.length)
    try:
        fit(
            model,
            lambda _: next(chunks),
            _Carried(),
            steps=plan.updates,
            optimizer=optimizer,
            validate=look,
            every=max(plan.updates // LOOKS, 1),
            seed=seed,
            progress=False,
        )
    except TrainingDiverged:
        looks.append(inf)
    if best:
        measured.load_state_dict(best)
    return measured, looks
