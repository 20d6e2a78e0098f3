"""Printing on any console, whatever its encoding lacks."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Print a text; a character that the console's encoding lacks becomes a question mark."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))
