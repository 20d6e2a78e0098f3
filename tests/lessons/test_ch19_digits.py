"""Chapter 19's sounds: recordings, how they are parted, and the strings that are made of them."""

from __future__ import annotations

from collections import Counter
from math import log10
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from rnnbook.data import log_mel
from rnncourse.lessons.ch19 import digits, recordings, synthesise
from rnncourse.lessons.ch19.digits import LEVEL, batch, digit_at, draw, features, statistics
from rnncourse.lessons.ch19.recordings import HELD_OUT, RATE, Recording, at_speeds, split, synthetic


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def made_up(speakers=("ann", "bob"), indices=12, seed=0):
    """Recordings of noise, each of its own level and of its own length."""
    g = generator(seed)
    return [
        Recording((1 + i) * 0.01 * torch.randn(400 + 10 * d + i, generator=g), d, speaker, i)
        for speaker in speakers
        for d in range(10)
        for i in range(indices)
    ]


def rms(samples):
    return samples.square().mean().sqrt().item()


class TestRecordings:
    def test_the_synthetic_ones(self):
        found = synthetic()
        assert len(found) == 10 * len(synthesise.VOICES)
        assert {one.speaker for one in found} == set(synthesise.VOICES)
        assert set(HELD_OUT) < set(synthesise.VOICES)
        assert Counter(one.digit for one in found) == dict.fromkeys(range(10), 17)
        for one in found:
            assert one.samples.abs().max() == pytest.approx(1, abs=0.03)
            assert 0.15 < len(one.samples) / RATE < 0.8
            assert one.samples[:20].abs().max() > 0.005, "silence is cut off"

    def test_the_file_is_small(self):
        path = Path(recordings.__file__).with_name("voices.npz")
        assert path.stat().st_size < 460_000

    def test_of_people(self, corpora, tmp_path, monkeypatch):
        from rnnbook.data import archives

        monkeypatch.setattr(archives, "cache_folder", lambda: tmp_path)
        found = recordings.people.__wrapped__()
        assert len(found) == len({(one.digit, one.speaker, one.index) for one in found}) == 2500
        assert {one.speaker for one in found} == {
            "george", "jackson", "nicolas", "theo", "yweweler",
        }  # fmt: skip
        assert {one.digit for one in found} == set(range(10))
        assert {one.index for one in found} == set(range(50))
        levels = [rms(one.samples) for one in found]
        assert max(levels) > 8 * min(levels)
        assert max(digits.levelled(one.samples).abs().max() for one in found) < 1
        parts = split(found, ["theo"])
        assert [len(part) for part in parts] == [1600, 200, 200, 500]

    def test_bytes_become_samples(self):
        codes = np.arange(256, dtype=np.uint8)
        samples = recordings.expand(codes)
        assert samples[[0, -1]].tolist() == pytest.approx([-1, 1])
        assert (np.diff(samples) > 0).all()
        assert samples == pytest.approx(-samples[::-1])
        assert (synthesise.compress(samples) == codes).all()

    @given(st.floats(-1, 1))
    def test_samples_become_bytes(self, sample):
        found = recordings.expand(synthesise.compress(np.array([sample])))[0]
        half_a_step = 256 ** (1 / 255) - 1  # of |x| + 1 / 255, whose logarithm y is
        assert abs(found - sample) <= half_a_step * (abs(sample) + 1 / 255) * (1 + 1e-9)

    def test_what_the_synthesiser_says_is_cut_and_resampled(self):
        time = np.arange(22050) / 22050
        said = np.where((time > 0.2) & (time < 0.7), 0.3 * np.sin(2 * np.pi * 440 * time), 0)
        found = synthesise.recorded(said, 22050)
        assert len(found) == pytest.approx(0.5 * RATE, abs=30)
        assert np.abs(found).max() == 1
        assert np.abs(np.fft.rfft(found)).argmax() / len(found) * RATE == pytest.approx(440, abs=2)


