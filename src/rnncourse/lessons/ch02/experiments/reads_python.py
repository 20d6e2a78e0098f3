"""A simple network reads Python a character at a time: is this code, a comment or a string?

It is trained on windows of 100 characters that start anywhere, with a state of zeros, and measured
on source that it has not seen, read from beginning to end in one go. The controls see the last
eight characters and nothing before them: a linear one, and one with 64 hidden units. Each has the
learning rate that suits it best.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell
from rnnbook.data import KINDS, TRAINED_ON, stdlib_kinds
from rnncourse.experiments.reader import Reader, learn_kinds

DESCRIPTION = "Code, comment or string: a simple network reads Python's standard library"
GRID = {"sees": ["everything", "last eight", "last eight, 64 units"]}
RATES = [0.004, 0.008, 0.016]
TUNE_ON = "last_loss"
CHEAP = {"sees": "last eight, 64 units", "lr": 0.01, "steps": 40}

HIDDEN_SIZE, UNITS = 16, 64
LAST = 8
STEPS = 1500
AT_THE_END = 200  # updates whose losses are averaged


class Window(nn.Module):
    """The control: what it says depends on the last eight characters alone.

    Args:
        symbols: how many characters there are.
        units: hidden units; none for a linear one.
    """

    def __init__(self, symbols: int, units: int = 0) -> None:
        super().__init__()
        # One table for each distance; what is no character, before the start, adds 0.
        self.tables = nn.ModuleList(
            nn.Embedding(symbols + 1, units or len(KINDS), padding_idx=symbols) for _ in range(LAST)
        )
        self.before = symbols
        self.readout = nn.Linear(units, len(KINDS)) if units else None

    def forward(self, ids: Tensor) -> Tensor:
        """From ids (T, B) to the logits of the kinds (T, B, 3)."""
        T = len(ids)
        padded = nn.functional.pad(ids, (0, 0, LAST - 1, 0), value=self.before)
        shifted = (padded[LAST - 1 - d : LAST - 1 - d + T] for d in range(LAST))
        total = torch.stack(
            [table(part) for table, part in zip(self.tables, shifted, strict=True)]
        ).sum(dim=0)
        return total if self.readout is None else self.readout(torch.tanh(total))


def build(sees: str, symbols: int) -> nn.Module:
    """A network for one point of the grid, with torch's global generator."""
    if sees == "everything":
        return Reader(SimpleCell, symbols, HIDDEN_SIZE)
    return Window(symbols, UNITS if sees.endswith("units") else 0)


def run(seed: int, sees: str, lr: float, steps: int = STEPS) -> dict[str, float]:
    """Train, and read the unseen tenth.

    Returns:
        ``accuracy``, the share of characters whose kind is right, and ``recall_KIND``, the share
        of the characters of a kind that were found; ``last_loss``, what the rate is chosen by: the
        mean of the last 200 updates, in nats.
    """
    ids, kinds, symbols = stdlib_kinds()
    cut = int(TRAINED_ON * len(ids))
    torch.manual_seed(seed)
    model = build(sees, symbols)
    history = learn_kinds(model, ids[:cut], kinds[:cut], lr=lr, steps=steps, seed=seed)
    with torch.no_grad():
        said = model(ids[cut:, None]).argmax(dim=-1).flatten()
    true = kinds[cut:]
    recall = {f"recall_{kind}": (said[true == i] == i) for i, kind in enumerate(KINDS)}
    return {
        "accuracy": (said == true).float().mean().item(),
        **{name: right.float().mean().item() for name, right in recall.items()},
        "last_loss": sum(history.loss[-AT_THE_END:]) / AT_THE_END,
    }
