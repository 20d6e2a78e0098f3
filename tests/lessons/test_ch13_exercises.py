"""The exercises of chapter 13: right answers in other words, and mistakes in other words."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.recognise import quiet


def one_by_one(output, lengths):
    H, last = output.shape[2] // 2, []
    for b, n in enumerate(lengths):
        last.append(torch.cat((output[n - 1, b, :H], output[0, b, H:])))
    return torch.stack(last)


def two_directions(output, lengths):
    both = output.unflatten(2, (2, -1))
    own = both[:, :, 0].gather(0, (lengths - 1)[None, :, None].expand(1, -1, both.shape[3]))
    return torch.cat([own[0], both[0, :, 1]], -1)


def last_that_is_not_padding(output, lengths):
    """Right for a packed batch, whose padding is zeros."""
    forward, backward = output.chunk(2, dim=2)
    read = (forward != 0).any(2)
    steps = torch.arange(len(output))[:, None].expand_as(read)
    own = torch.where(read, steps, 0).amax(0)
    return torch.cat([forward[own, torch.arange(len(own))], backward[0]], dim=1)


def mean_one_by_one(output, lengths):
    return torch.stack([output[:n, b].mean(dim=0) for b, n in enumerate(lengths.tolist())])


def mean_by_cumsum(output, lengths):
    return output.cumsum(0)[lengths - 1, torch.arange(len(lengths))] / lengths.unsqueeze(1)


def mean_by_product(output, lengths):
    mask = (torch.arange(output.shape[0]) < lengths[:, None]).to(output)
    return torch.einsum("bt,tbh->bh", mask / mask.sum(1, keepdim=True), output)


def mean_of_nan(output, lengths):
    padding = torch.arange(len(output)).unsqueeze(1) >= lengths
    return output.masked_fill(padding[..., None], torch.nan).nanmean(dim=0)


def back_into_an_empty_one(lengths, h):
    _, order = torch.sort(lengths, descending=True, stable=True)
    h_back = torch.empty_like(h)
    h_back[order] = h
    return order, h_back


def in_python(lengths, h):
    order = sorted(range(len(lengths)), key=lambda b: -lengths[b])
    return order, h[[order.index(b) for b in range(len(order))]]


def as_torch_does(lengths, h):
    """What `pack_padded_sequence` keeps, with `stable` added."""
    order = (-lengths).argsort(stable=True)
    back = torch.empty_like(order).scatter_(0, order, torch.arange(len(order)))
    return order, h.index_select(0, back)


def by_torch(x, lengths, W, U, b):
    D, H = W.shape[1], len(U)
    layer = nn.RNN(D, H, batch_first=True, bias=True, dtype=x.dtype)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(W)
        layer.weight_hh_l0.copy_(U)
        layer.bias_ih_l0.copy_(b)
        layer.bias_hh_l0.zero_()
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        output, h_n = layer(packed)
        output, _ = pad_packed_sequence(output, batch_first=True)
        return torch.cat([h_n[0], output.sum(1) / lengths[:, None]], dim=1)


def sequence_by_sequence(x, lengths, W, U, b):
    found = []
    for one, n in zip(x, lengths, strict=True):
        h, states = torch.zeros(len(U)), []
        for x_t in one[:n]:
            h = torch.tanh(W @ x_t + U @ h + b)
            states.append(h)
        found.append(torch.cat([h, torch.stack(states).mean(0)]))
    return torch.stack(found)


def held_through_the_padding(x, lengths, W, U, b):
    h = total = torch.zeros(x.shape[0], U.shape[0])
    for t in range(x.shape[1]):
        on = (t < lengths)[:, None]
        h = torch.where(on, torch.tanh(x[:, t] @ W.T + h @ U.T + b), h)
        total = total + on * h
    return torch.cat([h, total / lengths[:, None]], dim=-1)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("last-states", one_by_one),
        ("last-states", two_directions),
        ("last-states", last_that_is_not_padding),
        ("masked-mean", mean_one_by_one),
        ("masked-mean", mean_by_cumsum),
        ("masked-mean", mean_by_product),
        ("masked-mean", mean_of_nan),
        ("packed-order", back_into_an_empty_one),
        ("packed-order", in_python),
        ("packed-order", as_torch_does),
        ("padded-pipeline", by_torch),
        ("padded-pipeline", sequence_by_sequence),
        ("padded-pipeline", held_through_the_padding),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def the_colleagues(x, lengths, W, U, b):
    """As it stands on the page."""
    h = torch.zeros(len(U))
    states = []
    for x_t in x:
        h = torch.tanh(x_t @ W.T + h @ U.T + b)
        states.append(h)
    output = torch.stack(states)
    last = output[:, -1]
    mean = output.mean(dim=1)
    return torch.cat([last, mean], dim=1)


def torch_without_batch_first(x, lengths, W, U, b):
    layer = nn.RNN(W.shape[1], len(U), dtype=x.dtype)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(W)
        layer.weight_hh_l0.copy_(U)
        layer.bias_ih_l0.copy_(b)
        layer.bias_hh_l0.zero_()
        output, _ = layer(x)
    return torch.cat([output[:, -1], output.mean(dim=1)], dim=1)


def walks_over_time_now(x, lengths, W, U, b):
    h = torch.zeros(len(U))
    states = []
    for x_t in x.transpose(0, 1):
        h = torch.tanh(x_t @ W.T + h @ U.T + b)
        states.append(h)
    output = torch.stack(states)
    return torch.cat([output[-1], output.mean(dim=0)], dim=1)


def held_and_averaged(x, lengths, W, U, b):
    h, states = torch.zeros(len(x), len(U)), []
    for t in range(x.shape[1]):
        new = torch.tanh(x[:, t] @ W.T + h @ U.T + b)
        h = torch.where((t < lengths)[:, None], new, h)
        states.append(h)
    return torch.cat([h, torch.stack(states).mean(dim=0)], dim=1)


def zero_input_for_the_mean(x, lengths, W, U, b):
    output = torch.stack([one[: x.shape[1]] for one in all_states(x, W, U, b)])
    read = torch.arange(x.shape[1]) < lengths[:, None]
    last = output[range(len(x)), lengths - 1]
    return torch.cat([last, (output * read[..., None]).mean(1)], dim=1)


def all_states(x, W, U, b):
    states, h = [], torch.zeros(len(x), len(U))
    for x_t in x.unbind(1):
        h = torch.tanh(x_t @ W.T + h @ U.T + b)
        states.append(h)
    return torch.stack(states, 1)


@pytest.mark.parametrize(
    ("name", "mistake", "function"),
    [
        ("last-states", "end-of-the-batch", lambda output, lengths: output[-1]),
        (
            "last-states",
            "own-end-for-both",
            lambda output, lengths: torch.stack([output[n - 1, b] for b, n in enumerate(lengths)]),
        ),
        ("last-states", "start-for-both", lambda output, lengths: output[0]),
        ("last-states", "every-with-every-both", lambda output, lengths: output[lengths - 1]),
        ("masked-mean", "padding-counted", lambda output, lengths: output.mean(0)),
        (
            "masked-mean",
            "padding-in-the-sum",
            lambda output, lengths: output.sum(0) / lengths[:, None],
        ),
        (
            "masked-mean",
            "one-mean-for-all",
            lambda output, lengths: output[torch.arange(len(output))[:, None] < lengths].mean(0),
        ),
        ("packed-order", "sorted-once-more", lambda lengths, h: (o := longest(lengths), h[o])),
        ("packed-order", "not-put-back", lambda lengths, h: (longest(lengths), h)),
        ("padded-pipeline", "as-it-was", the_colleagues),
        ("padded-pipeline", "as-it-was", torch_without_batch_first),
        ("padded-pipeline", "padding-in-both", walks_over_time_now),
        ("padded-pipeline", "held-in-the-mean", held_and_averaged),
        ("padded-pipeline", "mean-divided-by-T", zero_input_for_the_mean),
    ],
)
def test_wrong_answers_are_named(name, mistake, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.mistake == mistake, verdict.sentence


def longest(lengths):
    return lengths.argsort(descending=True, stable=True)


def packed_layer(T=6, H=4, layers=1, **options):
    torch.manual_seed(0)
    layer = nn.GRU(3, H, num_layers=layers, bidirectional=True, **options)
    lengths = torch.tensor([2, T, 4, 1])
    x = torch.randn(T, 4, 3)
    output, h_n = layer(pack_padded_sequence(x, lengths, enforce_sorted=False))
    return pad_packed_sequence(output)[0], h_n, lengths


@pytest.mark.draws
@pytest.mark.parametrize("layers", [1, 2])
def test_the_last_states_are_those_of_h_n(layers):
    output, h_n, lengths = packed_layer(layers=layers)
    found = EXERCISES["last-states"].reference(output, lengths)
    assert torch.equal(found, torch.cat([h_n[-2], h_n[-1]], dim=1))


@pytest.mark.draws
def test_the_padding_of_a_packed_batch_is_zeros_as_drawn():
    output, _, lengths = packed_layer()
    padding = torch.arange(len(output))[:, None] >= lengths
    assert (output[padding] == 0).all()
    for output, lengths in EXERCISES["last-states"].trials:
        padding = torch.arange(len(output))[:, None] >= lengths
        assert (output[padding] == 0).all()
        assert (output[~padding] != 0).all()


@pytest.mark.parametrize("name", ["last-states", "masked-mean", "padded-pipeline"])
def test_lengths_are_those_of_a_padded_batch(name):
    exercise = EXERCISES[name]
    for trial in exercise.trials:
        T = exercise.sizes(trial)["T"]
        assert trial[1].max() == T
        assert trial[1].min() >= 1
    assert len(exercise.trials[0][1].unique()) > 2


@pytest.mark.parametrize("place", range(3))
def test_a_neighbour_changes_the_colleagues_answer_and_not_the_right_one(place):
    x, lengths, *weights = EXERCISES["padded-pipeline"].trials[0]
    right = EXERCISES["padded-pipeline"].reference
    others = torch.arange(len(x)) != place
    changed = x.clone()
    changed[place, 0] += 1
    longer = torch.cat([x, torch.zeros_like(x)], dim=1)
    with quiet():
        for function, safe in ((right, True), (the_colleagues, False)):
            alone = function(x, lengths, *weights)
            beside = function(changed, lengths, *weights)
            padded = function(longer, lengths, *weights)
            assert torch.allclose(alone[others], beside[others]) == safe
            assert torch.allclose(alone, padded) == safe


def test_no_drawn_order_is_its_own_inverse():
    for lengths, _ in EXERCISES["packed-order"].trials[:-1]:
        order = longest(lengths)
        assert not torch.equal(order, order.argsort())
        assert len(lengths.unique()) == len(lengths) - 1
