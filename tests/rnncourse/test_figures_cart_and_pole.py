"""The cart and the pole: the page goes the way that Python goes, and says of it what is so."""

from __future__ import annotations

import gzip
import re
import sys
from math import cos, degrees, sin
from pathlib import Path

import pytest
import torch
import traitlets

from rnnbook.tasks.cartpole import CartPole
from rnncourse.experiments.packing import unpack_all
from rnncourse.figures import bundle

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from made_up_cart import RUN, blank, figure, filter_that_balances, in_the_page, random_policy

GRU, FRAMES = random_policy("gru", 1), random_policy("frames", 2)
HALFWAY = 250
ASK = """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(given.map((one) => ACT)));
"""


def on_the_page(shown, folder, cases):
    return in_the_page(RUN, folder, {"settings": shown.settings(), "cases": cases})


def as_python(shown, k, page, freeze=None, **options):
    """Compare a run of the page with Python's, which is returned: to the end, not for a while."""
    ours = shown.run(k, push=None if freeze else HALFWAY, freeze=freeze, **options)
    assert page["fell"] == ours.fell
    assert len(page["actions"]) == len(ours.actions)
    assert page["actions"] == ours.actions.tolist()
    last = torch.tensor(page["state"], dtype=torch.float64)
    assert (last - ours.states[-1]).abs().max() <= 1e-8
    for column, name in ((0, "x"), (2, "angle"), (3, "turn")):
        theirs = torch.tensor(page[name], dtype=torch.float64)
        assert (theirs - ours.states[:-1, column]).abs().max() <= 1e-8
    if page["believed"][0] is not None:
        believed = torch.tensor(page["believed"], dtype=torch.float64)
        assert (believed - ours.believed).abs().max() <= 1e-4
    return ours


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_the_page_goes_the_way_that_python_goes(tmp_path, noise):
    shown = figure(noise=noise)
    pages = on_the_page(shown, tmp_path, [[k, False] for k in range(4)])
    runs = [as_python(shown, k, page) for k, page in enumerate(pages)]
    assert len(runs[2].actions) == 500, "whole ten seconds, and not only till chaos begins"
    assert runs[2].fell == ""
    assert runs[0].fell == "pole"


@pytest.mark.parametrize("seed", [3, 4])
def test_so_it_is_with_random_weights_and_other_settings(tmp_path, seed):
    options = {"noise": 0.02, "length": 1.0, "push_force": 5.0, "seed": seed}
    shown = figure(policies=[GRU, FRAMES, filter_that_balances()], **options)
    pages = on_the_page(shown, tmp_path, [[k, False] for k in range(3)])
    for k, page in enumerate(pages):
        as_python(shown, k, page)


def test_so_it_is_with_a_frozen_memory(tmp_path):
    shown = figure()
    for k, page in enumerate(on_the_page(shown, tmp_path, [[k, True] for k in range(4)])):
        as_python(shown, k, page, freeze=HALFWAY)


def test_a_step_is_that_of_barto_sutton_and_anderson(tmp_path):
    generator = torch.Generator().manual_seed(5)
    cases = []
    for length in (0.125, 0.5, 1.0):
        state = (2 * torch.rand(4, generator=generator, dtype=torch.float64) - 1).tolist()
        cases.append([state, 10.0, length])
        cases.append([state, -25.0, length])
    for (state, force, length), page in zip(
        cases, in_the_page(ASK.replace("ACT", "moved(...one)"), tmp_path, cases), strict=True
    ):
        x, speed, angle, turn = state
        pushed = (force + 0.1 * length * turn**2 * sin(angle)) / 1.1
        turning = (9.8 * sin(angle) - cos(angle) * pushed) / (
            length * (4 / 3 - 0.1 * cos(angle) ** 2 / 1.1)
        )
        faster = pushed - 0.1 * length * turning * cos(angle) / 1.1
        ours = [x + 0.02 * speed, speed + 0.02 * faster, angle + 0.02 * turn, turn + 0.02 * turning]
        assert page == pytest.approx(ours, abs=1e-9)


