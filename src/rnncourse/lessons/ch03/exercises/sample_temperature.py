"""Exercise: a simple network goes on writing, one drawn token after the other."""

from __future__ import annotations

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors


class SamplingExercise(Exercise):
    """Draws a positive temperature, far from 1, and uniform numbers from 0 to 1."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; weights are scaled up, so that tokens differ in probability.

        The first input has more tokens than sequences, and small numbers in u: there ``pick``
        finds a token even if p does not sum to 1, so that its numbers show what is wrong.
        """
        drawn = super().draw(generator)
        drawn.sort(key=_tokens_for_each_sequence, reverse=True)
        return [
            (h, u.abs() * (1.0 if k else 0.3), 0 * tau + (0.5 if k % 2 else 2.0), W, U, 2 * V)
            for k, (h, u, tau, W, U, V) in enumerate(drawn)
        ]


def _tokens_for_each_sequence(trial: Tensors) -> float:
    (T, B), (H, D) = trial[1].shape, trial[3].shape
    return D / B if min(T, B, H, D) > 1 else 0.0


def pick(p: Tensor, u_t: Tensor) -> Tensor:
    """The token whose share of [0, 1) a uniform number falls into, (B, D), (B) -> (B)."""
    return (p.cumsum(dim=-1) <= u_t[:, None]).sum(dim=-1)


def write_tokens(
    h: Tensor, u: Tensor, temperature: Tensor, W: Tensor, U: Tensor, V: Tensor
) -> Tensor:
    """Draw ``T`` tokens, starting from the state ``h`` (B, H), by uniform numbers ``u`` (T, B).

    Returns:
        ``p`` (T, B, D): the distribution that each token was drawn from.
    """
    rows = []
    for u_t in u:
        y = h @ V.T
        p = torch.softmax(y / temperature, dim=-1)
        rows.append(p)
        token = pick(p, u_t)
        h = torch.tanh(W.T[token] + h @ U.T)
    return torch.stack(rows)


SOFTMAX = "torch.softmax(y / temperature, dim=-1)"
DRAWN = "pick(p, u_t)"
KEPT = "rows.append(p)"
OWN_CHANCE = (
    "the tokens are drawn by another chance than u's, and nobody could write the same text again. "
    "`pick` takes the token that u_t asks for."
)

