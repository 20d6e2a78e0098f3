"""Exercise: how c_t depends on c_{t-1}, straight on and through h_{t-1}."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class LSTMStepExercise(Exercise):
    """Draws gates between 0 and 1."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments i, f and o uniform in (0, 1), the others in (−1, 1)."""
        return [
            tuple(
                (1 + t) / 2 if name in "ifo" else t
                for name, t in zip(self.takes, call, strict=True)
            )
            for call in super().draw(generator)
        ]


def jacobian(
    i: Tensor, f: Tensor, g: Tensor, o: Tensor, c: Tensor, U_i: Tensor, U_f: Tensor, U_g: Tensor
) -> Tensor:
    """``∂c_t/∂c_{t-1}`` of an LSTM, shape (H, H), rows the later one.

    Args:
        i: the input gate at t, shape (H); ``f`` and ``g`` likewise.
        f: the forget gate at t.
        g: the candidate at t.
        o: the output gate at t − 1.
        c: the cell state at t − 1.
        U_i: recurrent weights (H, H); ``U_f`` and ``U_g`` likewise.
        U_f: those of the forget gate.
        U_g: those of the candidate.
    """
    S = o * (1 - torch.tanh(c) ** 2)  # from c_{t-1} to h_{t-1}
    A_f = torch.diag(c * f * (1 - f)) @ U_f  # from there into c_t
    A_i = torch.diag(g * i * (1 - i)) @ U_i
    A_g = torch.diag(i * (1 - g**2)) @ U_g
    return torch.diag(f) + (A_f + A_i + A_g) @ torch.diag(S)


S = "o * (1 - torch.tanh(c) ** 2)"
A = "A_f + A_i + A_g"
DIRECT = "torch.diag(f) + "

