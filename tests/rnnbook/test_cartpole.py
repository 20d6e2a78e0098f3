"""The pole on a cart moves as Gymnasium's does, and gradients go back through it."""

from __future__ import annotations

import warnings
from typing import Any

import gymnasium
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnbook.tasks import CartPole
from rnnbook.tasks.cartpole import ANGLE, START, TRACK

NUMBERS = st.tuples(*[st.floats(-3, 3)] * 4)


def witness(length: float = 0.5) -> Any:
    env = gymnasium.make("CartPole-v1").unwrapped
    env.reset(seed=0)
    env.length, env.polemass_length = length, env.masspole * length
    return env


def double(*numbers: float) -> torch.Tensor:
    return torch.tensor([numbers], dtype=torch.float64)


@pytest.mark.parametrize("length", [0.25, 0.5, 1.0])
def test_it_moves_as_gymnasium_s(length):
    env, world = witness(length), CartPole(length)
    draws = torch.Generator().manual_seed(22)
    state = world.start(1, draws).double()
    env.state = state[0].numpy()
    falls = 0
    for push in torch.randint(0, 2, (400,), generator=draws).tolist():
        _, _, terminated, _, _ = env.step(push)
        state = world.step(state, double(20.0 * push - 10)[0])
        assert state[0].tolist() == pytest.approx([*env.state], abs=1e-6)
        assert bool(world.fallen(state)) == terminated
        if terminated:
            falls += 1
            env.reset()
            state = double(*env.state)
    assert falls > 5


@settings(derandomize=True, deadline=None)
@given(state=NUMBERS, push=st.integers(0, 1), length=st.floats(0.1, 2))
def test_a_step_from_anywhere_is_gymnasium_s(state, push, length):
    env = witness(length)
    env.state = state
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it may have fallen before
        terminated = env.step(push)[2]
    after = CartPole(length).step(double(*state), double(20.0 * push - 10)[0])
    torch.testing.assert_close(after[0], torch.tensor(env.state), rtol=1e-9, atol=1e-9)
    edges = torch.tensor([TRACK, ANGLE], dtype=torch.float64)
    if ((after[0, [0, 2]].abs() - edges).abs() > 1e-7).all():
        assert bool(CartPole(length).fallen(after)) == terminated


def test_each_cart_of_a_batch_moves_alone():
    draws = torch.Generator().manual_seed(1)
    state, force = torch.randn(7, 4, generator=draws), torch.randn(7, generator=draws)
    together = CartPole().step(state, force)
    alone = [CartPole().step(state[k : k + 1], force[k : k + 1]) for k in range(7)]
    torch.testing.assert_close(together, torch.cat(alone))
    assert together.dtype == torch.float32


def test_the_gradient_goes_back_through_fifty_steps():
    world, draws = CartPole(), torch.Generator().manual_seed(2)
    start = world.start(1, draws).double().requires_grad_()
    forces = torch.randn(50, 1, generator=draws).double().requires_grad_()

    def end(state: torch.Tensor, forces: torch.Tensor) -> torch.Tensor:
        for force in forces:
            state = world.step(state, force)
        return state

    assert torch.autograd.gradcheck(end, (start, forces), rtol=1e-5)
    (first,) = torch.autograd.grad(end(start, forces)[0, 2], forces)
    assert first[0] != 0
    assert torch.equal(first[-1], torch.zeros(1).double()), "the last force turns it a step later"


def test_left_and_right_are_alike():
    draws = torch.Generator().manual_seed(3)
    state, force = torch.randn(5, 4, generator=draws), torch.randn(5, generator=draws)
    torch.testing.assert_close(CartPole().step(-state, -force), -CartPole().step(state, force))


def test_a_longer_pole_falls_more_slowly():
    def steps_up(length: float) -> int:
        world, state = CartPole(length), double(0, 0, 0.01, 0)
        for t in range(1000):
            if world.fallen(state):
                return t
            state = world.step(state, double(0)[0])
        raise AssertionError("it never fell")

    quarter, half, whole = (steps_up(length) for length in (0.25, 0.5, 1.0))
    assert quarter < half < whole
    assert whole / quarter == pytest.approx(2, rel=0.1), "time goes with the root of the length"


@settings(derandomize=True, deadline=None)
@given(batch_size=st.integers(1, 300), seed=st.integers(0, 2**32))
def test_it_begins_upright_and_nearly_at_rest(batch_size, seed):
    state = CartPole().start(batch_size, torch.Generator().manual_seed(seed))
    assert state.shape == (batch_size, 4)
    assert state.abs().max() <= START
    assert not CartPole().fallen(state).any()
    assert torch.equal(state, CartPole().start(batch_size, torch.Generator().manual_seed(seed)))


def test_starts_fill_their_range():
    state = CartPole().start(2000, torch.Generator().manual_seed(0))
    assert (state.amax(dim=0) > 0.97 * START).all()
    assert (state.amin(dim=0) < -0.97 * START).all()


@pytest.mark.parametrize("length", [0, -0.5, float("nan"), float("inf"), "long", None])
def test_a_length_that_is_none(length):
    with pytest.raises(ValueError, match=r"length must be a positive number, got"):
        CartPole(length)


@pytest.mark.parametrize(
    ("state", "force", "words"),
    [
        (torch.zeros(3, 3), torch.zeros(3), r"state must have shape \(B, 4\) = \(3, 4\), got"),
        (torch.zeros(4), torch.zeros(1), r"state must have shape \(B, 4\), got \(4,\)"),
        (torch.zeros(3, 4), torch.zeros(3, 1), r"force must have shape \(B\) = \(3,\), got"),
        (torch.zeros(3, 4), torch.zeros(2), r"force must have shape \(B\) = \(3,\), got"),
        (torch.zeros(3, 4).long(), torch.zeros(3), r"state must be floats, got torch.int64"),
        (torch.zeros(3, 4).double(), torch.zeros(3), r"force must have the state's dtype"),
        (torch.zeros(3, 4), 10.0, r"force must be a tensor, got float"),
    ],
)
def test_what_does_not_fit_a_step(state, force, words):
    with pytest.raises((TypeError, ValueError), match=words):
        CartPole().step(state, force)


def test_what_is_no_number_has_fallen():
    states = torch.zeros(3, 4)
    states[0, 0] = states[1, 2] = torch.nan
    assert CartPole().fallen(states).tolist() == [True, True, False]


def test_what_cannot_have_fallen():
    with pytest.raises(ValueError, match=r"state must have shape .* = \(2, 4\), got \(2, 3\)"):
        CartPole().fallen(torch.zeros(2, 3))
