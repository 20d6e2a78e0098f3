"""Make the API reference agree with how the packages are written.

sphinx-autoapi reads the source without running it, so three things need help: types in signatures
that belong to other projects (there is nothing offline to link them to), names that a package
re-exports, and docstrings of data, where napoleon takes `Text: more text` for `type: text`.
References that an author writes are checked as strictly as anywhere else.
"""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.Node
) -> nodes.Node | None:
    """Resolve a Python name to where it is defined, or show a type as plain text."""
    if node.get("refdomain") != "py":
        return None
    domain = env.domains["py"]
    name = node["reftarget"].rpartition(".")[2]
    own = node["reftarget"].startswith("rnnbook.") or "." not in node["reftarget"]
    places = [place for place in domain.objects if place.endswith(f".{name}")] if own else []
    if len(places) == 1:
        document = node["refdoc"]
        return domain.resolve_xref(env, document, app.builder, "obj", places[0], node, text)
    # Sphinx sets a reference written by hand in a literal, a type in a signature in plain text.
    return None if isinstance(text, nodes.literal) else text


def shield_data(
    app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    """Keep the first line of a data docstring out of napoleon's reach."""
    if what in ("attribute", "data") and lines:
        lines.insert(0, "")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("missing-reference", resolve)
    app.connect("autodoc-process-docstring", shield_data, priority=400)  # napoleon's is 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}
