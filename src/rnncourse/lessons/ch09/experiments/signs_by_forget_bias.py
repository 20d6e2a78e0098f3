"""How the start of the gate that keeps decides over which lag an LSTM or a GRU learns signs.

The tasks, the budget and the rule for stopping are those of ``cue_at_lag``. All layers are those
of `torch.nn`, the simple one too, so that each has two biases. A start replaces the biases that
it names and nothing else; the rest is as the library draws it.
"""

from __future__ import annotations

from math import inf, nan

import torch
from torch import Tensor, nn

from rnnbook.gradients import gradient_norms
from rnnbook.tasks import Cue, ThreeSigns
from rnnbook.tasks.base import Classification, Task
from rnnbook.training import TrainingDiverged
from rnnbook.unroll import Recurrent
from rnncourse.experiments.protocol import (
    held_out,
    later_accuracy,
    outcome,
    set_bias,
    until_right,
)

DESCRIPTION = "One sign and three over a lag: simple networks, LSTMs of four starts, GRUs of two"
GRID = {
    "task": [
        *("one sign 20", "one sign 80"),
        *("three signs 20", "three signs 40", "three signs 80", "three signs 160"),
    ],
    "start": ["simple", "torch", "forget 1", "forget 3", "chrono", "gru", "gru keep 3"],
}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "cost"
CHEAP = {"task": "three signs 20", "start": "chrono", "lr": 0.01, "steps": 30}

HIDDEN_SIZE = 32
STEPS = 800
LONG = 10


class Network(nn.Module):
    """A recurrent layer of `torch.nn` and a linear read-out.

    Args:
        task: gives the sizes of input and output, and the longest lag that chrono is told.
        start: of an LSTM's gates: ``torch``; ``forget 1`` or another bias; ``chrono``, for which
            ``b_f = log u`` with ``u`` uniform on [1, T − 1], and ``b_i = −b_f`` (Tallec & Ollivier
            2018). Or ``simple``, for the simple recurrent layer; ``gru``, for a GRU as torch starts
            it, and ``gru keep 3``, with a bias of 3 for z.
    """

    def __init__(self, task: Task, start: str) -> None:
        super().__init__()
        kind = {"simple": nn.RNN, "gru": nn.GRU}.get(start.split()[0], nn.LSTM)
        self.layer = kind(task.input_size, HIDDEN_SIZE)
        self.readout = nn.Linear(HIDDEN_SIZE, task.output_size)
        if start == "chrono":
            log_u = torch.empty(HIDDEN_SIZE).uniform_(1, task.steps - 1).log()
            set_bias(self.layer, "f", log_u)
            set_bias(self.layer, "i", -log_u)
        elif start.startswith(("forget", "gru keep")):
            set_bias(self.layer, "f" if kind is nn.LSTM else "z", float(start.split()[-1]))

    def forward(self, x: Tensor) -> Tensor:
        """From inputs (T, B, D) to answers at every step (T, B, output_size)."""
        return self.readout(self.layer(x)[0])


def reach_back(model: Network, x: Tensor) -> float:
    """``‖∂ℓ/∂x_1‖ / ‖∂ℓ/∂x_T‖``, the median over the sequences ``x`` (T, B, D).

    The loss is a random direction of ``h_T``. Compared by ``x``, which every cell has.
    """
    direction = torch.randn(HIDDEN_SIZE, generator=torch.Generator().manual_seed(0)).double()
    cell = Recurrent.from_torch(model.layer).double().cell
    norms = gradient_norms(cell, x.double(), lambda h: (h[-1] @ direction).sum())["x"]
    return (norms[0] / norms[-1]).median().item()


@torch.no_grad()
def best_kept(model: Network, x: Tensor) -> float:
    """``∏ f_t`` (or ``∏ z_t``) over the steps 2 … T of the unit that keeps most: the median.

    NaN for a simple network, which has no such gate.
    """
    if isinstance(model.layer, nn.RNN):
        return nan
    trace = Recurrent.from_torch(model.layer).trace(x)
    keeps = (trace.z if isinstance(model.layer, nn.GRU) else trace.f)[1:]
    return keeps.double().log().sum(dim=0).exp().median(dim=0).values.max().item()


def run(seed: int, task: str, start: str, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train until 99 % of 500 validation sequences are answered rightly, or for 800 updates.

    Returns:
        ``accuracy``, ``solved``, ``updates`` and ``cost`` as `outcome` says, but an
        infinite ``cost`` where training diverged; ``reach_start``
        and ``reach_end``, `reach_back` before and after training, and ``kept_start`` and
        ``kept_end``, `best_kept`; ``later``: the lowest accuracy over the lags up to half as long
        again; ``long``: the accuracy at 10 times the lag.
    """
    kind, _, number = task.rpartition(" ")
    lag, make = int(number), Cue if kind == "one sign" else ThreeSigns
    asked: Classification = make(lag)
    torch.manual_seed(seed)
    model = Network(asked, start)
    some = held_out(asked, seed).x[:, :50]
    reach_start, kept_start = reach_back(model, some), best_kept(model, some)
    diverged = False
    try:
        history = until_right(model, asked, lr=lr, seed=seed, steps=steps)
    except TrainingDiverged as error:
        history, diverged = error.history, True
        history.validation.append((len(history.loss), 1.0))  # whatever it knew before
    later = later_accuracy(model, make(LONG * lag), lag, seed)
    came = outcome(model, asked, history, test_seed=30_000 + seed)
    return {
        **came,
        "cost": inf if diverged else came["cost"],
        "reach_start": reach_start,
        "reach_end": reach_back(model, some),
        "kept_start": kept_start,
        "kept_end": best_kept(model, some),
        "later": later[1 : lag // 2 + 1].min().item(),
        "long": later[-1].item(),
    }
