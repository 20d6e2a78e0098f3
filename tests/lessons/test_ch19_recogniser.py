"""Chapter 19's recogniser: what the page carries, how it was made, how well it recognises."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import nn

from rnnbook.models.ctc import greedy_decode
from rnncourse.experiments.sounds import unspell
from rnncourse.figures import Recogniser
from rnncourse.figures._recogniser import with_noise
from rnncourse.lessons.ch19 import recogniser
from rnncourse.lessons.ch19.digits import LEVEL, batch, digit_at, statistics
from rnncourse.lessons.ch19.recordings import HELD_OUT, RATE, synthetic

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_recogniser import READ, in_the_page

MOST_BYTES = 90_000


def figure(**options) -> Recogniser:
    content = recogniser.shipped()
    return Recogniser(content["network"], content["statistics"], content["recordings"], **options)


def test_it_recognises_as_well_as_it_says():
    found = recogniser.shipped()["tested"]
    again = recogniser.score(recogniser.recogniser(), recogniser.fixed())
    assert again["digits"] == found["digits"]
    for name in ("right", "wrong"):
        assert again[name] == pytest.approx(found[name], abs=2)
    assert found["strings"] == recogniser.STRINGS
    assert found["right"] >= 0.8 * found["strings"]
    assert found["wrong"] <= 0.08 * found["digits"]


def test_the_file_is_small():
    assert recogniser.SHIPPED.stat().st_size <= MOST_BYTES
    assert len(figure().page().encode()) <= MOST_BYTES


def test_the_recordings_are_of_held_out_voices_and_as_drawn():
    found, drawn = recogniser.examples(), recogniser.drawn()
    assert tuple(one.speaker for one in found) == HELD_OUT
    for one, other in zip(found, drawn, strict=True):
        assert one[1:] == other[1:]
        assert 1.2 < len(one.samples) / RATE < 2.5
        error = (one.samples - other.samples.double()).square().mean().sqrt()
        assert error < 0.06 * LEVEL
        for begin, end in zip(one.begins, one.ends, strict=True):
            spoken = one.samples[begin:end].square().mean().sqrt()
            assert spoken == pytest.approx(LEVEL, rel=0.02)
        assert one.samples[: one.begins[0]].abs().max() == 0, "silence, which compresses"
    assert any(a == b for a, b in pairwise(found[-1].digits)), "a digit twice"


def test_it_was_trained_on_other_voices():
    speakers = {one.speaker for one in recogniser._voices(held_out=False)}
    assert speakers == {one.speaker for one in synthetic()} - set(HELD_OUT)
    assert {one.speaker for one in recogniser._voices(held_out=True)} == set(HELD_OUT)


def test_the_figure_reads_as_the_lesson_does():
    shown, model = figure(), recogniser.recogniser()
    own = dict(model.named_parameters())
    for name, parameter in shown._network.named_parameters():
        assert torch.equal(parameter, own[name])
    strings = [one._replace(samples=with_noise(one.samples, 30)) for one in recogniser.examples()]
    steps, lengths, *_ = batch(strings, recogniser.fixed())
    with torch.no_grad():
        log_p = model(steps, lengths).log_softmax(dim=2)
    for k, (digits, one) in enumerate(zip(greedy_decode(log_p, lengths), strings, strict=True)):
        made = shown.reading(k, noise=30)
        assert made.digits == [symbol - 1 for symbol in digits]
        torch.testing.assert_close(made.p.log(), log_p[: lengths[k], k], rtol=0, atol=1e-8)
        spikes = [t for t, symbol in enumerate(made.path) if symbol]
        inside = [t for t in spikes if digit_at(one, t) is not None]
        assert len(inside) >= 0.5 * len(spikes)


def test_python_and_page_agree(tmp_path):
    shown = figure()
    cases = [[0, 30, False], [1, 40, False], [2, 10, False], [2, 30, True]]
    given = {"settings": shown.settings(), "cases": cases}
    for (k, noise, backwards), page in zip(cases, in_the_page(READ, tmp_path, given), strict=True):
        ours = shown.reading(k, noise=noise, backwards=backwards)
        assert page["digits"] == ours.digits
        assert (torch.tensor(page["p"]).double() - ours.p).abs().max() <= 1e-5


def test_the_lengths_count():
    model = recogniser.recogniser()
    strings = [one._replace(samples=with_noise(one.samples, 30)) for one in recogniser.examples()]
    steps, lengths, *_ = batch(strings, recogniser.fixed())
    with torch.no_grad():
        together = model(steps, lengths)
        for k, length in enumerate(lengths.tolist()):
            alone = model(steps[:length, k : k + 1], lengths[k : k + 1])
            torch.testing.assert_close(together[:length, k], alone[:, 0])


def test_it_learns_the_same_every_time():
    known = statistics(recogniser.examples())
    known = type(known)(known.mean.float(), known.deviation.float())

    def once() -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = recogniser.SpeechNetwork()
        recogniser.learn(model, known, updates=2)
        return model

    first, again = once().state_dict(), once().state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_it_leaves_the_reader_s_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    recogniser.recogniser()
    assert torch.equal(torch.rand(1), expected)


def test_a_recording_is_of_the_letters_of_weights():
    one = recogniser.shipped()["recordings"][0]
    assert torch.equal(unspell(one["samples"]), recogniser.examples()[0].samples)
