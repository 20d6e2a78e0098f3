"""The exercises of chapter 11: right answers in other words, and mistakes in other words."""

import math

import pytest
import torch
from torch import nn

from rnncourse.checking import EXERCISES, engine
from rnncourse.lessons.ch11 import networks

LAYERS = {1: nn.RNN, 3: nn.GRU, 4: nn.LSTM}


def each(function):
    """A function of numbers, asked for one network after another."""

    def of_vectors(*sizes):
        return torch.tensor([function(*(int(n) for n in one)) for one in zip(*sizes, strict=True)])

    return of_vectors


def counted_by_torch(blocks, D, H, O):
    modules = LAYERS[blocks](D, H), nn.Linear(H, O)
    return sum(p.numel() for module in modules for p in module.parameters())


def counted_by_the_lesson(blocks, D, H, O):
    return networks.parameters({1: "simple", 3: "gru", 4: "lstm"}[blocks], D, H, O)


def one_unit_more(blocks, D, O, budget):
    H = 1
    while counted_by_the_lesson(blocks, D, H + 1, O) <= budget:
        H += 1
    return H


def by_the_lesson(blocks, D, O, budget):
    return networks.hidden_size({1: "simple", 3: "gru", 4: "lstm"}[blocks], D, O, budget)


def by_the_formula(blocks, D, O, budget):
    """The positive root of blocks · H² + (blocks · (D + 2) + O) H + O = budget."""
    b = blocks * (D + 2) + O
    return ((-b + (b**2 + 4 * blocks * (budget - O)).sqrt()) / (2 * blocks)).floor()


def all_at_once(validation, test):
    kept = validation.mean(dim=2).argmin(dim=1)
    return test[torch.arange(len(kept)), kept].mean(dim=1)


def gathered(validation, test):
    kept = validation.sum(dim=-1).argmin(dim=-1, keepdim=True)
    return test.mean(dim=-1).gather(1, kept)[:, 0]


def seed_by_seed(validation, test):
    losses = []
    for cell in range(len(test)):
        means = [sum(of_seeds) / len(of_seeds) for of_seeds in validation[cell].tolist()]
        of_seeds = test[cell, means.index(min(means))].tolist()
        losses.append(sum(of_seeds) / len(of_seeds))
    return losses


def moment_by_moment(updates, solved, ms, seconds):
    C, S = updates.shape
    share, ahead = torch.zeros(C, len(seconds)), torch.zeros(len(seconds), dtype=torch.long)
    for m, limit in enumerate(seconds):
        for c in range(C):
            there = 0
            for s in range(S):
                if solved[c, s] and updates[c, s] * ms[c, s] <= 1000 * limit:
                    there += 1
            share[c, m] = there / S
        leads = [c for c in range(C) if share[c, m] == share[:, m].max()]
        ahead[m] = leads[0] if len(leads) == 1 else -1
    return share, ahead


def never_there(updates, solved, ms, seconds):
    took = torch.where(solved == 1, updates * ms / 1000, math.inf)
    share = (took.unsqueeze(-1) <= seconds).float().mean(dim=1)
    best, second = share.sort(dim=0, descending=True).values[:1], share.sort(dim=0).values[-2:-1]
    ahead = share.argmax(dim=0)
    if len(share) > 1:
        ahead[(best == second)[0]] = -1
    return share, ahead


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("weights-of", each(counted_by_torch)),
        ("weights-of", each(counted_by_the_lesson)),
        ("weights-of", lambda blocks, D, H, O: blocks * H * (D + H + 2) + O * (H + 1)),
        ("equal-weights", each(one_unit_more)),
        ("equal-weights", each(by_the_lesson)),
        ("equal-weights", by_the_formula),
        ("best-try", all_at_once),
        ("best-try", gathered),
        ("best-try", seed_by_seed),
        ("race-by-seconds", moment_by_moment),
        ("race-by-seconds", never_there),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def the_colleagues(validation, test):
    """As it stands on the page."""
    reported = []
    for losses in test:
        of_settings = losses.amin(dim=1)
        kept = of_settings.argmin()
        reported.append(of_settings[kept])
    return torch.stack(reported)


