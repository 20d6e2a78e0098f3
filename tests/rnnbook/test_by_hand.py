"""The hand-written way back: the gradients that autograd finds, and a silent step aside."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.autograd import forward_ad
from torch.nn.utils import parametrize

from rnnbook import GRUCell, LSTMCell, Recurrent, SimpleCell
from rnnbook.cells import by_hand as module
from rnnbook.cells.by_hand import by_hand_suffices, step_by_step, unroll_by_hand
from rnnbook.unroll import run

FLOAT64 = {"dtype": torch.float64}
KINDS = {
    "tanh": (SimpleCell, {}),
    "relu": (SimpleCell, {"nonlinearity": "relu"}),
    "lstm": (LSTMCell, {}),
    "gru": (GRUCell, {}),
}
SIZES = {
    "kind": st.sampled_from(sorted(KINDS)),
    "T": st.integers(1, 6),
    "B": st.integers(1, 3),
    "D": st.integers(1, 3),
    "H": st.integers(1, 4),
    "bias": st.booleans(),
    "seed": st.integers(0, 2**31),
}


def problem(kind, T, B, D, H, seed=0, **options):
    """A cell, inputs and a state before the first of them."""
    torch.manual_seed(seed)
    cell_class, own = KINDS[kind]
    cell = cell_class(D, H, **own, **options, **FLOAT64)
    state = cell.State(*(torch.randn(B, H, **FLOAT64) for _ in cell.State._fields))
    return cell, torch.randn(T, B, D, **FLOAT64), state


@pytest.fixture
def by_steps(monkeypatch):
    """Lets a test see which way ``run`` took: the list of ways."""
    ways = []
    for name in ("step_by_step", "unroll_by_hand"):
        way = getattr(module, name)

        def noted(*arguments, name=name, way=way):
            ways.append(name)
            return way(*arguments)

        monkeypatch.setattr(f"rnnbook.unroll.{name}", noted)
    return ways


@settings(max_examples=150, deadline=None)
@given(
    **SIZES,
    reverse=st.booleans(),
    wanted=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    used=st.sampled_from(["output", "last", "both", "one step", "h alone"]),
)
def test_the_same_gradients(kind, T, B, D, H, bias, seed, reverse, wanted, used):
    cell, x, state = problem(kind, T, B, D, H, seed, bias=bias)
    x.requires_grad_(wanted[0])
    for field in state:
        field.requires_grad_(wanted[1])
    for parameter in cell.parameters():
        parameter.requires_grad_(wanted[2] or not any(wanted[:2]))
    inputs = [v for v in (x, *state, *cell.parameters()) if v.requires_grad]
    assert by_hand_suffices(cell, x, state)
    results = []
    for way in (run, by_autograd):
        output, last = way(cell, x, state, reverse=reverse)
        weights = torch.linspace(-1, 2, output.numel(), **FLOAT64).view_as(output)
        loss = {
            "output": (output * weights).sin().sum(),
            "last": sum(field.square().sum() for field in last),
            "both": (output * weights).sum() + sum(field.sin().sum() for field in last),
            "one step": output[T // 2].sin().sum(),
            "h alone": last.h.sum(),
        }[used]
        found = torch.autograd.grad(loss, inputs, allow_unused=True, materialize_grads=True)
        results.append((output, *last, *found))
    for ours, theirs in zip(*results, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def by_autograd(cell, x, state, *, reverse):
    if not reverse:
        return step_by_step(cell, x, state)
    output, last = step_by_step(cell, x.flip(0), state)
    return output.flip(0), last


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_against_finite_differences_twice(kind, bias):
    """The second derivatives too: then, silently, the gradient comes from the steps."""
    cell, x, state = problem(kind, 3, 2, 2, 2, bias=bias)
    names, weights = zip(*cell.named_parameters(), strict=True)

    def function(x, *rest):
        fields = len(state)
        for name, weight in zip(names, rest[fields:], strict=True):
            cell._parameters[name] = weight
        output, last = unroll_by_hand(cell, x, cell.State(*rest[:fields]))
        return output, *last

    inputs = [v.detach().requires_grad_() for v in (x, *state, *weights)]
    assert torch.autograd.gradcheck(function, inputs)
    assert torch.autograd.gradgradcheck(function, inputs)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_gradient_penalty(kind):
    """∂/∂U of ‖∂ℓ/∂x‖², as a training step would take it."""
    cell, x, state = problem(kind, 4, 2, 3, 5)
    found = []
    for way in (unroll_by_hand, step_by_step):
        y = x.clone().requires_grad_()
        (dx,) = torch.autograd.grad(way(cell, y, state)[0].sin().sum(), y, create_graph=True)
        found.append(torch.autograd.grad(dx.square().sum(), cell.U)[0])
    torch.testing.assert_close(*found, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_backwards_twice_and_frozen_inputs(kind):
    cell, x, state = problem(kind, 4, 2, 3, 5)
    output, last = run(cell, x, state)
    kept = output.detach().clone()
    loss = output.sin().sum() + last.h.sum()
    first = torch.autograd.grad(loss, list(cell.parameters()), retain_graph=True)
    second = torch.autograd.grad(loss, list(cell.parameters()))
    for one, other in zip(first, second, strict=True):
        assert torch.equal(one, other)
    assert torch.equal(output, kept)
    assert not state[0].requires_grad


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_output_may_be_changed_in_place(kind):
    """As it may be step by step: what the way back needs is kept elsewhere."""
    cell, x, state = problem(kind, 4, 2, 3, 5)
    found = []
    for way in (unroll_by_hand, step_by_step):
        output, last = way(cell, x, state)
        output[1] = 0
        found.append(torch.autograd.grad(output.sum() + last.h.sum(), cell.U)[0])
    torch.testing.assert_close(*found, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_changed_weight_is_noticed(kind):
    cell, x, state = problem(kind, 4, 2, 3, 5)
    output, _ = run(cell, x, state)
    with torch.no_grad():
        cell.U.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        output.sum().backward()


@pytest.mark.draws
def test_which_way_is_taken(by_steps):
    layer = Recurrent(LSTMCell, 2, 3)
    x = torch.randn(4, 2, 2)
    layer(x)
    assert by_steps.pop() == "unroll_by_hand"
    with torch.no_grad():
        layer(x)
    layer.trace(x)
    with layer.clamp(f=1.0):
        layer(x)
    layer(x, lengths=[4, 2])
    with torch.autocast("cpu", torch.bfloat16):
        layer(x)
    torch.func.jacrev(lambda x: layer(x)[0])(x)
    torch.func.vmap(lambda x: layer(x[:, None])[0], in_dims=1)(x)
    with forward_ad.dual_level():
        layer(forward_ad.make_dual(x, torch.ones_like(x)))
    frozen = copy.deepcopy(layer).requires_grad_(False)
    frozen(x)
    assert set(by_steps) == {"step_by_step"}
    assert len(by_steps) == 9
    frozen(x.clone().requires_grad_())
    assert by_steps.pop() == "unroll_by_hand"
    for options in ({"peepholes": True}, {"coupled": True}, {"forget": False}):
        Recurrent(LSTMCell, 2, 3, **options)(x)
        assert by_steps.pop() == "step_by_step"
    Recurrent(GRUCell, 2, 3, reset_after=False)(x)
    assert by_steps.pop() == "step_by_step"


@pytest.mark.draws
def test_a_cell_that_steps_otherwise_goes_step_by_step():
    """A reader's own LSTM, with σ for the candidate, must not get the book's way back."""

    class Mine(LSTMCell):
        def step(self, projected_t, state):
            a = (projected_t + state.h @ self.U.T).chunk(4, dim=1)
            i, f, g, o = (torch.sigmoid(part) for part in a)
            c = f * state.c + i * g
            return self.State(o * torch.tanh(c), c)

    layer = Recurrent(Mine, 2, 3)
    x = torch.randn(5, 2, 2)
    assert layer.cell.by_hand is None
    state = None
    for x_t in x:
        state = layer.cell(x_t, state)
    torch.testing.assert_close(layer(x)[0][-1], state.h)

    swapped = Recurrent(SimpleCell, 2, 3)
    swapped.cell.step = lambda projected_t, state: state
    assert (swapped(x)[0] == 0).all()
    for kind, options in KINDS.values():
        assert kind(2, 3, **options).by_hand is not None


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind in sorted(KINDS) for name in "WUb"] + [("gru", "b_U")],
)
def test_parametrized_weights(kind, name):
    """Weights computed from others, as `torch.nn.utils.parametrizations` makes them."""

    class Half(nn.Module):
        def forward(self, weight):
            return weight / 2

    cell, x, state = problem(kind, 4, 2, 3, 5)
    plain = copy.deepcopy(cell)
    with torch.no_grad():
        getattr(plain, name).div_(2)
    parametrize.register_parametrization(cell, name, Half())
    ours, theirs = run(cell, x, state)[0], run(plain, x, state)[0]
    torch.testing.assert_close(ours, theirs)
    ours.sum().backward()
    theirs.sum().backward()
    torch.testing.assert_close(
        cell.parametrizations[name].original.grad, getattr(plain, name).grad / 2
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_single_and_half_precision(kind, dtype):
    cell, x, state = problem(kind, 4, 2, 3, 5)
    cell, x = cell.to(dtype), x.to(dtype)
    state = cell.State(*(field.to(dtype) for field in state))
    output, _ = run(cell, x, state)
    expected, _ = step_by_step(cell, x, state)
    tolerance = 1e-5 if dtype is torch.float32 else 0.05
    torch.testing.assert_close(output, expected, rtol=tolerance, atol=tolerance)
    output.sum().backward()
    assert cell.U.grad.dtype == dtype


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**31), size=st.floats(-6, 1))
def test_the_lstm_in_float32_is_true_to_1e_6(seed, size):
    """Also where inputs and weights are tiny: ``tanh`` by way of ``σ`` errs by 1e-7 at most."""
    torch.manual_seed(seed)
    cell = LSTMCell(3, 4)
    x, state = 10**size * torch.randn(20, 2, 3), cell.initial_state(2)
    found = unroll_by_hand(cell, x, state)[0]
    double = copy.deepcopy(cell).double()
    true = step_by_step(double, x.double(), double.State(*(s.double() for s in state)))[0]
    torch.testing.assert_close(found, true.float(), rtol=0, atol=1e-6)


@pytest.mark.draws
def test_running_leaves_the_weights_alone():
    """One unit's rows are their own transpose: a copy that is none would be overwritten."""
    for cell_class, options in KINDS.values():
        cell = cell_class(1, 1, **options)
        before = copy.deepcopy(cell.state_dict())
        run(cell, torch.ones(3, 1, 1), cell.initial_state(1))
        for name, value in cell.state_dict().items():
            assert torch.equal(value, before[name])


