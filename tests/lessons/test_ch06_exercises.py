"""The exercises of chapter 06: right answers in other words, and mistakes in other words."""

import math

import pytest
import torch

from rnncourse.checking import EXERCISES, engine


def with_if(dW, dU, db, threshold):
    norm = torch.cat([g.flatten() for g in (dW, dU, db)]).norm()
    if norm <= threshold:
        return dW, dU, db
    return tuple(g * threshold / norm for g in (dW, dU, db))


def as_torch_does(dW, dU, db, threshold):
    norm = torch.stack([g.norm() for g in (dW, dU, db)]).norm()
    factor = torch.clamp(threshold / (norm + 1e-6), max=1.0)
    return factor * dW, factor * dU, factor * db


def by_torch(dW, dU, db, threshold):
    parameters = [torch.nn.Parameter(torch.zeros_like(g)) for g in (dW, dU, db)]
    for parameter, g in zip(parameters, (dW, dU, db), strict=True):
        parameter.grad = g.clone()
    torch.nn.utils.clip_grad_norm_(parameters, threshold.item())
    return tuple(parameter.grad for parameter in parameters)


def loops(dW, dU, db, threshold):
    total = 0.0
    for g in (dW, dU, db):
        for element in g.flatten().tolist():
            total += element**2
    factor = min(1.0, threshold.item() / math.sqrt(total))
    return dW * factor, dU * factor, db * factor


@pytest.mark.parametrize("clip", [with_if, as_torch_does, by_torch, loops])
def test_correct_clip_passes(clip):
    assert engine.judge(EXERCISES["clip-by-norm"], clip).sentence.startswith("correct")


def test_clip_mistakes_are_named_with_a_safe_division_too():
    def scaled_up(dW, dU, db, threshold):
        norm = torch.cat([g.flatten() for g in (dW, dU, db)]).norm()
        factor = threshold / (norm + 1e-6)
        return factor * dW, factor * dU, factor * db

    def separately(dW, dU, db, threshold):
        factors = [threshold / (g.norm() + 1e-6) for g in (dW, dU, db)]
        return tuple(g * min(f.item(), 1.0) for g, f in zip((dW, dU, db), factors, strict=True))

    exercise = EXERCISES["clip-by-norm"]
    assert engine.judge(exercise, scaled_up).mistake == "small-ones-scaled-up"
    assert engine.judge(exercise, separately).mistake == "each-tensor-separately"


@pytest.mark.parametrize("small", [1e-12, 1e-8, 1e-6])
def test_a_safe_division_passes(small):
    def clip(dW, dU, db, threshold):
        norm = torch.cat([g.flatten() for g in (dW, dU, db)]).norm()
        factor = torch.clamp(threshold / (norm + small), max=1.0)
        return factor * dW, factor * dU, factor * db

    def cosine(g, limit):
        clipped = g.clamp(-limit, limit)
        return (g * clipped).sum() / (g.norm() * clipped.norm() + small)

    assert engine.judge(EXERCISES["clip-by-norm"], clip).kind == "passed"
    assert engine.judge(EXERCISES["cosine-after-clipping"], cosine).kind == "passed"


@pytest.mark.parametrize(
    ("factor", "name"),
    [
        (lambda norm, threshold: torch.clamp(norm / threshold, max=1.0), "upside-down-and-bounded"),
        (lambda norm, threshold: norm / threshold, "upside-down-always"),
        (lambda norm, threshold: torch.clamp(threshold / norm, min=1.0), "short-ones-clipped"),
        (lambda norm, threshold: torch.minimum(norm, threshold), "new-length-for-factor"),
        (lambda norm, threshold: torch.clamp(1 / norm, max=1.0), "clipped-at-one"),
    ],
)
def test_wrong_factor_is_named(factor, name):
    def clip(dW, dU, db, threshold):
        f = factor(torch.cat([g.flatten() for g in (dW, dU, db)]).norm(), threshold)
        return f * dW, f * dU, f * db

    assert engine.judge(EXERCISES["clip-by-norm"], clip).mistake == name


@pytest.mark.parametrize("factor", [0.999, 1.001])
def test_clip_that_is_almost_right_fails(factor):
    def almost(*args):
        return tuple(factor * g for g in with_if(*args))

    assert engine.judge(EXERCISES["clip-by-norm"], almost).kind == "failed"


def test_clip_in_place_is_told_so():
    def in_place(dW, dU, db, threshold):
        norm = torch.cat([g.flatten() for g in (dW, dU, db)]).norm()
        for g in (dW, dU, db):
            g.mul_(torch.clamp(threshold / norm, max=1.0))
        return dW, dU, db

    assert "in place" in engine.judge(EXERCISES["clip-by-norm"], in_place).sentence


def by_functional(g, limit):
    clipped = torch.maximum(torch.minimum(g, limit), -limit)
    return torch.nn.functional.cosine_similarity(g.flatten(), clipped.flatten(), dim=0)


def by_unit_vectors(g, limit):
    clipped = g.sign() * g.abs().clamp(max=limit)
    return (g / g.norm() * (clipped / clipped.norm())).sum()


def as_a_number(g, limit):
    return by_functional(g, limit).item()


def as_a_batch_of_one(g, limit):
    return torch.cosine_similarity(g.reshape(1, -1), g.clamp(-limit, limit).reshape(1, -1))


@pytest.mark.parametrize("cosine", [by_functional, by_unit_vectors, as_a_number, as_a_batch_of_one])
def test_correct_cosine_passes(cosine):
    assert engine.judge(EXERCISES["cosine-after-clipping"], cosine).kind == "passed"


def test_clipping_by_norm_is_named_by_its_cosine_of_one():
    def cosine(g, limit):
        clipped = g * torch.clamp(limit / g.norm(), max=1.0)
        return (g * clipped).sum() / (g.norm() * clipped.norm())

    assert engine.judge(EXERCISES["cosine-after-clipping"], cosine).mistake == "no-turn"


def test_compared_with_itself_is_not_called_clipping_by_norm_alone():
    def cosine(g, limit):
        clipped = g.clamp(-limit, limit)
        return (clipped * clipped).sum() / clipped.norm() ** 2

    assert (
        "compared with itself" in engine.judge(EXERCISES["cosine-after-clipping"], cosine).sentence
    )


def test_brought_to_length_one_and_turned_into_a_distance():
    def distance(g, limit):
        g = g / g.norm()
        clipped = g.clamp(-limit, limit)
        return 1 - (g * clipped).sum() / clipped.norm()

    sentence = engine.judge(EXERCISES["cosine-after-clipping"], distance).sentence
    assert "g is brought to length 1 before it is clipped" in sentence
    assert "this is 1 minus the cosine" in sentence


def test_every_drawn_limit_cuts_some_elements_and_leaves_some():
    for g, limit in EXERCISES["cosine-after-clipping"].trials:
        assert (g.abs() > limit).any()
        assert (g.abs() < limit).any()


def test_smallest_cosine_is_that_of_the_notice():
    g = torch.full((100, 100), 1e-6)
    g[0, 0] = 1e6
    cosine = EXERCISES["cosine-after-clipping"].reference(g, torch.tensor(1e-6))
    assert math.isclose(cosine, 0.01, rel_tol=1e-3)
