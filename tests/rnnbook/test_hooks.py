"""Tools that hang on a module's call work on a cell, which a layer never calls."""

from __future__ import annotations

import copy
import warnings

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

from rnnbook import GRUCell, LSTMCell, Recurrent, SimpleCell
from rnnbook.cells import CELLS, init
from rnnbook.gradients import (
    bptt,
    gradient_norms,
    path_terms,
    singular_values,
    step_jacobians,
    truncated,
)

# Refusals and equalities: they hold for every draw.
pytestmark = pytest.mark.draws

T, B, D, H = 5, 2, 3, 4
every_cell = pytest.mark.parametrize("kind", CELLS)
TOOLS = {
    "prune": lambda cell, name: prune.l1_unstructured(cell, name, amount=0.5),
    "weight_norm": weight_norm,
    "spectral_norm": lambda cell, name: spectral_norm(cell, name, n_power_iterations=2),
    "parametrizations.weight_norm": parametrizations.weight_norm,
    "parametrizations.spectral_norm": parametrizations.spectral_norm,
}


def use(tool, cell, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the old ones are deprecated
        TOOLS[tool](cell, name)


@every_cell
@pytest.mark.parametrize("tool", sorted(TOOLS))
@pytest.mark.parametrize("name", ["W", "U"])
def test_weights_computed_in_a_hook_train(kind, tool, name):
    torch.manual_seed(0)
    layer, x = Recurrent(kind, D, H), torch.randn(T, B, D)
    use(tool, layer.cell, name)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.01)
    losses = []
    for _ in range(4):
        optimizer.zero_grad()
        loss = layer(x)[0].square().sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    # What is run is what the parameters say now, also where nothing else was run in between.
    layer.eval()
    plain = Recurrent(kind, D, H)
    layer(x)
    with torch.no_grad():
        for each in ("W", "U", "b"):
            getattr(plain.cell, each).copy_(getattr(layer.cell, each))
        for each in plain.cell._parameters.keys() - {"W", "U", "b"}:
            if getattr(plain.cell, each) is not None:
                getattr(plain.cell, each).copy_(getattr(layer.cell, each))
    torch.testing.assert_close(plain(x)[0], layer(x)[0])
    if tool == "prune":
        assert (getattr(layer.cell, name) == 0).sum() == getattr(layer.cell, name).numel() // 2


@every_cell
def test_loading_after_pruning_leaves_no_stale_weights(kind):
    torch.manual_seed(0)
    layer, other, x = Recurrent(kind, D, H), Recurrent(kind, D, H), torch.randn(T, B, D)
    for each in (layer, other):
        prune.random_unstructured(each.cell, "U", amount=0.5)
    assert not torch.equal(layer(x)[0], other(x)[0])
    layer.load_state_dict(other.state_dict())
    assert torch.equal(layer(x)[0], other(x)[0])
    assert torch.equal(layer.double()(x.double())[0], other.double()(x.double())[0])
    layer.load_state_dict(Recurrent(kind, D, H).double().state_dict(), strict=False)


@pytest.mark.parametrize("kind", [SimpleCell, LSTMCell, GRUCell])
def test_conversion_after_loading(kind):
    layer, other, x = Recurrent(kind, D, H), Recurrent(kind, D, H), torch.randn(T, B, D)
    for each in (layer, other):
        prune.random_unstructured(each.cell, "U", amount=0.5)
    layer.load_state_dict(other.state_dict())
    torch.testing.assert_close(layer.to_torch()(x)[0], other(x)[0])


STARTS = {
    "orthogonal": (init.orthogonal, "U"),
    "identity": (init.identity, "U"),
    "scaled": (init.scaled, "U"),
    "forget_bias": (lambda cell: init.forget_bias(cell, 1.0), "b"),
    "chrono": (lambda cell: init.chrono(cell, 10.0), "b"),
}


@pytest.mark.parametrize("tool", ["prune", "parametrizations.weight_norm"])
@pytest.mark.parametrize("start", sorted(STARTS))
def test_a_start_that_would_be_lost_is_refused(tool, start):
    change, name = STARTS[start]
    cell = change(LSTMCell(D, H))
    if name == "b":
        prune.random_unstructured(cell, "b", amount=0.5)
    else:
        use(tool, cell, name)
    with pytest.raises(ValueError, match=f"cell must have {name} as its own parameter"):
        change(cell)


