"""The gradient through an LSTM's cell state, split by detours through h."""

import pytest
import torch

from rnnbook import LSTMCell, Recurrent, SimpleCell
from rnnbook.gradients import path_terms

FLOAT64 = {"dtype": torch.float64}


def problem(T=7, B=2, D=3, H=4, scale=1.0, **options):
    torch.manual_seed(0)
    layer = Recurrent(LSTMCell, D, H, **options, **FLOAT64)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.mul_(scale)
    state = tuple(torch.randn(1, B, H, **FLOAT64) for _ in "hc")
    return layer, torch.randn(T, B, D, **FLOAT64), state


def by_autograd(layer, x, state, epsilon=1.0):
    """∂c_T/∂c_t for t = T … 1, (B, H, H), with the gradient through every h scaled by ε."""
    cell, now, cells = layer.cell, layer.cell.State(*(s[0] for s in state)), []
    for x_t in x:
        now = cell(x_t, now)
        cells.append(now.c)
        h = epsilon * now.h + (1 - epsilon) * now.h.detach()
        now = cell.State(h, now.c)
    J = []
    for c_t in reversed(cells):
        rows = [
            torch.autograd.grad(unit.sum(), c_t, retain_graph=True)[0]
            for unit in cells[-1].unbind(-1)
        ]
        J.append(torch.stack(rows, dim=1))
    return J


def relative(a, b):
    return ((a - b).abs().max() / b.abs().max()).item()


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_terms_sum_to_the_autograd_jacobian(scale):
    layer, x, state = problem(T=12, scale=scale)
    for term, J in zip(path_terms(layer, x, state), by_autograd(layer, x, state), strict=True):
        assert relative(term.sum(dim=0), J) < 1e-10


@pytest.mark.parametrize("epsilon", [-1.0, 0.0, 0.3, 2.0])
def test_each_term_is_the_coefficient_of_a_power_of_epsilon(epsilon):
    layer, x, state = problem(scale=3.0)
    terms, J = path_terms(layer, x, state), by_autograd(layer, x, state, epsilon)
    for lag, (term, expected) in enumerate(zip(terms, J, strict=True)):
        powers = epsilon ** torch.arange(lag + 1, **FLOAT64)
        assert relative(torch.einsum("m,mbij->bij", powers, term), expected) < 1e-10


def test_without_detours_it_is_the_product_of_the_forget_gates():
    layer, x, state = problem()
    f, terms = layer.trace(x, state).f, path_terms(layer, x, state)
    for lag, term in enumerate(terms):
        product = f[len(x) - lag :].prod(dim=0)
        assert torch.allclose(term[0], torch.diag_embed(product), rtol=1e-12, atol=0)
        assert term.shape == (lag + 1, 2, 4, 4)


def test_paths_are_as_many_as_can_be_counted_by_hand():
    # Every factor made 1: one unit whose terms count paths. Straight on, or up to h and on from
    # there to the next c, or to the next h: c_1 → c_3 has 1, 2 and 2 paths with 0, 1 and 2 h.
    counts = [[1], [1, 1], [1, 2, 2], [1, 3, 5, 4]]
    layer, x, _ = problem(T=4, B=1, H=1)
    terms = path_terms(layer, x)
    trace, U = layer.trace(x), layer.cell.U.detach().flatten()
    i, f, g, o, c = (getattr(trace, name).flatten().detach() for name in "ifgoc")
    A = torch.zeros(4, **FLOAT64)
    A[1:] = c[:-1] * (f * (1 - f))[1:] * U[1] + (g * i * (1 - i))[1:] * U[0]
    A[1:] += (i * (1 - g**2))[1:] * U[2]
    O, S = c.tanh() * o * (1 - o) * U[3], o * (1 - c.tanh() ** 2)

    def paths(t, at_h, last=3):
        """Products of factors from c_t or h_t to c_last, with the number of h on the way."""
        if not at_h:
            straight = [(0, 1.0)] if t == last else []
            if t < last:
                straight = [(m, f[t + 1] * p) for m, p in paths(t + 1, False)]
                straight += [(m + 1, S[t] * p) for m, p in paths(t, True)]
            return straight
        if t == last:
            return []
        on = [(m, A[t + 1] * p) for m, p in paths(t + 1, False)]
        return on + [(m + 1, O[t + 1] * p) for m, p in paths(t + 1, True)]

    for lag, by_m in enumerate(counts):
        found = paths(3 - lag, False)
        assert [sum(m == k for m, _ in found) for k in range(lag + 1)] == by_m
        for m in range(lag + 1):
            total = sum(float(p) for k, p in found if k == m)
            assert terms[lag][m].item() == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("options", [{"peepholes": True}, {"coupled": True}, {"forget": False}])
def test_other_cells_are_refused(options):
    layer, x, _ = problem(**options)
    with pytest.raises(ValueError, match="plain LSTMCell"):
        path_terms(layer, x)


@pytest.mark.draws
def test_a_simple_layer_is_refused():
    layer = Recurrent(SimpleCell, 3, 4, **FLOAT64)
    with pytest.raises(ValueError, match="plain LSTMCell"):
        path_terms(layer, torch.zeros(3, 1, 3, **FLOAT64))
