"""What was recorded of the playground's stories, over ten seeds."""

from __future__ import annotations

from typing import Any

from rnncourse.experiments import recorded


def over_seeds(story: str, value: str, cell: str | None = None) -> list[Any]:
    """A value at the end of a story, recorded for the seeds 0 to 9.

    Args:
        story: the short name of a story.
        value: ``"learned"``, the training step from which on the mean loss of ten batches was
            below a tenth of the baseline (None: never); ``"share"``, the held-out loss over the
            baseline; ``"accuracy"``; ``"reach_first"`` and ``"reach_last"``, the gradient at the
            first input as a share of that at the last, before and after training; ``"longest"``,
            the length of the longest gradient; ``"right_earlier"``, for the cue, the least share
            of right answers if asked at one of the ten steps before the last; or ``"diverged"``.
        cell: which one, where the story compares.
    """
    seeds = recorded("stories").info[story]["seeds"]
    return [seed[cell or next(iter(seed))][value] for seed in seeds]
