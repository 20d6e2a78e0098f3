"""What stands in the padding, be it NaN, reaches no output, no trace and no gradient."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnbook import Recurrent
from rnnbook.cells import CELLS
from rnnbook.models import LanguageModel, next_token_loss

# Refusals and equalities: they hold for every draw.
pytestmark = pytest.mark.draws

FLOAT64 = {"dtype": torch.float64}
FILLINGS = [torch.nan, torch.inf, -torch.inf, 1e300]
SIZES = {
    "seed": st.integers(0, 2**31),
    "T": st.integers(1, 6),
    "layers": st.integers(1, 2),
    "two_ways": st.booleans(),
    "filling": st.sampled_from(FILLINGS),
}


def padded(seed, T, filling):
    """Inputs (T, 3, 2), the lengths of the sequences, and the same inputs with a full padding."""
    torch.manual_seed(seed)
    lengths = torch.randint(1, T + 1, (3,))
    x = torch.randn(T, 3, 2, **FLOAT64)
    beyond = torch.arange(T)[:, None] >= lengths
    return x, lengths, x.masked_fill(beyond[..., None], filling)


def everything(layer, x, lengths):
    """Output, last state, every trace, and the gradients of all that a layer computes from."""
    x = x.clone().requires_grad_()
    output, state = layer(x, lengths=lengths)
    state = state if isinstance(state, tuple) else (state,)
    loss = output.sin().sum() + sum(part.cos().sum() for part in state)
    wanted = (x, *layer.parameters())
    gradients = torch.autograd.grad(loss, wanted, allow_unused=True, materialize_grads=True)
    traces = layer.trace(x, lengths=lengths)._traces.values()
    return [output, *state, *gradients, *(v for trace in traces for v in vars(trace).values())]


@pytest.mark.parametrize("kind", CELLS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(**SIZES)
def test_it_does_not_matter_what_stands_there(kind, seed, T, layers, two_ways, filling):
    x, lengths, full = padded(seed, T, filling)
    layer = Recurrent(kind, 2, 3, num_layers=layers, bidirectional=two_ways).double()
    found, expected = everything(layer, full, lengths), everything(layer, x, lengths)
    for one, other in zip(found, expected, strict=True):
        assert torch.equal(one, other)
        assert one.isfinite().all()


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
@settings(max_examples=25, deadline=None, derandomize=True)
@given(**SIZES)
def test_as_torch_packed(kind, seed, T, layers, two_ways, filling):
    _, lengths, full = padded(seed, T, filling)
    module = kind(2, 3, num_layers=layers, bidirectional=two_ways, **FLOAT64)
    layer = Recurrent.from_torch(module)
    found = []
    for packed in (False, True):
        x = full.clone().requires_grad_()
        if packed:
            sequence = pack_padded_sequence(x, lengths, enforce_sorted=False)
            output, state = module(sequence)
            output, _ = pad_packed_sequence(output, total_length=T)
        else:
            output, state = layer(x, lengths=lengths)
        state = state if isinstance(state, tuple) else (state,)
        loss = output.sin().sum() + sum(part.cos().sum() for part in state)
        found.append([output, *state, torch.autograd.grad(loss, x)[0]])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


def test_a_bad_gradient_from_the_padding_is_stopped():
    """The square root of zero has no finite slope; and zero are the padded steps alone."""
    for kind in CELLS:
        x, lengths, _ = padded(0, 6, 0.0)
        real = torch.arange(len(x))[:, None, None] < lengths[:, None]
        layer = Recurrent(kind, 2, 3).double()
        output, _ = layer(x, lengths=lengths)
        (output + real).abs().sqrt().sum().backward()
        assert all(p.grad is None or p.grad.isfinite().all() for p in layer.parameters())


@pytest.mark.parametrize("filling", FILLINGS)
def test_a_masked_loss_neither(filling):
    logits, mask = torch.randn(5, 2, 4, **FLOAT64), torch.arange(5)[:, None] < torch.tensor([2, 5])
    target = torch.randint(4, (5, 2))
    whole = logits.clone().requires_grad_()
    full = logits.masked_fill(~mask[..., None], filling).requires_grad_()
    beyond = target.masked_fill(~mask, -7)
    loss, expected = next_token_loss(full, beyond, mask), next_token_loss(whole, target, mask)
    loss.backward()
    expected.backward()
    assert torch.equal(loss, expected)
    assert torch.equal(full.grad, whole.grad)


def test_a_language_model_learns_from_padded_texts():
    model = LanguageModel(CELLS[0], 4, 3)
    ids, lengths = torch.randint(4, (5, 2)), torch.tensor([2, 5])
    logits, _ = model(ids, lengths=lengths)
    mask = torch.arange(5)[:, None] < lengths
    next_token_loss(logits, ids, mask).backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())
