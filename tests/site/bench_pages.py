"""What a first visit of a page loads, beside the same chapter in a stock Jupyter Book."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Response, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "book" / "_tools")]

from build import JUPYTER_BOOK  # noqa: E402
from check_pages import HTML  # noqa: E402
from serve import listen  # noqa: E402

CHAPTER = "chapters/08-lstm"
PAGES = ["book/index", CHAPTER, "chapters/playground"]
REST = 3000  # ms, in which figures near the screen come


def stock_book(folder: Path) -> Path:
    """The pages of a book of one chapter, as `jupyter-book` makes it without settings."""
    (folder / "_config.yml").write_text('execute: {execute_notebooks: "off"}\n')
    (folder / "_toc.yml").write_text("format: jb-book\nroot: chapter\n")
    shutil.copy(ROOT / f"{CHAPTER}.ipynb", folder / "chapter.ipynb")
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(folder), "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "_build" / "html"


def visit(browser, address: str) -> str:
    """Requests and KiB, gzip, of a first visit; other hosts may be out of reach."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    answers: list[Response] = []
    failed: list[str] = []
    page.on("response", lambda answer: answers.append(answer))
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_timeout(REST)
    weight = sum(len(gzip.compress(answer.body())) for answer in answers if answer.ok) / 1024
    context.close()
    missing = f", and {len(failed)} out of reach" if failed else ""
    return f"{len(answers):3} requests {weight:7.0f} KiB{missing}"


def main() -> None:
    browsers = filter(None, map(shutil.which, ("chromium-headless-shell", "chromium")))
    executable = next(browsers, None)
    if executable is None or not (HTML / "index.html").exists():
        print("The pages were not weighed: that needs Chromium, and `make html`.")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        print("First visit of a page, gzip")
        for site, names in ((HTML, PAGES), (stock_book(Path(folder)), ["chapter"])):
            with listen(site, 0) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                for name in names:
                    found = visit(
                        browser, f"http://localhost:{server.server_address[1]}/{name}.html"
                    )
                    print(f"{name if site == HTML else f'{CHAPTER}, stock':26}{found}")
                server.shutdown()
        browser.close()


if __name__ == "__main__":
    main()
