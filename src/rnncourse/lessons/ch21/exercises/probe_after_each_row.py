"""Exercise: a probe after each row, fitted on known images and tested on new ones."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (
    *((4, 40, 3, 23), (5, 60, 4, 31), (2, 35, 3, 17), (3, 36, 2, 19)),
    *((6, 37, 3, 2), (3, 2, 1, 7)),
)
"""``T, N, H, M`` of each call: steps, known images, units, new images."""
_DIGITS = 1, 4, 8, 9


class ProbeExercise(Exercise):
    """Draws states that tell more of four digits with every step, around a mean that is not 0."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; there are always more known images than units."""
        trials: list[Tensors] = []
        for T, N, H, M in _SIZES:
            digits = torch.tensor(_DIGITS, device="cpu")
            which = torch.randint(4, (N + M,), generator=generator, device="cpu")
            if N == 2:
                which[:2] = torch.tensor([0, 3], device="cpu")
            means = torch.randn(4, H, generator=generator, dtype=torch.float64, device="cpu") + 1
            noise = torch.randn(T, N + M, H, generator=generator, dtype=torch.float64, device="cpu")
            learned = torch.linspace(0.3, 1, T, dtype=torch.float64, device="cpu")[:, None, None]
            states = learned * means[which] + 0.5 * noise
            labels = digits[which]
            trials.append((states[:, :N], labels[:N], states[:, N:], labels[N:]))
        return trials


def probe_each_row(
    states: Tensor, labels: Tensor, new_states: Tensor, new_labels: Tensor
) -> Tensor:
    """The share of new images whose digit a linear probe reads from the state, at each step: (T).

    Args:
        states: of the known images, (T, N, H).
        labels: their digits, (N).
        new_states: of images that are in none of the fits, (T, M, H).
        new_labels: their digits, (M).
    """
    wanted = one_hot(labels, 10).to(states.dtype)
    accuracy = []
    for known, new in zip(states, new_states, strict=True):
        x = torch.cat([known, torch.ones(len(known), 1)], dim=1)
        weights = torch.linalg.pinv(x) @ wanted
        scores = torch.cat([new, torch.ones(len(new), 1)], dim=1) @ weights
        right = scores.argmax(dim=1) == new_labels
        accuracy.append(right.double().mean())
    return torch.stack(accuracy)


WANTED = "one_hot(labels, 10).to(states.dtype)"
PAIRS = "zip(states, new_states, strict=True)"
X = "torch.cat([known, torch.ones(len(known), 1)], dim=1)"
FIT = "torch.linalg.pinv(x) @ wanted"
SCORES = "torch.cat([new, torch.ones(len(new), 1)], dim=1) @ weights"
RIGHT = "scores.argmax(dim=1) == new_labels"
FIRST_LINE = f"wanted = {WANTED}"
LINE = f"weights = {FIT}"


def _one_for_all(states: str) -> dict[str, str]:
    """Fit once, on what ``states`` says, and use that at every step."""
    return {
        FIRST_LINE: f"{FIRST_LINE}\n"
        f"    once = {states}\n"
        "    once = torch.cat([once, torch.ones(len(once), 1)], dim=1)\n"
        "    many = wanted.repeat(len(once) // len(wanted), 1)\n"
        "    weights = torch.linalg.pinv(once) @ many",
        LINE: "pass",
    }


