"""The whole backward pass over the unrolled steps written by hand, for cells that have one.

Autograd writes down every operation of every step and takes them back one by one. By hand, the
slopes of all steps are computed at once, what is left in the loop is linear, and each weight's
gradient is one product at the end. `Recurrent` uses it wherever nobody can tell; elsewhere, and
for cells without one, it takes the cell's ``step`` again and again.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor
from torch.autograd import forward_ad

from rnnbook.cells.base import Cell
from rnnbook.cells.doors import as_written

# Inside, the operations go past autograd: it has nothing to write down there, and asking it
# takes time at every one of them.
below_autograd = torch._C._AutoDispatchBelowAutograd

# What a nonlinearity passes back, from its gradient and what it gave.
tanh_backward = torch.ops.aten.tanh_backward  # (d, tanh(a)) -> d ⊙ (1 − tanh²(a))
sigmoid_backward = torch.ops.aten.sigmoid_backward  # (d, σ(a)) -> d ⊙ σ(a) ⊙ (1 − σ(a))


class Forward(NamedTuple):
    """What a way forwards leaves: every hidden state, the last state, what the way back needs."""

    output: Tensor
    last: tuple[Tensor, ...]
    saved: tuple[Tensor, ...]


class Backward(NamedTuple):
    """What a way back finds: gradients of ``W x_t + b``, of the first state, and of weights."""

    projected: Tensor
    state: tuple[Tensor, ...]
    weights: dict[str, Tensor]


class ByHand:
    """One kind of cell, forwards and backwards over all its steps.

    A cell names its own in ``by_hand``. A subclass that changes ``step`` or ``project`` loses it.
    """

    weights: ClassVar[set[str]] = {"W", "U", "b"}  # the parameters that it knows of

    def forward(self, weights: dict[str, Any], projected: Tensor, state: Any) -> Forward:
        """All steps, forwards.

        Args:
            weights: the cell's parameters by name.
            projected: ``W x_t + b``, shape (T, B, rows·H); it may be overwritten.
            state: the state before the first step, fields of shape (B, H).
        """
        raise NotImplementedError

    def backward(
        self,
        weights: dict[str, Any],
        state: Any,
        saved: tuple[Tensor, ...],
        doutput: Tensor,
        dlast: tuple[Tensor, ...],
    ) -> Backward:
        """All steps, backwards; ``W`` and ``b`` are not its business.

        Args:
            weights: the cell's parameters by name.
            state: the state before the first step.
            saved: what ``forward`` kept; it must not be overwritten.
            doutput: the direct gradient of the loss with respect to each ``h_t``, (T, B, H).
            dlast: the same for each field of the last state, (B, H).
        """
        raise NotImplementedError


def backwards(*tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """The steps of tensors (T, …), side by side, from the last one to the first."""
    return zip(*(reversed(tensor.unbind(0)) for tensor in tensors), strict=True)


def one_earlier(first: Tensor, later: Tensor) -> Tensor:
    """The values before each step: from ``h_0`` (B, H) and ``h_1 … h_T``, ``h_0 … h_{T-1}``."""
    return torch.cat([first[None], later[:-1]])


def over_time(da: Tensor, before: Tensor) -> Tensor:
    """The gradient of a matrix that acted at every step: the sum of ``da_t h_{t-1}ᵀ`` over t.

    Args:
        da: gradients of ``U h_{t-1}``, shape (T, B, rows·H).
        before: ``h_{t-1}``, shape (T, B, H).

    Returns:
        One product over all steps and sequences, shape (rows·H, H).
    """
    return da.flatten(0, 1).t() @ before.flatten(0, 1)


def step_by_step(
    cell: Cell, x: Tensor, state: Any, valid: Tensor | None = None
) -> tuple[Tensor, Any]:
    """Unroll a cell by its ``step``; autograd finds the way back.

    Args:
        cell: the cell.
        x: inputs, shape (T, B, D).
        state: the state before the first step, fields of shape (B, H).
        valid: which steps count, bools of shape (T, B, 1); the others leave the state as it is.

    Returns:
        ``output`` (T, B, H) and the last state.
    """
    project, step = as_written(cell)
    hidden = []
    for t, projected_t in enumerate(project(x)):
        new = step(projected_t, state)
        if valid is not None:
            new = cell.State(
                *(torch.where(valid[t], n, s) for n, s in zip(new, state, strict=True))
            )
        state = new
        hidden.append(state[0])
        if cell._record is not None:
            for name, value in zip(state._fields, state, strict=True):
                cell._record[name].append(value)
    return torch.stack(hidden), state


def unroll_by_hand(cell: Cell, x: Tensor, state: Any) -> tuple[Tensor, Any]:
    """Unroll a cell with its hand-written way back; see `step_by_step` for the arguments."""
    names, weights = zip(*cell.named_parameters(recurse=False), strict=True)
    output, *last = _Unrolled.apply(cell, names, x, *state, *weights)
    return output, cell.State(*last)


def by_hand_suffices(cell: Cell, x: Tensor, state: Any) -> bool:
    """Whether the hand-written way gives all that is asked for: outputs and their gradients.

    Not where steps are traced or gates clamped, or the cell was changed from outside (another
    ``step``, parametrized weights); nor under transforms of `torch.func`, forward
    differentiation, autocast or compilation, which have to see every operation; nor for complex
    numbers, whose way back is another; nor where no gradient is wanted at all.
    """
    return (
        cell.by_hand is not None
        and not cell._clamps
        and cell._record is None
        and not {"step", "project", "gate"} & vars(cell).keys()
        and cell.by_hand.weights <= cell._parameters.keys()
        and torch.is_grad_enabled()
        and not x.is_complex()
        and any(tensor.requires_grad for tensor in (x, *state, *cell.parameters()))
        and not x.is_meta  # of which autocast below does not know
        and not torch._C._are_functorch_transforms_active()
        and forward_ad._current_level < 0
        and not torch.is_autocast_enabled(x.device.type)
        and not torch.compiler.is_compiling()
        and not torch.jit.is_tracing()
    )


class _Unrolled(torch.autograd.Function):
    """All steps of a cell as one operation of autograd's."""

    @staticmethod
    def forward(ctx: Any, cell: Cell, names: tuple[str, ...], x: Tensor, *rest: Tensor) -> Any:
        fields = len(cell.State._fields)
        state, weights = cell.State(*rest[:fields]), dict(zip(names, rest[fields:], strict=True))
        with below_autograd():
            projected = torch.nn.functional.linear(x, weights["W"], weights.get("b"))
            output, last, saved = cell.by_hand.forward(weights, projected, state)
        ctx.cell, ctx.names = cell, names
        ctx.save_for_backward(x, *rest, *saved)
        return output, *last

    @staticmethod
    def backward(ctx: Any, doutput: Tensor, *dlast: Tensor) -> Any:
        cell, names, fields = ctx.cell, ctx.names, len(ctx.cell.State._fields)
        x, *rest = ctx.saved_tensors
        inputs, saved = (x, *rest[: fields + len(names)]), tuple(rest[fields + len(names) :])
        state = cell.State(*inputs[1 : 1 + fields])
        weights = dict(zip(names, inputs[1 + fields :], strict=True))
        # By hand, gradients are written in place, one batch of them, and not to be differentiated
        # again: not for create_graph, nor where vmap brings many gradients at once.
        if torch.is_grad_enabled() or any(map(_is_batched, (doutput, *dlast))):
            return None, None, *_by_autograd(ctx, cell, weights, inputs, (doutput, *dlast))
        with below_autograd():
            da, dstate, gradients = cell.by_hand.backward(weights, state, saved, doutput, dlast)
            # a_t = W x_t + b at every step: the gradients of W and b are sums over t
            gradients["W"] = over_time(da, x)
            if "b" in weights:
                gradients["b"] = da.sum((0, 1))
            dx = da @ weights["W"] if ctx.needs_input_grad[2] else None
        return None, None, dx, *dstate, *(gradients[name] for name in names)


