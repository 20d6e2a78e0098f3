"""Exercise: backpropagation through time for the simple network, with matrices."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake
from rnncourse.lessons.ch04.exercises import bptt_scalar


def backward(
    x: Tensor, dh: Tensor, W: Tensor, U: Tensor, b: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of a loss by the weights, ``(T, B, D), (T, B, H) -> (H, D), (H, H), (H)``.

    ``dh`` is what the loss's own terms give each ``h_t = tanh(W x_t + U h_{t-1} + b)``.
    """
    h = [torch.zeros_like(dh[0])]
    for x_t in x:
        h.append(torch.tanh(x_t @ W.T + h[-1] @ U.T + b))
    dW, dU, db = torch.zeros_like(W), torch.zeros_like(U), torch.zeros_like(b)
    from_later = torch.zeros_like(dh[0])
    for t in range(len(x), 0, -1):
        # ∂ℓ/∂h_t = ∂ℓ_t/∂h_t + Uᵀ δ_{t+1}
        dh_t = dh[t - 1] + from_later
        slope = 1 - h[t] ** 2
        delta = dh_t * slope
        dW = dW + delta.T @ x[t - 1]
        dU = dU + delta.T @ h[t - 1]
        db = db + delta.sum(dim=0)
        from_later = delta @ U
    return dW, dU, db


SLOPE = "1 - h[t] ** 2"
OWN = "dh[t - 1] + from_later"
BACK = "from_later = delta @ U"
ON_THE_WAY_BACK = (
    Mistake(
        "U-transposed",
        "on the way back U works the wrong way round. Forwards, row i of U collects what "
        "flows into unit i; backwards, what unit j gets is collected from its column.",
        {BACK: "from_later = delta @ U.T"},
    ),
    Mistake(
        "direct-forgotten",
        "only dh of the last step is used. Every h_t has a share of its own in the loss: "
        "where does dh[t] join what comes from later?",
        {OWN: "(dh[t - 1] if t == len(x) else 0) + from_later"},
    ),
)
"""What goes wrong between two steps, wherever the backward pass is written so."""
RESULT = "return dW, dU, db"

EXERCISE = Exercise(
    name="bptt-by-hand",
    title="Backpropagation through time, by hand",
    level="write",
    minutes=20,
    starred=True,
    objective="04.1",
    hints=(
        "Run forwards and keep all states, h_0 too. Then one loop back, from the last step to the "
        "first, which carries what comes from later, (B, H).",
        "At step t: dh of this step plus what comes from later, times 1 − h_t², is δ_t. What goes "
        "on to the step before has crossed U; for rows of a batch that is a product with U itself.",
        "Each step adds to the three sums: δ_tᵀ x_t to dW, δ_tᵀ h_(t-1) to dU (the matrix products "
        "sum over the batch), and δ_t, summed over the batch, to db.",
    ),
    notice="nothing on the way back is bent: twice dh gives twice the gradients. The tanh of the "
    "way there is left as a factor, 1 − h², that was fixed before you turned round.",
    takes={"x": "T B D", "dh": "T B H", "W": "H D", "U": "H H", "b": "H"},
    returns={"dW": "H D", "dU": "H H", "db": "H"},
    reference=backward,
    by_hand=True,
    mistakes=(
        *ON_THE_WAY_BACK,
        Mistake(
            "path-without-U",
            "what comes back from the later step has not crossed U. On its way forwards it did.",
            {BACK: "from_later = delta"},
        ),
        Mistake(
            "path-without-slope",
            "what goes on to the earlier step has crossed U, but not the tanh. "
            "Which of your two quantities, before or after the slope, goes on?",
            {BACK: "from_later = dh_t @ U"},
        ),
        Mistake(
            "path-of-one-step",
            "what a step passes back is made of its own dh only, so that it gets one step far. "
            "What came from later must go on as well.",
            {BACK: "from_later = dh[t - 1] * slope @ U"},
        ),
        Mistake(
            "slope-of-the-sum",
            "1 − a² is not the derivative of tanh at a. In 1 − (…)², which of the two belongs in "
            "the brackets: the sum before the tanh, or the state that came out?",
            {SLOPE: "1 - (x[t - 1] @ W.T + h[t - 1] @ U.T + b) ** 2"},
        ),
        Mistake(
            "state-after",
            "dU pairs each step with the state that it made. By which state did U multiply in "
            "that step?",
            {"delta.T @ h[t - 1]": "delta.T @ h[t]"},
        ),
        Mistake(
            "dU-transposed",
            "dU is transposed. U is square, so no shape warns you: its "
            "row i belongs to the unit that the weights lead to, as in dW.",
            {RESULT: "return dW, dU.T, db"},
        ),
        Mistake(
            "deltas-in-the-order-found",
            "in dW and dU every δ meets the input and the state of another step: "
            "the last step's stands first. In which order does a loop that goes back find them?",
            {"@ x[t - 1]": "@ x[-t]", "@ h[t - 1]": "@ h[len(x) - t]"},
        ),
        Mistake(
            "last-step-only",
            "those are the last step's terms alone. The same weights were used at every step: "
            "what does each of their uses add?",
            {BACK: "break"},
        ),
        Mistake(
            "set-anew",
            "those are the first step's terms alone, so dU is 0, as h_0 is. What should every turn "
            "of the loop do with the sums that are there already?",
            {"dW = dW +": "dW =", "dU = dU +": "dU =", "db = db +": "db ="},
        ),
        Mistake(
            "batch-mean",
            "everything is divided by B. If the loss is a mean, dh holds the 1/B already: "
            "the gradients of the sequences are summed.",
            {RESULT: "return dW / x.shape[1], dU / x.shape[1], db / x.shape[1]"},
        ),
        Mistake(
            "db-for-each-sequence",
            "db is (B, H): summed over the steps, but not over the batch. "
            "In the other two, the product did that.",
            {"delta.sum(dim=0)": "delta"},
        ),
        Mistake(
            "another-order",
            "the three come in another order: dU, dW, db. Return dW, dU, db.",
            {RESULT: "return dU, dW, db"},
        ),
        Mistake(
            "one-beyond-the-end",
            "element T is asked of a tensor that has T of them, counted from 0. If your list of "
            "states begins with h_0, its h[t] belongs to x[t - 1] and dh[t - 1].",
            {OWN: "dh[t] + from_later"},
        ),
        Mistake(
            "db-without-slope",
            "db sums up what stands before the slope. b, too, stands inside the tanh.",
            {"delta.sum(dim=0)": "dh_t.sum(dim=0)"},
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
        *bptt_scalar.SHARED,
    ),
)
