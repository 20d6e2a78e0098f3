"""Build the book into `_build/html`, warnings as errors, and check the pages.

`python book/_tools/build.py`. Needs the group `book` of pyproject.toml; the package and torch are
not needed. Every build is a fresh one: what a reader gets never depends on what was there before.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from check_pages import HTML, ROOT, check, toc_documents

# It has no __main__. Python would look for garbage a quarter of the time, and save less than 1 GB.
JUPYTER_BOOK = "import gc; gc.disable(); from jupyter_book.cli.main import main; main()"
SOURCES = ("book", "chapters", "src")
GENERATED = ROOT / "book" / "api"  # by sphinx-autoapi, which removes it unless it is interrupted


def is_stale() -> bool:
    """Whether a source is newer than the built pages (or there are none)."""
    first_page = HTML / "index.html"
    if not first_page.exists():
        return True
    files = [ROOT / "_config.yml", ROOT / "_toc.yml"]
    files += (path for folder in SOURCES for path in (ROOT / folder).rglob("*") if _is_source(path))
    return max(path.stat().st_mtime for path in files) > first_page.stat().st_mtime


def _is_source(path: Path) -> bool:
    hidden = any(part.startswith((".", "__pycache__")) for part in path.relative_to(ROOT).parts)
    return path.is_file() and not hidden and GENERATED not in path.parents


def build() -> int:
    """Build and check.

    Returns:
        0 if there was no warning and every page is in order, else 1, after saying why.
    """
    start = time.time()
    for folder in (HTML, HTML.parent / ".doctrees", GENERATED):
        shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(ROOT)]
    command += ["-W", "-n", "--keep-going", "--quiet"]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    # Warnings and errors come on the other stream. This one can praise a book that failed.
    quiet = {"stdout": subprocess.DEVNULL, "cwd": ROOT, "env": environment}
    status = subprocess.run(command, check=False, **quiet).returncode
    faults = check(HTML, toc_documents(ROOT / "_toc.yml")) if HTML.exists() else ["no pages at all"]
    for fault in faults:
        print(fault, file=sys.stderr)
    if status or faults:
        reason = f"jupyter-book ended with status {status}, {len(faults)} faults on the pages"
        print(f"The book was NOT built: {reason}.", file=sys.stderr)
        # A failed build must not pass for a fresh one.
        (HTML / "index.html").unlink(missing_ok=True)
        return 1
    first_page = HTML / "index.html"
    os.utime(first_page, (start, start))  # a source that changed meanwhile is not in it
    pages = sum(1 for path in HTML.rglob("*.html") if "_static" not in path.parts)
    seconds = time.time() - start
    print(f"Built {pages} pages in {seconds:.0f} s: {first_page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(build())
