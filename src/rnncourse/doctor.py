"""What a reader's machine lacks: each finding a line, with what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from rnncourse.console import say

INSTALL = 'pip install -e ".[course]"'
Line = tuple[str, str, str]  # verdict ("OK", "FAIL" or "skip"), what was found, what to do


def doctor() -> int:
    """Look at everything that the course needs and say what was found; the exit code."""
    failed = 0
    for check in (_python, _dependencies, _threads, _kernel, _progress_file, _data_folder, _tests):
        for verdict, found, remedy in _lines(check):
            failed += verdict == "FAIL"
            say(f"[{verdict:^4}] {found}" + (f"\n       {remedy}" if remedy else ""))
    say("All well." if not failed else f"{failed} to put right.")
    return int(failed > 0)


def _lines(check: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """What a check finds; if it breaks, that is what was found."""
    try:
        yield from check()
    except Exception as error:  # whatever is wrong here: a traceback helps no reader
        name = check.__name__.strip("_").replace("_", " ")
        yield "FAIL", f"{name}: {type(error).__name__}: {error}", "Put that right, and ask again."


def _python() -> Iterator[Line]:
    needed = (3, 11)
    found = f"Python {sys.version.split()[0]} at {sys.executable}"
    if sys.version_info >= needed:
        yield "OK", found, ""
    else:
        yield "FAIL", found, "Make the environment with Python 3.11 or later."


def _dependencies() -> Iterator[Line]:
    """Each requirement that the installed package declares for running chapters, at its bound."""
    try:
        requirements = metadata.requires("rnnbook") or []
    except metadata.PackageNotFoundError:
        yield "FAIL", "rnnbook is not installed", f"In the book's folder: {INSTALL}"
        return
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError:
        yield "FAIL", "packaging is not installed", "pip install packaging"
        return
    for requirement in map(Requirement, requirements):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": "course"}):
            continue
        remedy = f'pip install "{requirement.name}{requirement.specifier}"'
        version = _version(requirement.name)
        if version is None:
            yield "FAIL", f"{requirement.name} is not installed", remedy
        elif not requirement.specifier.contains(version, prereleases=True):
            bound = f"{requirement.name} {version} is outside {requirement.specifier}"
            yield "FAIL", bound, remedy
        else:
            yield "OK", f"{requirement.name} {version}", ""


def _threads() -> Iterator[Line]:
    if find_spec("torch") is None:
        return
    try:
        import torch
    except Exception as error:
        yield "FAIL", f"torch cannot be imported: {error}", "Install it again."
        return
    import rnnbook

    try:
        wanted = rnnbook.threads()
    except ValueError as error:
        yield "FAIL", str(error), "Set it to a number, or unset it: one is fastest here."
        return
    threads = torch.get_num_threads()
    if threads == 1:
        yield "OK", "one torch thread", ""
    elif wanted == threads:
        yield "OK", f"{threads} torch threads, as RNNBOOK_THREADS says", ""
    else:
        remedy = "Small models run faster on one: unset RNNBOOK_THREADS, import rnnbook first."
        yield "FAIL", f"{threads} torch threads", remedy


def _kernel() -> Iterator[Line]:
    if find_spec("jupyter_client") is None:
        yield "FAIL", "there is no notebook kernel", INSTALL
        return
    from jupyter_client.kernelspec import KernelSpecManager

    # "python3" is the kernel that every chapter names.
    if "python3" in KernelSpecManager().find_kernel_specs():
        yield "OK", "notebook kernel python3", ""
    else:
        remedy = "python -m ipykernel install --sys-prefix"
        yield "FAIL", "there is no notebook kernel named python3", remedy


def _progress_file() -> Iterator[Line]:
    try:
        from rnncourse.checking import progress
    except ImportError:  # it needs torch, which has a line of its own
        yield "skip", "progress file: not looked at without torch", ""
        return
    yield _writable("progress file", progress.path())


def _data_folder() -> Iterator[Line]:
    if folder := os.environ.get("RNNBOOK_DATA"):
        path = Path(os.path.expanduser(folder))
        try:
            is_folder = path.is_dir()
        except OSError as error:
            found = f"RNNBOOK_DATA names {path}, which cannot be entered: {error.strerror}"
            yield "FAIL", found, "Allow entering it, or unset RNNBOOK_DATA."
            return
        if is_folder:
            yield "OK", f"data folder {path}", ""
        else:
            remedy = "Make it, or unset RNNBOOK_DATA."
            yield "FAIL", f"RNNBOOK_DATA names {path}, which is no folder", remedy
    elif find_spec("platformdirs"):
        import platformdirs

        yield _writable("data folder", Path(platformdirs.user_cache_dir("rnnbook"), "any"))


def _tests() -> Iterator[Line]:
    """What only the book's own tests need."""
    if version := _version("nbval"):
        yield "OK", f"nbval {version} (for the tests)", ""
    else:
        yield "skip", "nbval is not installed", "Only for the tests: pip install --group test"
    browsers = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    if path := next(filter(None, map(shutil.which, browsers)), None):
        yield "OK", f"Chromium at {path} (for the tests)", ""
    else:
        yield "skip", "Chromium is not installed", "Only for the tests of the built pages."


def _writable(what: str, path: Path) -> Line:
    """Whether a file could be written at ``path``, whose folders may not exist yet."""
    folder = path.parent
    try:
        while not folder.exists():
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        remedy = "Allow writing there; as a user's own folder, it follows from HOME."
        return "FAIL", f"{what} cannot be written in {folder}: {error.strerror}", remedy
    return "OK", f"{what} can be written in {path.parent}", ""


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
