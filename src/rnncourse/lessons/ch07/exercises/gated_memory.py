"""Exercise: a memory with three gates, run over a sequence."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def remember(x: Tensor, i: Tensor, f: Tensor, o: Tensor) -> tuple[Tensor, Tensor]:
    """A memory with gates, ``(T, H)`` each: what it holds and what it says, ``(T, H)`` each."""
    c = torch.zeros_like(x[0])
    held, said = [], []
    for x_t, i_t, f_t, o_t in zip(x, i, f, o, strict=True):
        # c_t = f_t ⊙ c_{t-1} + i_t ⊙ x_t
        c = f_t * c + i_t * x_t
        y = o_t * c
        held.append(c)
        said.append(y)
    return torch.stack(held), torch.stack(said)


UPDATE = "f_t * c + i_t * x_t"
SAID = "y = o_t * c"
HELD, BOTH = "held.append(c)", "torch.stack(held), torch.stack(said)"

MISTAKES = (
    Mistake(
        "f-erases",
        "f works the wrong way round: where it is 1, the old value is lost. In this book f = 1 "
        "keeps.",
        {UPDATE: "(1 - f_t) * c + i_t * x_t"},
    ),
    Mistake(
        "read-erodes",
        "the memory itself is multiplied by o, so what is not read now is lost for ever. Reading "
        "must not change what is held.",
        {SAID: "y = c = o_t * c"},
    ),
    Mistake(
        "read-before-write",
        "what is said is the memory of the step before. Write first, then read.",
        {f"c = {UPDATE}": f"old, c = c, {UPDATE}", SAID: "y = o_t * old"},
    ),
    Mistake(
        "i-unused",
        "every number is written, whatever i says.",
        {UPDATE: "f_t * c + x_t"},
    ),
    Mistake(
        "f-unused",
        "nothing is ever forgotten, whatever f says.",
        {UPDATE: "c + i_t * x_t"},
    ),
    Mistake(
        "o-unused",
        "the memory is said at every step, whatever o says.",
        {SAID: "y = c"},
    ),
    Mistake(
        "f-on-everything",
        "f multiplies what has just come in, too. It acts on the old value alone.",
        {UPDATE: "f_t * (c + i_t * x_t)"},
    ),
    Mistake(
        "i-on-everything",
        "i multiplies what was held before, too. It acts on the input alone.",
        {UPDATE: "i_t * (f_t * c + x_t)"},
    ),
    Mistake(
        "i-and-f-swapped",
        "i and f have changed places: i lets the input in, f keeps the old value.",
        {UPDATE: "i_t * c + f_t * x_t"},
    ),
    Mistake(
        "tied",
        "the old value is kept by 1 − i, and f is not used. Then it cannot add: keep and write "
        "at once.",
        {UPDATE: "(1 - i_t) * c + i_t * x_t"},
    ),
    Mistake(
        "not-carried",
        "each step begins with an empty memory: the old value is not carried over.",
        {UPDATE: "i_t * x_t"},
    ),
    Mistake(
        "results-exchanged",
        "both are right, but y comes first. Return what is held, then what is said.",
        {BOTH: "torch.stack(said), torch.stack(held)"},
    ),
    Mistake(
        "y-carried",
        "what was said is carried on in place of what is held: the next step starts from y, and "
        "what was not read is lost.",
        {"said.append(y)": "said.append(y)\n        c = y"},
    ),
    Mistake(
        "squashed",
        "what is read goes through a tanh. That comes with the LSTM; this memory says what it "
        "holds.",
        {SAID: "y = o_t * torch.tanh(c)"},
    ),
    Mistake(
        "gates-squashed",
        "the gates are put through a sigmoid. They are gates already, as they come.",
        {
            "        c = f_t": "        i_t, f_t, o_t = map(torch.sigmoid, (i_t, f_t, o_t))\n"
            "        c = f_t"
        },
    ),
    Mistake(
        "held-too-early",
        "what is returned first begins with c_0 and lacks the last value: each is put into the "
        "list before its step. And what is said is made from those old values.",
        {f"c = {UPDATE}": f"old, c = c, {UPDATE}", SAID: "y = o_t * old", HELD: "held.append(old)"},
    ),
    Mistake(
        "held-with-c_0",
        "c has one row too many: it begins with c_0. The first row should be c_1.",
        {HELD: "held += [c] if held else [0 * c, c]"},
    ),
    Mistake(
        "starts-from-the-input",
        "c_0 is x_1: the memory holds the first input before the first step. It starts from 0.",
        {"torch.zeros_like(x[0])": "x[0]"},
    ),
    Mistake(
        "first-step-without-gates",
        "c_1 is x_1, whatever i says: is the first step left out of the loop? From c_0 = 0 it is "
        "a step like the others.",
        {UPDATE: f"{UPDATE} if held else x_t"},
    ),
    Mistake(
        "last-input-for-c",
        "f multiplies the input of the step before. It keeps what the memory holds.",
        {
            f"c = {UPDATE}": "c = f_t * last + i_t * x_t\n        last = x_t",
            "c = torch": "c = last = torch",
        },
    ),
    Mistake(
        "one-step-back",
        "f multiplies what was written at the step before, and nothing older: each number is held "
        "for one step at most. f should keep all that the memory holds.",
        {
            f"c = {UPDATE}": "c, last = f_t * last + i_t * x_t, i_t * x_t",
            "c = torch": "c = last = torch",
        },
    ),
    Mistake(
        "last-only",
        "these are the last values alone, (H). All steps are asked for: where are they kept?",
        {BOTH: "c, y"},
    ),
    Mistake(
        "stacked-across",
        "both come as (H, T): the steps are put side by side. Along which axis do you stack them?",
        {BOTH: "torch.stack(held, dim=1), torch.stack(said, dim=1)"},
    ),
)

EXERCISE = Exercise(
    name="gated-memory",
    title="A memory with three gates",
    level="write",
    minutes=10,
    starred=True,
    objective="07.1",
    hints=(
        "Start from zeros, one for each of the H memories, and walk over the steps.",
        "In each step the old value is multiplied by f, and i times the input is added. Only then "
        "comes the reading: o times what is held now.",
        "c = f[t] * c + i[t] * x[t] in a loop, each new c kept in a list; what is said is o times "
        "all of them.",
    ),
    notice="c_t is a sum over all inputs so far: each times the i of its own step and times every "
    "f since. One f of 0 among them, and it is gone for good.",
    takes={"x": "T H", "i": "T H", "f": "T H", "o": "T H"},
    returns={"c": "T H", "y": "T H"},
    reference=remember,
    mistakes=MISTAKES,
)
