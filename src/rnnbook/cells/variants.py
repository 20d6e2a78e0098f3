"""Relatives of the well-known cells: leaks, cells with fewer gates, mutants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from rnnbook.cells import checks
from rnnbook.cells.base import Cell, HiddenState


class LeakyCell(Cell):
    """The leaky integrator: ``h_t = (1 − α) ⊙ h_{t-1} + α ⊙ tanh(W x_t + U h_{t-1} + b)``.

    What a unit holds fades by ``1 − α`` a step: its time constant is ``−1/ln(1 − α)`` steps.

    Args:
        input_size: ``D``, the number of features of one input.
        hidden_size: ``H``, the number of hidden units.
        leak: ``α``, one number or one for each unit, in (0, 1]; with 1 it is the simple cell.
        learnable: whether ``α`` is learned: it is then ``σ(leak_logit)``, a parameter (H) that
            starts where ``leak`` says. Otherwise it is fixed.
        bias: whether there is a bias ``b``.
        dtype: of the parameters.
        device: of the parameters.

    The gate ``alpha`` is the same at every step; it can be traced and clamped.

    Raises:
        TypeError, ValueError: as `Cell`, and if a leak is no number or outside (0, 1], or is
            exactly 1 where it is to be learned: no finite parameter gives 1.

    Source: Jaeger et al. (2007), Optimization and applications of echo state networks with
    leaky-integrator neurons.
    """

    gates = ("alpha",)
    leak: Tensor
    leak_logit: nn.Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        leak: float | Sequence[float] | Tensor = 0.1,
        learnable: bool = False,
        bias: bool = True,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias=bias, dtype=dtype, device=device)
        alpha = self._checked(leak, learnable).to(self.U)
        self.learnable = checks.flag("learnable", learnable)
        self.register_buffer("leak", alpha)
        self.leak_logit = nn.Parameter(torch.logit(alpha)) if learnable else None

    def _checked(self, leak: float | Sequence[float] | Tensor, learnable: bool) -> Tensor:
        try:
            alpha = torch.as_tensor(leak, dtype=torch.float64)
        except (TypeError, ValueError, RuntimeError):
            raise TypeError(f"leak must be a number or numbers, got {leak!r}") from None
        if alpha.shape not in ((), (1,), (self.hidden_size,)):
            raise ValueError(
                f"leak must be a number or H = {self.hidden_size} numbers, "
                f"got shape {tuple(alpha.shape)}"
            )
        if not ((alpha > 0) & (alpha <= 1)).all():
            raise ValueError(f"leak must lie in (0, 1], got {leak!r}")
        if learnable and (alpha == 1).any():
            raise ValueError(f"leak must be below 1 to be learned, got {leak!r}")
        return alpha.expand(self.hidden_size).clone()

    @property
    def alpha(self) -> Tensor:
        """The leak of each unit, shape (H)."""
        return self.leak if self.leak_logit is None else torch.sigmoid(self.leak_logit)

    def reset_parameters(self) -> None:
        """Draw W, U and b anew; a learnable leak starts where it was told to."""
        super().reset_parameters()
        logit = self._parameters.get("leak_logit")  # there is none yet when a cell is made
        if logit is not None:
            with torch.no_grad():
                logit.copy_(torch.logit(self.leak))

    def step(self, projected_t: Tensor, state: HiddenState) -> HiddenState:
        """One step.

        Args:
            projected_t: ``W x_t + b``, shape (B, H).
            state: ``h_{t-1}``, shape (B, H).

        Returns:
            ``h_t``, shape (B, H).
        """
        h = state.h
        # α: the same at every step, one for each unit
        alpha = self.gate("alpha", self.alpha.expand_as(h))
        # n_t = tanh(W x_t + b + U h_{t-1})
        n = torch.tanh(projected_t + nn.functional.linear(h, self.U))
        # h_t = (1 − α) ⊙ h_{t-1} + α ⊙ n_t
        return HiddenState((1 - alpha) * h + alpha * n)


class GatedLeakCell(Cell):
    """A leaky unit whose leak is computed at every step: ``α_t = σ(W_α x_t + U_α h_{t-1} + b_α)``.

    Args:
        input_size: ``D``.
        hidden_size: ``H``.
        reads_state: whether the gate sees ``h_{t-1}``; without it there is no ``U_α`` in use.

    The weights hold two blocks of ``H`` rows: those of the gate ``alpha``, then those of ``n``.
    """

    gates = ("alpha",)

    def __init__(self, input_size: int, hidden_size: int, *, reads_state: bool = True) -> None:
        super().__init__(input_size, hidden_size, rows=2)
        self.reads_state = checks.flag("reads_state", reads_state)

    def step(self, projected_t: Tensor, state: HiddenState) -> HiddenState:
        """One step: ``W x_t + b`` (B, 2H) and ``h_{t-1}`` (B, H) give ``h_t`` (B, H)."""
        h = state.h
        x_alpha, x_n = projected_t.chunk(2, dim=-1)
        U_alpha, U_n = self.U.chunk(2)
        # α_t = σ(W_α x_t + b_α + U_α h_{t-1})
        from_h = nn.functional.linear(h, U_alpha) if self.reads_state else 0
        alpha = self.gate("alpha", torch.sigmoid(x_alpha + from_h))
        # n_t = tanh(W x_t + b + U h_{t-1})
        n = torch.tanh(x_n + nn.functional.linear(h, U_n))
        # h_t = (1 − α_t) ⊙ h_{t-1} + α_t ⊙ n_t
        return HiddenState((1 - alpha) * h + alpha * n)


class MGUCell(Cell):
    """The minimal gated unit: one gate ``z`` that keeps, and that also resets.

    Args:
        input_size: ``D``.
        hidden_size: ``H``.

    The weights hold two blocks of ``H`` rows: those of ``z``, then those of ``n``.

    Source: Zhou et al. (2016), which writes ``f`` for ``1 − z``.
    """

    gates = ("z", "n")
    block_names = ("z", "n")

    def __init__(self, input_size: int, hidden_size: int, **like: Any) -> None:
        super().__init__(input_size, hidden_size, rows=2, **like)

    def step(self, projected_t: Tensor, state: HiddenState) -> HiddenState:
        """One step: ``W x_t + b`` (B, 2H) and ``h_{t-1}`` (B, H) give ``h_t`` (B, H)."""
        h = state.h
        W_z, W_n = projected_t.chunk(2, dim=-1)
        U_z, U_n = self.U.chunk(2)
        # z_t = σ(W_z x_t + b_z + U_z h_{t-1})
        z = self.gate("z", torch.sigmoid(W_z + nn.functional.linear(h, U_z)))
        # n_t = tanh(W_n x_t + b_n + U_n ((1 − z_t) ⊙ h_{t-1}))
        n = self.gate("n", torch.tanh(W_n + nn.functional.linear((1 - z) * h, U_n)))
        # h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t
        return HiddenState(z * h + (1 - z) * n)


class JANETCell(Cell):
    """JANET, an LSTM with a forget gate alone: ``h_t = f_t ⊙ h_{t-1} + (1 − σ(a_f − β)) ⊙ g_t``.

    Args:
        input_size: ``D``.
        hidden_size: ``H``.
        beta: ``β``, by which more is written than is forgotten.

    The weights hold two blocks of ``H`` rows: those of ``f``, then those of ``g``.

    Source: van der Westhuizen & Lasenby (2018).
    """

    gates = ("f", "g")
    block_names = ("f", "g")

    def __init__(
        self, input_size: int, hidden_size: int, *, beta: float = 1.0, **like: Any
    ) -> None:
        self.beta = checks.finite_number("beta", beta, "a finite number", lambda _: True)
        super().__init__(input_size, hidden_size, rows=2, **like)

    def step(self, projected_t: Tensor, state: HiddenState) -> HiddenState:
        """One step: ``W x_t + b`` (B, 2H) and ``h_{t-1}`` (B, H) give ``h_t`` (B, H)."""
        # a_t = W x_t + b + U h_{t-1}
        a_f, a_g = (projected_t + nn.functional.linear(state.h, self.U)).chunk(2, dim=-1)
        f = self.gate("f", torch.sigmoid(a_f))
        g = self.gate("g", torch.tanh(a_g))
        # h_t = f_t ⊙ h_{t-1} + (1 − σ(a_f − β)) ⊙ g_t
        return HiddenState(f * state.h + (1 - torch.sigmoid(a_f - self.beta)) * g)


class LiGRUCell(Cell):
    """The light GRU: no reset gate, and a ReLU in place of the tanh.

    What an unbounded ReLU needs against running away is a normalised input. The source normalises
    ``W x_t`` over the batch; here it is done over the units, so that no sequence sees another.

    Args:
        input_size: ``D``.
        hidden_size: ``H``.

    The weights hold two blocks of ``H`` rows: those of ``z``, then those of ``n``.

    Source: Ravanelli et al. (2018).
    """

    gates = ("z", "n")
    block_names = ("z", "n")
    projects_rows = True

    def __init__(self, input_size: int, hidden_size: int, **like: Any) -> None:
        super().__init__(input_size, hidden_size, rows=2, **like)

    def project(self, x: Tensor) -> Tensor:
        """``W x_t``, normalised, plus ``b``, for every ``t``: (T, B, D) to (T, B, 2H)."""
        Wx = nn.functional.layer_norm(nn.functional.linear(x, self.W), (len(self.W),))
        return Wx if self.b is None else Wx + self.b

    def step(self, projected_t: Tensor, state: HiddenState) -> HiddenState:
        """One step: the input's part (B, 2H) and ``h_{t-1}`` (B, H) give ``h_t`` (B, H)."""
        h = state.h
        a_z, a_n = (projected_t + nn.functional.linear(h, self.U)).chunk(2, dim=-1)
        z = self.gate("z", torch.sigmoid(a_z))
        n = self.gate("n", torch.relu(a_n))
        # h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t
        return HiddenState(z * h + (1 - z) * n)


