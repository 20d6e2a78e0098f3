"""Attention: three scores, and weights that padding gets nothing of."""

from math import sqrt

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from rnnbook.data import padding
from rnnbook.models import Attention
from rnnbook.models.attention import SCORES

S, B, H, E = 6, 3, 4, 5
LENGTHS = torch.tensor([6, 1, 4])
MASK = padding.mask(LENGTHS, S)

every_score = pytest.mark.parametrize("score", SCORES)


def made(score, value_size=E, seed=0):
    """An attention in double precision, a query and values."""
    torch.manual_seed(seed)
    attention = Attention(score, H, value_size).double()
    query = torch.randn(B, H, dtype=torch.float64)
    return attention, query, torch.randn(S, B, value_size, dtype=torch.float64)


@every_score
def test_weights_add_up_to_one_and_padding_gets_none(score):
    attention, query, values = made(score)
    context, weights = attention(query, values, MASK)
    torch.testing.assert_close(weights.sum(dim=0), torch.ones(B).double())
    assert (weights[~MASK] == 0).all()
    assert (weights[MASK] > 0).all()
    torch.testing.assert_close(weights[0, 1].item(), 1.0)  # where one value is left, it is taken
    torch.testing.assert_close(context[1], values[0, 1])


@every_score
def test_what_is_masked_reaches_nothing(score):
    attention, query, values = made(score)
    values.requires_grad_()
    context, weights = attention(query, values, MASK)
    other = torch.where(MASK[:, :, None], values, 100.0)
    torch.testing.assert_close(attention(query, other, MASK), (context, weights))
    (gradient,) = torch.autograd.grad(context.sum(), values)
    assert (gradient[~MASK] == 0).all()
    assert (gradient[MASK] != 0).any(dim=1).all()


def test_masking_after_the_softmax_is_another_thing():
    attention, query, values = made("dot", H)
    late = attention(query, values, torch.ones(S, B, dtype=torch.bool))[1] * MASK
    assert late.sum(dim=0)[1] < 0.99
    torch.testing.assert_close(late / late.sum(dim=0), attention(query, values, MASK)[1])


def test_additive_is_the_loop_written_out():
    attention, query, values = made("additive")
    context, weights = attention(query, values, MASK)
    W, U, v = attention.W.weight, attention.U.weight, attention.v.weight[0]
    for b in range(B):
        e = [v @ torch.tanh(W @ query[b] + U @ values[s, b]) for s in range(LENGTHS[b])]
        a = [score.exp() / sum(other.exp() for other in e) for score in e]
        torch.testing.assert_close(weights[: LENGTHS[b], b], torch.stack(a))
        torch.testing.assert_close(context[b], sum(a[s] * values[s, b] for s in range(len(a))))


@pytest.mark.parametrize("value_size", [H, E])
def test_products_are_the_loop_written_out(value_size):
    for score, scale in (("dot", 1.0), ("scaled", sqrt(H))):
        attention, query, values = made(score, value_size)
        keys = values if value_size == H else values @ attention.U.weight.T
        e = [[query[b] @ keys[s, b] / scale for b in range(B)] for s in range(S)]
        e = torch.stack([torch.stack(row) for row in e])
        expected = torch.where(MASK, e, -torch.inf).softmax(dim=0)
        torch.testing.assert_close(attention(query, values, MASK)[1], expected)


def test_a_dot_product_of_equal_sizes_learns_nothing():
    torch.manual_seed(0)
    assert not list(Attention("dot", H, H).parameters())
    assert [name for name, _ in Attention("scaled", H, E).named_parameters()] == ["U.weight"]


def test_scaled_is_torchs():
    attention, query, values = made("scaled", H)
    context, _ = attention(query, values, MASK)
    batch_first = values.transpose(0, 1)
    theirs = scaled_dot_product_attention(
        query[:, None], batch_first, batch_first, attn_mask=MASK.T[:, None]
    )
    torch.testing.assert_close(context, theirs[:, 0])


@every_score
def test_keys_can_be_made_once(score):
    attention, query, values = made(score)
    expected = attention(query, values, MASK)
    torch.testing.assert_close(attention(query, values, MASK, attention.U(values)), expected)
    other = attention(
        query, values, MASK, attention.U(values) + torch.randn_like(values[..., :H]).cumsum(0)
    )
    assert not torch.allclose(other[1], expected[1])


@every_score
def test_gradients(score):
    attention, query, values = made(score)
    parts = [query.requires_grad_(), values.requires_grad_(), *attention.parameters()]
    assert torch.autograd.gradcheck(lambda q, v, *_: attention(q, v, MASK), parts)


def test_a_column_that_is_all_masked_is_refused():
    attention, query, values = made("dot")
    mask = MASK.clone()
    mask[:, 1] = False
    with pytest.raises(ValueError, match="mask must let one value or more through in each column"):
        attention(query, values, mask)


def test_what_does_not_fit_is_named():
    attention, query, values = made("additive")
    for wrong, says in (
        (
            (query[:, :3], values, MASK),
            r"query must have H = 4 features \(its last axis\), got \(3, 3\)",
        ),
        ((query, values[..., :4], MASK), r"values must have E = 5 features"),
        ((query, values, MASK[:5]), r"mask must have shape \(S, B\) = \(6, 3\), got \(5, 3\)"),
        ((query, values, MASK.int()), "mask must be bools, got torch.int32"),
        ((query, values, MASK, values), r"keys must have shape \(S, B, H\) = \(6, 3, 4\), got"),
        ((query.float(), values, MASK), "values must have the query's dtype torch.float32, got"),
    ):
        with pytest.raises((TypeError, ValueError), match=says):
            attention(*wrong)
    with pytest.raises(
        ValueError, match="score must be one of additive, dot, scaled, got 'cosine'"
    ):
        Attention("cosine", H, E)
