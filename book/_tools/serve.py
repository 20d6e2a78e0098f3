"""Serve the built book on localhost: `python book/_tools/serve.py`. Ctrl-C ends it."""

import argparse
import errno
import signal
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HTML = Path(__file__).resolve().parents[2] / "_build" / "html"
ATTEMPTS = 100


class Handler(SimpleHTTPRequestHandler):
    """Serves files and keeps quiet about it. A reload shows what was built last."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Tell the browser to ask before it shows a page from its cache."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


class Server(ThreadingHTTPServer):
    """Refuses a port that another server listens on, on Windows too."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"


def listen(folder: Path, port: int) -> Server:
    """Open a server for `folder` on `port` or on the next free one.

    Args:
        folder: The folder to serve.
        port: Where to begin; 0 lets the system choose.

    Raises:
        OSError: None of the next 100 ports is free.
    """
    handler = partial(Handler, directory=str(folder))
    for candidate in range(port, port + ATTEMPTS):
        try:
            return Server(("127.0.0.1", candidate), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise OSError(f"no free port from {port} to {port + ATTEMPTS - 1}")


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C."""
    # A shell may have started this in the background, with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description="Serve the built book on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="where to begin to look for a port")
    wanted = parser.parse_args(arguments).port
    if not (HTML / "index.html").exists():
        print("There is no built book in _build/html. Build it first: make html", file=sys.stderr)
        return 1
    with listen(HTML, wanted) as server:
        port = server.server_address[1]
        if port != wanted:
            print(f"Port {wanted} is taken; using {port}.")
        print(f"The book is at http://localhost:{port}/ (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
