"""Exercise: the parity so far, with one bit of memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = ((20, 6), (13, 8), (30, 3), (9, 1), (1, 7))
"""``(T, B)`` of each call."""

_SEVERAL = 3


@dataclass(frozen=True, kw_only=True)
class BitsExercise(Exercise):
    """Draws bits, in sequences long enough for a lost memory to show."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw 0.0 and 1.0 in float64, one tensor a call."""
        return [
            (torch.randint(2, size, generator=generator, device="cpu").to(torch.float64),)
            for size in _SIZES
        ]


def running_parity(bits: Tensor) -> Tensor:
    """1 where the number of ones so far is odd, 0 where it is even, ``(T, B) -> (T, B)``."""
    return _recur(bits, lambda old, bit: (old + bit) % 2)


def _recur(bits: Tensor, step: Callable[[Tensor, Tensor], Tensor], start: float = 0.0) -> Tensor:
    state, states = torch.full_like(bits[0], start), []
    for bit in bits:
        state = step(state, bit)
        states.append(state)
    return torch.stack(states)


def _late(bits: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(bits[:1]), running_parity(bits)[:-1]])


def _window(bits: Tensor, width: int) -> Tensor:
    padded = torch.cat([bits.new_zeros(width - 1, bits.shape[1]), bits])
    return padded.unfold(0, width, 1).sum(dim=-1) % 2


def _since_restart(bits: Tensor) -> Tensor:
    return torch.cat([running_parity(part) for part in bits.split(_SEVERAL)])


EXERCISE = BitsExercise(
    name="running-parity",
    title="Running parity, with one bit of memory",
    takes={"bits": "T B"},
    returns={"parity": "T B"},
    reference=running_parity,
    mistakes=(
        Mistake(
            "input-repeated",
            "your answer is the bit just read: nothing of the past is in it. "
            "What must be kept from one step to the next?",
            lambda bits: bits.clone(),
        ),
        Mistake(
            "last-two",
            "your answer is the XOR of the bit just read and the bit before it: a window of two. "
            "With what, if not with the last input, should the bit be combined?",
            lambda bits: _window(bits, 2),
        ),
        Mistake(
            "window",
            "your answer is the parity of the last three bits: what is older is forgotten. "
            "The first bit matters for ever.",
            lambda bits: _window(bits, _SEVERAL),
        ),
        Mistake(
            "restarts",
            "the count starts again after every third step. "
            "Where do you set the state, and how often does that line run?",
            _since_restart,
        ),
        Mistake(
            "or",
            "once a 1 has been seen, your answer stays 1: that is OR. "
            "What should a second 1 do to the state?",
            lambda bits: _recur(bits, torch.maximum),
        ),
        Mistake(
            "and",
            "your state can only fall to 0 and never rises again: that is AND. "
            "What should a 1 do to the state?",
            lambda bits: _recur(bits, torch.minimum, start=1.0),
        ),
        Mistake(
            "always-zero",
            "your answer is 0 whatever comes in. Is the bit multiplied with a state of zero?",
            lambda bits: _recur(bits, torch.minimum),
        ),
        Mistake(
            "count",
            "you count the ones, and the count is right. "
            "The question was only whether it is odd: one bit of memory is enough.",
            lambda bits: bits.cumsum(dim=0),
        ),
        Mistake(
            "even-for-odd",
            "every answer is the wrong way round: yours says 1 where the number of ones is even. "
            "What is the parity before the first bit?",
            lambda bits: 1 - running_parity(bits),
        ),
        Mistake(
            "before-reading",
            "your answers come one step late: each leaves out the bit that was just read. "
            "Which comes first in your loop, the update or the answer?",
            _late,
        ),
        Mistake(
            "whole-sequence",
            "every step gets the parity of the whole sequence, so the early answers know the "
            "future. Answer as you read.",
            lambda bits: (bits.sum(dim=0) % 2).expand_as(bits).clone(),
        ),
        Mistake(
            "backwards",
            "the parity is counted from the end of the sequence. Which step comes first?",
            lambda bits: running_parity(bits.flip(0)).flip(0),
        ),
        Mistake(
            "batch-for-time",
            "the parity runs over the sequences of the batch, not over the steps. "
            "Which axis of `bits` is time?",
            lambda bits: running_parity(bits.T).T,
        ),
    ),
)
