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
        ("norms-by-lag", norms_row_vector),
        ("norms-by-lag", norms_of_products),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def jacobian_reverse(x, h, W, U, b):
    return torch.func.jacrev(lambda h: torch.tanh(W @ x + U @ h + b))(h)


def jacobian_forward_mode(x, h, W, U, b):
    return torch.func.jacfwd(lambda h: torch.tanh(W @ x + U @ h + b))(h)


@pytest.mark.parametrize("jacobian", [jacobian_autograd, jacobian_reverse, jacobian_forward_mode])
def test_jacobian_is_to_be_written_out(jacobian):
    assert engine.judge(EXERCISES["step-jacobian"], jacobian).mistake == "NotByHand"


@pytest.mark.parametrize("behind", [0.0, 1.0])
def test_jacobian_by_differences_is_told_so(behind):
    def by_differences(x, h, W, U, b):
        def step(h):
            return torch.tanh(W @ x + U @ h + b)

        small = 1e-6
        columns = [
            (step(h + small * e) - step(h - behind * small * e)) / (small + behind * small)
            for e in torch.eye(len(h))
        ]
        return torch.stack(columns, dim=1)

    sentence = engine.judge(EXERCISES["step-jacobian"], by_differences, search=False).sentence
    assert "Is it a difference quotient" in sentence


def test_place_of_a_norm_is_a_lag():
    def third_wrong(J, v):
        norms = norms_row_vector(J, v)
        norms[2:] += 0.5
        return norms

    assert (
        "first differs at lag 3: " in engine.judge(EXERCISES["norms-by-lag"], third_wrong).sentence
    )


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


def norms_index_too_far(J, v):
    norms = []
    for lag in range(1, len(J) + 1):
        v = J[-lag - 1].T @ v
        norms.append(v.norm())
    return torch.stack(norms)


def norms_of_bounds(J, v):
    product, norms = torch.eye(len(v)), []
    for J_t in J.flip(0):
        product = product @ J_t
        norms.append(torch.linalg.matrix_norm(product, 2) * v.norm())
    return torch.stack(norms)


def jacobian_tanh_again(x, h, W, U, b):
    new = torch.tanh(W @ x + U @ h + b)
    return (1 - torch.tanh(new) ** 2)[:, None] * U


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("step-jacobian", jacobian_batch_habit, "transposed"),
        ("step-jacobian", jacobian_wrong_side, "slope-on-columns"),
        ("step-jacobian", jacobian_tanh_again, "tanh-twice"),
        ("norms-by-lag", norms_index_too_far, "one-jacobian-late"),
        ("norms-by-lag", norms_of_bounds, "norm-of-product-times-v"),
        ("norms-by-lag", norms_forwards, "not-transposed"),
        ("norms-by-lag", norms_from_the_front, "first-step-first"),
        ("norms-by-lag", norms_appended_too_early, "off-by-one"),
    ],
)
def test_mistake_in_other_words(name, function, mistake):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "failed"
    assert verdict.mistake == mistake


def test_norms_scale_with_v_as_the_notice_says():
    norms = EXERCISES["norms-by-lag"].reference
    J, v = EXERCISES["norms-by-lag"].trials[0]
    assert torch.allclose(norms(J, 2 * v), 2 * norms(J, v))
