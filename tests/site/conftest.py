"""What the tests of the site share: the built book, a browser, and a scratch book."""

import io
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "book" / "_tools")]

from visit import Visit  # noqa: E402

from build import is_stale  # noqa: E402
from check_pages import HTML  # noqa: E402
from serve import listen  # noqa: E402

PATIENCE = 60_000  # ms: what takes a second alone takes many beside others
NO_TORCH = """
import sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name == "torch" or name.startswith("torch."):
            raise ModuleNotFoundError("the site must be built without torch", name=name)

sys.meta_path.insert(0, NoTorch())
"""


@pytest.fixture(scope="session")
def without_torch(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which Python cannot import torch."""
    folder = tmp_path_factory.mktemp("no-torch")
    (folder / "sitecustomize.py").write_text(NO_TORCH)
    return os.environ | {"PYTHONPATH": str(folder)}


@pytest.fixture(scope="session")
def site(without_torch: dict[str, str]) -> Path:
    """The folder of the built pages. Built, without torch, if it is not up to date."""
    HTML.parent.mkdir(exist_ok=True)
    with FileLock(HTML.parent / "tests.lock"):
        if is_stale():
            command = [sys.executable, str(ROOT / "book" / "_tools" / "build.py")]
            run = subprocess.run(command, env=without_torch, capture_output=True, text=True)
            assert run.returncode == 0, run.stderr
    return HTML


@pytest.fixture(scope="session")
def site_address(site: Path) -> Iterator[dict[str, str]]:
    """Where the book starts, by scheme: `http` and `file`, with a slash at the end."""
    with listen(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {"http": f"http://localhost:{server.server_address[1]}/", "file": f"{site.as_uri()}/"}
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """The system's Chromium; where there is one, that without a window of its own: it is faster."""
    known = ("chromium-headless-shell", "chromium", "chromium-browser")
    executable = next(filter(None, map(shutil.which, known)), None)
    if executable is None:
        pytest.skip("no Chromium on this machine: the pages were not looked at in a browser")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        api.expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, site_address, request) -> Iterator[Visit]:
    """A visitor with an empty browser; parameters give the scheme and the window."""
    options = getattr(request, "param", {})
    size = options.get("viewport", {"width": 1280, "height": 900})
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield Visit(context, site_address[options.get("scheme", "http")])
    context.close()


@pytest.fixture
def bare(browser, tmp_path: Path) -> Callable:
    """A function that shows figures on a page of their own, from a file, and watches it.

    HTML may stand `above` them, and the address end with a `fragment`; then none is brought near.
    """
    pytest.importorskip("torch")
    from rnncourse.figures import bundle

    contexts = []

    def show(*figures, viewport=None, above="", fragment="", **options) -> Visit:
        static = tmp_path / "_static"
        (static / "figures").mkdir(parents=True, exist_ok=True)
        host = (ROOT / "book" / "_static" / "host.js").read_text(encoding="utf-8")
        (static / "host.js").write_text(host, encoding="utf-8")
        files = {"core.js": bundle.static_core(), "style.css": bundle.style()}
        files |= {f"{f.name}.js": bundle.static_figure(f.name) for f in figures}
        for name, text in files.items():
            (static / "figures" / name).write_text(text, encoding="utf-8")
        (tmp_path / "page.html").write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Figures</title>'
            '<meta name="viewport" content="width=device-width">'
            '<link rel="stylesheet" href="_static/figures/style.css">'
            '<script defer src="_static/host.js"></script>'
            '<body style="background: var(--rnnbook-ui-ground); color: var(--rnnbook-ui-text)">'
            f"<main><h1>Figures</h1>{above}{''.join(f.page() for f in figures)}</main>",
            encoding="utf-8",
        )
        size = viewport or {"width": 1000, "height": 900}
        context = browser.new_context(viewport=size, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        visit = Visit(context, f"{tmp_path.as_uri()}/")
        visit.page.goto(f"{visit.base}page.html{fragment}")
        for root in [] if fragment else visit.page.locator(".rnnbook-host").all():
            root.scroll_into_view_if_needed()
            root.locator(".rnnbook-live").wait_for()
        return visit

    yield show
    for context in contexts:
        context.close()


@pytest.fixture
def scratch_book(tmp_path: Path) -> Callable[[dict[str, str], list[str]], Path]:
    """A function that builds a book from `{name: text}` with some of our extensions."""

    def build(files: dict[str, str], extensions: list[str], **more: object) -> Path:
        from sphinx.application import Sphinx
        from sphinx.util.docutils import docutils_namespace

        source, html = tmp_path / "source", tmp_path / "html"
        for name, text in files.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(text, encoding="utf-8")
        settings = {
            "extensions": ["myst_nb", *extensions],
            "html_theme": "sphinx_book_theme",
            "html_title": "Scratch",
            "master_doc": "index",
            "nb_execution_mode": "off",
            **more,
        }
        warnings = io.StringIO()
        with docutils_namespace():
            app = Sphinx(
                source, None, html, tmp_path / "doctrees", "html", settings, None, warnings,
                warningiserror=True,
            )  # fmt: skip
            app.build()
        assert not app.statuscode, warnings.getvalue()
        return html

    return build
