"""Exercise: one step of the LSTM."""

from __future__ import annotations

from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def step(x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """One step of the LSTM, ``(B, D), (B, H), (B, H) -> (B, H), (B, H)``."""
    i, f, g, o = (x @ W.T + h @ U.T + b).chunk(4, dim=1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    # c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    c_new = f * c + i * g
    # h_t = o_t ⊙ tanh(c_t)
    h_new = o * c_new.tanh()
    return h_new, c_new


BLOCKS = "i, f, g, o = (x"
WRITTEN = "f * c + i * g"
SHOWN = "o * c_new.tanh()"

EXERCISE = Exercise(
    name="lstm-step",
    title="One step of the LSTM",
    level="write",
    minutes=15,
    starred=True,
    objective="08.2",
    hints=(
        "Compute all four blocks at once, as one sum of (B, 4H); then cut it into four of (B, H).",
        "The blocks come in the order i f g o. Three of them say “how much”, one says what: they "
        "need different squashing functions.",
        "Two lines are left: the new c keeps f of the old one and takes in i of g; the new h is "
        "what o lets through of tanh of the new c.",
    ),
    notice="from c to c there is no matrix and no tanh, only a product with f: the whole chapter "
    "hangs on it.",
    takes={"x": "B D", "h": "B H", "c": "B H", "W": "4H D", "U": "4H H", "b": "4H"},
    returns={"h_new": "B H", "c_new": "B H"},
    reference=step,
    mistakes=(
        Mistake(
            "order-i-f-o-g",
            "your third block is the output gate and your fourth the candidate. The order is "
            "i f g o.",
            {BLOCKS: "i, f, o, g = (x"},
        ),
        Mistake(
            "i-and-f-exchanged",
            "input gate and forget gate have changed places: i is the first block and multiplies "
            "g, f is the second and multiplies the old c.",
            {BLOCKS: "f, i, g, o = (x"},
        ),
        Mistake(
            "candidate-first",
            "your blocks are in the order g i f o. In this book, as in torch, it is i f g o.",
            {BLOCKS: "g, i, f, o = (x"},
        ),
        Mistake(
            "interleaved",
            "you take every fourth row for a gate. The rows of a gate stand together: four blocks "
            "of H, one behind the other.",
            {".chunk(4, dim=1)": ".unflatten(1, (-1, 4)).unbind(2)"},
        ),
        Mistake(
            "tanh-for-the-gates",
            "the gates are squashed by tanh, so they can be negative. “How much” is a number "
            "between 0 and 1.",
            {"i.sigmoid(), f.sigmoid()": "i.tanh(), f.tanh()", "o.sigmoid()": "o.tanh()"},
        ),
        Mistake(
            "sigmoid-for-the-candidate",
            "the candidate is squashed by σ, so nothing negative can ever be written. What is "
            "written has a sign.",
            {"g.tanh()": "g.sigmoid()"},
        ),
        Mistake(
            "sigmoid-and-tanh-exchanged",
            "σ and tanh have changed places: σ is for “how much” (i, f, o), tanh for what is "
            "written (g).",
            {
                "i.sigmoid(), f.sigmoid(), g.tanh()": "i.tanh(), f.tanh(), g.sigmoid()",
                "o.sigmoid()": "o.tanh()",
            },
        ),
        Mistake(
            "candidate-not-squashed",
            "the candidate is used as it comes. What keeps it between -1 and 1?",
            {"g.tanh()": "g"},
        ),
        Mistake(
            "gates-not-squashed",
            "the gates are used as they come, without σ.",
            {"i.sigmoid(), f.sigmoid()": "i, f", "o.sigmoid()": "o"},
        ),
        Mistake(
            "new-part-not-gated",
            "the candidate is written whole, whatever the input gate says.",
            {"+ i * g": "+ g"},
        ),
        Mistake(
            "old-part-not-gated",
            "the old c stays whole: the forget gate is not used. (That is the LSTM of 1997.)",
            {"f * c +": "c +"},
        ),
        Mistake(
            "forgets-the-new-part-too",
            "the forget gate multiplies the new part as well. It is for the old c alone.",
            {WRITTEN: "f * (c + i * g)"},
        ),
        Mistake(
            "forgets-for-keeps",
            "the old c is multiplied by 1 - f. In this book, as in torch, f = 1 keeps.",
            {"f * c +": "(1 - f) * c +"},
        ),
        Mistake(
            "coupled-by-f",
            "the new part is multiplied by 1 - f. The LSTM has an input gate of its own for it.",
            {"i * g": "(1 - f) * g"},
        ),
        Mistake(
            "h-for-c",
            "the forget gate multiplies the old h. What is kept is the old cell state, c.",
            {"f * c +": "f * h +"},
        ),
        Mistake(
            "squashed-cell-state",
            "the new cell state is put through tanh and kept like that. The tanh belongs to h "
            "alone: c is not squashed on its way from step to step.",
            {"h_new, c_new\n": "h_new, c_new.tanh()\n"},
        ),
        Mistake(
            "h-without-tanh",
            "h is o times c itself. Something stands between the cell state and the output gate.",
            {SHOWN: "o * c_new"},
        ),
        Mistake(
            "h-from-the-old-c",
            "h is made of the old cell state, c_(t-1). It should show what this step has written.",
            {SHOWN: "o * c.tanh()"},
        ),
        Mistake(
            "h-not-gated",
            "h is tanh(c), whatever the output gate says.",
            {SHOWN: "c_new.tanh()"},
        ),
        Mistake(
            "tanh-around-the-gate",
            "the output gate stands inside the tanh: tanh(o ⊙ c). It multiplies what comes out "
            "of it.",
            {SHOWN: "(o * c_new).tanh()"},
        ),
        Mistake(
            "sigmoid-on-c",
            "on its way to h the cell state goes through σ, so that h can never be negative.",
            {SHOWN: "o * c_new.sigmoid()"},
        ),
        Mistake(
            "c-and-h-exchanged",
            "both are right, but c comes first. Return h_new, then c_new.",
            {"h_new, c_new\n": "c_new, h_new\n"},
        ),
        Mistake(
            "old-c-returned",
            "the second result is the cell state that was handed in. Return the one that this "
            "step has made: the next step starts from it.",
            {"h_new, c_new\n": "h_new, c\n"},
        ),
        Mistake(
            "no-bias",
            "something is missing from the sums. Which of your arguments is never used?",
            {" + b)": ")"},
        ),
        Mistake(
            "bias-twice",
            "the bias is added twice. torch's two biases are one here: their sum.",
            {" + b)": " + 2 * b)"},
        ),
        Mistake(
            "gates-without-h",
            "the gates see the input alone. Which matrix brings them the old h?",
            {" + h @ U.T": ""},
        ),
        Mistake(
            "gates-without-x",
            "the gates see the old state alone, and nothing of the input.",
            {"x @ W.T + ": ""},
        ),
        Mistake(
            "gates-see-c",
            "the gates read the old cell state where they should read the old h.",
            {"h @ U.T": "c @ U.T"},
        ),
    ),
)
