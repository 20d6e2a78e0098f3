"""The networks of chapter 12: an LSTM with peepholes, the LSTM less a part, its relatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from rnnbook.cells import (
    GRUCell,
    JANETCell,
    LiGRUCell,
    MGUCell,
    MutantCell,
    SimpleCell,
)
from rnnbook.cells.base import Cell
from rnnbook.tasks import Adding, Batch, MemoryKeys, Task
from rnnbook.training import History, TrainingDiverged, fit
from rnnbook.unroll import Recurrent
from rnncourse.lessons.ch12.ablated import PARTS, AblatedLSTMCell

FULL = "LSTM"
"""With peepholes and three gates: what all others are measured against."""
LESS_A_PART = [*(f"no {part}" for part in PARTS[1:]), "coupled gates"]
RELATIVES: dict[str, tuple[type[Cell], dict[str, Any], str]] = {
    "GRU": (GRUCell, {}, "z"),
    "minimal gated unit": (MGUCell, {}, "z"),
    "JANET": (JANETCell, {}, "f"),
    "light GRU": (LiGRUCell, {}, "z"),
    "mutant 1": (MutantCell, {"mutant": 1}, "z"),
    "mutant 3": (MutantCell, {"mutant": 3}, "z"),
    "simple": (SimpleCell, {}, ""),
}
"""Cell, options, and the gate that keeps."""
VARIANTS = [FULL, *LESS_A_PART, *RELATIVES]

TASKS: dict[str, Task] = {"adding": Adding(40), "memory keys": MemoryKeys(20)}
SIZES = {"adding": 32, "memory keys": 16}
"""The LSTM's hidden units. Less a part it has as many; a relative has at most its weights."""
STEPS = {"adding": 1000, "memory keys": 1000}
BATCH_SIZE = 32
KEPT = 1.0
"""What the bias of the keeping gate starts at."""
SOLVED = 0.02
"""The share of the error without memory below which a task counts as learned; training stops."""
WORST = 2.0
EIGHTHS = 8


class Network(nn.Module):
    """A layer of one of the `VARIANTS`, and a linear read-out.

    Args:
        variant: one of `VARIANTS`.
        input_size: ``D``.
        hidden_size: ``H`` of the LSTM.
        output_size: scores a step.
    """

    def __init__(self, variant: str, input_size: int, hidden_size: int, output_size: int) -> None:
        super().__init__()
        self.layer = layer(variant, input_size, hidden_size)
        self.readout = nn.Linear(self.layer.cell.hidden_size, output_size)

    def forward(self, x: Tensor) -> Tensor:
        """From inputs (T, B, D) to scores (T, B, output_size)."""
        return self.readout(self.layer(x)[0])


def seeded(seed: int, variant: str, input_size: int, hidden_size: int, output_size: int) -> Network:
    """A `Network` whose weights a seed decides."""
    torch.manual_seed(seed)
    return Network(variant, input_size, hidden_size, output_size)


def without(model: Network, variant: str) -> Network:
    """A trained LSTM less a part: all other weights are the LSTM's, and none is trained anew.

    Args:
        model: a `Network` of the variant `FULL`.
        variant: one of `LESS_A_PART`.
    """
    whole = cast(AblatedLSTMCell, model.layer.cell)
    made = Network(variant, whole.input_size, whole.hidden_size, model.readout.out_features)
    made.to(model.readout.weight)
    made.readout.load_state_dict(model.readout.state_dict())
    cell = cast(AblatedLSTMCell, made.layer.cell)

    def blocks(parameter: Tensor, names: Sequence[str]) -> dict[str, Tensor]:
        return dict(zip(names, parameter.detach().chunk(len(names)), strict=True))

    with torch.no_grad():
        for name in ("W", "U", "b"):
            rows = blocks(getattr(whole, name), whole.block_names)
            getattr(cell, name).copy_(torch.cat([rows[block] for block in cell.block_names]))
        if whole.P is not None and cell.P is not None:
            rows = blocks(whole.P, [block for block in whole.block_names if block != "g"])
            peeping = [rows[block] for block in cell.block_names if block != "g"]
            cell.P.copy_(torch.cat(peeping))
    return made


