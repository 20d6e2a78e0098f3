"""No test depends on luck.

A test that draws seeds what it draws, by a generator of its own or by `torch.manual_seed`. Where
its assertions hold for every draw it need not, and says so by the mark `draws`; Hypothesis marks
its own tests. `make test` deals these the same numbers in each run and in any order, `make draws`
many others: a failure's last parameter is its seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, core, settings

BESIDE = Path(__file__).parents[2] / "shared" / "data"
UNSEEDED = (
    "This test drew from a global generator without a seed. Give what it draws a fixed seed; or, "
    "if its assertions hold for every draw, mark it with @pytest.mark.draws."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--draws", type=int, metavar="N", help="run what may draw under N other seeds")
    parser.addoption("--whole", action="store_true", help="all of a page, all seeds of a story")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile(
        "book",
        derandomize=not config.option.draws,
        database=None,
        deadline=None,
        # One is a time limit; the other minds a database, where a method runs under many seeds.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )
    settings.load_profile("book")
    # pytest-randomly is for the order alone: its seed is another in each run.
    config.option.randomly_reset_seed = False


@pytest.fixture
def corpora(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the corpora, which is used in place; without it, a test is left out."""
    folder = os.environ.get("RNNBOOK_DATA") or (str(BESIDE) if BESIDE.is_dir() else None)
    if folder is None:
        pytest.skip("the corpora are not on this machine: set RNNBOOK_DATA to their folder")
    monkeypatch.setenv("RNNBOOK_DATA", folder)
    return Path(folder)


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether a test leaves nothing out: neither what is alike on pages, nor seeds of a story."""
    return request.config.option.whole


def may_draw(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("draws")) or hasattr(item.obj, "hypothesis")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if (number := metafunc.config.option.draws) and may_draw(metafunc.definition):
        metafunc.fixturenames.append("draw_seed")
        metafunc.parametrize("draw_seed", range(1, number + 1))


def states() -> tuple[list[int], bytes, int]:
    """Where the generators stand. Not Python's: libraries time their attempts by it, in threads."""
    numpys = np.random.get_state(legacy=False)["state"]
    return torch.get_rng_state().tolist(), numpys["key"].tobytes(), numpys["pos"]


def watched(item: pytest.Item, part: int) -> Generator[None, object, object]:
    """Run a part of a test from a seed of ours; it fails if it drew from that without the mark."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    core.global_force_seed = parameters.get("draw_seed", 0)
    seed = 2 * core.global_force_seed + part
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    before, noted, manual_seed = states(), [], torch.manual_seed

    def seeded(own: int) -> torch.Generator:
        noted.append(states())
        return manual_seed(own)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "manual_seed", seeded)  # what torch draws after it is fixed
        result = yield
    noted.append(states())
    drew = before[0] != noted[0][0] or before[1:] != noted[-1][1:]
    if drew and not may_draw(item):
        pytest.fail(UNSEEDED, pytrace=False)
    return result


# Every test gets the same seed, so that a fixture that tests share does not depend on which of them
# asks first; and a test gets another than its fixtures, or both would draw the same numbers.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from watched(item, 0))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from watched(item, 1))
