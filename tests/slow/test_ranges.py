"""The packages' tests pass with the oldest dependencies that pyproject.toml admits."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Not taken at their oldest: torch is large, and its own tests bind it to newer Python versions; of
# Jupyter the tests need no more than that it runs.
KEPT = {"torch", "ipykernel", "jupyterlab", "jupyterlab-myst"}
PACKAGES = ("rnnbook", "rnncourse", "lessons", "engine")


def oldest() -> list[str]:
    """Every direct dependency of both packages, pinned to its lower bound."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = []
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["course"]]:
        name, bound = re.match(r"([\w.-]+)>=([\d.]+)", requirement).groups()
        if name not in KEPT:
            pins.append(f"{name}=={bound}")
    return pins


def test_oldest_dependencies(tmp_path):
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    torch = re.search(r"^torch==\S+", lock, re.MULTILINE).group()
    bounds = tmp_path / "oldest.txt"
    bounds.write_text("\n".join([torch, *oldest()]), encoding="utf-8")

    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    pip += ["--constraint", bounds]
    subprocess.run([*pip, torch], check=True)
    subprocess.run([*pip, "--group", "test", "--editable", ".[course]"], check=True, cwd=ROOT)
    result = subprocess.run(
        [python, "-m", "pytest", "-q", *(f"tests/{name}" for name in PACKAGES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-5000:] + result.stderr[-2000:]
