"""The exercises of chapter 00: right answers in other words, and mistakes in other words."""

import pytest
import torch

from rnncourse.checking import EXERCISES, engine


def by_rows(x, h, W, U, b):
    return torch.stack([torch.tanh(W @ x[k] + U @ h[k] + b) for k in range(len(x))])


def clamped(x, h, W, U, b):
    return (x @ W.T + h @ U.T + b).clamp(-0.9, 0.9)


@pytest.mark.parametrize(("name", "function"), [("ch00-step", by_rows)])
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


@pytest.mark.parametrize(("name", "function"), [("ch00-step", clamped)])
def test_a_mistake_that_is_not_known_is_not_named(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "failed"
    assert verdict.mistake is None
