"""Chapter 19's training: what a path says and when, and a recogniser that learns three digits."""

import pytest
import torch
from torch import Generator

from rnncourse.lessons.ch19.digits import BLANK, CLASSES, SIZE, batch, digit_at, draw, statistics
from rnncourse.lessons.ch19.recordings import synthetic
from rnncourse.lessons.ch19.training import (
    LAYERS,
    DigitRecogniser,
    blank,
    delays,
    inside,
    learn,
    listen,
    spikes,
    step_of,
    word_error_rate,
)


def strings(count=4, seed=0):
    return draw(count, synthetic(), Generator().manual_seed(seed))


def told(string):
    """A path that says each digit once, in its middle."""
    middles = [(begin + end) / 2 for begin, end in zip(string.begins, string.ends, strict=True)]
    steps = [round((middle - 220) / 320) for middle in middles]
    path = [BLANK] * (max(steps) + 2)
    for step, digit in zip(steps, string.digits, strict=True):
        path[step] = digit + 1
    return path


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ([0, 4, 4, 0, 4, 8, 8, 0], [(1, 3), (4, 3), (5, 7)]),
        ([4, 4, 4], [(0, 3)]),
        ([1, 2, 1], [(0, 0), (1, 1), (2, 0)]),
        ([0, 0], []),
        ([], []),
    ],
)
def test_spikes(path, found):
    assert spikes(path) == found


def test_a_path_that_says_each_digit_in_its_middle_is_right_and_inside():
    said = strings(8)
    paths = [told(string) for string in said]
    assert word_error_rate(said, paths) == 0
    assert inside(said, paths) == 1
    late = [[BLANK] * 40 + path for path in paths]  # the same text, 1.6 s later
    assert word_error_rate(said, late) == 0
    assert inside(said, late) < 0.5


def test_delays_are_from_the_middle_of_a_digit_in_strings_that_are_right():
    said = strings(8)
    paths = [told(string) for string in said]
    assert all(abs(delay) <= 0.02 for delay in delays(said, paths))  # half a step
    assert len(delays(said, paths)) == sum(len(string.digits) for string in said)
    late = [[BLANK] * 5 + path for path in paths]
    assert all(0.18 <= delay <= 0.22 for delay in delays(said, late))
    assert delays(said, [[BLANK]] * 8) == []


def test_the_error_rate_counts_wrong_missed_and_too_many():
    (said,) = strings(1)
    count = len(said.digits)
    path = told(said)
    assert word_error_rate([said], [[BLANK] * 9]) == 1  # all are missed
    assert word_error_rate([said], [[*path, 0, 1, 0, 2]]) == pytest.approx(2 / count)
    other = [BLANK if one == BLANK else one % 10 + 1 for one in path]
    assert word_error_rate([said], [other]) > 0.4
    assert inside([said], [[BLANK] * 9]) == 0


def test_blank_is_a_share_of_all_steps():
    assert blank([[0, 0, 3], [0]]) == 0.75


@pytest.mark.parametrize("cell", LAYERS)
@pytest.mark.parametrize("bidirectional", [True, False])
def test_padding_changes_nothing(cell, bidirectional):
    torch.manual_seed(0)
    model = DigitRecogniser(cell, 5, bidirectional=bidirectional).double()
    x, lengths = torch.randn(9, 3, SIZE, dtype=torch.float64), torch.tensor([9, 4, 6])
    log_p = model(x, lengths)
    assert log_p.shape == (9, 3, CLASSES)
    torch.testing.assert_close(log_p.exp().sum(dim=2), torch.ones(9, 3, dtype=torch.float64))
    for b, length in enumerate(lengths.tolist()):
        alone = model(x[:length, b : b + 1], lengths[b : b + 1])
        torch.testing.assert_close(alone[:, 0], log_p[:length, b])


def test_a_rate_that_falls_has_half_of_it_left_at_the_second_of_two_updates():
    fixed = statistics(strings(4))
    biases = {}
    for updates, falling in ((1, False), (2, False), (2, True)):
        torch.manual_seed(0)
        model = DigitRecogniser("simple", 4)
        learn(model, synthetic(), fixed, 0, lr=0.01, updates=updates, falling=falling)
        biases[updates, falling] = model.readout.bias.detach()
    moved = biases[2, False] - biases[1, False]
    torch.testing.assert_close(biases[2, True] - biases[1, False], moved / 2)


def test_listening_says_a_symbol_a_step():
    said = strings(3)
    fixed = statistics(said)
    torch.manual_seed(0)
    paths = listen(DigitRecogniser(hidden_size=4), said, fixed)
    assert [len(path) for path in paths] == batch(said, fixed).lengths.tolist()
    assert all(digit_at(string, 0) in (None, 0) for string in said)


def test_it_learns_three_digits_of_one_voice():
    """Sixty updates: from saying nothing to no mistake in six."""
    voice = [one for one in synthetic() if one.speaker == "en-us+f2" and one.digit < 3]
    torch.manual_seed(0)
    model, fixed = (
        DigitRecogniser(hidden_size=16),
        statistics(draw(20, voice, Generator().manual_seed(0))),
    )
    learn(model, voice, fixed, 0, lr=0.02, updates=60)
    test = draw(30, voice, Generator().manual_seed(1))
    assert word_error_rate(test, listen(model, test, fixed)) < 1 / 6
    optimizer = torch.optim.Adam(model.parameters(), lr=0.0)
    assert step_of(model, optimizer, batch(test, fixed)) < 1
