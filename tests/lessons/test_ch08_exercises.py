"""The exercises of chapter 08: right answers in other words, and mistakes in other words."""

import pytest
import torch
from torch import nn

from rnncourse.checking import EXERCISES, engine


def step_gate_by_gate(x, h, c, W, U, b):
    H = h.shape[1]
    new_h, new_c = torch.zeros_like(h), torch.zeros_like(c)
    for unit in range(H):
        i, f, g, o = (x @ W[k * H + unit] + h @ U[k * H + unit] + b[k * H + unit] for k in range(4))
        new_c[:, unit] = torch.sigmoid(f) * c[:, unit] + torch.sigmoid(i) * torch.tanh(g)
        new_h[:, unit] = torch.sigmoid(o) * torch.tanh(new_c[:, unit])
    return new_h, new_c


def step_by_torch(x, h, c, W, U, b):
    cell = nn.LSTMCell(x.shape[1], h.shape[1])
    with torch.no_grad():
        cell.weight_ih.copy_(W)
        cell.weight_hh.copy_(U)
        cell.bias_ih.copy_(b)
        cell.bias_hh.zero_()
    return cell(x, (h, c))


def step_by_one_matrix(x, h, c, W, U, b):
    a = torch.cat([x, h], dim=1) @ torch.cat([W, U], dim=1).T + b
    a = a.unflatten(1, (4, h.shape[1]))
    i, f, o = (0.5 * (torch.tanh(a[:, k] / 2) + 1) for k in (0, 1, 3))
    c = torch.addcmul(f * c, i, a[:, 2].tanh())
    return c.tanh() * o, c


def counted_by_torch(D, H, layers, directions):
    counts = []
    for sizes in zip(D, H, layers, directions, strict=True):
        d, h, n, both = (int(size) for size in sizes)
        module = nn.LSTM(d, h, n, bidirectional=both == 2)
        counts.append(
            sum(p.numel() for name, p in module.named_parameters() if "bias_hh" not in name)
        )
    return torch.tensor(counts, dtype=D.dtype)


def counted_matrix_by_matrix(D, H, layers, directions):
    W = H * D + (layers - 1) * H * directions * H
    U = layers * H * H
    return 4 * directions * (W + U + layers * H)


def held_by_blocks(W, U, b):
    held = []
    for tensor, value in ((W, 0.0), (U, 0.0), (b, 40.0)):
        i, f, g, o = tensor.chunk(4)
        held.append(torch.cat([i, torch.full_like(f, value), g, o]))
    return tuple(held)


