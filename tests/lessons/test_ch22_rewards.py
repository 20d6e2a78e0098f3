"""The policy gradient: by hand, and against all that can happen in a world of two steps."""

import pytest
import torch
from torch import Generator

from rnnbook.tasks.cartpole import CartPole
from rnncourse.lessons.ch22.balancing import LAYERS, FramePolicy, MemoryPolicy
from rnncourse.lessons.ch22.rewards import (
    Tried,
    advantage,
    says,
    surrogate,
    to_go,
    try_out,
    whole_episodes,
)

UP = torch.tensor([[1, 1, 1], [1, 1, 1], [1, 1, 0], [1, 0, 0]], dtype=torch.bool)


def seeded(kind, *arguments):
    torch.manual_seed(0)
    return kind(*arguments)


def test_rewards_to_go_by_hand():
    assert to_go(UP).tolist() == [[4, 3, 2], [3, 2, 1], [2, 1, 0], [1, 0, 0]]


def test_an_advantage_compares_with_those_that_are_up():
    found = advantage(UP)
    side = (3 / 2) ** 0.5
    expected = [[side, 0, -side], [side, 0, -side], [1, -1, 0], [0, 0, 0]]
    torch.testing.assert_close(found, torch.tensor(expected), rtol=0, atol=1e-4)


def test_all_steps_of_an_episode_share_its_length():
    found = whole_episodes(UP)
    assert torch.equal(found[0], found[3])
    torch.testing.assert_close(found[0], torch.tensor([1.5**0.5, 0, -(1.5**0.5)]))


def test_nothing_is_learned_where_all_fare_alike():
    up = torch.ones(5, 4, dtype=torch.bool)
    assert not advantage(up).any()
    assert not whole_episodes(up).any()


@pytest.mark.parametrize(
    ("make", "kind"),
    [(FramePolicy, 1), (FramePolicy, 4), *((MemoryPolicy, cell) for cell in LAYERS)],
)
def test_what_is_said_at_once_is_what_was_said_step_by_step(make, kind):
    policy, generator = seeded(make, kind), Generator().manual_seed(0)
    said, memory = [], None
    seen = torch.randn(7, 3, 3, generator=generator)
    for x in seen:
        u, memory = policy(x, memory)
        said.append(u)
    torch.testing.assert_close(says(policy, seen), torch.stack(said))


def test_actions_are_drawn_as_the_policy_says():
    policy = seeded(FramePolicy, 1)
    for parameter in policy.parameters():
        torch.nn.init.zeros_(parameter)
    policy.net[2].bias.data.fill_(0.5)
    done = try_out(policy, torch.zeros(4000, 4), Generator().manual_seed(1), steps=1)
    assert done.actions.mean().item() == pytest.approx(torch.tensor(0.5).tanh().item(), abs=0.05)
    assert set(done.actions.flatten().tolist()) == {-1.0, 1.0}


def test_trying_ends_when_all_are_down_and_remembers_actions():
    generator = Generator().manual_seed(2)
    done = try_out(seeded(MemoryPolicy, "gru"), CartPole().start(6, generator), generator)
    T = len(done.up)
    assert T < 500
    assert done.up[-1].any()
    assert torch.equal(done.up.long().cumprod(dim=0), done.up.long())
    assert not done.seen[0, :, -1].any()
    assert torch.equal(done.seen[1:, :, -1], done.actions[:-1])
    short = try_out(seeded(MemoryPolicy, "gru"), torch.zeros(2, 4), generator, steps=3)
    assert short.seen.shape == (3, 2, 3)


def test_the_gradient_raises_what_went_better_than_others():
    """Two carts that see the same, one step: right lasts longer, so right becomes likelier."""
    policy = seeded(FramePolicy, 1)
    seen = torch.full((2, 2, 3), 0.3)
    tried = Tried(
        seen, torch.tensor([[1.0, -1.0], [1.0, 1.0]]), torch.tensor([[True, True], [True, False]])
    )
    before = says(policy, seen)[0, 0].item()
    surrogate(policy, tried).backward()
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter -= 0.1 * parameter.grad
    assert says(policy, seen)[0, 0].item() > before


def test_the_surrogates_gradient_is_that_of_the_expected_reward():
    """One step, and a reward of 1 more for the right: d/du of its probability is by hand."""
    bias = torch.tensor(0.2, requires_grad=True)
    probability = (2 * bias).sigmoid()
    (exact,) = torch.autograd.grad(probability, bias)
    n = 200_000
    right = torch.rand(n, generator=Generator().manual_seed(3)) < probability.detach()
    policy = seeded(FramePolicy, 1)
    for parameter in policy.parameters():
        torch.nn.init.zeros_(parameter)
    policy.net[2].bias.data.fill_(0.2)
    tried = Tried(
        torch.zeros(1, n, 3),
        torch.where(right, 1.0, -1.0)[None],
        torch.ones(1, n, dtype=torch.bool),
    )
    surrogate(policy, tried, lambda up: right.float()[None] - 0.5).backward()
    assert -policy.net[2].bias.grad.item() == pytest.approx(exact.item(), abs=0.01)
