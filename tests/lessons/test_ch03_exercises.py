"""The exercises of chapter 03: right answers in other words, and mistakes in other words."""

import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils import rnn

from rnncourse.checking import EXERCISES, engine


def with_recurrent_layer(chunks, first, W, U, b):
    layer = torch.nn.RNN(W.shape[1], W.shape[0])
    with torch.no_grad():
        for name, weight in (("ih", W), ("hh", U)):
            getattr(layer, f"weight_{name}_l0").copy_(weight)
            getattr(layer, f"bias_{name}_l0").copy_(b / 2)
    h = torch.zeros(1, chunks.shape[2], len(b))
    for x, begins in zip(chunks, first, strict=True):
        if begins == 1:
            h = torch.zeros_like(h)
        output, h = layer(x, h.detach())
        output.pow(2).mean().backward()
    return h[0], layer.weight_hh_l0.grad


def one_backward_at_the_end(chunks, first, W, U, b):
    U = U.requires_grad_()
    h, total = torch.zeros(chunks.shape[2], len(b)), 0.0
    for x, begins in zip(chunks, first, strict=True):
        h, states = h.detach() * (1 - begins), []
        for x_t in x:
            h = torch.tanh(F.linear(x_t, W, b) + F.linear(h, U))
            states.append(h)
        total = total + torch.stack(states).square().mean()
    total.backward()
    return h, U.grad


def loop_over_sequences(loss, lengths):
    real = [loss[t, b] for b in range(loss.shape[1]) for t in range(int(lengths[b]))]
    return sum(real) / len(real)


def weighted(loss, lengths):
    mask = (torch.arange(loss.shape[0]).unsqueeze(1) < lengths.unsqueeze(0)).to(loss.dtype)
    return (loss * mask).sum() / mask.sum()


def packed(loss, lengths):
    return rnn.pack_padded_sequence(loss, lengths, enforce_sorted=False).data.mean()


def by_hand(h, u, temperature, W, U, V):
    rows = torch.zeros(u.shape[0], h.shape[0], V.shape[0])
    for t in range(u.shape[0]):
        e = torch.exp(h @ V.T / temperature)
        rows[t] = e / e.sum(dim=1, keepdim=True)
        edges = rows[t].cumsum(dim=1)
        token = [int((edges[k] <= u[t, k]).sum()) for k in range(len(h))]
        h = torch.tanh(torch.stack([W[:, i] for i in token]) + h @ U.T)
    return rows


RIGHT = [
    ("carry-detach-reset", with_recurrent_layer),
    ("carry-detach-reset", one_backward_at_the_end),
    ("masked-loss", loop_over_sequences),
    ("masked-loss", weighted),
    ("masked-loss", packed),
    ("sample-temperature", by_hand),
]


@pytest.mark.parametrize(("name", "function"), RIGHT, ids=lambda v: getattr(v, "__name__", v))
def test_right_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def detach_without_assignment(chunks, first, W, U, b):
    U = U.requires_grad_()
    h = torch.zeros(chunks.shape[2], len(b))
    for x, begins in zip(chunks, first, strict=True):
        if begins:
            h = torch.zeros_like(h)
        h.detach()
        states = []
        for x_t in x:
            h = torch.tanh(x_t @ W.T + h @ U.T + b)
            states.append(h)
        torch.stack(states).square().mean().backward()
    return h, U.grad


def one_backward_without_detach(chunks, first, W, U, b):
    U = U.requires_grad_()
    h, total = torch.zeros(chunks.shape[2], len(b)), 0.0
    for x, begins in zip(chunks, first, strict=True):
        h, states = h * (1 - begins), []
        for x_t in x:
            h = torch.tanh(x_t @ W.T + h @ U.T + b)
            states.append(h)
        total = total + torch.stack(states).square().mean()
    total.backward()
    return h, U.grad


def divided_by_all(loss, lengths):
    mask = torch.arange(loss.shape[0])[:, None] < lengths
    return (loss * mask).sum() / loss.numel()


def mask_with_less_or_equal(loss, lengths):
    return loss[torch.arange(loss.shape[0])[:, None] <= lengths].mean()


def times_temperature(h, u, temperature, W, U, V):
    rows = []
    for u_t in u:
        p = torch.softmax(temperature * (h @ V.T), dim=-1)
        rows.append(p)
        token = (p.cumsum(-1) <= u_t[:, None]).sum(-1)
        h = torch.tanh(F.one_hot(token, V.shape[0]).double() @ W.T + h @ U.T)
    return torch.stack(rows)


OTHER_WORDS = [
    ("carry-detach-reset", "not-detached", detach_without_assignment),
    ("carry-detach-reset", "graph-retained", one_backward_without_detach),
    ("masked-loss", "zeroed-but-counted", divided_by_all),
    ("masked-loss", "one-too-many", mask_with_less_or_equal),
    ("sample-temperature", "temperature-multiplied", times_temperature),
]


@pytest.mark.parametrize(
    ("name", "mistake", "function"), OTHER_WORDS, ids=lambda v: getattr(v, "__name__", v)
)
def test_mistake_is_named_in_other_words_too(name, mistake, function):
    assert engine.judge(EXERCISES[name], function).mistake == mistake


def test_the_streams_first_trial_has_something_to_carry_and_to_reset():
    for _, first, *_ in engine.draw_trials(EXERCISES["carry-detach-reset"])[:1]:
        assert first[0] == 1
        assert {0.0, 1.0} == set(first[1:].tolist())
