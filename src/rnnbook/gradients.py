"""How gradients flow: backpropagation through time by hand, truncated, by step, lag and path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from rnnbook.cells import Cell, LSTMCell, SimpleCell, checks
from rnnbook.cells.checks import positive_int
from rnnbook.cells.hooks import whole_pass
from rnnbook.unroll import Recurrent


class SimpleGradients(NamedTuple):
    """The gradient of a loss with respect to all that a simple recurrent layer computes from."""

    x: Tensor
    W: Tensor
    U: Tensor
    b: Tensor
    h_0: Tensor


@torch.no_grad()
def bptt(cell: SimpleCell, x: Tensor, dh: Tensor, h_0: Tensor | None = None) -> SimpleGradients:
    """Backpropagation through time for the simple RNN, written by hand.

    Args:
        cell: the cell, with ``nonlinearity`` tanh or relu.
        x: inputs, shape (T, B, D).
        dh: the direct gradient of the loss with respect to each ``h_t``, shape (T, B, H); what
            later steps add is worked out here. Zero but at ``T`` for a loss of the last state.
        h_0: the state before the first input, shape (B, H); zero if not given.

    Returns:
        Gradients in the shapes of ``x``, ``W``, ``U``, ``b`` (H) and ``h_0``.

    Raises:
        TypeError, ValueError: as `step_jacobians`, and if ``dh`` does not fit the states.

    Source: Werbos (1990); Rumelhart, Hinton & Williams (1986).
    """
    checks.instance("cell", cell, SimpleCell, "a SimpleCell")
    first = _first_state(cell, x, None).h
    (T, B, _), H = x.shape, cell.hidden_size
    if h_0 is not None:
        first = checks.like("h_0", checks.of_shape("h_0", h_0, "B, H", (B, H)), cell._weight)
    checks.like("dh", checks.of_shape("dh", dh, "T, B, H", (T, B, H)), cell._weight)

    # Forwards, keeping h_0 … h_T: the way back needs them all.
    h = [first]
    with whole_pass(cell, x) as (project, step):
        for projected_t in project(x):
            h.append(step(projected_t, cell.State(h[-1])).h)

    # Backwards. a_t = W x_t + U h_{t-1} + b is what the nonlinearity was applied to.
    da = torch.empty_like(dh)
    from_later = torch.zeros_like(h[0])
    for t in reversed(range(T)):
        # ∂ℓ/∂h_t: directly, and through h_{t+1}
        dh_t = dh[t] + from_later
        # ∂ℓ/∂a_t = ∂ℓ/∂h_t ⊙ σ'(a_t)
        da[t] = dh_t * _slope(cell, h[t + 1])
        # what h_{t-1} gets through a_t: Uᵀ ∂ℓ/∂a_t
        from_later = da[t] @ cell.U

    # The same W, U and b acted at every step, so their gradients are sums over t.
    before = torch.stack(h[:-1])
    return SimpleGradients(
        x=da @ cell.W,
        W=torch.einsum("tbh,tbd->hd", da, x),
        U=torch.einsum("tbh,tbk->hk", da, before),
        b=da.sum(dim=(0, 1)),
        h_0=from_later,
    )


def truncated(
    layer: Recurrent, x: Tensor, k: int, state: Any = None
) -> Iterator[tuple[slice, Tensor]]:
    """Run a layer in windows of ``k`` steps; the state is carried over, its gradient is not.

    Call ``backward`` on each window's loss before asking for the next one, and memory stays
    bounded by ``k`` however long the sequence. The states are those of an ordinary run. Carried
    states give information, not credit: of dependencies over a lag d < k, wherever they stand,
    (k − d)/k lie inside a window and receive gradient.

    Args:
        layer: any recurrent layer that reads forwards.
        x: inputs, shape (T, B, D).
        k: steps in a window; the last one may be shorter.
        state: the state before the first step, as the layer takes it.

    Yields:
        Which steps, and their output (k, B, H).

    Raises:
        TypeError: if ``layer`` is none, or ``x`` no tensor or of another dtype.
        ValueError: if ``k`` is not a positive int, a shape does not fit, or the layer is
            bidirectional.

    Source: Williams & Peng (1990).
    """
    checks.instance("layer", layer, Recurrent, "a Recurrent")
    layer.check_input(x)
    positive_int("k", k)
    if layer.bidirectional:
        raise ValueError("layer must read forwards only, got one with bidirectional=True")
    for start in range(0, len(x), k):
        steps = slice(start, min(start + k, len(x)))
        output, state = layer(x[steps], state)
        yield steps, output
        state = state.detach() if isinstance(state, Tensor) else tuple(s.detach() for s in state)


def truncated_gradient(
    layer: Recurrent, x: Tensor, loss: Callable[[Tensor], Tensor], k: int
) -> dict[str, Tensor]:
    """The gradient that truncation to windows of ``k`` steps leaves of the whole one.

    Args:
        layer: any recurrent layer that reads forwards.
        x: inputs, shape (T, B, D).
        loss: takes the whole output (T, B, H), returns a scalar.
        k: steps in a window; with ``k ≥ T`` nothing is cut.

    Returns:
        The gradient of each parameter of the layer that is not frozen, by name.

    Raises:
        TypeError, ValueError: as `truncated`, and if ``loss`` gives no scalar to differentiate.
    """
    checks.function("loss", loss)
    output = torch.cat([window for _, window in truncated(layer, x, k)])
    learning = ((name, p) for name, p in layer.named_parameters() if p.requires_grad)
    value = checks.loss_value(loss(output), "the output, and that on a parameter")
    names, parameters = zip(*learning, strict=True)
    gradients = torch.autograd.grad(value, parameters, allow_unused=True, materialize_grads=True)
    return dict(zip(names, gradients, strict=True))


def step_jacobians(cell: Cell, x: Tensor, state: Any = None) -> Tensor:
    """``∂s_t/∂s_{t-1}`` at every step, along the path that the inputs drive the cell.

    ``s`` is the whole state: where it has several fields (h and c), they are concatenated. Row i
    belongs to unit i of the later state.

    Args:
        cell: any cell.
        x: inputs, shape (T, B, D).
        state: the state before the first step, fields of shape (B, H); zero if not given.

    Returns:
        Shape (T, B, S, S), with S units in the whole state.

    Raises:
        TypeError: if ``cell`` is none, ``x`` is no tensor or has another dtype, or ``state`` is
            not one of the cell's.
        ValueError: if a shape or a device does not fit; the message names it.
    """
    states = [_first_state(cell, x, state)]
    T, B, _ = x.shape
    with whole_pass(cell, x, state) as (project, step):
        projected = project(x).detach()
        with torch.no_grad():
            for projected_t in projected[:-1]:
                states.append(step(projected_t, states[-1]))
        # One step of T·B sequences: every step of the path at once.
        fields = [torch.cat(field).detach().requires_grad_() for field in zip(*states, strict=True)]
        with torch.enable_grad():
            later = torch.cat(step(projected.flatten(0, 1), cell.State(*fields)), dim=-1)
    with torch.enable_grad():
        rows = [
            torch.cat(torch.autograd.grad(unit.sum(), fields, retain_graph=True), dim=-1)
            for unit in later.unbind(-1)
        ]
    return torch.stack(rows, dim=1).unflatten(0, (T, B))


def lag_jacobians(steps: Tensor) -> Tensor:
    """``J = ∂s_T/∂s_{T−lag}`` for every lag, the products of the steps' Jacobians.

    Args:
        steps: what `step_jacobians` returns, shape (T, B, S, S); cut it off to look back from an
            earlier step than ``T``.

    Returns:
        Shape (T + 1, B, S, S); entry ``lag`` has ``lag`` factors, entry 0 is the identity.

    Raises:
        TypeError: if ``steps`` is no tensor of floats.
        ValueError: if it has another shape, or its matrices are not square.
    """
    S = checks.floats("steps", steps, "T, B, S, S").shape[-1]
    if steps.shape[-2] != S:
        raise ValueError(f"steps must hold square matrices, got {tuple(steps.shape)}")
    J = [torch.eye(S, dtype=steps.dtype, device=steps.device).expand(steps.shape[1:])]
    for step in steps.flip(0):
        # ∂s_T/∂s_{t-1} = ∂s_T/∂s_t ∂s_t/∂s_{t-1}
        J.append(J[-1] @ step)
    return torch.stack(J)


def singular_values(cell: Cell, x: Tensor, state: Any = None) -> Tensor:
    """By what factors ``∂s_T/∂s_{T−lag}`` stretches, for every lag, largest first.

    Those far below the largest one (a factor of 1e-15 in float64, 1e-7 in float32) are rounding.

    Args:
        cell: any cell.
        x: inputs, shape (T, B, D).
        state: the state before the first step; zero if not given.

    Returns:
        Shape (T + 1, B, S), by lag.

    Raises:
        TypeError, ValueError: as `step_jacobians`.
    """
    return torch.linalg.svdvals(lag_jacobians(step_jacobians(cell, x, state)))


def gradient_norms(
    cell: Cell, x: Tensor, loss: Callable[[Tensor], Tensor], state: Any = None
) -> dict[str, Tensor]:
    """How much of a loss arrives at each step: ``‖∂ℓ/∂x_t‖`` and ``‖∂ℓ/∂h_t‖``.

    Every cell has ``x``, so compare cells by it. A loss that is a mean over the batch divides
    every norm by ``B``; take a sum for the norms of single sequences.

    Args:
        cell: any cell.
        x: inputs, shape (T, B, D).
        loss: takes the hidden states (T, B, H), returns a scalar; of the last one or of any.
        state: the state before the first step; zero if not given.

    Returns:
        Norms of shape (T, B), float, under ``"x"`` and the name of each field of the state.

    Raises:
        TypeError, ValueError: as `step_jacobians`, and if ``loss`` gives no scalar that depends on
            the hidden states.
    """
    now = _first_state(cell, x, state)
    checks.function("loss", loss)
    with torch.enable_grad(), whole_pass(cell, x, state) as (project, step):
        x = x.detach().requires_grad_()
        states = []
        for projected_t in project(x):
            now = step(projected_t, now)
            states.append(now)
        total = checks.loss_value(loss(torch.stack([s.h for s in states])), "the hidden states")
        fields = [field for s in states for field in s]
        dx, *dstates = torch.autograd.grad(
            total, [x, *fields], allow_unused=True, materialize_grads=True
        )
    norms = {"x": dx.norm(dim=-1)}
    names = cell.State._fields
    for i, name in enumerate(names):
        norms[name] = torch.stack(dstates[i :: len(names)]).norm(dim=-1)
    return norms


@torch.no_grad()
def path_terms(layer: Recurrent, x: Tensor, state: Any = None) -> list[Tensor]:
    """``∂c_T/∂c_{T−lag}`` of an LSTM, split by how often its paths pass through ``h``.

    Scale the gradient through every ``h_t`` by ε, and the Jacobian becomes a polynomial in ε. The
    coefficient of ``ε^m`` sums the paths with ``m`` detours through h: gates see the past through
    h alone, so ``m = 0`` is the product of the forget gates, and everything else is a detour.

    Args:
        layer: one layer of plain `LSTMCell` that reads forwards.
        x: inputs, shape (T, B, D).
        state: the state before the first step, as the layer takes it.

    Returns:
        ``terms[lag]`` for lags 0 … T − 1, each of shape (lag + 1, B, H, H), by ``m``; their sum
        over ``m`` is the Jacobian, rows the later state.

    Raises:
        TypeError: if ``layer`` is none, or ``x`` no tensor or of another dtype.
        ValueError: if the layer is of another form, its cell has peepholes, coupled gates or no
            forget gate, or a shape does not fit.
    """
    checks.instance("layer", layer, Recurrent, "a Recurrent")
    cell = layer.cell
    if not isinstance(cell, LSTMCell) or cell.peepholes or cell.coupled or not cell.forget:
        raise ValueError(f"layer must be of plain LSTMCell, got {cell!r}")
    trace, (B, H) = layer.trace(x, state), (x.shape[1], cell.hidden_size)
    i, f, g, o, tanh_c = trace.i, trace.f, trace.g, trace.o, trace.c.tanh()
    slope_i, slope_f, slope_g, slope_o = i * (1 - i), f * (1 - f), 1 - g**2, o * (1 - o)
    U_i, U_f, U_g, U_o = cell.U.split(H)
    # P: ∂c_T/∂c_t. Q: ∂c_T/∂h_t but for the factor ε of h_t itself. Both by m.
    P, Q = torch.eye(H).to(x).expand(1, B, H, H), x.new_zeros(0, B, H, H)
    terms = [P]
    for t in reversed(range(1, len(x))):
        # What h_{t-1} does to c_t, through its gates and candidate; and to h_t, through o_t.
        A = (trace.c[t - 1] * slope_f[t])[..., None] * U_f + (g[t] * slope_i[t])[..., None] * U_i
        A = A + (i[t] * slope_g[t])[..., None] * U_g
        O = (tanh_c[t] * slope_o[t])[..., None] * U_o
        # Q ← P A_t + ε Q O_t
        Q = P @ A + _one_more(Q) @ O
        # P ← P diag(f_t) + ε Q diag(∂h_{t-1}/∂c_{t-1})
        S = o[t - 1] * (1 - tanh_c[t - 1] ** 2)
        P = torch.cat([P * f[t].unsqueeze(-2), P.new_zeros(1, B, H, H)])
        P = P + _one_more(Q * S.unsqueeze(-2))
        terms.append(P)
    return terms


def _first_state(cell: Cell, x: Tensor, state: Any) -> Any:
    """The state to start from, where a cell, its inputs (T, B, D) and its state fit together."""
    checks.instance("cell", cell, Cell, "a cell such as SimpleCell(3, 4)")
    checks.inputs("x", x, "T, B, D", cell.input_size, cell._weight)
    return cell.first_state(x.shape[1], state)


def _one_more(terms: Tensor) -> Tensor:
    """Multiply a polynomial in ε by ε; its coefficients lie along the first axis."""
    return torch.cat([terms.new_zeros(1, *terms.shape[1:]), terms])


def _slope(cell: SimpleCell, h: Tensor) -> Tensor:
    """The nonlinearity's derivative where it gave ``h``: 1 − h² for tanh, 0 or 1 for relu."""
    return 1 - h**2 if cell.nonlinearity == "tanh" else (h > 0).to(h.dtype)
