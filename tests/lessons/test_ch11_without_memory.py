"""Chapter 11's predictors of music that carry no state: by hand, and on two collections."""

import math

import pytest
import torch

from rnnbook import data
from rnncourse.lessons.ch11.experiments.music_without_memory import (
    note_frequencies,
    note_transitions,
)


def pieces(lengths, notes=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [(torch.rand(T, notes, generator=generator) < 0.4).float() for T in lengths]


@pytest.mark.parametrize(
    ("name", "frequencies", "transitions"),
    [("JSB", 11.0925, 10.4919), ("Nottingham", 10.2608, 5.1532)],
)
def test_what_they_make_of_real_music(corpora, name, frequencies, transitions):
    found = data.polyphonic(name)
    assert note_frequencies(found.train, found.test) == pytest.approx(frequencies, abs=1e-3)
    assert note_transitions(found.train, found.test) == pytest.approx(transitions, abs=1e-3)


# Of the frames 2 … T, the first note sounds in 3 of 5: in 2 of 3 after a frame with it, in 1 of
# 2 after one without. The second never sounds.
TRAIN = ([[1, 0], [1, 0], [0, 0], [1, 0]], [[0, 0], [0, 0]], [[1, 0], [1, 0]])
PIECES = ([[1, 0], [0, 1], [1, 0]],)


def ours():
    return [[torch.tensor(p).float() for p in part] for part in (TRAIN, PIECES)]


def test_by_hand():
    # The first goes and comes back; (3 + 1)/(5 + 2). The second comes and goes; 1/(5 + 2).
    expected = -(math.log(3 / 7 * 1 / 7) + math.log(4 / 7 * 6 / 7)) / 2
    assert note_frequencies(*ours()) == pytest.approx(expected)
    # The first was on, and goes: 1 − 3/5; was off, and comes: 2/4. The second: 1/7 after
    # silence, 1/2 after itself, which nothing is known of.
    expected = -(math.log(2 / 5 * 1 / 7) + math.log(1 / 2 * 1 / 2)) / 2
    assert note_transitions(*ours()) == pytest.approx(expected)


def test_knowing_the_last_frame_helps_where_notes_are_held():
    held = [piece.repeat_interleave(8, dim=0) for piece in pieces([30, 30])]
    assert note_transitions(held[:1], held[1:]) < 0.6 * note_frequencies(held[:1], held[1:])


@pytest.mark.parametrize("predictor", [note_frequencies, note_transitions])
@pytest.mark.parametrize(
    ("train", "test", "says"),
    [
        ([], [3], r"train must hold one tensor \(T, N\) at least, got none"),
        ([3], [1, 3], r"each of pieces must have shape .* T of at least 2 .*, got \(1, 3\)"),
    ],
)
def test_what_is_too_little_is_named(predictor, train, test, says):
    with pytest.raises(ValueError, match=says):
        predictor(pieces(train), pieces(test))


@pytest.mark.parametrize("predictor", [note_frequencies, note_transitions])
def test_both_must_have_the_same_notes(predictor):
    with pytest.raises(ValueError, match=r"pieces must have N = 3 notes, .* got \(4, 5\)"):
        predictor(pieces([3]), pieces([4], notes=5))