class MutantCell(Cell):
    """Two of the mutants that a search over ten thousand architectures liked best.

    Both are GRUs that reset before the product. In the first, ``z`` sees the input alone, and the
    candidate the input's tanh; in the third, ``z`` sees ``tanh(h_{t-1})``.

    Args:
        input_size: ``D``.
        hidden_size: ``H``.
        mutant: 1 or 3.

    ``W`` and ``b`` hold a block of ``H`` rows for each of ``r z n``; so does ``U``, without one
    for the ``z`` of the first.

    Raises:
        ValueError: if there is no such mutant here.

    Source: Jozefowicz, Zaremba & Sutskever (2015), which writes ``z`` for ``1 − z``.
    """

    gates = ("r", "z", "n")
    block_names = ("r", "z", "n")
    projects_rows = True

    def __init__(self, input_size: int, hidden_size: int, *, mutant: int = 1, **like: Any) -> None:
        if mutant not in (1, 3):
            raise ValueError(f"mutant must be 1 or 3, got {mutant!r}")
        self.mutant = mutant
        super().__init__(input_size, hidden_size, rows=3, **like)
        if mutant == 1:
            self.U = nn.Parameter(self.U.detach()[: 2 * hidden_size].clone())

    def project(self, x: Tensor) -> Tensor:
        """The input's part of ``r``, ``z`` and ``n``: (T, B, D) to (T, B, 3H)."""
        Wx = nn.functional.linear(x, self.W)
        if self.mutant == 1:
            *gates, W_n = Wx.chunk(3, dim=-1)
            Wx = torch.cat([*gates, torch.tanh(W_n)], dim=-1)
        return Wx if self.b is None else Wx + self.b

    def step(self, projected_t: Tensor, state: HiddenState) -> HiddenState:
        """One step: the input's part (B, 3H) and ``h_{t-1}`` (B, H) give ``h_t`` (B, H)."""
        h = state.h
        W_r, W_z, W_n = projected_t.chunk(3, dim=-1)
        U_r, *U_z, U_n = self.U.split(self.hidden_size)
        # r_t = σ(W_r x_t + b_r + U_r h_{t-1})
        r = self.gate("r", torch.sigmoid(W_r + nn.functional.linear(h, U_r)))
        # z_t = σ(W_z x_t + b_z), and in the third U_z tanh(h_{t-1}) as well
        for U in U_z:
            W_z = W_z + nn.functional.linear(torch.tanh(h), U)
        z = self.gate("z", torch.sigmoid(W_z))
        # n_t = tanh(W_n x_t + b_n + U_n (r_t ⊙ h_{t-1})), in the first of tanh(W_n x_t)
        n = self.gate("n", torch.tanh(W_n + nn.functional.linear(r * h, U_n)))
        # h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t
        return HiddenState(z * h + (1 - z) * n)