EXERCISE = SamplingExercise(
    name="sample-temperature",
    title="Writing with a temperature",
    level="write",
    minutes=15,
    starred=True,
    objective="03.2",
    hints=(
        "Each turn of the loop has four parts: the state gives a distribution; it is kept; a "
        "token is taken from it; token and state give the next state.",
        "The logits V h are divided by the temperature before the softmax, and the softmax runs "
        "over the tokens, the last axis of (B, D). What is kept is this distribution.",
        "In rows: h @ V.T is (B, D). W times a one-hot vector is a column of W, so W.T[token] is "
        "(B, H); it is added to h @ U.T inside the tanh. Stack what you have kept.",
    ),
    notice="the last row of u leaves no trace in p: its tokens are drawn, and would only be seen "
    "in the distributions of the step after.",
    takes={"h": "B H", "u": "T B", "temperature": "", "W": "H D", "U": "H H", "V": "D H"},
    returns={"p": "T B D"},
    places={"D": "token {i}"},
    reference=write_tokens,
    mistakes=(
        Mistake(
            "temperature-multiplied",
            "the logits are multiplied by the temperature: it works the wrong way round. A "
            "temperature below 1 should make likely tokens likelier.",
            {"y / temperature": "y * temperature"},
        ),
        Mistake(
            "temperature-ignored",
            "the temperature has no effect. What is it that the logits are divided by? "
            "(Probabilities divided by it and brought back to a sum of 1 are what they were.)",
            {"y / temperature": "y"},
        ),
        Mistake(
            "probabilities-divided",
            "the softmax comes first and the division after it, so p no longer sums to 1. "
            "The temperature belongs to the logits.",
            {"y / temperature, dim=-1)": "y, dim=-1) / temperature"},
        ),
        Mistake(
            "probabilities-divided-and-clamped",
            "the softmax comes first and the division after it, so p no longer sums to 1, and "
            "where its sum is too small the last token is taken. The temperature belongs to the "
            "logits.",
            {
                "y / temperature, dim=-1)": "y, dim=-1) / temperature",
                "pick(p, u_t)": "pick(p, u_t).clamp(max=len(V) - 1)",
            },
        ),
        Mistake(
            "returned-without-temperature",
            "what you return is without the temperature, the distribution that you draw from is "
            "with it. p should be the one that is drawn from.",
            {KEPT: "rows.append(torch.softmax(y, dim=-1))"},
        ),
        Mistake(
            "drawn-without-temperature",
            "what you return is with the temperature, but the tokens are drawn without it. One "
            "distribution serves for both.",
            {DRAWN: "pick(torch.softmax(y, dim=-1), u_t)"},
        ),
        Mistake(
            "softmax-twice",
            "a softmax is put through another one. The temperature divides logits, not "
            "probabilities.",
            {SOFTMAX: "torch.softmax(torch.softmax(y, dim=-1) / temperature, dim=-1)"},
        ),
        Mistake(
            "not-normalised",
            "these are exponentials, which do not sum to 1. What is the other half of a softmax?",
            {SOFTMAX: "torch.exp(y / temperature)"},
        ),
        Mistake(
            "softmax-over-batch",
            "the softmax runs over the batch: p sums to 1 down each column, not for each "
            "sequence. Which axis holds the tokens?",
            {"dim=-1": "dim=0"},
        ),
        Mistake(
            "softmax-over-batch-clamped",
            "the softmax runs over the batch: p sums to 1 down each column, not for each "
            "sequence. (That is why there were tokens to be clamped.) Which axis holds the tokens?",
            {"dim=-1": "dim=0", DRAWN: "pick(p, u_t).clamp(max=len(V) - 1)"},
        ),
        Mistake(
            "logits-returned",
            "these are the logits, divided by the temperature. What makes them a distribution?",
            {KEPT: "rows.append(y / temperature)"},
        ),
        Mistake(
            "log-probabilities",
            "these are logarithms of probabilities: log_softmax where softmax was meant?",
            {KEPT: "rows.append(p.log())"},
        ),
        Mistake(
            "probability-of-the-token",
            "you keep the probability of the token that was drawn. What was asked for is the "
            "whole distribution, with an axis for the tokens.",
            {KEPT: "rows.append(p.gather(1, pick(p, u_t)[:, None])[:, 0])"},
        ),
        Mistake(
            "tokens-returned",
            "these are the tokens that were drawn, as one-hot vectors. What was asked for is the "
            "distribution that each was drawn from.",
            {KEPT: "rows.append(torch.nn.functional.one_hot(pick(p, u_t), len(V)).to(p))"},
        ),
        Mistake(
            "greedy",
            "the likeliest token is taken each time, so u is never used, and the text becomes "
            "another one.",
            {DRAWN: "p.argmax(dim=-1)"},
        ),
        Mistake(
            "chance-of-its-own",
            OWN_CHANCE,
            {DRAWN: "torch.multinomial(p, 1)[:, 0]"},
        ),
        Mistake(
            "numbers-of-its-own",
            OWN_CHANCE,
            {DRAWN: "pick(p, torch.rand(len(p)))"},
        ),
        Mistake(
            "first-chance-again",
            "each draw uses the first row of u. Every step has a row of its own.",
            {DRAWN: "pick(p, u[0])"},
        ),
        Mistake(
            "state-not-fed-back",
            "each step starts from the first h again: only the token is fed back. "
            "The network has forgotten all that it wrote but one token.",
            {"rows = []": "rows, h_0 = [], h", "+ h @ U.T": "+ h_0 @ U.T"},
        ),
        Mistake(
            "state-zero",
            "the old state is no part of the new one: only the token is fed back. "
            "The network has forgotten all that it wrote but one token.",
            {" + h @ U.T": ""},
        ),
        Mistake(
            "token-not-fed-back",
            "the token is not fed back: the network does not know what was drawn. "
            "Which input should the next step read?",
            {"W.T[token] + ": ""},
        ),
        Mistake(
            "distribution-fed-back",
            "the whole distribution is fed back in place of the token that was drawn. "
            "x is a one-hot vector: one token was chosen, and the others were not.",
            {"W.T[token]": "p @ W.T"},
        ),
        Mistake(
            "one-step-late",
            "p starts one step late: its first row should be the distribution that the first "
            "token was drawn from, given by the state h that you were handed.",
            {
                KEPT + "\n        ": "",
                "    return": f"        y = h @ V.T\n        rows.append({SOFTMAX})\n    return",
            },
        ),
        Mistake(
            "no-tanh",
            "the sum goes back as it is. What keeps a state between -1 and 1?",
            {"torch.tanh(": "("},
        ),
        Mistake(
            "U-not-transposed",
            "U works the wrong way round. It is square, so torch cannot warn you: compare with "
            "what you do to V.",
            {"U.T": "U"},
        ),
    ),
)