def counted(cell):
    """The calls of a hook before the cell."""
    calls = []
    cell.register_forward_pre_hook(lambda module, arguments: calls.append(arguments[0].shape))
    return calls


PASSES = {
    "forward": lambda layer, x: layer(x),
    "no gradients": lambda layer, x: layer.requires_grad_(False)(x),
    "lengths": lambda layer, x: layer(x, lengths=[T, 1]),
    "trace": lambda layer, x: layer.trace(x),
    "gradient_norms": lambda layer, x: gradient_norms(layer.cell, x, torch.sum),
    "step_jacobians": lambda layer, x: step_jacobians(layer.cell, x),
    "singular_values": lambda layer, x: singular_values(layer.cell, x),
    "bptt": lambda layer, x: bptt(layer.cell, x, torch.zeros(T, B, H)),
    "truncated": lambda layer, x: next(truncated(layer, x, T)),
    "path_terms": lambda layer, x: path_terms(layer, x),
    "to_torch": lambda layer, x: layer.to_torch(),
}


@pytest.mark.parametrize("way", sorted(PASSES))
def test_a_hook_before_a_cell_runs_once_a_pass(way):
    layer = Recurrent(LSTMCell if way == "path_terms" else SimpleCell, D, H)
    calls = counted(layer.cell)
    PASSES[way](layer, torch.randn(T, B, D))
    assert len(calls) == 1


def test_in_a_stack_each_cells_hook_runs_once():
    layer = Recurrent(GRUCell, D, H, num_layers=2, bidirectional=True)
    calls = [counted(cell) for cells in layer.cells for cell in cells]
    layer(torch.randn(T, B, D))
    assert calls == [[(T, B, D)]] * 2 + [[(T, B, 2 * H)]] * 2
    layer.cells[0][0].register_forward_pre_hook(
        lambda module, arguments, keywords: calls.append(keywords), with_kwargs=True
    )
    layer(torch.randn(T, B, D))
    assert calls[-1] == {}


@every_cell
def test_a_parametrization_is_computed_once_a_pass(kind):
    class Counted(nn.Module):
        calls = 0

        def forward(self, weight):
            self.calls += 1
            return weight / 2

    layer, half = Recurrent(kind, D, H), Counted()
    nn.utils.parametrize.register_parametrization(layer.cell, "U", half)
    half.calls = 0
    layer(torch.randn(T, B, D))[0].sum().backward()
    assert half.calls == 1


def print_shape(module, *arguments):
    """A hook as readers write them."""


REGISTER = (
    "register_forward_hook",
    "register_full_backward_hook",
    "register_full_backward_pre_hook",
)


@pytest.mark.parametrize("register", REGISTER)
@pytest.mark.parametrize("way", sorted(PASSES))
def test_a_hook_that_could_never_run_is_refused_by_name(register, way):
    layer = Recurrent(LSTMCell if way == "path_terms" else SimpleCell, D, H)
    handle = getattr(layer.cell, register)(print_shape)
    call, x = PASSES[way], torch.randn(T, B, D)
    with pytest.raises(ValueError, match=r"hooks, got 'print_shape' on \w+Cell.*on the Recurrent$"):
        call(layer, x)
    handle.remove()
    getattr(layer, register)(print_shape)
    call(copy.deepcopy(layer), x)


def test_a_hook_that_changes_the_input_is_refused():
    layer = Recurrent(SimpleCell, D, H)
    layer.cell.register_forward_pre_hook(lambda module, arguments: arguments)
    with pytest.raises(ValueError, match=r"must return None.*put the hook on the Recurrent"):
        layer(torch.randn(T, B, D))


def test_a_cell_that_is_called_has_hooks_as_ever():
    cell, calls = SimpleCell(D, H), []
    cell.register_forward_hook(lambda module, arguments, state: calls.append(state))
    state = cell(torch.randn(B, D))
    assert calls == [state]
