"""The exercises of chapter 03: right answers in other words, and mistakes in other words."""

import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils import rnn

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.recognise import observe, quiet


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


def item(loss, lengths):
    return loop_over_sequences(loss, lengths).item()


def in_an_array(loss, lengths):
    return weighted(loss, lengths)[None]


def with_float32_vectors(h, u, temperature, W, U, V):
    rows = []
    for u_t in u:
        rows.append(torch.softmax(h @ V.T / temperature, dim=-1))
        token = (rows[-1].cumsum(-1) <= u_t[:, None]).sum(-1)
        h = torch.tanh(F.one_hot(token, V.shape[0]).float() @ W.T + h @ U.T)
    return torch.stack(rows)


RIGHT = [
    ("masked-loss", item),
    ("masked-loss", in_an_array),
    ("sample-temperature", with_float32_vectors),
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


def stream(chunks, first, W, U, b, *, start=None, loss=None, asks=True, inside=False, keeps=False):
    """A reader's loop, right but for what is given."""
    start = start or (lambda h, begins: torch.zeros_like(h) if begins else h.detach())
    loss = loss or (lambda states: torch.stack(states).square().mean())
    U = U.clone().requires_grad_(asks)
    h, states = torch.zeros(chunks.shape[2], len(b)), []
    for x, begins in zip(chunks, first, strict=True):
        if not inside:
            h = start(h, begins)
        states = states if keeps else []
        for x_t in x:
            if inside:
                h = start(h, begins)
            h = torch.tanh(x_t @ W.T + h @ U.T + b)
            states.append(h)
        loss(states).backward()
    return h, U.grad


def without_requires_grad(*args):
    return stream(*args, asks=False)


def steps_under_no_grad(chunks, first, W, U, b):
    U = U.clone().requires_grad_()
    h = torch.zeros(chunks.shape[2], len(b))
    for x, begins in zip(chunks, first, strict=True):
        h, states = torch.zeros_like(h) if begins else h.detach(), []
        with torch.no_grad():
            for x_t in x:
                h = torch.tanh(x_t @ W.T + h @ U.T + b)
                states.append(h)
        torch.stack(states).square().mean().backward()
    return h, U.grad


def sum_of_squares(*args):
    return stream(*args, loss=lambda states: torch.stack(states).square().sum())


def all_states_so_far(*args):
    return stream(*args, keeps=True)


def detached_inside(*args):
    return stream(*args, inside=True)


def reset_after(chunks, first, W, U, b):
    U = U.clone().requires_grad_()
    h = torch.zeros(chunks.shape[2], len(b))
    for x, begins in zip(chunks, first, strict=True):
        states = []
        for x_t in x:
            h = torch.tanh(x_t @ W.T + h @ U.T + b)
            states.append(h)
        torch.stack(states).square().mean().backward()
        h = h.detach() * (1 - begins)
    return h, U.grad


def last_state_and_never_reset(*args):
    return stream(
        *args, start=lambda h, begins: h.detach(), loss=lambda states: states[-1].square().mean()
    )


def sum_over_sequences_by_steps(loss, lengths):
    total = sum(loss[: int(n), b].sum() for b, n in enumerate(lengths))
    return total / len(lengths)


def set_anew(loss, lengths):
    for b, n in enumerate(lengths):
        total = loss[: int(n), b].sum()
    return total / lengths.sum()


def rows_for_sequences(loss, lengths):
    return torch.cat([loss[b, : int(lengths[b])] for b in range(len(lengths))]).mean()


def steps_without_a_column(loss, lengths):
    mask = torch.arange(len(loss)) < lengths
    return (loss * mask).sum() / mask.sum()


def sequences_for_rows(loss, lengths):
    mask = torch.arange(len(loss)) < lengths[:, None]
    return (loss * mask).sum() / mask.sum()


def steps_first_and_one_too_many(loss, lengths):
    return torch.stack([loss[t, t <= lengths].mean() for t in range(len(loss))]).mean()


def write(h, u, temperature, W, U, V, *, p=None, drawn=None, squash=torch.tanh):
    """A reader's loop, right but for what is given."""
    rows = []
    for u_t in u:
        y = h @ V.T
        rows.append(p(y, temperature) if p else torch.softmax(y / temperature, dim=-1))
        q = drawn(y) if drawn else rows[-1]
        token = (q.cumsum(-1) <= u_t[:, None]).sum(-1)
        h = squash(W.T[token] + h @ U.T)
    return torch.stack(rows)


def divided_after(*args):
    return write(*args, p=lambda y, tau: F.softmax(y, dim=-1) / tau)


def divided_and_normalised(*args):
    return write(*args, p=lambda y, tau: F.normalize(F.softmax(y, dim=-1) / tau, p=1, dim=-1))


def down_the_columns(*args):
    return write(*args, p=lambda y, tau: F.softmax(y / tau, dim=0))


def drawn_without(*args):
    return write(*args, drawn=lambda y: y.softmax(-1))


def unsquashed(*args):
    return write(*args, squash=lambda total: total)


def unsquashed_and_drawn_without(*args):
    return write(*args, squash=lambda total: total, drawn=lambda y: y.softmax(-1))


OTHER_WORDS = [
    ("carry-detach-reset", "no-gradient", without_requires_grad),
    ("carry-detach-reset", "no-gradient", steps_under_no_grad),
    ("carry-detach-reset", "sum-for-mean", sum_of_squares),
    ("carry-detach-reset", "loss-of-earlier-chunks", all_states_so_far),
    ("carry-detach-reset", "at-every-step", detached_inside),
    ("carry-detach-reset", "reset-late", reset_after),
    ("carry-detach-reset", "two-changes", last_state_and_never_reset),
    ("masked-loss", "divided-by-batch", sum_over_sequences_by_steps),
    ("masked-loss", "last-sequence-only", set_anew),
    ("masked-loss", "batch-for-time", rows_for_sequences),
    ("masked-loss", "no-column", steps_without_a_column),
    ("masked-loss", "mask-transposed", sequences_for_rows),
    ("masked-loss", "two-changes", steps_first_and_one_too_many),
    ("sample-temperature", "probabilities-divided", divided_after),
    ("sample-temperature", "temperature-ignored", divided_and_normalised),
    ("sample-temperature", "softmax-over-batch", down_the_columns),
    ("sample-temperature", "drawn-without-temperature", drawn_without),
    ("sample-temperature", "no-tanh", unsquashed),
    ("sample-temperature", "two-changes", unsquashed_and_drawn_without),
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


def test_the_first_stream_has_something_to_carry_and_to_reset_and_another_has_neither():
    firsts = [first.tolist() for _, first, *_ in EXERCISES["carry-detach-reset"].trials]
    assert firsts[0][0] == 1
    assert set(firsts[0][1:]) == {0, 1}
    assert [1] * len(firsts[0]) not in firsts[:1]
    assert any(len(first) > 1 and set(first) == {1} for first in firsts)


def test_whole_numbers_come_as_whole_numbers():
    for name, place in (("carry-detach-reset", 1), ("masked-loss", 1)):
        assert all(trial[place].dtype == torch.int64 for trial in EXERCISES[name].trials)


def test_the_call_is_named_as_in_the_stub():
    assert EXERCISES["sample-temperature"].call == "write_tokens(h, u, temperature, W, U, V)"


def test_a_token_is_called_a_token():
    def louder(*args):
        return write(*args) * torch.tensor([1.0, 1.5]).repeat(9)[: args[-1].shape[0]]

    verdict = engine.judge(EXERCISES["sample-temperature"], louder)
    assert "batch element 0, token 1: yours " in verdict.words


def test_on_the_first_input_every_mistake_in_the_distribution_shows_in_numbers():
    """An index past the last token would say nothing of how p came to be so."""
    exercise = EXERCISES["sample-temperature"]
    with quiet():
        for mistake in exercise.mistakes:
            shown = observe(exercise, exercise.version(mistake), exercise.trials[0])
            assert not isinstance(shown, str), mistake.name
