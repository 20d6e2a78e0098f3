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
from rnnbook.training import fit
from rnnbook.unroll import Recurrent

DESCRIPTION = "Remembering one sign or three over a lag, with whole and with cut credit"
GRID = {"signs": [1, 3], "lag": [10, 20, 40, 80], "credit": ["whole", "cut"]}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "cost"

HIDDEN_SIZE = 32
BATCH_SIZE = 32
STEPS = 800
REACH = 5
ENOUGH = 0.99


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


def run(seed: int, signs: int, lag: int, credit: str, lr: float = 0.01) -> dict[str, float]:
    """Train until 99 % of 500 validation sequences are answered rightly, or for 800 updates.

    Returns:
        ``accuracy``, a share of 1,000 further sequences; ``solved``, 1 or 0; ``updates`` made;
        ``cost``, the updates, and where it was not solved as many again times the share of wrong
        answers, so that rates which all solve it can be told apart; ``reach_start`` and
        ``reach_end``, `reach_back` before and after.
    """
    task: Classification = Cue(lag) if signs == 1 else ThreeSigns(lag)
    torch.manual_seed(seed)
    model = Network(task)
    held_out = task.sample(500, torch.Generator().manual_seed(10_000 + seed))
    reach_start = reach_back(model, held_out.x[:, :50])
    history = fit(
        model,
        sample=lambda generator: task.sample(BATCH_SIZE, generator),
        loss=lambda model, batch: task.loss(
            model(batch.x, None if credit == "whole" else REACH), batch
        ),
        steps=STEPS,
        lr=lr,
        validate=lambda model: 1 - task.accuracy(model(held_out.x), held_out),
        every=25,
        stop_below=1 - ENOUGH,
        seed=seed,
        progress=False,
    )
    test = task.sample(1000, torch.Generator().manual_seed(20_000 + seed))
    with torch.no_grad():
        accuracy = task.accuracy(model(test.x), test)
    solved, updates = history.validation[-1][1] < 1 - ENOUGH, len(history.loss)
    return {
        "accuracy": accuracy,
        "solved": float(solved),
        "updates": updates,
        "cost": updates if solved else updates * (2 - accuracy),
        "reach_start": reach_start,
        "reach_end": reach_back(model, held_out.x[:, :50]),
    }
