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


def one_clipped(factor):
    return lambda g, threshold: factor(g, threshold) * g


@pytest.mark.parametrize(
    ("factor", "name"),
    [
        (lambda g, c: 1 / max(1.0, g.norm() / c), None),
        (lambda g, c: torch.where(g.norm() > c, c / (g.norm() + 1e-6), 1.0), None),
        (lambda g, c: c / max(1.0, g.norm()), "norm-of-one-at-least"),
        (lambda g, c: min(c, 1 / g.norm()), "one-and-threshold-exchanged"),
        (lambda g, c: 1.0 if g.norm() < c else c, "threshold-for-factor"),
        (lambda g, c: 1.0 if g.norm() < c else 1 - c / g.norm(), "subtracted"),
        (lambda g, c: min(1.0, c / g.abs().max()), "largest-element"),
        (lambda g, c: min(1.0, c / g.abs().mean()), "one-change"),
    ],
)
def test_the_factor_in_other_words(factor, name):
    verdict = engine.judge(EXERCISES["clip-factor"], one_clipped(factor))
    assert (verdict.kind == "passed") == (name is None)
    assert verdict.mistake == name


def helped_by_lists(norms, losses, c):
    norms, losses = norms.tolist(), losses.tolist()
    broken = [t for t, loss in enumerate(losses) if not loss <= 10 * losses[0]]
    long = [norm for norm in norms[: broken[0]] if not norm <= c] if broken else []
    return bool(long) and math.isfinite(long[0])


def helped_by_a_count(norms, losses, c):
    broken = (~(losses <= 10 * losses[0])).cumsum(0) > 0
    hit = ~(norms <= c) & ~broken
    return (broken.any() & hit.any()).long() * norms[hit.int().argmax()].isfinite()


@pytest.mark.parametrize("could", [helped_by_lists, helped_by_a_count])
def test_correct_verdict_on_logs_passes(could):
    assert engine.judge(EXERCISES["could-clipping-help"], could).kind == "passed"


def helped_with(broken=lambda loss, first: not loss <= 10 * first, late=False, ends=False):
    def could(norms, losses, c):
        changed = False
        for norm, loss in zip(norms, losses, strict=True):
            if not late and broken(loss, losses[0]):
                return changed
            if not norm <= c:
                if norm.isinf() and (ends or not changed):
                    return False
                changed = True
            if late and broken(loss, losses[0]):
                return changed
        return False

    return could


@pytest.mark.parametrize(
    ("could", "name"),
    [
        (helped_with(broken=lambda loss, first: loss > 10 * first), "nan-is-not-larger"),
        (helped_with(broken=lambda loss, first: loss.isnan()), "only-nan"),
        (helped_with(late=True), "same-update"),
        (helped_with(ends=True), "infinite-before-the-break"),
        (helped_with(late=True, ends=True), "two-changes"),
        (lambda norms, losses, c: bool((norms > c).any()), "every-long-gradient"),
        (lambda *log: not helped_by_lists(*log), "turned-round"),
    ],
)
def test_mistaken_verdict_on_logs_is_named_in_other_words(could, name):
    assert engine.judge(EXERCISES["could-clipping-help"], could).mistake == name


def test_a_log_that_is_judged_wrongly_is_told():
    def half(norms, losses, c):
        return helped_by_lists(norms, losses, c) * (len(norms) != 14)

    assert engine.judge(EXERCISES["could-clipping-help"], half).sentence == (
        "in a log of 14 updates whose loss breaks at update 10 (20.4 times the first), and in "
        "which the first gradient longer than c = 4 is that of update 3 (30), could "
        "first differs: yours 0, expected 1."
    )


def test_the_logs_hold_all_that_the_text_names():
    logs = EXERCISES["could-clipping-help"].trials
    verdicts = [bool(EXERCISES["could-clipping-help"].reference(*log)) for log in logs]
    assert 8 <= sum(verdicts) <= len(logs) - 8
    assert any(norms.isinf().any() for norms, _, _ in logs)
    assert any(losses.isnan().any() for _, losses, _ in logs)
