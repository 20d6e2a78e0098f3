"""Starts of the recurrent weights: each block by itself, U alone, in the cell's own precision."""

import pytest
import torch
from torch.testing import assert_close

from rnnbook.cells import Cell, SimpleCell
from rnnbook.cells.init import blocks, identity, orthogonal, scaled, spectral_radius

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
