"""A pocket calculator's memory: what becomes of an LSTM that has to learn without one of its parts?

Each network is trained with its part missing from the start, so that it can look for another way.
(What a trained network uses is another question: `clamped_after_training`.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from rnnbook.cells import LSTMCell, SimpleCell
from rnnbook.cells.base import Cell
from rnnbook.cells.lstm import LSTMState
from rnnbook.tasks import Batch, MemoryKeys
from rnnbook.training import History, TrainingDiverged, fit
from rnnbook.unroll import Recurrent

DESCRIPTION = "LSTMs that learn a calculator's memory keys with one part missing or exchanged"
GRID = {
    "network": [
        *("lstm", "i = 1", "f = 1", "o = 1", "all open"),
        *("g by sigmoid", "gates by tanh", "h without tanh"),
        *("coupled", "peepholes", "simple"),
    ],
}
RATES = [0.003, 0.01, 0.03]
TUNE_ON = "error"
CHEAP = {"network": "g by sigmoid", "lr": 0.01, "steps": 40}

LENGTH, HIDDEN_SIZE, BATCH_SIZE = 20, 16, 32
STEPS = 600
LONG = 10
FORGET_BIAS = 1.0
SIMPLE_SIZE = 34
"""Hidden units of the simple network with about as many parameters as the LSTM."""
WIDE_OPEN = 40.0
"""A bias with which a sigmoid is 1, to the last digit of float32."""


class ExchangedLSTMCell(LSTMCell):
    """An LSTM with other squashing functions.

    Args:
        input_size: ``D``.
        hidden_size: ``H``.
        gate: of ``i``, ``f`` and ``o``.
        candidate: of ``g``.
        output: of ``c`` on its way to ``h``.
        **options: of `LSTMCell`.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        gate: Callable[[Tensor], Tensor] = torch.sigmoid,
        candidate: Callable[[Tensor], Tensor] = torch.tanh,
        output: Callable[[Tensor], Tensor] = torch.tanh,
        **options: Any,
    ) -> None:
        super().__init__(input_size, hidden_size, **options)
        self.squash = {"i": gate, "f": gate, "g": candidate, "o": gate}
        self.output = output

    def step(self, projected_t: Tensor, state: LSTMState) -> LSTMState:
        """One step, ``(B, 4H)`` and two of ``(B, H)`` to two of ``(B, H)``."""
        a = self._by_gate(projected_t + nn.functional.linear(state.h, self.U))
        i, f, g, o = (self.gate(name, self.squash[name](a[name])) for name in "ifgo")
        c = f * state.c + i * g
        return LSTMState(o * self.output(c), c)


def hold_open(cell: Cell, gate: str) -> None:
    """Set a gate to 1 for good: it is as with ``clamp``, and training cannot move it.

    Its rows of ``W`` and ``U`` are zero and its bias is `WIDE_OPEN`; their gradients are dropped.
    """
    H, block = cell.hidden_size, cell.block_names.index(gate)
    rows = slice(block * H, (block + 1) * H)
    with torch.no_grad():
        for name, value in (("W", 0.0), ("U", 0.0), ("b", WIDE_OPEN)):
            parameter = cell.get_parameter(name)
            parameter[rows] = value
            kept = torch.ones_like(parameter)
            kept[rows] = 0
            parameter.register_hook(lambda gradient, kept=kept: gradient * kept)


class Network(nn.Module):
    """A layer of one of the kinds in `GRID`, and a linear read-out.

    Args:
        kind: one of the kinds of network.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        cell, options = _CELLS.get(kind, (LSTMCell, {}))
        size = SIMPLE_SIZE if cell is SimpleCell else HIDDEN_SIZE
        if cell is not SimpleCell:
            options = {**options, "forget_bias": FORGET_BIAS}
        self.layer = Recurrent(cell, MemoryKeys.input_size, size, **options)
        for gate in _OPEN.get(kind, ""):
            hold_open(self.layer.cell, gate)
        self.readout = nn.Linear(size, 1)

    def forward(self, x: Tensor) -> Tensor:
        """From inputs (T, B, 3) to answers at every step (T, B, 1)."""
        return self.readout(self.layer(x)[0])


_OPEN = {"i = 1": "i", "f = 1": "f", "o = 1": "o", "all open": "ifo"}
_CELLS: dict[str, tuple[type[Cell], dict[str, Any]]] = {
    "g by sigmoid": (ExchangedLSTMCell, {"candidate": torch.sigmoid}),
    "gates by tanh": (ExchangedLSTMCell, {"gate": torch.tanh}),
    "h without tanh": (ExchangedLSTMCell, {"output": torch.Tensor.clone}),
    "coupled": (LSTMCell, {"coupled": True}),
    "peepholes": (LSTMCell, {"peepholes": True}),
    "simple": (SimpleCell, {}),
}


def train(seed: int, kind: str, lr: float, steps: int = STEPS) -> tuple[Network, History]:
    """Train one network on sequences of `LENGTH` steps for ``steps`` updates."""
    torch.manual_seed(seed)
    model, task = Network(kind), MemoryKeys()
    try:
        history = fit(
            model,
            sample=lambda generator: task.sample(BATCH_SIZE, generator),
            loss=lambda model, batch: task.loss(model(batch.x), batch),
            steps=steps,
            lr=lr,
            seed=seed,
            progress=False,
        )
    except TrainingDiverged as error:
        history = error.history
    return model, history


def unseen(seed: int, length: int = LENGTH, sequences: int = 1000) -> Batch:
    """Sequences that were not trained on."""
    return MemoryKeys(length).sample(sequences, torch.Generator().manual_seed(20_000 + seed))


@torch.no_grad()
def error(model: nn.Module, batch: Batch) -> float:
    """The mean squared error, as a share of that of answering 0 always."""
    task = MemoryKeys(len(batch.x))
    return task.loss(model(batch.x), batch).item() / batch.target.square().mean().item()


@torch.no_grad()
def held(model: Network, x: Tensor) -> tuple[float, float]:
    """How large the cell states (the hidden states of a simple network) are, root mean square.

    At step `LENGTH`, and at the last step of ``x`` (T, B, 3).
    """
    trace = model.layer.trace(x)
    states = trace.c if isinstance(model.layer.cell, LSTMCell) else trace.h
    early, late = (states[t].square().mean().sqrt().item() for t in (LENGTH - 1, -1))
    return early, late


def run(seed: int, network: str, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train, and measure on sequences that were not trained on.

    Returns:
        ``error`` at the length trained on and ``long`` at ten times that length, as shares of the
        error of answering 0 always; ``held``, the size of the cell states at the end of the length
        trained on, and ``held_long`` at ten times that length; ``parameters`` of the layer.
    """
    model, _ = train(seed, network, lr, steps)
    later = unseen(seed, LONG * LENGTH, 200)
    early, late = held(model, later.x)
    return {
        "error": error(model, unseen(seed)),
        "long": error(model, later),
        "held": early,
        "held_long": late,
        "parameters": sum(p.numel() for p in model.layer.parameters()),
    }
