"""Buttons above a page: its notebook, print, Colab and Binder; the line that installs the packages.

The notebooks that a page offers to download hold that line as a cell, so that they run anywhere.

Colab and Binder appear only where the repository's address is known: `GITHUB_REPOSITORY` in the
environment (GitHub sets it in every workflow) or a GitHub `origin` in git.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

GITHUB = re.compile(r"github\.com[:/](?P<name>[\w.-]+/[\w.-]+?)(\.git)?/?$")
PRINT = {"text": "", "tooltip": "Print this page, or save it as PDF"}
INTRODUCTION = (
    "In Colab, or on any machine without the book's packages, run this first in a code cell of its "
    "own:"
)


def repository_url(root: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """Address of the book's repository on GitHub, or None where it is not known."""
    if name := environ.get("GITHUB_REPOSITORY"):
        return f"https://github.com/{name}"
    command = ["git", "-C", str(root), "config", "--get", "remote.origin.url"]
    try:
        remote = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:  # a downloaded archive on a machine without git
        return None
    match = GITHUB.search(remote.strip())
    return f"https://github.com/{match['name']}" if match else None


def set_buttons(app: Sphinx, config: Config) -> None:
    """Give the theme the addresses from which it makes its buttons."""
    url = repository_url(Path(app.srcdir))
    if url is None:
        return
    options = config.html_theme_options
    options["repository_url"] = url
    options["repository_branch"] = "main"
    options["use_repository_button"] = True
    options["launch_buttons"] = {
        "notebook_interface": "jupyterlab",
        "binderhub_url": "https://mybinder.org",
        "colab_url": "https://colab.research.google.com",
    }


def install_command(app: Sphinx) -> str | None:
    """The line that installs the packages, or None where the repository is not known."""
    url = app.config.html_theme_options.get("repository_url")
    return f'%pip install --quiet "rnnbook[course] @ git+{url}"' if url else None


def add_install_note(app: Sphinx, doctree: nodes.document) -> None:
    """Put the install line behind the first section of every notebook: its first screen."""
    command = install_command(app)
    if not command or not str(app.env.doc2path(app.env.docname)).endswith(".ipynb"):
        return
    note = nodes.note(
        "",
        nodes.paragraph("", INTRODUCTION),
        nodes.literal_block(command, command, language="none"),
        classes=["rnnbook-install"],
    )
    title = next(iter(doctree.findall(nodes.title)))
    page = title.parent
    sections = [place for place, child in enumerate(page) if isinstance(child, nodes.section)]
    page.insert(sections[1] if len(sections) > 1 else page.index(title) + 1, note)


def add_install_cell(app: Sphinx, exception: Exception | None) -> None:
    """Put the install line into every notebook that can be downloaded, before its first code."""
    command = install_command(app)
    if exception or not command:
        return
    for path in Path(app.outdir, "_sources").rglob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
        first = next((k for k, cell in enumerate(cells) if cell["cell_type"] == "code"), None)
        if first is None or cells[first]["source"] == [command]:
            continue
        cell = {"cell_type": "code", "execution_count": None, "id": "install", "metadata": {}}
        cells.insert(first, {**cell, "outputs": [], "source": [command]})
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")


def name_notebook(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Let the template `notebook.html` know what a reader can download, if it is a notebook."""
    if context.get("page_source_suffix") == ".ipynb":
        context["notebook"] = Path(context["sourcename"]).name


def print_by_button(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Have a button print, in place of the theme's menu of downloads, whose link opens the file."""
    buttons = context["header_buttons"]
    for menu in [button for button in buttons if button.get("label") == "download-buttons"]:
        prints = [button for button in menu["buttons"] if button["type"] == "javascript"]
        place = buttons.index(menu)
        buttons[place : place + 1] = [button | PRINT for button in prints]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", set_buttons)
    app.connect("doctree-read", add_install_note)
    app.connect("html-page-context", name_notebook, priority=400)  # the theme looks at 500
    app.connect("html-page-context", print_by_button, priority=502)  # the theme's come at 501
    app.connect("build-finished", add_install_cell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
