"""A chapter that `make chapter` made passes the tests that a chapter passes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache", "api")


def test_a_new_chapter_is_green(tmp_path: Path) -> None:
    book = tmp_path / "book-of-ours"
    shutil.copytree(ROOT, book, ignore=LEFT_OUT)
    environment = os.environ | {"PYTHONPATH": str(book / "src"), "OMP_NUM_THREADS": "1"}

    def run(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=book, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("book/_tools/new_chapter.py", "11-fuzzy-gates")
    pytest = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    run(*pytest, "tests/test_house.py", "tests/lessons/test_ch11_exercises.py")
    run(*pytest, "tests/rnncourse/test_quiz.py", "tests/rnncourse/test_experiments.py")
    run(*pytest, "tests/rnncourse/test_exercises.py", "-k", "ch11 or template")
    mask = ("--nbval-sanitize-with", "tests/notebooks/nbval_sanitize.cfg")
    run(*pytest, "--nbval", *mask, "chapters/11-fuzzy-gates.ipynb", "tests/notebooks/conftest.py")
    run(*pytest, "tests/notebooks/test_notebooks.py", "-k", "committed or unique")
    run("-m", "ruff", "check", ".")
    run("-m", "ruff", "format", "--check", ".")
    run("-m", "mypy")
    run("book/_tools/build.py")
    run("book/_ext/page_form.py", "_build/html/chapters/11-fuzzy-gates.html")
