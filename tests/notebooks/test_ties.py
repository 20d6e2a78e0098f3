"""Numbers in prose against the claims that they are tied to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "book" / "_tools"))

import ties

TEN = {"median": 0.97, "low": 0.75, "high": 0.999, "seeds": 10}
COUNT = {"median": 8, "low": 8, "high": 8, "seeds": 10, "counted": True}


def claim(**fields):
    record = {"bound": [None, 1], "measured": None, "recorded": None, "published": None}
    return {"a": {**record, **fields}}


# Bounds, as their author typed them


@pytest.mark.parametrize(
    ("prose", "bound"),
    [
        ("below 0.01", (None, 0.01)),
        ("below .01", (None, 0.01)),
        ("below **0.01**", (None, 0.01)),
        ("below $0.01$ ", (None, 0.01)),
        ("at least 3", (3, None)),
        ("at least 1,000", (1000, None)),
        ("at least −2", (-2, None)),
        ("at least -2", (-2, None)),
        ("90 %", (0.9, 1.0)),
        ("90%", (0.9, 1.0)),
        ("$90\\%$", (0.9, 1.0)),
        ("90 per cent", (90, None)),
        ("between 0.9 and 1", (0.9, 1.0)),
        ("0.9–1.0", (0.9, 1.0)),
        ("`1e-10`", (None, 1e-10)),
        ("10⁻¹⁰", (None, 1e-10)),
        ("$10^{-10}$", (None, 1e-10)),
        ("$10^{−10}$", (None, 1e-10)),
        ("$10^3$", (1000, None)),
        ("$2\\times 10^{-3}$", (None, 0.002)),
        ("2.5 × 10⁻³", (None, 0.0025)),
        ("2·10⁻³", (None, 0.002)),
    ],
)
def test_prose_that_agrees_with_its_claim(prose, bound):
    page = f"The error stays {prose}<!--claim:a-claim-->, as we shall see."
    assert ties.problems(page, {"a-claim": {"bound": list(bound)}}) == []


@pytest.mark.parametrize(
    ("prose", "problem"),
    [
        ("below 0.02", "the prose says 0.02, but the bound of claim a-claim is [None, 0.01]"),
        ("below 10.01", "the prose says 10.01"),
        ("below $10^{-1}$", "the prose says 0.1"),
        ("below 0.1 %", "the prose says 0.001"),
        ("below −0.01", "the prose says -0.01"),
        ("small", "no number stands before"),
        ("below 0.01 seconds or so", "no number stands before"),
    ],
)
def test_prose_that_disagrees_with_its_claim(prose, problem):
    page = f"The error is {prose}<!--claim:a-claim-->."
    (found,) = ties.problems(page, {"a-claim": {"bound": [None, 0.01]}})
    assert problem in found


def test_a_tie_that_is_shown_is_not_made():
    assert ties.problems("write `below 0.01<!--claim:any-->`", {}) == []


# Results, which are written


@pytest.mark.parametrize(
    ("prose", "fields", "wanted"),
    [
        ("80 %<!--claim:a:median-->", {"recorded": TEN}, "97 %<!--claim:a:median-->"),
        ("(worst: 1 %<!--claim:a:low-->)", {"recorded": TEN}, "(worst: 75 %<!--claim:a:low-->)"),
        ("0.1<!--claim:a:low-->", {"recorded": TEN}, "0.8<!--claim:a:low-->"),
        ("0.10<!--claim:a:low-->", {"recorded": TEN}, "0.75<!--claim:a:low-->"),
        # Not all, and not nothing.
        ("5 %<!--claim:a:high-->", {"recorded": TEN}, "99.9 %<!--claim:a:high-->"),
        ("5 %<!--claim:a:measured-->", {"measured": 0.0004}, "0.04 %<!--claim:a:measured-->"),
        ("5 %<!--claim:a:measured-->", {"measured": 1.0}, "100 %<!--claim:a:measured-->"),
        ("0.5<!--claim:a:measured-->", {"measured": 0.003}, "0.003<!--claim:a:measured-->"),
        ("0.5<!--claim:a:measured-->", {"measured": 0}, "0.0<!--claim:a:measured-->"),
        ("7 %<!--claim:a:measured-->", {"measured": 43.2}, "43 %<!--claim:a:measured-->"),
        # Counts, in digits and in words.
        ("1 of 3<!--claim:a:count-->", {"recorded": COUNT}, "8 of 10<!--claim:a:count-->"),
        ("**1 of 3**<!--claim:a:count-->", {"recorded": COUNT}, "**8 of 10**<!--claim:a:count-->"),
        ("One of two<!--claim:a:count-->", {"recorded": COUNT}, "Eight of ten<!--claim:a:count-->"),
        ("six<!--claim:a:count--> do", {"measured": 0}, "none<!--claim:a:count--> do"),
        # Powers, signs, thousands.
        (
            "$10^{-3}$<!--claim:a:measured-->",
            {"measured": 7e-13},
            "$10^{-12}$<!--claim:a:measured-->",
        ),
        ("10⁻³<!--claim:a:measured-->", {"measured": 1.2e-8}, "10⁻⁸<!--claim:a:measured-->"),
        (
            "$2 \\times 10^{-3}$<!--claim:a:measured-->",
            {"measured": 9.6e-9},
            "$1 \\times 10^{-8}$<!--claim:a:measured-->",
        ),
        ("1e-3<!--claim:a:measured-->", {"measured": 2.3e-9}, "2e-9<!--claim:a:measured-->"),
        ("−3<!--claim:a:measured-->", {"measured": 25}, "25<!--claim:a:measured-->"),
        ("3<!--claim:a:measured-->", {"measured": -25}, "−25<!--claim:a:measured-->"),
        ("12<!--claim:a:measured-->", {"measured": 16512}, "16,512<!--claim:a:measured-->"),
        # Two in a line, and one that is shown.
        (
            "1 %<!--claim:a:median--> (2 %<!--claim:a:low-->)",
            {"recorded": TEN},
            "97 %<!--claim:a:median--> (75 %<!--claim:a:low-->)",
        ),
        ("`1 %<!--claim:a:low-->`", {"recorded": TEN}, "`1 %<!--claim:a:low-->`"),
    ],
)
def test_a_result_is_written_in_the_form_of_the_number_that_stands_there(prose, fields, wanted):
    known = claim(**fields)
    assert ties.rewritten(prose, known) == wanted
    assert ties.problems(wanted, known) == []
    if prose != wanted:
        assert ties.problems(prose, known)


def test_a_bound_is_not_written():
    prose = "below 3<!--claim:a--> or 4<!--claim:a:bound-->"
    assert ties.rewritten(prose, claim(measured=0.5)) == prose
    assert len(ties.problems(prose, claim(measured=0.5))) == 2


@pytest.mark.parametrize(
    ("prose", "problem"),
    [
        ("3<!--claim:b:median-->", "tied to claim 'b', which nothing makes"),
        ("3<!--claim:a:mean-->", "asked for 'mean'; there are median, low"),
        ("3<!--claim:a:median-->", "claim a has no median"),
        ("few<!--claim:a:measured-->", "no number stands before"),
        ("4 %<!--claim:a:measured-->", "the prose says '4', and claim a: measured '50'"),
    ],
)
def test_a_tie_that_cannot_be_written_is_named(prose, problem):
    (found,) = ties.problems(prose, claim(measured=0.5))
    assert problem in found


@given(
    value=st.floats(-1e9, 1e9),
    form=st.sampled_from(["5", "0.25", "5 %", "$10^{-3}$", "2.5 × 10⁻³", "1e-3", "three"]),
)
def test_what_was_written_agrees_and_is_not_written_again(value, form):
    known = claim(measured=value)
    once = ties.rewritten(f"it is {form}<!--claim:a:measured-->, so", known)
    assert ties.problems(once, known) == []
    assert ties.rewritten(once, known) == once
