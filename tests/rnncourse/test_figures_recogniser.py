"""The recogniser: the page hears what Python hears, and says of it what is so."""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

import pytest
import torch
import traitlets

from rnnbook.data import log_mel, stack
from rnncourse.experiments.sounds import spell, unspell
from rnncourse.figures import bundle
from rnncourse.figures._recogniser import with_noise

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from made_up_recogniser import READ, RECORDINGS, STATISTICS, figure, in_the_page, network, recording

CASES = [[0, 30, False], [1, 40, False], [0, 5, True], [1, 0, False]]
DISTANCE = """
import { readFileSync } from "node:fs";
const pairs = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(pairs.map(([found, said]) => distance(found, said))));
"""
DESCRIBE = """
import { readFileSync } from "node:fs";
const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map((one) => describeReading({ noise: 30, ...one }))));
"""
LEVEL = """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
const found = given.map((samples) => levelled(Float64Array.from(samples)));
process.stdout.write(JSON.stringify(found.map((samples) => samples && [...samples])));
"""


def on_the_page(shown, folder, cases):
    return in_the_page(READ, folder, {"settings": shown.settings(), "cases": cases})


def apart(ours, page):
    page = torch.tensor(page).double().view_as(ours)
    return ((page - ours).abs().max() / ours.abs().max()).item()


def test_the_page_hears_what_python_hears(tmp_path):
    shown = figure()
    mean, deviation = (torch.tensor(STATISTICS[name]).double() for name in STATISTICS)
    heard = set()
    for case, page in zip(CASES, on_the_page(shown, tmp_path, CASES), strict=True):
        k, noise, backwards = case
        ours = shown.reading(k, noise=noise, backwards=backwards)
        assert apart(ours.samples, page["samples"]) < 1e-6
        mel = log_mel(ours.samples, 8000, bands=24)
        assert apart(mel, page["mel"]) < 1e-6
        steps = stack((mel - mean) / deviation, 4)
        assert page["T"] == len(steps) == len(ours.path)
        assert apart(steps, page["x"]) < 1e-6
        assert apart(ours.p, page["p"]) < 1e-5
        assert (page["path"], page["digits"]) == (ours.path, ours.digits)
        assert [tuple(one.values()) for one in page["said"]] == ours.said
        heard.add(tuple(ours.path))
    assert len(heard) == len(CASES), "a network that hears the same in all would prove little"


def test_runs_and_their_peaks(tmp_path):
    shown = figure()
    for case, page in zip(CASES[:2], on_the_page(shown, tmp_path, CASES[:2]), strict=True):
        ours = shown.reading(case[0], noise=case[1])
        path = [run["symbol"] for run in page["runs"] for _ in range(run["from"], run["to"])]
        assert path == ours.path
        for run in page["runs"]:
            p = ours.p[run["from"] : run["to"], run["symbol"]]
            assert run["peak"] == run["from"] + int(p.argmax())
            assert run["p"] == pytest.approx(p.max().item(), abs=1e-5)
        still = figure(recording=case[0], noise=case[1]).still()
        assert still.count('font-weight="700"') == len(ours.digits)


def test_noise_is_as_loud_as_it_says():
    clean = torch.zeros(20_000).double()
    for decibels in (0, 20, 40):
        noise = with_noise(clean, decibels)
        assert noise.square().mean().sqrt() == pytest.approx(
            0.05 * 10 ** (-decibels / 20), rel=0.02
        )
        assert torch.equal(noise, with_noise(clean, decibels))


def test_a_turned_recording_turns_its_digits():
    there = figure().reading()
    back = figure().reading(backwards=True)
    T = len(there.samples)
    assert back.said == [(d, T - end, T - begin) for d, begin, end in there.said[::-1]]


def test_one_s_own_recording_is_brought_to_the_level(tmp_path):
    tone = 0.4 * torch.sin(torch.arange(4000) * 0.7)
    silence = torch.zeros(4000)
    made = in_the_page(LEVEL, tmp_path, [torch.cat([silence, tone]).tolist(), silence.tolist(), []])
    loud = torch.tensor(made[0])[4000:]
    assert loud.square().mean().sqrt() == pytest.approx(0.05, rel=0.01)
    assert made[1:] == [None, None], "nothing was heard"


def test_the_fewest_changes(tmp_path):
    pairs = [[[1, 2], [1, 2]], [[], [1, 2]], [[1, 2, 3], [1, 3]], [[3, 1], [1, 3]], [[2], [1]]]
    assert in_the_page(DISTANCE, tmp_path, pairs) == [0, 2, 1, 2, 1]


