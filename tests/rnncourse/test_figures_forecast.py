"""The forecast: the page forecasts what Python forecasts, and says of it what is so."""

from __future__ import annotations

import gzip
import re
import sys
from math import pi, sin
from pathlib import Path

import pytest
import torch
import traitlets

from rnncourse.figures import bundle

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from made_up_forecast import READ, START, centred, figure, in_the_page, series

CASES = [[0, START + 40], [0, START + 96], [1, START + 61]]
ASK = """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
const asked = (one) => {
  try {
    return ACT;
  } catch (wrong) {
    if (!(wrong instanceof RangeError)) throw wrong;
    return wrong.message;
  }
};
process.stdout.write(JSON.stringify(given.map(asked)));
"""


def on_the_page(shown, folder, cases):
    return in_the_page(READ, folder, {"settings": shown.settings(), "cases": cases})


def ask(act, folder, given):
    return in_the_page(ASK.replace("ACT", act), folder, given)


def lines(values, title=""):
    return "\n".join([*([title] if title else []), *map(str, values)])


def test_the_page_forecasts_what_python_forecasts(tmp_path):
    shown = figure()
    for (k, origin), page in zip(CASES, on_the_page(shown, tmp_path, CASES), strict=True):
        shown.chosen = k
        ours, look = shown.look(origin), page["look"]
        apart = (torch.tensor(look["fan"]).double() - ours.fan).abs().max()
        assert apart <= 1e-5 * ours.fan.abs().max()
        assert look["naive"] == pytest.approx(ours.naive.tolist())
        assert look["came"] == pytest.approx(ours.came.tolist())
        assert (ours.fan.diff(dim=1) >= 0).all(), "the quantiles are in order"
        own, naive, came = ours.fan[:, 1], ours.naive, ours.came
        error = series()["error"]
        assert look["off"] == pytest.approx((own - came).abs().mean().item() / error, rel=1e-5)
        assert look["naiveOff"] == pytest.approx((naive - came).abs().mean().item() / error)
        scores = shown.scores()
        for name in scores._fields:
            assert page["scores"][name] == pytest.approx(getattr(scores, name), rel=1e-5)
        assert scores.origins == 120 - 40 - 24 + 1


def test_the_next_value_as_it_is_and_moved(tmp_path):
    shown = figure()
    (page,) = on_the_page(shown, tmp_path, CASES[:1])
    study = shown._study
    origins = torch.arange(study.first, START + 120)
    read = study.values[origins[:, None] - START + torch.arange(-study.window, 0)]
    with torch.no_grad():
        h = study.model["gru"](((read - read[:, :1]) / study.scale).T[..., None])[0][-1]
        fan = read[:, -1:] + study.scale * study.model["readout"](h)[:, :3]
    middle = fan.sort(dim=1).values[:, 1]
    off = [(middle - study.values[study.first - START - k :][: len(middle)]) for k in (0, 1)]
    there, moved = ((one.abs().mean() / study.error).item() for one in off)
    assert page["shift"] == pytest.approx({"there": there, "moved": moved}, rel=1e-5)


def test_what_is_said(tmp_path):
    first, _, other = on_the_page(figure(), tmp_path, CASES)
    assert first["says"].startswith("With 140 values known, the network is off by ")
    assert "the seasonal naive forecast by" in first["says"]
    assert "Over all 57 origins: " in first["says"]
    assert " Reason 1. Of all values, " in first["says"]
    assert "the naive forecast by" in other["says"]
    made = {"there": 1, "moved": 0.1}
    near, nearer, far = ask(
        "describeShift(one)",
        tmp_path,
        [{"shift": {**made, "moved": moved}} for moved in (0.1, 0.7, 1.2)],
    )
    assert near.endswith("it is yesterday, shifted. It says the last value again.")
    assert nearer.endswith("nearer, so much of it is yesterday, shifted.")
    assert far.endswith("it knows more than the last value.")
    scores = [{"scores": {"own": own, "naive": 2}, "season": 12} for own in (1.8, 1.95, 2.2)]
    assert ask("winner(one)", tmp_path, scores) == [
        "the network wins",
        "neither wins",
        "the seasonal naive forecast wins",
    ]
    linear = [{"kind": "linear", "scores": {"own": own}} for own in (1.0, 1.75)]
    given = [[scores[0], [one]] for one in linear]
    assert ask("winner(...one)", tmp_path, given) == [
        "the linear window wins",
        "the linear window and the network are alike",
    ]


