"""The figures of chapter 07 as Python makes them: their numbers, their stills, their puzzles."""

import math

import pytest
import torch

from rnncourse.figures import BuildGates, Cobweb
from rnncourse.figures.build_gates import PUZZLES, RIGHT, run
from rnncourse.figures.cobweb import walk


def test_slopes_are_autograds():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(20, generator=generator, dtype=torch.float64)
    alpha = torch.rand(20, generator=generator, dtype=torch.float64)
    h, slopes = walk(1.7, -0.3, x.tolist(), alpha.tolist())
    state = torch.zeros((), dtype=torch.float64)
    for t in range(20):
        before = state.detach().requires_grad_()
        state = (1 - alpha[t]) * before + alpha[t] * torch.tanh(1.7 * before - 0.3 + x[t])
        (slope,) = torch.autograd.grad(state, before)
        assert h[t + 1] == pytest.approx(state.item(), abs=1e-14)
        assert slopes[t] == pytest.approx(slope.item(), abs=1e-14)


def test_closed_gate_keeps_state_and_gradient():
    figure = Cobweb(gate=True, noise=0.8, u=0.0)
    h, slopes = figure.walk()
    assert len(set(h[5:45])) == 1
    assert slopes[5:44] == [1.0] * 39
    assert figure.gradient()[-1] == 1.0
    assert h[44] == pytest.approx(math.tanh(2 + 0.8 * figure.draws[4]))


def test_gradient_counts_from_the_last_pulse():
    figure = Cobweb()
    slopes, gradient = figure.walk().slopes, figure.gradient()
    assert gradient[44] == 1.0
    assert gradient[79] == pytest.approx(math.prod(slopes[45:]))


@pytest.mark.parametrize(("u", "word"), [(1.5, "holds"), (4.0, "does not hold")])
def test_still_of_the_cobweb_says_what_it_shows(u, word):
    # At u = 4 the latch is too firm: the first pulse cannot turn what noise had set.
    still = Cobweb(u=u).still()
    assert f"it {word} the sign of each pulse" in still
    assert Cobweb(u=u).page() == Cobweb(u=u).page()


def test_a_memory_without_switches_adds():
    assert run((("store", 3), ("skip", 5)), {"store": (0, 0, 0), "skip": (0, 0, 0)}, "").c == [3, 8]


def test_every_puzzle_is_wrong_at_first_and_right_in_the_end():
    assert BuildGates().solved() == [False] * len(PUZZLES)
    right = {command: list(row) for command, row in RIGHT.items()}
    assert BuildGates(switches=right).solved() == [True] * len(PUZZLES)


@pytest.mark.parametrize("place", range(3), ids="ifo")
def test_every_switch_that_a_puzzle_has_is_needed(place):
    for puzzle, (_, _, there, stream) in enumerate(PUZZLES):
        if "ifo"[place] not in there:
            continue
        stuck = {c: [*row[:place], 1, *row[place + 1 :]] for c, row in RIGHT.items()}
        assert not BuildGates(switches=stuck).solved()[puzzle], (puzzle, "ifo"[place])
        assert {command for command, _ in stream} <= set(RIGHT)


def test_the_cash_desk_determines_every_switch_but_those_that_nothing_shows():
    """Flip one switch of the right answer: it no longer solves the last puzzle, but for…"""
    free = set()
    for command, row in RIGHT.items():
        for place in range(3):
            flipped = {c: list(r) for c, r in RIGHT.items()}
            flipped[command][place] = 1 - row[place]
            if BuildGates(switches=flipped).solved()[-1]:
                free.add((command, "ifo"[place]))
    # … reading just after clearing, where there is 0 to be said.
    assert free == {("clear", "o")}


def test_still_of_the_puzzle_is_a_table():
    still = BuildGates().still()
    assert still.count("<tr>") == 1 + len(PUZZLES[0][3])
    assert "<td>−2</td>" in still
