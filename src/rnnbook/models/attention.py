"""Attention: which of many vectors matter now, as weights that add up to 1."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnbook.cells import checks

SCORES = ("additive", "dot", "scaled")


class Attention(nn.Module):
    """Compares a query with the keys of S values, and gives the mean of those that fit it best.

    The score is one of ``SCORES``. Additive: ``e = v tanh(W q + U k)``. Dot: ``e = q · k``, and
    scaled ``e = q · k / √H``; there, values of another size ``E`` than the query's ``H`` become
    keys by ``U`` (Luong's general score), and others are keys as they are.

    Source: Bahdanau, Cho & Bengio (2015); Luong, Pham & Manning (2015); Vaswani et al. (2017).
    """

    def __init__(self, score: str, query_size: int, value_size: int) -> None:
        super().__init__()
        if score not in SCORES:
            raise ValueError(f"score must be one of {', '.join(SCORES)}, got {score!r}")
        self.score, additive = score, score == "additive"
        self.query_size = H = checks.positive_int("query_size", query_size)
        self.value_size = E = checks.positive_int("value_size", value_size)
        self.U = nn.Linear(E, H, bias=False) if additive or E != H else nn.Identity()
        if additive:
            self.W, self.v = nn.Linear(H, H, bias=False), nn.Linear(H, 1, bias=False)

    def forward(
        self, query: Tensor, values: Tensor, mask: Tensor, keys: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The context (B, E) of a query (B, H), and the weights (S, B) of the values (S, B, E).

        The mask, bools (S, B), says which values count. It goes in before the softmax: the weights
        of the others are 0. The keys are ``U(values)``: compute them once for many queries.
        """
        H, E = self.query_size, self.value_size
        B = len(checks.inputs("query", query, "B, H", H, checks.floats("query", query)))
        S = len(checks.inputs("values", values, "S, B, E", E, query, "query"))
        checks.of_shape("values", values, "S, B, E", (S, B, E))
        if checks.of_shape("mask", mask, "S, B", (S, B)).dtype != torch.bool:
            raise TypeError(f"mask must be bools, got {mask.dtype}")
        if checks.can_be_looked_at(mask) and not mask.any(dim=0).all():
            raise ValueError("mask must let one value or more through in each column, got none")
        keys = self.U(values) if keys is None else checks.like("keys", keys, query, "query")
        checks.of_shape("keys", keys, "S, B, H", (S, B, H))
        if self.score == "additive":
            scores = self.v(torch.tanh(self.W(query) + keys)).squeeze(2)  # e = v tanh(W q + U k)
        else:  # e = q · k, over √H if it is scaled
            scores = (query * keys).sum(dim=2) / (H**0.5 if self.score == "scaled" else 1)
        weights = torch.softmax(scores.masked_fill(~mask, -torch.inf), dim=0)  # over S
        return torch.einsum("sb,sbe->be", weights, values), weights  # context = Σ_s a_s v_s
