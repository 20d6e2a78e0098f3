"""Chapter 02's task: every third bit is the XOR of the two before it."""

from math import log

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnncourse.lessons.ch02.xor import TemporalXOR


def draw(task, batch_size, seed=0):
    return task.sample(batch_size, torch.Generator().manual_seed(seed))


def test_the_seed_decides():
    task = TemporalXOR(7)
    for one, same in zip(draw(task, 4, seed=5), draw(task, 4, seed=5), strict=True):
        assert torch.equal(one, same)
    assert not torch.equal(draw(task, 40, seed=5).x, draw(task, 40, seed=6).x)


def test_shapes():
    x, target, mask = draw(TemporalXOR(7), 3)
    assert x.shape == (7, 3, 1)
    assert target.shape == mask.shape == (7, 3)
    assert mask.dtype == torch.bool


@given(length=st.integers(2, 40), seed=st.integers(0, 2**32))
def test_temporal_xor(length, seed):
    task = TemporalXOR(length)
    x, target, mask = draw(task, 6, seed)
    bits = torch.cat([x[..., 0], target[-1:]]).bool()
    assert torch.equal(bits[1:], target.bool())
    for third in range(2, length + 1, 3):
        assert torch.equal(bits[third], bits[third - 1] ^ bits[third - 2])
        assert task.predictable[third - 1]
    assert task.predictable.sum() == (length + 1) // 3
    assert mask.all()


def test_temporal_xor_squared_error_by_step():
    task = TemporalXOR(9)
    batch = draw(task, 2000)
    output = torch.zeros(9, 2000, 1)
    known = task.predictable
    output[known] = 100 * (2 * batch.target - 1).unsqueeze(-1)[known]
    error = task.squared_error(output, batch)
    assert torch.allclose(error[known], torch.zeros(3), atol=1e-6)
    assert torch.allclose(error[~known], torch.full((6,), 0.25))
    assert task.loss(output, batch).item() == pytest.approx(task.best(), abs=1e-5)


def test_target_distribution_is_that_of_samples():
    n, task = 20_000, TemporalXOR(7)
    ones, expected = draw(task, n).target.double().mean(dim=1), task.target_distribution()
    error = (expected[:, 0] * expected[:, 1] / n).sqrt()
    assert torch.all((ones - expected[:, 1]).abs() <= 5 * error)
    torch.testing.assert_close(expected.sum(dim=1), torch.ones(7).double())


def test_the_coin_tosses_remain():
    assert TemporalXOR(30).best() == pytest.approx(log(2) * 2 / 3)


def test_bad_sizes_are_named():
    with pytest.raises(ValueError, match="length must be an int of at least 2, got True"):
        TemporalXOR(True)
    with pytest.raises(ValueError, match="batch_size must be a positive int, got 0"):
        draw(TemporalXOR(7), 0)