EXERCISE = LSTMStepExercise(
    name="two-roads",
    title="Two roads from one cell state to the next",
    level="write",
    minutes=20,
    objective="09.1",
    hints=(
        "c_t = f ⊙ c_{t-1} + i ⊙ g. On the direct road f counts as a constant: what is the "
        "derivative then, as a matrix? On the detour c_{t-1} moves h_{t-1} = o ⊙ tanh(c_{t-1}), "
        "and that moves f, i and g.",
        "The detour is the product of two matrices. The one from c_{t-1} to h_{t-1} is diagonal. "
        "The one from h_{t-1} to c_t is a sum of three: the slope of each squashing function, "
        "times what that gate is multiplied by, times its U.",
        "The slope of a gate is f (1 - f), and the forget gate is multiplied by c; the slope of "
        "the candidate is 1 - g², and it is multiplied by i. These scale the rows of U, what "
        "leads from c_{t-1} to h_{t-1} scales the columns; f stands on the diagonal.",
    ),
    notice="where o is 0, or |c| so large that its tanh is flat, the detour is cut: a cell that "
    "shows nothing new in h hands its gradient on by f alone.",
    takes={**dict.fromkeys("ifgoc", "H"), **dict.fromkeys(("U_i", "U_f", "U_g"), "H H")},
    returns={"J": "H H"},
    reference=jacobian,
    by_hand=True,
    mistakes=(
        Mistake(
            "detour-forgotten",
            "this is the direct road alone. c_{t-1} also goes into h_{t-1}, and h_{t-1} moves the "
            "gates and the candidate of step t.",
            {" + (A_f + A_i + A_g) @ torch.diag(S)": ""},
        ),
        Mistake(
            "direct-forgotten",
            "the direct road is missing, on which c_{t-1} reaches c_t past h_{t-1}. What does f "
            "do there?",
            {DIRECT: ""},
        ),
        Mistake(
            "transposed",
            "rows and columns are exchanged. A row belongs to a unit of the later cell state.",
            {"return ": "return (", "torch.diag(S)": "torch.diag(S)).T"},
        ),
        Mistake(
            "from-h-itself",
            "the detour stops at h_{t-1}. One more factor leads on, from h_{t-1} = o ⊙ tanh(c) to "
            "c_{t-1}.",
            {" @ torch.diag(S)": ""},
        ),
        Mistake(
            "output-gate-forgotten",
            "on the way from c_{t-1} to h_{t-1} the output gate is missing.",
            {S: "1 - torch.tanh(c) ** 2"},
        ),
        Mistake(
            "tanh-slope-forgotten",
            "on the way from c_{t-1} to h_{t-1} = o ⊙ tanh(c) the slope of the tanh is missing.",
            {S: "o"},
        ),
        Mistake(
            "slope-at-c",
            "the slope of tanh(c) is taken to be 1 - c². It is 1 minus the square of tanh(c).",
            {"torch.tanh(c)": "c"},
        ),
        Mistake(
            "slope-not-squared",
            "the slope of tanh(c) is taken to be 1 - tanh(c). The tanh is squared.",
            {"torch.tanh(c) ** 2": "torch.tanh(c)"},
        ),
        Mistake(
            "slope-at-h",
            "the slope is taken to be 1 - h², with h = o ⊙ tanh(c). It is 1 minus the square of "
            "the tanh alone.",
            {"torch.tanh(c)": "(o * torch.tanh(c))"},
        ),
        Mistake(
            "slope-of-h",
            "from c_{t-1} to h_{t-1} you take 1 - h². But h is o ⊙ tanh(c): o is a factor, and "
            "the square is that of the tanh alone.",
            {S: "1 - (o * torch.tanh(c)) ** 2"},
        ),
        Mistake(
            "tanh-for-slope",
            "from c_{t-1} to h_{t-1} you take o ⊙ tanh(c), which is h itself. What is the slope "
            "of a tanh?",
            {S: "o * torch.tanh(c)"},
        ),
        Mistake(
            "slope-on-rows",
            "the way from c_{t-1} to h_{t-1} scales the rows. It is where the detour begins: "
            "which side of U does it stand on?",
            {"(A_f + A_i + A_g) @ torch.diag(S)": "torch.diag(S) @ (A_f + A_i + A_g)"},
        ),
        Mistake(
            "gate-slopes-forgotten",
            "the slopes of the sigmoids are missing. What is the derivative of σ(a), written with "
            "the gate f = σ(a)?",
            {" * f * (1 - f)": "", " * i * (1 - i)": ""},
        ),
        Mistake(
            "gates-for-slopes",
            "the sigmoids are differentiated to the gates themselves. The slope of a sigmoid is "
            "f (1 - f).",
            {" * (1 - f)": "", " * (1 - i)": ""},
        ),
        Mistake(
            "tanh-slopes-for-the-gates",
            "1 - f² is the slope of a tanh. The gates are sigmoids.",
            {"f * (1 - f)": "(1 - f**2)", "i * (1 - i)": "(1 - i**2)"},
        ),
        Mistake(
            "squashed-twice",
            "a sigmoid is applied to i and f once more. They are gates already, with slope "
            "f (1 - f).",
            {
                "i * (1 - i)": "i.sigmoid() * (1 - i.sigmoid())",
                "f * (1 - f)": "f.sigmoid() * (1 - f.sigmoid())",
            },
        ),
        Mistake(
            "candidate-squashed-twice",
            "g is the tanh already: its slope is 1 - g², not that of a second tanh.",
            {"1 - g**2": "1 - g.tanh() ** 2"},
        ),
        Mistake(
            "candidate-slope-not-squared",
            "the slope of the candidate is taken to be 1 - g. The tanh is squared.",
            {"1 - g**2": "1 - g"},
        ),
        Mistake(
            "candidate-slope-forgotten",
            "the slope of the candidate's tanh is missing.",
            {" * (1 - g**2)": ""},
        ),
        Mistake(
            "candidate-as-sigmoid",
            "g (1 - g) is the slope of a sigmoid. The candidate is a tanh.",
            {"(1 - g**2)": "g * (1 - g)"},
        ),
        Mistake(
            "forget-gate-alone",
            "h_{t-1} moves the forget gate, but not the input gate and the candidate. "
            "All three stand in c_t.",
            {A: "A_f"},
        ),
        Mistake(
            "candidate-alone",
            "h_{t-1} moves the candidate, but not the gates, which are computed from it too.",
            {A: "A_g"},
        ),
        Mistake(
            "gates-alone",
            "h_{t-1} moves the gates, but not the candidate, which is computed from it too.",
            {A: "A_f + A_i"},
        ),
        Mistake(
            "forget-gate-forgotten",
            "h_{t-1} moves the input gate and the candidate, but not the forget gate.",
            {A: "A_i + A_g"},
        ),
        Mistake(
            "input-gate-forgotten",
            "h_{t-1} moves the forget gate and the candidate, but not the input gate.",
            {A: "A_f + A_g"},
        ),
        Mistake(
            "partners-forgotten",
            "what each slope is multiplied by is missing: in c_t the gate f multiplies c_{t-1}, "
            "and i and g multiply each other.",
            {"c * f": "f", "g * i": "i", "i * (1 - g": "(1 - g"},
        ),
        Mistake(
            "partners-exchanged",
            "the slope of f is multiplied by g and that of i by c. In c_t it is f that multiplies "
            "c_{t-1}.",
            {"c * f": "g * f", "g * i": "c * i"},
        ),
        Mistake(
            "c-forgotten",
            "c is missing: the product rule on f ⊙ c_{t-1} gives the slope of f times c.",
            {"c * f": "f"},
        ),
        Mistake(
            "g-forgotten",
            "g is missing: the product rule on i ⊙ g gives the slope of i times g.",
            {"g * i": "i"},
        ),
        Mistake(
            "i-forgotten",
            "i is missing: the product rule on i ⊙ g gives the slope of g times i.",
            {"i * (1 - g": "(1 - g"},
        ),
        Mistake(
            "U-transposed",
            "U works the wrong way round: row j of U_f holds what moves the forget gate of unit "
            "j. The blocks are square, so torch cannot warn you.",
            {"@ U_i": "@ U_i.T", "@ U_f": "@ U_f.T", "@ U_g": "@ U_g.T"},
        ),
        Mistake(
            "slopes-on-columns",
            "the slopes of the gates scale the columns of U. They belong to the units that U "
            "leads to: which axis is that, and how does torch broadcast a vector?",
            {
                "torch.diag(c * f * (1 - f)) @": "(c * f * (1 - f)) *",
                "torch.diag(g * i * (1 - i)) @": "(g * i * (1 - i)) *",
                "torch.diag(i * (1 - g**2)) @": "(i * (1 - g**2)) *",
            },
        ),
        Mistake(
            "blocks-exchanged",
            "U_i and U_f are exchanged: which weights move which gate?",
            {"@ U_i": "@ U_f", "@ U_f": "@ U_i"},
        ),
        Mistake(
            "no-diagonal",
            "f is added to every element of a row. On the direct road a unit reaches itself only.",
            {DIRECT: "f[:, None] + "},
        ),
        Mistake(
            "broadcast",
            "f is added to every row. On the direct road a unit reaches itself only: which matrix "
            "has f on its diagonal and nothing else?",
            {DIRECT: "f + "},
        ),
        Mistake(
            "diagonal-alone",
            "only the diagonal is there. Through h_{t-1} each unit reaches all others.",
            {"return ": "return torch.eye(len(f)) * (", "torch.diag(S)": "torch.diag(S))"},
        ),
    ),
)
