"""Exercise: one step of additive attention, with its mask."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class SourceExercise(Exercise):
    """Draws which source tokens count: the first ones of each text, and at least one."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; one text is short and one fills the batch, and scores differ."""
        trials: list[Tensors] = []
        for query, values, mask, W, U, v in super().draw(generator):
            S, B = mask.shape
            lengths = torch.randint(1, S + 1, (B,), generator=generator, device="cpu")
            lengths[-1] = S
            if B > 1:
                lengths[0] = max(1, S - 2)
            mask = torch.arange(S, device="cpu")[:, None] < lengths
            trials.append((query, values, mask, W, U, 3 * v))
        return trials


def attend(
    query: Tensor, values: Tensor, mask: Tensor, W: Tensor, U: Tensor, v: Tensor
) -> tuple[Tensor, Tensor]:
    """The context (B, E) of ``query`` (B, H), and the weights (S, B) of ``values`` (S, B, E).

    Args:
        query: the decoder's last state.
        values: the encoder's outputs.
        mask: true where the source has a token, bools (S, B).
        W: (H, H), acts on the query.
        U: (H, E), acts on the values.
        v: (H), makes a score of H numbers.
    """
    hidden = torch.tanh(query @ W.T + values @ U.T)
    scores = hidden @ v
    scores = scores.masked_fill(~mask, -torch.inf)
    weights = torch.softmax(scores, dim=0)
    context = (weights[:, :, None] * values).sum(dim=0)
    return context, weights


MASKED = "scores.masked_fill(~mask, -torch.inf)"
SOFTMAX = "torch.softmax(scores, dim=0)"
CONTEXT = "(weights[:, :, None] * values).sum(dim=0)"

