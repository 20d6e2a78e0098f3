"""Exercise: a simple network goes on writing, one drawn token after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake, Tensors

Distribution = Callable[[Tensor, Tensor], Tensor]
"""``(logits, temperature) -> p``, both (B, D)."""


def pick(p: Tensor, u: Tensor) -> Tensor:
    """The token whose share of [0, 1) a uniform number falls into, (B, D), (B) -> (B)."""
    return (p.cumsum(dim=-1) <= u[:, None]).sum(dim=-1).clamp(max=p.shape[-1] - 1)


def write(h: Tensor, u: Tensor, temperature: Tensor, W: Tensor, U: Tensor, V: Tensor) -> Tensor:
    """Draw ``T`` tokens, starting from the state ``h`` (B, H), by uniform numbers ``u`` (T, B).

    Returns:
        ``p`` (T, B, D): the distribution that each token was drawn from.
    """
    return _write(h, u, temperature, W, U, V)


def _softmax(logits: Tensor, temperature: Tensor) -> Tensor:
    return torch.softmax(logits / temperature, dim=-1)


def _write(
    h: Tensor,
    u: Tensor,
    temperature: Tensor,
    W: Tensor,
    U: Tensor,
    V: Tensor,
    *,
    distribution: Distribution = _softmax,
    feed_state: bool = True,
    feed_token: bool = True,
    zero_state: bool = False,
    greedy: bool = False,
    soft: bool = False,
    late: bool = False,
) -> Tensor:
    distributions, h_0 = [], h
    for u_t in u:
        # y_t = V h_t;  p_t = softmax(y_t / τ);  h_{t+1} = tanh(W x_{t+1} + U h_t)
        p = distribution(h @ V.T, temperature)  # (B, D)
        distributions.append(p)
        token = p.argmax(dim=-1) if greedy else pick(p, u_t)
        x = p if soft else torch.nn.functional.one_hot(token, V.shape[0]).to(p)  # (B, D)
        old = torch.zeros_like(h) if zero_state else (h if feed_state else h_0)
        h = torch.tanh((x @ W.T if feed_token else 0.0) + old @ U.T)
        if late:  # the distribution that follows the token, not the one it came from
            distributions[-1] = distribution(h @ V.T, temperature)
    return torch.stack(distributions)


def _logits(h: Tensor, u: Tensor, temperature: Tensor, W: Tensor, U: Tensor, V: Tensor) -> Tensor:
    rows = []
    for u_t in u:
        y = h @ V.T / temperature
        rows.append(y)
        token = pick(torch.softmax(y, dim=-1), u_t)
        h = torch.tanh(W.T[token] + h @ U.T)
    return torch.stack(rows)


@dataclass(frozen=True, kw_only=True)
class SamplingExercise(Exercise):
    """Draws a positive temperature, far from 1, and uniform numbers from 0 to 1."""

    def draw(self, generator: torch.Generator) -> list[Tensors]:
        """Draw the arguments; weights are scaled up, so that tokens differ in probability."""
        trials: list[Tensors] = []
        for number, (h, u, _, W, U, V) in enumerate(super().draw(generator)):
            temperature = torch.tensor(
                0.5 if number % 2 == 0 else 2.0, dtype=torch.float64, device="cpu"
            )
            trials.append((h, u.abs(), temperature, W, U, 2 * V))
        return trials


EXERCISE = SamplingExercise(
    name="sample-temperature",
    title="Writing with a temperature",
    takes={"h": "B H", "u": "T B", "temperature": "", "W": "H D", "U": "H H", "V": "D H"},
    returns={"p": "T B D"},
    reference=write,
    mistakes=(
        Mistake(
            "temperature-multiplied",
            "the logits are multiplied by the temperature: it works the wrong way round. A "
            "temperature below 1 should make likely tokens likelier.",
            lambda *a: _write(*a, distribution=lambda y, tau: torch.softmax(y * tau, dim=-1)),
        ),
        Mistake(
            "temperature-ignored",
            "the loop is right, but the temperature has no effect. What is it that the logits "
            "are divided by?",
            lambda *a: _write(*a, distribution=lambda y, tau: torch.softmax(y, dim=-1)),
        ),
        Mistake(
            "probabilities-divided",
            "the softmax comes first and the division after it, so p no longer sums to 1. "
            "The temperature belongs to the logits.",
            lambda *a: _write(*a, distribution=lambda y, tau: torch.softmax(y, dim=-1) / tau),
        ),
        Mistake(
            "softmax-over-batch",
            "the softmax runs over the batch: p sums to 1 down each column, not for each "
            "sequence. Which axis holds the tokens?",
            lambda *a: _write(*a, distribution=lambda y, tau: torch.softmax(y / tau, dim=0)),
        ),
        Mistake(
            "logits-returned",
            "these are the logits, divided by the temperature. What makes them a distribution?",
            _logits,
        ),
        Mistake(
            "log-probabilities",
            "these are logarithms of probabilities: log_softmax where softmax was meant?",
            lambda *a: _write(*a).log(),
        ),
        Mistake(
            "greedy",
            "the likeliest token is taken each time, so u is never used. What is returned are "
            "right distributions for another text.",
            lambda *a: _write(*a, greedy=True),
        ),
        Mistake(
            "state-not-fed-back",
            "each step starts from the first h again: only the token is fed back. "
            "The network has forgotten all that it wrote but one token.",
            lambda *a: _write(*a, feed_state=False),
        ),
        Mistake(
            "state-zero",
            "each step starts from a state of zeros: only the token is fed back. "
            "The network has forgotten all that it wrote but one token.",
            lambda *a: _write(*a, zero_state=True),
        ),
        Mistake(
            "token-not-fed-back",
            "the state is fed back, the token is not: the network does not know what was drawn. "
            "Which input should the next step read?",
            lambda *a: _write(*a, feed_token=False),
        ),
        Mistake(
            "distribution-fed-back",
            "the whole distribution is fed back in place of the token that was drawn. "
            "x is a one-hot vector: one token was chosen, and the others were not.",
            lambda *a: _write(*a, soft=True),
        ),
        Mistake(
            "one-step-late",
            "p starts one step late: its first row should be the distribution that the first "
            "token was drawn from, given by the state h that you were handed.",
            lambda *a: _write(*a, late=True),
        ),
    ),
)
