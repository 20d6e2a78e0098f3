"""Which part of a network's state counts, and what happens to the count if it is changed."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.lessons.ch11.networks import Network

A, B = torch.eye(2)[:, None, None]
"""The two letters, each one step of one sequence: (1, 1, 2)."""
END = 2
"""The answer *the end*."""
SETTLED = 10
"""Letters after which every further one changes a counter by the same amount."""

State = tuple[Tensor, Tensor] | Tensor


def memory(state: State) -> Tensor:
    """The state that is carried from step to step, (H): ``c`` of an LSTM, else ``h``."""
    return (state[1] if isinstance(state, tuple) else state)[0, 0]


@torch.no_grad()
def walk(network: Network, n: int, change: Tensor | None = None, b: int = 0) -> Tensor:
    """The memory after each letter of n a's and then ``b`` b's, (n + b, H).

    Args:
        network: trained on `AnBn`.
        n: how many a's.
        change: what is added to the memory after the last a, (H).
        b: how many b's.
    """
    state, seen = None, []
    for t in range(n + b):
        if t == n and state is not None and change is not None:
            state = changed(state, change)
        _, state = network.layer(A if t < n else B, state)
        seen.append(memory(state))
    return torch.stack(seen)


@torch.no_grad()
def counted(network: Network, n: int, change: Tensor | None = None, most: int = 200) -> int:
    """How many b's the network wants after n a's: it reads b's until it says *the end*.

    Args:
        network: trained on `AnBn`.
        n: how many a's.
        change: what is added to the memory after the last a, (H).
        most: where it is stopped.
    """
    _, state = network.layer(A.expand(n, 1, 2))
    if change is not None:
        state = changed(state, change)
    for b in range(1, most):
        output, state = network.layer(B, state)
        if network.readout(output)[0, 0].argmax() == END:
            return b
    return most


def changed(state: State, change: Tensor) -> State:
    """A state with something added to its memory."""
    if isinstance(state, tuple):
        return state[0], state[1] + change
    return state + change


def steps_per_letter(network: Network, longest: int = 30) -> Tensor:
    """By how much a further a moves each unit's memory, (H): the mean from the tenth on."""
    return walk(network, longest)[SETTLED:].diff(dim=0).mean(dim=0)
