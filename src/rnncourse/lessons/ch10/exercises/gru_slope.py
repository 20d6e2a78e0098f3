"""Exercise: by how much a GRU of one unit hands its gradient on."""

from __future__ import annotations

from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def slope(h: Tensor, r: Tensor, z: Tensor, n: Tensor, u: Tensor) -> Tensor:
    """``∂h_t/∂h_{t-1}`` of single units whose gates do not look at the state.

    All arguments have shape (H): the old state, the gates and the candidate of this step, and the
    weight ``u`` with which each unit's candidate reads that unit. ``n = tanh(… + r u h)``.
    """
    # h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}
    slope_of_n = (1 - n**2) * r * u
    return z + (1 - z) * slope_of_n


SLOPE = "(1 - n**2) * r * u"
SUM = "z + (1 - z) * slope_of_n"

EXERCISE = Exercise(
    name="gru-slope",
    title="How much of a gradient a GRU unit hands on",
    level="write",
    minutes=10,
    objective="10.3",
    hints=(
        "h_{t-1} stands in h_t = (1 - z) n + z h_{t-1} at two places, once inside n. z counts as "
        "a constant.",
        "The second place gives z. The first gives 1 - z times the derivative of n by h_{t-1}, "
        "and n is a tanh of something that contains r u h_{t-1}.",
        "The slope of a tanh, written with what came out of it, is 1 - n². Times the slope of "
        "what stands inside: r u. Both places are added up.",
    ),
    notice="you were given h and did not need it: n holds all that h did. And r only ever touches "
    "the second road; at r = 0 the slope is z.",
    takes=dict.fromkeys("hrznu", "H"),
    returns={"slope": "H"},
    reference=slope,
    mistakes=(
        Mistake(
            "kept-path-alone",
            "that is the path on which the state is kept. The state also enters the candidate.",
            {" + (1 - z) * slope_of_n": ""},
        ),
        Mistake(
            "candidate-path-alone",
            "that is the path through the candidate. What does z do with the old state itself?",
            {"z + (": "("},
        ),
        Mistake(
            "z-the-other-way",
            "z and 1 - z are exchanged: in this book z = 1 keeps.",
            {SUM: "(1 - z) + z * slope_of_n"},
        ),
        Mistake(
            "tanh-slope-forgotten",
            "the slope of the candidate's tanh is missing.",
            {"(1 - n**2) * ": ""},
        ),
        Mistake(
            "sigmoid-slope",
            "n (1 - n) is the slope of a sigmoid. The candidate is a tanh.",
            {"(1 - n**2)": "n * (1 - n)"},
        ),
        Mistake(
            "slope-of-n-again",
            "n is the tanh already: its slope is 1 - n², not that of a second tanh.",
            {"n**2": "n.tanh() ** 2"},
        ),
        Mistake(
            "slope-at-old-state",
            "the tanh's slope is taken at the old state. Which number did this tanh give?",
            {"n**2": "h**2"},
        ),
        Mistake(
            "slope-not-squared",
            "the slope of the candidate's tanh is taken to be 1 - n. The tanh is squared.",
            {"n**2": "n"},
        ),
        Mistake(
            "brackets",
            "(1 - n)² is not 1 - n²: what is squared is n alone.",
            {"(1 - n**2)": "(1 - n) ** 2"},
        ),
        Mistake(
            "reset-forgotten",
            "r is missing: it multiplies what the candidate reads of the old state.",
            {"* r *": "*"},
        ),
        Mistake(
            "weight-forgotten",
            "u is missing: the weight with which the candidate reads the old state.",
            {"r * u": "r"},
        ),
        Mistake(
            "state-left-inside",
            "h is left over in the candidate's part. The derivative of r u h by h is r u.",
            {"r * u": "r * u * h"},
        ),
        Mistake(
            "candidate-without-z",
            "z plays no part. It says how much of the old state stays, and 1 - z how much of the "
            "candidate comes in.",
            {SUM: "slope_of_n"},
        ),
        Mistake(
            "write-gate-forgotten",
            "the path through the candidate is not multiplied by 1 - z, which lets the candidate "
            "in.",
            {"(1 - z) * ": ""},
        ),
        Mistake(
            "the-new-state",
            "that is the new state itself. What is asked for is its derivative by the old one.",
            {SUM: "(1 - z) * n + z * h"},
        ),
        Mistake(
            "kept-path-with-the-state",
            "h stands on the kept path. The derivative of z h by h is z.",
            {"z + (": "z * h + ("},
        ),
        Mistake(
            "the-state-itself",
            "h is a factor of all you return: of z h and of r u h the derivative by h is asked, "
            "and that has no h left.",
            {SUM: "h * (z + (1 - z) * slope_of_n)"},
        ),
        Mistake(
            "gate-moves",
            "you let the update gate move with the state: (h - n) times a slope of z is in it. "
            "Here the gates do not look at the state.",
            {SUM: "z + (1 - z) * slope_of_n + z * (1 - z) * (h - n)"},
        ),
        Mistake(
            "multiplied",
            "the two paths are multiplied. The state takes both at once: what does the chain rule "
            "do with two paths side by side?",
            {"z + (": "z * ("},
        ),
        Mistake(
            "a-matrix",
            "this is a matrix (H, H) with the slopes on its diagonal. No unit reaches another "
            "here: asked is one number for each.",
            {SUM: "(z + (1 - z) * slope_of_n).diag()"},
        ),
    ),
)
