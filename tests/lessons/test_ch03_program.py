"""The program of chapter 03: in four parts on the page, and in one file to copy."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "chapters" / "03-first-language-model.ipynb"
CELLS = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
STARTS = (
    "import math\n",
    "class CharRNN",
    "torch.manual_seed(0)\nmodel = ",
    "@torch.no_grad()\ndef write",
)


def sources(kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == kind]


@pytest.fixture(scope="module")
def program() -> str:
    (fold,) = (text for text in sources("markdown") if "The whole of `my_rnn.py`" in text)
    (found,) = re.findall(r"^```python\n(.*?)^```", fold, re.M | re.S)
    return found


def test_the_first_page_quotes_what_the_network_wrote() -> None:
    page = PAGE.with_name("01-why-memory.ipynb").read_text(encoding="utf-8")
    prose = ["".join(cell["source"]) for cell in json.loads(page)["cells"]]
    (screen,) = [text for text in prose if "three other beginnings" in text]
    outputs = [output for cell in CELLS for output in cell.get("outputs", [])]
    written = "".join("".join(output.get("text", "")) for output in outputs).splitlines()
    quoted = re.findall(r"^> `(.*?)`", screen, re.M)
    assert len(quoted) == 4
    assert set(quoted) <= set(written)


def test_the_file_is_what_stands_on_the_page(program: str) -> None:
    parts = [next(c for c in sources("code") if c.startswith(start)) for start in STARTS]
    page = "\n\n\n".join(parts) + "\n"
    for here, there in (
        (r"^import math\n", "import math\nimport sys\n"),
        (r"text = stdlib_text\(\).*", 'text = open(sys.argv[1], encoding="utf-8").read()'),
        (r'write\("\\nclass ", length=200\)', r'write("\\n", length=500)'),
    ):
        page = re.sub(here, there, page)
    assert program == page
    lines = [line for line in program.splitlines() if line.strip()]
    assert len(lines) < 60
    assert max(map(len, lines)) <= 80


def test_it_learns_from_a_text_and_writes(program: str, tmp_path: Path) -> None:
    library = Path(sysconfig.get_paths()["stdlib"], "argparse.py").read_text(encoding="utf-8")
    (tmp_path / "mytext.txt").write_text(library[:50_000], encoding="utf-8")
    (tmp_path / "my_rnn.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "my_rnn.py", "mytext.txt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    bits = [float(found) for found in re.findall(r"^([\d.]+) bits", done.stdout, re.M)]
    assert len(bits) == 5
    assert bits[-1] < bits[0]
    assert len(done.stdout.rpartition("bits on validation text\n")[2]) == 1 + 500 + 1
