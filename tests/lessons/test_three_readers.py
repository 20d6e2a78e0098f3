"""Three readers of Python: how they are packed, and what is measured of them."""

from __future__ import annotations

import platform
import textwrap

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnbook.data import KINDS, Vocabulary, code_kinds
from rnncourse.experiments import recorded
from rnncourse.experiments.packing import DIGITS, LARGEST, pack, round_weights, unpack
from rnncourse.experiments.reader import changes, margin
from rnncourse.lessons.three_readers.experiments import reads_python_by_cell as experiment
from rnncourse.lessons.three_readers.experiments.reads_python_by_cell import (
    SIZES,
    SYMBOLS,
    make_reader,
)
from rnncourse.lessons.three_readers.readers import (
    PASSAGES,
    passage_to_ship,
    reader,
    shipped,
    vocabulary,
)

CELLS = [*SIZES]
SCALES = st.floats(1e-6, 1e3).map(lambda scale: float(f"{scale:.4g}"))


def test_digits_need_no_escape_in_json_or_html():
    assert len(set(DIGITS)) == len(DIGITS) == 63
    assert not set(DIGITS) & set("\"'\\<>&")
    assert DIGITS[LARGEST] == "V"


@given(st.lists(st.tuples(st.text(DIGITS, min_size=4, max_size=4), SCALES), min_size=1))
def test_levels_and_scales_come_back_as_they_were(rows):
    # A row's largest weight stands at an end of the levels.
    packed = {"rows": [f"z{row}" for row, _ in rows], "scales": [scale for _, scale in rows]}
    assert pack(unpack(packed)) == packed


def test_rounding_moves_a_weight_by_half_a_level_at_most():
    weights = torch.randn(7, 50, generator=torch.Generator().manual_seed(0)).double()
    weights[3] = 0
    weights[4] *= 1e-4
    scales = weights.abs().amax(dim=1) / LARGEST
    read = unpack(pack(weights))
    assert ((read - weights).abs() <= 0.52 * scales[:, None]).all()
    assert (read != weights).any()
    assert all(float(f"{scale:.4g}") == scale for scale in pack(weights)["scales"])
    assert unpack(pack(weights[0])).shape == (1, 50)


def test_rounding_again_changes_nothing():
    torch.manual_seed(0)
    model = make_reader("gru")
    before = [p.clone() for p in model.parameters()]
    once = [p.clone() for p in round_weights(model).parameters()]
    again = [p.clone() for p in round_weights(model).parameters()]
    assert not any(torch.equal(a, b) for a, b in zip(before, once, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(once, again, strict=True))


@pytest.mark.parametrize("weights", [torch.zeros(2, 2, 2), torch.tensor([1.0, torch.nan])])
def test_only_finite_matrices_are_packed(weights):
    with pytest.raises(ValueError, match="weights must be finite"):
        pack(weights)


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        ({"rows": ["VV"], "scales": [1.0, 2.0]}, "one scale a row"),
        ({"rows": ["VV", "V"], "scales": [1.0, 2.0]}, "of length 1, 2"),
        ({"rows": ["V-"], "scales": [1.0]}, r"got \['-'\]"),
    ],
)
def test_what_was_not_packed_is_refused(packed, words):
    with pytest.raises(ValueError, match=words):
        unpack(packed)


@pytest.mark.draws
def test_readers_have_as_many_weights():
    counts = [sum(p.numel() for p in make_reader(cell).parameters()) for cell in CELLS]
    assert counts == [4931, 5235, 5183]
    assert max(counts) / min(counts) < 1.07
    with pytest.raises(ValueError, match="cell must be one of simple, lstm, gru, got 'elman'"):
        make_reader("elman")


@pytest.mark.draws
def test_the_margin_is_the_log_odds_in_bits():
    scores, kinds = torch.randn(5, 4, 3).double(), torch.randint(3, (5, 4))
    p = scores.softmax(-1).gather(-1, kinds[..., None]).squeeze(-1)
    assert torch.allclose(margin(scores, kinds), torch.log2(p / (1 - p)))
    assert margin(torch.tensor([100.0, 0, 0]), torch.tensor(0)).item() == pytest.approx(
        143.27, 1e-4
    )