def test_files_are_read(tmp_path):
    values = [k / 4 for k in range(150)]
    comma = [str(y).replace(".", ",") for y in values]
    dated = [f"2020-01-{k % 28 + 1:02},{k},{y}" for k, y in enumerate(values)]
    good = [
        lines(values),
        "\ufeff" + lines(values, "level"),
        lines(values, "level").replace("\n", "\r\n") + "\r\n\r\n",
        lines(dated, 'day,"no, or number",level'),
        lines([f"{line},no comment" for line in dated], "day,number,level,remark"),
        lines([f"a;{y}" for y in comma], "day;level"),
        lines([f'"a, b"\t{y}' for y in values], "day\tlevel"),
        lines([f"a;1.{k:03},5" for k in range(150)], "day;level"),
    ]
    found = ask("numbersOf(one)", tmp_path, good)
    for k, one in enumerate(found[:-1]):
        assert one == {"values": values, "column": "level" if k else ""}, k
    assert found[-1]["values"] == [1000.5 + k for k in range(150)]
    many = ask("numbersOf(one).values", tmp_path, [lines(range(6000))])[0]
    assert many == list(range(1000, 6000)), "of a long file the last 5,000"


def test_what_is_wrong_with_a_file_is_said(tmp_path):
    values = [str(k) for k in range(200)]
    gap = [*values[:50], "n/a", *values[50:]]
    missing = [f"{y};x" if k != 9 else ";x" for k, y in enumerate(values)]
    assert ask("numbersOf(one)", tmp_path, ["", "a\nb\nc", lines(gap, "y"), lines(missing)]) == [
        "No column of numbers was found in it.",
        "No column of numbers was found in it.",
        "Line 52 has “n/a” where a number should be.",
        "Line 10 has nothing where a number should be.",
    ]
    assert ask("numbersOf(one)", tmp_path, [lines(values[:149])]) == [
        "It has 149 numbers; 150 are needed, to learn from and to test on."
    ]
    same = ask("ownSeries('', one, 1)", tmp_path, [[5] * 200])
    assert same == ["Its numbers repeat without an error: nothing is left to forecast."]


def test_the_season_is_guessed(tmp_path):
    noise = torch.randn(400, generator=torch.Generator().manual_seed(3)).tolist()
    wave = [3 * sin(2 * pi * t / 17) + 0.05 * t + n for t, n in enumerate(noise)]
    walk = torch.tensor(noise).cumsum(0).tolist()
    assert ask("guessSeason(one, 280)", tmp_path, [wave, noise, walk]) == [17, 1, 1]


def test_the_linear_window_is_least_squares(tmp_path):
    generator = torch.Generator().manual_seed(5)
    x = torch.zeros(400, dtype=torch.float64)
    for t in range(2, 400):
        x[t] = 1.5 * x[t - 1] - 0.8 * x[t - 2] + torch.randn((), generator=generator)
    (page,) = ask("fitLinear(one, 300, 8)(350)", tmp_path, [x.tolist()])
    windows = x[:300].unfold(0, 8 + 24, 1)
    last = windows[:, 7:8]
    A = torch.cat([windows[:, :7] - last, torch.ones(len(windows), 1)], dim=1)
    gram = A.T @ A
    gram[:7, :7] += 1e-3 * gram.diagonal()[:7].mean() * torch.eye(7)
    weights = torch.linalg.solve(gram, A.T @ (windows[:, 8:] - last))
    now = torch.cat([x[342:349] - x[349], torch.ones(1)]).double()
    assert page == pytest.approx((x[349] + now @ weights).tolist(), rel=1e-6)


def test_the_linear_window_s_fan_holds_what_it_promises(tmp_path):
    """Of noise about a wave, in ten such series, about four fifths of the values lie inside."""
    generator = torch.Generator().manual_seed(7)
    t = torch.arange(400)
    many = [
        ((2 * pi * t / 12).sin() + 0.5 * torch.randn(400, generator=generator)).tolist()
        for _ in range(10)
    ]
    act = "createStudy(ownSeries('', one, 12), 'linear').scores"
    found = ask(act, tmp_path, many)
    assert all(one["own"] < one["naive"] for one in found), "it averages noise"
    assert sum(one["inside"] for one in found) / 10 == pytest.approx(0.8, abs=0.06)