class TestSplit:
    def test_parts_share_nothing(self):
        found = made_up(("ann", "bob", "cem"))
        parts = split(found, ["bob"])
        assert sorted(id(one) for part in parts for one in part) == sorted(map(id, found))
        assert {one.speaker for one in parts.unseen} == {"bob"}
        assert {one.speaker for part in parts[:3] for one in part} == {"ann", "cem"}
        assert [{one.index for one in part} for part in parts[:3]] == [
            {10, 11}, {5, 6, 7, 8, 9}, {0, 1, 2, 3, 4},
        ]  # fmt: skip

    def test_of_voices(self):
        parts = split(synthetic(), HELD_OUT, known=0, validation=0)
        assert [len(part) for part in parts] == [140, 0, 0, 30]

    @pytest.mark.parametrize(
        ("held_out", "options", "says"),
        [
            ("ann", {}, "held_out must be a list of speakers, got str"),
            (["eve"], {}, "held_out must be of ann, bob, got 'eve'"),
            (["bob"], {"known": -1}, "known must be 0 or more, got -1"),
            (["bob"], {"validation": 0.5}, "validation must be an int, got 0.5"),
            (["ann", "bob"], {}, "held_out, known and validation must leave some to train with"),
            (["ann"], {"known": 12}, "held_out, known and validation must leave some to train"),
        ],
    )
    def test_refusals(self, held_out, options, says):
        with pytest.raises((TypeError, ValueError), match=f"^{says}"):
            split(made_up(), held_out, **options)


class TestSpeeds:
    def test_faster_is_shorter_and_higher(self):
        time = torch.arange(4000) / RATE
        one = Recording(torch.sin(2 * torch.pi * 300 * time), 7, "ann", 3)
        slow, same, fast = at_speeds([one], (0.8, 1, 1.25))
        assert torch.equal(same.samples, one.samples)
        for found, factor in ((slow, 0.8), (fast, 1.25)):
            assert (found.digit, found.speaker, found.index) == (7, "ann", 3)
            assert len(found.samples) == round(4000 / factor)
            heard = torch.fft.rfft(found.samples).abs().argmax().item() / len(found.samples) * RATE
            assert heard == pytest.approx(300 * factor, rel=0.01)

    @pytest.mark.parametrize("factors", [(), 1.0, (0,), (1, "x")])
    def test_refusals(self, factors):
        with pytest.raises((TypeError, ValueError), match=r"^(each of )?factors must be "):
            at_speeds(made_up(), factors)


class TestDraw:
    @given(st.integers(0, 10_000), st.integers(1, 3), st.integers(0, 3))
    def test_a_string_is_what_it_says(self, seed, least, more):
        for one in draw(3, made_up(), generator(seed), least=least, most=least + more):
            assert least <= len(one.digits) <= least + more
            assert len(one.begins) == len(one.ends) == len(one.digits)
            marks = [m for pair in zip(one.begins, one.ends, strict=True) for m in pair]
            gaps = np.diff([0, *marks, len(one.samples)])[::2]
            assert (gaps >= 0.05 * RATE - 1).all()
            assert (gaps <= 0.35 * RATE + 1).all()

    def test_the_seed_decides_everything(self):
        first, again, other = (draw(4, made_up(), generator(seed)) for seed in (1, 1, 2))
        for one, same in zip(first, again, strict=True):
            assert torch.equal(one.samples, same.samples)
            assert one[1:] == same[1:]
        assert [one.digits for one in first] != [one.digits for one in other]

    def test_each_digit_lies_where_it_is_said_to(self):
        """Almost without noise, what lies there is the recording, brought to the level."""
        found = made_up()
        for one in draw(20, found, generator(), noise=(120.0, 120.0)):
            for digit, begin, end in zip(one.digits, one.begins, one.ends, strict=True):
                said = one.samples[begin:end]
                assert rms(said) == pytest.approx(LEVEL, rel=1e-3)
                assert any(
                    torch.allclose(said, digits.levelled(other.samples), atol=1e-5)
                    for other in found
                    if len(other.samples) == end - begin
                    and (other.digit, other.speaker) == (digit, one.speaker)
                )

    def test_the_noise_is_as_loud_as_asked_for(self):
        ratios = []
        for one in draw(100, made_up(), generator(), gap=(0.2, 0.3)):
            silent = one.samples[: one.begins[0]]
            ratios.append(20 * log10(LEVEL / rms(silent)))
        assert 19.5 < min(ratios) < 21
        assert 39 < max(ratios) < 40.5
        assert np.mean(ratios) == pytest.approx(30, abs=2)

    def test_all_occur_equally_often(self):
        found = draw(500, made_up(), generator())
        said = Counter(digit for one in found for digit in one.digits)
        assert set(said) == set(range(10))
        assert max(said.values()) < 1.5 * min(said.values())
        assert set(Counter(len(one.digits) for one in found)) == {2, 3, 4}
        assert Counter(one.speaker for one in found)["ann"] == pytest.approx(250, abs=40)

    def test_silence_stays_silent(self):
        still = [Recording(torch.zeros(500), 3, "ann", 0)]
        (one,) = draw(1, still, generator(), noise=(40.0, 40.0))
        assert rms(one.samples) == pytest.approx(LEVEL / 100, rel=0.1)

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"count": 0}, "count must be a positive int, got 0"),
            ({"recordings": []}, "recordings must hold one at least, got none"),
            ({"generator": None}, "generator must be a torch.Generator, got NoneType"),
            ({"least": 5}, "most must be 5 at least, as least is, got 4"),
            ({"gap": (-0.1, 0.2)}, r"gap must be 0 seconds or more, got \(-0.1, 0.2\)"),
            ({"gap": 0.1}, "gap must be a pair of numbers, got float"),
            ({"noise": (40.0, 20.0)}, "noise must be the lesser and the greater number, got"),
            ({"noise": (1.0, float("nan"))}, "noise must be finite numbers, got nan"),
        ],
    )
    def test_refusals(self, options, says):
        known = {"count": 2, "recordings": made_up(), "generator": generator()}
        with pytest.raises((TypeError, ValueError), match=f"^{says}"):
            draw(**{**known, **options})


