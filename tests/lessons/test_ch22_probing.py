"""Probes, differences and R²: by hand, and on states that are known."""

from functools import partial

import pytest
import torch
from torch import Generator

from rnncourse.lessons.ch22.balancing import SCALE, FramePolicy, MemoryPolicy
from rnncourse.lessons.ch22.filters import KalmanFilter
from rnncourse.lessons.ch22.probing import (
    differences,
    explained,
    filtered,
    last_frames,
    probe,
    watch,
)


def seeded(kind, *arguments):
    torch.manual_seed(0)
    return kind(*arguments)


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (partial(seeded, MemoryPolicy, "gru"), 16),
        (partial(seeded, MemoryPolicy, "lstm"), 32),
        (partial(seeded, FramePolicy, 4), 16),
    ],
)
def test_what_is_watched(make, size):
    policy = make()
    done = watch(policy, 5, Generator().manual_seed(0), steps=60)
    assert done.states.shape == (60, 5, 4)
    assert done.seen.shape == (60, 5, 3)
    assert done.memories.shape == (60, 5, size)
    assert done.up[0].all()
    assert not done.up[-1].all()
    # What is read off a memory is what the policy decides by: the next push is its sign.
    if isinstance(policy, FramePolicy):
        said = policy.net[2](done.memories)[..., 0]
    else:
        said = policy.readout(done.memories[..., :16])[..., 0]
    torch.testing.assert_close(said.sign()[:-1], done.seen[1:, :, -1])


def test_noise_of_what_is_seen():
    done = watch(seeded(MemoryPolicy, "gru"), 200, Generator().manual_seed(1), steps=20)
    off = done.seen[..., :2] - (done.states / SCALE)[..., [0, 2]]
    assert off.std().item() == pytest.approx(0.1, rel=0.05)


def test_a_wipe_begins_the_memory_anew():
    policy = seeded(MemoryPolicy, "gru")
    done = watch(policy, 3, Generator().manual_seed(2), steps=6, wipe_at=4)
    _, fresh = policy(done.seen[4])
    torch.testing.assert_close(done.memories[4], fresh[0])
    kept = watch(policy, 3, Generator().manual_seed(2), steps=6)
    torch.testing.assert_close(kept.memories[:4], done.memories[:4])
    assert not torch.allclose(kept.memories[4], done.memories[4])


def test_last_frames_are_those_of_the_policy():
    policy, memory = seeded(FramePolicy, 4), None
    seen = torch.randn(6, 2, 3, generator=Generator().manual_seed(3))
    found = last_frames(seen, 4)
    for t, x in enumerate(seen):
        _, memory = policy(x, memory)
        assert torch.equal(found[t].view(2, 4, 3), memory)


def test_a_probe_finds_what_is_linear_and_only_where_it_is_told():
    generator = Generator().manual_seed(4)
    features = torch.randn(30, 4, 6, generator=generator)
    states = features @ torch.randn(6, 4, generator=generator) + 2
    where = torch.rand(30, 4, generator=generator) < 0.5
    spoilt = torch.where(where[..., None], states, 1000.0)
    torch.testing.assert_close(
        probe(features, spoilt, where)(features), states.double(), rtol=1e-4, atol=1e-4
    )


def test_a_probe_bears_a_unit_that_says_the_same_always():
    features = torch.randn(30, 4, 2, generator=Generator().manual_seed(5))
    saturated = torch.cat([features, torch.ones(30, 4, 1)], dim=2)
    states = features @ torch.ones(2, 4)
    where = torch.ones(30, 4, dtype=torch.bool)
    torch.testing.assert_close(
        probe(saturated, states, where)(saturated), states.double(), rtol=1e-4, atol=1e-4
    )


def test_differences_have_the_units_of_states():
    seen = torch.zeros(3, 1, 3)
    seen[2, 0, :2] = torch.tensor([0.02, 0.02]) / SCALE[[0, 2]]
    torch.testing.assert_close(
        differences(seen)[:, 0], torch.tensor([[0.0] * 4, [0.0] * 4, [0.02, 1.0, 0.02, 1.0]])
    )


def test_filtered_is_the_filter_step_by_step():
    seen = torch.randn(5, 2, 3, generator=Generator().manual_seed(6))
    estimate = KalmanFilter(spread=3.0)
    belief = estimate.update(estimate.begin(2), seen[0, :, :2])
    for x in seen[1:]:
        belief = estimate.update(estimate.predict(belief, 10 * x[:, 2]), x[:, :2])
    torch.testing.assert_close(filtered(seen, 3.0)[-1], belief.mean)


def test_explained_by_hand():
    states = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    assert explained(states, states).tolist() == [1, 1]
    assert explained(states.mean(dim=0).expand(3, 2), states).tolist() == [0, 0]
    assert explained(states + 2, states).tolist() == pytest.approx([-0.5, -0.5])
