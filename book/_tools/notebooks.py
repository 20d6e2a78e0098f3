"""Normalise, execute and check the book's notebooks.

    python book/_tools/notebooks.py normalise FILES
    python book/_tools/notebooks.py execute [--changed] [FILES]
    python book/_tools/notebooks.py results
    python book/_tools/notebooks.py check [FILES]

Without FILES: all chapters and the template. `results` writes what the claims measured into the
prose that is tied to them, in all of the book; `execute` ends with it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from notebook_checks import book_problems, problems, warnings, write_results
from notebook_form import (
    KERNELSPEC,
    ROOT,
    TEMPLATE,
    changed,
    chapters,
    normalise,
    read,
    source_hash,
    text,
)

TIMINGS = ROOT / "book" / "timings.json"


def execute(path: Path, timeout: float = 600) -> float:
    """Run a notebook in a fresh kernel, in place; the seconds that it took.

    Raises:
        nbclient.exceptions.CellExecutionError: if a code cell fails; the file stays as it was.
    """
    # Once on each machine matplotlib lists the fonts, and says so: not in a chapter.
    import matplotlib.font_manager  # noqa: F401
    from nbclient import NotebookClient

    # The page shows what is left when a run is over, and ipykernel knows best how to draw inline.
    os.environ["RNNBOOK_PROGRESS_BAR"] = "0"
    os.environ.pop("MPLBACKEND", None)
    os.environ.pop("RNNBOOK_DATA", None)  # what is committed comes from what needs no download
    notebook = read(path)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name=KERNELSPEC["name"],
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--log-level=ERROR"],
    )
    start = time.perf_counter()
    client.execute()
    seconds = time.perf_counter() - start
    notebook.metadata["rnnbook"] = {"source_sha256": source_hash(notebook)}
    path.write_text(text(normalise(notebook)), encoding="utf-8", newline="\n")
    return seconds


def record_time(path: Path, seconds: float) -> None:
    """Enter how long a chapter took in ``book/timings.json``."""
    from rnncourse.experiments import machine

    timings = json.loads(TIMINGS.read_text(encoding="utf-8")) if TIMINGS.is_file() else {}
    timings = {name: entry for name, entry in timings.items() if (ROOT / name).is_file()}
    timings[path.resolve().relative_to(ROOT).as_posix()] = {
        "seconds": round(seconds, 1),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": "{processor}, {platform}".format(**machine()),
    }
    lines = json.dumps(dict(sorted(timings.items())), indent=2, ensure_ascii=False)
    TIMINGS.write_text(lines + "\n", encoding="utf-8", newline="\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["normalise", "execute", "results", "check"])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILES")
    parser.add_argument("--changed", action="store_true", help="only those edited since their run")
    options = parser.parse_intermixed_args(arguments)
    files = options.files or [*chapters(), TEMPLATE]

    if options.command == "normalise":
        for path in files:
            path.write_text(text(normalise(read(path))), encoding="utf-8", newline="\n")
    elif options.command == "execute":
        for path in files:
            if options.changed and not changed(path):
                print(f"{path.name}: not changed")
                continue
            seconds = execute(path)
            print(f"{path.name}: {seconds:.1f} s")
            if path.resolve() in chapters():
                record_time(path, seconds)
    if options.command in ("execute", "results"):
        for path in write_results():
            print(f"{path.name}: numbers in its prose were written anew")
    elif options.command == "check":
        found = problems(files) + ([] if options.files else book_problems())
        for line in found:
            print(line)
        for line in warnings(files):
            print(f"warning: {line}")
        print(f"{len(found) or 'no'} problems in {len(files)} notebooks")
        return int(bool(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
