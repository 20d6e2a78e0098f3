"""Text from a language model: drawn from all tokens or the likeliest, or searched for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from rnnbook.cells import checks
from rnnbook.cells.checks import finite_number, positive_int, positive_number, whole_number
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


def truncate(probabilities: Tensor, *, top_k: int | None = None, top_p: float = 1.0) -> Tensor:
    """The likeliest of probabilities (…, V), made to add up to 1 again; the others become 0.

    Of the ``top_k`` likeliest of a row, made to add up to 1, the fewest stay that have at least
    ``top_p`` together, the likeliest first; of equal ones the earlier. With neither, all stays.

    Raises:
        TypeError: if the probabilities are no tensor of floats.
        ValueError: if one is below 0, a row has none above it, or a number does not fit.

    Source: Fan, Lewis & Dauphin (2018) for ``top_k``, Holtzman et al. (2020) for ``top_p``.
    """
    positive_int("top_k", 1 if top_k is None else top_k)
    finite_number("top_p", top_p, "above 0 and at most 1", lambda share: 0 < share <= 1)
    whole = checks.floats("probabilities", probabilities).sum(dim=-1)
    if not (probabilities.dim() and (probabilities >= 0).all() and whole.log().mean().isfinite()):
        raise ValueError(f"probabilities must be 0 or more, and not all 0, got {probabilities}")
    if top_k is None and top_p == 1:
        return probabilities
    p, order = (x[..., :top_k] for x in probabilities.sort(descending=True, stable=True))
    if top_p < 1:
        share = (p / p.sum(dim=-1, keepdim=True)).cumsum(dim=-1)
        short = (share < top_p).sum(dim=-1, keepdim=True)  # with so many it is not reached
        kept = torch.arange(p.shape[-1], device=p.device) <= short
        p, order = (x[..., : int(short.max()) + 1] for x in (p * kept, order))
    return torch.zeros_like(probabilities).scatter(-1, order, p / p.sum(dim=-1, keepdim=True))


@torch.no_grad()
def sample(
    model: LanguageModel,
    prompt: Tensor,
    steps: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
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
        top_k: see `truncate`, also for ``top_p``.
        lengths: how many tokens of each prompt count, if they are padded on the right.
        generator: where the draws come from; torch's global one if not given.

    Returns:
        The tokens drawn, shape (steps, B), without the prompt.

    Raises:
        TypeError: if the model is no language model, or the prompt or the lengths are no ints.
        ValueError: if ``steps`` is not a positive int, or the prompt or a number does not fit.
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
            p = truncate(temper(last, temperature), top_k=top_k, top_p=top_p)
            there = p if generator is None else p.to(generator.device)
            token = torch.multinomial(there, 1, generator=generator).to(p.device)  # (B, 1)
            drawn.append(token.squeeze(1))
            logits, state = model(token.T, state)  # token AND state go back in
            last = logits[-1]
    return torch.stack(drawn)


class Hypothesis(NamedTuple):
    """Tokens that `beam_search` found, with ``end`` if it came; their probability is in nats."""

    tokens: list[int]
    log_probability: float
    score: float


@torch.no_grad()
def beam_search(
    step: Callable[[Tensor, Any], tuple[Tensor, Any]],
    state: Any,
    start: int,
    *,
    width: int,
    steps: int,
    end: int | None = None,
    length_power: float = 0.0,
    axis: int = 1,
) -> list[Hypothesis]:
    """Search for likely tokens: at each step the ``width`` likeliest hypotheses go on.

    One that drew ``end``, or has ``steps`` tokens, is set aside. The ``width`` best of these come
    back, best first, by ``log_probability / len(tokens) ** length_power``; once nothing that is
    open can come among them, the search is over. With a width of 1 it is greedy.

    Args:
        step: reads tokens (N,) on the CPU, one a hypothesis; gives logits (N, V) and the state.
        state: before the token ``start``, of one hypothesis. Tensors, or tuples of them, have
            their hypotheses on ``axis``.

    Raises:
        TypeError: if ``step`` is no function, or gives something else than tensors.
        ValueError: if a number or a token does not fit, or what ``step`` gives.

    Source: Graves (2012), with a power of 1; Sutskever, Vinyals & Le (2014).
    """
    checks.function("step", step)
    for name, number in (("start", start), ("axis", axis), ("end", 0 if end is None else end)):
        whole_number(name, number)
    finite_number("length_power", length_power, "0 or more", lambda power: power >= 0)
    positive_int("width", width)
    texts = checks.ids("start", torch.tensor([[start]]), "N, T")
    log_p, aside = torch.zeros(1, dtype=torch.float64), list[Hypothesis]()
    for made in range(1, positive_int("steps", steps) + 1):
        logits, state = step(texts[:, -1], state)
        N, V = len(texts), checks.floats("logits", logits, "N, V").shape[1]
        scores = checks.of_shape("logits", logits, "N, V", (N, V)).cpu().double()
        last = -1 if end is None else checks.ids("end", torch.tensor(end), None, V)
        log_p = log_p[:, None] + checks.numbers("logits", scores.log_softmax(dim=1))  # (N, V)
        log_p, best = log_p.flatten().sort(descending=True, stable=True)
        best = best[:width][log_p[:width].isfinite()]  # what is impossible is no hypothesis
        log_p, parents = log_p[: len(best)], best // V
        texts = torch.cat([texts[parents], (best % V)[:, None]], dim=1)
        over = (texts[:, -1] == last) | (made == steps)
        for text, p in zip(texts[over].tolist(), log_p[over].tolist(), strict=True):
            aside.append(Hypothesis(text[1:], p, p / made**length_power))
        aside = sorted(aside, key=lambda found: found.score, reverse=True)[:width]
        texts, log_p, parents = texts[~over], log_p[~over], parents[~over]
        # At best, an open one stays as likely as it is, and becomes as long as it may.
        worst = aside[-1].score if len(aside) == width else -torch.inf
        if not (log_p / steps**length_power > worst).any():
            break
        state = _chosen(state, parents, axis, N)
    return aside


def _chosen(state: Any, hypotheses: Tensor, axis: int, among: int) -> Any:
    """The state of some hypotheses of so many, in a tensor or in each of a tuple."""
    if isinstance(state, tuple):  # a named one is made anew as what it was
        parts = (_chosen(part, hypotheses, axis, among) for part in state)
        return getattr(state, "_make", tuple)(parts)
    shape = checks.tensor("state", state).shape
    if not -len(shape) <= axis < len(shape) or shape[axis] != among:
        raise ValueError(f"state must have N = {among} on axis {axis}, got shape {tuple(shape)}")
    return state.index_select(axis, hypotheses.to(state.device))
