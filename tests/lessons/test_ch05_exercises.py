"""The exercises of chapter 05: right answers in other words, and mistakes in other words."""

import pytest
import torch

from rnncourse.checking import EXERCISES, engine


def jacobian_loops(x, h, W, U, b):
    new = torch.tanh(W @ x + U @ h + b)
    J = torch.zeros(len(h), len(h))
    for i in range(len(h)):
        for j in range(len(h)):
            J[i, j] = (1 - new[i] ** 2) * U[i, j]
    return J


def jacobian_diagonal(x, h, W, U, b):
    return torch.diag(1 / torch.cosh(W @ x + U @ h + b) ** 2) @ U


def jacobian_autograd(x, h, W, U, b):
    return torch.autograd.functional.jacobian(lambda h: torch.tanh(W @ x + U @ h + b), h)


def norms_row_vector(J, v):
    norms = []
    for t in range(len(J) - 1, -1, -1):
        v = v @ J[t]
        norms.append(torch.sqrt((v**2).sum()))
    return torch.stack(norms)


def norms_of_products(J, v):
    product, norms = torch.eye(len(v), dtype=J.dtype), []
    for J_t in torch.flip(J, [0]):
        product = product @ J_t
        norms.append(torch.linalg.vector_norm(v @ product))
    return torch.stack(norms)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("step-jacobian", jacobian_loops),
        ("step-jacobian", jacobian_diagonal),
        ("step-jacobian", jacobian_autograd),
        ("norms-by-lag", norms_row_vector),
        ("norms-by-lag", norms_of_products),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def jacobian_batch_habit(x, h, W, U, b):
    # As `h @ U.T` is right for rows of a batch, one may think that its derivative is U.T.
    new = torch.tanh(x @ W.T + h @ U.T + b)
    return U.T * (1 - new**2)


def jacobian_wrong_side(x, h, W, U, b):
    return U @ torch.diag(1 - torch.tanh(W @ x + U @ h + b) ** 2)


def norms_forwards(J, v):
    norms = []
    for J_t in reversed(J):
        v = J_t @ v
        norms.append(v.norm())
    return torch.stack(norms)


def norms_from_the_front(J, v):
    norms = []
    for J_t in J:
        v = J_t.T @ v
        norms.append(v.norm())
    return torch.stack(norms)


def norms_appended_too_early(J, v):
    norms = []
    for J_t in reversed(J):
        norms.append(v.norm())
        v = J_t.T @ v
    return torch.stack(norms)


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("step-jacobian", jacobian_batch_habit, "transposed"),
        ("step-jacobian", jacobian_wrong_side, "slope-on-columns"),
        ("norms-by-lag", norms_forwards, "not-transposed"),
        ("norms-by-lag", norms_from_the_front, "first-step-first"),
        ("norms-by-lag", norms_appended_too_early, "off-by-one"),
    ],
)
def test_mistake_in_other_words(name, function, mistake):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "failed"
    assert verdict.mistake == mistake
