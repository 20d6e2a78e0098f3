"""Exercise: the mean loss of a padded batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


def masked_mean(loss: Tensor, lengths: Tensor) -> Tensor:
    """The mean of ``loss`` (T, B) over the first ``lengths`` (B) steps of each sequence."""
    return loss[_mask(loss, lengths)].mean()


def _mask(loss: Tensor, lengths: Tensor) -> Tensor:
    return torch.arange(len(loss))[:, None] < lengths  # (T, B)


def _zeroed(loss: Tensor, lengths: Tensor) -> Tensor:
    return torch.where(_mask(loss, lengths), loss, 0.0)


@dataclass(frozen=True, kw_only=True)
class PaddedExercise(Exercise):
    """Draws lengths from 1 to T, the longest of which is T, as in a padded batch."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; what a loss holds beyond its length is large, to be seen."""
        trials: list[Tensors] = []
        for loss, _ in super().draw(generator):
            T, B = loss.shape
            lengths = torch.randint(1, T + 1, (B,), generator=generator, device="cpu")
            if B > 1:  # one that is padded, and one that fills the batch
                lengths[0], lengths[-1] = 1, T
            else:
                lengths[0] = T
            loss = loss + 2  # losses are positive
            loss[~_mask(loss, lengths)] += 5
            trials.append((loss, lengths))
        return trials


EXERCISE = PaddedExercise(
    name="masked-loss",
    title="The loss of a padded batch",
    takes={"loss": "T B", "lengths": "B"},
    returns={"mean": ""},
    reference=masked_mean,
    mistakes=(
        Mistake(
            "padding-counted",
            "the mean is over all T·B steps, padding included. Which of them are real?",
            lambda loss, lengths: loss.mean(),
        ),
        Mistake(
            "zeroed-but-counted",
            "the padding's loss is set to 0, but its steps are still counted in the mean: "
            "what is the sum divided by?",
            lambda loss, lengths: _zeroed(loss, lengths).mean(),
        ),
        Mistake(
            "sum",
            "the sum over the real steps is right; what was asked for is their mean.",
            lambda loss, lengths: _zeroed(loss, lengths).sum(),
        ),
        Mistake(
            "mean-of-means",
            "each sequence's mean is right, and then all sequences weigh the same, however long "
            "they are. Here each real step should weigh the same.",
            lambda loss, lengths: (_zeroed(loss, lengths).sum(dim=0) / lengths).mean(),
        ),
        Mistake(
            "mask-inverted",
            "this is the mean over the padding: the mask is the wrong way round.",
            lambda loss, lengths: loss[~_mask(loss, lengths)].mean(),
        ),
        Mistake(
            "one-too-many",
            "each sequence counts one step too many. A sequence of length n has the steps with "
            "indices 0 to n - 1.",
            lambda loss, lengths: loss[_mask(loss, lengths + 1)].mean(),
        ),
        Mistake(
            "one-too-few",
            "each sequence counts one step too few. A sequence of length n has the steps with "
            "indices 0 to n - 1.",
            lambda loss, lengths: loss[_mask(loss, lengths - 1)].mean(),
        ),
        Mistake(
            "last-step-only",
            "this is the mean of the last real step of each sequence. All real steps count.",
            lambda loss, lengths: loss[lengths - 1, torch.arange(loss.shape[1])].mean(),
        ),
        Mistake(
            "padded-on-the-left",
            "the mask lets the last steps of each sequence through; padding stands at the end.",
            lambda loss, lengths: loss[_mask(loss, lengths).flip(0)].mean(),
        ),
        Mistake(
            "per-step-means",
            "this is the mean over t of each step's mean over the sequences still there, so the "
            "late steps of the longest sequence weigh too much. Each real step should weigh the "
            "same.",
            lambda loss, lengths: (
                _zeroed(loss, lengths).sum(dim=1) / _mask(loss, lengths).sum(dim=1)
            ).mean(),
        ),
    ),
)
