"""Chapter 22's balancers: what the page carries, how they were made, and how long they balance."""

from __future__ import annotations

import pytest
import torch

from rnncourse.experiments import recorded
from rnncourse.experiments.packing import pack_all, round_weights
from rnncourse.figures import CartAndPole
from rnncourse.figures.cart_and_pole import HALFWAY
from rnncourse.lessons.ch22 import balancers
from rnncourse.lessons.ch22.balancing import CAP, SCALE

MOST_BYTES, MOST_IN_THE_PAGE = 10_000, 32_000
LONG = ("Four frames", "Sixteen frames", "GRU", "One frame, with velocities")


def figure(**options) -> CartAndPole:
    return CartAndPole(balancers.shipped()["policies"], **options)


def test_the_file_is_small_and_has_all_of_them():
    assert balancers.SHIPPED.stat().st_size <= MOST_BYTES
    assert len(figure(chosen=4).page().encode()) <= MOST_IN_THE_PAGE
    names = [policy["name"] for policy in balancers.shipped()["policies"]]
    assert names == [*balancers.KINDS] == [*balancers.shipped()["steps"]]
    assert all(policy["H"] == balancers.H for policy in balancers.shipped()["policies"])


@pytest.mark.parametrize("name", balancers.KINDS)
def test_each_balances_as_long_as_the_file_says(name):
    found = balancers.shipped()["steps"][name]
    # After a hundred steps, a difference in the seventh digit has grown into another run.
    assert balancers.steps(balancers.balancer(name)) == pytest.approx(found, rel=0.25)


def test_what_the_chapter_says_of_frames_and_memory():
    steps = balancers.shipped()["steps"]
    assert all(steps[name] == CAP for name in LONG)
    assert steps["One frame"] < 100 < steps["Two frames"] < 450


@pytest.mark.parametrize("name", balancers.KINDS)
def test_it_balances_about_as_long_as_the_median_of_ten(name):
    table = recorded("frames_or_memory").table.set_index("policy")
    found = table.loc[balancers.KINDS[name]].query("seed < 10")["same"]
    assert balancers.shipped()["steps"][name] == pytest.approx(found.median(), rel=0.2)


@pytest.mark.parametrize("name", balancers.KINDS)
def test_what_is_packed_are_the_weights_as_rounded(name):
    packed = next(p for p in balancers.shipped()["policies"] if p["name"] == name)["parameters"]
    policy = balancers.balancer(name)
    assert pack_all(policy) == packed
    assert pack_all(round_weights(policy)) == packed


def test_the_probe_reads_an_angular_velocity_that_is_never_seen():
    policy, packed = balancers.balancer("GRU"), balancers.shipped()["policies"][4]
    assert packed["name"] == "GRU"
    assert packed["sees"] == [0, 2]
    weights, bias = (torch.tensor(packed["probe"][part]).double() for part in ("weights", "bias"))
    h, turn = balancers.known(policy, seed=24)
    wrong = turn - (h @ weights + bias)
    assert 1 - wrong.square().mean() / turn.var() > 0.9
    again, once_more = balancers.probe(policy)
    torch.testing.assert_close(h @ again + once_more, h @ weights + bias, rtol=0, atol=0.05)


def test_the_figure_acts_as_the_lesson_does():
    shown = figure(noise=0.0, scale=SCALE.tolist())
    for k, name in enumerate(balancers.KINDS):
        policy = balancers.balancer(name).double()
        done = shown.run(k, 40)
        action, memory = 0.0, None
        for state, pushed in zip(done.states, done.actions, strict=False):
            seen = (state / SCALE)[list(policy.seen)]
            x = torch.cat([seen, torch.tensor([action]).double()])[None]
            with torch.no_grad():
                u, memory = policy(x, memory)
            action = float(u.sign())
            assert action == pushed, name


def test_the_gru_survives_a_push_and_needs_its_memory():
    shown = figure()
    gru = [*balancers.KINDS].index("GRU")
    assert not shown.run(gru, push=HALFWAY).fell
    assert shown.run(gru, freeze=HALFWAY).fell
    one = [*balancers.KINDS].index("One frame")
    assert len(shown.run(one).actions) < 100


def test_it_learns_the_same_every_time_and_leaves_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, again = (pack_all(balancers.trained("GRU", updates=1)) for _ in range(2))
    assert torch.equal(torch.rand(1), expected)
    assert first == again
    assert first != pack_all(balancers.balancer("GRU"))


@pytest.mark.parametrize("name", ["GRU", "Four frames"])
def test_the_file_describes_each_as_it_is(name):
    found = balancers.described(name, balancers.balancer(name))
    packed = next(one for one in balancers.shipped()["policies"] if one["name"] == name)
    probe, fitted = (one.pop("probe", None) for one in (dict(packed), found))
    assert found == {key: packed[key] for key in packed if key != "probe"}
    assert (probe is None) == (fitted is None) == (name != "GRU")
