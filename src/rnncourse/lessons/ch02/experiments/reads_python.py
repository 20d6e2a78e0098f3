"""A simple network reads Python a character at a time: is this code, a comment or a string?

It is trained on windows of 100 characters that start anywhere, with a state of zeros, and measured
on source that it has not seen, read from beginning to end in one go. The control sees the last
eight characters and nothing before them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell
from rnnbook.data import KINDS, TRAINED_ON, stdlib_kinds
from rnnbook.models.reader import Reader, learn_kinds

DESCRIPTION = "Code, comment or string: a simple network reads Python's standard library"
GRID = {"sees": ["everything", "last eight"]}

HIDDEN_SIZE = 16
LAST = 8


class Window(nn.Module):
    """The control: one linear layer over the last eight characters.

    Args:
        symbols: how many characters there are.
    """

    def __init__(self, symbols: int) -> None:
        super().__init__()
        # One table of kinds for each distance; what is no character, before the start, adds 0.
        self.tables = nn.ModuleList(
            nn.Embedding(symbols + 1, len(KINDS), padding_idx=symbols) for _ in range(LAST)
        )
        self.before = symbols

    def forward(self, ids: Tensor) -> Tensor:
        """From ids (T, B) to the logits of the kinds (T, B, 3)."""
        T = len(ids)
        padded = nn.functional.pad(ids, (0, 0, LAST - 1, 0), value=self.before)
        shifted = (padded[LAST - 1 - d : LAST - 1 - d + T] for d in range(LAST))
        return torch.stack(
            [table(part) for table, part in zip(self.tables, shifted, strict=True)]
        ).sum(dim=0)


def run(seed: int, sees: str) -> dict[str, float]:
    """Train, and read the unseen tenth.

    Returns:
        ``accuracy``, the share of characters whose kind is right, and ``recall_KIND``, the share
        of the characters of a kind that were found.
    """
    ids, kinds, symbols = stdlib_kinds()
    cut = int(TRAINED_ON * len(ids))
    torch.manual_seed(seed)
    model = Reader(SimpleCell, symbols, HIDDEN_SIZE) if sees == "everything" else Window(symbols)

    learn_kinds(model, ids[:cut], kinds[:cut], lr=4e-3, seed=seed)
    with torch.no_grad():
        said = model(ids[cut:, None]).argmax(dim=-1).flatten()
    true = kinds[cut:]
    recall = {f"recall_{kind}": (said[true == i] == i) for i, kind in enumerate(KINDS)}
    return {
        "accuracy": (said == true).float().mean().item(),
        **{name: right.float().mean().item() for name, right in recall.items()},
    }
