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


def same_list_again(x):
    window, windows = [torch.zeros_like(x[0])] * 3, []
    for x_t in x:
        window.pop(0)
        window.append(x_t)
        windows.append(window)
    return torch.stack([torch.stack(window, dim=1) for window in windows])


def one_buffer(x):
    buffer, seen = torch.zeros(x.shape[1], 3, x.shape[2]), []
    for x_t in x:
        buffer[:] = torch.cat([buffer[:, 1:], x_t[:, None]], dim=1)
        seen.append(buffer)
    return torch.stack(seen)


def only_whole_windows(x):
    seen = torch.zeros(x.shape[0], x.shape[1], 3, x.shape[2])
    for t in range(2, len(x)):
        seen[t] = x[t - 2 : t + 1].transpose(0, 1)
    return seen


def from_the_left(x):
    seen = torch.zeros(x.shape[0], x.shape[1], 3, x.shape[2])
    for t in range(len(x)):
        window = x[max(0, t - 2) : t + 1].transpose(0, 1)
        seen[t, :, : window.shape[1]] = window
    return seen


def joined(x):
    padded = torch.cat([torch.zeros(2, *x.shape[1:]), x])
    return torch.cat([padded[:-2], padded[1:-1], padded[2:]], dim=-1)


def viewed(x):
    padded = torch.cat([torch.zeros(2, *x.shape[1:]), x])
    windows = torch.stack([padded[t : t + 3] for t in range(len(x))])
    return windows.reshape(x.shape[0], x.shape[1], 3, x.shape[2])


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (rolled, "wraps-around"),
        (negative_indices, "negative-index"),
        (future_first, "looks-ahead"),
        (older, "off-by-one"),
        (newest_first, "reversed"),
        (same_list_again, "one-window-for-all"),
        (one_buffer, "one-window-for-all"),
        (only_whole_windows, "first-steps-empty"),
        (from_the_left, "filled-from-the-left"),
        (joined, "one-long-vector"),
        (viewed, "reshaped-batch"),
        (lambda x: unfolded(x).transpose(1, 2), "window-before-batch"),
        (lambda x: unfolded(x, 2), "window-of-two"),
        (lambda x: newest_first(x.transpose(0, 1)).transpose(0, 1), "two-changes"),
    ],
)
def test_windows_mistake_is_named_in_other_words(make, name):
    assert engine.judge(EXERCISES["make-windows"], make).mistake == name


def test_windows_of_whole_sequences_only_fail():
    verdict = engine.judge(EXERCISES["make-windows"], valid_only)
    assert verdict.kind == "failed"
    assert "T - 2" in verdict.sentence or "first two steps are missing" in verdict.sentence


def test_a_wrong_window_is_placed_in_the_words_of_the_chapter():
    def louder(x):
        return unfolded(x) * torch.arange(1.0, 4.0)[:, None] ** 0.5

    verdict = engine.judge(EXERCISES["make-windows"], louder)
    assert "place 2 of the window, feature 0: yours " in verdict.sentence


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
    return (1 - (1 - 2 * bits).cumprod(dim=0)) // 2


def caret(bits):
    state, parity = bits[0], [bits[0]]
    for bit in bits[1:]:
        state = state ^ bit
        parity.append(state)
    return torch.stack(parity)


@pytest.mark.parametrize("parity", [xor, difference, cumulated, signs, caret])
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


def without_abs(bits):
    state, parity = torch.zeros_like(bits[0]), []
    for bit in bits:
        state = bit - state
        parity.append(state)
    return torch.stack(parity)


def changed_in_the_list(bits):
    state, parity = torch.zeros_like(bits[0]), []
    for bit in bits:
        state += bit
        state %= 2
        parity.append(state)
    return torch.stack(parity)


def with_if(bits):
    state, parity = torch.zeros_like(bits[0]), []
    for bit in bits:
        if bit == 1:
            state = 1 - state
        parity.append(state)
    return torch.stack(parity)


def row_after_row(bits):
    state, parity = 0, torch.zeros_like(bits)
    for t, b in torch.ones_like(bits).nonzero():
        state = (state + bits[t, b]) % 2
        parity[t, b] = state
    return parity


def count_before_reading(bits):
    return torch.cat([torch.zeros_like(bits[:1]), bits.cumsum(dim=0)[:-1]])


