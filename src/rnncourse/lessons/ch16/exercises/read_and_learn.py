"""Exercise: dynamic evaluation, a model that learns from each chunk after it has been measured."""

from __future__ import annotations

from math import log

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (
    *((4, 3, 5, 6), (3, 5, 4, 2), (5, 2, 3, 4), (2, 4, 3, 7)),
    *((1, 3, 4, 5), (3, 1, 4, 5), (3, 4, 1, 5), (3, 2, 4, 1)),
)
"""``(C, T, H, D)`` of each call; on the first a gradient that is kept shows at the third chunk."""


class TextExercise(Exercise):
    """Draws a text in chunks, each character's successor, and a learning rate that shows."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; ``y`` is ``x`` one character on, and the chunks follow each other."""

        def weights(*shape: int) -> Tensor:
            drawn = torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu")
            return 2 * drawn - 1

        trials: list[Tensors] = []
        for C, T, H, D in _SIZES:
            text = torch.randint(D, (C * T + 1,), generator=generator, device="cpu")
            x, y = text[:-1].view(C, T), text[1:].view(C, T)
            lr = torch.tensor(0.5, dtype=torch.float64, device="cpu")
            trials.append((x, y, lr, weights(H, D), weights(H, H), weights(D, H)))
        return trials


def scores(x: Tensor, h: Tensor, W: Tensor, U: Tensor, V: Tensor) -> tuple[Tensor, Tensor]:
    """Scores after each of the characters ``x`` (T), (T, D), and the last state, (H)."""
    found = []
    for token in x:
        h = torch.tanh(W[:, token] + U @ h)
        found.append(V @ h)
    return torch.stack(found), h


def read_and_learn(x: Tensor, y: Tensor, lr: Tensor, W: Tensor, U: Tensor, V: Tensor) -> Tensor:
    """Read ``x`` (C, T), C chunks of a text; bits of each of ``y`` (C, T), before it is learned."""
    weights = [w.clone().requires_grad_() for w in (W, U, V)]
    h, bits = torch.zeros(len(U)), []
    for x_k, y_k in zip(x, y, strict=True):
        logits, h = scores(x_k, h, *weights)
        nats = cross_entropy(logits, y_k, reduction="none")
        bits.append(nats.detach() / log(2))
        nats.mean().backward()
        for w in weights:
            w.data -= lr * w.grad  # type: ignore[operator]
            w.grad = None
        h = h.detach()
    return torch.stack(bits)


def _with_adam(x: Tensor, y: Tensor, lr: Tensor, W: Tensor, U: Tensor, V: Tensor) -> Tensor:
    weights = [w.clone().requires_grad_() for w in (W, U, V)]
    adam = torch.optim.Adam(weights, lr=float(lr))
    h, bits = torch.zeros(len(U)), []
    for x_k, y_k in zip(x, y, strict=True):
        logits, h = scores(x_k, h.detach(), *weights)
        nats = cross_entropy(logits, y_k, reduction="none")
        bits.append(nats.detach() / log(2))
        adam.zero_grad()
        nats.mean().backward()
        adam.step()
    return torch.stack(bits)


READ = "logits, h = scores(x_k, h, *weights)"
MEASURED = "bits.append(nats.detach() / log(2))\n        "
STEP = "w.data -= lr * w.grad"
DETACHED = "h = h.detach()"
ZEROED = "w.grad = None"
AGAIN = "cross_entropy({}, y_k, reduction='none').detach() / log(2)"
LEAK = (
    "each chunk is measured after the model has learned from it. That looks far better, and is "
    "worth nothing: it has seen the answers. Measure first, learn after."
)
WEIGHTS_STAY = "The weights that it learns by are W, U and V, all three."

