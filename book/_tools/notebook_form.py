"""The form in which a notebook of the book is kept: read, written, compared, normalised."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
TEMPLATE = CHAPTERS / "_template.ipynb"

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# What a front end adds beside these says when and where it was open, not what it says.
NOTEBOOK_METADATA = {"kernelspec", "language_info", "rnnbook"}
# What a fold on the page is called, by what stands in the code cell; the first that fits.
FOLDS = {
    r"record=False": "A solution",
    r"^claim\(|^ +claim\(|^for .*claim": "How this was measured",
    r"\bplots\.show\(|\bcaptioned\(": "The code of this picture",
    r"^(from|import) ": "Imports",
}
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def chapters() -> list[Path]:
    """The book's notebooks: its chapters in their order, then the pages without a number."""
    return sorted(CHAPTERS.glob("[!_]*.ipynb"))


def read(path: Path) -> NotebookNode:
    """A notebook in version 4.5 of its format."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    # nbformat would give a cell without an id a random one: it must come from here.
    notebook["nbformat_minor"] = max(notebook.get("nbformat_minor", 0), 5)
    _identify(notebook["cells"])
    return nbformat.reads(json.dumps(notebook), as_version=4)


def text(notebook: NotebookNode) -> str:
    """A notebook as it stands in its file."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def source_hash(notebook: NotebookNode) -> str:
    """A hash of all code, to see whether a notebook was changed since it was run."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Take out, in place, what differs from one run or one editor to the next."""
    metadata = {k: v for k, v in notebook.metadata.items() if k in NOTEBOOK_METADATA}
    metadata |= {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    notebook.metadata = nbformat.from_dict(metadata)
    notebook.nbformat_minor = 5
    _identify(notebook.cells)
    for cell in notebook.cells:
        tags = sorted(set(cell.metadata.get("tags", [])))
        cell.metadata = nbformat.from_dict(_metadata(cell, tags))
        if cell.cell_type == "code":
            cell.outputs = _without_live_views(_joined_streams(cell.outputs))
    return notebook


def _metadata(cell: NotebookNode, tags: list[str]) -> dict[str, Any]:
    """A cell's tags, and what follows from them: folded code, in JupyterLab as on the page."""
    metadata: dict[str, Any] = {"tags": tags} if tags else {}
    if cell.cell_type == "code" and {"hide-cell", "hide-input"} & set(tags):
        metadata["jupyter"] = {"source_hidden": True}
        fits = (name for what, name in FOLDS.items() if re.search(what, cell.source, re.MULTILINE))
        name = next(fits, "Code")
        metadata["mystnb"] = {"code_prompt_hide": name, "code_prompt_show": name}
    return metadata


def changed(path: Path) -> bool:
    """Whether a notebook was edited since it was run, or never run."""
    notebook = read(path)
    return notebook.metadata.get("rnnbook", {}).get("source_sha256") != source_hash(notebook)


def _identify(cells: list) -> None:
    """Keep ids that are there, well formed and unique; make the others from place and content."""
    seen: set[str] = set()
    for place, cell in enumerate(cells):
        if not _CELL_ID.fullmatch(cell.get("id", "")) or cell["id"] in seen:
            source = "".join(cell["source"])
            cell["id"] = hashlib.sha256(f"{place}\n{source}".encode()).hexdigest()[:8]
        seen.add(cell["id"])


def _joined_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """One stream a run of prints: how a kernel cuts them depends on its clock."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _without_live_views(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """No model of a kernel that is gone: a figure stands in the HTML beside it."""
    for output in outputs:
        output.get("data", {}).pop(WIDGET_VIEW, None)
    return [output for output in outputs if output.get("data", True)]
