"""The general part of the checker: changes of a reference, relations of answers, errors."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncourse.checking import edits, engine, relations
from rnncourse.checking.changes import changes
from rnncourse.checking.errors import explained
from rnncourse.checking.exercise import Exercise, Mistake
from rnncourse.checking.recognise import observe, quiet, same


def mix(x, h, z, W):
    """Sum, squash, blend."""
    # n = tanh(W x)
    n = torch.tanh(x @ W.T)
    return (1 - z) * n + z * h


MIX = Exercise(
    name="mix",
    title="A blend",
    level="write",
    minutes=5,
    objective="02.1",
    hints=("One.", "Two.", "Three."),
    notice="Nothing.",
    takes={"x": "B D", "h": "B H", "z": "B H", "W": "H D"},
    returns={"y": "B H"},
    reference=mix,
    mistakes=(
        Mistake(
            "turned", "z keeps; here it replaces.", {"(1 - z) * n + z * h": "z * n + (1 - z) * h"}
        ),
    ),
)


class TestEdits:
    def test_docstring_and_comments_are_no_part_of_the_source(self):
        assert edits.source(mix).count("tanh") == 1
        assert "Sum, squash" not in edits.source(mix)

    def test_a_text_must_stand_there_once(self):
        with pytest.raises(ValueError, match="'h' must stand once in mix, found"):
            edits.fragments(mix, {"h": "g"})
        with pytest.raises(ValueError, match="'sigmoid' must stand once in mix, found 0 times"):
            edits.fragments(mix, {"sigmoid": "tanh"})

    def test_an_edited_reference_leaves_the_reference_alone(self):
        wrong = edits.edited(mix, edits.fragments(mix, {"torch.tanh": "torch.relu"}))
        x, h, z, W = torch.ones(1, 1), torch.zeros(1, 1), torch.zeros(1, 1), 2 * torch.ones(1, 1)
        assert wrong(x, h, z, W).item() == 2.0
        assert mix(x, h, z, W).item() == torch.tanh(torch.tensor(2.0)).item()

    def test_every_change_compiles_and_says_what_it_is(self):
        listed = changes(mix)
        assert len(listed) > 40
        for change in listed:
            edits.edited(mix, change.edits)
            assert change.words
        words = [change.words for change in listed]
        assert "`W` not transposed" in words
        assert "sigmoid for tanh of `x @ W.T`" in words
        assert "`h` where `n` belongs" in words

    def test_what_stands_around_a_place_leaves_it_free(self):
        listed = {change.words: change for change in changes(mix)}
        sign, part = listed["the result with the opposite sign"], listed["`h` left out"]
        assert not sign.overlaps(part)
        assert sign.overlaps(sign)
        both = edits.edited(mix, (*sign.edits, *part.edits))
        ones = torch.ones(1, 1)
        assert both(0 * ones, 3 * ones, ones, ones).item() == -1.0

    def test_what_is_taken_away_is_not_put_there_again(self):
        away = edits.Change("away", edits.fragments(mix, {"x @ W.T)": "x @ W)"}))
        (at,) = away.edits
        again = edits.Change("again", (edits.Edit(at.end, at.end, b".T"),))
        beside = edits.Change("beside", (edits.Edit(at.end + 1, at.end + 1, b".T"),))
        assert away.overlaps(again)
        assert again.overlaps(away)
        assert not away.overlaps(beside)


SINGLE = [
    ("`1 - z` left out", lambda x, h, z, W: torch.tanh(x @ W.T) + z * h),
    ("sigmoid for tanh", lambda x, h, z, W: (1 - z) * torch.sigmoid(x @ W.T) + z * h),
    ("with the wrong sign", lambda x, h, z, W: (1 - z) * torch.tanh(x @ W.T) - z * h),
    (
        "`z` put through sigmoid once more",
        lambda x, h, z, W: (1 - z) * torch.tanh(x @ W.T) + torch.sigmoid(z) * h,
    ),
    ("`1 - h` where `z` belongs", lambda x, h, z, W: (1 - z) * torch.tanh(x @ W.T) + (1 - h) * h),
    ("`z` multiplying the whole sum", lambda x, h, z, W: z * ((1 - z) * torch.tanh(x @ W.T) + h)),
]


@pytest.mark.parametrize(("says", "submission"), SINGLE, ids=[says for says, _ in SINGLE])
def test_one_change_is_named_without_being_listed(says, submission):
    verdict = engine.judge(MIX, submission)
    assert verdict.mistake == "one-change"
    assert says in verdict.sentence


def lengths(x):
    share = x.norm(dim=1) * x.norm(dim=0).sum()
    return share


@pytest.mark.parametrize(
    ("says", "length"),
    [
        ("the sum of absolute values", lambda x: x.abs().sum(1)),
        ("the largest absolute value", lambda x: x.abs().amax(1)),
        ("the mean of absolute values", lambda x: x.abs().mean(1)),
        ("the root of `x.norm(dim=1)`", lambda x: x.norm(dim=1).sqrt()),
    ],
)
def test_another_length_is_named_along_the_same_axis(says, length):
    made = {"takes": {"x": "B H"}, "returns": {"share": "B"}, "reference": lengths}
    verdict = engine.judge(
        replace(MIX, mistakes=(), **made), lambda x: length(x) * x.norm(dim=0).sum()
    )
    assert verdict.mistake == "one-change"
    assert says in verdict.sentence


def test_two_at_once_are_both_named():
    def submission(x, h, z, W):
        return z * torch.sigmoid(x @ W.T) + (1 - z) * h

    verdict = engine.judge(MIX, submission)
    assert verdict.mistake == "two-changes"
    assert "First: z keeps; here it replaces. Second" in verdict.sentence
    assert "sigmoid for tanh" in verdict.sentence


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_is_said_of_a_change_is_true_of_every_input(data):
    """A change, made and judged, is named so that the named version behaves the same."""
    listed = changes(mix)
    change = listed[data.draw(st.integers(0, len(listed) - 1))]
    verdict = engine.judge(MIX, edits.edited(mix, change.edits))
    if verdict.mistake != "one-change" or verdict.details:
        return  # it is right, raises, or is a declared mistake
    words = verdict.sentence.removesuffix(".").split("one change: ")[1]
    named = [edits.edited(mix, other.edits) for other in listed if other.words == words]
    made = edits.edited(mix, change.edits)
    with quiet():
        assert any(
            all(same(MIX, observe(MIX, made, t), observe(MIX, one, t)) for t in MIX.trials)
            for one in named
        )


RELATED = [
    ("y has the opposite sign throughout", lambda y: -y),
    ("y is twice as large", lambda y: 2 * y),
    ("y is the square of", lambda y: y**2),
    ("y is transposed", lambda y: y.T),
    ("y runs backwards over the units", lambda y: y.flip(1)),
    ("y is B times as large", lambda y: y * len(y)),
    ("y is off by +0.25 everywhere", lambda y: y + 0.25),
    ("y is the mean over the batch", lambda y: y.mean(0)),
    ("y is the smallest over the batch", lambda y: y.amin(0)),
    ("y is the largest over the units", lambda y: y.amax(1)),
    ("y is 0 throughout", torch.zeros_like),
]


@pytest.mark.parametrize(("says", "change"), RELATED, ids=[says for says, _ in RELATED])
def test_relations_of_an_answer(says, change):
    expected = [(mix(*trial),) for trial in MIX.trials]
    mine = [(change(y),) for (y,) in expected]
    sizes = [MIX.sizes(trial) for trial in MIX.trials]
    assert (relations.related(MIX, sizes, mine, expected) or "").startswith(says)


def test_no_relation_is_claimed_that_fails_on_one_input():
    expected = [(mix(*trial),) for trial in MIX.trials]
    mine = [(-y,) for (y,) in expected[:-1]] + [expected[-1]]
    sizes = [MIX.sizes(trial) for trial in MIX.trials]
    assert relations.related(MIX, sizes, mine, expected) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (torch.sin, True),
        (torch.log1p, True),
        (lambda y: y - y**2 / 2, True),
        (lambda y: 1.001 * y, False),
        (lambda y: y + 1e-3, False),
        (lambda y: y + 1e-3 * y.roll(1), False),
        (lambda y: torch.exp(y), False),
        (lambda y: (y * 1e4).round() / 1e4, False),
    ],
)
def test_what_is_right_in_the_limit_alone_is_called_an_approximation(change, told):
    """Its share of error grows with the number, from place to place without exception."""
    expected = [(mix(*trial).abs(),) for trial in MIX.trials]
    mine = [(change(y),) for (y,) in expected]
    sizes = [MIX.sizes(trial) for trial in MIX.trials]
    words = relations.related(MIX, sizes, mine, expected, roughly=True)
    assert (words is not None) == told
    assert words is None or "y is nearly right where it should be small" in words


SIZES = {"B": 7, "D": 2, "H": 3}
ERRORS = [
    (
        "mat1 and mat2 shapes cannot be multiplied (7x2 and 3x2)",
        "(B, D) cannot be multiplied by (H, D)",
    ),
    ("mat1 and mat2 shapes cannot be multiplied (7x12 and 3x2)", "(B, 4H) cannot"),
    (
        "The size of tensor a (7) must match the size of tensor b (3) at",
        "an axis of B meets an axis of H",
    ),
    ("index 7 is out of bounds for dimension 0 with size 7", "which are 0 to B - 1"),
    ("NameError: name 'tanh' is not defined", "torch.tanh"),
    ("'NoneType' object has no attribute 'T'", "something is None there"),
]


@pytest.mark.parametrize(("error", "says"), ERRORS, ids=[says for _, says in ERRORS])
def test_errors_in_the_exercises_letters(error, says):
    assert says in (explained(f"RuntimeError: {error}", SIZES) or "")


def test_other_errors_are_left_as_they_are():
    assert explained("ValueError: no luck", SIZES) is None
