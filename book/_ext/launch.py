"""Buttons to Colab and Binder, and the line that installs the packages there.

They appear only where the repository's address is known: `GITHUB_REPOSITORY` in the environment
(GitHub sets it in every workflow) or a GitHub `origin` in git. Otherwise there are none.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

GITHUB = re.compile(r"github\.com[:/](?P<name>[\w.-]+/[\w.-]+?)(\.git)?/?$")
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


def add_install_note(app: Sphinx, doctree: nodes.document) -> None:
    """Put the install line below the title of every notebook."""
    url = app.config.html_theme_options.get("repository_url")
    if not url or not str(app.env.doc2path(app.env.docname)).endswith(".ipynb"):
        return
    command = f'%pip install --quiet "rnnbook[course] @ git+{url}"'
    note = nodes.note(
        "",
        nodes.paragraph("", INTRODUCTION),
        nodes.literal_block(command, command, language="none"),
        classes=["rnnbook-install"],
    )
    title = next(iter(doctree.findall(nodes.title)))
    title.parent.insert(title.parent.index(title) + 1, note)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", set_buttons)
    app.connect("doctree-read", add_install_note)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