def _is_batched(gradient: Tensor) -> bool:
    """Whether vmap made a gradient: many at once, one of them to be seen."""
    # The first kind is of `torch.vmap`, the second of ``is_grads_batched`` and ``vectorize``.
    functorch = torch._C._functorch
    return functorch.is_batchedtensor(gradient) or functorch.is_legacy_batchedtensor(gradient)


def _by_autograd(
    ctx: Any, cell: Cell, weights: dict[str, Tensor], inputs: tuple[Tensor, ...], outer: Any
) -> list[Tensor | None]:
    """The same gradients from the cell's ``step``; they can be differentiated again if wanted."""
    twin = copy.copy(cell)  # with the weights of the way forwards, neither traced nor clamped
    twin._parameters = dict.fromkeys(cell._parameters) | weights  # type: ignore[assignment]
    twin._record, twin._clamps = None, {}
    fields = len(cell.State._fields)
    again = torch.is_grad_enabled()
    with torch.enable_grad():
        output, last = step_by_step(twin, inputs[0], cell.State(*inputs[1 : 1 + fields]))
    wanted = [i for i, tensor in enumerate(inputs) if tensor.requires_grad]
    found = torch.autograd.grad(
        (output, *last), [inputs[i] for i in wanted], outer, create_graph=again, allow_unused=True
    )
    gradients: list[Tensor | None] = [None] * len(inputs)
    for i, gradient in zip(wanted, found, strict=True):
        gradients[i] = gradient
    return gradients