def test_what_is_said(tmp_path):
    said = [{"digit": 3}, {"digit": 7}]
    right, one, none, own, turned = in_the_page(
        DESCRIBE,
        tmp_path,
        [
            {"digits": [3, 7], "said": said},
            {"digits": [3], "said": said},
            {"digits": [], "said": said},
            {"digits": [4], "said": None},
            {"digits": [4], "said": said, "backwards": True},
        ],
    )
    loud = "Speech is 30 dB louder than the noise."
    assert right == f"It recognises 3 7, as is said. {loud}"
    assert one == f"It recognises 3, but 3 7 is said: one digit is wrong. {loud}"
    assert none == (
        "It recognises no digit: the blank is always likeliest, but 3 7 is said: 2 digits are "
        f"wrong. {loud}"
    )
    assert own == f"In your recording it recognises 4. {loud}"
    assert turned == f"Backwards, it recognises 4. It was trained on nothing backwards. {loud}"


def test_the_path_and_the_picture_in_words(tmp_path):
    (page,) = on_the_page(figure(), tmp_path, CASES[:1])
    assert page["spelled"].startswith("The likeliest symbol of each step: ")
    assert page["spelled"].count(";") == len(page["runs"]) - 1
    assert page["picture"].startswith("1.5 seconds of sound, the digits 3 7 1, ")


def test_the_still():
    shown = figure()
    still, made = shown.still(), shown.reading()
    assert still == figure().still()
    assert re.findall(r"“(\d)”</text>", still) == ["3", "7", "1"]
    path = re.findall(r"<span>(.)</span>", still)
    assert path == ["–" if k == 0 else str(k - 1) for k in made.path]
    assert f"Collapsed: <b>{' '.join(map(str, made.digits)) or 'nothing'}</b>" in still
    assert 'aria-label="The probability of each digit' in still


def test_sounds_are_written_as_text():
    samples = torch.tensor([0.0, 1.0, -1.0, 0.05, -0.003])
    text = spell(samples)
    assert len(text) == 5
    assert text[:3] == "Vz0"
    torch.testing.assert_close(unspell(text), samples.double(), rtol=0.1, atol=3e-4)
    assert spell(unspell(text)) == text
    with pytest.raises(ValueError, match=re.escape("samples must lie in [−1, 1], got 2")):
        spell(torch.tensor([2.0]))
    with pytest.raises(ValueError, match="text must hold characters of"):
        unspell("V!")


def test_it_is_light():
    assert len(gzip.compress(bundle.static_figure("recogniser").encode())) <= 10 * 1024


def test_drawing_leaves_the_reader_s_random_numbers_alone():
    network()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    figure().page()
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"recording": 2}, "recording must be 0 to 1, got 2"),
        ({"noise": -1}, "noise must be 0 to 40, got -1"),
        ({"noise": 41}, "noise must be 0 to 40, got 41"),
        ({"recordings": []}, "recordings must hold one at least, got none"),
        ({"recordings": [3]}, "recordings must be dicts of samples, digits, begins, ends and"),
        ({"recordings": [{"samples": "V"}]}, "of number 0: 'digits'"),
        (
            {"recordings": [{**RECORDINGS[0], "samples": "V!"}]},
            "of number 0: text must hold characters of",
        ),
        (
            {"recordings": [{**RECORDINGS[0], "samples": "V" * 439}]},
            "samples of recording 0 must be 440 at least, a step, got 439",
        ),
        (
            {"recordings": [recording(300, digits=[10])]},
            "digits of recording 0 must be 0 to 9, one after the other within 4600 samples",
        ),
        ({"recordings": [{**RECORDINGS[1], "begins": [4800, 0]}]}, "digits of recording 0 must be"),
        ({"network": None}, "network must be a dict, got None"),
        ({"network": {}}, "network must have 'H', got none"),
        ({"network": {"H": 5}}, "network must have 'parameters', got none"),
        ({"network": {**network(), "H": 6}}, "network must be a GRU in both directions over 96"),
        ({"statistics": {"mean": [1.0]}}, "statistics must be a dict of mean and deviation"),
        (
            {"statistics": {"mean": [1.0], "deviation": [0.0]}},
            "statistics must have a mean and a deviation above 0 of each band, got 1 means and 1",
        ),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        figure(**options)


def test_what_is_set_later_is_checked():
    shown = figure()
    for name, value in (("recording", -1), ("noise", 99), ("backwards", "yes")):
        before = getattr(shown, name)
        with pytest.raises(traitlets.TraitError):
            setattr(shown, name, value)
        assert getattr(shown, name) == before
    shown.backwards = True
    assert shown.reading().said[0][0] == 1
