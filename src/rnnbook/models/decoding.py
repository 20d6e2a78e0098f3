"""Drawing text from a language model: sampling with temperature."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import torch
from torch import Tensor

from rnnbook.cells.base import positive_int
from rnnbook.models.language_model import LanguageModel


def temper(logits: Tensor, temperature: float) -> Tensor:
    """Probabilities from logits, sharpened (temperature below 1) or flattened (above 1).

    Args:
        logits: shape (…, V).
        temperature: what the logits are divided by; positive.

    Raises:
        ValueError: if the temperature is not a positive number.
    """
    if not (isfinite(temperature) and temperature > 0):
        raise ValueError(f"temperature must be a positive number, got {temperature!r}")
    # p_i = exp(y_i / τ) / Σ_j exp(y_j / τ)
    return torch.softmax(logits / temperature, dim=-1)


@torch.no_grad()
def sample(
    model: LanguageModel,
    prompt: Tensor,
    steps: int,
    *,
    temperature: float = 1.0,
    lengths: Tensor | Sequence[int] | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Let a model go on writing: it reads each token that it drew, with the state it was in.

    Args:
        model: a language model.
        prompt: what it reads first, ids of shape (T, B).
        steps: how many tokens to draw.
        temperature: see `temper`.
        lengths: how many tokens of each prompt count, if they are padded on the right.
        generator: where the draws come from; torch's global one if not given.

    Returns:
        The tokens drawn, shape (steps, B), without the prompt.

    Raises:
        ValueError: if ``steps`` is not a positive int, or the prompt or temperature does not fit.
    """
    positive_int("steps", steps)
    logits, state = model(prompt, lengths=lengths)
    if lengths is None:
        last = logits[-1]
    else:
        # Padding left the state alone, but the last true token's logits stand earlier.
        last = logits[torch.as_tensor(lengths) - 1, torch.arange(prompt.shape[1])]
    drawn = []
    for _ in range(steps):
        token = torch.multinomial(temper(last, temperature), 1, generator=generator)  # (B, 1)
        drawn.append(token.squeeze(1))
        logits, state = model(token.T, state)  # token AND state go back in
        last = logits[-1]
    return torch.stack(drawn)