EXERCISE = ProbeExercise(
    name="probe-after-each-row",
    title="A probe after each row",
    level="write",
    minutes=15,
    starred=True,
    objective="21.2",
    hints=(
        "For one step it is a regression with N examples: H numbers go in, and ten come out, of "
        "which the one for the right digit should be 1. Do it for each step anew.",
        "Put a column of ones beside the states (the bias): x, (N, H + 1). Wanted is "
        "one_hot(labels, 10), as floats. Then torch.linalg.pinv(x) @ wanted are the weights, "
        "(H + 1, 10).",
        "At step t: fit on states[t] and labels; scores of new_states[t], with a column of ones as "
        "well; argmax over the ten; the share that equals new_labels. Then torch.stack.",
    ),
    notice="nothing of the network was changed: the digit was in its state, whatever its read-out "
    "said. What a linear probe fails to find may still be there, in a form that is not linear.",
    takes={"states": "T N H", "labels": "N", "new_states": "T M H", "new_labels": "M"},
    returns={"accuracy": "T"},
    reference=probe_each_row,
    mistakes=(
        Mistake(
            "fitted-on-the-new",
            "the probes are fitted on the new images, and then tested on the same. With enough "
            "units that is 100 %, whatever the states hold. Fit on states and labels.",
            {
                WANTED: "one_hot(new_labels, 10).to(states.dtype)",
                X: "torch.cat([new, torch.ones(len(new), 1)], dim=1)",
            },
        ),
        Mistake(
            "tested-on-the-known",
            "that is the accuracy on the images on which the probes were fitted. Asked is that on "
            "the new ones, which no probe has seen.",
            {SCORES: "x @ weights", RIGHT: "scores.argmax(dim=1) == labels"},
        ),
        Mistake(
            "fitted-on-all",
            "the probes are fitted on known and new images together, so that the new ones are not "
            "new any more. Fit on states and labels alone.",
            {
                WANTED: "one_hot(torch.cat([labels, new_labels]), 10).to(states.dtype)",
                X: "torch.cat([torch.cat([known, new]), torch.ones(len(known) + len(new), 1)], "
                "dim=1)",
            },
        ),
        Mistake(
            "exchanged",
            "known and new are exchanged: the probes are fitted on the new images, and tested on "
            "the known ones.",
            {
                WANTED: "one_hot(new_labels, 10).to(states.dtype)",
                PAIRS: "zip(new_states, states, strict=True)",
                RIGHT: "scores.argmax(dim=1) == labels",
            },
        ),
        Mistake(
            "last-rows-probe",
            "one probe, fitted on the last state, reads all the others, too. That says what the "
            "last read-out makes of them. Asked is a probe for each step, fitted there.",
            _one_for_all("states[-1]"),
        ),
        Mistake(
            "first-rows-probe",
            "one probe, fitted on the first state, reads all the others, too. Asked is a probe for "
            "each step, fitted there.",
            _one_for_all("states[0]"),
        ),
        Mistake(
            "one-probe-for-all-rows",
            "one probe is fitted on the states of all steps together. A state may say 7 in another "
            "way after row 3 than after row 8: fit one for each step.",
            _one_for_all("states.flatten(0, 1)"),
        ),
        Mistake(
            "all-rows-so-far",
            "the probe is given the states of all steps so far. Asked is what the state after this "
            "step knows by itself: what it has lost, the network cannot use any more.",
            {
                "x = torch.cat([known": "t = len(accuracy) + 1\n"
                "        known = torch.cat([*states[:t]], dim=1)\n"
                "        new = torch.cat([*new_states[:t]], dim=1)\n"
                "        x = torch.cat([known"
            },
        ),
        Mistake(
            "whole-numbers-wanted",
            "one_hot gives whole numbers, and torch does not multiply a matrix of these by one of "
            "floats. Convert them first.",
            {WANTED: "one_hot(labels, 10)"},
        ),
        Mistake(
            "no-bias",
            "the probe has no bias: where the state is 0 all digits would have the score 0. Put a "
            "column of ones beside the states, the known and the new ones.",
            {X: "known", SCORES: "new @ weights"},
        ),
        Mistake(
            "labels-as-numbers",
            "the probe is fitted on the digit as a number, and its answer rounded. But an 8 is not "
            "twice a 4: let it give a score for each digit, and take the largest.",
            {
                WANTED: "labels.to(states.dtype).unsqueeze(1)",
                RIGHT: "scores.squeeze(1).round() == new_labels",
            },
        ),
        Mistake(
            "largest-over-the-images",
            "the argmax runs over the images: for each digit, the image that looks most like it. "
            "Asked is the digit for each image.",
            {"scores.argmax(dim=1)": "scores.argmax(dim=0)"},
        ),
        Mistake(
            "labels-of-the-known",
            "what the probe says of the new images is compared with the labels of the known ones. "
            "Those belong to other images.",
            {RIGHT: "scores.argmax(dim=1) == labels"},
        ),
        Mistake(
            "labels-of-the-known-cut",
            "what the probe says of the new images is compared with the first labels of the known "
            "ones. Those belong to other images.",
            {RIGHT: "scores.argmax(dim=1)[: len(labels)] == labels[: len(new_labels)]"},
        ),
        Mistake(
            "each-part-by-its-own-mean",
            "mean and deviation are right for the known states, but the new ones are scaled by "
            "their own. Then a probe's weights do not fit them: use those of the known.",
            {
                X: "torch.cat([(known - known.mean(0)) / known.std(0), torch.ones(len(known), 1)], "
                "dim=1)",
                SCORES: "torch.cat([(new - new.mean(0)) / new.std(0), torch.ones(len(new), 1)], "
                "dim=1) @ weights",
            },
        ),
        Mistake(
            "squared-error",
            "you return how far the scores are from 0 and 1, squared. Asked is the share of digits "
            "that are right.",
            {RIGHT: "(scores - one_hot(new_labels, 10)).square()"},
        ),
        Mistake(
            "score-of-the-right-digit",
            "you return the mean score of the right digit. It counts as right if that score is the "
            "largest of the ten.",
            {RIGHT: "scores.gather(1, new_labels.unsqueeze(1))"},
        ),
        Mistake(
            "one-number-for-all-rows",
            "that is the mean over all steps. Asked is one number for each step: how it grows is "
            "what we want to see.",
            {"return torch.stack(accuracy)": "return torch.stack(accuracy).mean()"},
        ),
        Mistake(
            "last-row-alone",
            "that is the accuracy after the last row alone. Asked is one number for each step.",
            {"return torch.stack(accuracy)": "return accuracy[-1]"},
        ),
        Mistake(
            "errors",
            "that is the share that is wrong. Asked is the share that is right.",
            {RIGHT: "scores.argmax(dim=1) != new_labels"},
        ),
        Mistake(
            "counts",
            "you count how many are right. Asked is their share.",
            {"right.double().mean()": "right.double().sum()"},
        ),
    ),
)
