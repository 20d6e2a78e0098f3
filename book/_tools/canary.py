"""Build the book with the newest Sphinx and MyST-NB, to see early what will break.

`python book/_tools/canary.py`, or `make canary`. Jupyter Book 1 holds both back, so the bounds in
pyproject.toml never meet them. Here Jupyter Book only writes a conf.py, and Sphinx builds without
its command. Everything lies under `_build/canary`: a virtual environment, a copy of the sources,
the pages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CANARY = ROOT / "_build" / "canary"
SOURCES = CANARY / "sources"
PAGES = CANARY / "html"
PYTHON = CANARY / "venv" / "bin" / "python"
PIP = (PYTHON, "-m", "pip")
NEWEST = ("sphinx", "myst-nb")
JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"  # it has no __main__
# Sphinx reads them from the path; `jupyter-book config` does not write the path into conf.py.
EXTENSIONS = SOURCES / "book" / "_ext"


def run(*command: str | Path) -> int:
    """Run a command in the root, with the book's own extensions on the path; its exit status."""
    environment = os.environ | {"PYTHONPATH": str(EXTENSIONS), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


def copy_sources() -> None:
    """Copy what the book is built from: a conf.py in the root would be taken for ours."""
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    for name in ("_config.yml", "_toc.yml", "book", "chapters", "src"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, SOURCES / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, SOURCES)
    shutil.rmtree(SOURCES / "book" / "api", ignore_errors=True)  # generated


def main() -> int:
    """Build and check; 0 if there was no warning and every page is in order."""
    shutil.rmtree(CANARY, ignore_errors=True)
    SOURCES.mkdir(parents=True)
    copy_sources()
    set_up = (
        (sys.executable, "-m", "venv", CANARY / "venv"),
        (*PIP, "install", "-q", "-U", "pip>=25.1"),
        (*PIP, "install", "-q", "--group", "book"),
        (PYTHON, "-c", JUPYTER_BOOK, "config", "sphinx", SOURCES),
        # Eager: what they need is taken anew too, or pip would stay with the old Sphinx to please
        # the old MyST parser. That Jupyter Book wants others is what pip complains of, and goes on.
        (*PIP, "install", "-q", "-U", "--upgrade-strategy", "eager", *NEWEST),
    )
    for command in set_up:
        if run(*command):
            print("The set-up failed, before anything was built.", file=sys.stderr)
            return 1
    run(*PIP, "list")
    strict = ("-n", "-W", "--keep-going", "-q")
    status = run(PYTHON, "-m", "sphinx", "-b", "html", *strict, SOURCES, PAGES)
    # By the canary's Python: it has the YAML reader that the check needs.
    faults = run(PYTHON, ROOT / "book" / "_tools" / "check_pages.py", PAGES)
    print(f"The canary: sphinx-build ended with status {status}, the check of its pages {faults}.")
    return int(bool(status or faults))


if __name__ == "__main__":
    sys.exit(main())
