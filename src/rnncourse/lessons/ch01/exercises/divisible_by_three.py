"""Exercise: is the number read so far divisible by three?"""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Mistake
from rnncourse.lessons.ch01.bits import BitsExercise


class DigitsExercise(BitsExercise):
    """Draws binary digits, in one call more than an int64 can hold."""

    drawn = ((20, 6), (13, 8), (90, 3), (9, 1), (1, 7))


def divisible_by_three(bits: Tensor) -> Tensor:
    """1 where the number that the bits so far spell is divisible by three, ``(T, B) -> (T, B)``."""
    state = torch.zeros_like(bits[0])
    answers = []
    for bit in bits:
        state = (2 * state + bit) % 3
        answers.append((state == 0).long())
    return torch.stack(answers)


UPDATE = "(2 * state + bit) % 3"
SAID = "(state == 0).long()"
ANSWER = "        answers.append((state == 0).long())\n"
RETURNED = "torch.stack(answers)"

EXERCISE = DigitsExercise(
    name="divisible-by-three",
    title="Is it divisible by three?",
    level="transfer",
    minutes=10,
    objective="01.2",
    hints=(
        "A digit more makes the number twice as large, and adds the digit: 101 is five, and 1011 "
        "is twice five plus one.",
        "You need not keep the number. If you know its remainder by three, you know the remainder "
        "of twice the number plus a digit.",
        "Start with a remainder of zeros, (B); the new one is (2 · remainder + bit) % 3. The "
        "answer of a step is 1 where it is 0, as whole numbers: .long().",
    ),
    notice="a state with three values was enough for a number of any size. A window would have to "
    "see every digit: each of them changes the remainder.",
    takes={"bits": "T B"},
    returns={"answers": "T B"},
    reference=divisible_by_three,
    mistakes=(
        Mistake(
            "overflow",
            "right for the first steps, and wrong once the number no longer fits into 64 bits. "
            "What of the number do you need to keep?",
            {UPDATE: "2 * state + bit", SAID: "(state % 3 == 0).long()"},
        ),
        Mistake(
            "ones-counted",
            "you add up the digits. That is the rule for decimal numbers: ten leaves 1 when it is "
            "divided by three. These are binary, where each digit more doubles the number so far.",
            {UPDATE: "(state + bit) % 3"},
        ),
        Mistake(
            "bit-left-out",
            "your state never changes: the bit that is read does not come into it. Where should "
            "it be added?",
            {UPDATE: "(2 * state) % 3"},
        ),
        Mistake(
            "remainder-of-the-bit",
            "the remainder is taken of the bit alone: % binds as * does, before +, so the number "
            "itself grows on. Where are the brackets?",
            {UPDATE: "2 * state + bit % 3"},
        ),
        Mistake(
            "by-two",
            "you answer whether the number is even: its last digit alone says that. What is the "
            "remainder by three?",
            {UPDATE: "(2 * state + bit) % 2"},
        ),
        Mistake(
            "by-four",
            "you answer for the remainder by four, which a window of two digits would see. The "
            "question was for three.",
            {UPDATE: "(2 * state + bit) % 4"},
        ),
        Mistake(
            "no-for-yes",
            "every answer is the wrong way round: yours says 1 where something is left over.",
            {SAID: "(state != 0).long()"},
        ),
        Mistake(
            "remainder-returned",
            "you return the remainders. They are the state; the question is whether it is 0.",
            {SAID: "state"},
        ),
        Mistake(
            "started-at-one",
            "you start as if a 1 had been read before the first digit. What number is nothing?",
            {"zeros_like": "ones_like"},
        ),
        Mistake(
            "before-reading",
            "your answers come one step late: each leaves out the digit that was just read.",
            {
                "in bits:": "in bits:\n        answers.append((state == 0).long())",
                ANSWER: "",
            },
        ),
        Mistake(
            "last-answer-only",
            "this is the answer of the last step alone, (B). One is due at every step: where do "
            "you keep them as you read?",
            {RETURNED: "answers[-1]"},
        ),
        Mistake(
            "whole-sequence",
            "every step gets the answer of the whole number, so the early answers know the future.",
            {RETURNED: "answers[-1].expand_as(bits)"},
        ),
        Mistake(
            "batch-for-time",
            "the number is read over the sequences of the batch, not over the steps. Which axis "
            "of `bits` is time?",
            {
                "state = torch": "bits = bits.transpose(0, 1)\n    state = torch",
                RETURNED: "torch.stack(answers, dim=1)",
            },
        ),
        Mistake(
            "batch-summed",
            "the digits of all sequences are added together. Each sequence needs a number of its "
            "own.",
            {UPDATE: "(2 * state + bit.sum()) % 3"},
        ),
        Mistake(
            "if-of-a-tensor",
            "`if` wants one yes or no, and is given one for each sequence, (B). Which arithmetic "
            "does the same for all of them at once?",
            {UPDATE: "(2 * state + 1 if bit else 2 * state) % 3"},
        ),
    ),
)
