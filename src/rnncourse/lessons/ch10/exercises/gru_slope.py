"""Exercise: by how much a GRU of one unit hands its gradient on."""

from __future__ import annotations

from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def slope(h: Tensor, r: Tensor, z: Tensor, n: Tensor, u: Tensor) -> Tensor:
    """``∂h_t/∂h_{t-1}`` of single units whose gates do not look at the state: ``z + (1 − z)…``.

    All arguments have shape (H): the old state, the gates and the candidate of this step, and the
    weight ``u`` with which each unit's candidate reads that unit. ``n = tanh(… + r u h)``.
    """
    return z + (1 - z) * (1 - n**2) * r * u


MISTAKES = (
    Mistake(
        "kept-path-alone",
        "that is the path on which the state is kept. The state also enters the candidate.",
        lambda h, r, z, n, u: z.clone(),
    ),
    Mistake(
        "candidate-path-alone",
        "that is the path through the candidate. What does z do with the old state itself?",
        lambda h, r, z, n, u: (1 - z) * (1 - n**2) * r * u,
    ),
    Mistake(
        "z-the-other-way",
        "z and 1 - z are exchanged: in this book z = 1 keeps.",
        lambda h, r, z, n, u: (1 - z) + z * (1 - n**2) * r * u,
    ),
    Mistake(
        "tanh-slope-forgotten",
        "the slope of the candidate's tanh is missing.",
        lambda h, r, z, n, u: z + (1 - z) * r * u,
    ),
    Mistake(
        "sigmoid-slope",
        "n (1 - n) is the slope of a sigmoid. The candidate is a tanh.",
        lambda h, r, z, n, u: z + (1 - z) * n * (1 - n) * r * u,
    ),
    Mistake(
        "slope-at-old-state",
        "the tanh's slope is taken at the old state. Which number did this tanh give?",
        lambda h, r, z, n, u: z + (1 - z) * (1 - h**2) * r * u,
    ),
    Mistake(
        "reset-forgotten",
        "r is missing: it multiplies what the candidate reads of the old state.",
        lambda h, r, z, n, u: z + (1 - z) * (1 - n**2) * u,
    ),
    Mistake(
        "weight-forgotten",
        "u is missing: the weight with which the candidate reads the old state.",
        lambda h, r, z, n, u: z + (1 - z) * (1 - n**2) * r,
    ),
    Mistake(
        "candidate-without-z",
        "z plays no part. It says how much of the old state stays, and 1 - z how much of the "
        "candidate comes in.",
        lambda h, r, z, n, u: (1 - n**2) * r * u,
    ),
    Mistake(
        "the-new-state",
        "that is the new state itself. What is asked for is its derivative by the old one.",
        lambda h, r, z, n, u: (1 - z) * n + z * h,
    ),
    Mistake(
        "slope-of-n-again",
        "n is the tanh already: its slope is 1 - n², not that of a second tanh.",
        lambda h, r, z, n, u: z + (1 - z) * (1 - n.tanh() ** 2) * r * u,
    ),
    Mistake(
        "kept-path-with-the-state",
        "h stands on the kept path. The derivative of z h by h is z.",
        lambda h, r, z, n, u: z * h + (1 - z) * (1 - n**2) * r * u,
    ),
    Mistake(
        "write-gate-forgotten",
        "the path through the candidate is not multiplied by 1 - z, which lets the candidate in.",
        lambda h, r, z, n, u: z + (1 - n**2) * r * u,
    ),
    Mistake(
        "the-state-itself",
        "that has h in it as a factor: it is a part of the new state, not its derivative.",
        lambda h, r, z, n, u: z * h + (1 - z) * (1 - n**2) * r * u * h,
    ),
    Mistake(
        "multiplied",
        "the two paths are multiplied. The state takes both at once: what does the chain rule "
        "do with two paths side by side?",
        lambda h, r, z, n, u: z * (1 - z) * (1 - n**2) * r * u,
    ),
)


EXERCISE = Exercise(
    name="gru-slope",
    title="How much of a gradient a GRU unit hands on",
    takes={"h": "H", "r": "H", "z": "H", "n": "H", "u": "H"},
    returns={"slope": "H"},
    reference=slope,
    mistakes=MISTAKES,
)