def layer(variant: str, input_size: int, hidden_size: int) -> Recurrent:
    """A layer of one of the `VARIANTS`, where the LSTM has ``hidden_size`` units."""
    if variant in RELATIVES:
        cell, options, keeps = RELATIVES[variant]
        budget = weights(layer(FULL, input_size, hidden_size))
        H = hidden_size
        while weights(Recurrent(cell, input_size, H + 1, **options)) <= budget:
            H += 1
        made = Recurrent(cell, input_size, H, **options)
        if keeps:
            block = made.cell.block_names.index(keeps)
            bias = made.cell.get_parameter("b")
            with torch.no_grad():
                bias[block * H : (block + 1) * H] = KEPT
        return made
    part = "" if variant in (FULL, "coupled gates") else variant.removeprefix("no ")
    forgets = variant not in ("coupled gates", "no forget gate")
    return Recurrent(
        AblatedLSTMCell,
        input_size,
        hidden_size,
        without=part,
        coupled=variant == "coupled gates",
        forget_bias=KEPT if forgets else None,
    )


def weights(module: nn.Module) -> int:
    """How many numbers it learns."""
    return sum(parameter.numel() for parameter in module.parameters())


def unseen(seed: int, task: str) -> Batch:
    """1,000 sequences that were neither trained nor stopped on."""
    return TASKS[task].sample(1000, torch.Generator().manual_seed(30_000 + seed))


@torch.no_grad()
def error(model: nn.Module, task: str, batch: Batch) -> float:
    """The loss as a share of the loss without memory; 2 where it is more, or no number."""
    share = TASKS[task].loss(model(batch.x), batch).item() / TASKS[task].baseline()
    return min(share, WORST) if share == share else WORST


def train(
    seed: int, task: str, variant: str, lr: float, steps: int | None = None
) -> tuple[Network, History]:
    """Train until the validation error is below `SOLVED`, or on the task's budget of updates.

    Where training diverged, the network is as it was just before.
    """
    asked, steps = TASKS[task], steps or STEPS[task]
    model = seeded(seed, variant, asked.input_size, SIZES[task], asked.output_size)
    validation = asked.sample(500, torch.Generator().manual_seed(10_000 + seed))
    try:
        history = fit(
            model,
            sample=lambda generator: asked.sample(BATCH_SIZE, generator),
            loss=lambda model, batch: asked.loss(model(batch.x), batch),
            steps=steps,
            lr=lr,
            validate=lambda model: error(model, task, validation),
            every=25,
            stop_below=SOLVED,
            seed=seed,
            progress=False,
        )
    except TrainingDiverged as diverged:
        history = diverged.history
    return model, history


def measure(
    seed: int, task: str, variant: str, lr: float, steps: int | None = None
) -> dict[str, float]:
    """Train one network, and say what came of it.

    Returns:
        ``error`` on sequences never seen, as a share of the error without memory; ``solved``, 1 or
        0; ``updates`` made; ``cost``: the updates where it was solved, else the whole budget times
        one and the error, so that rates at which none is solved can be told apart; ``weights`` of
        the layer; ``after_1`` … ``after_8``, the validation error after each eighth of the budget
        (once training has stopped, the last one).
    """
    steps = steps or STEPS[task]
    model, history = train(seed, task, variant, lr, steps)
    found = error(model, task, unseen(seed, task))
    last = history.validation[-1][1] if history.validation else WORST
    updates, solved = len(history.loss), last < SOLVED
    return {
        "error": found,
        "solved": float(solved),
        "updates": updates,
        "cost": updates if solved else steps * (1 + found),
        "weights": weights(model.layer),
        **by_eighths(history, steps, start=1.0),
    }


def by_eighths(history: History, steps: int, start: float) -> dict[str, float]:
    """The validation after each eighth of ``steps``, as ``after_1`` … ``after_8``.

    Once training has stopped it is the last one; ``start`` where there was none so far.
    """
    seen = [(0, start), *history.validation]
    return {
        f"after_{k}": [value for step, value in seen if step <= steps * k / EIGHTHS][-1]
        for k in range(1, EIGHTHS + 1)
    }
