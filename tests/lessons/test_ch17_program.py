"""The program of chapter 17: it measures as the chapter does, and the future stays shut."""

from __future__ import annotations

import ast
import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from rnncourse import lessons
from rnncourse.lessons.ch17.backtest import backtest, mase, naive, seasonal_naive
from rnncourse.lessons.ch17.series import random_walk, seasonal

PROGRAM = Path(lessons.__path__[0]) / "ch17" / "my_forecast.py"
PAGE = Path(__file__).parents[2] / "chapters" / "17d-your-own-series.ipynb"
SOURCE = PROGRAM.read_text(encoding="utf-8")
UPDATES = "range(1000)"
NAMES = ["naive, lag 1", "naive, lag 12", "linear window", "LSTM"]

Run = Callable[..., str]


@pytest.fixture
def names() -> dict[str, Any]:
    """What the last run of the program has called by a name."""
    return {}


@pytest.fixture
def run(
    tmp_path: Path,
    names: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    """The program with few updates, as from the command line: what it prints, or says it lacks."""
    threads = torch.get_num_threads()
    monkeypatch.chdir(tmp_path)
    Path("program.py").write_text(SOURCE.replace(UPDATES, "range(41)"), encoding="utf-8")

    def of(text: str | bytes, *words: str) -> str:
        Path("my.csv").write_bytes(text.encode() if isinstance(text, str) else text)
        monkeypatch.setattr(sys, "argv", ["program.py", "my.csv", *words])
        names.clear()
        try:
            names.update(runpy.run_path("program.py", run_name="__main__"))
        except SystemExit as end:
            return str(end.code)  # said, and an exit status of 1
        return capsys.readouterr().out

    yield of
    torch.set_num_threads(threads)


def file_of(values: Tensor, separator: str = ",", title: str = "amount") -> str:
    rows = [f"day{separator}{title}"] if title else []
    rows += [f"{n}{separator}{value:.4f}" for n, value in enumerate(values.tolist())]
    return "\n".join(rows) + "\n"


def year(count: int = 400, seed: int = 0) -> Tensor:
    return seasonal(count, torch.Generator().manual_seed(seed))


def errors(printed: str) -> dict[str, float]:
    """MASE by name."""
    return {name.strip(): float(x) for name, x in re.findall(r"^(.*?) *MASE (\S+)$", printed, re.M)}


# What it looks like


def test_it_is_as_short_as_the_page_says() -> None:
    lines = SOURCE.splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 80
    assert SOURCE.count(UPDATES) == 1


def test_it_needs_torch_alone() -> None:
    needed = set()
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, ast.Import):
            needed |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            needed.add(str(node.module).partition(".")[0])
    assert needed - sys.stdlib_module_names == {"torch"}


@pytest.mark.skipif(not PAGE.exists(), reason="the page is not written yet")
def test_the_page_shows_the_program() -> None:
    """Part by part, with sentences between them."""
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    parts = re.findall(r"```python\n(.*?)\n```", prose, re.DOTALL)
    lines = [line for part in parts for line in part.splitlines() if line]
    assert lines == [line for line in SOURCE.splitlines() if line]


# What it measures


def test_the_naive_forecasts_come_first_and_are_measured_as_in_the_chapter(
    run: Run, names: dict[str, Any]
) -> None:
    printed = run(file_of(year()), "--season", "12", "--horizon", "5")
    found, y = errors(printed), names["y"]
    assert list(found) == NAMES
    assert torch.equal(y.float(), torch.tensor([round(x, 4) for x in year().tolist()]))
    for name, forecaster in (
        ("naive, lag 1", naive),
        ("naive, lag 12", partial(seasonal_naive, season=12)),
    ):
        _, forecast, actual = backtest(forecaster, y, first=320, horizon=5)
        assert len(actual) == 400 - 320 - 5 + 1
        assert found[name] == pytest.approx(mase(forecast, actual, y[:240], 12), abs=0.006)
    assert torch.get_num_threads() == 1


