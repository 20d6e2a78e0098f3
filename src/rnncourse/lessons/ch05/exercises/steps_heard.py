"""Exercise: how far back a hundredth of a gradient arrives, for each sequence of a batch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = ((16, 9, 4), (12, 11, 3), (14, 7, 6), (9, 1, 5), (1, 8, 3), (11, 13, 1))
"""``(T, B, H)`` of each call."""
_SCALES = (1.6, 1.5, 0.8, 1.7, 2.5, 1.8)
"""How strong ``U`` is in each: gradients grow where the states are small."""
_SHOWN = 16
_CPU: dict[str, Any] = {"dtype": torch.float64, "device": "cpu"}


class HeardExercise(Exercise):
    """Draws quiet and loud sequences, some with a step at which all units are nearly flat."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw states in (−1, 1), a matrix that stretches, and gradients of several lengths."""
        calls: list[Tensors] = []
        for (T, B, H), scale in zip(_SIZES, _SCALES, strict=True):
            u = torch.rand(T, B, H, generator=generator, **_CPU)
            loud = torch.logspace(-0.5, 1, B, **_CPU)[:, None]
            h = torch.tanh(loud * (2 * u - 1))
            flat = torch.randint(T, (B,), generator=generator, device="cpu")
            for k in range(0, B, 2):
                h[flat[k], k] = 0.9985 * h[flat[k], k].sign()
            Q, R = torch.linalg.qr(torch.randn(H, H, generator=generator, **_CPU))
            v = torch.randn(B, H, generator=generator, **_CPU)
            calls.append((h, scale * (0.8 * Q + 0.2 * R / R.norm()), 3 * v))
        return calls

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Show the shares of the first sequence with a wrong number, lag by lag."""
        k = int((mine[0] != expected[0]).nonzero()[0])
        h, U, v = next(
            trial for trial in self.trials if torch.equal(steps_heard(*trial).double(), expected[0])
        )
        shares = [f"{share:.2g}" for share in _shares(h[:, k], U, v[k])[:_SHOWN]]
        more = ", …" if len(h) > _SHOWN else ""
        return (
            f"heard first differs at sequence {k}: yours {mine[0][k].item():g}, expected "
            f"{expected[0][k].item():g}. Its shares at the lags 1, 2, … are {', '.join(shares)}"
            f"{more}: which is the last that is 0.01 or more?"
        )


def _shares(h: Tensor, U: Tensor, v: Tensor) -> list[float]:
    """What arrives of ``v`` (H) at the lags 1 … T, as a share; states (T, H)."""
    g, shares = v, []
    for h_t in h.flip(0):
        g = (g * (1 - h_t**2)) @ U
        shares.append((g.norm() / v.norm()).item())
    return shares


def steps_heard(h: Tensor, U: Tensor, v: Tensor) -> Tensor:
    """The longest lag at which 1 % of ``v`` arrives, ``(T, B, H), (H, H), (B, H) -> (B)``.

    ``h`` holds h_1 … h_T, and ``v`` is ``∂ℓ/∂h_T``, a row for each sequence.
    """
    g, whole = v, v.norm(dim=1)
    heard = torch.zeros_like(whole)
    for lag, h_t in enumerate(h.flip(0), start=1):
        slope = 1 - h_t**2
        # ∂ℓ/∂h_{t-1} = Uᵀ ((1 − h_t²) ⊙ ∂ℓ/∂h_t), in rows
        delta = g * slope
        g = delta @ U
        share = g.norm(dim=1) / whole
        heard = torch.where(share >= 0.01, lag, heard)
    return heard


SLOPE, DELTA, BACK = "1 - h_t**2", "delta = g * slope", "g = delta @ U"
SHARE = "g.norm(dim=1) / whole"
START, LAST = "heard = torch.zeros_like(whole)", "torch.where(share >= 0.01, lag, heard)"
BEFORE = "heard = still = torch.zeros_like(whole)"
EXERCISE = HeardExercise(
    name="steps-heard",
    title="How many steps back are heard?",
    level="transfer",
    minutes=20,
    objective="05.2",
    hints=(
        "The loop of the exercises before: from the last step back, times the slopes, times U. "
        "Keep beside it, for each sequence, the last lag that was loud enough so far.",
        "A sequence is a row: (g * (1 − h_t²)) @ U goes one step back, for all rows at once. Its "
        "length is g.norm(dim=1), and what counts is that length divided by that of v.",
        "heard begins as zeros, (B). At each lag torch.where(share >= 0.01, lag, heard) writes the "
        "lag where enough arrives, and leaves the rest; so a comeback counts.",
    ),
    notice="the sequences differ although U is the same: where the states are large the slopes "
    "are small. The farthest of them is how far this batch can teach; longer chunks cost, and "
    "teach little.",
    takes={"h": "T B H", "U": "H H", "v": "B H"},
    returns={"heard": "B"},
    reference=steps_heard,
    places={"B": "sequence {i}"},
    whole=True,
    mistakes=(
        Mistake(
            "until-the-first-dip",
            "you stop where a share first falls below 1 %. A few flat slopes can do that for some "
            "steps, and a larger share may come back: asked is the *longest* lag.",
            {
                START: BEFORE,
                LAST: "torch.where((share >= 0.01) & (still == lag - 1), lag, heard)\n"
                "        still = heard",
            },
        ),
        Mistake(
            "first-lag-below",
            "that is the first lag at which less than 1 % arrives. Asked is the last at which 1 % "
            "or more does.",
            {
                START: BEFORE,
                LAST: "torch.where((share >= 0.01) & (still == lag - 1), lag, still)\n"
                "        still, heard = heard, (heard + 1).clamp(max=len(h))",
            },
        ),
        Mistake(
            "zero-if-never-below",
            "where no share falls below 1 % you say 0: argmax of a row of False is 0. And where "
            "one does, a larger share may come back later.",
            {
                START: BEFORE,
                LAST: "torch.where((share >= 0.01) & (still == lag - 1), lag, still)\n"
                "        still, heard = heard, heard * (heard < len(h))",
            },
        ),
        Mistake(
            "all-stop-together",
            "all sequences stop where the first of them falls below 1 %. Each has its own reach.",
            {
                START: BEFORE,
                LAST: "torch.where((share >= 0.01).all() & (still == lag - 1), lag, heard)\n"
                "        still = heard",
            },
        ),
        Mistake(
            "unit-by-unit",
            "each unit's element is compared with its own of v, and the best one counts. Asked is "
            "the length of the whole gradient.",
            {SHARE: "(g.abs() / v.abs()).amax(dim=1)"},
        ),
        Mistake(
            "lags-counted",
            "you count the lags at which 1 % or more arrives. Where a share dips and comes back, "
            "their number is smaller than the longest of them.",
            {LAST: "heard + (share >= 0.01)"},
        ),
        Mistake(
            "one-too-few",
            "every number is one too small where anything is heard at all. The lag from h_T to "
            "h_(T-1) is 1: does your count begin at 0?",
            {"start=1": "start=0"},
        ),
        Mistake(
            "one-too-many",
            "every number is one too large where anything is heard at all. The lag from h_T to "
            "h_(T-1) is 1.",
            {"start=1": "start=2"},
        ),
        Mistake(
            "every-number-plus-one",
            "every number is one too large: v itself has lag 0, and is not counted.",
            {"return heard": "return heard + 1"},
        ),
        Mistake(
            "not-a-share",
            "you compare the length itself with 0.01. One per cent of what? A loss ten times as "
            "large would be heard further back, and that is not meant.",
            {SHARE: "g.norm(dim=1)"},
        ),
        Mistake(
            "share-of-one-step",
            "each length is divided by that of the step after it: what one step does. What has "
            "happened since v?",
            {SHARE: "g.norm(dim=1) / whole\n        whole = g.norm(dim=1)"},
        ),
        Mistake(
            "share-of-the-batch",
            "every length is divided by that of the whole v, all sequences together. Each has its "
            "own.",
            {SHARE: "g.norm(dim=1) / v.norm()"},
        ),
        Mistake(
            "one-number-for-all",
            "all sequences get one number, that of the batch as a whole. Each has its own states "
            "and its own reach.",
            {SHARE: "(g.norm() / v.norm()).expand_as(whole)"},
        ),
        Mistake(
            "forwards",
            "your loop starts at h_1. The gradient enters at h_T: whose slopes does it meet first?",
            {"h.flip(0)": "h"},
        ),
        Mistake(
            "not-transposed",
            "U works the way forwards. A row times U collects from the columns of U, which is what "
            "a gradient does; a row times U.T is a step of the network.",
            {BACK: "g = delta @ U.T"},
        ),
        Mistake(
            "slopes-after-U",
            "the slopes are multiplied after U. They belong to the later state, on the side that "
            "the gradient enters by.",
            {DELTA: "delta = g @ U", BACK: "g = delta * slope"},
        ),
        Mistake(
            "slopes-forgotten",
            "the slopes of the tanh are missing, so that all sequences have nearly the same reach. "
            "By what does each unit multiply besides U?",
            {DELTA: "delta = g"},
        ),
        Mistake(
            "U-forgotten",
            "U is missing: only the slopes are multiplied, so no share ever grows.",
            {BACK: "g = delta"},
        ),
        Mistake(
            "slopes-one-step-early",
            "the first factor is taken at h_(T-1), one step too early. The step that made h_T is "
            "the first to be gone back.",
            {"h.flip(0)": "h[:-1].flip(0)"},
        ),
        Mistake(
            "slopes-of-the-state-before",
            "each slope is taken at h_(t-1), one step too early. Which state did the step's tanh "
            "make?",
            {"h.flip(0)": "torch.cat([torch.zeros_like(h[:1]), h[:-1]]).flip(0)"},
        ),
        Mistake(
            "h_0-left-out",
            "your loop goes back to h_1 and stops. The slopes of h_1 lead one step further, to "
            "h_0, at lag T.",
            {"h.flip(0)": "h[1:].flip(0)"},
        ),
        Mistake(
            "slope-not-squared",
            "the slope is taken to be 1 - h. What is the derivative of tanh(a), written with "
            "h = tanh(a)?",
            {SLOPE: "1 - h_t"},
        ),
        Mistake(
            "all-squared",
            "the slope is taken to be (1 - h)². Is it all squared, or h alone?",
            {SLOPE: "(1 - h_t) ** 2"},
        ),
        Mistake(
            "sigmoid-slope",
            "h (1 - h) is the slope of a sigmoid. What is that of tanh?",
            {SLOPE: "h_t * (1 - h_t)"},
        ),
        Mistake(
            "tanh-twice",
            "the slope is 1 − tanh(h)², with one tanh too many: h has come out of the tanh "
            "already.",
            {SLOPE: "1 - torch.tanh(h_t) ** 2"},
        ),
        Mistake(
            "a-tenth",
            "these are the lags at which a tenth arrives. Asked is a hundredth, 0.01. (Did you "
            "compare squares? A hundredth of a square is a tenth of a length.)",
            {"0.01": "0.1"},
        ),
        Mistake(
            "a-thousandth",
            "these are the lags at which a thousandth arrives, as in `diagnose`. Asked is a "
            "hundredth, 0.01.",
            {"0.01": "0.001"},
        ),
        Mistake(
            "all-of-it",
            "these are the longest lags at which all of v arrives, or more. One per cent is 0.01.",
            {"0.01": "1.0"},
        ),
        Mistake(
            "largest-element",
            "the largest elements are compared. Asked is the length of the whole gradient.",
            {SHARE: "g.abs().amax(dim=1) / v.abs().amax(dim=1)"},
        ),
        Mistake(
            "turned-round",
            "these are the longest lags at which *less* than 1 % arrives. Look at the comparison.",
            {">= 0.01": "< 0.01"},
        ),
        Mistake(
            "no-chain",
            "each step starts from v again, so that every lag has one factor. What should the next "
            "step start from?",
            {DELTA: "delta = v * slope"},
        ),
        Mistake(
            "shares-returned",
            "these are the shares at the last lag, not numbers of steps.",
            {"return heard": "return share"},
        ),
    ),
)
