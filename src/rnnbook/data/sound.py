"""Sound as a network reads it: how loud each band of frequencies is, a hundred times a second."""

from __future__ import annotations

from math import log10
from typing import Any

import torch
from torch import Tensor

from rnnbook.cells import checks

FLOOR = 1e-10
"""The least power that a logarithm is taken of: silence is ln 1e-10 ≈ −23.03 in every band."""


def log_mel(
    samples: Tensor, rate: int, *, bands: int = 24, window: float = 0.025, hop: float = 0.010
) -> Tensor:
    """The logarithm of the power in each band of the mel scale, frame by frame.

    Frame k reads W samples from k · S on. Nothing is padded or centred; what is left over is not
    read. A frame is weighted by ½ − ½ cos(2πn / W), a periodic Hann window, and filled up by zeros
    to F, the next power of two. The square of its FFT's absolute value, divided by nothing, is
    summed with the weights of `mel_filters`; the natural logarithm is taken of that, or of
    ``FLOOR`` if there is less. W and S are rounded, a half up; of 8,000 Hz they are 200 and 80, and
    F is 256.

    Args:
        samples: a recording, floats in [−1, 1], shape (T).
        rate: its samples a second.
        bands: how many, from 0 Hz to half the rate.
        window: seconds that a frame reads, W / rate.
        hop: seconds from frame to frame, S / rate.

    Returns:
        Nats, shape (1 + (T − W) // S, bands).

    Raises:
        TypeError, ValueError: if an argument is none of these, the recording is shorter than a
            window, a time shorter than a sample, or a band so narrow that no frequency is in it.

    Source: Davis & Mermelstein (1980), whose cosine transform is left out.
    """
    checks.floats("samples", samples, "T")
    checks.positive_int("rate", rate)
    W, S = (_samples(name, time, rate) for name, time in (("window", window), ("hop", hop)))
    if len(samples) < W:
        raise ValueError(f"samples must hold a window of {W} at least, got {len(samples)}")
    F = 1 << (W - 1).bit_length()
    hann = torch.hann_window(W, dtype=samples.dtype, device=samples.device)
    spectrum = torch.fft.rfft(samples.unfold(0, W, S) * hann, F)  # (frames, F // 2 + 1)
    power = spectrum.real.square() + spectrum.imag.square()
    return (power @ mel_filters(rate, F, bands).to(samples)).clamp(min=FLOOR).log()


def mel_filters(rate: int, size: int, bands: int = 24) -> Tensor:
    """Triangles over the frequencies of an FFT, at equal distances on the mel scale.

    The frequency f is at 2595 log₁₀(1 + f / 700) mel, as HTK has it. Of bands + 2 points from 0 Hz
    to half the rate, each band rises from one to the next, from 0 to 1 and linearly in Hz, and
    falls to the one after.

    Args:
        rate: samples a second.
        size: ``F``, the samples of the FFT.
        bands: how many.

    Returns:
        Weights in double precision, shape (F // 2 + 1, bands).

    Raises:
        ValueError: if an argument is no positive int, or a band has no frequency in it.
    """
    for name, value in (("rate", rate), ("size", size), ("bands", bands)):
        checks.positive_int(name, value)
    exact: dict[str, Any] = {"dtype": torch.float64, "device": "cpu"}
    mels = torch.linspace(0, 2595 * log10(1 + rate / 2 / 700), bands + 2, **exact)
    low, middle, high = (700 * (10 ** (mels / 2595) - 1)).unfold(0, bands, 1)  # Hz
    f = torch.arange(size // 2 + 1, **exact)[:, None] * rate / size
    filters = torch.minimum((f - low) / (middle - low), (high - f) / (high - middle)).clamp(min=0)
    if not filters.any(dim=0).all():
        raise ValueError(f"bands must hold one of {len(f)} frequencies each, got {bands} bands")
    return filters


def stack(frames: Tensor, count: int) -> Tensor:
    """Neighbouring frames as one, (T, N) to (T // count, count · N); what is left over is dropped.

    Raises:
        TypeError, ValueError: if ``frames`` is no such tensor or shorter than ``count``, or
            ``count`` no positive int.
    """
    checks.tensor("frames", frames, "T, N")
    if len(frames) < checks.positive_int("count", count):
        raise ValueError(f"frames must be {count} at least, as count is, got {len(frames)}")
    return frames[: len(frames) // count * count].reshape(len(frames) // count, -1)


def _samples(name: str, time: float, rate: int) -> int:
    """A time in samples, rounded as JavaScript does."""
    found = int(checks.positive_number(name, time) * rate + 0.5)
    if found < 1:
        raise ValueError(f"{name} must be a sample of 1 / {rate} s at least, got {time!r}")
    return found