EXERCISE = TextExercise(
    name="read-and-learn",
    title="Learn while you read",
    level="transfer",
    minutes=20,
    objective="16.1",
    hints=(
        "Each chunk has four parts: read it, measure it, learn from it, hand on the state. In "
        "which order, and what must not be handed on?",
        "scores gives logits and the state; cross_entropy(…, reduction='none') the nats of each "
        "character. Keep them as bits, detached, before backward() of their mean changes anything.",
        "Copies of W, U and V with requires_grad_() go into torch.optim.SGD(weights, "
        "lr=float(lr)). A chunk ends with zero_grad(), backward(), step() and h = h.detach().",
    ),
    notice="the order of two lines decides whether the number is a result or a leak, and nothing "
    "else tells: no error, no odd shape, only a number that is a little too good.",
    takes={"x": "C T", "y": "C T", "lr": "", "W": "H D", "U": "H H", "V": "D H"},
    returns={"bits": "C T"},
    places={"C": "chunk {t}"},
    reference=read_and_learn,
    mistakes=(
        Mistake(
            "learns-first",
            LEAK,
            {
                READ: "start = h\n        " + READ,
                MEASURED: "",
                DETACHED: "logits, h = scores(x_k, start, *weights)\n        h = h.detach()\n"
                f"        bits.append({AGAIN.format('logits')})",
            },
        ),
        Mistake(
            "learns-first-old-state",
            LEAK,
            {
                READ: "start = h\n        " + READ,
                MEASURED: "",
                DETACHED: "h = h.detach()\n        "
                f"bits.append({AGAIN.format('scores(x_k, start, *weights)[0]')})",
            },
        ),
        Mistake(
            "learns-the-text-first",
            "the whole text is learned from first, and measured then. It has seen all the answers: "
            "measure each chunk before you learn from it.",
            {
                "    return torch.stack(bits)": "    h, bits = torch.zeros(len(U)), []\n"
                "    for x_k, y_k in zip(x, y, strict=True):\n"
                "        logits, h = scores(x_k, h.detach(), *weights)\n"
                f"        bits.append({AGAIN.format('logits')})\n"
                "    return torch.stack(bits)"
            },
        ),
        Mistake(
            "state-not-carried",
            "each chunk starts from zeros. The text goes on, so the state does, too.",
            {DETACHED: "h = torch.zeros_like(h)"},
        ),
        Mistake(
            "not-learning",
            "nothing is learned: the bits are those of the weights that were handed in. Is the "
            "step missing, or do W, U and V begin anew at each chunk?",
            {STEP: "pass"},
        ),
        Mistake(
            "neither-learned-nor-carried",
            "the weights stay what they were, and each chunk starts from zeros. Both are to go on "
            "from one chunk to the next.",
            {STEP: "pass", DETACHED: "h = torch.zeros_like(h)"},
        ),
        Mistake(
            "gradient-not-zeroed",
            "the first two chunks are right. From the third on the step has the gradients of "
            "earlier chunks in it: backward() adds to what is there.",
            {ZEROED: "pass"},
        ),
        Mistake(
            "not-detached",
            "backward went into the chunk before, whose graph is gone: the state is carried with "
            "its history. Cut it off, and keep the result: h.detach() returns a new tensor.",
            {DETACHED: "pass"},
        ),
        Mistake(
            "uphill",
            "the weights go up the slope: each step makes the chunk that was read less likely.",
            {STEP: "w.data += lr * w.grad"},
        ),
        Mistake(
            "adam",
            "Adam makes each weight's step as long as the rate, whatever its gradient. Asked is a "
            "step of plain gradient descent: the rate times the gradient.",
            _with_adam,
        ),
        Mistake(
            "sum-for-mean",
            "the step is too long, by the number of characters in a chunk: the loss is their mean.",
            {"nats.mean()": "nats.sum()"},
        ),
        Mistake(
            "loss-in-bits",
            "the step is too long, by one over log 2: the loss that is learned from is in nats.",
            {"nats.mean()": "(nats.mean() / log(2))"},
        ),
        Mistake(
            "nats-returned",
            "these are nats. One bit is log 2 nats.",
            {"nats.detach() / log(2)": "nats.detach()"},
        ),
        Mistake(
            "a-mean-each-chunk",
            "that is one mean a chunk. Asked are the bits of each character, (C, T).",
            {"bits.append(nats.detach() / log(2))": "bits.append(nats.detach().mean() / log(2))"},
        ),
        Mistake(
            "learns-from-the-last",
            "only the last character of each chunk is learned from. The loss is the mean over all.",
            {"nats.mean()": "nats[-1]"},
        ),
        Mistake(
            "learns-at-every-character",
            "a step is made after each character. Asked is one step a chunk.",
            {
                "zip(x, y, strict=True)": "zip(x.view(-1, 1), y.view(-1, 1), strict=True)",
                "torch.stack(bits)": "torch.stack(bits).view(x.shape)",
            },
        ),
        Mistake(
            "readout-only",
            f"only V learns. {WEIGHTS_STAY}",
            {"for w in weights:": "for w in weights[2:]:"},
        ),
        Mistake(
            "all-but-the-readout",
            f"V does not learn. {WEIGHTS_STAY}",
            {"for w in weights:": "for w in weights[:2]:"},
        ),
        Mistake(
            "state-of-a-second-reading",
            "the state that you hand on comes from reading the chunk again, with the weights after "
            "the step. Each chunk is read once.",
            {
                READ: "start = h\n        " + READ,
                DETACHED: "_, h = scores(x_k, start, *weights)\n        h = h.detach()",
            },
        ),
        Mistake(
            "inputs-for-targets",
            "the model is asked for the character that it has just read. What came next is in y.",
            {"cross_entropy(logits, y_k": "cross_entropy(logits, x_k"},
        ),
    ),
)