def test_on_a_seasonal_walk_nothing_beats_the_seasonal_naive_forecast(run: Run) -> None:
    printed = run(file_of(year(600)), "--season", "12")
    found = errors(printed)
    assert 0.9 < found["naive, lag 12"] < 1.1
    assert min(found.values()) > 0.97 * found["naive, lag 12"]
    assert "Nearest: naive, lag 12, " in printed


def test_what_it_says_is_what_it_measured(run: Run, names: dict[str, Any]) -> None:
    printed = run(file_of(year(seed=2)), "--season", "12")
    found = errors(printed)
    first, second = sorted(found, key=found.__getitem__)[:2]
    gap = 100 * (1 - found[first] / found[second])
    said = re.search(r"Nearest: (.+), (\d+)% ± \d+% below (.+)\.", printed)
    assert said
    assert (said[1], said[3]) == (first, second)
    assert float(said[2]) == pytest.approx(gap, abs=1.5)
    a, b, h = 240, 320, 12
    due = names["y"].unfold(0, h, 1)
    on_validation = {}
    for name, change in names["said"].items():
        forecast = names["y"][:, None] + names["unit"] * change
        truth = due[a : b - h + 1]
        on_validation[name] = (forecast[a - 1 : b - h] - truth).abs().mean().item()
    best = min(on_validation, key=on_validation.__getitem__)
    assert best != first, "or this would not show which part decides"
    last = printed.splitlines()[-1]
    assert last.startswith(f"Next, by {best}: ")
    assert len(last.removeprefix(f"Next, by {best}: ").split()) == h


def test_without_a_season_there_is_one_naive_forecast_which_says_the_last_value(
    run: Run, names: dict[str, Any]
) -> None:
    walk = random_walk(300, torch.Generator().manual_seed(0))
    found = errors(run(file_of(walk), "--horizon", "3"))
    assert list(found) == ["naive, lag 1", "linear window", "LSTM"]
    assert not names["said"]["naive, lag 1"].any()


def test_what_a_line_says_is_the_last_season(run: Run, names: dict[str, Any]) -> None:
    run(file_of(year()), "--season", "12", "--horizon", "15")
    y, change = names["y"], names["said"]["naive, lag 12"]
    again = y[-1] + names["unit"] * change[-1]
    assert torch.allclose(again, torch.cat([y[-12:], y[-12:-9]]))


def test_the_seed_decides(run: Run) -> None:
    text, words = file_of(year(200)), ("--season", "12", "--horizon", "2")
    first = run(text, *words)
    assert first == run(text, *words)
    assert errors(first)["LSTM"] != errors(run(text, *words, "--seed", "2"))["LSTM"]


# The future stays shut


@pytest.mark.parametrize("changed", [240, 320, 391])
def test_later_values_change_no_forecast_made_before_them(
    changed: int, run: Run, names: dict[str, Any]
) -> None:
    """From the end of training, from the first origin of the test, or near the end."""
    run(file_of(year()), "--season", "12")
    before = {**names["said"]}
    looks, parts = names["looks"], ("unit", "spread")
    fixed = [names[part].item() for part in parts]
    other = year()
    other[changed:] = 50 - 3 * other[changed:]
    run(file_of(other), "--season", "12")
    assert [names[part].item() for part in parts] == fixed
    for old, new in zip(looks, names["looks"], strict=True):
        assert torch.allclose(old[:changed], new[:changed], atol=1e-5)
    for name in NAMES if changed > 240 else NAMES[:3]:  # which weights are kept, validation says
        assert torch.allclose(before[name][:changed], names["said"][name][:changed], atol=1e-5)
    for name in NAMES[1:]:  # naive, lag 1 says "no change" whatever came
        assert not torch.allclose(before[name][changed:], names["said"][name][changed:])


# Files of all sorts


