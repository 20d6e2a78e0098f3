"""Exercise: a stream in chunks, whose state is carried, detached and reset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

Pair = tuple[Tensor, Tensor]
Before = Callable[[Tensor, Tensor, Tensor], Tensor]
"""``(h_n of the chunk before, h_1 of it, first) -> h_0`` of the next chunk."""


def _right(h_n: Tensor, h_1: Tensor, first: Tensor) -> Tensor:
    return torch.zeros_like(h_n) if first else h_n.detach()


def read_chunks(chunks: Tensor, first: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Pair:
    """Read chunks (K, T, B, D) of a stream, a backward pass each.

    ``first`` (K) is 1 where a chunk begins a new text, 0 where it continues the one before.

    Returns:
        The state after the last chunk, (B, H), and the gradient gathered in ``U``, (H, H).
    """
    return _read(chunks, first, W, U, b)


def _read(
    chunks: Tensor,
    first: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
    *,
    before: Before = _right,
    retain_graph: bool = False,
    cut_steps: bool = False,
    cut_loss: bool = False,
    fresh_gradient: bool = False,
) -> Pair:
    U = U.clone().requires_grad_()
    h = h_1 = torch.zeros(chunks.shape[2], len(b), dtype=U.dtype)
    for x, begins in zip(chunks, first, strict=True):
        if fresh_gradient:
            U.grad = None
        h, states = before(h, h_1, begins), []
        for x_t in x:
            h = torch.tanh(x_t @ W.T + (h.detach() if cut_steps else h) @ U.T + b)
            states.append(h)
        h_1, output = states[0], torch.stack(states)
        loss = (output.detach() if cut_loss else output).square().mean()
        loss.backward(retain_graph=retain_graph)
    assert U.grad is not None
    return h.detach(), U.grad


@dataclass(frozen=True, kw_only=True)
class StreamExercise(Exercise):
    """Draws zeros and ones for where texts begin; the first trial holds both, and two chunks."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; ``first`` holds 1 where a chunk begins a new text."""
        trials: list[Tensors] = []
        for number, (chunks, _, *weights) in enumerate(super().draw(generator)):
            K = len(chunks)
            first = torch.randint(0, 2, (K,), generator=generator, device="cpu").to(chunks)
            first[0] = 1
            if K > 2:  # a text that goes on, and one that begins, in either order
                first[1], first[2] = (0, 1) if number % 2 == 0 else (1, 0)
            trials.append((chunks, first, *weights))
        return trials


EXERCISE = StreamExercise(
    name="carry-detach-reset",
    title="Carry, detach, reset",
    takes={"chunks": "K T B D", "first": "K", "W": "H D", "U": "H H", "b": "H"},
    returns={"h_n": "B H", "U_grad": "H H"},
    reference=read_chunks,
    mistakes=(
        Mistake(
            "not-carried",
            "every chunk starts from zeros, whether its text goes on or not. "
            "Which state should a chunk start from that continues the one before?",
            lambda *a: _read(*a, before=lambda h_n, h_1, first: torch.zeros_like(h_n)),
        ),
        Mistake(
            "not-reset",
            "the state is carried into a new text too: what it holds there is about another one. "
            "What does first tell you?",
            lambda *a: _read(*a, before=lambda h_n, h_1, first: h_n.detach()),
        ),
        Mistake(
            "reset-inverted",
            "the state is reset where the text goes on, and carried where a new one begins. "
            "Which of the two does a 1 in first stand for?",
            lambda *a: _read(*a, before=lambda h_n, h_1, first: _right(h_n, h_1, 1 - first)),
        ),
        Mistake(
            "not-detached",
            "backward went into the chunk before, whose graph is gone: the state is carried with "
            "its history. Cut it off, and keep the result: h.detach() returns a new tensor and "
            "leaves h as it is.",
            lambda *a: _read(
                *a, before=lambda h_n, h_1, first: torch.zeros_like(h_n) if first else h_n
            ),
        ),
        Mistake(
            "graph-retained",
            "the state is right, but the gradient flows on into the chunks before: the graph is "
            "retained instead of cut. Each chunk more would make the backward pass longer.",
            lambda *a: _read(
                *a,
                before=lambda h_n, h_1, first: torch.zeros_like(h_n) if first else h_n,
                retain_graph=True,
            ),
        ),
        Mistake(
            "detached-every-step",
            "the states are right, but the gradient is cut at every step, not only between "
            "chunks: U learns nothing from what happened more than one step ago.",
            lambda *a: _read(*a, cut_steps=True),
        ),
        Mistake(
            "loss-detached",
            "the states that the loss is made of are detached, so no gradient can reach U. "
            "Detach what goes into the next chunk, not what this chunk's loss needs.",
            lambda *a: _read(*a, cut_loss=True),
        ),
        Mistake(
            "first-state-carried",
            "a chunk starts from the first state of the chunk before, not from its last one.",
            lambda *a: _read(
                *a, before=lambda h_n, h_1, first: torch.zeros_like(h_n) if first else h_1.detach()
            ),
        ),
        Mistake(
            "rows-mixed",
            "the state is carried to another row: row b of a chunk continues row b of the chunk "
            "before, so its state has to go there too.",
            lambda *a: _read(*a, before=lambda h_n, h_1, first: _right(h_n.flip(0), h_1, first)),
        ),
        Mistake(
            "last-gradient-only",
            "the state is right, but U_grad is the last chunk's alone. backward() adds to what "
            "is in U.grad; do not empty it or start with a new U in between.",
            lambda *a: _read(*a, fresh_gradient=True),
        ),
    ),
)
