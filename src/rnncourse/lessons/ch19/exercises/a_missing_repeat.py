"""Exercise: a forward recursion that reads ``aa`` where ``a`` was said, to be mended."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_DRAWN = (
    *((6, (1, 1, 2)), (8, (2, 1, 1, 1)), (10, (1, 2, 1, 2)), (4, (3, 3))),
    *((1, (2,)), (5, ()), (9, (2, 2, 1, 1, 3))),
)
"""The frames of each call, and its labels: equal neighbours, and equal ones farther apart."""


class LatticeExercise(Exercise):
    """Draws a lattice: probabilities of its states' symbols, and which symbols these are."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; equal symbols have equal probabilities at each frame."""
        trials: list[Tensors] = []
        for T, target in _DRAWN:
            labels = torch.zeros(2 * len(target) + 1, dtype=torch.long, device="cpu")
            labels[1::2] = torch.tensor(target, dtype=torch.long, device="cpu")
            y = torch.rand(T, 4, generator=generator, dtype=torch.float64, device="cpu")
            trials.append(((0.1 + 0.9 * y)[:, labels], labels))
        return trials


def forward(y: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The forward variables (T, S), and the probability of the labels.

    Args:
        y: the probability of each state's symbol at each frame, (T, S).
        labels: the symbol of each state, (S): blank, label, blank, label, …, blank; 0 is the blank.
    """
    alpha = torch.zeros_like(y)
    alpha[0, :2] = y[0, :2]
    for t in range(1, len(y)):
        for s in range(len(labels)):
            ways = alpha[t - 1, s]
            if s >= 1:
                ways = ways + alpha[t - 1, s - 1]
            if s >= 2 and labels[s] != labels[s - 2]:
                ways = ways + alpha[t - 1, s - 2]
            alpha[t, s] = ways * y[t, s]
    p = alpha[-1, -2:].sum()
    return alpha, p


JUMP = "labels[s] != labels[s - 2]"
UNLIKE = "s < 3 or labels[s] == 0 or labels[s] != labels[s - 2]"
NO_REPEAT = "not any(labels[1:-3:2] == labels[3::2])"

EXERCISE = LatticeExercise(
    name="a-missing-repeat",
    title="A missing repeat",
    level="find the fault",
    minutes=10,
    starred=True,
    objective="19.2",
    hints=(
        "Write down the paths of three frames that the colleague's recursion counts for the labels "
        "1 1, and collapse each. Which of them collapse to something else?",
        "A jump from s - 2 to s leaves out the blank between two labels. 1 2 may stand side by "
        "side; what becomes of 1 1 side by side?",
        "The jump is for two labels that differ: labels[s] != labels[s - 2]. From blank to blank "
        "it is never allowed, and this condition says that, too: two blanks are equal.",
    ),
    notice="one comparison holds both rules: blanks are equal, so no label is left out, and equal "
    "labels keep their blank. That is why 11 needs three frames.",
    takes={"y": "T S", "labels": "S"},
    returns={"alpha": "T S", "p": ""},
    places={"T": "frame {i}", "S": "state {i}"},
    reference=forward,
    mistakes=(
        Mistake(
            "as-it-was",
            "it does what the colleague's does: every label may be reached without the blank "
            "before it, an equal one, too. What does 1 1 collapse to?",
            {JUMP: "labels[s] != 0"},
        ),
        Mistake(
            "jumps-everywhere",
            "a jump is allowed into every state, so that a path may leave a label out, from blank "
            "to blank. (labels[s] and labels[s - 1] always differ.) Which two must differ?",
            {f" and {JUMP}": ""},
        ),
        Mistake(
            "never-jumps",
            "there is no jump any more, so that each label waits for a blank. 1 1 is right now, "
            "but 1 2 may be said without a break.",
            {JUMP: "False"},
        ),
        Mistake(
            "jumps-between-equals",
            "the jump is allowed just where it must not be, between equal labels and between "
            "blanks. Turn the condition round.",
            {JUMP: "labels[s] == labels[s - 2]"},
        ),
        Mistake(
            "jumps-between-equal-labels",
            "the jump is allowed between equal labels, and not between different ones. 1 2 may "
            "stand side by side, 1 1 may not.",
            {JUMP: "labels[s] == labels[s - 2] and labels[s] != 0"},
        ),
        Mistake(
            "no-jump-in-such-targets",
            "as soon as there are two equal neighbours anywhere, no jump at all is allowed. Only "
            "the one between these two must go.",
            {JUMP: f"{JUMP} and {NO_REPEAT}"},
        ),
        Mistake(
            "no-jump-to-an-old-label",
            "a label that has come before is never jumped to, even if others stand between. In "
            "1 2 1 the second 1 needs no blank: only neighbours matter.",
            {JUMP: "labels[s] not in labels[:s]"},
        ),
        Mistake(
            "four-back",
            "you compare with labels[s - 4], two labels before. States are blanks and labels in "
            "turn: where does the label just before stand?",
            {JUMP: "labels[s] != 0 and (s < 4 or labels[s] != labels[s - 4])"},
        ),
        Mistake(
            "blank-left-out-too",
            "equal neighbours cannot be passed at all: for them, the step from the blank between "
            "is gone, not only the jump.",
            {"if s >= 1:": f"if s >= 1 and ({UNLIKE}):"},
        ),
        Mistake(
            "blank-instead-of-jump",
            "for equal neighbours you have taken away the step from the blank between, and left "
            "the jump over it. It is the other way round.",
            {
                "if s >= 1:": f"if s >= 1 and ({UNLIKE}):",
                f"if s >= 2 and {JUMP}": "if s >= 2 and labels[s] != 0",
            },
        ),
        Mistake(
            "likeliest-path",
            "the jumps are right, but of the ways into a state only the likeliest one counts. That "
            "finds the best path; here all paths are added up.",
            {
                "ways + alpha[t - 1, s - 1]": "max(ways, alpha[t - 1, s - 1])",
                "ways + alpha[t - 1, s - 2]": "max(ways, alpha[t - 1, s - 2])",
                "alpha[-1, -2:].sum()": "alpha[-1, -2:].max()",
            },
        ),
        Mistake(
            "starts-anywhere",
            "the jumps are right, but now a path may start in any state, and leave out the labels "
            "before it.",
            {"alpha[0, :2] = y[0, :2]": "alpha[0] = y[0]"},
        ),
        Mistake(
            "starts-in-the-blank",
            "the jumps are right, but now every path starts with a blank. It may start with the "
            "first label as well.",
            {"alpha[0, :2] = y[0, :2]": "alpha[0, 0] = y[0, 0]"},
        ),
        Mistake(
            "ends-in-the-blank",
            "alpha is right, but p counts only the paths that end in the last blank. They may end "
            "in the last label as well.",
            {"alpha[-1, -2:].sum()": "alpha[-1, -1]"},
        ),
        Mistake(
            "ends-in-the-label",
            "alpha is right, but p counts only the paths that end in the last label. They may end "
            "in the blank behind it as well.",
            {"alpha[-1, -2:].sum()": "alpha[-1, -2:][0]"},
        ),
        Mistake(
            "ends-anywhere",
            "alpha is right, but p counts paths that end in any state, before all labels are said.",
            {"alpha[-1, -2:].sum()": "alpha[-1].sum()"},
        ),
    ),
)
