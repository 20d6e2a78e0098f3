"""The Kalman filter and the linear law: against derivatives, textbooks' equations and by trial."""

import pytest
import torch
from torch import Generator

from rnnbook.tasks.cartpole import CartPole
from rnncourse.experiments import recorded
from rnncourse.lessons.ch22.balancing import ANGLE, CAP, FORCE, SCALE, TRACK, run
from rnncourse.lessons.ch22.experiments.classical import ACTION_SEEING_ALL
from rnncourse.lessons.ch22.filters import (
    ACTION,
    PROCESS,
    FilteredLaw,
    KalmanFilter,
    Law,
    gain,
    linearised,
)

ALL = (0, 1, 2, 3)


def test_linearised_by_hand():
    F, G = linearised()
    total, length = 1.1, 0.5
    turning = 9.8 / (length * (4 / 3 - 0.1 / total))  # rad/s² per radian
    assert F[3, 2] == pytest.approx(0.02 * turning)
    assert F[1, 2] == pytest.approx(-0.02 * turning * 0.1 * length / total)
    pushed = -1 / total / (length * (4 / 3 - 0.1 / total))
    assert G.tolist() == pytest.approx(
        [0, 0.02 * (1 / total - 0.1 * length * pushed / total), 0, 0.02 * pushed]
    )
    assert torch.equal(F.diag(), torch.ones(4, dtype=torch.float64))


@pytest.mark.parametrize("length", [0.25, 1.0])
def test_near_rest_the_world_is_linear(length):
    world, generator = CartPole(length), Generator().manual_seed(0)
    state = world.start(50, generator).double() / 50
    force = 0.01 * torch.randn(50, generator=generator, dtype=torch.float64)
    F, G = linearised(world)
    linear = state @ F.T + force[:, None] * G
    # What is missing is of third order: a thousandth cubed is a billionth.
    assert (world.step(state, force) - linear).abs().max() < 2e-9
    assert (state - linear).abs().max() > 1e-4


def test_the_gain_solves_riccatis_equation_and_is_stable():
    F, G = linearised()
    K = gain((F, G), 0.1)
    closed = F - torch.outer(G, K)
    assert torch.linalg.eigvals(closed).abs().max() < 1
    assert torch.linalg.eigvals(F).abs().max() > 1
    # No other gain costs less: the cost of a start is x·P x, and P is that of the closed loop.
    Q = torch.tensor([TRACK**-2, 0, ANGLE**-2, 0], dtype=F.dtype).diag()

    def cost_of(K):
        closed, total = F - torch.outer(G, K), Q + 0.1 / FORCE**2 * torch.outer(K, K)
        P = torch.zeros_like(F)
        power = torch.eye(4, dtype=F.dtype)
        for _ in range(2000):
            P = P + power.T @ total @ power
            power = power @ closed
        return P.trace()

    best = cost_of(K)
    for place in range(4):
        for factor in (0.95, 1.05):
            other = K.clone()
            other[place] *= factor
            assert cost_of(other) > best


def test_a_dear_push_is_a_small_one():
    gains = [gain(linearised(), action).abs() for action in (0.01, 0.1, 1.0)]
    assert (gains[0] > gains[1]).all()
    assert (gains[1] > gains[2]).all()


def test_the_filter_equals_least_squares_on_all_that_was_seen():
    """Without noise of the world, the estimate is that of a straight fit of the first state."""
    estimate = KalmanFilter(process=1e-9, noise=0.1)
    generator = Generator().manual_seed(1)
    observed = torch.randn(6, 3, 2, generator=generator, dtype=torch.float64)
    force = torch.randn(6, 3, generator=generator, dtype=torch.float64)
    belief = estimate.begin(3)
    for t in range(6):
        if t:
            belief = estimate.predict(belief, force[t - 1])
        belief = estimate.update(belief, observed[t])
    rows, targets = [estimate.start.inverse().sqrt()], [torch.zeros(3, 4, dtype=torch.float64)]
    power, shift = torch.eye(4, dtype=torch.float64), torch.zeros(3, 4, dtype=torch.float64)
    for t in range(6):
        rows.append(estimate.H @ power / 0.1)
        targets.append((observed[t] - shift @ estimate.H.T) / 0.1)
        if t < 5:
            power = estimate.F @ power
            shift = shift @ estimate.F.T + force[t][:, None] * estimate.G
    first = torch.linalg.lstsq(torch.cat(rows), torch.cat(targets, dim=1).T).solution
    torch.testing.assert_close(belief.mean, first.T @ power.T + shift, rtol=1e-6, atol=1e-9)