def held_by_a_mask(W, U, b):
    f = torch.tensor([0.0, 1, 0, 0]).repeat_interleave(len(b) // 4)
    return W * (1 - f)[:, None], U * (1 - f)[:, None], torch.where(f > 0, 40.0, b)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("lstm-step", step_gate_by_gate),
        ("lstm-step", step_by_torch),
        ("lstm-step", step_by_one_matrix),
        ("lstm-parameters", counted_by_torch),
        ("lstm-parameters", counted_matrix_by_matrix),
        ("hold-forget-open", held_by_blocks),
        ("hold-forget-open", held_by_a_mask),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def counter(H=1, unit=0, **gates):
    """One unit that counts, among others that stand idle; gates in the order ( ) ; bias."""
    rows = {"i": (40, 40, 0, -20), "f": (0, 0, -40, 20), "g": (1, -1, 0, 0), "o": (0, 0, 0, 20)}
    rows |= gates
    W, b, v = torch.zeros(4 * H, 3), torch.zeros(4 * H), torch.zeros(H)
    for k, row in enumerate(rows.values()):
        W[k * H + unit] = torch.tensor(row[:3], dtype=torch.float32)
        b[k * H + unit] = row[3]
    v[unit] = 1.0
    return W, torch.zeros(4 * H, H), b, v


COUNTERS = {
    "one unit": counter,
    "the third of four": lambda: counter(4, 2),
    "input gate always open": lambda: counter(i=(0, 0, 0, 30)),
    "the count runs downwards": lambda: (*counter(g=(-1, 1, 0, 0))[:3], -torch.ones(1)),
    "larger steps": lambda: counter(g=(3, -3, 0, 0)),
    "float64": lambda: tuple(tensor.double() for tensor in counter()),
}


@pytest.mark.parametrize("build", COUNTERS.values(), ids=COUNTERS.keys())
def test_counters_in_other_words_pass(build):
    verdict = engine.judge(EXERCISES["open-brackets"], build)
    assert verdict.kind == "passed", verdict.sentence


@pytest.mark.parametrize(
    ("mistake", "build"),
    [
        ("a-flag", lambda: counter(i=(30, 0, 0, -15), f=(0, -50, -50, 25))),
        ("never-cleared", lambda: counter(f=(5, 5, 5, 30))),
        ("never-down", lambda: counter(g=(1, 0, 0, 0))),
        ("sign-flipped", lambda: counter(g=(-2, 2, 0, 0))),
        ("never-written", lambda: counter(g=(0, 0, 0, 0))),
        ("not-shown", lambda: counter(o=(0, 0, 0, -20))),
        ("leaks-hardly", lambda: counter(f=(0, 0, -46.3, 6.3))),
        ("counts-everything", lambda: counter(i=(0, 0, 0, 20), g=(1, -1, 0, 0.5))),
        ("never-down", lambda: counter(g=(1, -0.3, 0, 0))),
        ("clears-at-once", lambda: counter(f=(0, 0, 0, -20))),
        ("order-i-f-o-g", lambda: counter(4, 1, g=(0, 0, 0, 20), o=(1, -1, 0, 0))),
    ],
)
def test_counters_that_fail_are_named(mistake, build):
    assert engine.judge(EXERCISES["open-brackets"], build).mistake == mistake


def test_an_unknown_counter_is_answered_with_a_text():
    verdict = engine.judge(EXERCISES["open-brackets"], lambda: counter(g=(1, -2, 0, 0)))
    assert verdict.kind == "failed"
    assert verdict.mistake is None
    assert "after “" in verdict.sentence


def test_whole_numbers_are_given_so_that_loops_can_count():
    def parameters(D, H, layers, directions):
        counts = []
        for d, h, n, both in zip(D, H, layers, directions, strict=True):
            count = 0
            for _ in range(both):
                for layer in range(n):
                    count += 4 * h * ((d if layer == 0 else both * h) + h + 1)
            counts.append(count)
        return torch.stack(counts)

    assert engine.judge(EXERCISES["lstm-parameters"], parameters).kind == "passed"


def test_a_shut_output_gate_and_a_read_out_of_nothing_are_no_matter_of_c():
    for build in (
        lambda: counter(o=(0, 0, 0, -20)),
        lambda: (*counter()[:3], torch.zeros(1)),
        lambda: (*counter()[:3], 0.1 * torch.ones(1)),
    ):
        assert engine.judge(EXERCISES["open-brackets"], build).mistake == "not-shown"
    weak = engine.judge(EXERCISES["open-brackets"], lambda: (*counter()[:3], 0.2 * torch.ones(1)))
    assert weak.mistake == "too-weak"


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: counter(f=(0, 0, -40, 2)), "“(a)” no brackets are open"),
        (lambda: counter(f=(0, 0, -40, 2)), "Letters have moved c by -0.09"),
        (lambda: counter(f=(0, 0, -40, 8)), "Letters have moved c by -0.11"),
        (lambda: counter(f=(0, 0, -21, 20)), "“;” leaves c at +0.20"),
        (lambda: counter(g=(1, -2, 0, 0)), "the brackets of this line by -0.20 in all"),
        (lambda: counter(o=(40, 0, 0, -20)), "c is as it should be; tanh, the output gate"),
        (lambda: (*counter()[:3], -0.1 * torch.ones(1)), "How far does “(” move c"),
    ],
)
def test_an_unknown_counter_is_told_what_moves_its_count(build, words):
    verdict = engine.judge(EXERCISES["open-brackets"], build)
    assert verdict.mistake is None
    assert words in verdict.sentence


@pytest.mark.parametrize("bias", [6.3, 6.5, 7.0, 8.0])
def test_a_count_that_leaks_over_a_long_text_never_passes(bias):
    build = lambda: counter(f=(0, 0, -40 - bias, bias))  # noqa: E731
    assert engine.judge(EXERCISES["open-brackets"], build).kind == "failed"


