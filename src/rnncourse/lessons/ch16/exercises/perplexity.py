"""Exercise: bits a token and perplexity, over the tokens that count."""

from __future__ import annotations

from math import log

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class TokensExercise(Exercise):
    """Draws scores, what came, and which of that counts: in each sequence something does."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; sequences differ in how many of their tokens count."""
        trials: list[Tensors] = []
        for logits, target, mask in super().draw(generator):
            T, B, V = logits.shape
            target = torch.randint(V, target.shape, generator=generator, device="cpu")
            mask = mask > 0
            mask[torch.randint(T, (B,), generator=generator, device="cpu"), torch.arange(B)] = True
            if T > 1 and B > 1:
                mask[:, 0], mask[0, 1], mask[1, 1] = True, True, False
            trials.append((3 * logits, target, mask))
        return trials


def perplexity(logits: Tensor, target: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Bits a token, and perplexity, over the tokens whose ``mask`` (T, B) is true."""
    log_p = torch.log_softmax(logits, dim=-1)
    nats = -log_p.gather(2, target[:, :, None])[:, :, 0]
    mean = (nats * mask).sum() / mask.sum()
    bits = mean / log(2)
    return bits, torch.exp(mean)


OVER_TOKENS = "(nats * mask).sum() / mask.sum()"
BITS = "mean / log(2)"
PERPLEXITY = "torch.exp(mean)"
MISMATCH = (
    "the bits are right. The perplexity undoes the logarithm, so its base must be that of the unit "
    "you put in: 2 for bits, e for nats."
)
WRONG_FACTOR = "A bit is log 2 = 0.69 nats, so the same cost is a larger number in bits."

EXERCISE = TokensExercise(
    name="perplexity",
    title="Bits and perplexity",
    level="complete",
    minutes=5,
    objective="16.1",
    hints=(
        "Three questions: which of the costs count, how many are they, and in which unit are they?",
        "Add up the costs whose mask is true and divide by how many those are: nats a token. A bit "
        "is log 2 nats. The perplexity undoes the logarithm: e to the nats, or 2 to the bits.",
        "(nats * mask).sum() / mask.sum() is the mean in nats. Divide it by log(2) for bits; "
        "torch.exp of the nats, or 2 ** bits, is the perplexity.",
    ),
    notice="the mean is taken first and the power last, once. That is why a perplexity cannot be "
    "averaged over batches, and bits can be, if each batch has the same number of tokens.",
    takes={"logits": "T B V", "target": "T B", "mask": "T B"},
    returns={"bits": "", "ppl": ""},
    reference=perplexity,
    mistakes=(
        Mistake(
            "mask-ignored",
            "all T·B tokens are counted. Some of them are no text, or are not asked for: what does "
            "the mask say?",
            {OVER_TOKENS: "nats.mean()"},
        ),
        Mistake(
            "zeroed-but-counted",
            "what does not count is out of the sum, but still in the number that you divide by: "
            "each such token counts as one that was guessed for certain.",
            {OVER_TOKENS: "(nats * mask).mean()"},
        ),
        Mistake(
            "all-in-the-sum",
            "you divide by the right number, but the sum holds the tokens that do not count, too.",
            {"(nats * mask).sum()": "nats.sum()"},
        ),
        Mistake(
            "mean-of-means",
            "each sequence gets a mean of its own, and then all sequences weigh the same, however "
            "many of their tokens count. Here each token weighs the same.",
            {OVER_TOKENS: "((nats * mask).sum(dim=0) / mask.sum(dim=0)).mean()"},
        ),
        Mistake(
            "mean-of-steps",
            "each step gets a mean of its own, and then all steps weigh the same, however many of "
            "their tokens count. Here each token weighs the same.",
            {
                OVER_TOKENS: "torch.stack([n[m].mean() for n, m in zip(nats, mask, strict=True)"
                " if m.any()]).mean()"
            },
        ),
        Mistake(
            "perplexity-of-each",
            "the bits are right. The perplexity is a mean of one perplexity a token, which a few "
            "bad guesses rule. Take the mean of the costs first, and the power of that.",
            {PERPLEXITY: "(nats.exp() * mask).sum() / mask.sum()"},
        ),
        Mistake(
            "perplexity-of-each-sequence",
            "the bits are right. The perplexity is a mean of one perplexity a sequence. Take the "
            "mean over all tokens that count first, and the power of that.",
            {PERPLEXITY: "((nats * mask).sum(dim=0) / mask.sum(dim=0)).exp().mean()"},
        ),
        Mistake(
            "nats-for-bits",
            "the perplexity is right. What you call bits are nats: torch's logarithm is the "
            "natural one. How many nats are a bit?",
            {BITS: "mean"},
        ),
        Mistake(
            "nats-throughout",
            "both are made of nats as if they were bits. Torch's logarithm is the natural one: "
            "how many nats are a bit?",
            {BITS: "mean", PERPLEXITY: "2**mean"},
        ),
        Mistake("exp-of-bits", MISMATCH, {PERPLEXITY: "torch.exp(bits)"}),
        Mistake("two-to-the-nats", MISMATCH, {PERPLEXITY: "2**mean"}),
        Mistake(
            "multiplied-by-log-2",
            f"the perplexity is right; the bits went the wrong way. {WRONG_FACTOR}",
            {BITS: "mean * log(2)"},
        ),
        Mistake(
            "multiplied-in-both",
            f"nats became bits the wrong way, and the perplexity is made of that. {WRONG_FACTOR}",
            {BITS: "mean * log(2)", PERPLEXITY: "2**bits"},
        ),
        Mistake(
            "sum",
            "these are the bits of all tokens together, and 2 to their power. Asked is one token "
            "on average: how many are they?",
            {OVER_TOKENS: "(nats * mask).sum()"},
        ),
        Mistake(
            "mask-inverted",
            "you count what does not count, and nothing else: the mask is true where a token does.",
            {OVER_TOKENS: "(nats * ~mask).sum() / (~mask).sum()"},
        ),
        Mistake(
            "sign-lost",
            "a cost is the logarithm's opposite: a probability below 1 has a negative logarithm, "
            "and no perplexity lies below 1.",
            {"-log_p": "log_p"},
        ),
        Mistake(
            "sign-in-the-perplexity",
            "the bits are right. The perplexity is below 1: 2 to the power of the bits, not of "
            "their opposite.",
            {PERPLEXITY: "torch.exp(-mean)"},
        ),
        Mistake(
            "cost-of-the-mean",
            "you take the mean of the probabilities and then its logarithm. Each guess has a cost, "
            "and the mean is taken of the costs.",
            {OVER_TOKENS: "-((torch.exp(-nats) * mask).sum() / mask.sum()).log()"},
        ),
        Mistake(
            "exchanged",
            "both are right, but they have changed places: the bits come first.",
            {"return bits, torch.exp(mean)": "return torch.exp(mean), bits"},
        ),
        Mistake(
            "softmax-over-the-batch",
            "the softmax runs over the sequences. Which axis of logits (T, B, V) holds what may "
            "come?",
            {"dim=-1": "dim=1"},
        ),
        Mistake(
            "no-softmax",
            "logits are scores, not logarithms of probabilities. What makes the one of the other?",
            {"torch.log_softmax(logits, dim=-1)": "logits"},
        ),
    ),
)
