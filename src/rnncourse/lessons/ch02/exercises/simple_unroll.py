"""Exercise: the loop that carries the simple network's state over time."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake
from rnncourse.lessons.ch02.exercises import simple_step


def run(x: Tensor, h_0: Tensor, W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The step repeated over time, ``(T, B, D), (B, H) -> (T, B, H), (B, H)``."""
    h, states = h_0, []
    for x_t in x:
        h = torch.tanh(x_t @ W.T + h @ U.T + b)
        states.append(h)
    output, h_n = torch.stack(states), h
    return output, h_n


def _in_the_loop(mistake: Mistake) -> Mistake:
    """The same mistake made at every step of an otherwise right loop."""
    assert not callable(mistake.made)
    return Mistake(
        f"step-{mistake.name}",
        f"the loop is right, the step inside it is not: {mistake.sentence}",
        {
            old.replace("x @", "x_t @"): new.replace("x @", "x_t @")
            for old, new in mistake.made.items()
        },
    )


STEP = [mistake for mistake in simple_step.EXERCISE.mistakes
        if mistake.name not in ("state-added", "result-transposed")]  # fmt: skip

MISTAKES = (
    Mistake(
        "state-not-carried",
        "every step starts from h_0 again, so nothing is remembered beyond one step. "
        "Which state should the next step receive?",
        {"+ h @": "+ h_0 @"},
    ),
    Mistake(
        "h_0-ignored",
        "the loop is right, but it starts from zeros. Which state should the first step receive?",
        {"h, states = h_0": "h, states = torch.zeros_like(h_0)"},
    ),
    Mistake(
        "batch-for-time",
        "batch and time are confused: your loop walks along the second axis of x. "
        "x is (T, B, D), and the steps are along T.",
        {"in x:": "in x.transpose(0, 1):"},
    ),
    Mistake(
        "as-many-steps-as-batch",
        "the loop makes as many steps as there are batch elements. Which axis of x is time?",
        {"for x_t in x:\n": "for t in range(x.shape[1]):\n        x_t = x[t]\n"},
    ),
    Mistake(
        "output-shifted",
        "output starts with h_0 and lacks the last state: each state is kept before its step, "
        "not after it. output[0] should be h_1.",
        {"torch.stack(states)": "torch.stack([h_0, *states[:-1]])"},
    ),
    Mistake(
        "output-with-h_0",
        "output has one state too many: it begins with h_0. output[0] should be h_1.",
        {"torch.stack(states)": "torch.stack([h_0, *states])"},
    ),
    Mistake(
        "time-reversed",
        "the sequence is read from its end, and output is in the order of reading. "
        "Which input comes first?",
        {"in x:": "in x.flip(0):"},
    ),
    Mistake(
        "backward-direction",
        "the sequence is read from its end: each state knows the inputs after it, not before it. "
        "Which input comes first?",
        {"in x:": "in x.flip(0):", "torch.stack(states)": "torch.stack(states[::-1])"},
    ),
    Mistake(
        "output-reversed",
        "the states are right, but output holds the last one first. "
        "At which end of the list does each new state go?",
        {"torch.stack(states)": "torch.stack(states[::-1])"},
    ),
    Mistake(
        "first-input-repeated",
        "every step reads the first input. Does the index of x change in your loop?",
        {"x_t @": "x[0] @"},
    ),
    Mistake(
        "first-step-missing",
        "the first input is never read. Where does your loop begin? output[0] should be h_1.",
        {"in x:": "in x[1:]:", "torch.stack(states)": "torch.stack(states) if states else x[:0]"},
    ),
    Mistake(
        "last-step-missing",
        "the last input is never read. Where does your loop end?",
        {"in x:": "in x[:-1]:", "torch.stack(states)": "torch.stack(states) if states else x[:0]"},
    ),
    Mistake(
        "output-is-last-state",
        "output holds the last state at every t. Is the same tensor kept again and again, "
        "and changed afterwards?",
        {"torch.stack(states)": "h.expand(len(x), *h.shape)"},
    ),
    Mistake(
        "output-before-tanh",
        "the states are right, but output holds the sums before the tanh. "
        "Which of the two is the state?",
        {
            "h = torch.tanh(x_t @ W.T + h @ U.T + b)": "a = x_t @ W.T + h @ U.T + b",
            "states.append(h)": "h = torch.tanh(a)\n        states.append(a)",
        },
    ),
    Mistake(
        "h_n-is-first",
        "output is right, but h_n is the first state, not the last.",
        {"torch.stack(states), h": "torch.stack(states), states[0]"},
    ),
    Mistake(
        "h_n-is-h_0",
        "output is right, but h_n is the state from before the first step. "
        "Does your loop give its new state the name that you return?",
        {"torch.stack(states), h": "torch.stack(states), h_0"},
    ),
    Mistake(
        "h_n-of-last-batch-element",
        "output is right, but h_n is (T, H): all states of the last batch element. "
        "You want the last state of all batch elements. Which axis of output is time?",
        {"torch.stack(states), h": "torch.stack(states), torch.stack(states)[:, -1]"},
    ),
    Mistake(
        "h_n-with-time-axis",
        "output is right, but h_n has a time axis of size 1 left: (1, B, H). "
        "(torch returns it so, with an axis for the layers; this exercise asks for (B, H).)",
        {"torch.stack(states), h": "torch.stack(states), h[None]"},
    ),
    Mistake(
        "batch-first",
        "the states are right, but output is (B, T, H). Along which axis do you stack them?",
        {"torch.stack(states)": "torch.stack(states, dim=1)"},
    ),
    Mistake(
        "view-for-transpose",
        "output has the right shape but its numbers are shuffled: view and reshape only re-read "
        "the numbers in memory order, they never move an axis. What does?",
        {"torch.stack(states)": "torch.stack(states, dim=1).view(len(x), *h.shape)"},
    ),
    Mistake(
        "results-exchanged",
        "both are right, but h_n comes first. Return output, then h_n.",
        {"return output, h_n": "return h_n, output"},
    ),
    *map(_in_the_loop, STEP),
)

EXERCISE = Exercise(
    name="simple-unroll",
    title="The loop over time",
    level="write",
    minutes=15,
    starred=True,
    objective="02.1",
    hints=(
        "You have the step already. What is left: start from h_0, take one x after the other, keep "
        "what comes out.",
        "Two things leave every turn of the loop: the new state goes into a list, and it is what "
        "the next turn starts from.",
        "`for x_t in x:` walks along the first axis, which is time. torch.stack(states) makes "
        "(T, B, H) of the list; the last state is h_n.",
    ),
    notice="output[-1] and h_n are the same numbers: one shows every state, one hands it on.",
    takes={"x": "T B D", "h_0": "B H", "W": "H D", "U": "H H", "b": "H"},
    returns={"output": "T B H", "h_n": "B H"},
    reference=run,
    mistakes=MISTAKES,
)