def smallest_of_all(validation, test):
    return test.flatten(1).min(dim=1).values


def smallest_mean(validation, test):
    return test.mean(dim=2).min(dim=1).values


def one_run(validation, test):
    return [b.flatten()[a.argmin()] for a, b in zip(validation, test, strict=True)]


def one_run_as_tensor(validation, test):
    return torch.stack(one_run(validation, test))


def while_any_fits(blocks, D, O, budget):
    H = torch.ones_like(D)
    while (blocks * (H + 1) * (D + H + 3) + O * (H + 2) <= budget).any():
        H = H + 1
    return H


def while_of_vectors(blocks, D, O, budget):
    H = 1
    while blocks * (H + 1) * (D + H + 3) + O * (H + 2) <= budget:
        H += 1
    return H


def first_that_does_not_fit(blocks, D, O, budget):
    H = 1
    while counted_by_the_lesson(blocks, D, H, O) <= budget:
        H += 1
    return H


def with_the_books_biases(blocks, D, H, O):
    return each(counted_by_torch)(blocks, D, H, O) - blocks * H


def first_of_the_tied(updates, solved, ms, seconds):
    share, _ = moment_by_moment(updates, solved, ms, seconds)
    return share, share.argmax(dim=0)


def in_milliseconds(updates, solved, ms, seconds):
    return moment_by_moment(updates, solved, 1000 * ms, seconds)


def by_updates(updates, solved, ms, seconds):
    return moment_by_moment(updates, solved, torch.full_like(ms, 1000), seconds)


def without_solved(updates, solved, ms, seconds):
    return moment_by_moment(updates, torch.ones_like(solved), ms, seconds)


@pytest.mark.parametrize(
    ("name", "mistake", "function"),
    [
        ("weights-of", "one-bias", with_the_books_biases),
        ("equal-weights", "until-none-fits", while_any_fits),
        ("equal-weights", "while-of-a-tensor", while_of_vectors),
        ("equal-weights", "one-too-large", each(first_that_does_not_fit)),
        ("best-try", "as-it-was", the_colleagues),
        ("best-try", "as-it-was", smallest_of_all),
        ("best-try", "chosen-by-test", smallest_mean),
        ("best-try", "one-run", one_run_as_tensor),
        ("best-try", "list-for-tensor", one_run),
        ("race-by-seconds", "first-of-the-tied", first_of_the_tied),
        ("race-by-seconds", "not-in-seconds", in_milliseconds),
        ("race-by-seconds", "not-in-seconds", by_updates),
        ("race-by-seconds", "unsolved-counted", without_solved),
    ],
)
def test_wrong_answers_are_named(name, mistake, function):
    assert engine.judge(EXERCISES[name], function).mistake == mistake


def test_the_two_exercises_on_sizes_agree_with_the_experiments():
    (blocks, D, O, budget), *_ = EXERCISES["equal-weights"].trials
    H = EXERCISES["equal-weights"].reference(blocks, D, O, budget)
    count = EXERCISES["weights-of"].reference
    assert (count(blocks, D, H, O) <= budget).all()
    assert (count(blocks, D, H + 1, O) > budget).all()
    assert set(blocks.tolist()) == {1, 3, 4}


def test_a_wrong_size_is_told_network_by_network():
    def small_at_the_second(blocks, D, O, budget):
        H = EXERCISES["equal-weights"].reference(blocks, D, O, budget)
        return H - 7 * (torch.arange(len(H)) == 1)

    verdict = engine.judge(EXERCISES["equal-weights"], small_at_the_second)
    assert verdict.mistake is None
    assert "H first differs at blocks = 3, D = " in verdict.sentence


def test_the_colleagues_number_is_never_the_larger_one():
    for validation, test in EXERCISES["best-try"].trials:
        assert (all_at_once(validation, test) >= the_colleagues(validation, test)).all()


def test_there_are_ties_ahead_of_nothing_and_of_something():
    race = EXERCISES["race-by-seconds"]
    share, ahead = race.reference(*race.trials[0])
    tied = share[:, ahead == -1].amax(dim=0)
    assert 0 in tied
    assert tied.max() > 0
    assert (ahead >= 0).any()
