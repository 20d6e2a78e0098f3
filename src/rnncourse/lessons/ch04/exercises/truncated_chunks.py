"""Exercise: a sequence read in chunks; the state is carried over, its gradient is not."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def run_in_chunks(x: Tensor, y: Tensor, W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Read in chunks of two steps; differentiate ``ℓ = ½ Σ (h_t − y_t)²`` inside each.

    ``(T, B, D), (T, B, H) -> (T, B, H), (H, H)``, the states and what is left of ``∂ℓ/∂U``.
    """
    U = U.detach().clone().requires_grad_()
    h, states = torch.zeros_like(y[0]), []
    for start in range(0, len(x), 2):
        h = h.detach()
        for t in range(start, min(start + 2, len(x))):
            h = torch.tanh(x[t] @ W.T + h @ U.T + b)
            states.append(h)
    output = torch.stack(states)
    loss = 0.5 * (output - y).square().sum()
    (dU,) = torch.autograd.grad(loss, U)
    return output, dU


STARTS = "range(0, len(x), 2)"
ERRORS = "(output - y)"
TIMES = "[(len(x) + 1) // 2 - t // 2 for t in range(len(x))]"

EXERCISE = Exercise(
    name="truncated-chunks",
    title="Chunks: carry the state, cut its gradient",
    level="write",
    minutes=15,
    objective="04.3",
    hints=(
        "Two loops: one over the starts of the chunks, 0, 2, 4, …, and inside it one over the "
        "steps of a chunk. What must happen to h between two chunks, and what must not?",
        "detach() returns a state with the same numbers and no history: take it at the start of "
        "every chunk. U needs a copy that asks for a gradient.",
        "Gather all states, stack them, build ½ Σ (h − y)² and call backward once: where you cut, "
        "the gradient stops by itself. A slice x[start : start + 2] may be shorter at the end.",
    ),
    notice="output is the same for chunks of any length: detach changes no number on the way "
    "there. And even with chunks of one step dU is not 0: every step still has its own use of U.",
    takes={"x": "T B D", "y": "T B H", "W": "H D", "U": "H H", "b": "H"},
    returns={"output": "T B H", "dU": "H H"},
    reference=run_in_chunks,
    mistakes=(
        Mistake(
            "no-detach",
            "dU is the whole gradient: nothing was cut. Which call, at the "
            "end of a chunk, keeps a state's numbers and forgets where they came from?",
            {"h = h.detach()": "pass"},
        ),
        Mistake(
            "reset",
            "every chunk starts from zeros, so nothing is remembered from one to the next. "
            "Only the gradient is to be cut, not the state.",
            {"h = h.detach()": "h = torch.zeros_like(h)"},
        ),
        Mistake(
            "detached-at-every-step",
            "the gradient is cut after every step, so that chunks of two "
            "steps are chunks of one. Where in your loops does the cut stand?",
            {"h @ U.T": "h.detach() @ U.T"},
        ),
        Mistake(
            "chunk-too-long",
            "the gradient is cut after every third step. "
            "A chunk has two: which index does the next one start from?",
            {STARTS: "range(0, len(x), 3)", "start + 2": "start + 3"},
        ),
        Mistake(
            "chunk-off-by-one",
            "the gradient is cut between the two steps of each chunk, not "
            "after them: the first chunk has one step. Chunks start at 0, 2, 4, … in Python's "
            "counting.",
            {STARTS: "range(-1, len(x), 2)", "range(start,": "range(max(start, 0),"},
        ),
        Mistake(
            "cut-before-the-loss",
            "the second state of each chunk is cut off before the loss gets "
            "it, and so is not blamed. Cut what the next chunk starts from, not what the loss "
            "sees.",
            {"append(h)": "append(h if t % 2 == 0 else h.detach())"},
        ),
        Mistake(
            "last-chunk-only",
            "dU is the gradient of the last chunk alone. "
            "Every chunk has one; what becomes of them? (If you zero a .grad, where?)",
            {ERRORS: "(output - y)[(len(x) - 1) // 2 * 2 :]"},
        ),
        Mistake(
            "chunks-counted-again",
            "the earlier chunks count more than once, the first as often as there are chunks. Is "
            "something that grows from chunk to chunk, a loss or U.grad, added anew at each?",
            {ERRORS: f"(torch.tensor({TIMES}).sqrt()[:, None, None] * {ERRORS})"},
        ),
        Mistake(
            "mean-over-chunks",
            "the chunks' gradients are averaged. The loss is a sum over all steps.",
            {"return output, dU": "return output, dU / len(range(0, len(x), 2))"},
        ),
        Mistake(
            "mean-loss",
            "dU is too small by the number of elements of output: the loss "
            "is ½ times a sum, and a mean is a sum divided by that.",
            {".sum()": ".mean()"},
        ),
        Mistake(
            "half-forgotten",
            "dU is the gradient of a loss twice as large. Which factor stands before the sum?",
            {"0.5 * ": ""},
        ),
        Mistake(
            "last-loss-of-chunk",
            "only the last step of each chunk has a loss. The loss is a sum over all steps.",
            {ERRORS: "(output - y)[sorted({*range(1, len(x), 2), len(x) - 1})]"},
        ),
        Mistake(
            "last-loss-only",
            "only the very last step has a loss. The loss is a sum over all steps.",
            {ERRORS: "(output - y)[-1]"},
        ),
        Mistake(
            "rest-dropped",
            "the steps that do not fill a chunk are left out. The last chunk may be shorter.",
            {STARTS: "range(0, len(x) - 1, 2)", ERRORS: "(output - y[: len(output)])"},
        ),
        Mistake(
            "overlapping",
            "chunks overlap: the second one starts at the second step, so most steps are read "
            "twice. By how much must the start move from chunk to chunk?",
            {STARTS: "range(len(x))", "stack(states)": "stack(states[: len(x)])"},
        ),
        Mistake(
            "nothing-asks-for-a-gradient",
            "nothing that the loss is made of asks for a gradient. Was U told to "
            "(requires_grad_), and does the loss get each state before it is cut off?",
            {".requires_grad_()": ""},
        ),
    ),
)