class TestBatch:
    def test_features_are_those_of_each_alone(self):
        found = draw(5, made_up(), generator())
        for one, frames in zip(found, features(found), strict=True):
            assert frames.numpy() == pytest.approx(log_mel(one.samples, RATE).numpy(), abs=1e-3)

    def test_what_a_network_reads(self):
        found = draw(6, synthetic(), generator())
        fixed = statistics(found)
        made = batch(found, fixed)
        assert made.features.shape == (max(made.lengths), 6, digits.SIZE)
        for b, one in enumerate(found):
            frames = (log_mel(one.samples, RATE) - fixed.mean) / fixed.deviation
            steps = len(frames) // 4
            assert made.lengths[b] == steps
            expected = frames[: 4 * steps].reshape(steps, 96)
            assert made.features[:steps, b].numpy() == pytest.approx(expected.numpy(), abs=1e-3)
            assert not made.features[steps:, b].any()
            said = made.targets[b, : made.target_lengths[b]] - 1
            assert tuple(said.tolist()) == one.digits
            assert not made.targets[b, made.target_lengths[b] :].any()

    def test_the_training_set_gets_mean_0_and_deviation_1(self):
        found = draw(30, synthetic(), generator())
        mean, deviation = statistics(found)
        frames = (torch.cat(features(found)) - mean) / deviation
        assert frames.mean(dim=0).numpy() == pytest.approx(0, abs=1e-4)
        assert frames.std(dim=0).numpy() == pytest.approx(1, abs=1e-4)

    def test_ctc_takes_it(self):
        """Steps are enough, repeated digits or not, and a loss has a gradient."""
        found = draw(40, synthetic(), generator())
        made = batch(found, statistics(found))
        torch.manual_seed(0)
        network = nn.Linear(digits.SIZE, digits.CLASSES)
        scores = network(made.features).log_softmax(dim=-1)
        loss = nn.functional.ctc_loss(
            scores, made.targets, made.lengths, made.target_lengths, blank=digits.BLANK
        )
        loss.backward()
        assert loss.isfinite()
        assert network.weight.grad.isfinite().all()

    def test_a_step_knows_its_digit(self):
        (one,) = draw(1, synthetic(), generator())
        steps = batch([one], statistics([one])).lengths.item()
        found = [digit_at(one, step) for step in range(steps)]
        assert [place for place in dict.fromkeys(found) if place is not None] == list(
            range(len(one.digits))
        )
        assert found[0] is None
        for step, place in enumerate(found):
            middle = 320 * step + 220
            inside = [b <= middle < e for b, e in zip(one.begins, one.ends, strict=True)]
            assert (inside.index(True) if any(inside) else None) == place

    def test_refusals(self):
        found = draw(1, made_up(), generator())
        with pytest.raises(TypeError, match=r"^fixed must be Statistics, as statistics gives them"):
            batch(found, None)
        with pytest.raises(ValueError, match=r"^utterances must hold one at least, got none"):
            batch([], statistics(found))
