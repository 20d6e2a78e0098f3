"""The exercises of chapter 01: right answers in other words, and mistakes in other words."""

import pytest
import torch
from torch.nn import functional as F

from rnncourse.checking import EXERCISES, engine


def padded_and_stacked(x):
    padded = torch.cat([torch.zeros(2, *x.shape[1:]), x])
    return torch.stack([padded[:-2], padded[1:-1], padded[2:]], dim=2)


def loops(x):
    T, B, D = x.shape
    seen = torch.zeros(T, B, 3, D)
    for t in range(T):
        for place in range(3):
            if t + place - 2 >= 0:
                seen[t, :, place] = x[t + place - 2]
    return seen


def unfolded(x, k=3):
    return F.pad(x, (0, 0, 0, 0, k - 1, 0)).unfold(0, k, 1).movedim(-1, 2)


def moving(x):
    window, seen = [torch.zeros_like(x[0])] * 3, []
    for x_t in x:
        window = [*window[1:], x_t]
        seen.append(torch.stack(window, dim=1))
    return torch.stack(seen)


@pytest.mark.parametrize("make", [padded_and_stacked, loops, unfolded, moving])
def test_correct_windows_pass(make):
    assert engine.judge(EXERCISES["make-windows"], make).sentence.startswith("correct")


def rolled(x):
    return torch.stack([torch.roll(x, 2, 0), torch.roll(x, 1, 0), x], dim=2)


def negative_indices(x):
    return torch.stack([torch.stack([x[t - 2], x[t - 1], x[t]], 1) for t in range(len(x))])


def future_first(x):
    padded = torch.cat([x, torch.zeros(2, *x.shape[1:])])
    return torch.stack([padded[t : t + 3].transpose(0, 1) for t in range(len(x))])


def older(x):
    padded = torch.cat([torch.zeros(3, *x.shape[1:]), x])
    return torch.stack([padded[t : t + 3].transpose(0, 1) for t in range(len(x))])


def newest_first(x):
    return unfolded(x).flip(2)


def valid_only(x):
    return torch.stack([x[t : t + 3].transpose(0, 1) for t in range(len(x) - 2)])


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (rolled, "wraps-around"),
        (future_first, "looks-ahead"),
        (older, "off-by-one"),
        (newest_first, "reversed"),
    ],
)
def test_windows_mistake_is_named_in_other_words(make, name):
    assert engine.judge(EXERCISES["make-windows"], make).mistake == name


@pytest.mark.parametrize("make", [negative_indices, valid_only, lambda x: unfolded(x, 2)])
def test_other_windows_fail(make):
    verdict = engine.judge(EXERCISES["make-windows"], make)
    assert verdict.kind == "failed"
    assert (
        "T = " in verdict.sentence
        or "expected (T, B, 3, D)" in verdict.sentence
        or ("raised" in verdict.sentence)
        or verdict.mistake
    )


def xor(bits):
    state, parity = torch.zeros(bits.shape[1], dtype=torch.bool), []
    for bit in bits:
        state = state ^ (bit == 1)
        parity.append(state)
    return torch.stack(parity).to(bits.dtype)


def difference(bits):
    state, parity = torch.zeros_like(bits[0]), torch.zeros_like(bits)
    for t, bit in enumerate(bits):
        state = (state - bit).abs()
        parity[t] = state
    return parity


def cumulated(bits):
    return bits.cumsum(dim=0) % 2


def signs(bits):
    return (1 - (1 - 2 * bits).cumprod(dim=0)) / 2


@pytest.mark.parametrize("parity", [xor, difference, cumulated, signs])
def test_correct_parity_passes(parity):
    assert engine.judge(EXERCISES["running-parity"], parity).sentence.startswith("correct")


def reset_in_the_loop(bits):
    parity = []
    for bit in bits:
        state = torch.zeros_like(bit)
        state = (state + bit) % 2
        parity.append(state)
    return torch.stack(parity)


def state_is_the_last_input(bits):
    last, parity = torch.zeros_like(bits[0]), []
    for bit in bits:
        parity.append((last + bit) % 2)
        last = bit
    return torch.stack(parity)


def either(bits):
    return (bits.cumsum(dim=0) > 0).to(bits.dtype)


def appended_first(bits):
    state, parity = torch.zeros_like(bits[0]), []
    for bit in bits:
        parity.append(state)
        state = (state + bit) % 2
    return torch.stack(parity)


def starts_odd(bits):
    return (bits.cumsum(dim=0) + 1) % 2


@pytest.mark.parametrize(
    ("parity", "name"),
    [
        (reset_in_the_loop, "input-repeated"),
        (state_is_the_last_input, "last-two"),
        (either, "or"),
        (appended_first, "before-reading"),
        (starts_odd, "even-for-odd"),
    ],
)
def test_parity_mistake_is_named_in_other_words(parity, name):
    assert engine.judge(EXERCISES["running-parity"], parity).mistake == name


def test_only_the_last_answer_is_told_its_shape():
    verdict = engine.judge(EXERCISES["running-parity"], lambda bits: bits.sum(dim=0) % 2)
    assert "expected (T, B)" in verdict.sentence


def test_true_and_false_are_told_their_dtype():
    verdict = engine.judge(EXERCISES["running-parity"], lambda bits: xor(bits) > 0)
    assert "dtype torch.bool" in verdict.sentence
