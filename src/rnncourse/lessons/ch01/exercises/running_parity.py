"""Exercise: the parity so far, with one bit of memory."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Mistake
from rnncourse.lessons.ch01.bits import BitsExercise


def running_parity(bits: Tensor) -> Tensor:
    """1 where the number of ones so far is odd, 0 where it is even, ``(T, B) -> (T, B)``."""
    state = torch.zeros_like(bits[0])
    parity = []
    for bit in bits:
        state = (state + bit) % 2
        parity.append(state)
    return torch.stack(parity)


UPDATE = "(state + bit) % 2"
ANSWER = "        parity.append(state)\n"
RETURNED = "torch.stack(parity)"

EXERCISE = BitsExercise(
    name="running-parity",
    title="Running parity, with one bit of memory",
    level="write",
    minutes=5,
    starred=True,
    objective="01.2",
    hints=(
        "You have counted an odd number of ones so far, and a 1 comes: what are you now? And if "
        "a 0 comes?",
        "Start with zeros, (B). In each turn of the loop a 1 turns the state round and a 0 leaves "
        "it; then the state is the answer of this step.",
        "The remainder of (state + bit) by 2 does that, or the absolute value of state - bit. "
        "Keep each new state in a list, and torch.stack the list at the end.",
    ),
    notice="one bit was enough, however long the sequence. A window would have to hold all of it, "
    "since each bit that it misses turns the answer round half the time.",
    takes={"bits": "T B"},
    returns={"parity": "T B"},
    reference=running_parity,
    mistakes=(
        Mistake(
            "input-repeated",
            "your answer is the bit just read: nothing of the past is in it. "
            "What must be kept from one step to the next?",
            {UPDATE: "bit"},
        ),
        Mistake(
            "last-two",
            "your answer is the XOR of the bit just read and the bit before it: a window of two. "
            "With what, if not with the last input, should the bit be combined?",
            {UPDATE: "bit", ANSWER: "", "in bits:": "in bits:\n        parity.append(state ^ bit)"},
        ),
        Mistake(
            "window",
            "your answer is the parity of the last three bits: what is older is forgotten. "
            "The first bit matters for ever.",
            {"return ": "parity[3:] = [a ^ b for a, b in zip(parity[3:], parity)]\n    return "},
        ),
        Mistake(
            "or",
            "once a 1 has been seen, your answer stays 1: that is OR. "
            "What should a second 1 do to the state?",
            {UPDATE: "torch.maximum(state, bit)"},
        ),
        Mistake(
            "and",
            "your state can only fall to 0 and never rises again: that is AND. "
            "What should a 1 do to the state?",
            {"zeros_like": "ones_like", UPDATE: "state * bit"},
        ),
        Mistake(
            "always-zero",
            "your answer is 0 whatever comes in. Is the bit multiplied with a state of zero?",
            {UPDATE: "state * bit"},
        ),
        Mistake(
            "count",
            "you count the ones, and the question was only whether their number is odd: one bit "
            "of memory is enough. (% binds as * does, before +.)",
            {UPDATE: "state + bit"},
        ),
        Mistake(
            "even-for-odd",
            "every answer is the wrong way round: yours says 1 where the number of ones is even. "
            "What is the parity before the first bit?",
            {"zeros_like": "ones_like"},
        ),
        Mistake(
            "first-bit-twice",
            "the first bit is counted twice: the state starts from it, and then the loop reads "
            "it. What is the parity before the first bit?",
            {"torch.zeros_like(bits[0])": "bits[0]"},
        ),
        Mistake(
            "if-of-a-tensor",
            "`if` wants one yes or no, and is given one for each sequence, (B). Which arithmetic "
            "turns a 0 into a 1 and a 1 into a 0 just where the bit is 1?",
            {UPDATE: "1 - state if bit else state"},
        ),
        Mistake(
            "zeros-counted",
            "the state turns round at each 0 and stays at a 1: you answer for the number of "
            "zeros. Which of the two bits should turn it?",
            {UPDATE: "(state + 1 - bit) % 2"},
        ),
        Mistake(
            "every-step-turns",
            "the state turns round at every step, whatever the bit. What should a 0 do to it?",
            {UPDATE: "(state + 1) % 2"},
        ),
        Mistake(
            "sign-kept",
            "the state can become -1: bit - state turns it round, but a 0 after a 1 turns its "
            "sign. Which part of that difference do you want?",
            {UPDATE: "bit - state"},
        ),
        Mistake(
            "falls-below-zero",
            "each 1 takes one away from the state, so it falls below 0 and on. The state should "
            "only ever be 0 or 1.",
            {UPDATE: "state - bit"},
        ),
        Mistake(
            "before-reading",
            "your answers come one step late: each leaves out the bit that was just read. "
            "Which comes first in your loop, the update or the answer?",
            {"in bits:": "in bits:\n        parity.append(state)", ANSWER: ""},
        ),
        Mistake(
            "signs",
            "your answers are +1 and -1. Whoever reads them expects 1 for odd and 0 for even.",
            {RETURNED: "1 - 2 * torch.stack(parity)"},
        ),
        Mistake(
            "last-answer-only",
            "this is the answer of the last step alone, (B). One is due at every step: where do "
            "you keep them as you read?",
            {RETURNED: "state"},
        ),
        Mistake(
            "whole-sequence",
            "every step gets the parity of the whole sequence, so the early answers know the "
            "future. Is it one tensor, kept again and again and changed afterwards?",
            {RETURNED: "state.expand_as(bits)"},
        ),
        Mistake(
            "backwards",
            "the parity is counted from the end of the sequence. Which step comes first?",
            {"in bits": "in bits.flip(0)", RETURNED: "torch.stack(parity).flip(0)"},
        ),
        Mistake(
            "batch-for-time",
            "the parity runs over the sequences of the batch, not over the steps. "
            "Which axis of `bits` is time?",
            {RETURNED: "bits.cumsum(dim=1) % 2"},
        ),
        Mistake(
            "one-state-for-all",
            "one state counts for the whole batch: a 1 in one sequence turns the answers of the "
            "others. Each sequence needs a number of its own.",
            {RETURNED: "bits.flatten().cumsum(0).view_as(bits) % 2"},
        ),
        Mistake(
            "batch-summed",
            "the ones of all sequences are counted together, so that every sequence gets the same "
            "answers. Each needs a number of its own.",
            {UPDATE: "(state + bit.sum()) % 2"},
        ),
    ),
)
