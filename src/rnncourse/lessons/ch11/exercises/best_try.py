"""Exercise: a comparison that reports its luckiest test loss, to be mended."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class TriesExercise(Exercise):
    """Draws losses: positive, and not the same on validation as on test."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw losses between 0 and 1."""
        return [tuple((1 + t) / 2 for t in trial) for trial in super().draw(generator)]


def compare(validation: Tensor, test: Tensor) -> Tensor:
    """What to report of each cell, (C), given losses (C, K, S): cells, settings, seeds."""
    reported = []
    for judged, asked in zip(validation, test, strict=True):
        kept = judged.mean(dim=1).argmin()
        reported.append(asked[kept].mean())
    return torch.stack(reported)


CHOICE = "judged.mean(dim=1)"
KEPT = f"{CHOICE}.argmin()"
LOSS = "asked[kept].mean()"

EXERCISE = TriesExercise(
    name="best-try",
    title="The best try",
    level="find the fault",
    minutes=10,
    starred=True,
    objective="11.3",
    hints=(
        "For each number in the colleague's function ask two things: which losses was it chosen "
        "by, and which losses does it report? They must not be the same.",
        "What can be chosen is a setting; a seed is luck, and cannot be chosen. So a setting is "
        "judged by its mean over all seeds, and reported by its mean over all seeds.",
        "For each cell: the mean of its validation losses over the seeds, (K); the setting where "
        "this is smallest; the mean of that setting's test losses. One number a cell.",
    ),
    notice="yours is never below the colleague's: a smallest number of many is too good, and the "
    "more so the more tries a cell was given.",
    takes={"validation": "C K S", "test": "C K S"},
    returns={"loss": "C"},
    places={"C": "cell {i}", "K": "setting {i}", "S": "seed {i}"},
    reference=compare,
    mistakes=(
        Mistake(
            "as-it-was",
            "it reports what the colleague's does, the smallest test loss of all tries. What was "
            "this try chosen by, and who had luck?",
            {CHOICE: "asked.amin(dim=1)", LOSS: "asked[kept].amin()"},
        ),
        Mistake(
            "chosen-by-test",
            "the seeds are treated as they should be, but the setting is kept by the losses that "
            "are reported. What was chosen by the test is no longer tested by it.",
            {CHOICE: "asked.mean(dim=1)"},
        ),
        Mistake(
            "chosen-by-test-and-luck",
            "it reports a mean over the seeds, but of a setting that was kept for one lucky try on "
            "the test. Which losses may decide, and of how many seeds?",
            {CHOICE: "asked.amin(dim=1)"},
        ),
        Mistake(
            "chosen-by-luck",
            "validation decides, as it should, but by the best seed of each setting. A setting "
            "with one lucky seed wins then: judge it by all its seeds.",
            {CHOICE: "judged.amin(dim=1)"},
        ),
        Mistake(
            "luckiest-seed-reported",
            "the setting is the right one, but the loss is that of its best seed on the test. "
            "Whoever uses the setting gets any seed.",
            {LOSS: "asked[kept].amin()"},
        ),
        Mistake(
            "seed-kept-by-validation",
            "the setting is the right one, but of its seeds the one that is best on validation is "
            "reported. A seed is luck, on whichever data it is chosen.",
            {LOSS: "asked[kept][judged[kept].argmin()]"},
        ),
        Mistake(
            "test-chooses-luck-reports",
            "the test decides which setting is kept, and the best of its seeds is reported. Two "
            "faults of the colleague's are still there.",
            {CHOICE: "asked.mean(dim=1)", LOSS: "asked[kept].amin()"},
        ),
        Mistake(
            "luck-twice",
            "validation decides, which is right. But one lucky seed decides which setting is "
            "kept, and one lucky seed is reported.",
            {CHOICE: "judged.amin(dim=1)", LOSS: "asked[kept].amin()"},
        ),
        Mistake(
            "one-run",
            "a single run is kept, a setting with one seed, and its test loss is reported. How "
            "much of it was the setting, and how much the seed?",
            {KEPT: "judged.argmin()", LOSS: "asked.flatten()[kept]"},
        ),
        Mistake(
            "a-setting-for-each-seed",
            "each seed keeps a setting of its own. To whom would you recommend which? One setting "
            "is kept for a cell, and its seeds show how much luck is in it.",
            {KEPT: "judged.argmin(dim=0)", LOSS: "asked[kept, range(len(kept))].mean()"},
        ),
        Mistake(
            "validation-reported",
            "the kept setting's loss on validation is reported. It was kept because that number "
            "is small, so it is too good: report the test.",
            {LOSS: "judged[kept].mean()"},
        ),
        Mistake(
            "all-settings-reported",
            "the mean is over all settings, the bad ones too. A cell is reported by the setting "
            "that was kept.",
            {LOSS: "asked.mean()"},
        ),
        Mistake(
            "worst-seed-reported",
            "the loss is that of the kept setting's worst seed. It is worth printing beside the "
            "mean; asked is the mean.",
            {LOSS: "asked[kept].amax()"},
        ),
        Mistake(
            "medians",
            "you take medians over the seeds. With wild seeds they are a good choice, as long as "
            "all cells get them; asked are means.",
            {CHOICE: "judged.median(dim=1).values", LOSS: "asked[kept].median()"},
        ),
        Mistake(
            "chosen-by-median",
            "the setting is kept by the median of its seeds. With wild seeds that is a good "
            "choice; asked is the mean.",
            {CHOICE: "judged.median(dim=1).values"},
        ),
        Mistake(
            "seeds-for-settings",
            "your mean runs over the settings, and what is left to choose from are seeds. Which "
            "axis has the seeds?",
            {KEPT: "judged.mean(dim=0).argmin()", LOSS: "asked[:, kept].mean()"},
        ),
        Mistake(
            "first-cell-reported",
            "every cell is reported by the losses of the first: its own setting, but not its own "
            "losses.",
            {LOSS: "test[0][kept].mean()"},
        ),
        Mistake(
            "worst-setting",
            "the setting with the largest validation loss is kept. These are losses, not shares "
            "of right answers.",
            {"argmin": "argmax"},
        ),
        Mistake(
            "one-setting-for-all-cells",
            "all cells get the setting that suits them best on average. Each cell keeps a setting "
            "of its own: what is a good rate for one may be none for another.",
            {KEPT: "validation.mean(dim=(0, 2)).argmin()"},
        ),
    ),
)
