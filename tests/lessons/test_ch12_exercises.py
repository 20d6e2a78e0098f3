"""The exercises of chapter 12: right answers in other words, and mistakes in other words."""

import pytest
import torch
from torch import nn

from rnnbook.cells import LSTMCell, MGUCell
from rnnbook.cells.base import HiddenState
from rnnbook.cells.lstm import LSTMState
from rnncourse.checking import EXERCISES, engine


def with_weights(cell, W, U, b):
    cell = cell.to(W.dtype)
    for name, value in (("W", W), ("U", U), ("b", b)):
        getattr(cell, name).data.copy_(value)
    return cell


def the_books_mgu(x, h, W, U, b):
    cell = with_weights(MGUCell(x.shape[1], h.shape[1]), W, U, b)
    return cell.step(cell.project(x[None])[0], HiddenState(h)).h.detach()


def the_books_coupled(x, h, c, W, U, b):
    cell = with_weights(LSTMCell(x.shape[1], h.shape[1], coupled=True), W, U, b)
    h_new, c_new = cell.step(cell.project(x[None])[0], LSTMState(h, c))
    return h_new.detach(), c_new.detach()


def mgu_as_its_authors_write_it(x, h, W, U, b):
    (W_z, W_n), (U_z, U_n), (b_z, b_n) = W.chunk(2), U.chunk(2), b.chunk(2)
    f = torch.sigmoid(-(nn.functional.linear(x, W_z, b_z) + nn.functional.linear(h, U_z)))
    n = torch.tanh(nn.functional.linear(x, W_n, b_n) + nn.functional.linear(f * h, U_n))
    return (1 - f) * h + f * n


def coupled_by_lerp(x, h, c, W, U, b):
    i, g, o = (nn.functional.linear(x, W, b) + nn.functional.linear(h, U)).split(h.shape[1], dim=1)
    c = torch.lerp(c, g.tanh(), i.sigmoid())
    return o.sigmoid() * c.tanh(), c


def looks_by_lerp(x, h, W, U, b):
    H = h.shape[1]
    n = torch.tanh(nn.functional.linear(x, W[H:], b[H:]) + nn.functional.linear(h, U[H:]))
    z = torch.sigmoid(nn.functional.linear(x, W[:H], b[:H]) + nn.functional.linear(n, U[:H]))
    return torch.lerp(n, h, z)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("mgu-step", the_books_mgu),
        ("mgu-step", mgu_as_its_authors_write_it),
        ("coupled-step", the_books_coupled),
        ("coupled-step", coupled_by_lerp),
        ("look-first", looks_by_lerp),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def f_taken_for_i(x, h, c, W, U, b):
    f, g, o = (x @ W.T + h @ U.T + b).chunk(3, 1)
    c = f.sigmoid() * c + (1 - f.sigmoid()) * g.tanh()
    return o.sigmoid() * c.tanh(), c


def gru_without_reset(x, h, W, U, b):
    z, n = (nn.functional.linear(x, W, b) + nn.functional.linear(h, U)).chunk(2, 1)
    z = z.sigmoid()
    return z * h + (1 - z) * n.tanh()


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("coupled-step", f_taken_for_i, "coupled-the-other-way"),
        ("mgu-step", gru_without_reset, "no-reset"),
        ("look-first", gru_without_reset, "gate-sees-h"),
    ],
)
def test_mistakes_in_other_words(name, function, mistake):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.mistake == mistake, verdict.sentence