EXERCISE = SourceExercise(
    name="attention-step",
    title="Attention with its mask",
    level="complete",
    minutes=5,
    objective="18.2",
    hints=(
        "Three questions: which score makes a weight of exactly 0, along which axis do the weights "
        "add up to 1, and which axis is gone in the context?",
        "e to the power of minus infinity is 0, so a score of -torch.inf gives no weight at all. "
        "The softmax runs over the source, axis 0 of (S, B); so does the sum of weighted values.",
        "scores.masked_fill(~mask, -torch.inf); torch.softmax(scores, dim=0); then "
        "(weights[:, :, None] * values).sum(dim=0), where the new axis meets that of E.",
    ),
    notice="S appears in no weight matrix: the same W, U and v serve a source of 8 characters and "
    "one of 80. What grows with S is the work at each step.",
    takes={
        "query": "B H",
        "values": "S B E",
        "mask": "S B",
        "W": "H H",
        "U": "H E",
        "v": "H",
    },
    returns={"context": "B E", "weights": "S B"},
    places={"S": "source token {i}", "E": "number {i}"},
    reference=attend,
    mistakes=(
        Mistake(
            "mask-forgotten",
            "the padding gets weights, too, so that the context holds states that no token has "
            "made. What does the mask say?",
            {MASKED: "scores"},
        ),
        Mistake(
            "mask-inverted",
            "only the padding gets weights, and a text without padding gets 0 / 0. The mask is "
            "true where there is a token: which scores are to go?",
            {"~mask": "mask"},
        ),
        Mistake(
            "mask-after-the-softmax",
            "the padding gets no weight, but what is left no longer adds up to 1: its share was "
            "taken before. Put the mask in before the softmax.",
            {MASKED: "scores", SOFTMAX: "torch.softmax(scores, dim=0) * mask"},
        ),
        Mistake(
            "masked-in-the-context-only",
            "the weights are those without the mask, and the context leaves the padding's share "
            "out. Put the mask in before the softmax, and both are right.",
            {MASKED: "scores", "weights[:, :, None]": "(weights * mask)[:, :, None]"},
        ),
        Mistake(
            "zeros-for-scores",
            "the padding's scores are 0, or nearly, and e to the power of 0 is 1: a weight like "
            "any other. Which score makes a weight of 0?",
            {"-torch.inf": "0.0"},
        ),
        Mistake(
            "softmax-over-the-batch",
            "the weights add up to 1 over the batch, as if the texts shared one attention. Each "
            "text has weights of its own, over its source: which axis of (S, B) is that?",
            {"dim=0)\n    context": "dim=1)\n    context"},
        ),
        Mistake(
            "softmax-over-both",
            "the weights of all texts together add up to 1. Each text has weights of its own, "
            "over its source: which axis of (S, B) is that?",
            {SOFTMAX: "torch.softmax(scores.flatten(), dim=0).view(scores.shape)"},
        ),
        Mistake(
            "sigmoid",
            "each weight lies between 0 and 1, but they do not add up to 1: a sigmoid looks at "
            "one score alone. Here the tokens compete.",
            {SOFTMAX: "torch.sigmoid(scores)"},
        ),
        Mistake(
            "not-normalised",
            "these are e to the power of the scores. What must they be divided by, so that they "
            "add up to 1?",
            {SOFTMAX: "torch.exp(scores)"},
        ),
        Mistake(
            "log-softmax",
            "these are logarithms of weights. The values are mixed by the weights themselves.",
            {SOFTMAX: "torch.log_softmax(scores, dim=0)"},
        ),
        Mistake(
            "scaled",
            "the scores are divided by the root of H before the softmax. That belongs to scaled "
            "dot products; additive scores stay as they are.",
            {SOFTMAX: "torch.softmax(scores / len(v) ** 0.5, dim=0)"},
        ),
        Mistake(
            "mean-of-all",
            "the weights are right, but the context does not use them: it is the plain mean of "
            "all S values, padding included.",
            {CONTEXT: "values.mean(dim=0)"},
        ),
        Mistake(
            "mean-of-the-tokens",
            "the weights are right, but the context does not use them: it is the plain mean over "
            "each source's tokens.",
            {CONTEXT: "(mask[:, :, None] * values).sum(dim=0) / mask.sum(dim=0)[:, None]"},
        ),
        Mistake(
            "mean-for-sum",
            "the weights are right, and the context is too small, by S: weights that add up to 1 "
            "make a mean already, so that the weighted values are only to be added.",
            {"values).sum(dim=0)": "values).mean(dim=0)"},
        ),
        Mistake(
            "likeliest-only",
            "the weights are right, but the context is the one value with the largest weight. All "
            "values go in, each by its weight: only so does a gradient reach every score.",
            {CONTEXT: "values[weights.argmax(dim=0), torch.arange(len(query))]"},
        ),
        Mistake(
            "not-summed",
            "the weights are right, and each value is weighted, (S, B, E). The context is their "
            "sum over the source.",
            {CONTEXT: "weights[:, :, None] * values"},
        ),
        Mistake(
            "summed-over-the-batch",
            "the weights are right, but the weighted values of different texts are added. Which "
            "axis of (S, B, E) is the source?",
            {"values).sum(dim=0)": "values).sum(dim=1)"},
        ),
        Mistake(
            "weights-without-an-axis",
            "weights (S, B) meet values (S, B, E), and torch lines shapes up from the right. The "
            "weights need an axis more, at their end.",
            {"weights[:, :, None]": "weights"},
        ),
        Mistake(
            "mix-of-what-was-compared",
            "the weights are right, but hidden is mixed, (B, H), which only served to compare. "
            "The context is made of the values.",
            {CONTEXT: "(weights[:, :, None] * hidden).sum(dim=0)"},
        ),
        Mistake(
            "not-squeezed",
            "the numbers are right, but the weights have an axis of size 1 at their end: a score "
            "is one number a place, so squeeze it away.",
            {"return context, weights": "return context, weights[:, :, None]"},
        ),
        Mistake(
            "exchanged",
            "both are right, but they have changed places: the context comes first.",
            {"return context, weights": "return weights, context"},
        ),
    ),
)
