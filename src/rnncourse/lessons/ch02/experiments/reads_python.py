"""A simple network reads Python a character at a time: is this code, a comment or a string?

It is trained on windows of 100 characters that start anywhere, with a state of zeros, and measured
on source that it has not seen, read from beginning to end in one go. The control sees the last
eight characters and nothing before them.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell
from rnnbook.data import KINDS, Vocabulary, code_kinds, stdlib_text
from rnnbook.training import fit
from rnnbook.unroll import Recurrent

DESCRIPTION = "Code, comment or string: a simple network reads Python's standard library"
GRID = {"sees": ["everything", "last eight"]}

HIDDEN_SIZE = 16
STEPS = 1500
WINDOW, BATCH_SIZE = 100, 32
TRAINED_ON = 0.9
LAST = 8

Corpus = tuple[Tensor, Tensor, int]
"""Character ids, their kinds, and how many characters are known."""


class Reader(nn.Module):
    """A simple recurrent layer over characters, and a read-out of the three kinds.

    Args:
        symbols: how many characters there are.
    """

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.symbols = symbols
        self.layer = Recurrent(SimpleCell, symbols, HIDDEN_SIZE)
        self.readout = nn.Linear(HIDDEN_SIZE, len(KINDS))

    def forward(self, ids: Tensor) -> Tensor:
        """From ids (T, B) to the logits of the kinds (T, B, 3)."""
        h, _ = self.layer(nn.functional.one_hot(ids, self.symbols).float())
        return self.readout(h)


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


@lru_cache(maxsize=1)
def corpus() -> Corpus:
    """The standard library; the first nine tenths are for training."""
    text = stdlib_text().text
    ids = Vocabulary.from_text(text).encode(text)
    return ids, code_kinds(text), len(set(text))


def run(seed: int, sees: str) -> dict[str, float]:
    """Train, and read the unseen tenth.

    Returns:
        ``accuracy``, the share of characters whose kind is right, and ``recall_KIND``, the share
        of the characters of a kind that were found.
    """
    ids, kinds, symbols = corpus()
    cut = int(TRAINED_ON * len(ids))
    torch.manual_seed(seed)
    model = Reader(symbols) if sees == "everything" else Window(symbols)

    def sample(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        start = torch.randint(0, cut - WINDOW, (BATCH_SIZE,), generator=generator)
        steps = start + torch.arange(WINDOW)[:, None]  # (T, B)
        return ids[steps], kinds[steps]

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        return nn.functional.cross_entropy(model(batch[0]).flatten(0, 1), batch[1].flatten())

    fit(model, sample, loss, steps=STEPS, lr=4e-3, seed=seed, progress=False)
    with torch.no_grad():
        said = model(ids[cut:, None]).argmax(dim=-1).flatten()
    true = kinds[cut:]
    recall = {f"recall_{kind}": (said[true == i] == i) for i, kind in enumerate(KINDS)}
    return {
        "accuracy": (said == true).float().mean().item(),
        **{name: right.float().mean().item() for name, right in recall.items()},
    }
