"""Exercise: a decoder writes by itself, the likeliest token each time, until it has ended."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

_SIZES = (
    *((9, 5, 4, 7), (7, 6, 5, 8), (10, 4, 3, 6), (8, 3, 5, 9)),
    *((1, 4, 5, 6), (8, 1, 4, 6), (7, 5, 1, 6), (5, 3, 4, 1)),
)
"""``(T, B, H, D)`` of each call."""


class DecoderExercise(Exercise):
    """Draws a decoder that writes more than one token, and ends some texts before others."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; END is the token that comes up early in some texts, late in others.

        Of several drawn decoders the one is taken in which most is to be told apart.
        """

        def weights(scale: float, *shape: int) -> Tensor:
            drawn = torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu")
            return scale * (2 * drawn - 1)

        trials: list[Tensors] = []
        for T, B, H, D in _SIZES:
            drawn = []
            for _ in range(20):
                h, W, U, V = weights(1, B, H), weights(3, H, D), weights(3, H, H), weights(2, D, H)
                target = torch.randint(D, (T, B), generator=generator, device="cpu")
                for end in range(D):
                    start = (end + 1) % D
                    numbers = torch.tensor(start, device="cpu"), torch.tensor(end, device="cpu")
                    drawn.append((h, *numbers, target, W, U, V))
            trials.append(max(drawn, key=_told_apart))
        return trials


def _told_apart(trial: Tensors) -> float:
    """How much a trial shows: tokens that differ, and texts that end at different steps."""
    h, start, end, target, W, U, V = trial
    text = translate(h, start, torch.tensor(-1, device="cpu"), target, W, U, V)
    ended = [int(n) for n in (text == end).cumsum(dim=0).eq(0).sum(dim=0)]
    ends = len({n for n in ended if 0 < n < len(text) - 1})
    return 3 * ends + len(text.unique()) - 2 * (0 in ended) + (len(text) in ended)


def step(token: Tensor, h: Tensor, W: Tensor, U: Tensor, V: Tensor) -> tuple[Tensor, Tensor]:
    """One step of a simple decoder: tokens (B) and states (B, H) give scores (B, D) and states."""
    h = torch.tanh(W.T[token] + h @ U.T)
    return h @ V.T, h


def translate(
    h: Tensor, start: Tensor, end: Tensor, target: Tensor, W: Tensor, U: Tensor, V: Tensor
) -> Tensor:
    """What the decoder writes from the states ``h`` (B, H), ids (T, B).

    Args:
        h: what the encoder hands over.
        start: the token that is read first.
        end: the token that ends a text; what follows it is ``end`` again.
        target: what should be written, (T, B); only its length is used.
        W: (H, D), acts on the token.
        U: (H, H), acts on the state.
        V: (D, H), makes scores of the state.
    """
    token = start.expand(len(h))
    written = []
    for _ in target:
        scores, h = step(token, h, W, U, V)
        token = scores.argmax(dim=1)
        written.append(token)
    text = torch.stack(written)
    over = (text == end).cumsum(dim=0) > 0
    return torch.where(over, end, text)


READ = "step(token, h, W, U, V)"
CHOSEN = "token = scores.argmax(dim=1)"
KEPT = "written.append(token)"
OVER = "(text == end).cumsum(dim=0) > 0"
FOR_ITSELF = "Each text ends for itself, and the others go on writing."
AFTER = "(text == end).cumsum(dim=0) - (text == end).long() > 0"
"""Where a text has ended before."""

EXERCISE = DecoderExercise(
    name="translate-greedily",
    title="Write by itself",
    level="write",
    minutes=15,
    starred=True,
    objective="18.1",
    hints=(
        "Each turn of the loop has three parts: read a token, choose one, keep it. Which token is "
        "read in the first turn, and which in all others?",
        "Start from a tensor of B times start. step gives scores and the new state; the argmax "
        "over dim=1 is what is written, and what the next turn reads. Make T turns, for all texts.",
        "Stack the tokens to text (T, B). (text == end).cumsum(dim=0) > 0 is true from each text's "
        "first END on; there, torch.where puts end.",
    ),
    notice="no token of target is read, only its length, so this runs on sources whose translation "
    "nobody knows. The loop of training does not: it is fed the target.",
    takes={
        "h": "B H",
        "start": "",
        "end": "",
        "target": "T B",
        "W": "H D",
        "U": "H H",
        "V": "D H",
    },
    returns={"written": "T B"},
    reference=translate,
    mistakes=(
        Mistake(
            "teacher-forcing",
            "the decoder reads the target, whatever it has written itself. That is how it is "
            "trained; when it translates there is no target, and it reads its own last token.",
            {
                CHOSEN: "chosen = scores.argmax(dim=1)",
                KEPT: "written.append(chosen)\n        token = target[len(written) - 1]",
            },
        ),
        Mistake(
            "reads-what-it-is-to-write",
            "at each step the decoder reads the very token of the target that it is to write. It "
            "reads start first, and then what it has written itself.",
            {READ: "step(target[len(written)], h, W, U, V)"},
        ),
        Mistake(
            "start-each-time",
            "the decoder reads start at each step, so that it does not know what it has chosen. "
            "From the second step on it reads its own last token.",
            {READ: "step(start.expand(len(h)), h, W, U, V)"},
        ),
        Mistake(
            "state-not-carried",
            "each step begins from the first h again. What has been written stands in the state "
            "that step returns.",
            {"scores, h =": "scores, _ ="},
        ),
        Mistake(
            "one-token-for-ever",
            "the decoder reads start and the first h at each step, so that it writes one token for "
            "ever. Both the token and the state go on to the next step.",
            {"scores, h =": "scores, _ =", READ: "step(start.expand(len(h)), h, W, U, V)"},
        ),
        Mistake(
            "source-not-read",
            "the decoder starts from zeros, so that it has never heard of the source: h is what "
            "the encoder hands over.",
            {"= start.expand(len(h))": "= start.expand(len(h))\n    h = torch.zeros_like(h)"},
        ),
        Mistake(
            "begins-with-end",
            "the first token that is read is end. In training it was start.",
            {"start.expand(len(h))": "end.expand(len(h))"},
        ),
        Mistake(
            "writes-on",
            "the tokens are right up to each text's first end. What is written after it does not "
            "belong to the translation: there, put end.",
            {"torch.where(over, end, text)": "text"},
        ),
        Mistake(
            "zeros-after-the-end",
            "after a text's first end come zeros. Here an ended text is filled up with end.",
            {OVER: AFTER, "torch.where(over, end, text)": "torch.where(over, 0, text)"},
        ),
        Mistake(
            "end-put-out",
            "a text's end has become 0 itself, and all that follows. The end stays, and an ended "
            "text is filled up with end.",
            {"torch.where(over, end, text)": "torch.where(over, 0, text)"},
        ),
        Mistake(
            "all-stop-with-the-first",
            "all stop as soon as one text has ended, so that rows are missing: asked are T. "
            f"{FOR_ITSELF}",
            {KEPT: "written.append(token)\n        if (token == end).any():\n            break"},
        ),
        Mistake(
            "all-end-with-the-first",
            f"at the step at which the first text ends, all others become end, too. {FOR_ITSELF}",
            {OVER: "(text == end).any(dim=1, keepdim=True).cumsum(dim=0) > 0"},
        ),
        Mistake(
            "all-end-after-the-first",
            "from the step after the first text's end on, all others are filled up with end. "
            f"{FOR_ITSELF}",
            {
                OVER: "((text == end).any(dim=1, keepdim=True).cumsum(dim=0).roll(1, 0) > 0)"
                " & (torch.arange(len(text))[:, None] > 0) | (text == end)"
            },
        ),
        Mistake(
            "cut-when-all-have-ended",
            "the tokens are right, but where all texts have ended early there are fewer than T "
            "rows. To stop then is wise; fill up with end to T rows.",
            {
                KEPT: "written.append(token)\n"
                "        if (torch.stack(written) == end).any(dim=0).all():\n"
                "            break"
            },
        ),
        Mistake(
            "drawn",
            "a token is drawn by its probability. Asked is the likeliest one: a translation is to "
            "be right, not lively.",
            {CHOSEN: "token = torch.multinomial(scores.softmax(dim=1), 1)[:, 0]"},
        ),
        Mistake(
            "start-kept",
            "the first row is start, which was read and not written: the rows begin with the first "
            "token that the decoder chooses.",
            {"written = []": "written = [token]"},
        ),
        Mistake(
            "start-kept-and-cut",
            "the first row is start, which was read and not written, so that all rows come one "
            "step late.",
            {
                "written = []": "written = [token]",
                "torch.stack(written)": "torch.stack(written[:-1])",
            },
        ),
        Mistake(
            "argmax-over-the-batch",
            "the argmax runs over the batch: for each token it says which text wants it most. "
            "Which axis of (B, D) holds the tokens?",
            {"argmax(dim=1)": "argmax(dim=0)"},
        ),
        Mistake(
            "one-step-for-all-texts",
            "the argmax runs over all texts at once. Each text chooses a token of its own: over "
            "which axis of (B, D)?",
            {"scores.argmax(dim=1)": "scores.flatten().argmax() % scores.shape[1] + 0 * token"},
        ),
    ),
)
