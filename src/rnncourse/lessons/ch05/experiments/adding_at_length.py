"""The adding problem at growing length, with whole credit and with credit for one half only.

Under ``credit="cut"`` the gradient reaches the second half of the steps only. The first marked
number stands in the first half, so nothing that is learned about *it* can come from there.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell
from rnnbook.tasks import Adding
from rnnbook.training import fit
from rnnbook.unroll import Recurrent

DESCRIPTION = "The simple network on the adding problem, with whole and with cut credit"
GRID = {"length": [10, 20, 40], "credit": ["whole", "cut"]}
RATES = [0.001, 0.003, 0.01]
TUNE_ON = "mse"
CHEAP = {"length": 10, "credit": "cut", "lr": 0.01, "steps": 40}

HIDDEN_SIZE = 32
BATCH_SIZE = 32
STEPS = 2000


class Network(nn.Module):
    """A simple recurrent layer and a linear read-out, with torch's initialisation."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = Recurrent(SimpleCell, Adding.input_size, HIDDEN_SIZE)
        self.readout = nn.Linear(HIDDEN_SIZE, Adding.output_size)

    def forward(self, x: Tensor, reach: int | None = None) -> Tensor:
        """Answer at every step.

        Args:
            x: inputs, shape (T, B, 2).
            reach: how many of the last steps the gradient may reach; all if None.

        Returns:
            Answers, shape (T, B, 1). They do not depend on ``reach``.
        """
        if reach is None:
            h, _ = self.layer(x)
        else:
            with torch.no_grad():
                before, state = self.layer(x[:-reach])
            after, _ = self.layer(x[-reach:], state)
            h = torch.cat([before, after])
        return self.readout(h)


def run(
    seed: int, length: int, credit: str, lr: float = 0.01, steps: int = STEPS
) -> dict[str, float]:
    """Train for 2,000 updates.

    Returns:
        ``mse`` on 2,000 further sequences, and ``share``, the same as a share of the error of
        always answering the mean.
    """
    task = Adding(length)
    reach = None if credit == "whole" else length - length // 2
    torch.manual_seed(seed)
    model = Network()
    fit(
        model,
        sample=lambda generator: task.sample(BATCH_SIZE, generator),
        loss=lambda model, batch: task.loss(model(batch.x, reach), batch),
        steps=steps,
        lr=lr,
        seed=seed,
        progress=False,
    )
    test = task.sample(2000, torch.Generator().manual_seed(20_000 + seed))
    with torch.no_grad():
        mse = task.loss(model(test.x), test).item()
    return {"mse": mse, "share": mse / task.baseline()}
