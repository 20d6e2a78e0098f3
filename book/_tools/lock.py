"""Write requirements.lock: the newest versions within the bounds, resolved in a fresh venv."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
HEADER = "# The versions that are tested together. Written by `make lock` from pyproject.toml.\n"


def main() -> None:
    old = LOCK.read_text(encoding="utf-8").splitlines() if LOCK.exists() else []
    torch = next((line for line in old if line.startswith("torch==")), "torch<2.14")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        pip = [str(python), "-m", "pip"]
        subprocess.run([*pip, "install", "-q", "-U", "pip>=25.1"], check=True)
        # torch first and unchanged: a newer one is taken by hand, when it has been tested.
        subprocess.run([*pip, "install", "-q", torch], check=True)
        groups = ["--group", "book", "--group", "test", "--editable", ".[course]"]
        subprocess.run([*pip, "install", "-q", *groups], check=True, cwd=ROOT)
        freeze = [*pip, "freeze", "--exclude-editable", "--exclude", "pip"]
        frozen = subprocess.run(freeze, check=True, capture_output=True, text=True).stdout
    lines = [line.split("+")[0].split(" @ ")[0] for line in frozen.splitlines()]
    LOCK.write_text(HEADER + "\n".join(sorted(lines, key=str.lower)) + "\n", encoding="utf-8")
    print(f"{LOCK.name}: {len(lines)} packages")


if __name__ == "__main__":
    main()
