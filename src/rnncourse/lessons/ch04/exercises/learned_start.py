"""Exercise: the gradient of the initial state, where it is learned."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake
from rnncourse.lessons.ch04.exercises import bptt_scalar
from rnncourse.lessons.ch04.exercises.bptt_by_hand import BACK, ON_THE_WAY_BACK, OWN


def start_gradient(x: Tensor, dh: Tensor, h_0: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """``∂ℓ/∂h_0`` of a start that all sequences share, ``(T, B, D), (T, B, H), (H) -> (H)``.

    ``dh`` is what the loss's own terms give each ``h_t = tanh(W x_t + U h_{t-1} + b)``.
    """
    h = [h_0.expand_as(dh[0])]
    for x_t in x:
        h.append(torch.tanh(x_t @ W.T + h[-1] @ U.T + b))
    from_later = torch.zeros_like(dh[0])
    for t in range(len(x), 0, -1):
        dh_t = dh[t - 1] + from_later
        slope = 1 - h[t] ** 2
        delta = dh_t * slope
        # ∂ℓ/∂h_{t-1} = Uᵀ δ_t, and h_0 has no loss of its own
        from_later = delta @ U
    dh_0 = from_later.sum(dim=0)
    return dh_0


SUM = "from_later.sum(dim=0)"

EXERCISE = Exercise(
    name="learned-start",
    title="A start that is learned",
    level="transfer",
    minutes=15,
    objective="04.1",
    hints=(
        "It is the same loop. What does it carry in hand after its last turn, t = 1, and is that "
        "how the loss answers to a sum, or to a state?",
        "After the turn of t = 1 you hold what h_1 hands on: δ_1 through U, (B, H). h_0 came out "
        "of no tanh, and has no loss of its own: nothing more is multiplied or added.",
        "Forwards, start every sequence from h_0; backwards, delta is (dh of the step plus what "
        "comes from later) times 1 − h_t², and what goes on is delta @ U. Sum the last over the "
        "batch, since all sequences share h_0.",
    ),
    notice="h_0 is used once, so no other step adds to its gradient: all of it has come back from "
    "the losses, step by step. A loss far from the start hardly moves it.",
    takes={"x": "T B D", "dh": "T B H", "h_0": "H", "W": "H D", "U": "H H", "b": "H"},
    returns={"dh_0": "H"},
    reference=start_gradient,
    by_hand=True,
    mistakes=(
        Mistake(
            "stops-at-delta",
            "that is how the loss answers to the sum of the first step, δ_1. Between that sum and "
            "h_0 there is one more factor.",
            {SUM: "delta.sum(dim=0)"},
        ),
        Mistake(
            "stops-at-h_1",
            "that is the gradient of h_1. One step more: through the tanh of the first step, and "
            "through U.",
            {SUM: "dh_t.sum(dim=0)"},
        ),
        Mistake(
            "slope-at-the-start",
            "the result is multiplied by 1 − h_0². That is the slope of a tanh that made h_0, and "
            "none did.",
            {SUM: "(from_later * (1 - h[0] ** 2)).sum(dim=0)"},
        ),
        Mistake(
            "U-once-too-often",
            "what comes back has crossed U once too often: it stands in T steps, and the last turn "
            "of your loop has taken it through the first one.",
            {SUM: "(from_later @ U).sum(dim=0)"},
        ),
        Mistake(
            "for-each-sequence",
            "there is one gradient for each sequence, (B, H). All sequences start from the same "
            "h_0: what do its uses do with each other?",
            {SUM: "from_later"},
        ),
        Mistake(
            "batch-mean",
            "the gradients of the sequences are averaged. The loss is a sum over them, and each "
            "uses h_0 once: their effects add up.",
            {SUM: "from_later.mean(dim=0)"},
        ),
        Mistake(
            "first-sequence-only",
            "that is the gradient from the first sequence alone. The others start from h_0, too.",
            {SUM: "from_later[0]"},
        ),
        Mistake(
            "summed-over-units",
            "the sum runs over the units, and leaves one number a sequence. Which axis do the "
            "sequences lie along?",
            {SUM: "from_later.sum(dim=1)"},
        ),
        Mistake(
            "started-from-zeros",
            "the states are those of a network that starts from zeros. h_0 does not stand in the "
            "backward formulas, but it decides where on the tanh each unit is.",
            {"h_0.expand_as(dh[0])": "torch.zeros_like(dh[0])"},
        ),
        Mistake(
            "own-loss-of-the-start",
            "dh of the first step is added once more at the end. It belongs to h_1; h_0 has no "
            "loss of its own.",
            {SUM: "(dh[0] + from_later).sum(dim=0)"},
        ),
        Mistake(
            "gradient-of-b",
            "that is the sum of all δ, the gradient of b. Asked is how the loss answers to h_0, "
            "which stands in the first step alone, behind U.",
            {
                "from_later = torch.zeros_like(dh[0])": "from_later = total = 0 * dh[0]",
                BACK: f"{BACK}\n        total = total + delta",
                SUM: "total.sum(dim=0)",
            },
        ),
        Mistake(
            "times-h_0",
            "the result is multiplied by h_0. A weight's gradient has what it multiplied as a "
            "factor; h_0 is itself what is moved.",
            {SUM: "(from_later * h_0).sum(dim=0)"},
        ),
        Mistake(
            "slope-of-the-earlier-state",
            "what goes on is multiplied by the slope of the earlier state as well. The next turn "
            "does that, in its delta; and h_0 has no slope at all.",
            {BACK: "from_later = delta * (1 - h[t - 1] ** 2) @ U"},
        ),
        Mistake(
            "every-step-added",
            "what arrives at every earlier state is added up. That is how a weight is treated, "
            "which is used at every step; h_0 is used once.",
            {
                "from_later = torch.zeros_like(dh[0])": "from_later = total = 0 * dh[0]",
                BACK: f"{BACK}\n        total = total + from_later",
                SUM: "total.sum(dim=0)",
            },
        ),
        *ON_THE_WAY_BACK,
        Mistake(
            "path-without-U",
            "what a step hands back has not crossed U. On its way forwards it did.",
            {BACK: "from_later = delta"},
        ),
        Mistake(
            "first-loss-alone",
            "only the first step's own loss comes back. The later losses reach h_0 too, through "
            "every step between.",
            {OWN: "dh[t - 1]"},
        ),
        Mistake(
            "one-step-short",
            "the loop ends one turn too early: the first step is left out. In Python's counting, "
            "at which t does it stop?",
            {"range(len(x), 0, -1)": "range(len(x), 1, -1)"},
        ),
        Mistake(
            "slope-of-the-sum",
            "1 − a² is not the derivative of tanh at a. In 1 − (…)², which of the two belongs in "
            "the brackets: the sum before the tanh, or the state that came out?",
            {"1 - h[t] ** 2": "1 - (x[t - 1] @ W.T + h[t - 1] @ U.T + b) ** 2"},
        ),
        Mistake(
            "states-without-b",
            "the states are those of a network without b. It stands in none of the formulas of "
            "the way back, but it decides where on the tanh each unit is.",
            {" + b)": ")"},
        ),
        Mistake(
            "states-with-U-turned",
            "on the way there U works the wrong way round: for rows of a batch it is h @ U.T "
            "forwards, and U itself only backwards.",
            {"h[-1] @ U.T": "h[-1] @ U"},
        ),
        Mistake(
            "gradient-of-W-way",
            "what comes back at the end has crossed W, not U: that is the gradient of the first "
            "input. By which matrix did h_0 reach h_1?",
            {SUM: "(delta @ W).sum(dim=0)"},
        ),
        *(mistake for mistake in bptt_scalar.SHARED if mistake.name != "path-forgotten"),
    ),
)
