"""Exercise: a stream in chunks, whose state is carried, detached and reset."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class StreamExercise(Exercise):
    """Draws where texts begin: on the first input one does after another went on, on one all do."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; ``first`` holds whole numbers, 1 where a chunk begins a new text."""
        trials: list[Tensors] = []
        for number, (chunks, _, *weights) in enumerate(super().draw(generator)):
            K = len(chunks)
            first = torch.randint(0, 2, (K,), generator=generator, device="cpu")
            first[0] = 1
            if K > 2:  # a text that goes on, and one that begins, in either order
                first[1], first[2] = (0, 1) if number % 2 == 0 else (1, 0)
            if chunks.shape[2] == 1:  # nothing to carry: what is tied to a history here is no state
                first[:] = 1
            trials.append((chunks, first, *weights))
        return trials


def read_chunks(
    chunks: Tensor, first: Tensor, W: Tensor, U: Tensor, b: Tensor
) -> tuple[Tensor, Tensor | None]:
    """Read chunks (K, T, B, D) of a stream, a backward pass each.

    ``first`` (K) is 1 where a chunk begins a new text, 0 where it continues the one before.

    Returns:
        The state after the last chunk, (B, H), and the gradient gathered in ``U``, (H, H).
    """
    U = U.clone().requires_grad_()
    h = torch.zeros(chunks.shape[2], len(b))
    for x, begins in zip(chunks, first, strict=True):
        h = torch.zeros_like(h) if begins else h.detach()
        states = []
        for x_t in x:
            h = torch.tanh(x_t @ W.T + h @ U.T + b)
            states.append(h)
        loss = torch.stack(states).square().mean()
        loss.backward()
    return h, U.grad


START = "h = torch.zeros_like(h) if begins else h.detach()\n        "
BACKWARD = "loss.backward()"
LOSS = "torch.stack(states).square().mean()"

EXERCISE = StreamExercise(
    name="carry-detach-reset",
    title="Carry, detach, reset",
    level="complete",
    minutes=15,
    starred=True,
    objective="03.2",
    hints=(
        "Two questions at the head of a chunk: does its text go on, and how far back may its "
        "gradient flow? A third at its end: what is its loss made of?",
        "Where begins is 1, h is zeros again. Where it is 0, h keeps its numbers and loses its "
        "history. Both happen once a chunk, before its first step.",
        "h.detach() gives a new tensor: call that h. Then the steps, whose states go into a list; "
        "the loss is torch.stack(states).square().mean(). backward() adds to U.grad by itself.",
    ),
    notice="to detach changes no state: h is the same with and without it. It only decides how "
    "far back the gradient goes, so no output of the network would tell you that it is missing.",
    takes={"chunks": "K T B D", "first": "K", "W": "H D", "U": "H H", "b": "H"},
    returns={"h_n": "B H", "U_grad": "H H"},
    reference=read_chunks,
    mistakes=(
        Mistake(
            "not-carried",
            "every chunk starts from zeros, whether its text goes on or not. "
            "Which state should a chunk start from that continues the one before?",
            {"torch.zeros_like(h) if begins else h.detach()": "torch.zeros_like(h)"},
        ),
        Mistake(
            "not-reset",
            "the state is carried into a new text too: what it holds there is about another one. "
            "What does first tell you?",
            {"torch.zeros_like(h) if begins else h.detach()": "h.detach()"},
        ),
        Mistake(
            "reset-inverted",
            "the state is reset where the text goes on, and carried where a new one begins. "
            "Which of the two does a 1 in first stand for?",
            {"if begins": "if not begins"},
        ),
        Mistake(
            "reset-late",
            "the reset comes one chunk late, after the steps of the chunk that begins a text. "
            "The zeros are what its first step starts from.",
            {START: "", BACKWARD: "loss.backward()\n        " + START.rstrip()},
        ),
        Mistake(
            "flag-of-the-chunk-before",
            "the state is reset by the flag of the chunk before. Of which chunk does "
            "first[k] speak?",
            {"zip(chunks, first,": "zip(chunks, torch.cat([first[:1], first[:-1]]),"},
        ),
        Mistake(
            "not-detached",
            "backward went into the chunk before, whose graph is gone: the state is carried with "
            "its history. Cut it off, and keep the result: h.detach() returns a new tensor and "
            "leaves h as it is.",
            {"h.detach()": "h"},
        ),
        Mistake(
            "graph-retained",
            "the gradient flows on into the chunks before: the graph is retained instead of cut. "
            "Each chunk more would make the backward pass longer.",
            {"h.detach()": "h", BACKWARD: "loss.backward(retain_graph=True)"},
        ),
        Mistake(
            "loss-of-earlier-chunks",
            "backward goes again through the steps of the chunks before, even where a new text "
            "begins: the loss still holds them. A chunk's loss is made of its own states alone.",
            {"        states = []\n": "", "h = torch.zeros(": "states = []\n    h = torch.zeros("},
        ),
        Mistake(
            "backward-at-every-step",
            "backward goes through the same steps again and again, and after the first time their "
            "graph is gone. A chunk has one loss, and backward is called once, after its steps.",
            {
                "states.append(h)": "states.append(h)\n            "
                "torch.stack(states).square().mean().backward()",
                BACKWARD: "",
            },
        ),
        Mistake(
            "detached-every-step",
            "the gradient is cut at every step, not only between chunks: U learns nothing from "
            "what happened more than one step ago.",
            {"+ h @": "+ h.detach() @"},
        ),
        Mistake(
            "at-every-step",
            "the state is detached, or reset, before every step. Both belong to the head of a "
            "chunk, before its first step.",
            {START: "", "h = torch.tanh(": START + "    h = torch.tanh("},
        ),
        Mistake(
            "no-gradient",
            "nothing that the loss is made of asks for a gradient. Is U without requires_grad_(), "
            "do the steps run under no_grad, or are the states detached before the loss is made?",
            {"(states).square()": "(states).detach().square()"},
        ),
        Mistake(
            "last-gradient-only",
            "U_grad is the last chunk's alone. backward() adds to what is in U.grad; do not empty "
            "it or start with a new U in between.",
            {BACKWARD: "U.grad = None\n        loss.backward()"},
        ),
        Mistake(
            "gradient-reset-too",
            "U_grad begins again with each new text. A reset is for the state; the gradient "
            "gathers over all chunks.",
            {BACKWARD: "U.grad = None if begins else U.grad\n        loss.backward()"},
        ),
        Mistake(
            "averaged",
            "U_grad is divided by the number of chunks. What gathers in U is a sum: one gradient "
            "a chunk, added up.",
            {"U.grad": "U.grad / len(chunks)"},
        ),
        Mistake(
            "sum-for-mean",
            "the loss is a sum of squares. Asked for is their mean, over steps, batch and units.",
            {"square().mean()": "square().sum()"},
        ),
        Mistake(
            "square-of-the-mean",
            "the states are averaged first and squared then, so that positive and negative ones "
            "cancel. The loss is the mean of their squares.",
            {"square().mean()": "mean().square()"},
        ),
        Mistake(
            "loss-of-last-state",
            "the loss is made of the last state of each chunk. It is the mean square of all "
            "states of the chunk.",
            {LOSS: "h.square().mean()"},
        ),
    ),
)
