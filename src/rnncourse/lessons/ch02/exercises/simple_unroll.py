"""Exercise: the loop that carries the simple network's state over time."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake
from rnncourse.lessons.ch02.exercises import simple_step
from rnncourse.lessons.ch02.exercises.simple_step import Step, step

Run = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
"""``(x, h_0, W, U, b) -> (output, h_n)``, x (T, B, D), output (T, B, H), h_n (B, H)."""


def run(x: Tensor, h_0: Tensor, W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The step repeated over time, ``(T, B, D), (B, H) -> (T, B, H), (B, H)``."""
    return _states(x, h_0, W, U, b, step)


def _states(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, one_step: Step
) -> tuple[Tensor, Tensor]:
    states = []
    for x_t in x:
        h = one_step(x_t, h, W, U, b)
        states.append(h)
    return torch.stack(states), h


def _in_the_loop(mistake: Mistake) -> Mistake:
    """The same mistake made at every step of an otherwise right loop."""
    return Mistake(
        f"step-{mistake.name}",
        f"the loop is right, the step inside it is not: {mistake.sentence}",
        lambda x, h_0, W, U, b: _states(x, h_0, W, U, b, mistake.function),
    )


def _state_not_carried(x: Tensor, h_0: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    output = torch.stack([step(x_t, h_0, *weights) for x_t in x])
    return output, output[-1]


def _batch_for_time(x: Tensor, h_0: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = step(x[:, t], h, *weights)
        states.append(h)
    return torch.stack(states), h


def _as_many_steps_as_batch(x: Tensor, h_0: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = step(x[t], h, *weights)
        states.append(h)
    return torch.stack(states), h


def _before_tanh(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    sums = []
    for x_t in x:
        sums.append(x_t @ W.T + h @ U.T + b)
        h = torch.tanh(sums[-1])
    return torch.stack(sums), h


def _first_twice(x: Tensor, h_0: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    return run(x[:1].expand_as(x), h_0, *weights)


def _after(change: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]) -> Run:
    """A right run of which the wrong thing is returned: ``change(output, h_n, h_0)``."""
    return lambda x, h_0, W, U, b: change(*run(x, h_0, W, U, b), h_0)


MISTAKES = (
    Mistake(
        "state-not-carried",
        "every step starts from h_0 again, so nothing is remembered beyond one step. "
        "Which state should the next step receive?",
        _state_not_carried,
    ),
    Mistake(
        "h_0-ignored",
        "the loop is right, but it starts from zeros. Which state should the first step receive?",
        lambda x, h_0, W, U, b: run(x, torch.zeros_like(h_0), W, U, b),
    ),
    Mistake(
        "batch-for-time",
        "batch and time are confused: your loop walks along the second axis of x. "
        "x is (T, B, D), and the steps are along T.",
        _batch_for_time,
    ),
    Mistake(
        "as-many-steps-as-batch",
        "the loop makes as many steps as there are batch elements. Which axis of x is time?",
        _as_many_steps_as_batch,
    ),
    Mistake(
        "output-shifted",
        "output starts with h_0 and lacks the last state: each state is kept before its step, "
        "not after it. output[0] should be h_1.",
        _after(lambda output, h_n, h_0: (torch.cat([h_0[None], output[:-1]]), h_n)),
    ),
    Mistake(
        "output-with-h_0",
        "output has one state too many: it begins with h_0. output[0] should be h_1.",
        _after(lambda output, h_n, h_0: (torch.cat([h_0[None], output]), h_n)),
    ),
    Mistake(
        "time-reversed",
        "the sequence is read from its end, and output is in the order of reading. "
        "Which input comes first?",
        lambda x, h_0, W, U, b: run(x.flip(0), h_0, W, U, b),
    ),
    Mistake(
        "backward-direction",
        "the sequence is read from its end: each state knows the inputs after it, not before it. "
        "Which input comes first?",
        lambda x, h_0, W, U, b: _flipped(*run(x.flip(0), h_0, W, U, b)),
    ),
    Mistake(
        "output-reversed",
        "the states are right, but output holds the last one first. "
        "At which end of the list does each new state go?",
        _after(lambda output, h_n, h_0: (output.flip(0), h_n)),
    ),
    Mistake(
        "first-input-repeated",
        "every step reads the first input. Does the index of x change in your loop?",
        _first_twice,
    ),
    Mistake(
        "first-step-missing",
        "the first input is never read. Where does your loop begin? output[0] should be h_1.",
        lambda x, h_0, W, U, b: _padded(x[1:], h_0, W, U, b),
    ),
    Mistake(
        "last-step-missing",
        "the last input is never read. Where does your loop end?",
        lambda x, h_0, W, U, b: _padded(x[:-1], h_0, W, U, b),
    ),
    Mistake(
        "output-is-last-state",
        "output holds the last state at every t. Is the same tensor kept again and again, "
        "and changed afterwards?",
        _after(lambda output, h_n, h_0: (h_n.expand_as(output), h_n)),
    ),
    Mistake(
        "output-before-tanh",
        "the states are right, but output holds the sums before the tanh. "
        "Which of the two is the state?",
        _before_tanh,
    ),
    Mistake(
        "h_n-is-first",
        "output is right, but h_n is the first state, not the last.",
        _after(lambda output, h_n, h_0: (output, output[0])),
    ),
    Mistake(
        "h_n-is-h_0",
        "output is right, but h_n is the state from before the first step. "
        "Does your loop give its new state the name that you return?",
        _after(lambda output, h_n, h_0: (output, h_0)),
    ),
    Mistake(
        "h_n-of-last-batch-element",
        "output is right, but h_n is (T, H): all states of the last batch element. "
        "You want the last state of all batch elements. Which axis of output is time?",
        _after(lambda output, h_n, h_0: (output, output[:, -1])),
    ),
    Mistake(
        "h_n-with-time-axis",
        "output is right, but h_n has a time axis of size 1 left: (1, B, H). "
        "(torch returns it so, with an axis for the layers; this exercise asks for (B, H).)",
        _after(lambda output, h_n, h_0: (output, h_n[None])),
    ),
    Mistake(
        "batch-first",
        "the states are right, but output is (B, T, H). Along which axis do you stack them?",
        _after(lambda output, h_n, h_0: (output.transpose(0, 1), h_n)),
    ),
    Mistake(
        "view-for-transpose",
        "output has the right shape but its numbers are shuffled: view and reshape only re-read "
        "the numbers in memory order, they never move an axis. What does?",
        _after(
            lambda output, h_n, h_0: (output.transpose(0, 1).reshape(output.shape), h_n),
        ),
    ),
    *(_in_the_loop(mistake) for mistake in simple_step.MISTAKES),
)


def _flipped(output: Tensor, h_n: Tensor) -> tuple[Tensor, Tensor]:
    return output.flip(0), h_n


def _padded(x: Tensor, h_0: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    """A run that may have no step at all."""
    return run(x, h_0, *weights) if len(x) else (h_0.new_zeros(0, *h_0.shape), h_0)


EXERCISE = Exercise(
    name="simple-unroll",
    title="The loop over time",
    takes={"x": "T B D", "h_0": "B H", "W": "H D", "U": "H H", "b": "H"},
    returns={"output": "T B H", "h_n": "B H"},
    reference=run,
    mistakes=MISTAKES,
)
