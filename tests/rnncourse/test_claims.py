"""Claims: the bound is checked, the statement shown, the record carried along."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from IPython.testing.globalipapp import start_ipython
from IPython.utils.capture import capture_output

from rnncourse import claims
from rnncourse.claims import ClaimFailed, claim, format_bound, format_number, ledger
from rnncourse.experiments import Summary

TEN = Summary(0.004, 0.001, 0.009, 10, "adding", "2026-01-31")
MASK = Path(__file__).parents[1] / "notebooks" / "nbval_sanitize.cfg"


@pytest.fixture(autouse=True)
def empty_ledger(monkeypatch):
    monkeypatch.setattr(claims, "_LEDGER", {})


def shown(function, *arguments, **options):
    """What a call displays in a notebook."""
    start_ipython()
    with capture_output() as captured:
        function(*arguments, **options)
    (output,) = captured.outputs
    return output


@pytest.mark.parametrize(
    ("measured", "bound"),
    [
        (0.0099, (None, 0.01)),
        (3, (3, None)),
        (1.0, (0.9, 1.0)),
        (0.9, (0.9, 1.0)),
        (-2, (None, 0)),
        (torch.tensor(0.5), (0, 1)),
        (np.float32(0.5), (0, 1)),
        (torch.ones(1, 1), (0, 1)),
        (TEN, (None, 0.01)),
    ],
)
def test_a_bound_that_holds(measured, bound):
    claim("some-claim", "The error stays small", measured, bound)


@pytest.mark.parametrize(
    ("measured", "bound"),
    [
        (0.01, (None, 0.01)),
        (2.999, (3, None)),
        (1.0001, (0.9, 1.0)),
        (math.nan, (None, 1)),
        (math.nan, (0, None)),
        (math.inf, (0, None)),
        (torch.tensor(math.nan), (0, 1)),
        (TEN, (None, 0.009)),  # the highest seed
        (TEN, (0.002, None)),  # the lowest seed
        (TEN._replace(low=math.nan, high=math.nan), (None, 1)),
    ],
)
def test_a_bound_that_does_not_hold(measured, bound):
    with pytest.raises(ClaimFailed):
        claim("some-claim", "The error stays small", measured, bound)
    assert not claims._LEDGER


def test_a_failing_claim_says_what_was_claimed_and_what_was_found():
    with pytest.raises(ClaimFailed) as failure:
        claim("adding-lstm", "The LSTM learns to add", 0.171, (None, 0.01))
    assert str(failure.value) == (
        "claim adding-lstm does not hold: “The LSTM learns to add” needs < 0.01, "
        "but 0.171 was measured"
    )
    assert isinstance(failure.value, AssertionError)
    with pytest.raises(ClaimFailed, match=r"recorded: median 0.004 \(0.001 … 0.009\), 10 seeds"):
        claim("adding-lstm", "The LSTM learns to add", 0.001, (None, 0.005), recorded=TEN)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"id": "Not_kebab"}, ValueError, "id must be kebab-case"),
        ({"id": "trailing-"}, ValueError, "id must be kebab-case"),
        ({"statement": " "}, ValueError, "statement must be a sentence"),
        ({"bound": (None, None)}, ValueError, "closed on one side"),
        ({"bound": (2, 1)}, ValueError, "low <= high"),
        ({"bound": (None, math.nan)}, ValueError, "finite"),
        ({"bound": (None, math.inf)}, ValueError, "finite"),
        ({"bound": 0.1}, TypeError, "must be a pair"),
        ({"bound": ("0", 1)}, TypeError, "bound must be a number, got str"),
        ({"measured": "0.1"}, TypeError, "measured must be a number, got str"),
        ({"measured": None}, TypeError, "measured must be a number, got NoneType"),
        ({"measured": True}, TypeError, "measured must be a number, got bool"),
        ({"measured": torch.tensor(True)}, TypeError, "got Tensor: True"),
        ({"measured": torch.ones(2)}, TypeError, "one number, got a Tensor of several"),
        ({"measured": np.ones(2)}, TypeError, "one number, got a ndarray of several"),
        ({"recorded": 0.1}, TypeError, "recorded must be a Summary, got float"),
    ],
)
def test_bad_arguments(change, error, message):
    arguments = {"id": "a-b", "statement": "It holds", "measured": 0.1, "bound": (0, 1)}
    with pytest.raises(error, match=message):
        claim(**{**arguments, **change})


def test_the_record_travels_in_the_metadata():
    output = shown(
        claim,
        "adding-lstm",
        "The LSTM's error < the baseline's & small",
        torch.tensor(0.00321),
        (None, 0.01),
        recorded=TEN,
        published=0.01,
        source="Hochreiter and Schmidhuber 1997",
    )
    record = json.loads(json.dumps(output.metadata["rnnbook_claim"]))
    assert record == {
        "id": "adding-lstm",
        "statement": "The LSTM's error < the baseline's & small",
        "bound": [None, 0.01],
        "measured": pytest.approx(0.00321),
        "recorded": {k: v for k, v in TEN._asdict().items() if k != "middle"},
        "published": 0.01,
        "source": "Hochreiter and Schmidhuber 1997",
        "kind": "live",
    }
    assert output.data["text/plain"] == (
        "Claim adding-lstm: The LSTM's error < the baseline's & small\n"
        "  bound < 0.01 · measured 0.00321 · recorded median 0.004 (0.001 … 0.009), 10 seeds"
        " · published 0.01 (Hochreiter and Schmidhuber 1997)"
    )
    html = output.data["text/html"]
    assert 'class="rnnbook-claim" id="claim-adding-lstm"' in html
    assert "error &lt; the baseline&#x27;s &amp; small" in html
    assert '<b class="rnnbook-measured">0.00321</b>' in html


def test_a_recorded_claim_has_no_live_number():
    output = shown(claim, "adding-lstm", "The LSTM learns to add", TEN, (None, 0.01))
    assert output.metadata["rnnbook_claim"]["kind"] == "recorded"
    assert output.metadata["rnnbook_claim"]["measured"] is None
    assert "measured" not in output.data["text/plain"] + output.data["text/html"]


def test_the_ledger_holds_claims_in_order_and_a_rerun_replaces():
    claim("first", "One", 0.1, (0, 1))
    claim("second", "Two", TEN, (None, 0.01), published="12 %", source="Elman 1990")
    claim("first", "One", 0.2, (0, 1))
    output = shown(ledger)
    html, text = output.data["text/html"], output.data["text/plain"]
    assert re.findall(r"claim-\w+", html) == ["claim-first", "claim-second"]
    assert "0.2" in html
    assert "0.1<" not in html
    assert html.count("<tr>") == 3
    assert "12 % (Elman 1990)" in html
    assert "median 0.004 (0.001 … 0.009), 10 seeds" in html
    assert text.index("Claim first") < text.index("Claim second")


def test_an_empty_ledger_says_so():
    assert shown(ledger).data["text/plain"] == "No claims were made."


def test_the_sanitiser_masks_what_was_measured_and_nothing_else():
    patterns = re.findall(r"^regex: (.*)$\n^replace: (.*)$", MASK.read_text("utf-8"), re.MULTILINE)

    def seen(measured, bound=(None, 0.5)):
        made = shown(claim, "a-claim", "It is small", measured, bound, recorded=TEN)
        table = shown(ledger)
        text = "".join(o.data[m] for o in (made, table) for m in ("text/plain", "text/html"))
        for pattern, replacement in patterns:
            text = re.sub(pattern, replacement, text)
        return text

    assert seen(0.1) == seen(-1.23456e-12) == seen(0) == seen(0.4999)
    assert seen(0.1) != seen(0.1, bound=(None, 0.4))


def test_outside_a_notebook_a_claim_is_printed(monkeypatch, capsys):
    monkeypatch.setattr("IPython.core.interactiveshell.InteractiveShell.initialized", lambda: False)
    claim("a-claim", "It is small", 0.1, (None, 0.5))
    assert capsys.readouterr().out == "Claim a-claim: It is small\n  bound < 0.5 · measured 0.1\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (3.0, "3"),
        (123456, "123456"),
        (123456.7, "123000"),
        (999.4, "999"),
        (999.6, "1000"),
        (-999.6, "−1000"),
        (999.96, "1000"),
        (9999.6, "10000"),
        (999999.6, "1000000"),
        (1234567.0, "1.23e+06"),
        (0.123456, "0.123"),
        (0.99999, "1"),
        (1.23456e-12, "1.23e-12"),
        (-0.5, "−0.5"),
        (-1.23456e-12, "−1.23e-12"),
    ],
)
def test_numbers_have_three_significant_digits(value, text):
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("bound", "text"),
    [
        ((None, 0.01), "< 0.01"),
        ((None, -0.5), "< −0.5"),
        ((0.9, 1.0), "0.9 … 1"),
        ((-2, -1.0), "−2 … −1"),
        ((2, 2), "exactly 2"),
        ((0.0, 0), "exactly 0"),
        ((3, None), "≥ 3"),
        ((1e3, None), "≥ 1000"),
        ((1e10, None), "≥ 1e+10"),
        ((None, 1e-10), "< 1e-10"),
        ((1 / 6, None), "≥ 0.167"),
    ],
)
def test_bounds_as_a_reader_sees_them(bound, text):
    assert format_bound(*bound) == text


def test_a_bound_may_be_of_the_median_alone(capsys):
    middle = TEN._replace(middle=True)
    claim("the-median", "The median stays small", middle, (0.003, 0.005))
    said = "bound of the median 0.003 … 0.005 · recorded median 0.004 (0.001 … 0.009), 10 seeds"
    assert said in capsys.readouterr().out
    with pytest.raises(ClaimFailed, match=r"median 0\.004"):
        claim("the-median", "The median is smaller", middle, (None, 0.004))


def test_a_count_of_seeds_is_said_in_words(capsys):
    count = Summary(9.0, 9.0, 9.0, 10, "cue", "2026-01-31", counted=True)
    claim("seeds-that-learn", "Networks that learn it", count, bound=(7, None))
    assert "recorded 9 of 10 seeds" in capsys.readouterr().out
