"""Exercise: one step of the LSTM."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake

Step = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
"""``(x, h, c, W, U, b) -> (h_new, c_new)``; W is (4H, D), U is (4H, H), b is (4H)."""
Gates = tuple[Tensor, Tensor, Tensor, Tensor]


def _gates(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Gates:
    """The four gates, activated, (B, H) each."""
    return _squashed(x @ W.T + h @ U.T + b)


def _squashed(a: Tensor) -> Gates:
    i, f, g, o = a.chunk(4, dim=1)
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


def step(x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """One step of the LSTM, ``(B, D), (B, H), (B, H) -> (B, H), (B, H)``."""
    i, f, g, o = _gates(x, h, W, U, b)
    # c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    c = f * c + i * g
    # h_t = o_t ⊙ tanh(c_t)
    return o * torch.tanh(c), c


def _from_sums(squash: Callable[[Tensor], Gates]) -> Step:
    """The right sums and the right states, with other gates made of the sums (B, 4H)."""

    def step(
        x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor
    ) -> tuple[Tensor, Tensor]:
        i, f, g, o = squash(x @ W.T + h @ U.T + b)
        c = f * c + i * g
        return o * torch.tanh(c), c

    return step


def _from_gates(states: Callable[..., tuple[Tensor, Tensor]]) -> Step:
    """The right gates, with other states: ``states(i, f, g, o, h, c) -> (h_new, c_new)``."""
    return lambda x, h, c, W, U, b: states(*_gates(x, h, W, U, b), h, c)


def _written(cell_state: Callable[..., Tensor]) -> Step:
    """The right gates and the right way from c to h, with another ``c_t`` of (i, f, g, h, c)."""

    def states(
        i: Tensor, f: Tensor, g: Tensor, o: Tensor, h: Tensor, c: Tensor
    ) -> tuple[Tensor, Tensor]:
        c = cell_state(i, f, g, h, c)
        return o * torch.tanh(c), c

    return _from_gates(states)


def _read(hidden_state: Callable[..., Tensor]) -> Step:
    """The right gates and cell state, with another ``h_t`` of (o, c_t, c_{t-1})."""

    def states(
        i: Tensor, f: Tensor, g: Tensor, o: Tensor, h: Tensor, c: Tensor
    ) -> tuple[Tensor, Tensor]:
        new = f * c + i * g
        return hidden_state(o, new, c), new

    return _from_gates(states)


def _reordered(order: str) -> Step:
    """Blocks taken in another order than ``i f g o``."""

    def squash(a: Tensor) -> Gates:
        blocks = dict(zip(order, a.chunk(4, dim=1), strict=True))
        return _squashed(torch.cat([blocks[name] for name in "ifgo"], dim=1))

    return _from_sums(squash)


def _interleaved(a: Tensor) -> Gates:
    return _squashed(torch.cat([a[:, k::4] for k in range(4)], dim=1))


def _activated(gate: Callable[[Tensor], Tensor], candidate: Callable[[Tensor], Tensor]) -> Step:
    def squash(a: Tensor) -> Gates:
        i, f, g, o = a.chunk(4, dim=1)
        return gate(i), gate(f), candidate(g), gate(o)

    return _from_sums(squash)


def _given(
    change: Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], tuple[Tensor, ...]],
) -> Step:
    """The right step on arguments that were changed: ``change(x, h, W, U, b)``."""

    def wrong(
        x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor
    ) -> tuple[Tensor, Tensor]:
        x, h, W, U, b = change(x, h, W, U, b)
        return step(x, h, c, W, U, b)

    return wrong


MISTAKES = (
    Mistake(
        "order-i-f-o-g",
        "your third block is the output gate and your fourth the candidate. The order is i f g o.",
        _reordered("ifog"),
    ),
    Mistake(
        "i-and-f-exchanged",
        "input gate and forget gate have changed places: i is the first block and multiplies g, "
        "f is the second and multiplies the old c.",
        _reordered("figo"),
    ),
    Mistake(
        "i-and-o-exchanged",
        "input gate and output gate have changed places. The order of the blocks is i f g o.",
        _reordered("ofgi"),
    ),
    Mistake(
        "candidate-first",
        "your blocks are in the order g i f o. In this book, as in torch, it is i f g o.",
        _reordered("gifo"),
    ),
    Mistake(
        "interleaved",
        "you take every fourth row for a gate. The rows of a gate stand together: four blocks of "
        "H, one behind the other.",
        _from_sums(_interleaved),
    ),
    Mistake(
        "tanh-for-the-gates",
        "the gates are squashed by tanh, so they can be negative. “How much” is a number between "
        "0 and 1.",
        _activated(torch.tanh, torch.tanh),
    ),
    Mistake(
        "sigmoid-for-the-candidate",
        "the candidate is squashed by σ, so nothing negative can ever be written. What is written "
        "has a sign.",
        _activated(torch.sigmoid, torch.sigmoid),
    ),
    Mistake(
        "sigmoid-and-tanh-exchanged",
        "σ and tanh have changed places: σ is for “how much” (i, f, o), tanh for what is "
        "written (g).",
        _activated(torch.tanh, torch.sigmoid),
    ),
    Mistake(
        "candidate-not-squashed",
        "the candidate is used as it comes. What keeps it between -1 and 1?",
        _activated(torch.sigmoid, lambda a: a),
    ),
    Mistake(
        "gates-not-squashed",
        "the gates are used as they come, without σ.",
        _activated(lambda a: a, torch.tanh),
    ),
    Mistake(
        "new-part-not-gated",
        "the candidate is written whole, whatever the input gate says.",
        _written(lambda i, f, g, h, c: f * c + g),
    ),
    Mistake(
        "old-part-not-gated",
        "the old c stays whole: the forget gate is not used. (That is the LSTM of 1997.)",
        _written(lambda i, f, g, h, c: c + i * g),
    ),
    Mistake(
        "forgets-the-new-part-too",
        "the forget gate multiplies the new part as well. It is for the old c alone.",
        _written(lambda i, f, g, h, c: f * (c + i * g)),
    ),
    Mistake(
        "forgets-for-keeps",
        "the old c is multiplied by 1 - f. In this book, as in torch, f = 1 keeps.",
        _written(lambda i, f, g, h, c: (1 - f) * c + i * g),
    ),
    Mistake(
        "coupled-by-f",
        "the new part is multiplied by 1 - f. The LSTM has an input gate of its own for it.",
        _written(lambda i, f, g, h, c: f * c + (1 - f) * g),
    ),
    Mistake(
        "h-for-c",
        "the forget gate multiplies the old h. What is kept is the old cell state, c.",
        _written(lambda i, f, g, h, c: f * h + i * g),
    ),
    Mistake(
        "squashed-cell-state",
        "the new cell state is put through tanh and kept like that. The tanh belongs to h alone: "
        "c is not squashed on its way from step to step.",
        _from_gates(lambda i, f, g, o, h, c: (o * (f * c + i * g).tanh(), (f * c + i * g).tanh())),
    ),
    Mistake(
        "h-without-tanh",
        "h is o times c itself. Something stands between the cell state and the output gate.",
        _read(lambda o, c, old: o * c),
    ),
    Mistake(
        "h-from-the-old-c",
        "h is made of the old cell state, c_(t-1). It should show what this step has written.",
        _read(lambda o, c, old: o * torch.tanh(old)),
    ),
    Mistake(
        "h-not-gated",
        "h is tanh(c), whatever the output gate says.",
        _read(lambda o, c, old: torch.tanh(c)),
    ),
    Mistake(
        "tanh-around-the-gate",
        "the output gate stands inside the tanh: tanh(o ⊙ c). It multiplies what comes out of it.",
        _read(lambda o, c, old: torch.tanh(o * c)),
    ),
    Mistake(
        "sigmoid-on-c",
        "on its way to h the cell state goes through σ, so that h can never be negative.",
        _read(lambda o, c, old: o * torch.sigmoid(c)),
    ),
    Mistake(
        "c-and-h-exchanged",
        "both are right, but c comes first. Return h_new, then c_new.",
        _from_gates(lambda i, f, g, o, h, c: (f * c + i * g, o * (f * c + i * g).tanh())),
    ),
    Mistake(
        "no-bias",
        "something is missing from the sums. Which of your arguments is never used?",
        _given(lambda x, h, W, U, b: (x, h, W, U, 0 * b)),
    ),
    Mistake(
        "bias-twice",
        "the bias is added twice. torch's two biases are one here: their sum.",
        _given(lambda x, h, W, U, b: (x, h, W, U, 2 * b)),
    ),
    Mistake(
        "gates-without-h",
        "the gates see the input alone. Which matrix brings them the old h?",
        _given(lambda x, h, W, U, b: (x, 0 * h, W, U, b)),
    ),
    Mistake(
        "gates-without-x",
        "the gates see the old state alone, and nothing of the input.",
        _given(lambda x, h, W, U, b: (0 * x, h, W, U, b)),
    ),
    Mistake(
        "gates-see-c",
        "the gates read the old cell state where they should read the old h.",
        lambda x, h, c, W, U, b: step(x, c, c, W, U, b),
    ),
)

EXERCISE = Exercise(
    name="lstm-step",
    title="One step of the LSTM",
    takes={"x": "B D", "h": "B H", "c": "B H", "W": "4H D", "U": "4H H", "b": "4H"},
    returns={"h_new": "B H", "c_new": "B H"},
    reference=step,
    mistakes=MISTAKES,
)