def close(one, other):
    torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.draws
class TestManyGradientsAtOnce:
    """Under vmap, from whichever door it comes: then, silently, autograd takes the steps."""

    @pytest.fixture
    def function(self, kind, bias):
        cell, self.x, state = problem(kind, 4, 2, 3, 3, bias=bias)
        self.cell = cell
        return lambda x: run(cell, x, state)[0][1:]

    def test_jacobian(self, function):
        jacobian = torch.autograd.functional.jacobian
        expected = jacobian(function, self.x)
        close(jacobian(function, self.x, vectorize=True), expected)
        close(torch.func.jacrev(function)(self.x), expected)
        close(jacobian(function, self.x, vectorize=True, strategy="forward-mode"), expected)

    def test_hessian(self, function):
        hessian = torch.autograd.functional.hessian

        def total(x):
            return function(x).sin().sum()

        expected = hessian(total, self.x)
        for outer in ("reverse-mode", "forward-mode"):
            found = hessian(total, self.x, vectorize=True, outer_jacobian_strategy=outer)
            close(found, expected)

    def test_batched_gradients(self, function):
        x = self.x.requires_grad_()
        wanted = (x, *self.cell.parameters())
        output = function(x)
        many = torch.randn(5, *output.shape, **FLOAT64)
        one_by_one = [torch.autograd.grad(output, wanted, v, retain_graph=True) for v in many]
        expected = [torch.stack(parts) for parts in zip(*one_by_one, strict=True)]
        batched = torch.autograd.grad(
            output, wanted, many, is_grads_batched=True, retain_graph=True
        )
        mapped = torch.vmap(lambda v: torch.autograd.grad(output, wanted, v, retain_graph=True))
        for found in (batched, mapped(many)):
            for one, other in zip(found, expected, strict=True):
                close(one, other)
        # and they can be differentiated again
        again = torch.autograd.grad(output, x, many, is_grads_batched=True, create_graph=True)
        (found,) = torch.autograd.grad(again[0].square().sum(), self.cell.U, retain_graph=True)
        total = 0
        for v in many:
            (dx,) = torch.autograd.grad(output, x, v, create_graph=True)
            total = total + dx.square().sum()
        close(found, torch.autograd.grad(total, self.cell.U)[0])

    def test_one_gradient_is_still_by_hand(self, function, monkeypatch):
        def never(*arguments):
            raise AssertionError("by autograd")

        monkeypatch.setattr(module, "_by_autograd", never)
        torch.autograd.grad(function(self.x).sum(), self.cell.U)


@pytest.mark.draws
@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"relu"}))  # which needs an order
def test_complex_numbers_go_step_by_step(kind, by_steps):
    """Their way back takes the conjugate; the one by hand does not."""
    cell_class, options = KINDS[kind]
    layer = Recurrent(cell_class, 2, 3, dtype=torch.complex128, **options)
    layer(torch.randn(4, 2, 2, dtype=torch.complex128))
    assert by_steps.pop() == "step_by_step"


@pytest.mark.draws
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_traced_by_jit(kind):
    """``torch.jit.trace`` sees every operation, and hands over sizes as tensors."""
    cell_class, options = KINDS[kind]
    layer, x = Recurrent(cell_class, 2, 3, **options), torch.randn(4, 2, 2)
    torch.testing.assert_close(torch.jit.trace(layer, (x,))(2 * x)[0], layer(2 * x)[0])
