"""Where nothing tells what a submission does, its verdict says truly where it goes wrong."""

from dataclasses import replace

import pytest
import torch

from rnncourse.checking.engine import judge
from rnncourse.checking.exercise import Exercise


def total(x, h):
    return x.cumsum(dim=0) + h


SUMS = Exercise(
    name="running-total",
    title="The sum so far",
    level="write",
    minutes=5,
    objective="01.1",
    hints=("One.", "Two.", "Three."),
    notice="Nothing.",
    takes={"x": "T B", "h": "B"},
    returns={"y": "T B"},
    reference=total,
    mistakes=(),
    varied=False,
)


def without_h(x, h):
    return x.cumsum(dim=0).sin()


def looks_ahead(x, h):
    return x.cumsum(dim=0) + h + 0.1 * x.sum(dim=0).sin() * (len(x) > 1) * x.shape[1]


def keeps_nothing(x, h):
    return x + h


def mixes_sequences(x, h):
    return x.cumsum(dim=0) + h + (x - x.mean(dim=1, keepdim=True))


def wrong_from_two_on(x, h):
    return x.cumsum(dim=0) + h if len(x) == 1 else (x.cumsum(dim=0) + h).sin()


def too_much_of_h(x, h):
    return x.cumsum(dim=0) + h.sin()


def something_else(x, h):
    return (x.cumsum(dim=0) + h).cos()


@pytest.mark.parametrize(
    ("submission", "name", "words"),
    [
        (without_h, "located", "y does not depend on h: with another h it stays as it is."),
        (looks_ahead, "located", "y at t = 1, batch element 0 changes with x at t = 2, and should"),
        (keeps_nothing, "located", "y at t = 2, batch element 0 does not change with x at t = 1,"),
        (mixes_sequences, "located", "y at t = 1, batch element 1 changes with x at batch element"),
        (wrong_from_two_on, "located", "right where there is one step (T = 1), and wrong where"),
        (too_much_of_h, "located", "with h at zero your answer is right. Look at where h comes in"),
        (something_else, None, "y first differs at t = 1, batch element 0"),
    ],
)
def test_a_wrong_answer_is_located(submission, name, words):
    verdict = judge(SUMS, submission)
    assert verdict.kind == "failed"
    assert verdict.mistake == name
    assert words in verdict.sentence
    if name:  # where it differs is said all the same
        assert "y first differs at" in " ".join(verdict.details)


def test_a_choice_that_does_not_notice_every_change_is_not_called_blind():
    """The signs of most sums stay as they are if h moves a little: not those of all."""

    def signs(x, h):
        return (x.cumsum(dim=0) + 3 * h).sign()

    verdict = judge(SUMS, signs)
    assert "does not depend" not in verdict.sentence


def test_a_submission_that_fails_on_other_inputs_is_not_located():
    def picky(x, h):
        known = {trial[0].sum().item() for trial in SUMS.trials}
        if x.sum().item() not in known:
            raise ValueError("never seen")
        return torch.sin(x.cumsum(dim=0)) + h

    verdict = judge(SUMS, picky)
    assert verdict.mistake is None
    assert "first differs" in verdict.sentence


def test_an_argument_that_only_chooses_is_not_spoken_of():
    """u picks a row: that a row stays the same when u moves says nothing about the code."""

    def picked(x, u):
        return x[(u > 0).long()[0]] * x.sum(dim=0)

    rows = replace(SUMS, takes={"x": "T B", "u": "B"}, returns={"y": "B"}, reference=picked)
    verdict = judge(rows, lambda x, u: x[(u > 0.5).long()[0]] * x.sum(dim=0).sin())
    assert " u" not in verdict.sentence
