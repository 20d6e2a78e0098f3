"""How models of dates are trained, measured, and kept from looking at what they would look at."""

from math import isnan

import pytest
import torch
from torch import Generator

from rnncourse.lessons.ch18.dates import KINDS, batch, draw
from rnncourse.lessons.ch18.translating import (
    BLOCKED,
    MONTH,
    a_model,
    at_lengths,
    elsewhere,
    exact,
    learn,
    maps,
    month_kept,
    month_of,
    step_of,
    what_blocking_does,
    written,
)


@pytest.fixture(scope="module")
def pairs():
    return draw(12, Generator().manual_seed(0), "test", filler=1)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("7. März 2024", "März"),
        ("mar 5 mar 2024", "mar"),
        ("March 7, 2024", "March"),
        ("07/03/24", "03"),
        ("lorem 2024-03-07 amet", "03"),
    ],
)
def test_the_month_is_found(text, month):
    begins, ends = month_of(text)
    assert text[begins:ends] == month
    assert begins == text.rindex(month)  # the second "mar"


def test_a_text_without_a_date_is_named():
    with pytest.raises(ValueError, match="must tell a date, got 'lorem'"):
        month_of("lorem")


def test_every_source_has_a_month():
    for pair in draw(400, Generator().manual_seed(1), "train", kinds=KINDS, filler=2):
        begins, ends = month_of(pair.text)
        assert pair.begins <= begins < ends <= pair.ends


def test_elsewhere_never_touches_the_month_and_leaves_something_to_look_at():
    generator = Generator().manual_seed(2)
    for pair in draw(200, generator, "train"):
        begins, ends = month_of(pair.text)
        others = elsewhere(pair, generator)
        assert len(set(others)) == len(others) <= ends - begins
        assert not set(others) & set(range(begins, ends))
        assert len(others) + ends - begins < len(pair.text)


def test_the_loss_falls_and_exact_counts_whole_targets(pairs):
    model = a_model("additive", seed=0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    sources = batch(pairs)
    losses = [step_of(model, optimizer, sources) for _ in range(40)]
    assert losses[-1] < losses[0] / 2
    texts = written(model, pairs)
    assert exact(model, pairs) == sum(t == p.iso for t, p in zip(texts, pairs, strict=True)) / 12


def test_a_map_adds_up_to_1_and_to_block_nothing_changes_nothing(pairs):
    model = a_model("additive", seed=0)
    source, _, fed, *_ = batch(pairs)
    weights = maps(model, pairs)
    assert weights.shape == (len(fed), len(source), len(pairs))
    assert torch.allclose(weights.sum(dim=1), torch.ones(len(fed), len(pairs)))
    right = [t[MONTH] == p.iso[MONTH] for t, p in zip(written(model, pairs), pairs, strict=True)]
    assert month_kept(model, pairs, [[] for _ in pairs]) == sum(right) / len(right)


def test_a_model_without_attention_has_no_map(pairs):
    with pytest.raises(ValueError, match="must have attention"):
        maps(a_model("none", seed=0), pairs)


def test_what_learning_returns():
    model = a_model("dot", seed=0)
    found = learn(model, 0.004, 0, filler=0, updates=3, looks=(1, 3, 5), measured=10)
    assert set(found) == {"right_1", "right_3", "right_5", "slow", "loss"}
    assert isnan(found["right_5"])
    assert not isnan(found["right_3"])
    assert 0 <= found["slow"] <= 1 < found["loss"] < 3
    assert set(at_lengths(model, 0, (2, 5), 10)) == {"right_with_2", "right_with_5"}
    blocked = what_blocking_does(model, 0, 10)
    assert set(blocked) == set(BLOCKED)
    assert all(0 <= share <= 1 for share in blocked.values())
    assert all(map(isnan, what_blocking_does(a_model("none", 0), 0, 10).values()))