def test_nothing_is_learned_from_what_is_missing():
    estimate, generator = KalmanFilter(), Generator().manual_seed(4)
    there = torch.tensor([1.0, 0.0, 1.0])
    belief = estimate.begin(3)
    alone = [estimate.begin(1) for _ in range(3)]
    for t in range(5):
        observed = torch.randn(3, 2, generator=generator, dtype=torch.float64)
        force = torch.randn(3, generator=generator, dtype=torch.float64)
        seen = there if t % 2 else torch.ones(3)
        belief = estimate.predict(estimate.update(belief, observed, seen), force)
        for b in range(3):
            known = estimate.update(alone[b], observed[b : b + 1]) if seen[b] else alone[b]
            alone[b] = estimate.predict(known, force[b : b + 1])
    for b in range(3):
        torch.testing.assert_close(belief.mean[b], alone[b].mean[0])
        torch.testing.assert_close(belief.covariance[b], alone[b].covariance)
    assert belief.covariance[1, 3, 3] > belief.covariance[0, 3, 3], "and it knows less for it"


def test_the_law_reads_what_is_missing_in_a_last_column():
    law, generator = FilteredLaw(KalmanFilter()), Generator().manual_seed(5)
    x = torch.randn(4, 3, generator=generator)
    for there in (torch.ones(4, 1), torch.zeros(4, 1)):
        said, belief = law(torch.cat([x, there], dim=1))
        assert said.shape == (4,)
        expected = law(x)[1].mean if there.all() else torch.zeros(4, 4, dtype=torch.float64)
        torch.testing.assert_close(belief.mean, expected)


def test_the_filter_knows_how_far_it_is_off():
    """In a world that is linear, as it takes it to be, the error is spread as it says."""
    estimate = KalmanFilter(process=0.01)
    generator, B = Generator().manual_seed(2), 4000
    state = torch.randn(B, 4, generator=generator, dtype=torch.float64) @ estimate.start.sqrt()
    belief = estimate.begin(B)
    for _ in range(30):
        seen = state @ estimate.H.T
        noise = 0.1 * torch.randn(seen.shape, generator=generator, dtype=torch.float64)
        belief = estimate.update(belief, seen + noise)
        covariance = belief.covariance
        error = belief.mean - state
        force = 10 * torch.randn(B, generator=generator, dtype=torch.float64).sign()
        belief = estimate.predict(belief, force)
        shaken = torch.randn(B, 4, generator=generator, dtype=torch.float64)
        state = state @ estimate.F.T + force[:, None] * estimate.G + shaken @ estimate.Q.sqrt()
    ratio = error.square().mean(dim=0) / covariance.diag()
    assert ratio.tolist() == pytest.approx([1, 1, 1, 1], abs=0.1)


def test_a_wipe_begins_anew_and_carts_do_not_mix():
    policy = FilteredLaw(KalmanFilter())
    x = torch.randn(5, 3, generator=Generator().manual_seed(3))
    first, belief = policy(x)
    assert first.shape == (5,)
    assert first.dtype == torch.float32
    assert belief.mean.shape == (5, 4)
    assert belief.covariance.shape == (4, 4)
    again, _ = policy(x, None)
    assert torch.equal(first, again)
    alone, _ = policy(x[2:3])
    torch.testing.assert_close(alone, first[2:3])
    later, _ = policy(x, belief)
    assert not torch.allclose(later, first)


def test_the_last_push_is_known():
    policy, x = FilteredLaw(KalmanFilter()), torch.zeros(2, 3)
    _, belief = policy(x)
    x[1, -1] = 1.0
    _, belief = policy(x, belief)
    assert (belief.mean[1] - belief.mean[0])[3].item() == pytest.approx(-0.29, abs=0.02)


def test_the_law_reads_all_of_the_state():
    policy = Law(1.0)
    x = torch.cat([torch.tensor([[1.0, 0.5, -0.2, 0.1]]) / SCALE, torch.ones(1, 1)], dim=1)
    K = gain(linearised(), 1.0).float()
    expected = -(K[0] + 0.5 * K[1] - 0.2 * K[2] + 0.1 * K[3]) / FORCE
    assert policy(x)[0].item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("policy", [FilteredLaw(KalmanFilter()), Law(1.0)])
@torch.no_grad()
def test_both_balance(policy):
    generator = Generator().manual_seed(4)
    done = run(policy, CartPole().start(20, generator), CAP, generator)
    assert (done.steps == CAP).all()


def test_seen_is_what_the_filter_sees():
    assert FilteredLaw(KalmanFilter()).seen == (0, 2)
    assert FilteredLaw(KalmanFilter(seen=ALL)).seen == ALL


@pytest.mark.parametrize("name", ["noise", "process", "spread"])
def test_bad_deviations_are_named(name):
    with pytest.raises(ValueError, match=rf"{name} must be .*, got 0"):
        KalmanFilter(**{name: 0})


def test_a_bad_cost_is_named():
    with pytest.raises(ValueError, match=r"action must be .*, got -1"):
        gain(linearised(), -1)


def test_what_was_chosen_is_what_was_best():
    table = recorded("classical_choices").table
    costs = table.groupby(["process", "action"]).cost.mean()
    filtered = costs[costs.index.get_level_values("process") > 0]
    assert costs[PROCESS, ACTION] < 1.02 * filtered.min()
    assert costs[0, ACTION_SEEING_ALL] < 1.02 * costs[0].min()
