"""The nearest recording: distances as librosa has them, and what is told about a string."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
import torch
from torch import Generator

from rnncourse.lessons.ch19.digits import draw
from rnncourse.lessons.ch19.recordings import (
    CORPORA,
    HELD_OUT,
    at_speeds,
    split,
    synthetic,
    without,
)
from rnncourse.lessons.ch19.templates import COEFFICIENTS, cepstra, compare, templates, warped
from rnncourse.lessons.ch19.training import errors

VOICES = [one for one in synthetic() if one.speaker in ("en+m5", "en-us+f2")]


def test_distances_are_librosas() -> None:
    known = templates(VOICES, Generator().manual_seed(0))
    query = cepstra(synthetic()[3].samples)
    found = warped(query, known)
    for n, length in enumerate(known.lengths):
        theirs = librosa.sequence.dtw(
            query.T, known.frames[n, :length].T, weights_mul=np.array([2.0, 1.0, 1.0])
        )[0][-1, -1]
        first = np.linalg.norm(query[0] - known.frames[n, 0])  # which librosa counts once
        assert found[n] * (len(query) + length) == pytest.approx(theirs + first, rel=1e-4)


def test_a_recording_is_nearest_to_itself_at_any_speed() -> None:
    known = templates(VOICES[:10], Generator().manual_seed(0))
    for one in at_speeds(VOICES[:10], (0.9, 1.1)):
        assert known.digits[warped(cepstra(one.samples), known).argmin()] == one.digit


def test_what_a_microphone_does_to_all_frames_is_taken_away() -> None:
    samples = VOICES[0].samples
    # Levels of recordings differ; a log-mel has a floor, which must not matter here.
    assert np.abs(cepstra(samples) - cepstra(3 * samples)).max() < 0.05
    assert cepstra(samples).shape[1] == COEFFICIENTS
    assert np.abs(cepstra(samples).mean(axis=0)).max() < 1e-4


def test_compare_reads_each_digit_between_its_boundaries() -> None:
    parts = split(synthetic(), HELD_OUT, known=0, validation=0)
    known = templates(parts.train[:50], Generator().manual_seed(1))
    strings = draw(4, parts.train[:50], Generator().manual_seed(2))
    found = compare(strings, known)
    assert [len(digits) for digits in found] == [len(string.digits) for string in strings]
    assert errors(strings, found) == 0


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="recordings must hold one at least, got none"):
        templates([], Generator())
    with pytest.raises(TypeError, match="known must be Templates"):
        warped(np.zeros((3, COEFFICIENTS)), torch.zeros(3))  # type: ignore[arg-type]


def test_without_leaves_a_voice_out_of_all_parts_but_one() -> None:
    assert set(CORPORA) == {"people", "voices"}
    parts = without("en+m5", "voices")
    assert {one.speaker for one in parts.unseen} == {"en+m5"}
    for part in (parts.train, parts.validation, parts.known):
        assert part
        assert "en+m5" not in {one.speaker for one in part}
