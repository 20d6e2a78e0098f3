"""The reader of Python, trained in windows of ten characters, its state carried or reset.

The network is that of `reads_python`. It goes through the source in strips side by side, ten
characters at a time, so that no gradient passes over more than nine steps. In the setting
"carried" a window starts from the state that the one before it left; "reset" starts it from zeros.
Measured on source that it has not seen, read in one go, by how far back the comment's ``#`` is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import torch
from torch import Tensor, nn

from rnnbook.cells import SimpleCell
from rnnbook.data import KINDS, TRAINED_ON, carried_batches, stdlib_kinds
from rnnbook.training import fit
from rnncourse.experiments.reader import Reader

DESCRIPTION = "Code, comment or string: trained in windows of ten characters"
GRID = {"state": ["carried", "reset"]}
RATES = [0.004, 0.01, 0.02]
TUNE_ON = "last_loss"
CHEAP = {"state": "carried", "lr": 0.01, "updates": 60, "characters": 8000}

HIDDEN_SIZE = 16
WINDOW, STRIPS = 10, 64
UPDATES = 2000
FAR = 20  # steps since the #, twice a window
LAST = 200  # updates whose losses are averaged

Window = tuple[Tensor, bool]
"""Which characters (T, B), and whether they continue the window before."""


def windows(length: int) -> Iterator[Window]:
    """Windows of a text in its order, over and over."""
    for _ in count():
        strips = carried_batches(torch.arange(length), STRIPS, WINDOW)
        for number, (steps, _) in enumerate(strips):
            yield steps, number > 0


def steps_into_comment(kinds: Tensor) -> Tensor:
    """For every character the number of steps since its comment began; −1 outside comments."""
    comment = kinds == KINDS.index("comment")
    place = torch.arange(len(kinds))
    begins = comment & ~torch.cat([comment.new_zeros(1), comment[:-1]])
    latest = torch.where(begins, place, -1).cummax(dim=0).values
    return torch.where(comment, place - latest, -1)


def run(
    seed: int,
    state: str,
    lr: float = 0.004,
    updates: int = UPDATES,
    characters: int | None = None,
) -> dict[str, float]:
    """Train, and read the unseen tenth in one go, or its first ``characters``.

    Returns:
        ``accuracy``, the share of characters whose kind is right; ``recall_near``, the share of
        comment characters found among those fewer than 10 steps after their ``#``;
        ``recall_far``, among those at least 20 steps after it; ``precision``, the share of those
        called a comment that are in one; ``last_loss``, in nats, of the last 200 training updates.
    """
    ids, kinds, symbols = stdlib_kinds()
    cut = int(TRAINED_ON * len(ids))
    torch.manual_seed(seed)
    model, source = Reader(SimpleCell, symbols, HIDDEN_SIZE), windows(cut)
    before: Tensor | None = None

    def loss(_: nn.Module, window: Window) -> Tensor:
        nonlocal before
        steps, continues = window
        x = nn.functional.one_hot(ids[steps], symbols).float()
        h, after = model.layer(x, before if continues and state == "carried" else None)
        before = after.detach()
        return nn.functional.cross_entropy(model.readout(h).flatten(0, 1), kinds[steps].flatten())

    history = fit(
        model, lambda _: next(source), loss, steps=updates, lr=lr, seed=seed, progress=False
    )
    end = None if characters is None else cut + characters
    with torch.no_grad():
        said = model(ids[cut:end, None]).argmax(dim=-1).flatten()
    true, place = kinds[cut:end], steps_into_comment(kinds[cut:end])
    right = (said == true).float()
    return {
        "accuracy": right.mean().item(),
        "recall_near": right[(place >= 0) & (place < WINDOW)].mean().item(),
        "recall_far": right[place >= FAR].mean().item(),
        "last_loss": sum(history.loss[-LAST:]) / LAST,
        "precision": right[said == KINDS.index("comment")].mean().item(),
    }