@pytest.mark.parametrize(
    ("parity", "name"),
    [
        (without_abs, "sign-kept"),
        (changed_in_the_list, "whole-sequence"),
        (with_if, "if-of-a-tensor"),
        (row_after_row, "one-state-for-all"),
        (lambda bits: (1 - 2 * bits).cumprod(dim=0), "signs"),
        (lambda bits: bits.sum(dim=0) % 2, "last-answer-only"),
        (count_before_reading, "two-changes"),
        (reset_in_the_loop, "input-repeated"),
        (state_is_the_last_input, "last-two"),
        (either, "or"),
        (appended_first, "before-reading"),
        (starts_odd, "even-for-odd"),
    ],
)
def test_parity_mistake_is_named_in_other_words(parity, name):
    assert engine.judge(EXERCISES["running-parity"], parity).mistake == name


@pytest.mark.parametrize("dtype", [torch.bool, torch.float32, torch.float64, torch.uint8])
def test_another_dtype_than_that_of_the_bits_is_refused(dtype):
    verdict = engine.judge(EXERCISES["running-parity"], lambda bits: xor(bits).to(dtype))
    assert verdict.kind == "failed"
    assert f"dtype {dtype}" in verdict.sentence


def step_by_table(state, bit):
    return torch.where(bit == 1, 1 - state, state)


def step_unequal(state, bit):
    return (state != bit).to(bit.dtype)


@pytest.mark.parametrize("step", [step_by_table, step_unequal, lambda s, b: s ^ b])
def test_a_correct_step_of_parity_passes(step):
    assert engine.judge(EXERCISES["parity-step"], step).sentence.startswith("correct")


def step_with_if(state, bit):
    if bit == 1:
        return 1 - state
    return state


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (lambda state, bit: state | bit, "or"),
        (lambda state, bit: state & bit, "and"),
        (lambda state, bit: state + bit % 2, "count"),
        (lambda state, bit: (state == bit).long(), "zeros-counted"),
        (lambda state, bit: (state + 1) % 2, "every-step-turns"),
        (lambda state, bit: state, "state-kept"),
        (step_with_if, "if-of-a-tensor"),
    ],
)
def test_a_mistaken_step_of_parity_is_named_in_other_words(step, name):
    assert engine.judge(EXERCISES["parity-step"], step).mistake == name


def by_table(bits):
    after = torch.tensor([[0, 1], [2, 0], [1, 2]])  # remainder, digit -> remainder
    state, answers = torch.zeros_like(bits[0]), []
    for bit in bits:
        state = after[state, bit]
        answers.append(1 - state.clamp(max=1))
    return torch.stack(answers)


def by_alternating_sum(bits):
    signs = torch.tensor([1, -1]).repeat(len(bits))[: len(bits), None]  # 2 leaves −1
    return ((bits * signs).cumsum(dim=0) % 3 == 0).long()


@pytest.mark.parametrize("divisible", [by_table, by_alternating_sum])
def test_correct_divisibility_passes(divisible):
    judged = engine.judge(EXERCISES["divisible-by-three"], divisible)
    assert judged.sentence.startswith("correct")


def number_kept(bits):
    number, answers = torch.zeros_like(bits[0]), []
    for bit in bits:
        number = number * 2 + bit
        answers.append((number % 3 == 0).to(bits.dtype))
    return torch.stack(answers)


@pytest.mark.parametrize(
    ("divisible", "name"),
    [
        (number_kept, "overflow"),
        (lambda bits: (bits.cumsum(dim=0) % 3 == 0).long(), "ones-counted"),
        (lambda bits: 1 - bits, "by-two"),
        (lambda bits: 1 - by_table(bits), "no-for-yes"),
        (lambda bits: by_table(bits)[-1], "last-answer-only"),
        (lambda bits: by_table(bits.T).T, "batch-for-time"),
    ],
)
def test_a_mistake_about_three_is_named_in_other_words(divisible, name):
    assert engine.judge(EXERCISES["divisible-by-three"], divisible).mistake == name


def test_yes_and_no_are_whole_numbers():
    verdict = engine.judge(EXERCISES["divisible-by-three"], lambda bits: by_table(bits) == 1)
    assert verdict.mistake == "dtype-changed"
