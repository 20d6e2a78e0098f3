"""Exercise: an LSTM that counts open brackets, its weights set by hand."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Complaint, Exercise, Mistake, Tensors
from rnncourse.lessons.ch08.exercises.lstm_step import step

OPEN, SHUT = 0.3, 0.1
"""The read-out is at least the one where a bracket is open, and within ± the other elsewhere."""

LARGEST_HIDDEN_SIZE = 8
DEEPEST = 5
_SYMBOLS = "();a"
_STEPS, _SEQUENCES, _SEED = 24, 64, 3

Weights = tuple[Tensor, Tensor, Tensor, Tensor]
"""``(W, U, b, v)`` with shapes (4H, 3), (4H, H), (4H,), (H,)."""


@dataclass(frozen=True, kw_only=True)
class BracketExercise(Exercise):
    """Judges weights by the read-out ``y_t = v · h_t`` on texts of brackets."""

    def behaviour(self, returned: Tensors) -> Tensors:
        """Run the LSTM from zero states and return its read-out, ``(T, N)``."""
        sizes = self.require_shapes(returned, {})
        H = sizes["H"]
        if not 1 <= H <= LARGEST_HIDDEN_SIZE:
            raise Complaint(
                f"the hidden size H is {H}; choose one from 1 to {LARGEST_HIDDEN_SIZE}."
            )
        for name, tensor in zip(self.returns, returned, strict=True):
            if not tensor.isfinite().all():
                raise Complaint(f"{name} holds a number that is not finite.")
        W, U, b, v = (tensor.double() for tensor in returned)
        h = c = W.new_zeros(_SEQUENCES, H)
        readouts = []
        for x_t in _inputs():
            h, c = step(x_t, h, c, W, U, b)
            readouts.append(h @ v)
        return (torch.stack(readouts),)

    def accepts(self, mine: Tensors, expected: Tensors) -> bool:
        """Ask for the right verdict at every step."""
        return torch.equal(_verdict(mine[0]), _depth().sign())

    def alike(self, mine: Tensors, other: Tensors) -> bool:
        """Compare verdicts, not numbers."""
        return torch.equal(_verdict(mine[0]), _verdict(other[0]))

    def explain(self, mine: Tensors, expected: Tensors) -> str:
        """Name the shortest text after which the read-out is wrong."""
        depth = _depth()
        wrong = _verdict(mine[0]) != depth.sign()
        t, n = wrong.nonzero()[0].tolist()
        text = "".join(_SYMBOLS[k] for k in _texts()[: t + 1, n])
        open_ = int(depth[t, n])
        should = f"{OPEN} or more" if open_ else f"within ±{SHUT}"
        brackets = "1 bracket is" if open_ == 1 else f"{open_ or 'no'} brackets are"
        return (
            f"after “{text}” {brackets} open, so y should be {should}; "
            f"yours is {mine[0][t, n]:+.2f}."
        )


def _texts() -> Tensor:
    """Draw texts as indices of `_SYMBOLS`, (T, N): always the same; none closes too much."""
    generator = torch.Generator(device="cpu").manual_seed(_SEED)
    drawn = torch.rand(_STEPS, _SEQUENCES, generator=generator, device="cpu")
    depth = torch.zeros(_SEQUENCES, dtype=torch.long)
    texts = []
    for u in drawn:
        kind = torch.bucketize(u, torch.tensor([0.35, 0.65, 0.75]))  # ( ) ; a
        kind = torch.where((kind == 0) & (depth == DEEPEST), 3, kind)
        kind = torch.where((kind == 1) & (depth == 0), 3, kind)
        depth = torch.where(kind == 2, 0, depth + (kind == 0).long() - (kind == 1).long())
        texts.append(kind)
    return torch.stack(texts)


def _inputs() -> Tensor:
    """One-hot ``( ) ;``, and zeros for any other character, (T, N, 3)."""
    return torch.nn.functional.one_hot(_texts(), 4)[..., :3].double()


def _depth() -> Tensor:
    """How many brackets are open after each step, (T, N)."""
    depth, after = torch.zeros(_SEQUENCES), []
    for x_t in _inputs().float():
        opens, closes, ends = x_t.unbind(dim=1)
        depth = (1 - ends) * (depth + opens - closes)
        after.append(depth)
    return torch.stack(after)


def _verdict(y: Tensor) -> Tensor:
    """1 where a read-out says open, 0 where it says shut, −1 for the opposite of open, else ½."""
    verdict = torch.full_like(y, 0.5)
    verdict[y.abs() <= SHUT] = 0.0
    verdict[y >= OPEN] = 1.0
    verdict[y <= -OPEN] = -1.0
    return verdict


def _unit(
    i: tuple[float, float, float, float] = (40, 40, 0, -20),
    f: tuple[float, float, float, float] = (0, 0, -40, 20),
    g: tuple[float, float, float, float] = (1, -1, 0, 0),
    o: tuple[float, float, float, float] = (0, 0, 0, 20),
    v: float = 1.0,
) -> Weights:
    """One unit: for each gate its weights of ``( ) ;`` and its bias."""
    rows = torch.tensor([i, f, g, o], dtype=torch.float32)
    return rows[:, :3], torch.zeros(4, 1), rows[:, 3], torch.tensor([v])


def bracket_weights() -> Weights:
    """Weights of one unit whose cell state goes up at ``(``, down at ``)``, and to 0 at ``;``."""
    return _unit()


EXERCISE = BracketExercise(
    name="open-brackets",
    title="Count open brackets, by hand",
    takes={},
    returns={"W": "4H 3", "U": "4H H", "b": "4H", "v": "H"},
    reference=bracket_weights,
    mistakes=(
        Mistake(
            "a-flag",
            "a closing bracket clears everything: after “(()” one bracket is still open, and your "
            "read-out has shut. You need a count, not a flag. What should “)” do to c?",
            lambda: _unit(i=(40, 0, 0, -20), f=(0, -40, -40, 20)),
        ),
        Mistake(
            "never-cleared",
            "brackets are counted well, but a “;” does not clear the count. Which gate must shut "
            "there?",
            lambda: _unit(f=(0, 0, 0, 20)),
        ),
        Mistake(
            "never-down",
            "the read-out opens at “(” and stays open until “;”: nothing goes down at “)”. What "
            "sign must the candidate have there?",
            lambda: _unit(i=(40, 0, 0, -20)),
        ),
        Mistake(
            "leaks",
            "the count leaks away: with a bias of 0 the forget gate keeps half of c at each step.",
            lambda: _unit(f=(0, 0, -40, 0)),
        ),
        Mistake(
            "leaks-slowly",
            "the count leaks away, slowly: with a bias of 1 the forget gate keeps 0.73 of c at "
            "each step. How far open must it be?",
            lambda: _unit(f=(0, 0, -40, 1)),
        ),
        Mistake(
            "sign-flipped",
            "the read-out has the wrong sign: it is negative where a bracket is open.",
            lambda: _unit(v=-1.0),
        ),
        Mistake(
            "never-written",
            "the read-out is always 0. Which gate lets something into c?",
            lambda: _unit(i=(0, 0, 0, -20)),
        ),
        Mistake(
            "too-weak",
            f"with one bracket open the read-out is below {OPEN}. Which numbers decide how far c "
            "goes up at “(”?",
            lambda: _unit(v=0.3),
        ),
        Mistake(
            "order-i-f-o-g",
            "the rows of g and o seem to have changed places: the order is i f g o.",
            lambda: _unit(g=(0, 0, 0, 20), o=(1, -1, 0, 0)),
        ),
        Mistake(
            "i-and-f-exchanged",
            "the rows of i and f seem to have changed places: the order is i f g o.",
            lambda: _unit(i=(0, 0, -40, 20), f=(40, 40, 0, -20)),
        ),
        Mistake(
            "counts-everything",
            "every character counts as an opening bracket, letters too: the candidate is positive "
            "even where there is nothing to count. Look at its bias, or at the input gate.",
            lambda: _unit(i=(0, 0, 0, 20), g=(0, 0, 0, 1)),
        ),
    ),
)
