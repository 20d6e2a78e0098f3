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
from rnncourse.lessons.ch19.templates import (
    COEFFICIENTS,
    HOP,
    QUIET,
    WINDOW,
    Templates,
    cepstra,
    compare,
    search,
    templates,
    warped,
)
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


def test_between_gaps_a_template_has_the_frames_of_its_digit() -> None:
    bare = templates(VOICES[:10], Generator().manual_seed(0))
    gaps = templates(VOICES[:10], Generator().manual_seed(0), gap=(0.05, 0.35))
    # A gap is no multiple of a frame's hop, so up to a frame less is wholly within the digit.
    assert all(0 <= n <= 1 for n in bare.lengths - gaps.lengths)
    assert np.abs(gaps.frames[0, : gaps.lengths[0]].mean(axis=0)).max() > 0.1, "gaps count as well"


def one_by_one(query: np.ndarray, known: Templates) -> tuple[float, list[int]]:
    """The cheapest digits and gaps: each stretch by each template first, then whole stretches."""
    T, quiet = len(query), query[:QUIET].mean(axis=0)
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for end in range(1, T + 1):
        ways = []
        for begin in range(end):
            so_far, digits = best[begin]
            part = query[begin:end]
            ways.append((so_far + np.linalg.norm(part - quiet, axis=1).sum(), digits))
            for frames, length, digit in zip(*known, strict=True):
                d = np.linalg.norm(part[:, None] - frames[None, :length], axis=2)
                cost = np.full(length, np.inf)
                cost[0] = d[0, 0]
                for row in d[1:]:
                    cost = np.array([cost[max(0, s - 2) : s + 1].min() for s in range(length)])
                    cost += row
                ways.append((so_far + cost[-1], [*digits, int(digit)]))
        best.append(min(ways))
    return best[-1]


@pytest.mark.parametrize("seed", range(8))
def test_one_pass_finds_what_trying_every_stretch_finds(seed: int) -> None:
    generator = np.random.default_rng(seed)
    lengths = generator.integers(1, 5, size=6)
    frames = generator.normal(size=(6, 5, COEFFICIENTS))
    known = Templates(frames, lengths, np.arange(6))
    quiet = 3 + 0.5 * generator.normal(size=(10, COEFFICIENTS))
    said = [np.repeat(frames[k, : lengths[k]], 2, axis=0)[: 2 * lengths[k]] for k in (1, 4, 1)]
    query = np.concatenate([quiet[:3], said[0], said[1], quiet[3:7], said[2], quiet[7:]])
    query = query + 0.8 * generator.normal(size=query.shape)
    assert search(query, known) == one_by_one(query, known)[1]


def test_search_finds_digits_and_gaps() -> None:
    parts = split(synthetic(), HELD_OUT, known=0, validation=0)
    known = templates(parts.train[:50], Generator().manual_seed(1), gap=(0.05, 0.35))
    strings = draw(6, parts.train[:50], Generator().manual_seed(2))
    assert errors(strings, [search(cepstra(one.samples), known) for one in strings]) == 0
    assert QUIET * HOP + WINDOW - HOP <= 0.05 * 8000, "before any digit, whatever the gap"
    nobody = strings[0].samples[: strings[0].begins[0]]
    assert search(cepstra(nobody), known) == []


def test_mistakes_are_named() -> None:
    with pytest.raises(TypeError, match="known must be Templates"):
        search(np.zeros((3, COEFFICIENTS)), torch.zeros(3))  # type: ignore[arg-type]
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