def test_what_is_tested_was_not_fitted(tmp_path):
    values = [sin(t / 5) + sin(t) for t in range(300)]
    changed = [*values[:210], *(9 * y for y in values[210:])]
    act = "(({ fans, first, error }) => [fans[0], first, error])"
    act += "(createStudy(ownSeries('', one, 1), 'linear'))"
    first, again = ask(act, tmp_path, [values, changed])
    assert first == again
    assert first[1] == 210


def test_the_loss_of_quantiles_and_its_gradient(tmp_path):
    generator = torch.Generator().manual_seed(1)
    y = torch.randn(2, 24, 3, generator=generator, requires_grad=True)
    due = torch.randn(2, 24, generator=generator)
    q = torch.tensor([0.1, 0.5, 0.9])
    error = due[..., None] - y
    loss = torch.maximum(q * error, (q - 1) * error).mean()
    loss.backward()
    act = "((y, due, dY) => [quantileLoss(y, due, dY), [...dY]])"
    act += "(...one.map((some) => Float32Array.from(some)), new Float32Array(144))"
    given = [[y.detach().flatten().tolist(), due.flatten().tolist()]]
    ((found, gradient),) = ask(act, tmp_path, given)
    assert found == pytest.approx(loss.item(), rel=1e-5)
    assert gradient == pytest.approx(y.grad.flatten().tolist(), rel=1e-5)


def test_a_gru_learns_in_the_page(tmp_path):
    wave = [sin(2 * pi * t / 9) for t in range(200)]
    act = "((made) => { const told = []; for (let k = 0; k < 75; k++) { made.step();"
    act += " if ((k + 1) % 25 === 0) told.push(made.loss); } const { window, scale } = made.best();"
    act += " return [told, window, scale]; })(trainee(one, 140, 75))"
    ((told, window, scale),) = ask(act, tmp_path, [wave])
    assert told[2] < 0.7 * told[0]
    assert told == sorted(told, reverse=True), "the best is kept"
    assert window == 46
    assert 0.5 < scale < 1.5


def test_the_still():
    shown = figure()
    still = shown.still()
    assert still == figure().still()
    assert 'aria-label="Series 1: 160 values known' in still
    assert "seasonal naive forecast (dashed)" in still
    assert f"network {shown.scores().own:.2f}, " in still
    assert still.count("<polyline") == 4
    assert "seasonal" not in figure(chosen=1).still()
    assert shown.still() != figure(origin=170).still()


def test_the_origin_is_held_within_those_that_are_tested():
    shown = figure(origin=9999)
    assert torch.equal(shown.look().came, shown.look(START + 120 - 24).came)
    assert torch.equal(figure(origin=3).look().came, shown.look(START + 40).came)
    assert torch.equal(figure().look().came, shown.look(START + 60).came)


def test_it_is_light():
    assert len(gzip.compress(bundle.static_figure("forecast").encode())) <= 12 * 1024
    assert (bundle.CSS / "forecast.css").stat().st_size <= 3 * 1024


def test_drawing_leaves_the_reader_s_random_numbers_alone():
    centred()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    figure().page()
    assert torch.equal(torch.rand(1), expected)


def without(name):
    return {key: value for key, value in series().items() if key != name}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chosen": 2}, "chosen must be 0 to 1, got 2"),
        ({"origin": -1}, "origin must be 0 or more, got -1"),
        ({"series": []}, "series must hold one at least, got none"),
        ({"series": [3]}, "series must be dicts, got 3 as number 0"),
        ({"series": [without("values")]}, "series number 0 must have 'values', got none"),
        ({"series": [without("network")]}, "series number 0 must have 'network', got none"),
        ({"series": [series(error=0.0)]}, "error and scale of the network above 0"),
        ({"series": [series(season=41)]}, "season must be 1 to 40, got 41"),
        ({"series": [series(first=START + 19)]}, "first must be 120 to 196, after a window"),
        ({"series": [series(first=START + 97)]}, "with 24 values after it, got 197"),
        ({"series": [series(origin=START)]}, "series number 0: origin must be 140 to 196, got 100"),
        (
            {"series": [series(network={**series()["network"], "H": 7})]},
            "series number 0: packed gru.weight_ih_l0 must",
        ),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        figure(**options)


def test_what_is_set_later_is_checked():
    shown = figure()
    for name, value in (("chosen", -1), ("origin", -2), ("shifted", "yes")):
        before = getattr(shown, name)
        with pytest.raises(traitlets.TraitError):
            setattr(shown, name, value)
        assert getattr(shown, name) == before
