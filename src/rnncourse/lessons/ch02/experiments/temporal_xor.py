"""Temporal XOR after Elman (1990): the error falls at every third bit, and only there.

A network reads a stream in which every third bit is the XOR of the two before it, and predicts the
next bit at every step. It is not told where a triple starts. The settings are ours: windows of
30 bits for training, one unseen stream of 3,000 bits for measuring.

The control is the same network with its memory cut: each step starts from a state of zeros, so
that it sees the current bit alone.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell
from rnnbook.tasks import Batch
from rnnbook.training import fit
from rnnbook.unroll import Recurrent
from rnncourse.lessons.ch02.xor import TemporalXOR

DESCRIPTION = "Squared error of the next bit's prediction, by position in temporal XOR"
GRID = {"memory": ["carried", "cut"]}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "mse_predictable"
CHEAP = {"memory": "carried", "lr": 0.03, "steps": 60}

HIDDEN_SIZE = 8
STEPS = 1000
BATCH_SIZE = 32
WINDOW = TemporalXOR(length=30)
STREAM = TemporalXOR(length=3000)


class BitPredictor(nn.Module):
    """A simple recurrent layer and a linear readout: the logit of "the next bit is 1".

    Args:
        memory: ``"carried"`` from step to step, or ``"cut"``: ``h_{t-1}`` is zero at every step.

    Raises:
        ValueError: if ``memory`` is something else.
    """

    def __init__(self, memory: str = "carried") -> None:
        super().__init__()
        if memory not in GRID["memory"]:
            raise ValueError(f"memory must be 'carried' or 'cut', got {memory!r}")
        self.memory = memory
        self.layer = Recurrent(SimpleCell, WINDOW.input_size, HIDDEN_SIZE)
        self.readout = nn.Linear(HIDDEN_SIZE, WINDOW.output_size)

    def forward(self, x: Tensor) -> Tensor:
        """Predict the next bit at every step.

        Args:
            x: bits, shape (T, B, 1).

        Returns:
            Logits, shape (T, B, 1).
        """
        if self.memory == "carried":
            h, _ = self.layer(x)
        else:
            # T sequences of one step each: no state passes from one to the next.
            h, _ = self.layer(x.reshape(1, -1, x.shape[-1]))
            h = h.reshape(*x.shape[:2], -1)
        return self.readout(h)


def train(seed: int, memory: str = "carried", lr: float = 0.03, steps: int = STEPS) -> BitPredictor:
    """A network trained on windows of 30 bits; about three seconds on one thread."""
    torch.manual_seed(seed)
    model = BitPredictor(memory)
    fit(
        model,
        sample=lambda generator: WINDOW.sample(BATCH_SIZE, generator),
        loss=lambda model, batch: WINDOW.loss(model(batch.x), batch),
        steps=steps,
        lr=lr,
        seed=seed,
        progress=False,
    )
    return model


def stream(seed: int) -> Batch:
    """A stream of 3,000 bits that training with this seed has not seen, B = 1."""
    return STREAM.sample(1, torch.Generator().manual_seed(10_000 + seed))


def run(
    seed: int, memory: str = "carried", lr: float = 0.03, steps: int = STEPS
) -> dict[str, float]:
    """Train, and measure on an unseen stream.

    Returns:
        ``mse_random1`` and ``mse_random2``: mean squared error of the predicted probability for
        the two bits of a triple that are drawn by chance; ``mse_predictable``: for the third;
        ``accuracy_random`` and ``accuracy_predictable``: fraction of right guesses, 0 to 1.
    """
    model, batch = train(seed, memory, lr, steps), stream(seed)
    with torch.no_grad():
        output = model(batch.x)
    error = STREAM.squared_error(output, batch)
    right = STREAM.correct(output, batch.target).double()
    # The answer at step t is bit t + 1, so the bits of a triple are answered at t % 3 = 0, 1, 2.
    t = torch.arange(1, STREAM.length + 1)
    return {
        "mse_random1": error[t % 3 == 0].mean().item(),
        "mse_random2": error[t % 3 == 1].mean().item(),
        "mse_predictable": error[STREAM.predictable].mean().item(),
        "accuracy_random": right[~STREAM.predictable].mean().item(),
        "accuracy_predictable": right[STREAM.predictable].mean().item(),
    }