@pytest.mark.parametrize("cell", CELLS)
def test_changes_are_those_of_one_replacement_at_a_time(cell):
    torch.manual_seed(1)
    model, T = make_reader(cell).double(), 9
    ids, kinds = torch.randint(SYMBOLS, (T,)), torch.randint(3, (T,))
    new = (ids + 5) % SYMBOLS
    found = changes(model, ids, kinds, new)
    x, h = model.one_hot(ids), 1e-6
    direction = model.one_hot(new) - x

    @torch.no_grad()
    def moved(s, size):
        other = x.clone()
        other[s] += size * direction[s]
        return margin(model(other[:, None])[:, 0], kinds)

    for s in range(T):
        real = (moved(s, 1.0) - moved(s, 0.0)).abs()
        slope = (moved(s, h) - moved(s, -h)).abs() / (2 * h)
        assert torch.allclose(found.real[:, s], real)
        assert torch.allclose(found.foretold[:, s], slope, atol=1e-7)
        assert (found.real[:s, s] == 0).all()
        assert (found.norm[:s, s] == 0).all()
        # Nothing is foretold along a direction of length √2 beyond what the norm allows.
        assert (found.foretold[:, s] <= 2**0.5 * found.norm[:, s] + 1e-12).all()
    with pytest.raises(ValueError, match=r"must all have shape \(T\), got \(9,\), \(9,\), \(8,\)"):
        changes(model, ids, kinds, new[:-1])


def test_a_character_is_replaced_by_another_even_if_it_is_the_letter():
    characters = experiment.source().vocabulary
    for letter, expected in (("e", "eaee"), (" ", "   a"), ("a", "aaea")):
        new = experiment.replacements(characters.encode("xea "), letter)
        assert characters.decode(new) == expected


def test_quotes_open_long_strings_of_the_unseen_tenth():
    text = experiment.source()
    for marks, places in experiment.opening_quotes().items():
        assert len(places) > 20
        for place in places.tolist():
            opened = text.text[place : place + marks]
            assert place >= text.cut
            assert set(opened) in ({"'"}, {'"'})
            assert (text.text[place : place + 3] == 3 * opened[0]) == (marks == 3)
            kinds = text.kinds[place : place + marks + experiment.AFTER]
            assert (kinds == KINDS.index("string")).all()
            before = text.text[:place].rstrip("bBfFrRuU")
            assert text.kinds[len(before) - 1] != KINDS.index("string")


@pytest.fixture
def latch(monkeypatch):
    """A reader with one unit that a quotation mark turns on for good, and one such string."""
    text = "x = 1\n" * 20 + "s = '" + "a" * 40 + "'\n"
    characters = Vocabulary.from_text(
        text + "e" + "".join(map(chr, range(200, 253))), experiment.OTHER
    )
    found = experiment.Source(text, characters.encode(text), code_kinds(text), 6, characters)
    monkeypatch.setattr(experiment, "source", lambda: found)
    torch.manual_seed(0)  # a layer is drawn, and then given these weights
    model = make_reader("simple")
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.layer.cell.U[0, 0] = 3.0
        model.layer.cell.b[0] = -1.0
        model.layer.cell.W[0, characters.encode("'")] = 8.0
        model.readout.weight[KINDS.index("string"), 0] = 5.0
    return model


def test_a_latch_hangs_on_the_quote_alone_and_its_gradient_does_not_say_so(latch):
    assert experiment.opening_quotes()[1].tolist() == [124]
    found = experiment.quote_replaced(latch, 1)
    assert {key: found[key] for key in ("right", "first", "all", "next")} == {
        "right": 1,
        "first": 1,
        "all": 1,
        "next": 0,
    }
    assert found["foretold"] < 1e-6


