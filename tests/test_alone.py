"""The networks run without the course, and the course says what it lacks."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rnncourse import NEEDED

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COURSE = [re.match(r"[\w-]+", line)[0] for line in PROJECT["optional-dependencies"]["course"]]
# What a project is called, and what it is imported as.
IMPORTED = {
    "ipython": "IPython",
    "jupyterlab-myst": "jupyterlab_myst",
    "scikit-learn": "sklearn",
}
WITHOUT = """
import sys
class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {lacking!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Without())
"""


def run(lacking: list[str], program: str) -> subprocess.CompletedProcess[str]:
    """Run a program where some packages cannot be imported."""
    script = WITHOUT.format(lacking=set(lacking)) + program
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


def test_the_networks_need_nothing_of_the_course() -> None:
    lacking = [IMPORTED.get(name, name) for name in COURSE] + ["rnncourse"]
    program = """
import pkgutil, rnnbook, torch
from importlib import import_module
for module in pkgutil.walk_packages(rnnbook.__path__, "rnnbook."):
    import_module(module.name)
layer = rnnbook.Recurrent(rnnbook.LSTMCell, 3, 4)
layer(torch.zeros(5, 2, 3))[0].sum().backward()
"""
    done = run(lacking, program)
    assert done.returncode == 0, done.stderr


def test_all_that_the_course_imports_is_looked_for() -> None:
    of_jupyter = {"ipykernel", "jupyterlab", "jupyterlab-myst"}  # the doctor looks for these
    assert {IMPORTED.get(name, name) for name in COURSE if name not in of_jupyter} == set(NEEDED)


@pytest.mark.parametrize(
    ("missing", "statement"),
    [("anywidget", "from rnncourse import check"), ("joblib", "import rnncourse.figures")],
)
def test_the_course_says_what_it_lacks(missing: str, statement: str) -> None:
    done = run([missing], f"\n{statement}\n")
    last = done.stderr.strip().splitlines()[-1]
    assert last == (
        f"ModuleNotFoundError: rnncourse needs {missing}, which is not installed here. In the "
        'book\'s folder: pip install -e ".[course]"'
    ), done.stderr


def test_a_command_says_what_it_lacks() -> None:
    # As `python -m rnncourse progress`, where filelock is missing.
    program = """
import runpy
sys.argv[:] = ["-m", "progress"]
import rnncourse
runpy.run_module("rnncourse", run_name="__main__", alter_sys=True)
"""
    done = run(["filelock"], program)
    assert done.returncode == 2, done.stderr
    assert "python -m rnncourse doctor says what to do" in done.stderr
    assert "Traceback" not in done.stderr
