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


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (lambda v, h, U: v @ ((1 - h * h)[:, None] * U), None),
        (lambda v, h, U: torch.einsum("ij,i->j", U, v - v * h.square()), None),
        (lambda v, h, U: torch.diag(1 - h**2) @ U @ v, "forwards"),
        (lambda v, h, U: U.T @ v * (1 - h**2), "slopes-after-U"),
        (lambda v, h, U: (torch.diag(1 - h**2) * U).T @ v, "diagonal-only"),
        (lambda v, h, U: U.T * ((1 - h**2) @ v), "slopes-and-v-summed"),
        (lambda v, h, U: U.T @ (v + 1 - h**2), "one-change"),
    ],
)
def test_one_step_back_in_other_words(step, name):
    verdict = engine.judge(EXERCISES["one-step-back"], step)
    assert (verdict.kind == "passed") == (name is None)
    assert verdict.mistake == name


def shares(h, U, v):
    """What arrives of ``v`` at the lags 1 … T, ``(T, B)``."""
    g, found = v, []
    for h_t in h.flip(0):
        g = (g * (1 - h_t**2)) @ U
        found.append(g.norm(dim=1) / v.norm(dim=1))
    return torch.stack(found)


def heard_by_lists(h, U, v):
    longest = []
    for k in range(len(v)):
        g, far = v[k], 0
        for lag in range(1, len(h) + 1):
            g = U.T @ ((1 - h[-lag, k] ** 2) * g)
            if g @ g >= 1e-4 * (v[k] @ v[k]):
                far = lag
        longest.append(far)
    return torch.tensor(longest)


def heard_at_once(h, U, v):
    return ((shares(h, U, v) >= 0.01) * torch.arange(1, len(h) + 1)[:, None]).amax(0)


@pytest.mark.parametrize("heard", [heard_by_lists, heard_at_once])
def test_correct_numbers_of_steps_pass(heard):
    assert engine.judge(EXERCISES["steps-heard"], heard).kind == "passed"


def heard_until_a_dip(h, U, v):
    loud = shares(h, U, v) >= 0.01
    return loud.int().cumprod(0).sum(0)


def heard_with_early_slopes(h, U, v):
    g, heard = v, torch.zeros(len(v))
    for lag in range(1, len(h)):
        g = (g * (1 - h[-lag - 1] ** 2)) @ U
        heard = torch.where(g.norm(dim=1) >= 0.01 * v.norm(dim=1), lag, heard)
    return heard


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        (heard_until_a_dip, "until-the-first-dip"),
        (lambda h, U, v: (shares(h, U, v) < 0.01).int().argmax(0), "zero-if-never-below"),
        (lambda h, U, v: (shares(h, U, v) >= 0.01).sum(0), "lags-counted"),
        (lambda h, U, v: heard_at_once(h, U.T, v), "not-transposed"),
        (lambda h, U, v: heard_at_once(h.flip(0), U, v), "forwards"),
        (heard_with_early_slopes, "slopes-one-step-early"),
        (lambda h, U, v: heard_at_once(h, U, v).min(), "related"),
    ],
)
def test_mistaken_number_of_steps_is_named_in_other_words(heard, name):
    assert engine.judge(EXERCISES["steps-heard"], heard).mistake == name


def test_a_wrong_number_of_steps_comes_with_its_shares():
    sentence = engine.judge(EXERCISES["steps-heard"], lambda h, U, v: 5 * torch.ones(len(v))).words
    assert "heard first differs at sequence 0: yours 5, expected 16. Its shares at" in sentence
    assert "are 0.004, 0.0055, 0.0077, 0.011, " in sentence


def test_no_share_is_so_near_to_a_hundredth_that_rounding_decides():
    for trial in EXERCISES["steps-heard"].trials:
        assert ((shares(*trial) / 0.01 - 1).abs() > 1e-3).all()