def test_comparing_counts_the_cursors_that_hang_on_a_character(latch):
    found = experiment.compare(latch)
    starts = torch.linspace(
        6, len(experiment.source().ids) - experiment.PASSAGE, experiment.PASSAGES
    ).long()
    # In each passage, how far behind the quotation mark its cursors stand.
    since = (starts[:, None] + torch.arange(experiment.FROM, experiment.PASSAGE) - 124).flatten()
    after = since[(since >= 0) & (since <= 40)]  # the closing one turns the unit on again
    assert found["strong"] == pytest.approx(len(after) / len(since))
    assert found["strong_far"] == pytest.approx((after > experiment.FAR).float().mean().item())
    assert found["strong_first"] == 1  # no other character has a weight at all
    assert found["strong_foretold"] < 1e-2
    assert found["far_foretold"] < 1e-6 < 0.2 < found["far_real"]


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_shipped_is_what_was_recorded(cell):
    model = reader(cell)
    assert all(
        torch.equal(p, q)
        for p, q in zip(model.parameters(), round_weights(reader(cell)).parameters(), strict=True)
    )
    row = recorded("reads_python_by_cell").table.query("cell == @cell and seed == 0")
    info = recorded("reads_python_by_cell").info
    if info["machine"]["python"] != platform.python_version():
        pytest.skip("another Python has another standard library")
    assert experiment.source().vocabulary == vocabulary()
    torch.manual_seed(0)  # a layer is drawn, and then given these weights
    assert experiment.accuracy(model.float()) == pytest.approx(row["rounded"].item(), abs=1e-3)


def test_passages_fit_the_page_and_are_unseen():
    assert len(vocabulary()) == SYMBOLS
    assert vocabulary().unknown == vocabulary().characters[-1] == experiment.OTHER
    text = experiment.source()
    unseen = text.text[text.cut :]
    for passage, kept in zip(PASSAGES, shipped()["passages"], strict=True):
        assert kept == passage_to_ship(passage)
        assert [int(k) for k in kept["kinds"]] == code_kinds(passage.text).tolist()
        assert len(passage.text) <= 160
        assert max(map(len, passage.text.splitlines())) <= 44
        if "3.11" in passage.source and platform.python_version().startswith("3.11"):
            assert passage.text in unseen or textwrap.indent(passage.text, "    ") in unseen


def test_comparing_is_what_a_loop_over_cursors_says(monkeypatch):
    monkeypatch.setattr(experiment, "PASSAGES", 2)
    monkeypatch.setattr(experiment, "STRONG", 2.0)
    model, text = reader("gru").float(), experiment.source()
    shares, same, norms, bits = [], [], [], {"real": [0.0, 0.0], "foretold": [0.0, 0.0]}
    for start in (text.cut, len(text.ids) - experiment.PASSAGE):
        ids, kinds = (a[start : start + experiment.PASSAGE] for a in (text.ids, text.kinds))
        found = changes(model, ids, kinds, experiment.replacements(ids))
        for t in range(experiment.FROM, experiment.PASSAGE):
            real, foretold, norm = (table[t, : t + 1].tolist() for table in found)
            first = real.index(max(real))
            if real[first] >= experiment.STRONG:
                shares.append(foretold[first] / real[first])
            same.append(foretold.index(max(foretold)) == first)
            norms.append(norm.index(max(norm)) == first)
            for name, values in (("real", real), ("foretold", foretold)):
                bits[name][0] += sum(values[: t - experiment.FAR])
                bits[name][1] += sum(values)
    said = experiment.compare(model)
    assert 20 < len(shares) < len(same)
    assert said["strong_foretold"] == pytest.approx(sorted(shares)[(len(shares) - 1) // 2], 1e-4)
    assert said["same_first"] == pytest.approx(sum(same) / len(same))
    assert said["norm_first"] == pytest.approx(sum(norms) / len(norms))
    for name, (far, all_of_them) in bits.items():
        assert said[f"far_{name}"] == pytest.approx(far / all_of_them, 1e-4)
