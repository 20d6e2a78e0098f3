"""Features of sound: as librosa computes them, and what must be so of silence, tones and levels."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
import torch
from door_kinds import POSITIVE, SIZE, Kind, comes_in, is_refused, tensors
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnnbook import data
from rnnbook.data import sound
from rnnbook.data.sound import FLOOR, log_mel, mel_filters, stack

librosa = pytest.importorskip("librosa")

RATES = st.sampled_from([8000, 11025, 16000, 22050])


def noise(length, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    return 0.1 * torch.randn(length, generator=generator, dtype=dtype)


def tone(hertz, rate, seconds=0.2):
    time = torch.arange(int(seconds * rate), dtype=torch.float64) / rate
    return 0.5 * torch.sin(2 * torch.pi * hertz * time)


def window(rate):
    """Samples of 25 ms, of 10 ms and of the FFT: as the docstring says, in other words."""
    width, step = int(np.floor(0.025 * rate + 0.5)), int(np.floor(0.010 * rate + 0.5))
    return width, step, 2 ** int(np.ceil(np.log2(width)))


class TestWitness:
    @pytest.mark.parametrize(("rate", "size", "bands"), [(8000, 256, 24), (16000, 512, 40),
                                                         (22050, 1024, 64)])  # fmt: skip
    def test_the_filters_are_librosas(self, rate, size, bands):
        expected = librosa.filters.mel(
            sr=rate, n_fft=size, n_mels=bands, htk=True, norm=None, dtype=np.float64
        )
        assert mel_filters(rate, size, bands).numpy() == pytest.approx(expected.T, abs=1e-12)

    @settings(max_examples=20)
    @given(RATES, st.integers(0, 3000), st.integers(0, 9))
    def test_the_power_is_librosas(self, rate, more, seed):
        """Its frames are as long as the FFT, the window in their middle: zeros at the ends."""
        width, step, size = window(rate)
        samples = noise(width + more, seed, torch.float64)
        before = (size - width) // 2
        around = np.pad(samples.numpy(), (before, size - width - before))
        expected = librosa.feature.melspectrogram(
            y=around, sr=rate, n_fft=size, win_length=width, hop_length=step, window="hann",
            center=False, power=2, n_mels=24, htk=True, norm=None, dtype=np.float64,
        )  # fmt: skip
        for dtype, rel in ((torch.float64, 1e-6), (torch.float32, 1e-4)):
            found = log_mel(samples.to(dtype), rate)
            assert found.dtype == dtype
            assert found.double().exp().numpy() == pytest.approx(expected.T, rel=rel)

    def test_a_frame_by_the_docstring(self):
        samples = noise(500, dtype=torch.float64).numpy()
        n = np.arange(200)
        frame = samples[2 * 80 : 2 * 80 + 200] * (0.5 - 0.5 * np.cos(2 * np.pi * n / 200))
        power = np.abs(np.fft.fft(frame, 256)[:129]) ** 2
        expected = np.log(power @ mel_filters(8000, 256, 24).numpy())
        assert log_mel(torch.from_numpy(samples), 8000)[2].numpy() == pytest.approx(expected)


class TestProperties:
    @given(RATES, st.integers(0, 5000))
    def test_how_many_frames(self, rate, more):
        width, step, _ = window(rate)
        samples = torch.zeros(width + more)
        assert log_mel(samples, rate).shape == (1 + more // step, 24)

    @given(RATES, st.integers(1, 24))
    def test_silence_is_the_floor(self, rate, bands):
        found = log_mel(torch.zeros(rate // 10), rate, bands=bands)
        assert found.shape[1] == bands
        assert torch.equal(found, torch.full_like(found, FLOOR).log())

    @given(st.floats(0.01, 100), st.integers(0, 9))
    def test_a_factor_adds_the_log_of_its_square(self, factor, seed):
        samples = noise(1000, seed, torch.float64)
        found = log_mel(factor * samples, 8000) - log_mel(samples, 8000)
        assert found.numpy() == pytest.approx(2 * log(factor), abs=1e-8)

    @given(st.integers(0, 23), st.sampled_from([8000, 16000]))
    def test_a_tone_is_loudest_in_its_band(self, band, rate):
        mels = np.linspace(0, 2595 * np.log10(1 + rate / 1400), 26)
        hertz = 700 * (10 ** (mels[band + 1] / 2595) - 1)
        assume(hertz > 100)  # the window blurs what is lower into its neighbours
        assert (log_mel(tone(hertz, rate), rate).argmax(dim=1) == band).all()

    def test_what_comes_later_changes_nothing_earlier(self):
        samples = noise(2000)
        found = log_mel(samples[:1000], 8000)
        assert torch.equal(log_mel(samples, 8000)[: len(found)], found)

    def test_between_the_first_top_and_the_last_the_filters_add_up_to_one(self):
        filters = mel_filters(8000, 4096, 24)
        peaks = filters.argmax(dim=0)
        inside = filters[peaks[0] + 1 : peaks[-1]].sum(dim=1)
        assert inside.numpy() == pytest.approx(1)
        assert (peaks.diff() > 0).all()

    def test_a_gradient_flows(self):
        samples = noise(400, dtype=torch.float64).requires_grad_()
        assert torch.autograd.gradcheck(lambda x: log_mel(x, 8000, bands=4), (samples,))
        still = torch.zeros(400, requires_grad=True)
        log_mel(still, 8000).sum().backward()
        assert torch.equal(still.grad, torch.zeros(400))


class TestStack:
    @given(st.integers(1, 20), st.integers(1, 5), st.integers(1, 6))
    def test_neighbours_stand_side_by_side(self, length, size, count):
        assume(length >= count)
        frames = torch.arange(length * size).view(length, size)
        found = stack(frames, count)
        assert found.shape == (length // count, count * size)
        for k in range(len(found)):
            assert torch.equal(found[k], torch.cat(list(frames[k * count : (k + 1) * count])))


DOORS = {
    "log_mel": (log_mel, {
        "samples": tensors(noise(300), free=(0,)), "rate": Kind(8000, SIZE.wrong),
        "bands": Kind(4, SIZE.wrong), "window": Kind(0.025, POSITIVE.wrong),
        "hop": Kind(0.01, POSITIVE.wrong)}),
    "mel_filters": (mel_filters, {"rate": Kind(8000, SIZE.wrong),
        "size": Kind(256, SIZE.wrong), "bands": Kind(4, SIZE.wrong)}),
    "stack": (stack, {"count": Kind(2, SIZE.wrong),
        "frames": Kind(torch.zeros(4, 3), st.sampled_from([None, [1.0], torch.zeros(4),
            torch.zeros(1, 3), torch.zeros(4, 3, 1)]))}),
}  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize("door", DOORS)
    def test_what_fits_comes_in(self, door):
        comes_in(*DOORS[door])

    @pytest.mark.parametrize(
        ("door", "name"), [(door, name) for door, (_, kinds) in DOORS.items() for name in kinds]
    )
    @settings(max_examples=12)
    @given(data=st.data())
    def test_what_does_not_fit_is_refused_by_name(self, door, name, data):
        is_refused(*DOORS[door], name, data)

    @pytest.mark.parametrize(
        ("call", "says"),
        [
            (lambda: log_mel(torch.zeros(199), 8000),
             "samples must hold a window of 200 at least, got 199"),
            (lambda: log_mel(torch.zeros(999), 8000, hop=1e-5),
             "hop must be a sample of 1 / 8000 s at least, got 1e-05"),
            (lambda: log_mel(torch.zeros(999), 8000, bands=100),
             "bands must hold one of 129 frequencies each, got 100 bands"),
            (lambda: stack(torch.zeros(3, 2), 4),
             "frames must be 4 at least, as count is, got 3"),
        ],
    )  # fmt: skip
    def test_what_is_too_little(self, call, says):
        with pytest.raises(ValueError, match=f"^{says}$"):
            call()


def test_the_room_has_them():
    assert {"log_mel", "mel_filters", "stack"} <= set(data.__all__)
    assert data.log_mel is sound.log_mel