@pytest.mark.parametrize(
    ("weights", "word"),
    [
        (lambda: counter(9), "hidden size"),
        (lambda: (torch.zeros(3, 3), *counter()[1:]), "expected (4H, 3)"),
        (lambda: (torch.full((4, 3), torch.nan), *counter()[1:]), "not finite"),
    ],
)
def test_weights_of_another_kind_get_a_sentence(weights, word):
    verdict = engine.judge(EXERCISES["open-brackets"], weights)
    assert verdict.kind == "failed"
    assert word in verdict.sentence


@pytest.mark.parametrize(
    ("mistake", "count"),
    [
        ("one-layer-too-many", lambda D, H, n, k: 4 * H * k * (D + H + 1 + n * (k * H + H + 1))),
        ("further-layers-read-x", lambda D, H, n, k: k * n * 4 * H * (D + H + 1)),
        ("U-like-W", lambda D, H, n, k: 4 * H * k * (2 * D + 1 + (n - 1) * (2 * k * H + 1))),
        ("one-number", lambda *sizes: sum(counted_matrix_by_matrix(*sizes))),
        (
            "two-biases",
            lambda *sizes: counted_by_torch(*sizes) + 4 * sizes[1] * sizes[2] * sizes[3],
        ),
    ],
)
def test_wrong_counts_are_named(mistake, count):
    assert engine.judge(EXERCISES["lstm-parameters"], count).mistake == mistake


def held(*, W=0.0, U=0.0, b=40.0):
    """``hold_open`` with these values in the rows of f; ``None`` leaves them as they are."""

    def hold_open(*given):
        H = len(given[2]) // 4
        new = [tensor.clone() for tensor in given]
        for tensor, value in zip(new, (W, U, b), strict=True):
            if value is not None:
                tensor[H : 2 * H] = value
        return tuple(new)

    return hold_open


@pytest.mark.parametrize(
    ("mistake", "function"),
    [
        ("only-U-left", held(U=None)),
        ("only-W-left", held(W=None)),
        ("weights-left", held(W=None, U=None)),
        ("bias-of-one", held(b=1.0)),
        ("all-else-lost", lambda W, U, b: held()(0 * W, 0 * U, 0 * b)),
    ],
)
def test_gates_that_are_not_held_are_named(mistake, function):
    assert engine.judge(EXERCISES["hold-forget-open"], function).mistake == mistake


def test_a_wrong_row_is_told_by_its_gate():
    def hold_open(W, U, b):
        W, U, b = held()(W, U, b)
        W[-1] = 0.0
        return W, U, b

    sentence = engine.judge(EXERCISES["hold-forget-open"], hold_open).words
    assert "W_new first differs at output gate, unit 2, input 0" in sentence


def test_the_old_cell_state_handed_back_is_named():
    def step(x, h, c, W, U, b):
        h_new, _ = step_by_one_matrix(x, h, c, W, U, b)
        return h_new, c.clone()

    assert engine.judge(EXERCISES["lstm-step"], step).mistake == "old-c-returned"


@pytest.mark.parametrize("gates", ["if", "io", "fo"])
@pytest.mark.parametrize(
    ("change", "words"), [(lambda a: a, "no sigmoid"), (torch.tanh, "tanh for sigmoid")]
)
def test_one_slip_made_at_two_gates_is_named(gates, change, words):
    def step(x, h, c, W, U, b):
        a = dict(zip("ifgo", (x @ W.T + h @ U.T + b).chunk(4, dim=1), strict=True))
        i, f, o = (change(a[gate]) if gate in gates else a[gate].sigmoid() for gate in "ifo")
        c = f * c + i * a["g"].tanh()
        return o * c.tanh(), c

    verdict = engine.judge(EXERCISES["lstm-step"], step)
    assert verdict.mistake == "two-changes"
    assert f": {words} of `{gates[0]}`, and {words} of `{gates[1]}`." in verdict.sentence


def test_a_wrong_count_is_told_network_by_network():
    def near(D, H, layers, directions):
        return counted_matrix_by_matrix(D, H, layers, directions) + (D > 20)

    verdict = engine.judge(EXERCISES["lstm-parameters"], near)
    assert verdict.mistake is None
    assert "count first differs at D = 40, H = 4, layers = 1, directions = 1: yours 721, " in (
        verdict.sentence
    )