def test_other_files_of_the_same_numbers(run: Run, names: dict[str, Any]) -> None:
    values, words = year(150), ("--season", "4", "--horizon", "2")
    run(file_of(values), *words)
    y = names["y"]
    decimal = file_of(values, ";").replace(".", ",")
    only = "\n".join(f"{value:.4f}" for value in values.tolist())
    named = "\n".join(f"{row},1" for row in file_of(values).splitlines())
    for text, more in (
        (decimal, ()),
        (file_of(values, ";"), ()),
        (decimal.replace(";", "\t"), ()),
        (decimal.replace("\n", "\r\n").encode("utf-8-sig"), ()),
        (file_of(values, title="Erlös").encode("latin-1"), ()),
        (file_of(values, title=""), ()),
        (only, ()),
        (named, ("--column", "amount")),
        (re.sub(r"^(\w+),", r'"\1, a day",', file_of(values), flags=re.M), ()),
        (re.sub("$", ",note", file_of(values).strip(), flags=re.M), ()),
    ):
        run(text, *words, *more)
        assert names, "which it has read"
        assert torch.equal(names["y"], y)


FEW, GAP = "{} numbers: give 120 that vary; season, horizon > 0", "Row {}: no number, or "
GOOD = file_of(year(150))


@pytest.mark.parametrize(
    ("text", "words", "says"),
    [
        ("", "", GAP.format(1)),
        ("\n\n", "", GAP.format(1)),
        ("day,name\n1,a\n2,b\n", "", FEW.format(2)),
        ("name\na\nb\n", "", GAP.format(1)),
        (file_of(year(119)), "", FEW.format(119)),
        (GOOD, "--column price", GAP.format(1) + "a column not in ['day', 'amount']."),
        (GOOD, "--season -1", FEW.format(150)),
        (GOOD, "--season 0", FEW.format(150)),
        (GOOD, "--horizon 0", "150 numbers: give 72 "),
        (GOOD, "--season 30", "150 numbers: give 216 "),
        (GOOD, "--horizon 16", "150 numbers: give 160 "),
        ("v\n" + 150 * "5\n", "", FEW.format(150)),
        ("v\n" + 50 * "1\n2\n3\n", "--season 3", FEW.format(150)),
        (re.sub("^7,.*$", "7,", GOOD, flags=re.M), "", GAP.format(9)),
        (re.sub("^7,.*$", "7,nan", GOOD, flags=re.M), "", GAP.format(9)),
        (re.sub("^7,.*$", "7,1e999", GOOD, flags=re.M), "", GAP.format(9)),
        (re.sub("^7,.*$", '7,"1,234"', GOOD, flags=re.M), "", GAP.format(9)),
        (re.sub("^7,.*$", "7", GOOD, flags=re.M), "", GAP.format(9)),
        (re.sub("^7,.*$", "", GOOD, flags=re.M), "", GAP.format(9)),
        (re.sub("^7,.*$", "7,3,5", GOOD, flags=re.M), "", GAP.format(9)),
        ("v\n" + 150 * "1,5\n2,5\n", "", GAP.format(2)),
        ("d;v\n" + 150 * "1;1.234,5\n", "", FEW.format(150)),
        ('d,"v\n' + 20_000 * "1234567,2\n", "", FEW.format(20_000)),
    ],
)
def test_what_it_cannot_read_is_said_in_a_sentence(
    text: str, words: str, says: str, run: Run
) -> None:
    assert run(text, *words.split()).startswith(says)


def test_a_straight_line_is_no_division_by_zero(run: Run) -> None:
    printed = run("\n".join(map(str, range(150))), "--horizon", "2")
    assert "nan" not in printed
    assert errors(printed)["naive, lag 1"] == 1.5


def test_as_a_reader_calls_it(tmp_path: Path) -> None:
    """In a Python that knows no package of ours: a sentence, and an exit status."""
    for name, status, says in (("few.csv", 1, "2 numbers"), ("no.csv", 2, "can't open")):
        (tmp_path / "few.csv").write_text("1\n2\n", encoding="utf-8")
        call = [sys.executable, "-I", str(PROGRAM), name]
        ended = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == status
        assert says in ended.stderr
        assert "Traceback" not in ended.stderr
