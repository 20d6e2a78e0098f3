"""Exercise: a gradient taken back over one step, without building the Jacobian."""

from __future__ import annotations

from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def one_step_back(v: Tensor, h: Tensor, U: Tensor) -> Tensor:
    """``∂ℓ/∂h_{t-1}`` from ``v = ∂ℓ/∂h_t`` and ``h = h_t``, ``(H), (H), (H, H) -> (H)``."""
    slopes = 1 - h**2
    delta = slopes * v
    # J_tᵀ v with J_t = diag(1 − h_t²) U
    back = U.T @ delta
    return back


SLOPES, DELTA, BACK = "1 - h**2", "delta = slopes * v", "U.T @ delta"
JACOBIAN = "slopes.diag() @ U"

EXERCISE = Exercise(
    name="one-step-back",
    title="One step back",
    level="complete",
    minutes=5,
    objective="05.2",
    hints=(
        "Transposed, a product turns round: (diag(slopes) U)ᵀ is Uᵀ diag(slopes). Which of the two "
        "meets v first?",
        "The tanh stands at the end of the step, so on the way back it comes first: each element "
        "of v times the slope of its unit, 1 minus the square of its state.",
        "Then what unit j of the earlier state gets is collected from column j of U: U.T @ (…).",
    ),
    notice="no matrix was made: a step back is one product of U with a vector. To multiply "
    "Jacobians with each other would cost H times as much at every step.",
    takes={"v": "H", "h": "H", "U": "H H"},
    returns={"back": "H"},
    reference=one_step_back,
    mistakes=(
        Mistake(
            "not-transposed",
            "U works the way forwards: row i of U collects what flows into unit i. On the way back "
            "unit j collects what flowed out of it.",
            {BACK: "U @ delta"},
        ),
        Mistake(
            "forwards",
            "that is J v, the way forwards: how h_t moves if h_(t-1) moves along v. A gradient "
            "goes the other way, by the transpose.",
            {DELTA: "delta = v", BACK: "slopes * (U @ delta)"},
        ),
        Mistake(
            "slopes-after-U",
            "the slopes are multiplied at the end, on the earlier state's side. They belong to "
            "h_t, which the tanh made: which of v and Uᵀ v has its units?",
            {DELTA: "delta = v", BACK: "slopes * (U.T @ delta)"},
        ),
        Mistake(
            "slopes-forgotten",
            "that is Uᵀ v, one step of a network without tanh. Which factor does the chain rule "
            "take from the tanh?",
            {DELTA: "delta = v"},
        ),
        Mistake(
            "U-forgotten",
            "that is δ, how the loss answers to the sum inside the tanh. One more factor leads to "
            "h_(t-1).",
            {BACK: "delta"},
        ),
        Mistake(
            "slope-not-squared",
            "the slope is taken to be 1 - h. What is the derivative of tanh(a), written with "
            "h = tanh(a)?",
            {SLOPES: "1 - h"},
        ),
        Mistake(
            "all-squared",
            "the slope is taken to be (1 - h)². Is it all squared, or h alone?",
            {SLOPES: "(1 - h) ** 2"},
        ),
        Mistake(
            "brackets-forgotten",
            "v * 1 - h² is v − h²: a product binds before a minus. What belongs in brackets?",
            {DELTA: "delta = v - h**2"},
        ),
        Mistake(
            "one-slope-for-all",
            "h @ h is one number, so that all units get one slope. Each has its own.",
            {SLOPES: "1 - h @ h"},
        ),
        Mistake(
            "sigmoid-slope",
            "h (1 - h) is the slope of a sigmoid. What is that of tanh?",
            {SLOPES: "h * (1 - h)"},
        ),
        Mistake(
            "tanh-twice",
            "the slope is 1 − tanh(h)², with one tanh too many: h has come out of the tanh "
            "already.",
            {SLOPES: "1 - h.tanh() ** 2"},
        ),
        Mistake(
            "tanh-for-slope",
            "v is multiplied by the state itself. What is the slope of a tanh, written with what "
            "came out of it?",
            {SLOPES: "h"},
        ),
        Mistake(
            "slope-of-v",
            "the slope is taken at v. v is a gradient; the tanh is flat or steep where its state "
            "is.",
            {SLOPES: "1 - v**2"},
        ),
        Mistake(
            "element-by-element",
            "this is a matrix, (H, H): * multiplies element by element. Which product sums over "
            "the units of h_t?",
            {BACK: "U.T * delta"},
        ),
        Mistake(
            "slopes-and-v-summed",
            "this is a matrix, (H, H): slopes @ v is one number, a sum over the units. Each unit's "
            "element of v has a slope of its own.",
            {DELTA: "delta = slopes @ v", BACK: "U.T * delta"},
        ),
        Mistake(
            "diagonal-only",
            "a diagonal matrix is multiplied with U element by element, so that nothing is left "
            "off the diagonal. Which product lets it scale whole rows?",
            {BACK: "(slopes.diag() * U).T @ v"},
        ),
        Mistake(
            "the-jacobian",
            "this is the Jacobian itself, (H, H). Asked is what it makes of v, on the way back.",
            {BACK: JACOBIAN},
        ),
        Mistake(
            "the-jacobian-transposed",
            "this is Jᵀ, (H, H). Asked is what it makes of v.",
            {BACK: f"({JACOBIAN}).T"},
        ),
        Mistake(
            "length-one",
            "the result is brought to length 1. How much longer or shorter it became is what the "
            "chapter is about.",
            {BACK: "U.T @ delta / (U.T @ delta).norm()"},
        ),
    ),
)
