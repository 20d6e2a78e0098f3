"""How far back can a simple network be taught to remember, and is it the gradient that teaches?

One sign, or three at once, stand at the first step, noise follows, and the answer is due at the
end. Under ``credit="whole"`` the gradient reaches every step. Under ``credit="cut"`` it reaches the
last five steps only: the states are the same, but all terms of a longer lag are exactly zero, so
that whatever is learned is not owed to them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell
from rnnbook.gradients import gradient_norms
from rnnbook.tasks import Cue, ThreeSigns
from rnnbook.tasks.base import Classification
from rnnbook.unroll import Recurrent
from rnncourse.experiments.protocol import held_out, outcome, until_right

DESCRIPTION = "Remembering one sign or three over a lag, with whole and with cut credit"
GRID = {"signs": [1, 3], "lag": [10, 20, 40, 80], "credit": ["whole", "cut"]}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "cost"
TUNING_SEEDS = 10
"""With three, the rate chosen for three signs over 40 steps was one at which one network of ten
learned it, where six do at a rate beside it. How a run ends is a matter of luck there."""
CHEAP = {"signs": 3, "lag": 10, "credit": "cut", "lr": 0.01, "steps": 50}

HIDDEN_SIZE = 32
STEPS = 800
REACH = 5


class Network(nn.Module):
    """A simple recurrent layer and a linear read-out, with torch's initialisation.

    Args:
        task: gives the sizes of input and output.
    """

    def __init__(self, task: Classification) -> None:
        super().__init__()
        self.layer = Recurrent(SimpleCell, task.input_size, HIDDEN_SIZE)
        self.readout = nn.Linear(HIDDEN_SIZE, task.output_size)

    def forward(self, x: Tensor, reach: int | None = None) -> Tensor:
        """Answer at every step.

        Args:
            x: inputs, shape (T, B, D).
            reach: how many of the last steps the gradient may reach; all if None.

        Returns:
            Scores, shape (T, B, output_size). They do not depend on ``reach``.
        """
        if reach is None:
            h, _ = self.layer(x)
        else:
            with torch.no_grad():
                before, state = self.layer(x[:-reach])
            after, _ = self.layer(x[-reach:], state)
            h = torch.cat([before, after])
        return self.readout(h)


def reach_back(model: Network, x: Tensor) -> float:
    """``‖∂ℓ/∂h_1‖ / ‖∂ℓ/∂h_T‖``: the share of the gradient that arrives at the first step.

    The median over the sequences ``x`` (T, B, D), of a random direction at ``T``.
    """
    direction = torch.randn(HIDDEN_SIZE, generator=torch.Generator().manual_seed(0)).double()
    cell = Recurrent.from_torch(model.layer.to_torch().double()).cell
    norms = gradient_norms(cell, x.double(), lambda h: (h[-1] @ direction).sum())["h"]
    return (norms[0] / norms[-1]).median().item()


def run(
    seed: int, signs: int, lag: int, credit: str, lr: float = 0.01, steps: int = STEPS
) -> dict[str, float]:
    """Train until 99 % of 500 validation sequences are answered rightly, or for 800 updates.

    Returns:
        ``accuracy``, ``solved``, ``updates`` and ``cost`` as `outcome` says; ``reach_start`` and
        ``reach_end``, `reach_back` before and after.
    """
    task: Classification = Cue(lag) if signs == 1 else ThreeSigns(lag)
    torch.manual_seed(seed)
    model = Network(task)
    some = held_out(task, seed).x[:, :50]
    reach_start = reach_back(model, some)
    reach = None if credit == "whole" else REACH
    history = until_right(
        model,
        task,
        lr=lr,
        seed=seed,
        steps=steps,
        loss=lambda model, batch: task.loss(model(batch.x, reach), batch),
    )
    return {
        **outcome(model, task, history, test_seed=20_000 + seed),
        "reach_start": reach_start,
        "reach_end": reach_back(model, some),
    }