def inputs_of(run, sees):
    """What was seen at each step, without noise, and the action before it: (T, D)."""
    scale = torch.tensor([2.4, 3.0, 0.2095, 3.0], dtype=torch.float64)
    before = torch.cat([torch.zeros(1).double(), run.actions[:-1]])
    return torch.cat([(run.states[:-1] / scale)[:, sees], before[:, None]], dim=1)


@torch.no_grad()
def test_a_gru_carries_its_state_until_it_is_frozen():
    one = filter_that_balances()
    shown = figure(noise=0.0)
    free, frozen = shown.run(2, push=100, steps=200), shown.run(2, freeze=100)
    model = unpack_all(blank("gru", H=4), one["parameters"])
    h = model["layer"](inputs_of(free, [0, 2]))[0]
    assert torch.equal(model["readout"](h)[:, 0].sign(), free.actions)
    assert torch.allclose(h[:, 3] * 21.43, free.believed)
    x = inputs_of(frozen, [0, 2])
    kept = model["layer"](x[:100])[1]
    now = torch.cat([model["layer"](one[None], kept)[0] for one in x[100:]])
    assert torch.equal(model["readout"](now)[:, 0].sign(), frozen.actions[100:])
    assert frozen.fell


@torch.no_grad()
def test_frames_come_oldest_first_and_the_first_is_repeated():
    shown = figure(policies=[FRAMES], chosen=0, noise=0.0)
    model = unpack_all(blank("frames", H=6), FRAMES["parameters"])
    for freeze in (None, 5):
        run = shown.run(freeze=freeze)
        x = inputs_of(run, [2, 0])
        assert len(x) > 7
        held = [*x[:1], *x[:1], *x]
        for t, action in enumerate(run.actions):
            before = held[t : t + 2] if freeze is None or t < freeze else held[freeze : freeze + 2]
            assert model["net"](torch.cat([*before, x[t]])).sign() == action


def test_a_push_is_five_steps_of_force():
    shown = figure(noise=0.0)
    run, world = shown.run(3, 20, push=8), CartPole(0.5)
    force = 10 * run.actions
    force[8:13] += 10
    assert (world.step(run.states[:-1], force) - run.states[1:]).abs().max() < 1e-8


def test_a_fallen_pole_ends_flat(tmp_path):
    act = "(() => { let s = one; for (let k = 0; k < 60; k++) s = tumbled(s, 0.5); return s; })()"
    ends = in_the_page(
        ASK.replace("ACT", act), tmp_path, [[0.3, 2, 0.22, 0.1], [-2.5, -1, -0.25, 0]]
    )
    assert [[x, round(degrees(angle), 6)] for x, _, angle, _ in ends] == [[0.3, 90], [-2.5, -90]]


def test_what_is_said(tmp_path):
    shown = figure()
    pages = on_the_page(shown, tmp_path, [[k, False] for k in range(4)])
    one, four, gru, told = (page["says"] for page in pages)
    assert re.fullmatch(
        "“One frame” fell after 1.3\xa0s: the pole leant more than 12° to the (left|right). "
        "It sees positions alone, no velocities, of this step alone.",
        one,
    )
    assert four.startswith("“Four frames” fell after 5.3\xa0s, 0.3\xa0s after a push: ")
    assert four.endswith(" of this step and the 3 before it.")
    assert gru == (
        "“GRU” has balanced the pole for 10\xa0s, with a push after 5\xa0s. It sees positions "
        "alone, no velocities, and carries 4 numbers from step to step."
    )
    assert "It sees positions and velocities, of this step alone." in told
    assert pages[2]["cart"].startswith("“GRU” balances the cart, 0.")
    assert "its pole has fallen to the " in pages[0]["cart"]
    frozen = on_the_page(shown, tmp_path, [[k, True] for k in (2, 3)])
    assert ", with its memory frozen: " in frozen[0]["says"]
    assert "for 10\xa0s, with no memory to freeze." in frozen[1]["says"]
    freeze = "[describeFreeze(one, true), describeFreeze(one, false), describeWipe(one)]"
    memory, none = in_the_page(
        ASK.replace("ACT", freeze), tmp_path, [{"kind": "gru"}, {"kind": "frames", "frames": 1}]
    )
    assert memory[0].startswith("Its memory is frozen: it still sees each new step")
    assert len({*memory}) == 3
    assert all(words.startswith("It carries nothing from step to step") for words in none)


