"""Exercise: hold an LSTM's forget gate open by its weights alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from rnnbook.exercises.exercise import Exercise, Mistake, Tensors
from rnnbook.exercises.lstm_step import step

OPEN = 40.0
_STEPS, _SEQUENCES, _SEED = 12, 8, 2
_CLOSE = 1e-3
"""How far states may be from those with f = 1, so that any bias that is large enough will do."""

Weights = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True, kw_only=True)
class HeldOpenExercise(Exercise):
    """Judges weights by the states of the LSTM that has them."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Run the LSTM, ``(T, N, H)`` of ``h`` and of ``c``."""
        sizes = super().require_shapes(returned, {})
        H = sizes["H"]
        generator = torch.Generator(device="cpu").manual_seed(_SEED)
        x = torch.randn(_STEPS, _SEQUENCES, sizes["D"], generator=generator, dtype=torch.float64)
        W, U, b = (tensor.double() for tensor in returned)
        h = c = x.new_zeros(_SEQUENCES, H)
        states = []
        for x_t in x:
            h, c = step(x_t, h, c, W, U, b)
            states.append((h, c))
        return tuple(torch.stack(part) for part in zip(*states, strict=True))

    def require_shapes(self, returned: Tensors, sizes: Mapping[str, int]) -> dict[str, int]:
        """What is compared is states, whose shapes need no looking at."""
        return dict(sizes)

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Ask for the states that the network has with f = 1."""
        return all(
            a.shape == b.shape and torch.allclose(a, b, 0.0, _CLOSE)
            for a, b in zip(mine, expected, strict=True)
        )

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Say where the cell state leaves that of a network with f = 1."""
        if mine[1].shape != expected[1].shape:
            return "your weights are of another size than those that you were given."
        wrong = ~torch.isclose(mine[1], expected[1], 0.0, _CLOSE)
        where = wrong if wrong.any() else ~torch.isclose(mine[0], expected[0], 0.0, _CLOSE)
        name, k = ("c", 1) if wrong.any() else ("h", 0)
        t, n, unit = where.nonzero()[0].tolist()
        return (
            f"with your weights {name} of unit {unit} at t = {t + 1} is "
            f"{mine[k][t, n, unit]:.3f}; with f = 1 and all else as it was it is "
            f"{expected[k][t, n, unit]:.3f}."
        )


def _block(k: int, W: Tensor, U: Tensor, b: Tensor, bias: float, keep: bool = False) -> Weights:
    """Weights whose block ``k`` sees nothing (or all, with ``keep``), and has this bias."""
    H = len(b) // 4
    seen = torch.ones_like(b)
    if not keep:
        seen[k * H : (k + 1) * H] = 0
    new = b.clone()
    new[k * H : (k + 1) * H] = bias
    return W * seen[:, None], U * seen[:, None], new


def hold_open(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    """Weights whose forget gate is 1 whatever comes in, and all else as it was."""
    return _block(1, W, U, b, OPEN)


def _set(k: int, bias: float, keep: bool = False) -> Callable[[Tensor, Tensor, Tensor], Weights]:
    return lambda W, U, b: _block(k, W, U, b, bias, keep)


def _every_gate(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    return 0 * W, 0 * U, torch.full_like(b, OPEN)


def _every_fourth(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    new, seen = b.clone(), torch.ones_like(b)
    new[1::4], seen[1::4] = OPEN, 0
    return W * seen[:, None], U * seen[:, None], new


def _second_row(W: Tensor, U: Tensor, b: Tensor) -> Weights:
    new, seen = b.clone(), torch.ones_like(b)
    new[1], seen[1] = OPEN, 0
    return W * seen[:, None], U * seen[:, None], new


MISTAKES = (
    Mistake(
        "unchanged",
        "the weights have not changed. What must be true of a gate's sum, if it is to be the same "
        "whatever comes in?",
        lambda W, U, b: (W.clone(), U.clone(), b.clone()),
    ),
    Mistake(
        "bias-of-one",
        "the bias of the forget gate is 1, and σ(1) is 0.73: a good deal is lost at every step. "
        "The bias goes in before the sigmoid.",
        _set(1, 1.0),
    ),
    Mistake(
        "bias-of-one-and-weights-left",
        "the bias of the forget gate is 1, but σ(1) is only 0.73; and the gate still listens to x "
        "and h.",
        _set(1, 1.0, keep=True),
    ),
    Mistake(
        "half-open",
        "the forget gate sees nothing now, and has a bias of 0: it stands at σ(0) = ½.",
        _set(1, 0.0),
    ),
    Mistake(
        "held-shut",
        "the forget gate is held shut: f = 0 clears, f = 1 keeps.",
        _set(1, -OPEN),
    ),
    Mistake(
        "input-gate",
        "you hold the input gate. The blocks are i f g o: which rows are the second one's?",
        _set(0, OPEN),
    ),
    Mistake(
        "candidate",
        "you hold the candidate. The blocks are i f g o: which rows are the second one's?",
        _set(2, OPEN),
    ),
    Mistake(
        "output-gate",
        "you hold the output gate. The blocks are i f g o: which rows are the second one's?",
        _set(3, OPEN),
    ),
    Mistake(
        "every-gate",
        "every gate is held open, the candidate too. Only the rows of f should change.",
        _every_gate,
    ),
    Mistake(
        "every-fourth-row",
        "you have changed every fourth row. The rows of a gate stand together in a block of H.",
        _every_fourth,
    ),
    Mistake(
        "one-row",
        "you have changed one row. A gate is a vector: H units have H forget gates.",
        _second_row,
    ),
)

EXERCISE = HeldOpenExercise(
    name="hold-forget-open",
    title="Hold the forget gate open",
    chapter="08",
    takes={"W": "4H D", "U": "4H H", "b": "4H"},
    returns={"W_new": "4H D", "U_new": "4H H", "b_new": "4H"},
    reference=hold_open,
    mistakes=MISTAKES,
)
