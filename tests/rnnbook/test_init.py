"""Starts of a cell: the blocks of U each by itself, the bias of the gate that keeps."""

import math

import pytest
import torch
from torch.testing import assert_close

from rnnbook.cells import Cell, GRUCell, LeakyCell, LSTMCell, SimpleCell
from rnnbook.cells.init import (
    blocks,
    chrono,
    forget_bias,
    identity,
    orthogonal,
    scaled,
    spectral_radius,
)

STARTS = [orthogonal, identity, scaled]


def made(rows=1, dtype=torch.float32):
    """A cell with ``rows`` blocks, as one with gates has them."""
    torch.manual_seed(0)
    return Cell(3, 8, rows=rows, dtype=dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("rows", [1, 3, 4])
def test_orthogonal_stretches_nothing(rows, dtype):
    cell = orthogonal(made(rows, dtype), gain=1.5)
    assert cell.U.dtype == dtype
    eye = torch.eye(8, dtype=dtype)
    for block in blocks(cell):
        assert_close(block.detach() @ block.detach().T, 1.5**2 * eye)


def test_orthogonal_blocks_differ_and_follow_the_generator():
    one, other = (
        orthogonal(made(3), generator=torch.Generator().manual_seed(7)).U for _ in range(2)
    )
    assert torch.equal(one, other)
    first, second, third = one.split(8)
    assert not torch.allclose(first, second)
    assert not torch.allclose(second, third)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_identity(dtype):
    cell = identity(made(4, dtype), scale=0.5)
    assert_close(cell.U.detach(), 0.5 * torch.eye(8, dtype=dtype).repeat(4, 1))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_scaled_has_the_radius_and_keeps_the_pattern(dtype):
    cell = made(3, dtype)
    before = cell.U.detach().clone()
    scaled(cell, radius=1.2)
    for block, old in zip(blocks(cell), before.split(8), strict=True):
        assert spectral_radius(block) == pytest.approx(1.2, rel=1e-5)
        factor = block.detach() / old
        assert_close(factor, factor[0, 0].expand_as(factor))


@pytest.mark.parametrize("start", STARTS)
def test_the_cell_itself_and_nothing_but_U(start):
    cell = made(3)
    W, b = cell.W.detach().clone(), cell.b.detach().clone()
    U = cell.U
    assert start(cell) is cell
    assert cell.U is U
    assert U.requires_grad
    assert U.grad_fn is None
    assert torch.equal(cell.W, W)
    assert torch.equal(cell.b, b)


@pytest.mark.draws
def test_a_linear_step_keeps_the_length_of_the_state():
    cell = orthogonal(SimpleCell(1, 16, dtype=torch.float64))
    h = torch.randn(5, 16, dtype=torch.float64)
    assert_close((h @ cell.U.T).norm(dim=1), h.norm(dim=1))


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("start", STARTS)
def test_factors_that_make_no_sense(start, value):
    with pytest.raises(ValueError, match=r"(gain|scale|radius) must be a positive number, got"):
        start(made(), value)


def test_nothing_to_scale():
    cell = made()
    with torch.no_grad():
        cell.U.zero_()
    with pytest.raises(ValueError, match="eigenvalue that is not 0"):
        scaled(cell)


# Where the bias of the gate that keeps stands, and its sign there; and where b_i stands.
KEEPING = {
    "lstm": (LSTMCell, {}, slice(8, 16), 1, slice(0, 8)),
    "peepholes": (LSTMCell, {"peepholes": True}, slice(8, 16), 1, slice(0, 8)),
    "coupled": (LSTMCell, {"coupled": True}, slice(0, 8), -1, slice(0, 8)),
    "gru": (GRUCell, {}, slice(8, 16), 1, None),
    "reset-before": (GRUCell, {"reset_after": False}, slice(8, 16), 1, None),
}


@pytest.mark.draws
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", sorted(KEEPING))
def test_forget_bias(kind, dtype):
    cell_class, options, where, sign, _ = KEEPING[kind]
    cell = cell_class(3, 8, dtype=dtype, **options)
    others = {name: value.clone() for name, value in cell.state_dict().items()}
    assert forget_bias(cell, 1.5) is cell
    assert (cell.b[where] == sign * 1.5).all()
    others["b"][where] = sign * 1.5
    for name, value in cell.state_dict().items():
        assert torch.equal(value, others[name])
    assert cell.b.requires_grad


@pytest.mark.draws
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", sorted(KEEPING))
def test_chrono(kind, dtype):
    cell_class, options, where, sign, writing = KEEPING[kind]
    cell = cell_class(3, 8, dtype=dtype, **options)
    others = {name: value.clone() for name, value in cell.state_dict().items()}
    assert chrono(cell, 100, generator=_seeded(3)) is cell
    keep = sign * cell.b[where].detach()
    assert keep.unique().numel() == 8
    assert keep.min() >= 0
    assert keep.max() <= math.log(99)
    others["b"][where] = sign * keep
    if writing is not None:
        assert torch.equal(cell.b[writing], -keep)
        others["b"][writing] = -keep
    for name, value in cell.state_dict().items():
        assert torch.equal(value, others[name])
    again = chrono(cell_class(3, 8, dtype=dtype, **options), 100, generator=_seeded(3))
    assert torch.equal(again.b[where].detach() * sign, keep)


def _seeded(seed):
    return torch.Generator().manual_seed(seed)


def test_chrono_spreads_uniformly():
    """Of 2,000 units, u = eᵇ is uniform on [1, longest − 1]: within four standard errors."""
    torch.manual_seed(0)
    keep = chrono(GRUCell(1, 2_000), 41, generator=_seeded(0)).b.split(2_000)[1].detach()
    u = keep.exp()
    quartiles = u.quantile(torch.tensor([0.25, 0.5, 0.75]))
    assert_close(quartiles, torch.tensor([10.75, 20.5, 30.25]), rtol=0, atol=1.8)
    assert u.mean().item() == pytest.approx(20.5, abs=1.0)


@pytest.mark.draws
@pytest.mark.parametrize("start", [lambda c: forget_bias(c, 1.0), lambda c: chrono(c, 10)])
@pytest.mark.parametrize(
    "cell",
    [
        SimpleCell(2, 3),
        LeakyCell(2, 3),
        LSTMCell(2, 3, forget=False),
        LSTMCell(2, 3, bias=False),
        LSTMCell(2, 3, bias=False, coupled=True),
        GRUCell(2, 3, bias=False),
    ],
)
def test_no_bias_of_a_gate_that_keeps(cell, start):
    before = {name: value.clone() for name, value in cell.state_dict().items()}
    with pytest.raises(TypeError, match="cell must have a bias of a gate that keeps, got"):
        start(cell)
    for name, value in cell.state_dict().items():
        assert torch.equal(value, before[name])


@pytest.mark.draws
@pytest.mark.parametrize("longest", [2, 1.0, -3, float("nan"), float("inf")])
def test_a_longest_dependency_that_makes_no_sense(longest):
    with pytest.raises(ValueError, match="longest must be a finite number above 2, got"):
        chrono(LSTMCell(2, 3), longest)


@pytest.mark.draws
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_bias_that_makes_no_sense(value):
    with pytest.raises(ValueError, match="value must be a finite number, got"):
        forget_bias(LSTMCell(2, 3), value)
