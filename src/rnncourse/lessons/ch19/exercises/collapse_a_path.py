"""Exercise: the labels of a path, one symbol a frame."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_DRAWN = ((12, 0), (10, 3), (14, 2), (9, 1), (11, 0), (1, 2))
"""The frames of each path, and its blank, among four symbols."""


class PathExercise(Exercise):
    """Draws paths with repeats, with the same label again after a blank, and with neighbours."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; the last path is one label."""
        trials: list[Tensors] = []
        for T, blank in _DRAWN:
            path = torch.zeros(1, dtype=torch.long, device="cpu")
            number = torch.tensor(blank, device="cpu")
            while T > 1 and not _tells(path, number):
                symbols = torch.randint(4, (T,), generator=generator, device="cpu")
                drawn = torch.rand(T, generator=generator, dtype=torch.float64, device="cpu")
                stays = drawn < 0.3
                stays[0] = False
                begun = torch.arange(T, device="cpu").masked_fill(stays, 0).cummax(dim=0).values
                path = symbols[begun]
            trials.append((path, number))
        return trials

    def introduce(self, inputs: Tensors) -> str:
        """Show the path itself: it says more than its length."""
        path, blank = inputs
        return f"of the path {_shown(path)} with blank {blank.item()}, "

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Show both labellings, and the first place where they differ."""
        (yours,), (right,) = mine, expected
        both = min(len(yours), len(right))
        differs = [*(yours[:both] != right[:both]).nonzero().flatten().tolist(), both]
        return (
            f"labels first differs at place {differs[0]}: yours {_shown(yours)}, "
            f"expected {_shown(right)}."
        )


def _shown(symbols: Tensor) -> str:
    return " ".join(f"{symbol:g}" for symbol in symbols.tolist()) or "nothing"


def _tells(path: Tensor, blank: Tensor) -> bool:
    """Whether a path has something of all that can go wrong."""
    labels = collapse(path, blank)
    again = len(collapse(path[path != blank], blank)) < len(labels)
    beside = (path[1:] != path[:-1]) & (path[1:] != blank) & (path[:-1] != blank)
    held = (path[1:] == path[:-1]) & (path[1:] != blank)
    return bool(again and beside.any() and held.any() and len(labels) > 3)


def collapse(path: Tensor, blank: Tensor) -> Tensor:
    """The labels (U) of a path (T): each is a symbol that is new at its frame, and no blank."""
    starts = torch.ones(len(path), dtype=torch.bool)
    starts[1:] = path[1:] != path[:-1]
    merged = path[starts]
    return merged[merged != blank]


BEGIN = "starts = torch.ones"
NEW = "path[1:] != path[:-1]"
MERGED = "merged = path[starts]"
LABELS = "merged[merged != blank]"

EXERCISE = PathExercise(
    name="collapse-a-path",
    title="Collapse a path",
    level="write",
    minutes=5,
    objective="19.1",
    hints=(
        "Two things are done, one after the other, and their order matters. What should become of "
        "3 3, and what of 3, blank, 3?",
        "First merge: a symbol counts where it differs from that of the frame before, and the "
        "first one always counts. Only then do the blanks go.",
        "path[1:] != path[:-1] tells which symbols are new, from the second on. Index with that, "
        "and with what differs from the blank; or walk through path, and keep the frame before.",
    ),
    notice="the blank does two things: it fills the frames where nothing is said, and it keeps "
    "two equal labels apart. Without it, no path could spell 33.",
    takes={"path": "T", "blank": ""},
    returns={"labels": "U"},
    places={"T": "frame {i}", "U": "place {i}"},
    reference=collapse,
    mistakes=(
        Mistake(
            "blanks-first",
            "3, blank, 3 has become one 3: the blanks are gone before the repeats are merged, or "
            "each symbol is compared with the last label kept. What stood at the frame before?",
            {BEGIN: "path = path[path != blank]\n    starts = torch.ones"},
        ),
        Mistake(
            "blanks-kept",
            "repeats are merged, but the blanks are still there. They are no labels: what is left "
            "to do?",
            {LABELS: "merged"},
        ),
        Mistake(
            "repeats-kept",
            "the blanks are gone, but a label that was held for several frames comes several "
            "times. Which frames bring something new?",
            {LABELS: "path[path != blank]"},
        ),
        Mistake(
            "each-label-once",
            "each label comes once at most. Only what is repeated without a break is merged: the "
            "same label may come again later.",
            {LABELS: "torch.tensor(list(dict.fromkeys(merged[merged != blank].tolist())))"},
        ),
        Mistake(
            "set",
            "these are the different labels, sorted: torch.unique and set lose order and number. "
            "Only what is repeated without a break is merged.",
            {LABELS: "merged[merged != blank].unique()"},
        ),
        Mistake(
            "blank-taken-for-0",
            "it is right where the blank is 0, and only there. The blank may be any symbol, and "
            "then 0 is a label like others.",
            {LABELS: "merged[merged != 0]"},
        ),
        Mistake(
            "only-after-a-blank",
            "a label counts only if a blank stands before it, so that of 3 5 the 5 is lost. "
            "Different labels may stand side by side: what else is new?",
            {NEW: "path[:-1] == blank"},
        ),
        Mistake(
            "only-before-a-blank",
            "a label counts only if a blank stands behind it, so that of 3 5 the 3 is lost. "
            "Different labels may stand side by side.",
            {
                BEGIN: "starts = (torch.cat([path[1:], blank[None]]) == blank)\n    _ = torch.ones",
                f"starts[1:] = {NEW}": "pass",
            },
        ),
        Mistake(
            "first-lost",
            "a label at the very first frame is lost: no frame stands before it, so it is new in "
            "any case.",
            {BEGIN: "starts = torch.zeros"},
        ),
        Mistake(
            "held-labels-lost",
            "a label that is held for several frames is lost altogether. Of such a run, one is to "
            "stay.",
            {MERGED: "merged = path[starts & torch.cat([starts[1:], torch.tensor([True])])]"},
        ),
        Mistake(
            "one-a-frame",
            "you return a symbol for each frame, with blanks where nothing new comes. The labels "
            "are what is left when those are gone, and mostly fewer than T.",
            {MERGED: "merged = path", LABELS: "torch.where(starts, path, blank)"},
        ),
        Mistake(
            "mask-returned",
            "you return where a label comes, a yes or no for each frame. Index the path with it.",
            {LABELS: "starts & (path != blank)"},
        ),
        Mistake(
            "frames-returned",
            "you return the frames at which labels come. Asked is which labels they are: index the "
            "path with these.",
            {LABELS: "(starts & (path != blank)).nonzero().flatten()"},
        ),
        Mistake(
            "how-many",
            "you return how many labels there are. Asked is which they are.",
            {LABELS: "(merged != blank).sum()"},
        ),
    ),
)
