"""Chapter 22: what policies see and keep, how a run goes, and what is learned from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Generator, nn

from rnnbook.tasks.cartpole import ANGLE, TRACK, CartPole
from rnncourse.lessons.ch22 import balancing
from rnncourse.lessons.ch22.balancing import (
    CAP,
    FORCE,
    LAYERS,
    SCALE,
    FramePolicy,
    MemoryPolicy,
    balance,
    cost,
    run,
    upright,
)
from rnncourse.lessons.ch22.experiments import frames_or_memory

UNTRAINED = [FramePolicy, lambda: FramePolicy(3), *(lambda c=c: MemoryPolicy(c) for c in LAYERS)]


class Watching(nn.Module):
    """Says the same whatever comes, and keeps what it was given."""

    def __init__(self, seen: tuple[int, ...] = balancing.PLACES, says: float = 0.3) -> None:
        super().__init__()
        self.seen, self.inputs = seen, []
        self.says = nn.Parameter(torch.tensor(says))

    def forward(self, x: torch.Tensor, memory: Any = None) -> tuple[torch.Tensor, Any]:
        self.inputs.append(x)
        return self.says.expand(len(x)), len(self.inputs)


def begun(B: int = 4, seed: int = 0) -> torch.Tensor:
    return CartPole().start(B, generator(seed))


def generator(seed: int = 1) -> Generator:
    return Generator().manual_seed(seed)


def new(make: Callable[..., Any] = FramePolicy, *options: Any) -> Any:
    torch.manual_seed(22)
    return make(*options)


def test_frames_are_kept_oldest_first_and_repeated_at_first():
    policy = new(FramePolicy, 3)
    a, b, c, d = torch.randn(4, 2, 3, generator=generator()).unbind()
    memory = None
    for x, due in ((a, (a, a, a)), (b, (a, a, b)), (c, (a, b, c)), (d, (b, c, d))):
        u, memory = policy(x, memory)
        assert torch.equal(memory, torch.stack(due, dim=1))
        torch.testing.assert_close(u, policy.net(torch.cat(due, dim=1))[:, 0])


@pytest.mark.parametrize("cell", LAYERS)
def test_the_state_is_carried(cell):
    policy, x = new(MemoryPolicy, cell), torch.randn(6, 2, 3, generator=generator())
    memory, said = None, []
    for x_t in x:
        u, memory = policy(x_t, memory)
        said.append(u)
    torch.testing.assert_close(torch.stack(said), policy.readout(policy.layer(x)[0])[..., 0])


@pytest.mark.parametrize("make", UNTRAINED)
def test_a_run_is_what_a_loop_by_hand_makes(make):
    policy, start = new(make), begun()
    with torch.no_grad():
        done = run(policy, start, 30, generator(), noise=0.0)
        state, action, memory = start, torch.zeros(4), None
        for t in range(30):
            torch.testing.assert_close(done.states[t], state)
            x = torch.stack([state[:, 0] / TRACK, state[:, 2] / ANGLE, action], dim=1)
            u, memory = policy(x, memory)
            action = u.sign()
            assert torch.equal(done.actions[t], action)
            state = CartPole().step(state, FORCE * action)
    assert len(done.memories) == 30
    assert torch.equal(done.steps, upright(done.states, CartPole()))


def test_what_is_seen_is_scaled_with_noise_and_the_last_action():
    policy = Watching(seen=(0, 1, 2, 3))
    done = run(policy, begun(500), 20, generator(), noise=0.25, hard=False)
    x = torch.stack(policy.inputs)
    noise = x[..., :4] - done.states / SCALE
    assert noise.std(dim=(0, 1)).tolist() == pytest.approx([0.25] * 4, rel=0.05)
    assert noise.mean(dim=(0, 1)).abs().max() < 0.01
    assert torch.equal(x[0, :, 4], torch.zeros(500))
    assert torch.equal(x[1:, :, 4], done.actions[:-1])


def test_half_of_the_observations_are_missing_whole():
    policy = Watching()
    far = torch.tensor([[2.4, 0.0, 0.2, 0.0]]).repeat(500, 1)
    run(policy, far, 1, generator(), noise=0.0, unseen=0.5)
    seen = policy.inputs[0][:, :2] != 0
    assert torch.equal(seen[:, 0], seen[:, 1])
    assert 0.4 < seen[:, 0].double().mean() < 0.6
    run(policy, far, 1, generator(), noise=0.1, unseen=1.0)
    assert policy.inputs[1][:, :2].std() == pytest.approx(0.1, rel=0.1), "noise is still there"


def test_who_is_told_reads_in_a_last_column_which_are_missing():
    policy = Watching()
    far = torch.tensor([[2.4, 0.0, 0.2, 0.0]]).repeat(500, 1)
    run(policy, far, 1, generator(), noise=0.0, unseen=0.5, told=True)
    run(policy, far, 1, generator(), noise=0.0, told=True)
    some, every = policy.inputs
    assert some.shape == (500, 4)
    assert torch.equal(some[:, 3].bool(), some[:, 0] != 0)
    assert torch.equal(every[:, 3], torch.ones(500))
    told = new(MemoryPolicy, "gru", balancing.PLACES, 16, True)
    assert told.layer.input_size == 4
    with torch.no_grad():
        assert len(run(told, begun(), 3, generator(), unseen=0.5, told=True).actions) == 3


def test_the_generator_draws_the_noise():
    policy = new(MemoryPolicy)
    with torch.no_grad():
        first, again, other, *without = (
            run(policy, begun(), 10, generator(seed), noise=noise, hard=False).states
            for seed, noise in ((1, 0.1), (1, 0.1), (2, 0.1), (1, 0.0), (2, 0.0))
        )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(*without)


def test_the_gradient_of_a_hard_push_is_that_of_a_soft_one():
    policy = new(MemoryPolicy)
    found = {}
    for hard in (True, False):
        done = run(policy, begun(), 1, generator(), hard=hard)
        found[hard] = torch.autograd.grad(done.actions.sum(), policy.parameters())
        assert ((done.actions.abs() == 1) == hard).all()
    for one, other in zip(found[True], found[False], strict=True):
        torch.testing.assert_close(one, other)
    assert found[True][0].abs().max() > 0


def test_the_gradient_comes_back_through_the_world():
    policy = Watching(says=0.2).double()
    last = run(policy, begun(1).double(), 30, generator(), noise=0.0, hard=False).states[-1, 0, 2]
    (gradient,) = torch.autograd.grad(last, policy.says)

    def ends(says: float) -> float:
        end = run(Watching(says=says).double(), begun(1).double(), 30, generator(), noise=0.0,
                  hard=False)  # fmt: skip
        return end.states[-1, 0, 2].item()

    slope = (ends(0.2 + 1e-4) - ends(0.2 - 1e-4)) / 2e-4
    assert gradient.item() == pytest.approx(slope, rel=1e-3)


def test_between_changes_what_is_kept():
    called = []

    def between(t: int, memory: Any) -> Any:
        called.append((t, memory))
        return None if t == 2 else memory

    policy = new(FramePolicy, 2)
    with torch.no_grad():
        done = run(policy, begun(), 4, generator(), between=between)
    assert [t for t, _ in called] == [0, 1, 2, 3]
    assert called[0][1] is None
    assert all(called[t][1] is done.memories[t - 1] for t in (1, 2, 3))
    assert torch.equal(done.memories[2][:, 0], done.memories[2][:, 1]), "it begins anew"
    assert not torch.equal(done.memories[1][:, 0], done.memories[1][:, 1])


def test_upright_counts_to_the_first_fall():
    up, leans, off = torch.zeros(4), torch.tensor([0, 0, 0.21, 0]), torch.tensor([-2.41, 0, 0, 0])
    paths = [[up] * 4, [up, up, leans, up], [off, up, up, up], [up, off, off, up]]
    states = torch.stack([torch.stack(path) for path in paths], dim=1)
    assert upright(states, CartPole()).tolist() == [4, 2, 0, 1]


def test_the_cost_by_hand():
    states = torch.zeros(2, 2, 4)
    states[0, 0] = torch.tensor([TRACK / 2, 9.0, 0.0, 9.0])  # 1/4; velocities are free
    states[1, 0, 2] = -ANGLE  # 1
    states[0, 1, 2] = 100.0  # fallen: 25
    assert cost(states).item() == pytest.approx((0.25 + 1 + 25 + 0) / 4)


def test_training_repeats_by_its_seed():
    def trained(seed: int) -> torch.Tensor:
        policy = new(FramePolicy, 2)
        balance(policy, updates=2, steps=(5, 10), seed=seed)
        return policy.net[0].weight.detach()

    first, again, other = (trained(seed) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_runs_grow_longer():
    policy = Watching()
    history = balance(policy, updates=3, batch_size=5, steps=(3, 9))
    assert len(policy.inputs) == 3 + 5 + 7
    assert {len(x) for x in policy.inputs} == {5}
    assert len(history.loss) == 3


def test_who_sees_all_learns_to_balance():
    policy = new(FramePolicy, 1, (0, 1, 2, 3))
    before = frames_or_memory.tried(policy, 20, generator()).double().median()
    balance(policy, updates=25, lr=0.03, steps=(20, 50))
    after = frames_or_memory.tried(policy, 20, generator()).double().median()
    assert before < 30
    assert after > 100


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"noise": -0.1}, r"noise must be 0 or more, got -0.1"),
        ({"noise": float("nan")}, r"noise must be 0 or more, got nan"),
        ({"unseen": 1.5}, r"unseen must be 0 to 1, got 1.5"),
        ({"unseen": -0.5}, r"unseen must be 0 to 1, got -0.5"),
        ({"steps": 0}, r"steps must be a positive int, got 0"),
        ({"start": torch.zeros(4)}, r"start must have shape \(B, 4\), got \(4,\)"),
        ({"start": torch.zeros(3, 2)}, r"start must have shape \(B, 4\) = \(3, 4\), got \(3, 2\)"),
        ({"start": [0.0] * 4}, r"start must be a tensor, got list"),
    ],
)
def test_what_a_run_refuses(wrong, words):
    given = {"policy": new(), "start": begun(), "steps": 2, "generator": generator()}
    with pytest.raises((TypeError, ValueError), match=words):
        run(**{**given, **wrong})


def test_policies_that_are_none():
    with pytest.raises(ValueError, match="frames must be a positive int, got 0"):
        FramePolicy(0)
    with pytest.raises(ValueError, match="cell must be one of simple, lstm, gru, got 'rnn'"):
        MemoryPolicy("rnn")


def test_nine_tests_and_what_they_find():
    found = frames_or_memory.run(0, **frames_or_memory.CHEAP)
    names = [*frames_or_memory.tests()]
    assert [*found] == [part for name in names for part in (name, f"{name}_full")]
    assert len(names) == 9
    for name in names:
        assert 0 < found[name] <= CAP
        assert 0 <= found[f"{name}_full"] <= 1
    assert frames_or_memory.RATES_FOUND.keys() == frames_or_memory.POLICIES.keys()


def test_wiped_once_and_frozen_for_good():
    tests, half = frames_or_memory.tests(), frames_or_memory.HALF
    wiped, frozen = tests["wiped"]["between"], tests["frozen"]["between"]
    assert [wiped(t, f"kept {t}") for t in (half - 1, half, half + 1)] == [
        f"kept {half - 1}",
        None,
        f"kept {half + 1}",
    ]
    for start in ("a", "b"):  # a second run keeps its own
        kept = [frozen(t, f"{start}{t}") for t in range(CAP)]
        assert kept[:half] == [f"{start}{t}" for t in range(half)]
        assert set(kept[half:]) == {f"{start}{half}"}


@pytest.mark.parametrize("policy", frames_or_memory.POLICIES)
def test_each_policy_sees_what_its_name_says(policy):
    made = new(frames_or_memory.made, policy)
    assert made.seen == ((0, 1, 2, 3) if policy == "sees all" else (0, 2))
    if policy.endswith(("frame", "frames")):
        assert made.frames == int(policy.split()[0])
    assert sum(one.numel() for one in made.parameters()) < 1500