def test_the_side_to_which_it_falls_is_that_of_the_angle(tmp_path):
    act = "describeFall({ name: 'A', kind: 'gru' }, one)"
    run = {"seconds": 3.04, "steps": 152, "frozen": False, "pushedAt": 0}
    given = [
        {**run, "fell": "pole", "state": [0, 0, 0.22, 0]},
        {**run, "fell": "pole", "state": [0, 0, -0.22, 0]},
        {**run, "fell": "track", "state": [-2.5, 0, 0.1, 0], "frozen": True, "pushedAt": 140},
    ]
    assert in_the_page(ASK.replace("ACT", act), tmp_path, given) == [
        "“A” fell after 3.0\xa0s: the pole leant more than 12° to the right.",
        "“A” fell after 3.0\xa0s: the pole leant more than 12° to the left.",
        "“A” fell after 3.0\xa0s, 0.2\xa0s after a push, with its memory frozen: the cart left its "
        "track on the left.",
    ]


def test_the_still():
    shown = figure()
    still = shown.still()
    assert still == figure().still()
    assert 'aria-label="GRU: the cart and the pole at the end of a run with a push' in still
    assert (
        "One frame: fell after 1.3 s; Four frames: fell after 5.3 s; GRU: 10 s, and stands" in still
    )
    assert still.count("<polyline") == 3
    assert figure(chosen=3).still().count("<polyline") == 2, "no probe, no line of it"
    frozen = figure(frozen=True).still()
    assert "with memory frozen after 5 s" in frozen
    assert "GRU: fell after 5" in frozen


def test_it_is_light():
    assert len(gzip.compress(bundle.static_figure("cart_and_pole").encode())) <= 12 * 1024
    assert (bundle.CSS / "cart_and_pole.css").stat().st_size <= 3 * 1024


def test_drawing_leaves_the_reader_s_random_numbers_alone():
    figure(policies=[GRU, FRAMES], chosen=0)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    figure().page()
    assert torch.equal(torch.rand(1), expected)


def gru(**other):
    return {**GRU, **other}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chosen": 4}, "chosen must be 0 to 3, got 4"),
        ({"noise": 0.4}, "noise must be 0 to 0.3, got 0.4"),
        ({"length": 0.1}, "length must be 0.125 to 1, got 0.1"),
        ({"push_force": 30.0}, "push_force must be 2.5 to 20, got 30.0"),
        ({"seed": -1}, "seed must be 0 to 9007199254740991, got -1"),
        ({"scale": [1, 2, 3]}, "scale must be four numbers above 0, got [1"),
        ({"policies": []}, "policies must hold one at least, got none"),
        ({"policies": [3]}, "policies must be dicts, got 3 as number 0"),
        ({"policies": [{"kind": "gru"}]}, "policy number 0 must have 'name', got none"),
        ({"policies": [gru(kind="lstm")]}, "kind must be 'frames' or 'gru', got 'lstm'"),
        (
            {"policies": [gru(sees=[0, 4])]},
            "sees must be different numbers from 0 to 3, got [0, 4]",
        ),
        (
            {"policies": [gru(sees=[2, 2])]},
            "sees must be different numbers from 0 to 3, got [2, 2]",
        ),
        ({"policies": [gru(H=7)]}, "policy number 0: packed layer.weight_ih_l0 must"),
        ({"policies": [{**FRAMES, "frames": 0}]}, "frames must be a positive int, got 0"),
        (
            {"policies": [gru(probe={"weights": [1.0], "bias": 0})]},
            "probe must be of a gru, with H",
        ),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        figure(**options)


def test_what_is_set_later_is_checked():
    shown = figure()
    for name, value in (("chosen", -1), ("noise", -0.1), ("length", 2.0), ("frozen", "yes")):
        before = getattr(shown, name)
        with pytest.raises(traitlets.TraitError):
            setattr(shown, name, value)
        assert getattr(shown, name) == before
