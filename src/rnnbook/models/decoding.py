"""Drawing text from a language model: sampling with temperature."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from rnnbook.cells import checks
from rnnbook.cells.checks import positive_int, positive_number
from rnnbook.cells.modes import evaluating
from rnnbook.models.language_model import LanguageModel


def temper(logits: Tensor, temperature: float) -> Tensor:
    """Probabilities from logits, sharpened (temperature below 1) or flattened (above 1).

    Args:
        logits: shape (…, V).
        temperature: what the logits are divided by; positive.

    Raises:
        TypeError: if the logits are no tensor of floats.
        ValueError: if the temperature is not a positive number, or there is not one logit.
    """
    positive_number("temperature", temperature)
    if checks.floats("logits", logits).dim() == 0 or logits.shape[-1] == 0:
        raise ValueError(f"logits must have shape (…, V), got {tuple(logits.shape)}")
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

    It does so in evaluation mode, and is left in the mode it had.

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
        TypeError: if the model is no language model, or the prompt or the lengths are no ints.
        ValueError: if ``steps`` is not a positive int, or the prompt or temperature does not fit.
    """
    checks.instance("model", model, LanguageModel, "a LanguageModel")
    prompt = checks.some("prompt", checks.ids("prompt", prompt, "T, B", model.symbols), "T, B")
    positive_int("steps", steps)
    if generator is not None:
        checks.instance("generator", generator, torch.Generator, "a torch.Generator or None")
    with evaluating(model):
        logits, state = model(prompt, lengths=lengths)
        last = logits[-1]
        if lengths is not None:
            # Padding left the state alone, but the last true token's logits stand earlier.
            at = checks.lengths(lengths, prompt) - 1
            last = logits[at, torch.arange(len(at), device=at.device)]
        drawn = []
        for _ in range(steps):
            token = _draw(temper(last, temperature), generator)
            drawn.append(token.squeeze(1))
            logits, state = model(token.T, state)  # token AND state go back in
            last = logits[-1]
    return torch.stack(drawn)


def _draw(probabilities: Tensor, generator: torch.Generator | None) -> Tensor:
    """One id from each row (B, V), shape (B, 1); drawn where the generator is."""
    there = probabilities if generator is None else probabilities.to(generator.device)
    return torch.multinomial(there, 1, generator=generator).to(probabilities.device)
